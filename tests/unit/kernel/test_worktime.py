"""Time limits over sessions, weekends and moved holidays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.calendar import Calendar, read_calendar
from backend.kernel.worktime import Limit, WorkDayMode, Worktime, due, worked_ms
from mobile_contract.limits import LimitUnit

ZONE = ZoneInfo("Asia/Shanghai")
WORKTIME = Worktime(read_calendar())
HOUR, DAY, URGENT = LimitUnit.work_hour, LimitUnit.work_day, LimitUnit.urgent_hour


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        ("2026-09-11 10:00", 4, HOUR, "2026-09-11 16:00"),
        ("2026-09-11 10:00", 4, URGENT, "2026-09-11 14:00"),
        ("2026-09-11 16:30", 4, HOUR, "2026-09-14 10:30"),
        ("2026-09-11 16:30", 4, URGENT, "2026-09-11 20:30"),
        ("2026-09-11 12:30", 4, HOUR, "2026-09-11 18:00"),
        ("2026-09-11 11:59", 4, HOUR, "2026-09-11 17:59"),
        ("2026-09-11 12:00", 1, HOUR, "2026-09-11 15:00"),
        ("2026-09-11 07:00", 4, HOUR, "2026-09-11 12:00"),
        ("2026-09-11 18:00", 0.5, HOUR, "2026-09-14 08:30"),
        ("2026-09-11 19:00", 2, HOUR, "2026-09-14 10:00"),
        ("2026-09-12 09:00", 4, HOUR, "2026-09-14 12:00"),
        ("2026-09-30 17:00", 4, HOUR, "2026-10-08 11:00"),
        ("2026-09-20 09:00", 4, HOUR, "2026-09-20 15:00"),
        ("2026-10-10 17:00", 2, HOUR, "2026-10-12 09:00"),
        ("2026-02-13 17:00", 4, HOUR, "2026-02-14 11:00"),
        ("2026-09-11 10:00", 1, DAY, "2026-09-14 10:00"),
        ("2026-09-18 10:00", 2, DAY, "2026-09-21 10:00"),
        ("2026-09-29 10:00", 5, DAY, "2026-10-12 10:00"),
        ("2026-02-12 10:00", 5, DAY, "2026-02-26 10:00"),
        ("2026-09-11 19:00", 1, LimitUnit.natural_day, "2026-09-12 19:00"),
    ],
)
def test_a_limit_ends_where_the_calendar_says(start: str, amount: float, unit: LimitUnit, expected: str) -> None:
    assert due(at(start), Limit(amount, unit), WORKTIME).at == at(expected)


@pytest.mark.parametrize(
    ("start", "same_clock", "sessions", "end_of_day"),
    [
        ("2026-09-11 12:30", "2026-09-14 12:30", "2026-09-14 12:00", "2026-09-14 18:00"),
        ("2026-09-11 19:00", "2026-09-14 19:00", "2026-09-14 18:00", "2026-09-14 18:00"),
        ("2026-09-12 09:00", "2026-09-15 08:00", "2026-09-14 18:00", "2026-09-14 18:00"),
        ("2026-09-30 18:00", "2026-10-08 18:00", "2026-10-08 18:00", "2026-10-08 18:00"),
    ],
)
def test_one_work_day_has_three_readings(start: str, same_clock: str, sessions: str, end_of_day: str) -> None:
    one = Limit(1, DAY)
    for mode, expected in zip(WorkDayMode, (sessions, same_clock, end_of_day), strict=True):
        assert due(at(start), one, Worktime(read_calendar(), mode=mode)).at == at(expected)


def test_a_year_without_a_published_calendar_is_provisional() -> None:
    assert not due(at("2026-12-01 10:00"), Limit(4, HOUR), WORKTIME).provisional
    assert due(at("2026-12-31 17:00"), Limit(4, HOUR), WORKTIME).provisional
    assert not due(at("2026-12-31 17:00"), Limit(40, URGENT), WORKTIME).provisional  # no calendar is asked


def test_the_calendar_used_is_named() -> None:
    assert due(at("2026-09-11 10:00"), Limit(1, HOUR), WORKTIME).calendar_version == WORKTIME.calendar.version


instants = st.integers(0, 334 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
minutes = st.integers(1, 60 * 60)


def hours(count: int) -> Limit:
    return Limit(count / 60, HOUR)


@given(instants, st.timedeltas(timedelta(0), timedelta(days=30)), minutes)
def test_who_starts_later_is_due_no_earlier(start: datetime, later: timedelta, count: int) -> None:
    assert due(start, hours(count), WORKTIME).at <= due(start + later, hours(count), WORKTIME).at


@given(instants, minutes, minutes, st.sampled_from(LimitUnit))
def test_who_has_longer_is_due_no_earlier(start: datetime, one: int, two: int, unit: LimitUnit) -> None:
    short, long = (due(start, Limit(count / 60, unit), WORKTIME).at for count in sorted((one, two)))
    assert short <= long


@given(instants, minutes, minutes)
def test_hours_add_up(start: datetime, one: int, two: int) -> None:
    between = due(start, hours(one), WORKTIME).at
    assert due(between, hours(two), WORKTIME).at == due(start, hours(one + two), WORKTIME).at


@given(instants, minutes)
def test_what_lies_between_start_and_due_is_the_limit(start: datetime, count: int) -> None:
    assert worked_ms(start, due(start, hours(count), WORKTIME).at, WORKTIME) == count * 60_000


@given(instants, minutes)
def test_due_lies_within_a_session_or_at_its_end(start: datetime, count: int) -> None:
    local = due(start, hours(count), WORKTIME).at.astimezone(ZONE)
    minute = local.hour * 60 + local.minute + local.second / 60
    assert any(first < minute <= last for first, last in WORKTIME.sessions)


@given(instants, minutes)
def test_the_zone_a_start_is_written_in_does_not_matter(start: datetime, count: int) -> None:
    assert due(start.astimezone(ZONE), hours(count), WORKTIME) == due(start, hours(count), WORKTIME)


def test_a_day_that_no_list_names_is_told_by_its_weekday() -> None:
    nothing_named = Worktime(Calendar("none", "none", {}))
    assert due(at("2026-09-11 17:00"), Limit(2, HOUR), nothing_named).at == at("2026-09-14 09:00")
