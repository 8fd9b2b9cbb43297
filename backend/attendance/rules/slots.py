"""The clock-ins that a shift wants on a day, and what met each. Pure."""

from dataclasses import dataclass

from backend.attendance.rules.explain import SEPARATOR, Why, local, why
from backend.attendance.rules.facts import AbsenceFact, DayFacts, PunchFact, merged
from backend.attendance.rules.pairing import Slot
from backend.attendance.rules.shifts import Part, Shift, Span, split, window
from backend.kernel.calendar import MINUTE_MS, minute_ms
from mobile_contract.attendance import Direction, Place, Source
from mobile_contract.days import DayWord, Integrity

SECOND_MS = 1_000
TIME_FAVOUR_MAX_MS = 5 * MINUTE_MS
"""So far the doubt about a phone's time counts in the person's favour."""
BY_PEOPLE = (Source.boss_change, Source.approve)
"""Sources of clock-ins that somebody answers for with their name."""
LATE = (DayWord.late, DayWord.serious_late, DayWord.absent_late)
TAMPERED = frozenset({"mock_location", "id_reused"})
"""Marks that say that somebody meddled; every other mark is only odd."""
HARMLESS = frozenset({"accuracy_missing", "fix_old", "clock_unsure"})
"""Marks of a poor phone, which are nobody's fault."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A slot after leave was taken into account."""

    slot: Slot
    rule: Part
    excused: str | None = None
    """The kind of absence that excuses it altogether."""
    moved: tuple[str, int] | None = None
    """(kind of absence, instant planned before) when leave moved it."""


@dataclass(frozen=True, slots=True)
class Met:
    """What met a slot."""

    slot: Slot
    word: DayWord
    punch: PunchFact | None = None
    off_min: int = 0
    integrity: Integrity | None = None
    reasons: tuple[Why, ...] = ()


def own_window(facts: DayFacts) -> Span:
    """When clock-ins count for the day's shift: its window, split with its neighbours'."""
    assert facts.shift is not None
    return split(window(facts.shift, facts.on), facts.before, facts.after)


def wanted(facts: DayFacts, span: Span) -> list[Wanted]:
    """The slots of the day in order."""
    assert facts.shift is not None
    found: list[Wanted] = []
    for number, part in enumerate(facts.shift.parts):
        found += _of_part(facts, number, part, span)
    return found


def _of_part(facts: DayFacts, number: int, part: Part, span: Span) -> list[Wanted]:
    start, end = minute_ms(facts.on, part.start_min), minute_ms(facts.on, part.end_min)
    since, until = start - part.earliest_min * MINUTE_MS, end + part.latest_min * MINUTE_MS
    cost = max(1, part.end_min - part.start_min)
    low, high = max(since, span[0]), min(until, span[1])
    away = [(s, e) for s, e in merged(facts.absences) if s < end and e > start]
    if any(s <= start and e >= end for s, e in away):
        kind = _kind_at(facts.absences, start)
        return [
            Wanted(Slot(number, d, at, low, high, cost), part, excused=kind)
            for d, at in ((Direction.clock_in, start), (Direction.clock_out, end))
        ]
    new_start = next((e for s, e in away if s <= start), start)
    new_end = next((s for s, e in away if e >= end), end)
    moved_in = (_kind_at(facts.absences, start), start) if new_start != start else None
    moved_out = (_kind_at(facts.absences, end - 1), end) if new_end != end else None
    return [
        Wanted(Slot(number, Direction.clock_in, new_start, low, min(new_end, high), cost), part, moved=moved_in),
        Wanted(Slot(number, Direction.clock_out, new_end, max(new_start, low), high, cost), part, moved=moved_out),
    ]


def _kind_at(absences: tuple[AbsenceFact, ...], at_ms: int) -> str:
    return min((a.kind.value for a in absences if a.since_ms <= at_ms < a.until_ms), default="leave")


# -- what met it ---------------------------------------------------------------------------------------------------


