"""Orders, deliveries and certificates within the reader's sight, and what a delivery is judged by."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, cast, or_
from sqlmodel import col, select

from backend.gas.queries.sight import in_sight
from backend.gas.rules.deliveries import Handed
from backend.gas.rules.delivery_refusals import DeliveryUnknown, OrderUnknown
from backend.gas.rules.papers import Paper, is_certified
from backend.gas.tables import Certificate, Delivery, GasOrder, Hazard, Home, Scan, Visit
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from mobile_contract import deliveries as wire
from mobile_contract.base import Page
from mobile_contract.gas import Light, ScanStep
from mobile_contract.homes import VisitOutcome

# -- orders --------------------------------------------------------------------------------------------------------


def orders(ctx: Ctx, wanted: wire.GasOrderFilter, cursor: str | None, limit: int) -> Page[wire.GasOrder]:
    """A page of the orders in sight, newest first."""
    query = select(GasOrder).where(_orders_in_sight(ctx))
    for column, value in (
        (GasOrder.account, wanted.account),
        (GasOrder.state, wanted.state.value if wanted.state else None),
        (GasOrder.person_id, wanted.person_id),
        (GasOrder.wanted_on, wanted.wanted_on),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if cursor:
        query = query.where(beyond([col(GasOrder.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(GasOrder.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[order_shape(row) for row in page], next=following)


def order_row(ctx: Ctx, order_id: str) -> GasOrder:
    """The row of an order in sight; refuses with gas.order_unknown."""
    row = ctx.session.exec(select(GasOrder).where(GasOrder.id == order_id, _orders_in_sight(ctx))).first()
    if row is None:
        raise OrderUnknown
    return row


def _orders_in_sight(ctx: Ctx) -> ColumnElement[bool]:
    return or_(col(GasOrder.person_id) == ctx.principal.person_id, in_sight(ctx.principal, GasOrder))


def orders_by_id(ctx: Ctx, ids: Iterable[str]) -> dict[str, GasOrder]:
    """Orders by id, whoever asks: what was done at a door is judged by what is known of it."""
    rows = ctx.session.exec(select(GasOrder).where(col(GasOrder.id).in_(sorted(set(ids))))).all()
    return {row.id: row for row in rows}


def deliveries_of_orders(ctx: Ctx, orders: Iterable[str]) -> dict[str, list[str]]:
    """Order -> the deliveries that name it and brought something, in the order they were done."""
    query = select(Delivery.order, Delivery.id).where(
        col(Delivery.order).in_(sorted(set(orders))), Delivery.outcome == wire.DeliveryOutcome.delivered.value
    )
    found: dict[str, list[str]] = defaultdict(list)
    for order, delivery in ctx.session.exec(query.order_by(col(Delivery.trusted_at), col(Delivery.id))):
        found[order].append(delivery)
    return found


def order_shape(row: GasOrder) -> wire.GasOrder:
    """An order as it travels."""
    return wire.GasOrder.model_validate(row, from_attributes=True)


# -- deliveries ----------------------------------------------------------------------------------------------------


def deliveries(ctx: Ctx, wanted: wire.DeliveryFilter, cursor: str | None, limit: int) -> Page[wire.Delivery]:
    """A page of the deliveries in sight, newest first."""
    query = select(Delivery).where(_deliveries_in_sight(ctx))
    if wanted.account:
        query = query.where(Delivery.account == wanted.account)
    if wanted.person_id:
        query = query.where(Delivery.person_id == wanted.person_id)
    if wanted.mark:
        query = query.where(cast(col(Delivery.marks), String).contains(f'"{wanted.mark.value}"'))
    if wanted.since_at:
        query = query.where(col(Delivery.trusted_at) >= wanted.since_at)
    if wanted.until_at:
        query = query.where(col(Delivery.trusted_at) < wanted.until_at)
    if cursor:
        query = query.where(beyond([col(Delivery.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(Delivery.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[delivery_shape(row) for row in page], next=following)


def delivery(ctx: Ctx, delivery_id: str) -> wire.Delivery:
    """A delivery in sight; refuses with gas.delivery_unknown."""
    row = ctx.session.exec(select(Delivery).where(Delivery.id == delivery_id, _deliveries_in_sight(ctx))).first()
    if row is None:
        raise DeliveryUnknown
    return delivery_shape(row)


def _deliveries_in_sight(ctx: Ctx) -> ColumnElement[bool]:
    return or_(col(Delivery.person_id) == ctx.principal.person_id, in_sight(ctx.principal, Delivery))


def delivery_shape(row: Delivery) -> wire.Delivery:
    """A delivery as it travels."""
    return wire.Delivery.model_validate(row, from_attributes=True)


# -- what a delivery is judged by ----------------------------------------------------------------------------------


def handed(ctx: Ctx, scan_ids: Iterable[str]) -> dict[str, Handed]:
    """The scans that deliveries name, as far as they are known."""
    rows = ctx.session.exec(select(Scan).where(col(Scan.id).in_(sorted(set(scan_ids))))).all()
    return {row.id: Handed(ScanStep(row.step), row.account, Light(row.judged), bool(row.seal_name)) for row in rows}


def visits_by_id(ctx: Ctx, ids: Iterable[str]) -> dict[str, tuple[str, VisitOutcome]]:
    """Visit -> (account, outcome)."""
    query = select(Visit.id, Visit.account, Visit.outcome).where(col(Visit.id).in_(sorted(set(ids))))
    return {visit: (account, VisitOutcome(outcome)) for visit, account, outcome in ctx.session.exec(query)}


def stopped(ctx: Ctx, account_ids: Iterable[str]) -> dict[str, list[tuple[datetime, datetime | None]]]:
    """Account -> from when until when a hazard stopped the supply there; until None: it still does."""
    query = select(Hazard.account_id, Hazard.found_at, Hazard.closed_at).where(
        col(Hazard.account_id).in_(sorted(set(account_ids))), col(Hazard.stops_supply)
    )
    spans: dict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for account_id, found_at, closed_at in ctx.session.exec(query):
        spans[account_id].append((found_at, closed_at))
    return spans


def must_book_check(ctx: Ctx, account_id: str) -> bool:
    """Whether the next order is taken only together with a booked check."""
    return bool(ctx.session.exec(select(Home.booked_check).where(Home.id == account_id)).first())


# -- certificates --------------------------------------------------------------------------------------------------


def certified(ctx: Ctx, person_id: str, on: date, work: str = "deliver") -> bool:
    """Whether somebody holds on a day the certificates and trainings that a work asks for."""
    return is_certified(papers(ctx, person_id), on, ctx.settings.gas_papers.get(work, ()))


def papers(ctx: Ctx, person_id: str) -> list[Paper]:
    """Everything that was ever entered of a person, as it is judged."""
    return [Paper(row.kind, row.valid_from_on, row.valid_until_on) for row in _certificates(ctx, person_id)]


def certificates(ctx: Ctx, person_id: str) -> list[wire.Certificate]:
    """Everything that was ever entered of a person; whoever asks was let in to them."""
    return [certificate_shape(row) for row in _certificates(ctx, person_id)]


def certificate_shape(row: Certificate) -> wire.Certificate:
    """A certificate as it travels."""
    return wire.Certificate.model_validate(row, from_attributes=True)


def certificate_taken(ctx: Ctx, person_id: str, kind: str, number: str) -> bool:
    """Whether this certificate is entered."""
    return any((row.kind, row.number) == (kind, number) for row in _certificates(ctx, person_id))


def _certificates(ctx: Ctx, person_id: str) -> Sequence[Certificate]:
    query = select(Certificate).where(Certificate.person_id == person_id)
    return ctx.session.exec(query.order_by(col(Certificate.valid_from_on), col(Certificate.id))).all()
