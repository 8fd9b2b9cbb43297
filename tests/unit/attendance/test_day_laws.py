"""Laws of day results and month sheets: order and repetition of facts change nothing; entries make a frozen sheet
whole."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.attendance import rules
from backend.attendance.rules import AbsenceFact, DayFacts, Heard, Part, PunchFact, Result, Shift
from backend.kernel.calendar import MINUTE_MS, minute_ms
from mobile_contract.attendance import Direction, Place
from mobile_contract.days import DayResult, DayWord, MonthDay
from mobile_contract.rosters import AbsenceKind, DayKind

ON = date(2026, 9, 1)
SOME_ID = "0199b3a0-0000-7000-8000-000000000001"
SHIFTS = (
    None,
    Shift("one", "早班", (Part(480, 720),)),
    Shift(SOME_ID, "白班", (Part(480, 720), Part(810, 1050))),
    Shift("night", "夜班", (Part(1320, 1800),)),
)
HEARD = Heard(minute_ms(ON, 9_000), minute_ms(ON, 9_000), 72 * 3_600_000)

punches = st.lists(
    st.builds(
        PunchFact,
        id=st.uuids().map(str),
        at_ms=st.integers(0, 2_880 * 60).map(lambda s: minute_ms(ON, 0) + s * 1_000),
        error_ms=st.sampled_from([0, 500, 60_000, 300_000, 86_400_000]),
        direction=st.sampled_from([None, *Direction]),
        place=st.sampled_from(list(Place)),
    ),
    max_size=10,
    unique_by=lambda p: p.id,
)
absences = st.lists(
    st.builds(
        lambda kind, start, length: AbsenceFact(
            kind, minute_ms(ON, 0) + start * MINUTE_MS, minute_ms(ON, 0) + (start + length) * MINUTE_MS
        ),
        st.sampled_from(list(AbsenceKind)),
        st.integers(0, 1_800),
        st.integers(1, 600),
    ),
    max_size=3,
)


def judged(shift: Shift | None, facts: Sequence[PunchFact], away: Sequence[AbsenceFact]) -> Result:
    return rules.judge_day(DayFacts(SOME_ID, ON, DayKind.workday, shift, tuple(facts), tuple(away), HEARD))


@given(st.sampled_from(SHIFTS), punches, absences, st.randoms(use_true_random=False))
def test_the_order_of_facts_and_their_repetition_change_nothing(
    shift: Shift | None, facts: list[PunchFact], away: list[AbsenceFact], dice: random.Random
) -> None:
    first = judged(shift, facts, away)
    shuffled, moved = [*facts, *facts[:3]], list(away)
    dice.shuffle(shuffled)
    dice.shuffle(moved)
    assert judged(shift, shuffled, moved) == first


@given(st.sampled_from(SHIFTS[1:]), punches, absences)
def test_a_day_is_always_whole(shift: Shift, facts: list[PunchFact], away: list[AbsenceFact]) -> None:
    result = judged(shift, facts, away)
    assert len(result.slots) == 2 * len(shift.parts)
    met = [slot.punch for slot in result.slots if slot.punch]
    assert [p.at_ms for p in met] == sorted(p.at_ms for p in met)
    assert len({p.id for p in met}) == len(met)
    planned = sum(part.end_min - part.start_min for part in shift.parts)
    assert 0 <= result.pay.worked_min + result.pay.credited_min <= planned
    assert 0 <= result.pay.leave_min <= planned
    assert DayWord.pending not in [slot.word for slot in result.slots]


@given(st.sampled_from(SHIFTS[1:]), punches, st.integers(0, 240))
def test_coming_earlier_is_never_worse(shift: Shift, facts: list[PunchFact], minutes: int) -> None:
    """A first clock-in within the window, moved forward towards the start, never makes anybody later."""
    start = rules.planned(shift, ON)[0]
    late = PunchFact("x", start + minutes * MINUTE_MS, direction=Direction.clock_in)
    sooner = replace(late, at_ms=start)
    end = PunchFact("y", rules.planned(shift, ON)[1], direction=Direction.clock_out)
    assert judged(shift, [sooner, end], []).late_min <= judged(shift, [late, end], []).late_min


def _month(days: dict[int, list[PunchFact]]) -> list[MonthDay]:
    sheet = []
    for number, facts in sorted(days.items()):
        on = ON + timedelta(days=number)
        moved = tuple(replace(p, at_ms=p.at_ms + number * 86_400_000) for p in facts)
        heard = Heard(minute_ms(on, 9_000), minute_ms(on, 9_000), HEARD.cap_ms)
        day = DayFacts(SOME_ID, on, DayKind.workday, SHIFTS[2], moved, (), heard)
        body = rules.body_of(day, rules.judge_day(day))
        found = rules.month_day(DayResult.model_validate(body | {"id": SOME_ID, "day_version": 1}))
        if found is not None:
            sheet.append(found)
    return sheet


@given(st.dictionaries(st.integers(0, 5), punches, max_size=6), st.data())
def test_a_frozen_sheet_and_its_entries_equal_the_recomputed_sheet(
    full: dict[int, list[PunchFact]], data: st.DataObject
) -> None:
    """Some facts come after the freeze, in any number of waves."""
    known: dict[int, list[PunchFact]] = {number: [] for number in full}
    frozen = _month(known)
    changes: list[tuple[date, MonthDay | None]] = []
    late = [(number, p) for number, facts in full.items() for p in facts]
    late = data.draw(st.permutations(late))
    while late:
        size = data.draw(st.integers(1, len(late)))
        for number, p in late[:size]:
            known[number].append(p)
        late = late[size:]
        stands = {day.on: day for day in rules.applied(frozen, changes)}
        comes_to = {day.on: day for day in _month(known)}
        days = sorted(stands.keys() | comes_to.keys())
        changes += [(on, comes_to.get(on)) for on in days if rules.difference(stands.get(on), comes_to.get(on))]
    assert rules.canonical(rules.applied(frozen, changes)) == rules.canonical(_month(full))
