"""Scans and the chains they make."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from backend.gas.queries.cylinders import cylinder_row, shape
from backend.gas.queries.rulings import births
from backend.gas.rules.acts import Birth, Seen, in_order
from backend.gas.rules.custody import fold
from backend.gas.rules.holdings import moves
from backend.gas.tables import Scan, ScanError
from backend.kernel.clock import DISTRICT_ZONE, to_ms
from backend.kernel.context import Ctx
from backend.people import queries as people
from mobile_contract import custody
from mobile_contract import gas as wire
from sync.stores.driver import portions


def chain(ctx: Ctx, cylinder_id: str) -> custody.Chain:
    """Everything that happened to a cylinder in sight, in the order it happened."""
    row = cylinder_row(ctx, cylinder_id)
    scans = {scan.id: scan for scan in _scans_of(ctx, [cylinder_id])}
    seen = [seen_of(scan) for scan in scans.values()]
    declared = declared_errors(ctx, seen)
    born = births(ctx, [row])[row.id]
    folded = fold(born, seen, declared)
    gaps = [wire.Gap.model_validate(gap, from_attributes=True) for gap in folded.gaps]
    inferred = _inferred(row.id, born, seen, declared)
    names = people.names(ctx, sorted({scan.person_id for scan in scans.values() if scan.person_id}))
    links = [
        custody.ChainLink(
            scan=scan_shape(scans[one.id]),
            person_name=names.get(scans[one.id].person_id or "", ""),
            merged=one.id in folded.merged,
            declared_error=one.id in declared,
            gaps=[gap for gap in gaps if gap.next_scan == one.id],
            inferred=inferred.get(one.id, []),
        )
        for one in in_order(seen)
    ]
    return custody.Chain(cylinder=shape(row), links=links)


def _inferred(
    key: str, born: Birth, seen: Sequence[Seen], declared: frozenset[str]
) -> dict[str, list[custody.InferredMove]]:
    found: dict[str, list[custody.InferredMove]] = defaultdict(list)
    for move in moves(key, born, seen, declared):
        if move.inferred:
            (from_kind, from_id), (to_kind, to_id) = move.source, move.to
            moved = custody.InferredMove(from_kind=from_kind, from_id=from_id, to_kind=to_kind, to_id=to_id)
            found[move.scan].append(moved)
    return found


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
        on=scan.trusted_at.astimezone(DISTRICT_ZONE).date(),
        error_ms=scan.error_ms,
        clock_poor=scan.quality == "poor",
        giver=scan.giver,
        seal=scan.seal_name,
        photo=bool(scan.photos),
        longitude=scan.longitude,
        latitude=scan.latitude,
        passed=scan.passed,
        net_g=scan.net_g,
        reason=wire.Block(scan.reason) if scan.reason else None,
        due_on=scan.due_on,
        life_end_on=scan.life_end_on,
        owner=scan.owner,
        papers=tuple((scan.papers or {}).items()),
        weighed=scan.residual_g is not None or not scan.passed or scan.step != wire.ScanStep.prefill,
    )


def declared_errors(ctx: Ctx, seen: Iterable[Seen]) -> frozenset[str]:
    """Those of some acts that were declared errors by who made them, or at a desk."""
    makers = {scan.id: scan.worker for scan in seen}
    found: set[str] = set()
    for part in portions(sorted(makers)):
        rows = ctx.session.exec(select(ScanError).where(col(ScanError.scan_id).in_(part))).all()
        found |= {row.scan_id for row in rows if row.at_desk or row.person_id == makers[row.scan_id]}
    return frozenset(found)


def scan_shape(row: Scan) -> wire.Scan:
    """A scan as it travels."""
    return wire.Scan.model_validate(row, from_attributes=True)


def seen_by_cylinder(ctx: Ctx, cylinder_ids: Iterable[str]) -> dict[str, list[Seen]]:
    """Every scan of some cylinders."""
    seen: dict[str, list[Seen]] = defaultdict(list)
    for part in portions(sorted(set(cylinder_ids))):
        for scan in _scans_of(ctx, part):
            assert scan.cylinder_id is not None
            seen[scan.cylinder_id].append(seen_of(scan))
    return seen


def scan_row(ctx: Ctx, scan_id: str) -> Scan | None:
    """A scan by the id its maker gave it."""
    return ctx.session.get(Scan, scan_id)
