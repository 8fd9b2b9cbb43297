"""Supervisors plan: shift types, rosters by pattern, swaps, leave and trips."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import NamedTuple

from backend.attendance import queries, rules
from backend.attendance.actions.fences import hand_out
from backend.attendance.actions.judging import PersonDay, around, mark_stale
from backend.attendance.rules import Part, Shift
from backend.attendance.tables import Absence, Post, RosterDay, ShiftType
from backend.kernel.audit import record
from backend.kernel.calendar import local_day, read_calendar
from backend.kernel.context import Ctx
from backend.people import queries as people
from mobile_contract import rosters as wire

MANAGE = "attendance.manage"
ABSENCE_DAYS_MAX = 366


class Duty(NamedTuple):
    """What a day wants of a person: a shift and, when it is said, a post; no shift is a day off."""

    shift: ShiftType | None = None
    post: Post | None = None

    def words(self) -> list[str]:
        """As audiences of fences."""
        return rules.duty_words([self.shift.id] if self.shift else [], [self.post.id] if self.post else [])


Plan = Mapping[PersonDay, Duty]
OFF = Duty()


def add_shift_type(ctx: Ctx, ask: wire.NewShiftType) -> ShiftType:
    """A new shift type. Refuses with attendance.area_unknown, .shift_invalid."""
    ctx.principal.require(MANAGE, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise rules.AreaUnknown
    parts = tuple(Part(**part.model_dump()) for part in ask.parts)
    shift = Shift("", ask.name, parts, ask.serious_from_min, ask.absent_from_min, ask.overtime_from_min)
    rules.check_shift(shift)
    row = ShiftType(
        name=ask.name,
        area_path=ask.area_path,
        parts=[asdict(part) for part in parts],
        serious_from_min=ask.serious_from_min,
        absent_from_min=ask.absent_from_min,
        overtime_from_min=ask.overtime_from_min,
    )
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "attendance.shift_type_added", f"shift_type:{row.id}", name=row.name)
    return row


def end_shift_type(ctx: Ctx, shift_id: str) -> ShiftType:
    """No new roster names the shift any more; rosters that do stay."""
    row = queries.shift_type(ctx, shift_id)
    ctx.principal.require(MANAGE, row.area_path)
    row.ended_at = row.ended_at or ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    return row


# -- posts ---------------------------------------------------------------------------------------------------------


def add_post(ctx: Ctx, ask: wire.NewPost) -> Post:
    """A new post. Refuses with attendance.area_unknown."""
    ctx.principal.require(MANAGE, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise rules.AreaUnknown
    row = Post(name=ask.name, area_path=ask.area_path)
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "attendance.post_added", f"post:{row.id}", name=row.name)
    return row


def end_post(ctx: Ctx, post_id: str) -> Post:
    """No new roster names the post any more; rosters that do stay."""
    row = queries.post(ctx, post_id)
    ctx.principal.require(MANAGE, row.area_path)
    row.ended_at = row.ended_at or ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    return row


# -- rosters -------------------------------------------------------------------------------------------------------


def make_roster(ctx: Ctx, ask: wire.NewRoster) -> wire.RosterMade:
    """Lays a pattern of shifts over the days of some persons; all of it or nothing.

    Refuses with attendance.person_unknown, .shift_unknown, .post_unknown, .shift_clash, .period_invalid,
    .roster_too_long.
    """
    days = rules.days_between(ask.first_on, ask.last_on)
    if len(days) * len(ask.person_ids) > rules.CELLS_MAX:
        raise rules.RosterTooLong(max=rules.CELLS_MAX)
    types = {shift_id: _usable(ctx, shift_id) for shift_id in {s for s in ask.pattern if s}}
    calendar = read_calendar(ctx.settings.calendar_file) if ask.by_calendar else None
    post = _usable_post(ctx, ask.post_id) if ask.post_id else None
    plan: dict[PersonDay, Duty] = {}
    for number, person_id in enumerate(dict.fromkeys(ask.person_ids)):
        for on, shift_id in rules.rotate(ask.pattern, days, ask.start + number * ask.step, calendar):
            plan[person_id, on] = Duty(types[shift_id], post) if shift_id else OFF
    return set_roster(ctx, plan, ask.note)


def _usable(ctx: Ctx, shift_id: str) -> ShiftType:
    row = queries.shift_type(ctx, shift_id)
    if row.ended_at is not None:
        raise rules.ShiftUnknown
    return row


def _usable_post(ctx: Ctx, post_id: str) -> Post:
    row = queries.post(ctx, post_id)
    if row.ended_at is not None:
        raise rules.PostUnknown
    return row


def set_roster(ctx: Ctx, plan: Plan, note: str = "") -> wire.RosterMade:
    """States the shifts and posts of some days of persons; days that stand so already stay untouched."""
    areas = _homes(ctx, {person_id for person_id, _ in plan})
    first_on, last_on = min(on for _, on in plan), max(on for _, on in plan)
    reach = timedelta(days=rules.NEIGHBOUR_DAYS)
    rows = queries.roster_rows(ctx, areas, first_on - reach, last_on + reach)
    known = {(row.person_id, row.on): row for row in rows}
    _check_apart(ctx, known, plan)
    fresh: list[RosterDay] = []
    changed: list[PersonDay] = []
    touched: set[str] = set()
    for (person_id, on), duty in sorted(plan.items(), key=lambda cell: cell[0]):
        row = known.get((person_id, on))
        if row is not None and _stands(row) == set(duty.words()):
            continue
        changed.append((person_id, on))
        touched |= {*duty.words(), *(_stands(row) if row else ())}
        if row is None:
            row = RosterDay(person_id=person_id, on=on, area_path=areas[person_id], set_by="", set_at=ctx.now())
            fresh.append(row)
        _state(ctx, row, duty, note)
    ctx.session.add_all(fresh)
    ctx.session.flush()
    hand_out(ctx, touched)
    mark_stale(ctx, (near for person_id, on in changed for near in around(person_id, on)))
    if changed:
        record(ctx, "attendance.roster_set", None, days=len(changed), first=str(first_on), last=str(last_on))
    return wire.RosterMade(set_days=len(changed), unchanged_days=len(plan) - len(changed))


def _homes(ctx: Ctx, person_ids: set[str]) -> dict[str, str]:
    """Where the persons work; refuses with attendance.person_unknown whoever is not the caller's to plan."""
    homes = {person_id: area for person_id, (_, area) in people.employed(ctx, person_ids).items()}
    for person_id in person_ids:
        if person_id not in homes or not ctx.principal.may(MANAGE, homes[person_id]):
            raise rules.PersonUnknown(person=person_id)
    return homes


