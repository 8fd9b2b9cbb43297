"""What is done to alarms: raised once however they come, told to wider circles until somebody has seen them, ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.alarms import queries, rules
from backend.alarms.events import AlarmAcknowledged, AlarmEnded, AlarmRaised
from backend.alarms.rules import OVER, RANKS, AlarmExists, AlarmNotYours, AlarmOver, OwnAlarm
from backend.alarms.tables import Alarm, AlarmDeed
from backend.attachments import actions as attachments
from backend.kernel.clock import DISTRICT_ZONE, from_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.jobs import enqueue
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from mobile_contract import alarms as wire
from mobile_contract.alarms import AlarmAct, AlarmKind, AlarmState

KIND = "alarms"
RAISE, ANSWER = "alarms.raise", "alarms.answer"
TELL = "alarms.tell"
RAISE_REFUSALS = (AlarmExists,)
"""How raising is refused."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who raised an alarm without being of the house, as others are told of them; and the teams it concerns."""

    name: str
    team_ids: frozenset[str] = frozenset()


def raise_alarm(
    ctx: Ctx, alarm_id: str, said: wire.RaiseParams, photos: list[str], caller: Caller | None = None
) -> Alarm:
    """Takes an alarm. It comes by the door, by the queue, or by both: it is raised once, and the queue brings the
    trusted time. `caller` None: the principal's own. Refuses with alarms.exists when the id is another's."""
    ctx.principal.require(RAISE)
    known = queries.alarm_row(ctx, alarm_id)
    if known is not None:
        return _came_again(ctx, known, photos, caller)
    alarm = _born(ctx, alarm_id, said, photos)
    if caller is not None:
        alarm.person_id, alarm.person_name, alarm.team_ids = None, caller.name, sorted(caller.team_ids)
    ctx.session.add(alarm)
    ctx.session.flush()
    _note(ctx, alarm, AlarmAct.raised, alarm.note)
    _show_photos(ctx, alarm)
    announce(ctx, AlarmRaised(alarm.id, alarm.kind, alarm.danger, alarm.person_id))
    tell(ctx, alarm.id, 0)
    return alarm


def _came_again(ctx: Ctx, alarm: Alarm, photos: list[str], caller: Caller | None) -> Alarm:
    if alarm.person_id != (None if caller else ctx.principal.person_id):
        raise AlarmExists
    alarm.raised_at = min(alarm.raised_at, ctx.done_at())
    alarm.photos = list(dict.fromkeys([*alarm.photos, *photos]))[: wire.PHOTOS_PER_ALARM_MAX]
    ctx.session.add(alarm)
    _show_photos(ctx, alarm)
    return alarm


def _born(ctx: Ctx, alarm_id: str, said: wire.RaiseParams, photos: list[str]) -> Alarm:
    who, place = ctx.principal, said.position
    known = said.area_path is not None and people.area_exists(ctx, said.area_path)
    own = rules.own_area((grant.area for grant in who.grants), ctx.settings.district)
    return Alarm(
        id=alarm_id,
        rank=RANKS[AlarmState.raised],
        kind=said.kind.value,
        danger=(said.danger or wire.Danger.other).value if said.kind is AlarmKind.danger else None,
        state=AlarmState.raised.value,
        person_id=who.person_id,
        person_name=who.name,
        team_ids=sorted(who.team_ids),
        area_path=said.area_path if known and said.area_path else own,
        longitude=place.longitude if place else None,
        latitude=place.latitude if place else None,
        accuracy_m=place.accuracy_m if place else None,
        note=said.note,
        photos=photos[: wire.PHOTOS_PER_ALARM_MAX],
        raised_at=ctx.done_at(),
        received_at=_received(ctx),
    )


def _received(ctx: Ctx) -> datetime:
    return from_ms(ctx.claim.received_ms) if ctx.claim else ctx.now()


def _note(ctx: Ctx, alarm: Alarm, act: AlarmAct, note: str, **more: Any) -> None:
    by = None if act is AlarmAct.told else ctx.principal.person_id or None
    at, came = (ctx.now(), ctx.now()) if act is AlarmAct.told else (ctx.done_at(), _received(ctx))
    deed = AlarmDeed(alarm_id=alarm.id, act=act.value, person_id=by, done_at=at, received_at=came, note=note, **more)
    ctx.session.add(deed)


def _show_photos(ctx: Ctx, alarm: Alarm) -> None:
    ctx.session.flush()
    if alarm.photos:
        attachments.cite(ctx, alarm.photos, KIND, alarm.id, scopes_of(alarm))


def scopes_of(alarm: Alarm) -> list[str]:
    """Who holds an alarm on a handset."""
    return rules.scopes(alarm.area_path, alarm.team_ids, alarm.person_id)


# -- told, until somebody has seen it ----------------------------------------------------------------------------------


