"""Shifts are closed: what every worker took, gave and brought back is reckoned and kept, cylinder by cylinder."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from backend.gas.actions.questions import about_shift, settle_cases
from backend.gas.events import ShiftClosed
from backend.gas.queries import closes as queries
from backend.gas.queries.sight import today
from backend.gas.rules.conflicts import Question
from backend.gas.rules.holdings import Close
from backend.gas.tables import ShiftClose
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.people import queries as people
from mobile_contract.custody import CaseKind, Party
from mobile_contract.deliveries import CloseCorrection
from mobile_contract.gas import HolderKind

DAYS_LOOKED_BACK = 7
"""Scans that come later than that reach the chain, and no longer its closes."""


def close_shifts(ctx: Ctx) -> int:
    """Reckons the last days of everybody who scanned, anew where scans came late; gives how many changed."""
    newest = today(ctx)
    return sum(close_day(ctx, newest - timedelta(days=back)) for back in range(DAYS_LOOKED_BACK))


def close_day(ctx: Ctx, on: date) -> int:
    """Reckons one day of everybody who scanned on it; gives how many closes are new or changed."""
    workers = queries.workers_of(ctx, on)
    known = queries.close_rows(ctx, on, (person for person, _ in workers))
    changed = 0
    kept: list[ShiftClose] = []
    for person, area in workers:
        row = known.get(person) or ShiftClose(
            person_id=person, on=on, balanced=True, reckoned_at=ctx.now(), area_path=area
        )
        changed += _keep(ctx, row, queries.close(ctx, person, on), fresh=person not in known)
        kept.append(row)
    ctx.session.flush()
    settle_cases(ctx, [(about_shift(row), _questions(ctx, row)) for row in kept])
    return changed


def _questions(ctx: Ctx, row: ShiftClose) -> list[Question]:
    """Once the day is over, its worker is asked of what is missing, too much or still on the vehicle."""
    if row.on >= today(ctx) or (row.balanced and not row.still):
        return []
    return [Question(CaseKind.shift_open, "", None, (Party(kind=HolderKind.worker, id=row.person_id),))]


def _keep(ctx: Ctx, row: ShiftClose, close: Close, *, fresh: bool) -> bool:
    sides = {side.value: sorted(cylinders) for side, cylinders in close.sides.items()}
    if not fresh and all(getattr(row, side) == cylinders for side, cylinders in sides.items()):
        return False
    if not fresh and row.on < today(ctx):
        row.corrections = [*row.corrections, _correction(ctx, row, sides)]
    for side, cylinders in sides.items():
        setattr(row, side, cylinders)
    row.balanced, row.reckoned_at = close.balanced, ctx.now()
    row.area_path = people.area_of(ctx, row.person_id) or row.area_path
    ctx.session.add(row)
    announce(ctx, ShiftClosed(row.id, row.person_id, row.balanced))
    return True


def _correction(ctx: Ctx, row: ShiftClose, sides: Mapping[str, list[str]]) -> dict[str, Any]:
    """What late scans change in a close that was issued: told in a line of its own, never silently."""
    before = {side: set(getattr(row, side)) for side in sides}
    added = {side: sorted(set(now) - before[side]) for side, now in sides.items()}
    removed = {side: sorted(before[side] - set(now)) for side, now in sides.items()}
    line = CloseCorrection(
        at=ctx.now(),
        added={side: cylinders for side, cylinders in added.items() if cylinders},
        removed={side: cylinders for side, cylinders in removed.items() if cylinders},
    )
    return line.model_dump(mode="json")
