"""What leaves as EPCIS 2.0: the life of a cylinder with its deliveries and checks, and the checks of one home."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlmodel import col, select

from backend.gas.queries.accounts import account_row
from backend.gas.queries.chains import chain
from backend.gas.queries.cylinders import cylinder_row
from backend.gas.queries.deliveries import delivery_shape
from backend.gas.queries.homes import checklist, visit_shape
from backend.gas.queries.rulings import rule_tables, stations
from backend.gas.rules.acts import Papers
from backend.gas.rules.epcis import Beside, Event, Life, Made, Outward, check_event, document, enveloped
from backend.gas.tables import Cylinder, Delivery, Scan, ScanError, Visit
from backend.kernel.context import Ctx
from mobile_contract import custody
from mobile_contract.checklists import Checklist
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
    checks = _checks(ctx, {one.id: one for one in deliveries.values()}.values())
    life = Life(
        chain=told,
        birth=told.cylinder.model_copy(update=_born(row)) if row.registered else None,
        registered_at=row.created_at,
        errors=[custody.ScanError.model_validate(error, from_attributes=True) for error in errors],
        deliveries=deliveries,
        checks=checks,
        made=_made(ctx, row),
        beside=_beside(ctx, cylinder_id),
        licences={station.code: station.licence for station in stations(ctx) if station.licence},
        lists=_lists(ctx, [visit for visit, _ in checks]),
    )
    return document(life, _outward(ctx), ctx.now())


def _made(ctx: Ctx, row: Cylinder) -> Made:
    """By the table that held when it was registered."""
    table = next((table for table in rule_tables(ctx) if table.version == row.born_rule_version), None)
    rule = table.specs.get(row.spec) if table else None
    life_months = row.stamped_life_months or (rule.life_months if rule else None)
    if rule is None:
        return Made(life_months=life_months, station=row.born_station, account=row.born_account)
    return Made(rule.volume_ml, rule.max_fill_g, life_months, rule.phase, row.born_station, row.born_account)


def _beside(ctx: Ctx, cylinder_id: str) -> dict[str, Beside]:
    query = select(Scan.id, Scan.queue_n, Scan.seal_name).where(Scan.cylinder_id == cylinder_id)
    return {scan: Beside(n, _key(seal)) for scan, n, seal in ctx.session.exec(query)}


def _key(seal: str) -> str:
    """The id of the key out of the name of a seal, in two digits as on the label."""
    return seal.partition("-")[0].zfill(2) if seal else ""


def _lists(ctx: Ctx, visits: Iterable[VisitShape]) -> dict[str, Checklist]:
    """The checklists by which some homes were checked."""
    return {version: checklist(ctx, version) for version in {visit.checklist for visit in visits} - {""}}


def _born(row: Cylinder) -> dict[str, object]:
    """What acts may have changed since, as it was at registration."""
    papers = asdict(Papers(**row.born_papers))
    return papers | {
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
    listed = _lists(ctx, visits)
    events = [check_event(visit, out, by_visit.get(visit.id), (), listed) for visit in reversed(visits)]
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
