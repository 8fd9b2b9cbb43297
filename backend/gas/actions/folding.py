"""Cylinders reckoned anew from all their acts, and the cases that come up or go away with it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from backend.gas import queries
from backend.gas.actions.questions import about_cylinder, settle_cases
from backend.gas.actions.registrations import need_own_registration
from backend.gas.rules.acts import Custody, Seen
from backend.gas.rules.conflicts import Question, questions
from backend.gas.rules.custody import fold
from backend.gas.tables import Cylinder
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx


def refold(ctx: Ctx, rows: Sequence[Cylinder]) -> None:
    """Reckons place, holder, blocks, dates and gaps of cylinders anew; opens and ends their cases.

    Refuses with gas.registration_code_taken what would give a cylinder a code that another one has.
    """
    seen = queries.seen_by_cylinder(ctx, [row.id for row in rows])
    declared = queries.declared_errors(ctx, (scan for scans in seen.values() for scan in scans))
    born = queries.births(ctx, rows)
    asked: dict[str, list[Question]] = {}
    folded = {row.id: fold(born[row.id], seen[row.id], declared) for row in rows}
    _need_registrations(ctx, rows, folded)
    for row in rows:
        custody = folded[row.id]
        _keep(row, custody)
        by_id: Mapping[str, Seen] = {scan.id: scan for scan in seen[row.id]}
        asked[row.id] = questions(custody, by_id, registered=row.registered)
        ctx.session.add(row)
    settle_cases(ctx, [(about_cylinder(row), asked[row.id]) for row in rows])
    ctx.session.flush()


def _need_registrations(ctx: Ctx, rows: Sequence[Cylinder], folded: Mapping[str, Custody]) -> None:
    said = ((row, folded[row.id].papers.registration_code) for row in rows)
    need_own_registration(ctx, {row.key: code for row, code in said if code != row.registration_code})


def _keep(row: Cylinder, custody: Custody) -> None:
    """Only what differs is said to the row: each word to it costs as much as folding an act."""
    gaps, blocked = [asdict(gap) for gap in custody.gaps], sorted(block.value for block in custody.blocked)
    told = {
        "place": custody.place.value,
        "checked_until_at": from_ms(custody.checked_until_ms) if custody.checked_until_ms is not None else None,
        "holder_kind": custody.holder_kind.value,
        "holder_id": custody.holder_id,
        "last_scan": custody.last.id if custody.last else None,
        "last_at": from_ms(custody.last.trusted_ms) if custody.last else None,
        "gaps": gaps,
        "gap_count": len(gaps),
        "next_inspection_on": custody.next_inspection_on,
        "life_end_on": custody.life_end_on,
        "owner": custody.owner,
        "blocked": blocked,
        "block_count": len(blocked),
        **asdict(custody.papers),
    }
    for name, value in told.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
