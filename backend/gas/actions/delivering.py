"""Deliveries: facts that name what was scanned and checked at a door, judged and marked, and their orders settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.attachments import actions as attachments
from backend.gas import queries as gas
from backend.gas.actions.home_questions import ask_about_homes
from backend.gas.actions.orders import customer_of
from backend.gas.events import CylindersDelivered
from backend.gas.queries import deliveries as queries
from backend.gas.rules import scan_scopes
from backend.gas.rules.deliveries import AtDoor, Handed, marks, order_state, strongest
from backend.gas.rules.delivery_refusals import DeliveryIncomplete
from backend.gas.tables import Account, Delivery, GasOrder
from backend.kernel.authority import PERMISSIONS
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.journaling import Fact, add_facts
from mobile_contract import deliveries as wire
from mobile_contract.delivery_check import faults
from mobile_contract.gas import IdentityProof
from mobile_contract.homes import VisitOutcome
from sync.kinds import Claim

SCAN = "gas.scan"
DELIVERIES = "gas_deliveries"


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery as somebody made it."""

    id: str
    said: wire.DeliveryParams
    claim: Claim


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around a batch of deliveries."""

    accounts: Mapping[str, Account]
    orders: Mapping[str, GasOrder]
    scans: Mapping[str, Handed]
    visits: Mapping[str, tuple[str, VisitOutcome]]
    stopped: Mapping[str, Sequence[tuple[datetime, datetime | None]]]


def record_deliveries(ctx: Ctx, news: Sequence[NewDelivery]) -> list[wire.Delivery]:
    """Takes deliveries of the caller and settles their orders.

    Refuses with gas.delivery_incomplete, as the phone could know. Raises sqlalchemy.exc.IntegrityError when an id is
    taken; the caller holds the savepoint.
    """
    ctx.principal.require(SCAN)
    for new in news:
        if missing := faults(new.said):
            raise DeliveryIncomplete(missing=[fault.value for fault in missing])
    around = _around(ctx, news)
    rows = [_row(ctx, new, around) for new in news]
    add_facts(ctx.session, Delivery, [Fact(row) for row in rows])
    for row in rows:
        shown = {*row.photos} | ({row.signature} if row.signature else set())
        if shown:
            attachments.cite(ctx, shown, DELIVERIES, row.id, scan_scopes(row.area_path, row.person_id))
    _settle(ctx, around.orders)
    ask_about_homes(ctx, {row.account for row in rows})
    announce(ctx, CylindersDelivered(tuple(row.id for row in rows)))
    return rows


def _around(ctx: Ctx, news: Sequence[NewDelivery]) -> _Around:
    accounts = gas.accounts_by_code(ctx, [new.said.account for new in news])
    return _Around(
        accounts=accounts,
        orders=queries.orders_by_id(ctx, [new.said.order for new in news if new.said.order]),
        scans=queries.handed(ctx, [scan for new in news for scan in (*new.said.fulls, *new.said.empties)]),
        visits=queries.visits_by_id(ctx, [new.said.visit for new in news if new.said.visit]),
        stopped=queries.stopped(ctx, [account.id for account in accounts.values()]),
    )


def _row(ctx: Ctx, new: NewDelivery, around: _Around) -> wire.Delivery:
    said, claim = new.said, new.claim
    account = around.accounts.get(said.account)
    door = _door(ctx, new, around, account)
    if account is not None:
        _know(ctx, account, door.identity)
    return wire.Delivery(
        **said.model_dump(
            include={
                "account", "order", "outcome", "no_empty", "visit", "leak_test", "identity", "took_s", "signature",
                "signed_by", "paid_fen", "paid_by", "deposit_fen", "note",
            }
        ),
        id=new.id,
        account_id=account.id if account else None,
        fulls=list(dict.fromkeys(said.fulls)),
        empties=list(dict.fromkeys(said.empties)),
        marks=marks(said, door),
        person_id=ctx.principal.person_id,
        device_id=claim.device,
        trusted_at=from_ms(claim.trusted_ms),
        error_ms=claim.error_ms,
        quality=claim.quality,
        received_at=from_ms(claim.received_ms),
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
        photos=list(dict.fromkeys(said.photos)),
        area_path=account.area_path if account else _area(ctx),
        team_id=account.team_id if account else min(ctx.principal.team_ids, default=None),
    )  # fmt: skip


def _door(ctx: Ctx, new: NewDelivery, around: _Around, account: Account | None) -> AtDoor:
    said = new.said
    order = around.orders.get(said.order)
    visit = around.visits.get(said.visit or "")
    fits = customer_of(ctx, said.customer_code) == said.account if said.customer_code else None
    proved = IdentityProof.none if said.identity is IdentityProof.customer_qr and not fits else said.identity
    before = IdentityProof(account.identity) if account else IdentityProof.none
    return AtDoor(
        scans=around.scans,
        account_known=account is not None,
        code_fits=fits,
        identity=strongest(before, proved),
        order_account=order.account if order else None,
        order_cancelled=bool(order and order.cancelled_at and order.cancelled_at <= from_ms(new.claim.trusted_ms)),
        visit_account=visit[0] if visit else None,
        visit_outcome=visit[1] if visit else None,
        supply_stopped=account is not None and _stopped_at(around.stopped.get(account.id, []), new.claim.trusted_ms),
        certified=queries.certified(ctx, ctx.principal.person_id, local_day(from_ms(new.claim.trusted_ms))),
        clock_poor=new.claim.quality == "poor",
    )


def _stopped_at(spans: Sequence[tuple[datetime, datetime | None]], at_ms: int) -> bool:
    """Whether it was so when it was done, however late that is heard of."""
    at = from_ms(at_ms)
    return any(since <= at and (until is None or at < until) for since, until in spans)


def _know(ctx: Ctx, account: Account, identity: IdentityProof) -> None:
    """Keeps the strongest proof that was ever given of who a customer is."""
    if identity.value != account.identity:
        account.identity, account.identity_on = identity.value, local_day(ctx.done_at())
        ctx.session.add(account)


def _area(ctx: Ctx) -> str:
    areas = [grant.area for grant in ctx.principal.grants if grant.role in PERMISSIONS[SCAN]]
    return max(sorted(areas), key=len, default=f"/{ctx.settings.district}/")


def _settle(ctx: Ctx, orders: Mapping[str, GasOrder]) -> None:
    """Orders as they stand after all deliveries that name them, whichever came first."""
    named = queries.deliveries_of_orders(ctx, orders)
    for order in orders.values():
        order.deliveries = named.get(order.id, [])
        order.state = order_state(order.person_id, order.deliveries, order.cancelled_why).value
        ctx.session.add(order)
    ctx.session.flush()
