"""Shifts: stretches of work with windows and graces, what makes one right, and when two of a person clash. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from backend.attendance.rules.refusals import ShiftInvalid
from backend.kernel.calendar import DAY_MIN, MINUTE_MS, minute_ms

LATEST_END_MIN = 2 * DAY_MIN


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of work; minutes since the midnight of the day it is named by."""

    start_min: int
    end_min: int
    earliest_min: int = 60
    latest_min: int = 60
    late_grace_min: int = 5
    early_grace_min: int = 5
    break_min: int = 0
    photo: bool = False
    """Whether a clock-in needs a photo; one without counts all the same, and is told."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift as it is judged by."""

    id: str
    name: str
    parts: tuple[Part, ...]
    serious_from_min: int = 30
    absent_from_min: int = 120
    overtime_from_min: int = 30


Span = tuple[int, int]
"""Two instants, ms since 1970; the second is not before the first."""


def check_shift(shift: Shift) -> None:
    """Refuses with attendance.shift_invalid what nobody could work: parts that overlap, end before they begin, ..."""
    last_end = -1
    for number, part in enumerate(shift.parts, 1):
        if part.end_min <= part.start_min:
            raise ShiftInvalid(part=number, fault="ends_before_start")
        if part.start_min < last_end:
            raise ShiftInvalid(part=number, fault="overlaps")
        if part.start_min >= DAY_MIN and number == 1:
            raise ShiftInvalid(part=number, fault="starts_next_day")
        if part.break_min >= part.end_min - part.start_min:
            raise ShiftInvalid(part=number, fault="all_break")
        last_end = part.end_min
    if last_end > LATEST_END_MIN or last_end - shift.parts[0].start_min > DAY_MIN:
        raise ShiftInvalid(part=len(shift.parts), fault="too_long")
    if not shift.serious_from_min <= shift.absent_from_min:
        raise ShiftInvalid(part=0, fault="limits_order")


def planned(shift: Shift, on: date) -> Span:
    """From the first planned start to the last planned end."""
    return minute_ms(on, shift.parts[0].start_min), minute_ms(on, shift.parts[-1].end_min)


def stretches(shift: Shift, on: date) -> list[Span]:
    """Each planned stretch of work."""
    return [(minute_ms(on, part.start_min), minute_ms(on, part.end_min)) for part in shift.parts]


def window(shift: Shift, on: date) -> Span:
    """From the earliest clock-in that counts to the latest clock-out."""
    start, end = planned(shift, on)
    return start - shift.parts[0].earliest_min * MINUTE_MS, end + shift.parts[-1].latest_min * MINUTE_MS


def clash(on: date, shift: Shift | None, other_on: date, other: Shift | None) -> bool:
    """Whether two shifts of one person would have to be worked at the same time."""
    if shift is None or other is None:
        return False
    mine, theirs = planned(shift, on), planned(other, other_on)
    return mine[0] < theirs[1] and theirs[0] < mine[1]


def split(window_: Span, before: Sequence[Span], after: Sequence[Span]) -> Span:
    """A window as far as it is its own: where a neighbour's overlaps it, each takes half of what both want."""
    low, high = window_
    for _, end in before:
        if end > low:
            low = (low + end) // 2
    for start, _ in after:
        if start < high:
            high = (start + high) // 2
    return low, max(low, high)
