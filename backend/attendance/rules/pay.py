"""Pay inputs of a day: minutes worked, credited, on leave, and overtime by kind of day. Pure.

All minutes of a shift belong to the day that it is named by, also those beyond midnight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.attendance.rules.explain import Why, why
from backend.attendance.rules.facts import DayFacts, merged, overlap_ms
from backend.attendance.rules.shifts import Part, Span
from backend.attendance.rules.slots import Met
from backend.kernel.calendar import MINUTE_MS, minute_ms
from mobile_contract.days import DayWord
from mobile_contract.rosters import AbsenceKind, DayKind

FREE_DAY_MAX_MIN = 16 * 60
"""More than this between first and last clock-in of a day off is no work that anybody would believe."""
CREDITED = (AbsenceKind.trip, AbsenceKind.training, AbsenceKind.incident)


@dataclass(frozen=True, slots=True)
class Pay:
    """Minutes of a day."""

    worked_min: int = 0
    credited_min: int = 0
    leave_min: int = 0
    overtime_workday_min: int = 0
    overtime_rest_day_min: int = 0
    overtime_holiday_min: int = 0
    overtime_short_min: int = 0
    """After the shift, too few to count."""
    work_on_leave: bool = False


def kind_of(facts: DayFacts) -> DayKind:
    """What the day is to pay: a holiday is one for everybody; else the roster says who works and who is off."""
    if facts.kind is DayKind.holiday:
        return DayKind.holiday
    return DayKind.rest_day if facts.shift is None else DayKind.workday


def of_shift(facts: DayFacts, met: Sequence[Met]) -> Pay:
    """The minutes of a day with a shift."""
    assert facts.shift is not None
    leave, credit = merged(facts.absences, [AbsenceKind.leave]), merged(facts.absences, CREDITED)
    worked = credited = on_leave = beyond = 0
    working_on_leave = False
    for number, part in enumerate(facts.shift.parts):
        plan = minute_ms(facts.on, part.start_min), minute_ms(facts.on, part.end_min)
        on_leave += overlap_ms(plan, leave) // MINUTE_MS
        entered, left = met[2 * number], met[2 * number + 1]
        credited += overlap_ms(plan, credit) // MINUTE_MS
        if entered.punch is None or left.punch is None:
            continue
        here = _counted(entered, left)
        working_on_leave |= overlap_ms((entered.punch.at_ms, left.punch.at_ms), leave) > 0
        worked += _within(here, plan, part, credit)
        beyond = max(0, left.punch.at_ms - plan[1]) // MINUTE_MS
    working_on_leave |= _clocked_in_full_leave(facts, leave)
    counted = beyond if beyond >= facts.shift.overtime_from_min else 0
    return _by_kind(facts, worked, counted, credited, on_leave, beyond - counted, working_on_leave)


def _counted(entered: Met, left: Met) -> Span:
    """From when to when somebody worked; what the grace forgives counts as worked."""
    assert entered.punch is not None
    assert left.punch is not None
    start = entered.punch.at_ms if entered.word is not DayWord.normal else entered.slot.planned_ms
    end = left.punch.at_ms if left.word is not DayWord.normal else left.slot.planned_ms
    return start, max(start, end)


def _within(here: Span, plan: Span, part: Part, credit: Sequence[Span]) -> int:
    start, end = max(here[0], plan[0]), min(here[1], plan[1])
    present = max(0, end - start) - (overlap_ms((start, end), credit) if end > start else 0)
    whole = plan[1] - plan[0]
    # The break is taken off in the measure in which the part was worked.
    pause = part.break_min * MINUTE_MS * present // whole
    return (present - pause) // MINUTE_MS


def _clocked_in_full_leave(facts: DayFacts, leave: Sequence[Span]) -> bool:
    assert facts.shift is not None
    plans = [(minute_ms(facts.on, p.start_min), minute_ms(facts.on, p.end_min)) for p in facts.shift.parts]
    whole = [plan for plan in plans if any(s <= plan[0] and e >= plan[1] for s, e in leave)]
    return any(start <= punch.at_ms < end for start, end in whole for punch in facts.punches)


def _by_kind(
    facts: DayFacts, worked: int, beyond: int, credited: int, leave: int, short: int, work_on_leave: bool
) -> Pay:
    """On a holiday every minute is the holiday's; else only what lies beyond the shift is overtime."""
    holiday = kind_of(facts) is DayKind.holiday
    return Pay(
        worked_min=worked,
        credited_min=credited,
        leave_min=leave,
        overtime_workday_min=0 if holiday else beyond,
        overtime_holiday_min=worked + beyond if holiday else 0,
        overtime_short_min=short,
        work_on_leave=work_on_leave,
    )


def of_free_day(facts: DayFacts, first_ms: int, last_ms: int) -> Pay:
    """The minutes of a day off on which somebody clocked in and out."""
    minutes = min((last_ms - first_ms) // MINUTE_MS, FREE_DAY_MAX_MIN)
    holiday = kind_of(facts) is DayKind.holiday
    leave = merged(facts.absences, [AbsenceKind.leave])
    return Pay(
        overtime_rest_day_min=0 if holiday else minutes,
        overtime_holiday_min=minutes if holiday else 0,
        work_on_leave=overlap_ms((first_ms, last_ms), leave) > 0,
    )


def reasons_of(facts: DayFacts, paid: Pay) -> list[Why]:
    """The minutes in words."""
    told = []
    if paid.worked_min:
        told.append(why("worked", minutes=paid.worked_min))
    for kind in DayKind:
        minutes = getattr(paid, f"overtime_{kind.value}_min")
        if minutes:
            told.append(why("overtime", minutes=minutes, kind=kind.value))
    if paid.overtime_short_min and facts.shift is not None:
        limit = facts.shift.overtime_from_min
        told.append(why("overtime_short", minutes=paid.overtime_short_min, limit=limit))
    if paid.work_on_leave:
        told.append(why("work_on_leave"))
    return told