def judge(facts: DayFacts, want: Wanted, punch: PunchFact | None, over: bool) -> Met:
    """What a slot came to. `over`: nothing more is to be waited for."""
    slot, side = want.slot, want.slot.direction.value
    planned = local(slot.planned_ms)
    if want.excused is not None:
        return Met(slot, DayWord.excused, reasons=(why("excused", side=side, planned=planned, kind=want.excused),))
    moved: tuple[Why, ...] = ()
    if want.moved is not None:
        kind, before = want.moved
        moved = (why("moved_by_absence", kind=kind, before=local(before), after=planned),)
    if punch is None:
        return Met(slot, DayWord.missing if over else DayWord.pending, reasons=(*moved, _unmet(facts, want, over)))
    word, off_min, told = _timed(facts, want, punch)
    integrity = integrity_of(punch)
    return Met(slot, word, punch, off_min, integrity, (*moved, *told, *_marked(side, want.rule, punch, integrity)))


def _unmet(facts: DayFacts, want: Wanted, over: bool) -> Why:
    slot = want.slot
    side, planned = slot.direction.value, local(slot.planned_ms)
    if over:
        return why("missing", side=side, planned=planned, since=local(slot.since_ms), until=local(slot.until_ms))
    heard = facts.heard.through_ms
    return why("pending", side=side, planned=planned, heard=local(heard) if heard is not None else "—")


def _timed(facts: DayFacts, want: Wanted, punch: PunchFact) -> tuple[DayWord, int, list[Why]]:
    """(word, minutes off, reasons): the clock's doubt is taken off before anything is held against a person."""
    assert facts.shift is not None
    slot, entering = want.slot, want.slot.direction is Direction.clock_in
    grace = want.rule.late_grace_min if entering else want.rule.early_grace_min
    off_ms = punch.at_ms - slot.planned_ms if entering else slot.planned_ms - punch.at_ms
    favour_s = min(punch.error_ms, TIME_FAVOUR_MAX_MS) // SECOND_MS
    certain = max(0, off_ms - favour_s * SECOND_MS) // MINUTE_MS
    told: list[Why] = []
    if certain < off_ms // MINUTE_MS and off_ms > grace * MINUTE_MS:
        told.append(why("time_in_favour", error=favour_s))
    planned, at = local(slot.planned_ms), local(punch.at_ms)
    if certain <= grace:
        fine = why("on_time", side=slot.direction.value, planned=planned, at=at)
        return DayWord.normal, 0, [fine, *told]
    if not entering:
        return DayWord.early, certain, [why("early", planned=planned, at=at, minutes=certain, grace=grace), *told]
    word, limit = _how_late(facts.shift, certain)
    if limit is None:
        return word, certain, [why("late", planned=planned, at=at, minutes=certain, grace=grace), *told]
    return word, certain, [why(word.value, planned=planned, at=at, minutes=certain, limit=limit), *told]


def _how_late(shift: Shift, minutes: int) -> tuple[DayWord, int | None]:
    if minutes > shift.absent_from_min:
        return DayWord.absent_late, shift.absent_from_min
    if minutes > shift.serious_from_min:
        return DayWord.serious_late, shift.serious_from_min
    return DayWord.late, None


def integrity_of(punch: PunchFact) -> Integrity:
    """How far a clock-in can be believed, by its marks; what a phone lacks is no mark at all."""
    if punch.source in BY_PEOPLE:
        return Integrity.ok
    if TAMPERED.intersection(punch.marks):
        return Integrity.tampered
    return Integrity.suspect if set(punch.marks) - HARMLESS else Integrity.ok


def _marked(side: str, rule: Part, punch: PunchFact, integrity: Integrity) -> list[Why]:
    told = []
    if rule.photo and not punch.photo and punch.source not in BY_PEOPLE:
        told.append(why("photo_missing", side=side))
    if punch.place in (Place.outside, Place.unsure, Place.no_fix):
        told.append(why("place", side=side, place=punch.place.value))
    if integrity is not Integrity.ok:
        told.append(why("suspect", side=side, marks=SEPARATOR.join(sorted(set(punch.marks) - HARMLESS))))
    if punch.source is Source.boss_change:
        told.append(why("on_behalf", side=side))
    if punch.source is Source.approve:
        told.append(why("approved", side=side))
    return told
