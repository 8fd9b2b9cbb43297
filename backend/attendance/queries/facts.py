"""The facts of many days at once: few statements, whatever the number of people."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.queries.reviews import rejected
from backend.attendance.rules import AbsenceFact, DayFacts, Heard, PunchFact, Shift, Span
from backend.attendance.tables import Absence, Punch, RosterDay, ShiftType, StaleDay, Watermark
from backend.kernel.calendar import Calendar, midnight_ms, minute_ms, read_calendar
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.prepared import Prepared
from mobile_contract.attendance import Direction, Place, Source
from mobile_contract.rosters import AbsenceKind
from sync.stores.driver import portions

HOUR_MS = 3_600_000
PHONE_CURRENT_MS = 3 * 24 * HOUR_MS
"""A phone that was not heard of for so long before a shift is not waited for."""
NEIGHBOURS = (-2, -1, 1, 2)


@dataclass(frozen=True, slots=True)
class _Phone:
    through_ms: int
    heard_ms: int
    released: bool


class Rostered(NamedTuple):
    """A day of the roster."""

    shift_id: str | None
    area: str
    post_name: str


NOT_ROSTERED = Rostered(None, "", "")


@dataclass(slots=True)
class Facts:
    """What is known of some persons over some days; `day` picks what decides one of them."""

    calendar: Calendar
    now_ms: int
    cap_ms: int
    boundary_min: int
    shifts: dict[str, Shift] = field(default_factory=dict)
    rosters: dict[tuple[str, date], Rostered] = field(default_factory=dict)
    punches: dict[str, list[PunchFact]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[str, list[AbsenceFact]] = field(default_factory=lambda: defaultdict(list))
    phones: dict[str, list[_Phone]] = field(default_factory=lambda: defaultdict(list))

    def shift(self, person_id: str, on: date) -> Shift | None:
        """The shift of a person on a day."""
        shift_id = self.rostered(person_id, on).shift_id
        return self.shifts[shift_id] if shift_id else None

    def rostered(self, person_id: str, on: date) -> Rostered:
        """What the roster says of a person's day."""
        return self.rosters.get((person_id, on), NOT_ROSTERED)

    def day(self, person_id: str, on: date) -> DayFacts:
        """All that decides a person's day."""
        shift = self.shift(person_id, on)
        span = rules.window(shift, on) if shift else _free(on, self.boundary_min)
        around = {n: self._window(person_id, on + timedelta(days=n)) for n in NEIGHBOURS}
        return DayFacts(
            person_id=person_id,
            on=on,
            kind=self.calendar.kind(on),
            shift=shift,
            punches=self._punches(person_id, on),
            absences=tuple(a for a in self.absences[person_id] if a.since_ms < span[1] and a.until_ms > span[0]),
            heard=self._heard(person_id, span[0]),
            before=tuple(w for n, w in around.items() if n < 0 and w),
            after=tuple(w for n, w in around.items() if n > 0 and w),
            boundary_min=self.boundary_min,
            post_name=self.rostered(person_id, on).post_name if shift else "",
        )

    def _window(self, person_id: str, on: date) -> Span | None:
        shift = self.shift(person_id, on)
        return rules.window(shift, on) if shift else None

    def _punches(self, person_id: str, on: date) -> tuple[PunchFact, ...]:
        found = self.punches[person_id]
        low, high = _reach(on)
        start = bisect_left(found, low, key=lambda p: p.at_ms)
        return tuple(found[start : bisect_left(found, high, key=lambda p: p.at_ms)])

    def _heard(self, person_id: str, start_ms: int) -> Heard:
        """The least watermark of the phones in use; of phones that were given up nothing is waited for."""
        in_use = [p for p in self.phones[person_id] if p.heard_ms >= start_ms - PHONE_CURRENT_MS]
        held = [p.through_ms for p in in_use if not p.released]
        through = min(held) if held else self.now_ms if in_use else None
        return Heard(through, self.now_ms, self.cap_ms)


def _reach(on: date) -> Span:
    """Clock-ins outside it cannot belong to the day."""
    return midnight_ms(on - timedelta(days=1)), midnight_ms(on + timedelta(days=3))


