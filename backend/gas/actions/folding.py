"""Cylinders reckoned anew from all their acts, and the cases that come up or go away with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from backend.gas import queries
from backend.gas.rules.acts import Custody, Seen
from backend.gas.rules.conflicts import Question, deadline_at, owner_of, questions
from backend.gas.rules.custody import fold
from backend.gas.tables import CustodyCase, Cylinder
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from mobile_contract.custody import CaseState


def refold(ctx: Ctx, rows: Sequence[Cylinder]) -> None:
    """Reckons place, holder, blocks, dates and gaps of cylinders anew; opens and ends their cases."""
    seen = queries.seen_by_cylinder(ctx, [row.id for row in rows])
    declared = queries.declared_errors(ctx, (scan for scans in seen.values() for scan in scans))
    asked: dict[str, list[Question]] = {}
    for row in rows:
        custody = fold(queries.birth_of(row), seen[row.id], declared)
        _keep(row, custody)
        by_id: Mapping[str, Seen] = {scan.id: scan for scan in seen[row.id]}
        asked[row.id] = questions(custody, by_id, registered=row.registered)
        ctx.session.add(row)
    _keep_cases(ctx, rows, asked)
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
    row.blocked = sorted(block.value for block in custody.blocked)
    row.block_count = len(row.blocked)


def _keep_cases(ctx: Ctx, rows: Sequence[Cylinder], asked: Mapping[str, Iterable[Question]]) -> None:
    known = {(case.cylinder_id, case.kind, case.scan_id): case for case in queries.cases_of(ctx, asked)}
    wanted = {(row.id, q.kind.value, q.scan): (row, q) for row in rows for q in asked[row.id]}
    for key, case in known.items():
        if key not in wanted and case.state == CaseState.open:
            case.state, case.ended_at = CaseState.corrected.value, ctx.now()
            ctx.session.add(case)
        elif key in wanted and case.state == CaseState.corrected:
            case.state, case.ended_at = CaseState.open.value, None
            ctx.session.add(case)
    for key, (row, question) in wanted.items():
        if key not in known:
            ctx.session.add(_opened(ctx, row, question))


def _opened(ctx: Ctx, row: Cylinder, question: Question) -> CustodyCase:
    now = ctx.now()
    return CustodyCase(
        kind=question.kind.value,
        cylinder_id=row.id,
        cylinder_key=row.key,
        scan_id=question.scan,
        last_scan_id=question.last_scan,
        asked=[party.model_dump(mode="json") for party in question.asked],
        owner_id=owner_of(question.asked),
        state=CaseState.open.value,
        opened_at=now,
        deadline_at=deadline_at(question.kind, now),
        area_path=row.area_path,
        team_id=row.team_id,
    )
