"""Pairs of characters that orders are found by."""

from hypothesis import given
from hypothesis import strategies as st

from backend.workorders.rules import folded, grams, grams_asked


def test_two_characters_are_enough() -> None:
    assert grams_asked("天河") == ["天河"]
    assert "天河" in grams("清扫天河路口")
    assert grams_asked("天") == []


def test_width_case_and_space_make_no_difference() -> None:
    assert grams_asked("ＳＺ－2026") == grams_asked("sz-2026")
    assert grams("松洲 北路") == grams("松洲北路")


@given(st.text(max_size=60), st.integers(0, 50), st.integers(2, 20))
def test_every_part_of_a_text_is_found_by_its_pairs(text: str, start: int, length: int) -> None:
    part = folded(text)[start : start + length]
    assert set(grams_asked(part)) <= grams(text) or folded(part) != part