def _free(on: date, boundary_min: int) -> Span:
    return minute_ms(on, boundary_min), minute_ms(on, boundary_min + 1_440)


def facts_of(ctx: Ctx, person_ids: Collection[str], first_on: date, last_on: date) -> Facts:
    """The facts of persons over days: for deeds that judge; whoever asks."""
    facts = Facts(
        calendar=read_calendar(ctx.settings.calendar_file),
        now_ms=to_ms(ctx.now()),
        cap_ms=ctx.settings.no_contact_h * HOUR_MS,
        boundary_min=ctx.settings.day_boundary_min,
    )
    for ids in portions(sorted(person_ids)):
        _read_rosters(ctx, facts, ids, first_on, last_on)
        _read_punches(ctx, facts, ids, from_ms(_reach(first_on)[0]), from_ms(_reach(last_on)[1]))
        for person_id, away in _absences(ctx, ids, from_ms(_reach(first_on)[0]), from_ms(_reach(last_on)[1])):
            facts.absences[person_id].append(away)
        _read_phones(ctx, facts, ids)
    facts.shifts = shifts_by_id(ctx, {day.shift_id for day in facts.rosters.values() if day.shift_id})
    return facts


def absences_of(ctx: Ctx, person_id: str, on: date) -> list[AbsenceFact]:
    """The times around a day for which a person may be away, whoever asks."""
    low, high = _reach(on)
    return [fact for _, fact in _absences(ctx, [person_id], from_ms(low), from_ms(high))]


def heard_through(ctx: Ctx, person_ids: Collection[str]) -> dict[str, datetime | None]:
    """Until when every phone of these persons says that all was sent; who has no phone in use is left out."""
    found: dict[str, datetime | None] = {}
    current = from_ms(to_ms(ctx.now()) - PHONE_CURRENT_MS)
    for ids in portions(sorted(person_ids)):
        rows = ctx.session.exec(
            select(Watermark.person_id, Watermark.through_at).where(
                col(Watermark.person_id).in_(ids),
                col(Watermark.released_at).is_(None),
                col(Watermark.heard_at) >= current,
            )
        )
        for person_id, through in rows:
            known = found.get(person_id, through)
            found[person_id] = min(known, through) if known is not None and through is not None else None
    return found


def _read_rosters(ctx: Ctx, facts: Facts, ids: Sequence[str], first_on: date, last_on: date) -> None:
    low, high = first_on + timedelta(days=NEIGHBOURS[0]), last_on + timedelta(days=NEIGHBOURS[-1])
    rows = ctx.session.exec(
        select(  # type: ignore[call-overload]  # more columns than the stub counts
            RosterDay.person_id, col(RosterDay.on), RosterDay.shift_type_id, RosterDay.area_path, RosterDay.post_name
        ).where(col(RosterDay.person_id).in_(ids), col(RosterDay.on) >= low, col(RosterDay.on) <= high)
    )
    for person_id, on, *rostered in rows:
        facts.rosters[person_id, on] = Rostered(*rostered)


def _read_punches(ctx: Ctx, facts: Facts, ids: Sequence[str], since: datetime, until: datetime) -> None:
    wanted = (
        select(  # type: ignore[call-overload]  # more columns than the stub counts
            Punch.person_id,
            Punch.id,
            Punch.trusted_at,
            Punch.error_ms,
            Punch.direction,
            Punch.place,
            Punch.source,
            Punch.marks,
            Punch.part,
            col(Punch.photo).is_not(None),
        )
        .where(col(Punch.person_id).in_(ids), col(Punch.trusted_at) >= since, col(Punch.trusted_at) < until)
        .order_by(col(Punch.trusted_at), col(Punch.id))
    )
    out = rejected(ctx, ids, since, until)
    for person_id, punch_id, at, error_ms, direction, place, source, marks, part, photo in ctx.session.exec(wanted):
        if punch_id in out:
            continue
        side = Direction(direction) if direction else None
        slot = (part, side) if part is not None and side is not None else None
        facts.punches[person_id].append(
            PunchFact(
                punch_id, to_ms(at), error_ms, side, Place(place), Source(source), tuple(marks), slot, bool(photo)
            )
        )


