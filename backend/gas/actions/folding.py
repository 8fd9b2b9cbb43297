"""Cylinders reckoned anew from all their acts, and the cases that come up or go away with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from backend.gas import queries
from backend.gas.actions.questions import about_cylinder, settle_cases
from backend.gas.rules.acts import Custody, Seen
from backend.gas.rules.conflicts import Question, questions
from backend.gas.rules.custody import fold
from backend.gas.tables import Cylinder
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx


def refold(ctx: Ctx, rows: Sequence[Cylinder]) -> None:
    """Reckons place, holder, blocks, dates and gaps of cylinders anew; opens and ends their cases."""
    seen = queries.seen_by_cylinder(ctx, [row.id for row in rows])
    declared = queries.declared_errors(ctx, (scan for scans in seen.values() for scan in scans))
    born = queries.births(ctx, rows)
    asked: dict[str, list[Question]] = {}
    for row in rows:
        custody = fold(born[row.id], seen[row.id], declared)
        _keep(row, custody)
        by_id: Mapping[str, Seen] = {scan.id: scan for scan in seen[row.id]}
        asked[row.id] = questions(custody, by_id, registered=row.registered)
        ctx.session.add(row)
    settle_cases(ctx, [(about_cylinder(row), asked[row.id]) for row in rows])
    ctx.session.flush()


def _keep(row: Cylinder, custody: Custody) -> None:
    row.place = custody.place.value
    row.checked_until_at = from_ms(custody.checked_until_ms) if custody.checked_until_ms is not None else None
    row.holder_kind, row.holder_id = custody.holder_kind.value, custody.holder_id
    row.last_scan = custody.last.id if custody.last else None
    row.last_at = from_ms(custody.last.trusted_ms) if custody.last else None
    row.gaps = [asdict(gap) for gap in custody.gaps]
    row.gap_count = len(row.gaps)
    row.next_inspection_on = custody.next_inspection_on
    row.life_end_on = custody.life_end_on
    row.owner = custody.owner
    row.blocked = sorted(block.value for block in custody.blocked)
    row.block_count = len(row.blocked)
