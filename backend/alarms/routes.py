"""Alarms over HTTP: raised ahead of a phone's queue, and answered at the desks."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.alarms import actions, queries, rules
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import alarms as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page

router = APIRouter(prefix="/alarms/v1", tags=["alarms"])
RAISE, READ, ANSWER = needs("alarms.raise", before_consent=True), needs("alarms.read"), needs("alarms.answer")
_KNOWN = (*GUARDED, rules.AlarmUnknown)


@router.post("/alarms", status_code=201, dependencies=[RAISE], responses=refusals(*GUARDED, rules.AlarmExists))
def raise_alarm_online(ctx: Writing, ask: wire.RaiseAsk) -> wire.Alarm:
    """One's own alarm, ahead of the phone's queue and without waiting for it; the same id again changes nothing."""
    said = wire.RaiseParams.model_validate(ask.model_dump(exclude={"id"}))
    return queries.shape(actions.raise_alarm(ctx, ask.id, said, list(dict.fromkeys(ask.photos))))


@router.get("/alarms", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_alarms(
    ctx: Reading,
    state: wire.AlarmState | None = None,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Alarm]:
    """Alarms in sight: what nobody has seen first, then what is being dealt with, then what is over."""
    return queries.alarms(ctx, state, cursor, limit)


@router.get("/alarms/{alarm_id}", dependencies=[READ], responses=refusals(*_KNOWN))
def show_alarm(ctx: Reading, alarm_id: Id) -> wire.Alarm:
    """One alarm in sight."""
    return queries.alarm(ctx, alarm_id)


@router.get("/alarms/{alarm_id}/history", dependencies=[READ], responses=refusals(*_KNOWN))
def show_alarm_history(ctx: Reading, alarm_id: Id) -> list[wire.AlarmLine]:
    """Every act on an alarm: raised, told to how many, seen by whom, taken back, settled."""
    return queries.history(ctx, alarm_id)


@router.post("/alarms/{alarm_id}/acknowledge", dependencies=[ANSWER], responses=refusals(*_KNOWN, rules.OwnAlarm))
def acknowledge_alarm(ctx: Writing, alarm_id: Id, ask: wire.AlarmNote) -> wire.Alarm:
    """Says that one has seen it: it is told no further, and its sender reads who and when."""
    return queries.shape(actions.acknowledge(ctx, queries.alarm_in_sight(ctx, alarm_id), ask.note))


@router.post("/alarms/{alarm_id}/withdraw", dependencies=[RAISE], responses=refusals(*_KNOWN, rules.AlarmNotYours))
def withdraw_alarm(ctx: Writing, alarm_id: Id, ask: wire.AlarmNote) -> wire.Alarm:
    """Takes one's own alarm back; it stays on record."""
    return queries.shape(actions.withdraw(ctx, queries.alarm_in_sight(ctx, alarm_id), ask.note))


@router.post(
    "/alarms/{alarm_id}/settle",
    dependencies=[ANSWER],
    responses=refusals(*_KNOWN, rules.OwnAlarm, rules.AlarmOver),
)
def settle_alarm(ctx: Writing, alarm_id: Id, ask: wire.Settle) -> wire.Alarm:
    """Ends an alarm with what came of it."""
    return queries.shape(actions.settle(ctx, alarm_id, ask.outcome))
