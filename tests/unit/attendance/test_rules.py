"""The place of a clock-in, by fence and accuracy."""

import math

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attendance.rules import Fix, judge, marks_of_clock, place_of, see, wants_review, zone_of
from backend.attendance.rules.explain import why, worded
from backend.kernel.geo import Datum, from_wgs84
from mobile_contract.attendance import Mark, Place
from mobile_contract.reasons import WORDS

POST = (113.2732, 23.1815)
CIRCLE = ("post", zone_of(orjson.dumps({"type": "Point", "coordinates": list(POST)}).decode(), 100.0))
NORTH_M = 0.0009 / 99.67
"""Degrees of latitude a metre."""


def fix(metres_north: float, accuracy_m: float | None = 10.0, **more: float) -> Fix:
    return Fix(POST[0], POST[1] + metres_north * NORTH_M, accuracy_m, Datum.wgs84, **more)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        (fix(0), Place.inside),
        (fix(98, 25), Place.inside),
        (fix(98, 40), Place.unsure),
        (fix(50, 45), Place.inside),
        (fix(112), Place.unsure),
        (fix(125), Place.outside),
        (fix(1_000, 101), Place.unsure),
        (fix(1_000, 100), Place.outside),
        (fix(0, None), Place.unsure),
        (fix(0, 0.0), Place.unsure),
        (fix(0, -5.0), Place.unsure),
        (fix(0, 10.0, age_s=61.0), Place.unsure),
        (fix(0, 10.0, age_s=60.0), Place.inside),
        (Fix(None, None), Place.no_fix),
        (Fix(500.0, 23.0, 5.0), Place.no_fix),
        (None, Place.no_fix),
    ],
)
def test_a_poor_fix_never_proves_anything(where: Fix | None, place: Place) -> None:
    assert judge(where, [CIRCLE]).place is place


def test_without_a_fence_nothing_is_asked() -> None:
    assert judge(fix(0), []).place is Place.no_fence
    assert not wants_review(Place.no_fence, [])


def test_inside_any_fence_is_inside() -> None:
    far = ("far", zone_of(orjson.dumps({"type": "Point", "coordinates": [113.4, 23.3]}).decode(), 100.0))
    verdict = judge(fix(0), [far, CIRCLE])
    assert (verdict.place, verdict.fence_id, verdict.distance_m) == (Place.inside, "post", -100.0)


@pytest.mark.parametrize("datum", list(Datum))
def test_the_datum_that_a_phone_names_is_undone(datum: Datum) -> None:
    shown = from_wgs84(*POST, datum)
    assert judge(Fix(*shown, 10.0, datum), [CIRCLE]).place is Place.inside
    if datum in (Datum.gcj02, Datum.bd09):
        assert judge(Fix(*shown, 10.0, Datum.wgs84), [CIRCLE]).place is Place.outside


def test_what_is_odd_is_marked() -> None:
    assert see(Fix(1.0, 91.0)) == (None, (Mark.position_invalid,))
    seen, _ = see(Fix(*POST, 0.0))
    assert seen is not None
    assert seen.marks == (Mark.accuracy_not_positive,)
    assert marks_of_clock("poor", 0, 0, 0) == [Mark.clock_poor]
    assert marks_of_clock("anchored", 0, 3_600_000, 0) == [Mark.wall_far_off]
    assert marks_of_clock("wall", 600_000, 0, 0) == [Mark.clock_unsure]


@given(st.floats(-2_000, 2_000), st.floats(0.1, 500))
def test_a_verdict_is_one_of_three_and_fair(distance_m: float, accuracy_m: float) -> None:
    seen, _ = see(Fix(*POST, accuracy_m))
    assert seen is not None
    place = place_of(distance_m, seen)
    if place is Place.outside:
        assert distance_m > accuracy_m
        assert accuracy_m <= 100
    if place is Place.inside:
        assert distance_m <= 0
    assert not math.isnan(distance_m)


def test_every_mark_has_its_words_and_a_post_keeps_its_name() -> None:
    assert {mark.value for mark in Mark} <= set(WORDS)
    told = worded(why("suspect", side="in", marks="clock_set, mock_location"))
    assert told.zh == "上班卡：打卡有异常信号（手机时间被改过、模拟定位），由人核对。"
    assert told.en == "Clock-in: odd signs (a clock set by hand, a mock location); a person looks at it."
    assert worded(why("post", post="leave")).zh == "岗位：leave。"