def _check_apart(ctx: Ctx, known: Mapping[PersonDay, RosterDay], plan: Plan) -> None:
    shifts = queries.shifts_by_id(ctx, {row.shift_type_id for row in known.values() if row.shift_type_id})
    by_person: dict[str, dict[date, Shift | None]] = defaultdict(dict)
    for (person_id, on), row in known.items():
        by_person[person_id][on] = shifts[row.shift_type_id] if row.shift_type_id else None
    changed: dict[str, list[date]] = defaultdict(list)
    made: dict[str, Shift] = {}
    for (person_id, on), (shift, _) in plan.items():
        if shift is not None and shift.id not in made:
            made[shift.id] = queries.shift_of(shift)
        by_person[person_id][on] = made[shift.id] if shift is not None else None
        changed[person_id].append(on)
    for person_id, days in changed.items():
        rules.check_apart(by_person[person_id], days)


def _stands(row: RosterDay) -> set[str]:
    """A day's shift and post as audiences of fences."""
    return set(rules.duty_words([row.shift_type_id] if row.shift_type_id else [], [row.post_id] if row.post_id else []))


def _state(ctx: Ctx, row: RosterDay, duty: Duty, note: str) -> None:
    shift, post = duty
    row.shift_type_id = shift.id if shift else None
    row.shift_name, row.parts = (shift.name, shift.parts) if shift else ("", [])
    row.post_id, row.post_name = (post.id, post.name) if post else (None, "")
    row.note, row.set_by, row.set_at = note, ctx.principal.person_id, ctx.now()
    ctx.session.add(row)


