"""Time limits of work: four units over the district's calendar and its working sessions. Pure.

Units as city management counts them: 紧急工作时 run on through nights and holidays, 工作时 run inside sessions only,
工作日 by one of three readings that jurisdictions differ in, 自然日 are days of the calendar.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from backend.kernel.calendar import MINUTE_MS, Calendar, midnight_ms, minute_ms
from backend.kernel.clock import from_ms, to_ms
from mobile_contract.limits import AMOUNT_MAX, LimitUnit
from mobile_contract.rosters import DayKind

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
SESSIONS = ((480, 720), (840, 1_080))


class WorkDayMode(StrEnum):
    """What `1 工作日` means where work does not begin at a session's start; a district's setting."""

    sessions = "sessions"
    """One full set of sessions: monotone, and the same sum as for hours. The default."""
    same_clock = "same_clock"
    """The same time of day on the n-th following working day."""
    end_of_nth_day = "end_of_nth_day"
    """Counted from the day after; due when the n-th working day's last session ends."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So much of a unit. Work days in modes other than `sessions`, and natural days, are counted whole."""

    amount: float
    unit: LimitUnit

    def __post_init__(self) -> None:
        assert 0 < self.amount <= AMOUNT_MAX


@dataclass(frozen=True, slots=True)
class Worktime:
    """When a district works: its calendar, and the sessions of a working day in minutes from midnight."""

    calendar: Calendar
    sessions: Sequence[tuple[int, int]] = SESSIONS
    """Example: 08:00-12:00 and 14:00-18:00. In order, apart from each other; the end is exclusive."""
    mode: WorkDayMode = WorkDayMode.sessions

    @property
    def day_ms(self) -> int:
        """What one full set of sessions amounts to."""
        return sum(end - start for start, end in self.sessions) * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends, and by which calendar that was counted."""

    at: datetime
    calendar_version: str
    provisional: bool
    """A year was crossed whose calendar is not published yet: its days were told by their weekday."""


def due(start: datetime, limit: Limit, worktime: Worktime) -> Due:
    """When work that began at `start` must be done."""
    end_ms = _end_ms(to_ms(start), limit, worktime)
    first, last = _day(to_ms(start)), _day(end_ms)
    known = {on.year for on in worktime.calendar.days}
    provisional = limit.unit in (LimitUnit.work_hour, LimitUnit.work_day) and not known.issuperset(
        range(first.year, last.year + 1)
    )
    return Due(from_ms(end_ms), worktime.calendar.version, provisional)


def _end_ms(start_ms: int, limit: Limit, worktime: Worktime) -> int:
    match limit.unit:
        case LimitUnit.urgent_hour:
            return start_ms + round(limit.amount * HOUR_MS)
        case LimitUnit.natural_day:
            return start_ms + round(limit.amount * DAY_MS)
        case LimitUnit.work_hour:
            return _after_work(start_ms, round(limit.amount * HOUR_MS), worktime)
        case LimitUnit.work_day:
            return _after_days(start_ms, limit.amount, worktime)


def _after_days(start_ms: int, amount: float, worktime: Worktime) -> int:
    if worktime.mode is WorkDayMode.sessions:
        return _after_work(start_ms, round(amount * worktime.day_ms), worktime)
    on = _day(start_ms)
    clock_ms = start_ms - midnight_ms(on)
    if worktime.calendar.kind(on) is not DayKind.workday and worktime.mode is WorkDayMode.same_clock:
        on = _following(on, 1, worktime.calendar)
        clock_ms = worktime.sessions[0][0] * MINUTE_MS
    nth = _following(on, max(1, round(amount)), worktime.calendar)
    if worktime.mode is WorkDayMode.end_of_nth_day:
        return minute_ms(nth, worktime.sessions[-1][1])
    return midnight_ms(nth) + clock_ms


def _following(on: date, count: int, calendar: Calendar) -> date:
    """The count-th working day after `on`."""
    while count:
        on += timedelta(days=1)
        count -= calendar.kind(on) is DayKind.workday
    return on


def _after_work(start_ms: int, work_ms: int, worktime: Worktime) -> int:
    for begin_ms, end_ms in _sessions_from(start_ms, worktime):
        if work_ms <= end_ms - begin_ms:
            return begin_ms + work_ms
        work_ms -= end_ms - begin_ms
    raise AssertionError("sessions never end")


def worked_ms(start: datetime, end: datetime, worktime: Worktime) -> int:
    """How much working time lies between two instants; 0 when `end` is not after `start`."""
    until_ms, total_ms = to_ms(end), 0
    for begin_ms, end_ms in _sessions_from(to_ms(start), worktime):
        if begin_ms >= until_ms:
            break
        total_ms += min(end_ms, until_ms) - begin_ms
    return total_ms


def _sessions_from(start_ms: int, worktime: Worktime) -> Iterator[tuple[int, int]]:
    """What is left of the sessions from an instant on, without end."""
    on = _day(start_ms)
    while True:
        if worktime.calendar.kind(on) is DayKind.workday:
            for first, last in worktime.sessions:
                end_ms = minute_ms(on, last)
                if end_ms > start_ms:
                    yield max(start_ms, minute_ms(on, first)), end_ms
        on += timedelta(days=1)


def _day(instant_ms: int) -> date:
    # The district's zone knows no summer time (since 1992): its days are 24 hours long.
    return _EPOCH + timedelta(days=(instant_ms - _EPOCH_MS) // DAY_MS)


_EPOCH = date(1970, 1, 1)
_EPOCH_MS = midnight_ms(_EPOCH)
