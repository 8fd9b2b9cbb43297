"""Orders come in, are given to workers and cancelled; workers' certificates are entered."""

from datetime import date

from backend.gas import queries as gas
from backend.gas.events import OrderAssigned, OrderPlaced
from backend.gas.queries import deliveries as queries
from backend.gas.queries.sight import may_see, today
from backend.gas.rules import AccountUnknown
from backend.gas.rules.deliveries import order_state
from backend.gas.rules.delivery_refusals import (
    CertificateNeeded,
    CertificateTaken,
    CheckToBeBooked,
    CustomerCodeWrong,
    OrderEnded,
    OrderExists,
    WorkerUnknown,
)
from backend.gas.tables import Account, Certificate, GasOrder
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.people import queries as people
from mobile_contract import deliveries as wire
from mobile_contract.deliveries import GasOrderState, Intake
from qr.payload import Customer, PayloadError, parse
from qr.signing import customer_check_fits

MANAGE = "gas.manage"


def place_order(ctx: Ctx, ask: wire.NewGasOrder) -> GasOrder:
    """Takes an order; the same id again answers the same.

    Refuses with gas.customer_code_wrong, .account_unknown, .check_to_be_booked, .order_exists.
    """
    code = _account_code(ctx, ask)
    account = gas.accounts_by_code(ctx, [code]).get(code)
    if account is None or not may_see(ctx.principal, account.area_path, account.team_id):
        raise AccountUnknown
    ctx.principal.require(MANAGE, account.area_path)
    known = queries.orders_by_id(ctx, [ask.id]).get(ask.id)
    if known is not None:
        if (known.account, known.spec, known.count) != (code, ask.spec, ask.count):
            raise OrderExists
        return known
    if queries.must_book_check(ctx, account.id) and not ask.booked_check:
        raise CheckToBeBooked
    row = _row(ctx, ask, account)
    ctx.session.add(row)
    ctx.session.flush()
    announce(ctx, OrderPlaced(row.id, row.account_id))
    return row


def _account_code(ctx: Ctx, ask: wire.NewGasOrder) -> str:
    """The account's code: as said, or out of the customer's own label, whose check must be right."""
    if ask.customer_code is None:
        if ask.account is None or ask.intake is Intake.customer_qr:
            raise CustomerCodeWrong
        return ask.account
    code = customer_of(ctx, ask.customer_code)
    if code is None or ask.account not in (None, code):
        raise CustomerCodeWrong
    return code


def customer_of(ctx: Ctx, text: str) -> str | None:
    """The account that a customer's own label names; None where its check is wrong or it is no such label."""
    try:
        read = parse(text)
    except PayloadError:
        return None
    if not isinstance(read, Customer) or not customer_check_fits(read.account, read.check, customer_secret(ctx)):
        return None
    return read.account


def customer_secret(ctx: Ctx) -> bytes:
    """What the checks of customers' codes are made with: never leaves the server."""
    return b"gas customers " + ctx.settings.secret.get_secret_value().encode()


def _row(ctx: Ctx, ask: wire.NewGasOrder, account: Account) -> GasOrder:
    return GasOrder(
        id=ask.id,
        account=account.code,
        account_id=account.id,
        name=account.name,
        phone=account.phone,
        address=account.address,
        longitude=account.longitude,
        latitude=account.latitude,
        spec=ask.spec,
        count=ask.count,
        intake=(Intake.customer_qr if ask.customer_code else ask.intake).value,
        state=GasOrderState.open.value,
        wanted_on=ask.wanted_on,
        booked_check=ask.booked_check,
        deposit_fen=ask.deposit_fen,
        note=ask.note,
        placed_at=ctx.now(),
        placed_by=ctx.principal.person_id or None,
        area_path=account.area_path,
        team_id=account.team_id,
    )


def assign_order(ctx: Ctx, order_id: str, person_id: str | None) -> GasOrder:
    """Gives an order to a worker, or takes it back.

    Refuses with gas.order_unknown, .order_ended, .worker_unknown, .certificate_needed.
    """
    row = _open(ctx, order_id)
    if person_id is not None:
        on = row.wanted_on or today(ctx)
        need_worker(ctx, person_id)
        if not queries.certified(ctx, person_id, on):
            raise CertificateNeeded(on=on.isoformat())
    row.person_id = person_id
    _settle(ctx, row)
    if person_id is not None:
        announce(ctx, OrderAssigned(row.id, person_id))
    return row


def cancel_order(ctx: Ctx, order_id: str, why: str) -> GasOrder:
    """Cancels an order that nobody has brought. Refuses with gas.order_unknown and gas.order_ended."""
    row = _open(ctx, order_id)
    row.cancelled_why, row.cancelled_at = why, ctx.now()
    _settle(ctx, row)
    return row


def _open(ctx: Ctx, order_id: str) -> GasOrder:
    row = queries.order_row(ctx, order_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.state in (GasOrderState.delivered, GasOrderState.cancelled):
        raise OrderEnded
    return row


def _settle(ctx: Ctx, row: GasOrder) -> None:
    row.state = order_state(row.person_id, row.deliveries, row.cancelled_why).value
    ctx.session.add(row)
    ctx.session.flush()


def need_worker(ctx: Ctx, person_id: str) -> None:
    """Needs somebody who works in one's charge; refuses with gas.worker_unknown."""
    found = people.employed(ctx, [person_id]).get(person_id)
    if found is None or not ctx.principal.may(MANAGE, found[1]):
        raise WorkerUnknown


def enter_certificate(ctx: Ctx, ask: wire.NewCertificate) -> Certificate:
    """Enters a certificate or a training. Refuses with gas.worker_unknown and gas.certificate_taken."""
    ctx.principal.require(MANAGE)
    need_worker(ctx, ask.person_id)
    if queries.certificate_taken(ctx, ask.person_id, ask.kind, ask.number):
        raise CertificateTaken
    row = Certificate(**ask.model_dump(), entered_at=ctx.now(), entered_by=ctx.principal.person_id or None)
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.certificate_entered", f"gas_certificate:{row.id}", person=row.person_id, kind=row.kind)
    return row


def certificates_of(ctx: Ctx, person_id: str) -> list[wire.Certificate]:
    """Certificates of oneself, or of somebody in one's charge; refuses with gas.worker_unknown."""
    if person_id != ctx.principal.person_id:
        need_worker(ctx, person_id)
    return queries.certificates(ctx, person_id)


def certified_on(ctx: Ctx, person_id: str, on: date) -> bool:
    """Whether somebody may bring gas on a day."""
    return queries.certified(ctx, person_id, on)
