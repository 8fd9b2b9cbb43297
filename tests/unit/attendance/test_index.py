"""Many fences at once: the same verdicts as one by one."""

import math
import random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.attendance.rules import Fix, judge, zone_of
from backend.attendance.rules.index import FenceIndex
from backend.kernel.geo import Datum, Zone
from mobile_contract.attendance import Place

WEST, SOUTH, SIDE = 113.20, 23.10, 0.2


def fence(number: int, dice: random.Random) -> tuple[str, Zone]:
    x, y = dice.uniform(WEST, WEST + SIDE), dice.uniform(SOUTH, SOUTH + SIDE)
    if number % 3 == 0:
        return f"{number:05d}", drawn("Point", [x, y], dice.uniform(5, 200))
    if number % 3 == 1:
        return f"{number:05d}", drawn("LineString", [[x + i * 0.0005, y + i % 2 * 0.0002] for i in range(6)], 25)
    turns = sorted(dice.uniform(0, 2 * math.pi) for _ in range(9))
    ring = [[x + 0.001 * math.cos(t), y + 0.001 * math.sin(t)] for t in turns]
    return f"{number:05d}", drawn("Polygon", [[*ring, ring[0]]], 0)


def drawn(kind: str, coordinates: object, radius_m: float) -> Zone:
    return zone_of(orjson.dumps({"type": kind, "coordinates": coordinates}).decode(), radius_m)


FENCES = [fence(number, random.Random(number)) for number in range(300)]
INDEX = FenceIndex(FENCES)
places = st.tuples(st.floats(WEST - 0.3, WEST + 0.6), st.floats(SOUTH - 0.3, SOUTH + 0.6))
accuracies = st.one_of(st.none(), st.floats(-1, 200))
fixes = st.builds(
    lambda place, accuracy_m, age_s: Fix(*place, accuracy_m, Datum.wgs84, age_s),
    places,
    accuracies,
    st.sampled_from([None, 0.0, 61.0]),
)


@settings(max_examples=60)
@given(st.lists(st.one_of(st.none(), fixes), min_size=1, max_size=20))
def test_a_batch_is_judged_as_one_by_one(batch: list[Fix | None]) -> None:
    alone = [judge(each, FENCES) for each in batch]
    assert INDEX.judge(batch) == alone
    assert [INDEX.judge_one(each) for each in batch] == alone


def test_the_nearest_of_all_is_found_by_measuring_each() -> None:
    dice = random.Random(7)
    for _ in range(50):
        x, y = dice.uniform(WEST, WEST + SIDE), dice.uniform(SOUTH, SOUTH + SIDE)
        metres, number = INDEX.nearest_one(x, y) or (math.nan, -1)
        all_of_them = min((zone.distance_m(x, y), fence_id) for fence_id, zone in FENCES)
        assert (metres, INDEX.fence_id(number)) == all_of_them


def test_fences_of_two_cells_are_one_set() -> None:
    far = ("far", drawn("Point", [114.9, 23.4], 100))
    both = FenceIndex([*FENCES, far])
    assert both.judge_one(Fix(114.9, 23.4, 5.0)).fence_id == "far"
    assert both.judge([Fix(114.9, 23.4, 5.0), None])[0].place is Place.inside


def test_without_fences_nothing_is_asked() -> None:
    empty = FenceIndex([])
    assert [v.place for v in empty.judge([Fix(113.0, 23.0, 5.0), None])] == [Place.no_fence, Place.no_fix]
    assert empty.judge_one(None).place is Place.no_fix
    assert len(empty) == 0


@pytest.mark.parametrize("metres", [29.9, 30.0, 30.1, 60.0, 240.0, 5_000.0])
def test_reach_grows_until_the_nearest_is_sure(metres: float) -> None:
    post = ("post", drawn("Point", [113.25, 23.0], 0.001))
    assert FenceIndex([post]).nearest([113.25], [23.0 + metres / 110_750])[0][0] == pytest.approx(metres, rel=1e-3)
