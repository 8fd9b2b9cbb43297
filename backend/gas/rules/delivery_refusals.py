"""How deliveries, orders and keys say no."""

from backend.kernel.errors import Clash, Invalid, Unknown


class OrderUnknown(Unknown):
    code = "gas.order_unknown"


class OrderExists(Clash):
    code = "gas.order_exists"


class OrderEnded(Clash):
    code = "gas.order_ended"


class CheckToBeBooked(Clash):
    code = "gas.check_to_be_booked"


class CustomerCodeWrong(Invalid):
    code = "gas.customer_code_wrong"


class CertificateNeeded(Clash):
    code = "gas.certificate_needed"


class CertificateTaken(Clash):
    code = "gas.certificate_taken"


class WorkerUnknown(Unknown):
    code = "gas.worker_unknown"


class DeliveryIncomplete(Invalid):
    code = "gas.delivery_incomplete"


class DeliveryUnknown(Unknown):
    code = "gas.delivery_unknown"


class KeyTaken(Clash):
    code = "gas.key_taken"


class KeyUnknown(Unknown):
    code = "gas.key_unknown"


class KeyImpossible(Invalid):
    code = "gas.key_impossible"
