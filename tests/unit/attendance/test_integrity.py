"""Signals of a clock-in: out of a set, whatever its order; what a phone lacks is unavailable, never suspect."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.attendance.rules import marks_of_source
from backend.attendance.rules.integrity import OF_MARK, WEIGHTS, assess, wants_person
from mobile_contract.attendance import DatumName, Mark, Place, Punch
from mobile_contract.reviews import SIGNAL_TEXTS, Capability, Level, Signal

T0 = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)


def uid(number: int) -> str:
    return f"0199b3a0-0000-7000-8000-{number:012d}"


def punch(number: int, minute: float = 0, **more: Any) -> Punch:
    at = T0 + timedelta(minutes=minute)
    plain: dict[str, Any] = {
        "id": uid(number),
        "person_id": uid(1),
        "team_id": None,
        "device_id": uid(2),
        "area_path": "/440111/",
        "trusted_at": at,
        "error_ms": 0,
        "quality": "anchored",
        "wall_at": at,
        "received_at": at,
        "direction": None,
        "longitude": 113.2732 + number * 1e-5,
        "latitude": 23.1815,
        "accuracy_m": 8.0,
        "datum": DatumName.wgs84,
        "fix_age_s": 1.0,
        "place": Place.inside,
        "fence_id": None,
        "distance_m": -5.0,
        "photo": None,
        "note": "",
        "mock": False,
        "marks": [],
        "review": False,
    }
    return Punch(**(plain | more))


def signals(one: Punch, *others: Punch) -> set[Signal]:
    return set(assess(one, others).signals)


def test_an_honest_day_has_no_signal() -> None:
    day = [punch(n, 240 * n) for n in range(4)]
    assert all(signals(p, *day) == set() for p in day)
    assert not wants_person(assess(day[0], day))


def test_what_a_phone_lacks_is_unavailable_and_never_suspect() -> None:
    browser = assess(punch(1, mock=None, device_id=None, wall_at=None, accuracy_m=None), [])
    assert (browser.level, browser.signals) == (Level.ok, ())
    assert set(browser.unavailable) == {Capability.mock_flag, Capability.device, Capability.accuracy}
    assert marks_of_source(None, 0, 0, None) == []


@pytest.mark.parametrize(
    ("one", "other", "signal"),
    [
        (punch(1), punch(2, 5, person_id=uid(9)), Signal.device_shared),
        (punch(1), punch(2, 5, device_id=uid(9)), Signal.two_devices),
        (punch(1, photo="a" * 64), punch(2, 5_000, photo="a" * 64, person_id=uid(9)), Signal.photo_reused),
        (punch(1, 0), punch(2, 5, longitude=113.6), Signal.too_fast),
        (punch(1, 0), punch(2, 60, wall_at=T0 - timedelta(minutes=5)), Signal.wall_backwards),
    ],
)
def test_two_clock_ins_accuse_each_other(one: Punch, other: Punch, signal: Signal) -> None:
    assert signal in signals(one, other)
    assert signal in signals(other, one)


def test_what_lies_far_apart_accuses_nobody() -> None:
    assert signals(punch(1), punch(2, 11, person_id=uid(9)), punch(3, 11, device_id=uid(8))) == set()
    assert signals(punch(1), punch(2, 30, longitude=113.6)) == set()
    blurred = punch(2, 5, longitude=113.6, accuracy_m=16_000.0)
    assert signals(punch(1), blurred) == set()


def test_the_same_degrees_again_and_again_are_no_chance() -> None:
    frozen = [punch(n, 300 * n, longitude=113.2732) for n in range(4)]
    assert Signal.same_place in signals(frozen[0], *frozen)
    assert signals(frozen[0], *frozen[:3]) == set()


def test_an_unusual_phone_is_told_once_the_usual_is_known() -> None:
    usual = [punch(n, 300 * n) for n in range(5)]
    assert signals(punch(7, 9_000, device_id=uid(9)), *usual) == {Signal.device_unusual}
    assert signals(punch(7, 9_000, device_id=uid(9)), *usual[1:]) == set()


def test_marks_weigh_and_a_mock_is_tampering() -> None:
    assert assess(punch(1, marks=[Mark.mock_location]), []).level is Level.tampered
    assert assess(punch(1, marks=[Mark.accuracy_missing, Mark.fix_old, Mark.clock_unsure]), []).level is Level.ok
    outside = assess(punch(1, place=Place.outside), [])
    assert (outside.signals, wants_person(outside)) == ((Signal.outside_fence,), True)


def test_satellite_time_and_providers_are_looked_at_when_told() -> None:
    assert marks_of_source(0, 121_000, 0, ["gps"]) == [Mark.gps_time_far]
    assert marks_of_source(0, 121_000, 5_000, ["GPS"]) == []
    assert marks_of_source(None, 0, 0, ["mocked"]) == [Mark.provider_odd]


def test_every_signal_has_weight_and_words() -> None:
    assert set(WEIGHTS) == set(SIGNAL_TEXTS) == set(Signal)
    assert set(OF_MARK.values()) <= set(Signal)


@given(st.randoms(use_true_random=False), st.integers(2, 12))
def test_the_order_of_arrival_is_no_part_of_it(dice: random.Random, count: int) -> None:
    crowd = [
        punch(
            n,
            dice.choice((0, 4, 30, 500)),
            person_id=uid(dice.randrange(3)),
            device_id=uid(dice.randrange(3)),
            longitude=113.27 + dice.randrange(2) * 0.4,
        )
        for n in range(count)
    ]
    before = [assess(p, crowd) for p in crowd]
    shuffled = crowd * 2
    dice.shuffle(shuffled)
    assert [assess(p, {o.id: o for o in shuffled}.values()) for p in crowd] == before
