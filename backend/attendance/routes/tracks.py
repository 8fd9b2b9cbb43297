"""Tracks over HTTP: a look at one, who looked at one's own, and the door of OwnTracks apps."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from backend.attendance import actions, queries, rules
from backend.kernel.http import GUARDED, OpenWriting, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import tracks as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Day, Id, Page

router = APIRouter(prefix="/attendance/v1", tags=["attendance"])
READ, CLOCK_IN = needs("attendance.read"), needs("attendance.clock_in")
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]
Basic = Annotated[HTTPBasicCredentials | None, Depends(HTTPBasic(auto_error=False, description="OwnTracks 的密钥"))]
KEY_CHARS_MAX = 200


@router.post("/tracks/{person_id}/looks", dependencies=[READ], responses=refusals(*GUARDED, rules.TrackUnknown))
def look_at_track(ctx: Writing, person_id: Id, ask: wire.LookAsk) -> wire.Track:
    """The track of a shift: one's own, or as a supervisor of the area. A look at another's is recorded before it is
    answered, and the person sees who looked."""
    return actions.look_at_track(ctx, person_id, ask.on, ask.reason)


@router.get("/me/track", dependencies=[READ], responses=refusals(*GUARDED))
def own_track(ctx: Reading, on: Day) -> wire.Track:
    """One's own track of a shift."""
    return actions.look_at_track(ctx, ctx.principal.person_id, on, "")


@router.get("/me/track-looks", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def looks_at_me(ctx: Reading, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT) -> Page[wire.TrackLook]:
    """Who looked at one's own tracks, when and why; latest first."""
    return queries.looks_at_me(ctx, cursor, limit)


@router.post(
    "/persons/{person_id}/erase",
    dependencies=[needs("attendance.erase")],
    responses=refusals(*GUARDED, rules.PersonUnknown, rules.PeriodInvalid),
)
def erase_person(ctx: Writing, person_id: Id, ask: wire.ErasureAsk) -> wire.Erased:
    """Forgets where somebody was and what they said, of all days before one. Days, months and pay stay; the audit
    keeps who erased what, and its chain holds."""
    return actions.erase_person(ctx, person_id, ask)


@router.post("/owntracks/keys", status_code=201, dependencies=[CLOCK_IN], responses=refusals(*GUARDED))
def make_track_key(ctx: Writing, ask: wire.NewTrackKey) -> wire.TrackKey:
    """What to type into an OwnTracks app so that it reports for the caller; the password is shown once."""
    return actions.make_track_key(ctx, ask.name)


@router.delete(
    "/owntracks/keys/{key_id}",
    status_code=204,
    dependencies=[CLOCK_IN],
    responses=refusals(*GUARDED, rules.TrackUnknown),
)
def end_track_key(ctx: Writing, key_id: Id) -> None:
    """Ends one of one's own keys."""
    actions.end_track_key(ctx, key_id)


@router.post(
    "/owntracks",
    responses=refusals(rules.TrackKeyWrong, rules.OwnTracksEncrypted, rules.OwnTracksIncomplete),
)
def take_owntracks(ctx: OpenWriting, basic: Basic, message: wire.OwnTracksMessage | None = None) -> list[str]:
    """What an OwnTracks app posts in HTTP mode (https://owntracks.org/booklet/tech/http/), with its key.

    Locations are taken as points of a track; other messages, and empty ones, are left aside. The answer is always an
    empty list.
    """
    if basic is None or max(len(basic.username), len(basic.password)) > KEY_CHARS_MAX:
        raise rules.TrackKeyWrong
    actions.take_owntracks(ctx, basic.username, basic.password, message)
    return []