def tell(ctx: Ctx, alarm_id: str, told: int) -> int:
    """Tells an alarm to its next circle of people, and wishes itself again for the one after; gives how many were told.
    Does nothing once somebody has seen it. A circle with nobody in it is passed over at once."""
    alarm = queries.alarm_row(ctx, alarm_id)
    if alarm is None or alarm.state != AlarmState.raised or told < alarm.told_step:
        return 0
    reached = _tell_circle(ctx, alarm, told)
    steps = ctx.settings.alarm_steps
    while not reached and told + 1 < len(steps):
        told += 1
        reached = _tell_circle(ctx, alarm, told)
    alarm.told_step = told
    ctx.session.add(alarm)
    after = rules.after_step(steps, ctx.settings.alarm_repeat_s, told)
    if after is not None:
        key = f"alarm:{alarm.id}:{told + 1}"
        enqueue(ctx, TELL, {"alarm": alarm.id, "told": told + 1}, run_after=ctx.now() + after, key=key)
    return reached


def _tell_circle(ctx: Ctx, alarm: Alarm, told: int) -> int:
    roles = rules.circle(ctx.settings.alarm_steps, told).roles
    near = people.team_leaders(ctx, alarm.person_id) if told == 0 and alarm.person_id else []
    wanted = {*near, *(p for role in roles for p in people.holders(ctx, role, alarm.area_path))} - {alarm.person_id}
    raised = alarm.raised_at.astimezone(DISTRICT_ZONE)
    params = {"name": alarm.person_name, "danger": alarm.danger or alarm.kind, "at": f"{raised:%H:%M}"}
    code = "alarms.sos" if alarm.kind == AlarmKind.sos else "alarms.danger"
    word = Word(code, f"alarm:{alarm.id}:{told}", params, about=(KIND, alarm.id), urgent=True)
    reached = len(notify(ctx, wanted, word))
    _note(ctx, alarm, AlarmAct.told, "", step=told, told=reached)
    return reached


# -- seen, taken back, settled -----------------------------------------------------------------------------------------


def acknowledge(ctx: Ctx, alarm: Alarm, note: str) -> Alarm:
    """Somebody has seen it: it is told no further, and its sender reads who and when. The first one counts; who comes
    later is on record too. Refuses with alarms.own."""
    ctx.principal.require(ANSWER, alarm.area_path)
    if alarm.person_id == ctx.principal.person_id:
        raise OwnAlarm
    _note(ctx, alarm, AlarmAct.acknowledged, note)
    if alarm.acknowledged_at is None:
        alarm.acknowledged_by, alarm.acknowledged_by_name = ctx.principal.person_id, ctx.principal.name
        alarm.acknowledged_at = ctx.done_at()
        if alarm.state == AlarmState.raised:
            _move(alarm, AlarmState.acknowledged)
        seen = alarm.acknowledged_at.astimezone(DISTRICT_ZONE)
        params = {"name": alarm.acknowledged_by_name, "at": f"{seen:%H:%M}"}
        word = Word("alarms.seen", f"alarm:{alarm.id}:seen", params, about=(KIND, alarm.id), urgent=True)
        notify(ctx, [alarm.person_id] if alarm.person_id else [], word)
        announce(ctx, AlarmAcknowledged(alarm.id, ctx.principal.person_id))
    ctx.session.add(alarm)
    ctx.session.flush()
    return alarm


def withdraw(ctx: Ctx, alarm: Alarm, note: str) -> Alarm:
    """Its sender takes it back; whoever was told is told that too, and the alarm stays on record. Of one that is over
    nothing changes. Refuses with alarms.not_yours."""
    ctx.principal.require(RAISE)
    if alarm.person_id != ctx.principal.person_id:
        raise AlarmNotYours
    if AlarmState(alarm.state) in OVER:
        return alarm
    _note(ctx, alarm, AlarmAct.withdrawn, note)
    alarm.withdrawn_at = ctx.done_at()
    _end(ctx, alarm, AlarmState.withdrawn)
    roles = [role for step in ctx.settings.alarm_steps[: alarm.told_step + 1] for role in step.roles]
    near = people.team_leaders(ctx, ctx.principal.person_id)
    heard = {*near, *(p for role in roles for p in people.holders(ctx, role, alarm.area_path))} - {alarm.person_id}
    params = {"name": alarm.person_name, "note": note}
    notify(ctx, heard, Word("alarms.withdrawn", f"alarm:{alarm.id}:back", params, about=(KIND, alarm.id), urgent=True))
    return alarm


def settle(ctx: Ctx, alarm_id: str, outcome: str) -> Alarm:
    """Ends an alarm with what came of it; a false one too, once somebody has looked. Refuses with alarms.over."""
    alarm = queries.alarm_in_sight(ctx, alarm_id)
    ctx.principal.require(ANSWER, alarm.area_path)
    if alarm.state == AlarmState.settled:
        raise AlarmOver
    if alarm.person_id == ctx.principal.person_id:
        raise OwnAlarm
    _note(ctx, alarm, AlarmAct.settled, outcome)
    alarm.settled_by, alarm.settled_at, alarm.outcome = ctx.principal.person_id, ctx.done_at(), outcome
    _end(ctx, alarm, AlarmState.settled)
    return alarm


def _move(alarm: Alarm, state: AlarmState) -> None:
    alarm.state, alarm.rank = state.value, RANKS[state]


def _end(ctx: Ctx, alarm: Alarm, state: AlarmState) -> None:
    _move(alarm, state)
    ctx.session.add(alarm)
    ctx.session.flush()
    announce(ctx, AlarmEnded(alarm.id, alarm.state))
