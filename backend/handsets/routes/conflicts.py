"""The conflict desk."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.handsets import actions, queries
from backend.handsets.rules import AlreadySettled, NothingToTake
from backend.kernel.errors import NotFound
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page
from mobile_contract.handsets import AskSettle, Conflict, ConflictFilter, ConflictState, Owner, Severity
from sync.protocol import Name

router = APIRouter(prefix="/handsets/v1/conflicts", tags=["conflicts"])


@router.get(
    "",
    response_model=Page[Conflict],
    operation_id="list_conflicts",
    dependencies=[needs("conflicts.read")],
    responses=refusals(*GUARDED, BadCursor),
)
def conflicts(
    ctx: Reading,
    state: ConflictState | None = None,
    severity: Severity | None = None,
    owner: Owner | None = None,
    person_id: Id | None = None,
    team_id: Id | None = None,
    t: Name | None = None,
    older_than_h: Annotated[int | None, Query(ge=0, le=87_600)] = None,
    overdue: bool = False,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[Conflict]:
    """Conflicts of one's own work and of one's areas, newest first."""
    narrowed = ConflictFilter(
        state=state,
        severity=severity,
        owner=owner,
        person_id=person_id,
        team_id=team_id,
        t=t,
        older_than_h=older_than_h,
        overdue=overdue,
    )
    page = queries.conflicts(ctx, narrowed, after=cursor, limit=limit)
    return Page(items=[queries.body_of(row, desk=queries.from_desk(ctx, row)) for row in page.items], next=page.next)


@router.get(
    "/{conflict_id}",
    response_model=Conflict,
    operation_id="get_conflict",
    dependencies=[needs("conflicts.read")],
    responses=refusals(*GUARDED, NotFound),
)
def conflict(ctx: Reading, conflict_id: Id) -> Conflict:
    """One conflict, both sides."""
    row = queries.conflict_in_sight(ctx, conflict_id)
    return queries.body_of(row, desk=queries.from_desk(ctx, row))


@router.post(
    "/{conflict_id}/settle",
    response_model=Conflict,
    operation_id="settle_conflict",
    dependencies=[needs("conflicts.settle")],
    responses=refusals(*GUARDED, NotFound, AlreadySettled, NothingToTake),
)
def settle(ctx: Writing, conflict_id: Id, ask: AskSettle) -> Conflict:
    """A person decides."""
    row = actions.settle(ctx, conflict_id, ask.choice, ask.note)
    return queries.body_of(row, desk=True)
