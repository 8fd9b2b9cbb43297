"""What leaves as EPCIS 2.0: the life of a cylinder with its deliveries and checks, and the checks of one home."""

from collections.abc import Iterable

from sqlmodel import col, select

from backend.gas.queries.accounts import account_row
from backend.gas.queries.chains import chain
from backend.gas.queries.cylinders import cylinder_row
from backend.gas.queries.deliveries import delivery_shape
from backend.gas.queries.homes import visit_shape
from backend.gas.rules.epcis import Event, Life, Outward, check_event, document, enveloped
from backend.gas.tables import Cylinder, Delivery, ScanError, Visit
from backend.kernel.context import Ctx
from mobile_contract import custody
from mobile_contract.deliveries import Delivery as DeliveryShape
from mobile_contract.gas import ScanStep
from mobile_contract.homes import Visit as VisitShape

CHECKS_TOLD_MAX = 200
"""The newest checks of a home: a hundred years of half-years."""


def epcis_document(ctx: Ctx, cylinder_id: str) -> Event:
    """The life of a cylinder in sight as an EPCIS 2.0 document; refuses with gas.cylinder_unknown."""
    row = cylinder_row(ctx, cylinder_id)
    told = chain(ctx, cylinder_id)
    query = select(ScanError).where(ScanError.cylinder_id == cylinder_id).order_by(col(ScanError.id))
    declared = {link.scan.id for link in told.links if link.declared_error}
    errors = [error for error in ctx.session.exec(query) if error.scan_id in declared]
    deliveries = _naming(ctx, told)
    life = Life(
        chain=told,
        birth=told.cylinder.model_copy(update=_born(row)) if row.registered else None,
        registered_at=row.created_at,
        errors=[custody.ScanError.model_validate(error, from_attributes=True) for error in errors],
        deliveries=deliveries,
        checks=_checks(ctx, {one.id: one for one in deliveries.values()}.values()),
    )
    return document(life, _outward(ctx), ctx.now())


def _born(row: Cylinder) -> dict[str, object]:
    """What acts may have changed since, as it was at registration."""
    return {
        "owner": row.born_owner,
        "next_inspection_on": row.born_due_on,
        "life_end_on": row.born_life_end_on,
        "rule_version": row.born_rule_version,
    }


def home_checks_document(ctx: Ctx, account_id: str) -> Event:
    """The newest checks of a home in sight as an EPCIS 2.0 document; refuses with gas.account_unknown."""
    row = account_row(ctx, account_id)
    query = select(Visit).where(Visit.account == row.code).order_by(col(Visit.trusted_at).desc(), col(Visit.id))
    visits = [visit_shape(visit) for visit in ctx.session.exec(query.limit(CHECKS_TOLD_MAX))]
    named = select(Delivery).where(
        col(Delivery.visit).in_([visit.id for visit in visits]), Delivery.account == row.code
    )
    by_visit = {one.visit: delivery_shape(one) for one in ctx.session.exec(named)}
    out = _outward(ctx)
    events = [check_event(visit, out, by_visit.get(visit.id)) for visit in reversed(visits)]
    return enveloped(events, out, ctx.now())


def _outward(ctx: Ctx) -> Outward:
    return Outward(ctx.settings.public_url.rstrip("/"))


def _naming(ctx: Ctx, told: custody.Chain) -> dict[str, DeliveryShape]:
    """Scan -> the delivery that names it, of the scans made at customers' doors."""
    doors = (ScanStep.deliver, ScanStep.collect)
    accounts = sorted({link.scan.account for link in told.links if link.scan.step in doors})
    scans = {link.scan.id for link in told.links}
    found: dict[str, DeliveryShape] = {}
    query = select(Delivery).where(col(Delivery.account).in_(accounts)).order_by(col(Delivery.trusted_at))
    for row in ctx.session.exec(query):
        for scan in {*row.fulls, *row.empties} & scans:
            found[scan] = delivery_shape(row)
    return found


def _checks(ctx: Ctx, deliveries: Iterable[DeliveryShape]) -> list[tuple[VisitShape, DeliveryShape]]:
    """The check that was made with each delivery of a full cylinder."""
    named = {one.visit: one for one in deliveries if one.visit}
    query = select(Visit).where(col(Visit.id).in_(sorted(named))).order_by(col(Visit.trusted_at), col(Visit.id))
    return [(visit_shape(row), named[row.id]) for row in ctx.session.exec(query)]
