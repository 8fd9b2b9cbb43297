"""Orders, deliveries, closes of shifts and certificates over HTTP."""

from fastapi import APIRouter

from backend.gas import rules
from backend.gas.actions import orders as actions
from backend.gas.queries import closes
from backend.gas.queries import deliveries as queries
from backend.gas.routes.parts import MANAGE, READ, Cursor, Limit
from backend.gas.rules import delivery_refusals as refusing
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import deliveries as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, At, Day, Id, Page
from mobile_contract.gas import AccountCode

router = APIRouter(prefix="/gas/v1", tags=["gas"])
_ENDED = refusals(*GUARDED, refusing.OrderUnknown, refusing.OrderEnded)


@router.get("/orders", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_gas_orders(
    ctx: Reading,
    account: AccountCode | None = None,
    state: wire.GasOrderState | None = None,
    person_id: Id | None = None,
    wanted_on: Day | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.GasOrder]:
    """Orders in sight, newest first."""
    wanted = wire.GasOrderFilter(account=account, state=state, person_id=person_id, wanted_on=wanted_on)
    return queries.orders(ctx, wanted, cursor, limit)


@router.post(
    "/orders",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.AccountUnknown,
        refusing.CustomerCodeWrong,
        refusing.CheckToBeBooked,
        refusing.OrderExists,
    ),
)
def place_gas_order(ctx: Writing, ask: wire.NewGasOrder) -> wire.GasOrder:
    """Takes an order: by the account's code, or by the customer's own label."""
    return queries.order_shape(actions.place_order(ctx, ask))


@router.get("/orders/{gas_order_id}", dependencies=[READ], responses=refusals(*GUARDED, refusing.OrderUnknown))
def show_gas_order(ctx: Reading, gas_order_id: Id) -> wire.GasOrder:
    """One order in sight."""
    return queries.order_shape(queries.order_row(ctx, gas_order_id))


@router.post(
    "/orders/{gas_order_id}/assign",
    dependencies=[MANAGE],
    responses=_ENDED | refusals(refusing.WorkerUnknown, refusing.CertificateNeeded),
)
def assign_gas_order(ctx: Writing, gas_order_id: Id, ask: wire.AssignGasOrder) -> wire.GasOrder:
    """Gives an order to a worker with a certificate that is valid on the day; null takes it back."""
    return queries.order_shape(actions.assign_order(ctx, gas_order_id, ask.person_id))


@router.post("/orders/{gas_order_id}/cancel", dependencies=[MANAGE], responses=_ENDED)
def cancel_gas_order(ctx: Writing, gas_order_id: Id, ask: wire.CancelGasOrder) -> wire.GasOrder:
    """Cancels an order, saying why."""
    return queries.order_shape(actions.cancel_order(ctx, gas_order_id, ask.why))


@router.get("/deliveries", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_deliveries(
    ctx: Reading,
    account: AccountCode | None = None,
    person_id: Id | None = None,
    mark: wire.DeliveryMark | None = None,
    since_at: At | None = None,
    until_at: At | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Delivery]:
    """Deliveries in sight, newest first."""
    wanted = wire.DeliveryFilter(account=account, person_id=person_id, mark=mark, since_at=since_at, until_at=until_at)
    return queries.deliveries(ctx, wanted, cursor, limit)


@router.get("/deliveries/{delivery_id}", dependencies=[READ], responses=refusals(*GUARDED, refusing.DeliveryUnknown))
def show_delivery(ctx: Reading, delivery_id: Id) -> wire.Delivery:
    """One delivery in sight."""
    return queries.delivery(ctx, delivery_id)


@router.get("/shift-closes", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_shift_closes(
    ctx: Reading,
    person_id: Id | None = None,
    on: Day | None = None,
    balanced: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.ShiftClose]:
    """Closes of shifts in sight, newest first: every cylinder by name, nothing as a number."""
    return closes.shift_closes(ctx, wire.ShiftCloseFilter(person_id=person_id, on=on, balanced=balanced), cursor, limit)


@router.post(
    "/certificates",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.WorkerUnknown, refusing.CertificateTaken),
)
def enter_certificate(ctx: Writing, ask: wire.NewCertificate) -> wire.Certificate:
    """Enters a worker's certificate, or a training that has an end."""
    return wire.Certificate.model_validate(actions.enter_certificate(ctx, ask), from_attributes=True)


@router.get("/certificates", dependencies=[READ], responses=refusals(*GUARDED, refusing.WorkerUnknown))
def list_certificates(ctx: Reading, person_id: Id) -> list[wire.Certificate]:
    """Certificates of oneself, or of somebody in one's charge."""
    return actions.certificates_of(ctx, person_id)