def swap(ctx: Ctx, ask: wire.NewSwap) -> wire.RosterMade:
    """Two persons change shifts. Refuses with attendance.roster_unknown, .person_unknown, .shift_clash."""
    mine, theirs = (ask.person_id, ask.on), (ask.other_person_id, ask.other_on)
    if mine == theirs:
        raise rules.PeriodInvalid
    first_on, last_on = min(ask.on, ask.other_on), max(ask.on, ask.other_on)
    rows = queries.roster_rows(ctx, {ask.person_id, ask.other_person_id}, first_on, last_on)
    held = {(row.person_id, row.on): row for row in rows if row.shift_type_id is not None}
    if mine not in held or theirs not in held:
        raise rules.RosterUnknown
    posts = queries.posts_by_id(ctx, {row.post_id for row in held.values() if row.post_id})
    duties = {
        cell: Duty(queries.shift_type(ctx, str(held[cell].shift_type_id)), posts.get(held[cell].post_id or ""))
        for cell in (mine, theirs)
    }
    if ask.on == ask.other_on:
        plan = {mine: duties[theirs], theirs: duties[mine]}
    else:  # each works the other's day; whoever is off on it gives the own day away
        plan = {mine: OFF, theirs: OFF}
        plan |= {(ask.other_person_id, ask.on): duties[mine], (ask.person_id, ask.other_on): duties[theirs]}
    made = set_roster(ctx, plan, ask.note)
    record(ctx, "attendance.swapped", f"person:{ask.person_id}", with_person=ask.other_person_id, on=str(ask.on))
    return made


# -- absences ------------------------------------------------------------------------------------------------------


def add_absence(ctx: Ctx, ask: wire.NewAbsence) -> Absence:
    """Leave, a trip, training, an incident. Refuses with attendance.period_invalid, .absence_clash, .own_request."""
    home = _homes(ctx, {ask.person_id})[ask.person_id]
    if ask.person_id == ctx.principal.person_id:
        raise rules.OwnRequest
    if not ask.since_at < ask.until_at <= ask.since_at + timedelta(days=ABSENCE_DAYS_MAX):
        raise rules.PeriodInvalid
    if queries.absences_over(ctx, ask.person_id, ask.since_at, ask.until_at):
        raise rules.AbsenceClash
    row = Absence(
        **ask.model_dump(exclude={"kind"}),
        kind=ask.kind.value,
        area_path=home,
        entered_by=ctx.principal.person_id,
        entered_at=ctx.now(),
    )
    ctx.session.add(row)
    ctx.session.flush()
    mark_stale(ctx, _touched(row.person_id, row.since_at, row.until_at))
    record(ctx, "attendance.absence_added", f"person:{row.person_id}", kind=row.kind, absence=row.id)
    return row


def withdraw_absence(ctx: Ctx, absence_id: str) -> Absence:
    """It never was: days are judged without it."""
    row = queries.absence_row(ctx, absence_id)
    if row.withdrawn_at is None:
        row.withdrawn_at = ctx.now()
        ctx.session.add(row)
        ctx.session.flush()
        mark_stale(ctx, _touched(row.person_id, row.since_at, row.until_at))
        record(ctx, "attendance.absence_withdrawn", f"person:{row.person_id}", absence=row.id)
    return row


def _touched(person_id: str, since: datetime, until: datetime) -> Iterable[PersonDay]:
    first_on, last_on = local_day(since), local_day(until)
    days: Sequence[date] = [first_on + timedelta(days=n) for n in range(-1, (last_on - first_on).days + 2)]
    return ((person_id, on) for on in days)
