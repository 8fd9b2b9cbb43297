"""Due dates by month ends, and the light at the door."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.gas.rules import DatesImpossible, SpecUnknown
from backend.gas.rules.dates import RULE_TABLES, RuleTable, SpecRule, due_dates, month_end_after, table_on
from backend.gas.rules.report_words import WORDS
from mobile_contract.gas import Block, HolderKind, Light, Place, ScanStep, Why
from mobile_contract.hand_over import Known, may_hand_over

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2025, 12, 1), 1, date(2026, 1, 31)),
        (date(2025, 12, 31), 0, date(2025, 12, 31)),
        (date(2025, 11, 30), 1, date(2025, 12, 31)),
    ],
)
def test_months_end_at_their_last_day(start: date, months: int, end: date) -> None:
    assert month_end_after(start, months) == end


def test_a_new_cylinder_is_due_after_four_years_and_ends_after_eight() -> None:
    due = due_dates("YSP35.5", date(2026, 1, 15), TODAY)
    assert (due.next_inspection_on, due.life_end_on) == (date(2030, 1, 31), date(2034, 1, 31))


def test_no_inspection_reaches_beyond_the_end_of_life() -> None:
    due = due_dates("YSP35.5", date(2019, 3, 1), TODAY, inspected_on=date(2026, 2, 1))
    assert due.next_inspection_on == due.life_end_on == date(2027, 3, 31)


LONGER = RuleTable("2026.9", TODAY, {"YSP35.5": SpecRule(48, 96, 35_500, 14_900, "A", extension_months=48)})
TABLES = (*RULE_TABLES, LONGER)


@pytest.mark.parametrize(
    ("made", "inspected", "next_on", "life_on"),
    [
        (date(2019, 3, 1), date(2026, 9, 1), date(2030, 9, 30), date(2030, 9, 30)),
        (date(2019, 3, 1), date(2022, 2, 1), date(2026, 2, 28), date(2027, 3, 31)),
        (date(2018, 8, 15), date(2026, 9, 1), date(2026, 8, 31), date(2026, 8, 31)),
        (date(2019, 3, 1), None, date(2023, 3, 31), date(2027, 3, 31)),
    ],
    ids=["carried on as far as it reaches", "covered without it", "too late", "never inspected"],
)
def test_where_the_table_says_so_a_passed_inspection_carries_life_on(
    made: date, inspected: date | None, next_on: date, life_on: date
) -> None:
    due = due_dates("YSP35.5", made, TODAY, inspected, tables=TABLES)
    assert (due.next_inspection_on, due.life_end_on, due.rule_version) == (next_on, life_on, "2026.9")


def test_life_is_never_carried_beyond_the_table_nor_a_stamp_at_all() -> None:
    far = due_dates("YSP35.5", date(2019, 3, 1), date(2027, 3, 1), date(2027, 3, 1), tables=TABLES)
    assert far.life_end_on == date(2031, 3, 31)
    stamped = due_dates("YSP35.5", date(2019, 3, 1), TODAY, TODAY, 96, TABLES)
    assert stamped.life_end_on == stamped.next_inspection_on == date(2027, 3, 31)
    assert table_on(date(2026, 8, 31), TABLES).version == "example-2026.1"


def test_the_stamp_on_a_cylinder_goes_before_the_table() -> None:
    assert due_dates("YSP35.5", date(2026, 1, 15), TODAY, stamped_life_months=144).life_end_on == date(2038, 1, 31)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(SpecUnknown):
        due_dates("YSP99", date(2026, 1, 1), TODAY)
    for made, inspected in ((date(2027, 1, 1), None), (date(2026, 1, 1), date(2025, 1, 1)), (TODAY, date(2026, 9, 2))):
        with pytest.raises(DatesImpossible):
            due_dates("YSP12", made, TODAY, inspected)
    with pytest.raises(DatesImpossible):
        month_end_after(date(9999, 1, 1), 48)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 240), st.integers(0, 240))
def test_due_dates_grow_with_the_months(start: date, few: int, more: int) -> None:
    assert month_end_after(start, few) <= month_end_after(start, few + more)
    assert month_end_after(month_end_after(start, few), more) == month_end_after(start, few + more)


GOOD = Known(date(2026, 9, 1), date(2030, 1, 31), frozenset(), on_manifest=True)


@pytest.mark.parametrize(
    ("step", "known", "more", "light", "why"),
    [
        ("deliver", GOOD, {}, Light.green, Why.in_order),
        ("load", Known(date(2026, 9, 1), date(2030, 1, 31), frozenset(), False), {}, Light.green, Why.in_order),
        (
            "deliver",
            Known(date(2026, 9, 1), date(2030, 1, 31), frozenset(), False),
            {},
            Light.amber,
            Why.not_on_manifest,
        ),
        ("deliver", GOOD, {"fresh": False}, Light.amber, Why.pack_expired),
        ("deliver", GOOD, {"data": False}, Light.unknown, Why.no_data),
        ("deliver", None, {"readable": False}, Light.red, Why.manual_id),
        ("deliver", None, {}, Light.red, Why.unknown_full),
        ("deliver", Known(None, None, frozenset(), True), {}, Light.unknown, Why.dates_unknown),
        ("deliver", Known(None, None, frozenset({Block.recall}), True), {}, Light.red, Block.recall),
        ("deliver", Known(date(2026, 8, 31), date(2030, 1, 31), frozenset(), True), {}, Light.red, Why.inspection_due),
        ("deliver", Known(date(2026, 8, 31), date(2026, 8, 31), frozenset(), True), {}, Light.red, Why.life_end),
        ("collect", None, {}, Light.amber, Why.unknown_empty),
        ("collect", None, {"readable": False}, Light.amber, Why.manual_id),
        ("collect", Known(None, None, frozenset({Block.damage}), False), {}, Light.green, Why.in_order),
    ],
)
def test_the_light_at_the_door(step: str, known: Known | None, more: dict[str, bool], light: Light, why: str) -> None:
    answer = may_hand_over(ScanStep(step), known, TODAY, **more)
    assert (answer.light, answer.why[0]) == (light, why)


def test_every_state_that_a_report_shows_has_a_word() -> None:
    shown = (Block, Place, HolderKind)
    assert {one.value for kind in shown for one in kind} - {"nobody"} <= set(WORDS)
