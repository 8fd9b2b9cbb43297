"""Day results: a pure function of facts, told in words with the numbers."""

from dataclasses import replace
from datetime import date

import pytest

from backend.attendance import rules
from backend.attendance.rules import AbsenceFact, DayFacts, Heard, Part, PunchFact, Result, Shift
from backend.kernel.calendar import MINUTE_MS, minute_ms
from mobile_contract.attendance import Direction, Place, Source
from mobile_contract.days import DayState, DayWord, Integrity
from mobile_contract.rosters import AbsenceKind, DayKind

ON = date(2026, 9, 1)
DAY = Shift("day", "白班", (Part(480, 720), Part(810, 1050)))
NIGHT = Shift("night", "夜班", (Part(1320, 1800),))
PLAIN = Shift("plain", "早班", (Part(480, 720),))
IN, OUT = Direction.clock_in, Direction.clock_out
CAP_MS = 72 * 3_600_000


def at(minute: float) -> int:
    return minute_ms(ON, 0) + int(minute * MINUTE_MS)


def punch(minute: float, direction: Direction | None = None, **more: object) -> PunchFact:
    return replace(PunchFact(f"p{minute}", at(minute), direction=direction, place=Place.inside), **more)


def day(*punches: PunchFact, shift: Shift | None = PLAIN, heard: float | None = 3_000, **more: object) -> Result:
    through = at(heard) if heard is not None else None
    facts = DayFacts("w", ON, DayKind.workday, shift, punches, (), Heard(through, at(3_000), CAP_MS))
    return rules.judge_day(replace(facts, **more))


def words(result: Result) -> list[str]:
    return [met.word.value for met in result.slots]


def test_a_day_in_time_is_normal_and_says_so() -> None:
    result = day(punch(478), punch(722))
    assert (result.word, result.state, result.pay.worked_min) == (DayWord.normal, DayState.final, 240)
    told = [rules.worded(reason) for reason in result.reasons]
    assert told[0].zh == "上班卡：应在 08:00，07:58 打卡，正常。"
    assert told[0].en == "Clock-in: planned 08:00, clocked at 07:58, in time."


def test_a_photo_that_was_due_is_missed_in_words_and_nothing_else() -> None:
    shift = Shift("p", "早班", (Part(480, 720, photo=True),))
    result = day(punch(478), punch(722, photo=True), shift=shift)
    assert (result.word, result.pay.worked_min) == (DayWord.normal, 240)
    told = [rules.worded(reason) for reason in result.reasons]
    assert [reason.zh for reason in told if reason.code == "photo_missing"] == ["上班卡：应附照片，没有照片。"]
    entered = day(punch(478, source=Source.boss_change), punch(722, photo=True), shift=shift)
    assert "photo_missing" not in {reason.code for reason in entered.reasons}


@pytest.mark.parametrize(
    ("minute", "word", "late"),
    [
        (485.9, "normal", 0),
        (486, "late", 6),
        (510, "late", 30),
        (511, "serious_late", 31),
        (600, "serious_late", 120),
        (601, "absent_late", 121),
    ],
)
def test_lateness_has_its_grades(minute: float, word: str, late: int) -> None:
    result = day(punch(minute, IN), punch(720, OUT))
    assert (words(result), result.late_min) == ([word, "normal"], late)


def test_why_am_i_late_is_answered_with_the_numbers() -> None:
    result = day(punch(497), punch(720))
    told = rules.worded(result.reasons[0])
    assert told.zh == "应在 08:00 上班，08:17 打卡，迟到 17 分钟（宽限 5 分钟）。"
    assert told.params == {"planned": "08:00", "at": "08:17", "minutes": 17, "grace": 5}
    assert result.pay.worked_min == 223


def test_leaving_early_is_told_in_minutes() -> None:
    assert words(day(punch(480), punch(690))) == ["normal", "early"]
    assert day(punch(480), punch(690)).early_min == 30


def test_the_doubt_of_a_phones_clock_counts_for_the_person_but_not_without_end() -> None:
    unsure = punch(489, error_ms=4 * MINUTE_MS)
    assert words(day(unsure, punch(720))) == ["normal", "normal"]
    assert "time_in_favour" in [r.code for r in day(unsure, punch(720)).reasons]
    by_a_second = punch(486.5, error_ms=31_000)
    assert words(day(by_a_second, punch(720))) == ["normal", "normal"]
    assert "time_in_favour" in [r.code for r in day(by_a_second, punch(720)).reasons]
    assert words(day(punch(486.5, error_ms=29_000), punch(720))) == ["late", "normal"]
    lost = punch(540, IN, error_ms=86_400_000)
    assert day(lost, punch(720)).late_min == 55


def test_an_absence_is_decided_only_behind_the_watermark() -> None:
    assert words(day(heard=700)) == ["pending", "pending"]
    assert day(heard=700).word is DayWord.pending
    assert (day(heard=780).word, day(heard=780).state) == (DayWord.absent, DayState.final)
    silent = day(heard=None)
    assert (silent.word, silent.state) == (DayWord.pending, DayState.provisional)


def test_a_silent_phone_is_waited_for_three_days_and_no_longer() -> None:
    end = at(780)
    waiting = day(heard=None)
    given_up = day(heard=None, **{})
    assert not waiting.no_contact
    facts = DayFacts("w", ON, DayKind.workday, PLAIN, (), (), Heard(None, end + CAP_MS + 1, CAP_MS))
    given_up = rules.judge_day(facts)
    assert (given_up.word, given_up.state, given_up.no_contact) == (DayWord.absent, DayState.final, True)
    assert "72 小时" in " ".join(rules.worded(r).zh for r in given_up.reasons)


