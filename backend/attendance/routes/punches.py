"""Clock-ins over HTTP: lists of them, and one's own on line."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from backend.attendance import actions, queries, rules
from backend.kernel.http import GUARDED, Reading, Writing, answer_refusal, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import attendance as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, At, Id, Page
from sync.refusal import Refusal

router = APIRouter(prefix="/attendance/v1", tags=["attendance"])
READ, CLOCK_IN = needs("attendance.read"), needs("attendance.clock_in")
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


@router.get("/punches", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_punches(
    ctx: Reading,
    since_at: At | None = None,
    until_at: At | None = None,
    person_id: Id | None = None,
    team_id: Id | None = None,
    place: wire.Place | None = None,
    review: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Punch]:
    """Clock-ins in sight, latest act first. `review`: only those a person should look at."""
    wanted = wire.PunchFilter(
        since_at=since_at, until_at=until_at, person_id=person_id, team_id=team_id, place=place, review=review
    )
    return queries.punches(ctx, wanted, cursor, limit)


@router.post("/punches", status_code=201, dependencies=[CLOCK_IN], responses=refusals(*GUARDED, rules.IdReused))
def clock_in_online(request: Request, ctx: Writing, ask: wire.ClockInAsk) -> wire.Punch:
    """One's own clock-in, on line. Recorded and marked, never refused for place or time."""
    said = wire.ClockInParams.model_validate(ask.model_dump(exclude={"id"}))
    outcome = actions.clock_in_online(ctx, actions.NewPunch(ask.id, said))
    if isinstance(outcome, Refusal):
        # Returned, not raised: that a person should look is to be committed.
        return answer_refusal(request, outcome)  # type: ignore[return-value]  # FastAPI sends a Response as it is
    return outcome
