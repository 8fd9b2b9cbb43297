"""Rosters: patterns of shifts laid over days, and shifts that change hands. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from backend.attendance.rules.refusals import PeriodInvalid, RosterTooLong, ShiftClash
from backend.attendance.rules.shifts import Shift, clash
from backend.kernel.calendar import Calendar
from mobile_contract.rosters import ROSTER_DAYS_MAX, DayKind

CELLS_MAX = 20_000
"""Days of persons in one request."""
ABSENCE_LINES_MAX = 2_000
"""Lines in one file of leave and trips."""
NEIGHBOUR_DAYS = 2
"""A shift ends at most two midnights after the day it is named by."""


def days_between(first_on: date, last_on: date) -> list[date]:
    """All days of a period; refuses with attendance.period_invalid and .roster_too_long."""
    if last_on < first_on:
        raise PeriodInvalid
    if (last_on - first_on).days >= ROSTER_DAYS_MAX:
        raise RosterTooLong(max=ROSTER_DAYS_MAX)
    return [first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1)]


def rotate(
    pattern: Sequence[str | None], days: Sequence[date], start: int, calendar: Calendar | None
) -> Iterator[tuple[date, str | None]]:
    """A shift (or None) for each day. With a calendar its days off are off and take no step of the pattern."""
    step = start
    for on in days:
        if calendar is not None and calendar.kind(on) is not DayKind.workday:
            yield on, None
            continue
        yield on, pattern[step % len(pattern)]
        step += 1


def check_apart(roster: Mapping[date, Shift | None], changed: Sequence[date]) -> None:
    """Refuses with attendance.shift_clash when a changed day's shift overlaps one of the days around it."""
    for on in changed:
        mine = roster.get(on)
        if mine is None:
            continue
        for distance in range(1, NEIGHBOUR_DAYS + 1):
            for other in (on - timedelta(days=distance), on + timedelta(days=distance)):
                if clash(on, mine, other, roster.get(other)):
                    raise ShiftClash(on=on.isoformat(), other_on=other.isoformat())