def _absences(ctx: Ctx, ids: Sequence[str], since: datetime, until: datetime) -> Iterator[tuple[str, AbsenceFact]]:
    rows = ctx.session.exec(
        select(Absence.person_id, Absence.kind, Absence.since_at, Absence.until_at)
        .where(
            col(Absence.person_id).in_(ids),
            col(Absence.until_at) > since,
            col(Absence.since_at) < until,
            col(Absence.withdrawn_at).is_(None),
        )
        .order_by(col(Absence.since_at), col(Absence.id))
    )
    for person_id, kind, since_at, until_at in rows:
        yield person_id, AbsenceFact(AbsenceKind(kind), to_ms(since_at), to_ms(until_at))


def _read_phones(ctx: Ctx, facts: Facts, ids: Sequence[str]) -> None:
    for row in ctx.session.exec(select(Watermark).where(col(Watermark.person_id).in_(ids))):
        through = to_ms(row.through_at) if row.through_at else 0
        facts.phones[row.person_id].append(_Phone(through, to_ms(row.heard_at), row.released_at is not None))


def shifts_by_id(ctx: Ctx, shift_ids: Collection[str]) -> dict[str, Shift]:
    """Shifts as they are judged by, whoever asks."""
    rows = ctx.session.exec(select(ShiftType).where(col(ShiftType.id).in_(sorted(shift_ids)))).all()
    return {row.id: shift_of(row) for row in rows}


def shift_of(row: ShiftType) -> Shift:
    """A shift as it is judged by."""
    return Shift(
        id=row.id,
        name=row.name,
        parts=tuple(rules.Part(**part) for part in row.parts),
        serious_from_min=row.serious_from_min,
        absent_from_min=row.absent_from_min,
        overtime_from_min=row.overtime_from_min,
    )


# -- what is to be judged ------------------------------------------------------------------------------------------


# What every push asks is built once: building a statement costs several times what running it does.
_ANY_STALE = select(StaleDay.person_id).limit(1)
_STALE: Prepared[tuple[str, date]] = Prepared(
    select(StaleDay.person_id, col(StaleDay.on)).where(
        col(StaleDay.person_id).in_(bindparam("persons", expanding=True)),
        col(StaleDay.on) >= bindparam("since"),
        col(StaleDay.on) <= bindparam("until"),
    )
)
_PHONE: Prepared[tuple[datetime | None, datetime]] = Prepared(
    select(Watermark.through_at, Watermark.heard_at).where(
        col(Watermark.person_id) == bindparam("person"), col(Watermark.device_id) == bindparam("device")
    )
)


def any_stale(ctx: Ctx) -> bool:
    """Whether some day waits to be judged."""
    return ctx.session.exec(_ANY_STALE).first() is not None


def stale_of(ctx: Ctx, person_ids: Collection[str], first_on: date, last_on: date) -> set[tuple[str, date]]:
    """Which days of these persons wait already."""
    found: set[tuple[str, date]] = set()
    for ids in portions(sorted(person_ids)):
        found |= set(_STALE.rows(ctx.session, persons=ids, since=first_on, until=last_on))
    return found


def stale(ctx: Ctx, limit: int) -> Sequence[StaleDay]:
    """Days that wait to be judged."""
    return ctx.session.exec(select(StaleDay).order_by(col(StaleDay.person_id), col(StaleDay.on)).limit(limit)).all()


def phone_heard(ctx: Ctx, person_id: str, device_id: str) -> tuple[datetime | None, datetime] | None:
    """How far a person's phone said that it delivered everything, and when it was last heard."""
    return _PHONE.first(ctx.session, person=person_id, device=device_id)


def phones_on(ctx: Ctx, device_id: str) -> Sequence[Watermark]:
    """Everybody who was heard on a device."""
    return ctx.session.exec(select(Watermark).where(Watermark.device_id == device_id)).all()
