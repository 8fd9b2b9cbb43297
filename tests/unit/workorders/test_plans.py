"""Recurrences that end, and what the calendar makes of their days."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kernel.calendar import Calendar
from backend.workorders.rules import PlanEmpty, PlanEndless, RuleInvalid, days_of, read_rule
from mobile_contract.rosters import DayKind
from mobile_contract.workplans import CalendarPolicy

TUESDAY = date(2026, 9, 1)
CALENDAR = Calendar(
    "t",
    "t",
    {
        date(2026, 9, 20): (DayKind.workday, "调休"),
        **{date(2026, 9, 25) + timedelta(days=n): (DayKind.holiday, "中秋节") for n in range(3)},
    },
)


def days(rule: str, policy: CalendarPolicy, starts_on: date = TUESDAY) -> list[tuple[date, date]]:
    return [(day.on, day.worked_on) for day in days_of(read_rule(rule, starts_on), policy, CALENDAR)]


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO", "FREQ=DAILY;COUNT=3;UNTIL=20261001"])
def test_a_recurrence_without_one_end_is_refused(rule: str) -> None:
    with pytest.raises(PlanEndless):
        read_rule(rule, TUESDAY)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=HOURLY;COUNT=3",
        "COUNT=3",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=2001",
        "FREQ=DAILY;UNTIL=20260230",
        "FREQ=DAILY;UNTIL=20260831",
        "FREQ=DAILY;UNTIL=21260831",
        "FREQ=DAILY;COUNT=3;COUNT=4",
        "FREQ=DAILY;COUNT=3;BYMONTHDAY=31",
        "FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=3",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2;COUNT=3",
        "FREQ=DAILY;COUNT=3\nDTSTART:20200101",
    ],
)
def test_what_is_no_recurrence_of_ours_is_refused(rule: str) -> None:
    with pytest.raises(RuleInvalid):
        read_rule(rule, TUESDAY)


def test_the_calendar_says_what_happens_to_a_day_off() -> None:
    friday = date(2026, 9, 18)
    week = "FREQ=DAILY;COUNT=3"
    assert [on for on, _ in days(week, CalendarPolicy.keep, friday)] == [friday + timedelta(days=n) for n in range(3)]
    assert [on.day for on, _ in days(week, CalendarPolicy.skip, friday)] == [18, 20]
    saturday = "FREQ=WEEKLY;BYDAY=SA;COUNT=2"
    assert [d.day for _, d in days(saturday, CalendarPolicy.shift_next, friday)] == [20, 28]
    assert [d.day for _, d in days(saturday, CalendarPolicy.shift_prev, friday)] == [18, 24]


def test_a_day_that_moves_onto_work_adds_none() -> None:
    rule = "FREQ=DAILY;COUNT=4"
    assert [d.day for _, d in days(rule, CalendarPolicy.shift_next, date(2026, 9, 25))] == [28]


def test_a_plan_without_a_day_is_refused() -> None:
    with pytest.raises(PlanEmpty):
        days("FREQ=DAILY;COUNT=2", CalendarPolicy.skip, date(2026, 9, 26))


RULES = st.builds(
    lambda freq, interval, by, end: ";".join(part for part in (f"FREQ={freq}", interval, by, end) if part),
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.sampled_from(["", "INTERVAL=2", "INTERVAL=5"]),
    st.sampled_from(
        ["", "BYDAY=MO,TH", "BYMONTHDAY=-1,15", "BYMONTH=2,9", "BYDAY=SU;BYSETPOS=4", "BYMONTHDAY=1;BYDAY=MO"]
    ),
    st.sampled_from(["COUNT=1", "COUNT=40", "UNTIL=20261231", "UNTIL=20290101"]),
)


@settings(max_examples=60, deadline=2_000)
@given(RULES, st.sampled_from(list(CalendarPolicy)))
def test_every_rule_that_is_taken_ends_soon_and_gives_each_day_once(rule: str, policy: CalendarPolicy) -> None:
    try:
        found = days(rule, policy)
    except (RuleInvalid, PlanEmpty):
        return
    assert len({on for on, _ in found}) == len(found)
    if policy is not CalendarPolicy.keep:
        worked = [worked_on for _, worked_on in found]
        assert len(set(worked)) == len(worked)
        assert all(CALENDAR.kind(on) is DayKind.workday for on in worked)