def test_four_clock_ins_meet_two_parts_whatever_button_was_pressed() -> None:
    wrong = [punch(479, OUT), punch(721, IN), punch(808, OUT), punch(1052, IN)]
    assert words(day(*wrong, shift=DAY)) == ["normal"] * 4


def test_first_in_and_last_out_count_within_a_part() -> None:
    result = day(punch(470), punch(479), punch(600), punch(721), punch(723), punch(806), punch(1055), shift=DAY)
    assert [met.punch.id for met in result.slots if met.punch] == ["p470", "p723", "p806", "p1055"]


def test_a_double_tap_is_one_clock_in() -> None:
    assert words(day(punch(480), punch(480.5))) == ["normal", "missing"]


def test_one_clock_in_between_start_and_end_goes_by_its_button_and_nearness() -> None:
    assert words(day(punch(482))) == ["normal", "missing"]
    assert words(day(punch(718))) == ["missing", "normal"]
    assert words(day(punch(610, IN))) == ["absent_late", "missing"]
    assert words(day(punch(590, OUT))) == ["missing", "early"]


def test_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    result = day(punch(1318), punch(1803), shift=NIGHT)
    assert (words(result), result.pay.worked_min) == (["normal", "normal"], 480)


def test_windows_of_neighbouring_shifts_are_split_in_the_middle() -> None:
    before = rules.window(NIGHT, date(2026, 8, 31))
    assert before[1] == at(360 + 60)
    early = Shift("early", "早班", (Part(390, 720),))
    night_out, morning_in = punch(370), punch(376)
    result = day(night_out, morning_in, punch(720), shift=early, before=(before,))
    assert [met.punch.id for met in result.slots if met.punch] == ["p376", "p720"]


def test_leave_moves_or_excuses_what_is_wanted() -> None:
    leave = AbsenceFact(AbsenceKind.leave, at(470), at(600))
    result = day(punch(603), punch(720), absences=(leave,))
    assert (words(result), result.pay.leave_min, result.pay.worked_min) == (["normal", "normal"], 120, 120)
    whole = AbsenceFact(AbsenceKind.leave, at(0), at(1440))
    assert (day(absences=(whole,)).word, day(absences=(whole,)).pay.leave_min) == (DayWord.excused, 240)


def test_a_trip_counts_as_work_and_leave_does_not() -> None:
    trip = AbsenceFact(AbsenceKind.trip, at(480), at(600))
    result = day(punch(600), punch(720), absences=(trip,))
    assert (result.pay.worked_min, result.pay.credited_min, result.pay.leave_min) == (120, 120, 0)


def test_work_on_leave_is_told_and_looked_at() -> None:
    whole = AbsenceFact(AbsenceKind.leave, at(0), at(1440))
    result = day(punch(481), punch(719), absences=(whole,))
    assert (result.word, result.pay.work_on_leave, result.review) == (DayWord.excused, True, True)


def test_overtime_goes_by_the_kind_of_day() -> None:
    assert day(punch(480), punch(765)).pay.overtime_workday_min == 45
    short = day(punch(480), punch(745)).pay
    assert (short.overtime_workday_min, short.overtime_short_min) == (0, 25)
    free = day(punch(480), punch(720), shift=None)
    assert (free.word, free.pay.overtime_rest_day_min) == (DayWord.not_required, 240)
    holiday = day(punch(480), punch(720), kind=DayKind.holiday).pay
    assert (holiday.worked_min, holiday.overtime_holiday_min) == (240, 240)


def test_place_and_integrity_stand_beside_the_time() -> None:
    away = punch(480, place=Place.outside, marks=("mock_location",))
    result = day(away, punch(720))
    assert (words(result), result.slots[0].integrity, result.review) == (
        ["normal", "normal"],
        Integrity.tampered,
        True,
    )


def test_a_poor_phone_is_never_suspect() -> None:
    poor = punch(480, place=Place.no_fence, marks=("accuracy_missing", "clock_unsure"))
    assert not day(poor, punch(720)).review


def test_an_approved_correction_meets_the_very_clock_in_it_was_asked_for() -> None:
    made_good = punch(480, IN, source=Source.approve, slot=(0, IN))
    result = day(punch(550, IN), made_good, punch(720))
    assert (words(result), result.slots[0].punch) == (["normal", "normal"], made_good)


def test_a_clock_in_outside_the_window_is_told() -> None:
    result = day(punch(300), punch(480), punch(720))
    assert [rules.worded(r).zh for r in result.reasons if r.code == "extra"] == [
        "05:00 的打卡不在任何应打卡时间内，不计。"
    ]


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((Part(480, 480),), "ends_before_start"),
        ((Part(480, 720), Part(700, 900)), "overlaps"),
        ((Part(480, 2_000),), "too_long"),
        ((Part(1_500, 1_600),), "starts_next_day"),
        ((Part(480, 540, break_min=60),), "all_break"),
    ],
)
def test_a_shift_that_nobody_could_work_is_refused(parts: tuple[Part, ...], fault: str) -> None:
    with pytest.raises(rules.ShiftInvalid) as refusal:
        rules.check_shift(Shift("x", "x", parts))
    assert refusal.value.params["fault"] == fault
