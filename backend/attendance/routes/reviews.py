"""The queue of doubtful clock-ins over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.attendance import actions, queries, rules
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import reviews as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page
from mobile_contract.people import AreaPath

router = APIRouter(prefix="/attendance/v1", tags=["attendance"])
MANAGE = needs("attendance.manage")
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


@router.get("/reviews", dependencies=[MANAGE], responses=refusals(*GUARDED, BadCursor))
def list_reviews(
    ctx: Reading,
    state: wire.ReviewState | None = None,
    area: AreaPath | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.ReviewItem]:
    """Clock-ins that a person should look at, with every signal in words and what the phone could not tell."""
    return queries.reviews(ctx, state, area, cursor, limit)


@router.post(
    "/reviews/{punch_id}/decision",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.RequestUnknown, rules.OwnRequest, rules.RequestDecided),
)
def decide_review(ctx: Writing, punch_id: Id, ask: wire.ReviewDecision) -> wire.PunchReview:
    """Accepts or rejects a clock-in. A rejected one counts no more; the fact, the reason and both names stay."""
    return queries.review_shape(actions.decide_review(ctx, punch_id, ask))
