"""The inbox over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.kernel.errors import NotFound
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.notifications import actions, queries
from backend.notifications.rules import GatewayOff, NoHandset
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page
from mobile_contract.notices import AskPush, InboxNotice

router = APIRouter(prefix="/notifications/v1", tags=["notifications"])
READ = needs("notifications.read")


@router.get("/notices", operation_id="list_notices", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_notices(
    ctx: Reading,
    unread: bool = False,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[InboxNotice]:
    """The caller's own notices, newest first; kept for 90 days."""
    return queries.inbox(ctx, unread=unread, after=cursor, limit=limit)


@router.post(
    "/notices/{notice_id}/read",
    operation_id="read_notice",
    dependencies=[READ],
    responses=refusals(*GUARDED, NotFound),
)
def read_notice(ctx: Writing, notice_id: Id) -> InboxNotice:
    """Marks a notice as read; doing so again changes nothing."""
    return queries.shape(actions.read(ctx, notice_id))


@router.put(
    "/push-token",
    status_code=204,
    operation_id="register_push_token",
    dependencies=[needs("sync")],
    responses=refusals(*GUARDED, NoHandset, GatewayOff),
)
def register_push_token(ctx: Writing, ask: AskPush) -> None:
    """Says under which token this handset is pushed, after each sign-in and whenever the service gives a new one.

    It is taken back when the person signs out, and when the handset is declared lost or revoked.
    """
    actions.register(ctx, ask)


@router.delete(
    "/push-token",
    status_code=204,
    operation_id="withdraw_push_token",
    dependencies=[needs("sync")],
    responses=refusals(*GUARDED, NoHandset),
)
def withdraw_push_token(ctx: Writing) -> None:
    """This handset is pushed no more; doing so again changes nothing."""
    actions.withdraw(ctx)
