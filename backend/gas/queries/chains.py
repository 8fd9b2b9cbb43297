"""Scans and the chains they make."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from backend.gas.queries.cylinders import cylinder_row, shape
from backend.gas.rules.custody import Birth, Seen, fold, in_order
from backend.gas.tables import Cylinder, Scan
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.people import queries as people
from mobile_contract import gas as wire


def chain(ctx: Ctx, cylinder_id: str) -> wire.Chain:
    """Everything that happened to a cylinder in sight, in the order it happened."""
    row = cylinder_row(ctx, cylinder_id)
    scans = {scan.id: scan for scan in _scans_of(ctx, [cylinder_id])}
    seen = [seen_of(scan) for scan in scans.values()]
    custody = fold(birth_of(row), seen)
    gaps = {gap.next_scan: wire.Gap.model_validate(gap, from_attributes=True) for gap in custody.gaps}
    names = people.names(ctx, sorted({scan.person_id for scan in scans.values() if scan.person_id}))
    links = [
        wire.ChainLink(
            scan=scan_shape(scans[one.id]),
            person_name=names.get(scans[one.id].person_id or "", ""),
            merged=one.id in custody.merged,
            gap=gaps.get(one.id),
        )
        for one in in_order(seen)
    ]
    return wire.Chain(cylinder=shape(row), links=links)


def _scans_of(ctx: Ctx, cylinder_ids: Sequence[str]) -> Sequence[Scan]:
    query = select(Scan).where(col(Scan.cylinder_id).in_(cylinder_ids)).order_by(col(Scan.id))
    return ctx.session.exec(query).all()


def seen_of(scan: Scan) -> Seen:
    """A scan as the fold looks at it."""
    return Seen(
        id=scan.id,
        step=wire.ScanStep(scan.step),
        worker=scan.person_id or "",
        customer=scan.account,
        station=scan.station,
        order=scan.order,
        trusted_ms=to_ms(scan.trusted_at),
        device=scan.queue_device,
        epoch=scan.queue_epoch,
        n=scan.queue_n,
    )


def birth_of(row: Cylinder) -> Birth:
    """How the cylinder came to us."""
    return Birth(row.born_full)


def scan_shape(row: Scan) -> wire.Scan:
    """A scan as it travels."""
    return wire.Scan.model_validate(row, from_attributes=True)


def seen_by_cylinder(ctx: Ctx, cylinder_ids: Iterable[str]) -> dict[str, list[Seen]]:
    """Every scan of some cylinders."""
    seen: dict[str, list[Seen]] = defaultdict(list)
    for scan in _scans_of(ctx, sorted(set(cylinder_ids))):
        assert scan.cylinder_id is not None
        seen[scan.cylinder_id].append(seen_of(scan))
    return seen


def scan_row(ctx: Ctx, scan_id: str) -> Scan | None:
    """A scan by the id its maker gave it."""
    return ctx.session.get(Scan, scan_id)
