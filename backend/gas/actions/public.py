"""Deeds of who is not known: a customer orders by their own label, anybody reports that gas is smelt."""

from dataclasses import replace

from backend.alarms import actions as alarms
from backend.gas import queries as gas
from backend.gas.actions.orders import customer_of, place_order
from backend.gas.queries import deliveries as orders
from backend.gas.queries import public as queries
from backend.gas.rules.delivery_refusals import CustomerCodeWrong
from backend.gas.rules.public import OPEN_ORDERS_MAX, OrdersOpen, WhereNeeded
from backend.gas.tables import Account, GasOrder
from backend.kernel.authority import Role
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from mobile_contract import gas_public as wire
from mobile_contract.alarms import AlarmKind, AlarmPlace, Danger, RaiseParams
from mobile_contract.deliveries import Intake, NewGasOrder
from mobile_contract.gas import HolderKind
from mobile_contract.problems import Texts
from mobile_contract.texts.gas_public import ADVICE, CALLER
from qr.payload import PayloadError, cylinder_key, parse

NEAR = (Role.gas_worker, Role.station_operator)
"""Who is told of a leak at once, beside the desks."""


def account_of(ctx: Ctx, customer_code: str) -> str:
    """The account that a customer's own label names; refuses with gas.customer_code_wrong."""
    code = customer_of(ctx, customer_code)
    if code is None:
        raise CustomerCodeWrong
    return code


def order_publicly(ctx: Ctx, ask: wire.NewPublicOrder) -> GasOrder:
    """Takes an order by the customer's own label; the same again answers the same.

    Refuses with gas.customer_code_wrong, .account_unknown, .orders_open, .check_to_be_booked and .order_exists.
    """
    acting = _by_the_house(ctx)
    code = account_of(ctx, ask.customer_code)
    account = gas.accounts_by_code(ctx, [code]).get(code)
    again = account is not None and _is_known(ctx, ask.id)
    if account is not None and not again and queries.open_orders(ctx, account.id) >= OPEN_ORDERS_MAX:
        raise OrdersOpen(limit=OPEN_ORDERS_MAX)
    said = ask.model_dump(exclude={"customer_code"})
    return place_order(acting, NewGasOrder(customer_code=ask.customer_code, intake=Intake.customer_qr, **said))


def _is_known(ctx: Ctx, order_id: str) -> bool:
    return bool(orders.orders_by_id(ctx, [order_id]))


def report_leak(ctx: Ctx, ask: wire.ReportLeak) -> wire.LeakTaken:
    """Raises an alarm ahead of every queue; the same again changes nothing. Refuses with gas.where_needed.

    Of a caller who is not known nothing is kept but what they said.
    """
    account = _where(ctx, ask)
    if account is None and not ask.address and ask.position is None:
        raise WhereNeeded
    outside = ctx.caller is None
    acting = _by_the_house(ctx) if outside else ctx
    said = RaiseParams(
        kind=AlarmKind.danger,
        danger=Danger.gas_leak,
        note=_note(ask, account),
        position=_position(ask, account),
        area_path=account.area_path if account else None,
    )
    team = frozenset({account.team_id}) if account and account.team_id else frozenset[str]()
    caller = alarms.Caller(CALLER[0], team) if outside else None
    alarm = alarms.raise_alarm(acting, ask.id, said, [], caller)
    _tell_the_crew(acting, alarm.id, alarm.area_path, alarm.person_name)
    return wire.LeakTaken(id=alarm.id, received_at=alarm.received_at, advice=Texts(zh=ADVICE[0], en=ADVICE[1]))


def _where(ctx: Ctx, ask: wire.ReportLeak) -> Account | None:
    """The account whose label was read, or that has the cylinder whose label was read."""
    if not ask.customer_code:
        return None
    code = customer_of(ctx, ask.customer_code)
    if code is None:
        try:
            key = cylinder_key(parse(ask.customer_code))
        except PayloadError:
            return None
        row = gas.cylinders_by_key(ctx, [key]).get(key) if key else None
        code = row.holder_id if row is not None and row.holder_kind == HolderKind.customer else None
    return gas.accounts_by_code(ctx, [code]).get(code) if code else None


def _note(ask: wire.ReportLeak, account: Account | None) -> str:
    known = f"{account.code} {account.address}" if account else ""
    return " · ".join(part for part in (known, ask.address, ask.phone, ask.note) if part)


def _position(ask: wire.ReportLeak, account: Account | None) -> AlarmPlace | None:
    if ask.position is not None:
        return AlarmPlace.model_validate(ask.position.model_dump())
    if account is None or account.longitude is None or account.latitude is None:
        return None
    return AlarmPlace(longitude=account.longitude, latitude=account.latitude)


def _tell_the_crew(ctx: Ctx, alarm_id: str, area_path: str, name: str) -> None:
    near = {person for role in NEAR for person in people.holders(ctx, role, area_path)}
    params = {"name": name, "danger": Danger.gas_leak.value, "at": f"{ctx.now().astimezone(DISTRICT_ZONE):%H:%M}"}
    notify(ctx, near, Word("alarms.danger", f"leak:{alarm_id}", params, about=(alarms.KIND, alarm_id), urgent=True))


def _by_the_house(ctx: Ctx) -> Ctx:
    """The house itself acts where nobody is known."""
    return replace(ctx, caller=people.operator(ctx.settings))
