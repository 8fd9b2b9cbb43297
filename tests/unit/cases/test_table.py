"""The table of cases holds together: states are reached and left, guards are judged, late acts have words."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.cases.rules import clocks, daytimes, late, numbers
from backend.cases.rules.guards import GUARDS
from backend.cases.rules.practice import PRACTICE, read_practice
from backend.cases.rules.refusals import OutOfOrder
from backend.cases.rules.table import ENDED, MOVES, OPEN, STATES, Guard, Offline, move
from backend.kernel.authority import PERMISSIONS
from backend.kernel.calendar import read_calendar
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.lateness import Told
from backend.kernel.worktime import Limit, Worktime
from mobile_contract.cases import Act, InTime, State, Timer
from mobile_contract.limits import LimitUnit
from mobile_contract.problems import PROBLEMS

AT = datetime(2026, 9, 1, 1, tzinfo=UTC)
WORKTIME = Worktime(read_calendar())


def test_every_act_and_state_has_its_line() -> None:
    assert set(MOVES) == set(Act)
    assert set(STATES) == set(State)
    assert {line.permission for line in MOVES.values()} <= set(PERMISSIONS)
    assert set(GUARDS) == set(Guard)
    assert {guard for line in MOVES.values() for guard in line.guards} == set(Guard)


def test_every_state_is_reached_and_every_open_state_is_left() -> None:
    assert {line.after for line in MOVES.values()} >= set(State)
    for state in OPEN:
        assert any(state in line.before and line.after in ENDED for line in MOVES.values()), state


def test_an_end_is_left_only_by_opening_the_case_again() -> None:
    leaving = {a for a, line in MOVES.items() if line.before & ENDED and line.after not in (None, *ENDED)}
    assert leaving == {Act.reopen, Act.audit_bad}
    with pytest.raises(OutOfOrder):
        move(Act.reopen, State.merged)


def test_what_is_done_off_line_is_of_the_field_and_what_a_desk_decides_is_not() -> None:
    field = {"cases.report", "cases.look", "cases.handle"}
    assert {line.permission for line in MOVES.values() if line.offline is not Offline.no} <= field


def test_every_row_of_late_acts_has_words_and_is_of_an_act_done_off_line() -> None:
    for row in late.TABLE:
        assert MOVES[row.act].offline is not Offline.no
        assert row.told is Told.nobody or row.code in PROBLEMS


@pytest.mark.parametrize(
    ("minutes", "error_s", "verdict"),
    [(-1, 30, InTime.in_time), (0, 30, InTime.in_time_unsure), (1, 30, InTime.late), (1, 90, InTime.in_time_unsure)],
)
def test_a_doubt_that_crosses_the_limit_is_told(minutes: int, error_s: int, verdict: InTime) -> None:
    assert clocks.judge(AT + timedelta(minutes=minutes), error_s * 1000, AT) is verdict


@pytest.mark.parametrize(
    ("hour", "minute", "error_min", "fits"),
    [(22, 29, 0, False), (22, 29, 2, True), (22, 30, 0, True), (0, 30, 0, True), (0, 31, 0, False), (0, 33, 5, True)],
)
def test_a_time_of_day_goes_over_midnight_and_a_doubt_counts_for_whoever_looked(
    hour: int, minute: int, error_min: int, fits: bool
) -> None:
    seen = datetime(2026, 9, 1, 23, 30, tzinfo=DISTRICT_ZONE)
    evening = daytimes.around(seen, 60)
    assert evening == (22 * 60 + 30, 30)
    at = datetime(2026, 9, 3, hour, minute, tzinfo=DISTRICT_ZONE)
    assert daytimes.within(at, error_min * 60_000, evening) is fits
    opens = daytimes.opening(at, evening)
    assert daytimes.within(opens, 0, evening)
    assert timedelta() <= opens - at < daytimes.DAY


@pytest.mark.parametrize("unit", list(LimitUnit))
def test_shares_of_a_limit_rise_and_a_pause_keeps_what_was_left(unit: LimitUnit) -> None:
    counted = clocks.count(AT, Limit(4, unit), WORKTIME, "t", (50, 80, 100, 150))
    instants = [level.at for level in counted.levels]
    assert instants == sorted(instants)
    assert instants[2] == counted.due_at
    paused, resumed = AT + timedelta(minutes=30), AT + timedelta(days=2)
    left = clocks.left_ms(paused, counted.due_at, unit, WORKTIME)
    shifted = clocks.shifted(counted.due_at, paused, resumed, unit, WORKTIME)
    assert clocks.left_ms(resumed, shifted, unit, WORKTIME) == left


def test_a_district_says_only_what_it_does_otherwise() -> None:
    read = read_practice('{"version": "by-1", "spot_m": 80, "limits": {"check": {"amount": 1, "unit": "work_day"}}}')
    assert (read.version, read.spot_m, read.similar_m) == ("by-1", 80, PRACTICE.similar_m)
    assert read.limits == {**PRACTICE.limits, Timer.check: Limit(1, LimitUnit.work_day)}


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("[]", "version"),
        ('{"spot_m": 80}', "version"),
        ('{"version": "a", "spot": 80}', "spot"),
        ('{"version": "a", "spot_m": 5}', "spot_m"),
        ('{"version": "a", "limits": {"check": {"amount": 0, "unit": "work_day"}}}', "limits.check"),
        ('{"version": "a", "limits": {"lunch": {"amount": 1, "unit": "work_day"}}}', "limits.lunch"),
        ('{"version": "a", "sessions": [[840, 1080], [480, 720]]}', "sessions"),
        ('{"version": "a", "levels_percent": [80, 50]}', "levels_percent"),
        ('{"version": "a", "code_pattern": "{district}-{day}"}', "code_pattern"),
        ('{"version": "a", "code_pattern": "{nobody}{number:05d}"}', "code_pattern"),
        ('{"version": "a", "code_pattern": "{number.real.__class__}"}', "code_pattern"),
    ],
)
def test_a_districts_file_with_a_fault_is_refused_by_its_name(said: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_practice(said)


def test_numbers_are_counted_by_the_pattern_without_its_number() -> None:
    pattern, on = "{street}/{number:04d}", AT.date()
    assert numbers.code(pattern, "440111", "/440111/songzhou/07/", on, 12) == "songzhou/0012"
    assert numbers.series(pattern, "440111", "/440111/songzhou/07/", on) == "songzhou/"
