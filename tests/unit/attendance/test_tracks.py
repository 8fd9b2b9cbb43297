"""Tracks: the same whatever order and how often points come; what is not known is said to be unknown."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.attendance.rules import zone_of
from backend.attendance.rules.coverage import Mode, coverage
from backend.attendance.rules.movement import Crossed, Proof, at_post, crossings, longest_stay
from backend.attendance.rules.tracks import (
    AROUND_SHIFT_MS,
    Track,
    TrackPoint,
    decode,
    encode,
    joined,
    rounded,
    sort_points,
)
from backend.kernel.geo import plane_at

T0 = 1_788_220_800_000
MIN = 60_000
POST = (113.2732, 23.1815)
PLANE = plane_at(*POST)
X0, Y0 = PLANE.point(*POST)
SHIFT = (T0, T0 + 8 * 60 * MIN)
EAST = {"type": "LineString", "coordinates": [list(PLANE.place(X0, Y0)), list(PLANE.place(X0 + 1_000, Y0))]}
CIRCLE = [("post", zone_of(f'{{"type":"Point","coordinates":[{POST[0]},{POST[1]}]}}', 100.0))]


def at(second: float, east_m: float, north_m: float = 0.0, accuracy_m: float | None = 5.0) -> TrackPoint:
    return rounded(TrackPoint(T0 + round(second * 1_000), *PLANE.place(X0 + east_m, Y0 + north_m), accuracy_m))


def walk(start_s: int, a_m: float, b_m: float, mps: float = 1.2, every_s: int = 10, **more: float) -> list[TrackPoint]:
    seconds = int(abs(b_m - a_m) / mps)
    way = 1 if b_m > a_m else -1
    return [at(start_s + s, a_m + way * mps * s, **more) for s in range(0, seconds + every_s, every_s)]


points = st.builds(
    TrackPoint,
    st.integers(T0 - 3_600_000, T0 + 10 * 3_600_000),
    st.floats(-180, 180),
    st.floats(-90, 90),
    st.one_of(st.none(), st.floats(-5, 500)),
)


@given(st.lists(points, max_size=60), st.randoms(use_true_random=False), st.data())
def test_any_order_and_any_repetition_give_the_same_track(
    track: list[TrackPoint], dice: random.Random, data: st.DataObject
) -> None:
    whole = sort_points(track, [[SHIFT]])
    again = track + data.draw(st.lists(st.sampled_from(track), max_size=20)) if track else []
    dice.shuffle(again)
    kept = sort_points(again, [[SHIFT]])
    assert kept.kept == whole.kept
    assert kept.outside >= whole.outside
    assert joined([p] for p in reversed(whole.kept.get(0, []))) == whole.kept.get(0, [])
    assert all(SHIFT[0] - AROUND_SHIFT_MS <= p.at_ms <= SHIFT[1] + AROUND_SHIFT_MS for p in whole.kept.get(0, []))


@given(st.lists(points, max_size=60))
def test_what_is_kept_is_read_again_exactly(track: list[TrackPoint]) -> None:
    kept = joined([[rounded(p) for p in track]])
    assert decode(encode(kept)) == kept


def test_a_day_of_points_is_small() -> None:
    dice = random.Random(1)
    track = [at(s * 14, dice.gauss(s, 3), dice.gauss(0, 3), dice.choice((4.0, 8.5, 12.0))) for s in range(2_000)]
    assert len(encode(track)) < 2_000 * 9


def test_points_outside_the_shift_are_only_counted() -> None:
    early, edge, late = at(-901, 0), at(-900, 0), at(8 * 3_600 + 901, 0)
    found = sort_points([early, edge, late, TrackPoint(T0, 500.0, 23.0)], [[SHIFT]])
    assert (found.kept, found.outside, found.invalid) == ({0: [edge]}, 2, 1)
    assert sort_points([edge], [[SHIFT]], frozenset({edge.at_ms})).known == 1
    assert sort_points([edge], []).outside == 1


def test_what_somebody_does_between_two_stretches_is_theirs() -> None:
    morning, evening = (T0, T0 + 180 * MIN), (T0 + 600 * MIN, T0 + 780 * MIN)
    track = [at(60 * minute, 0) for minute in (100, 190, 196, 400, 584, 586, 700)]
    found = sort_points(track, [[morning, evening]])
    assert ([(p.at_ms - T0) // MIN for p in found.kept[0]], found.outside) == ([100, 190, 586, 700], 3)


# -- coverage ------------------------------------------------------------------------------------------------------


def cover(track: list[TrackPoint], mode: Mode = Mode.walking, minutes: float = 20):  # type: ignore[no-untyped-def]
    since = track[0].at_ms if track else T0
    return coverage(EAST, 5.0, Track.of(track), (since, round(since + minutes * MIN)), mode)


def test_a_road_walked_once_is_covered_once() -> None:
    found = cover(walk(0, 0, 1_000), minutes=1_000 / 1.2 / 60)
    assert (found.covered_percent, found.uncovered_percent, found.unknown_percent, found.passes) == (100, 0, 0, 1)
    assert found.length_m == pytest.approx(1_000, abs=0.5)
    back = cover([*walk(0, 0, 1_000), *walk(900, 1_000, 0)], minutes=29)
    assert (back.covered_percent, back.passes) == (100, 2)


def test_what_was_not_walked_is_drawn() -> None:
    found = cover([*walk(0, 0, 400), *walk(350, 400, 0)], minutes=11.5)
    assert found.covered_percent == pytest.approx(41, abs=2)
    assert found.uncovered_percent == pytest.approx(59, abs=2)
    assert (found.unknown_percent, found.passes, len(found.uncovered)) == (0, 0, 1)
    (west, _), (east, _) = found.uncovered[0][0], found.uncovered[0][-1]
    assert PLANE.point(east, POST[1])[0] - PLANE.point(west, POST[1])[0] == pytest.approx(590, abs=15)


def test_a_hole_in_the_track_is_unknown_and_not_uncovered() -> None:
    track = [p for p in walk(0, 0, 1_000) if not 300 < (p.at_ms - T0) / 1_000 < 500]
    found = cover(track, minutes=14)
    assert found.uncovered_percent == 0
    assert found.unknown_percent == pytest.approx(20, abs=3)
    assert len(found.unknown) == 1


def test_bad_accuracy_is_unknown() -> None:
    blurred = [p._replace(accuracy_m=80.0 if 300 <= (p.at_ms - T0) / 1_000 < 500 else 5.0) for p in walk(0, 0, 1_000)]
    assert cover(blurred, minutes=14).unknown_percent == pytest.approx(21, abs=4)
    silent = cover([], minutes=480)
    assert (silent.unknown_percent, silent.covered_percent) == (100, 0)


@pytest.mark.parametrize(("mps", "mode", "covered"), [(8.0, Mode.walking, 0), (4.0, Mode.sweeper, 100), (0.1, None, 0)])
def test_speed_must_fit_the_work(mps: float, mode: Mode | None, covered: float) -> None:
    end = 1_000 if mode else 60
    track = walk(0, 0, end, mps)
    found = cover(track, mode or Mode.walking, minutes=(track[-1].at_ms - T0) / MIN)
    assert found.covered_percent == covered


@settings(max_examples=20)
@given(st.randoms(use_true_random=False), st.integers(1, 7))
def test_coverage_is_the_same_however_batches_arrive(dice: random.Random, parts: int) -> None:
    track = walk(0, 0, 700)
    batches = [track[i::parts] for i in range(parts)] * 2
    dice.shuffle(batches)
    assert cover(joined(batches)) == cover(track)
    assert Track.read(map(encode, batches)).points() == joined(batches) == track


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(-200, 1_200), st.floats(-60, 60), st.floats(0, 200)), max_size=30))
def test_the_three_shares_are_a_whole(steps: list[tuple[float, float, float]]) -> None:
    found = cover([at(20 * i, *step) for i, step in enumerate(steps)])
    assert found.covered_percent + found.uncovered_percent + found.unknown_percent == pytest.approx(100, abs=0.11)


# -- staying, leaving, crossing ------------------------------------------------------------------------------------


def still(minutes: int, start_s: int = 0, east_m: float = 0, **more: float) -> list[TrackPoint]:
    return [at(start_s + 60 * i, east_m + i % 3, **more) for i in range(minutes + 1)]


def test_a_long_stay_is_found_and_a_silence_proves_none() -> None:
    found = longest_stay(Track.of([*still(40), *walk(2_500, 0, 500)]))
    assert found is not None
    assert (found.proof, found.known_ms // MIN) == (Proof.over, 43)
    quiet = longest_stay(Track.of([at(0, 0), at(45 * 60, 3)]))
    assert quiet is not None
    assert (quiet.proof, quiet.known_ms, quiet.unknown_ms) == (Proof.unknown, 0, 45 * MIN)
    short = longest_stay(Track.of(still(20)))
    assert short is not None
    assert short.proof is Proof.within
    assert longest_stay(Track.of(still(40, accuracy_m=300.0))) is None


def test_breaks_and_rest_places_are_no_stay() -> None:
    lunch = (T0 + 15 * MIN, T0 + 30 * MIN)
    found = longest_stay(Track.of(still(45)), excused=[lunch])
    assert found is not None
    assert found.proof is Proof.within
    assert longest_stay(Track.of(still(45)), rest=CIRCLE) is None


def test_off_post_is_confirmed_time_away_until_surely_inside_again() -> None:
    away = [*still(5), *still(20, 360, 400), *still(5, 1_620)]
    posted = at_post(Track.of(away), CIRCLE, SHIFT)
    assert len(posted.off_post) == 1
    off = posted.off_post[0]
    assert (off.ended, (off.until_ms - off.since_ms) // MIN) == (True, 21)
    assert posted.inside_ms == 10 * MIN
    assert posted.unknown_ms == 8 * 60 * MIN - posted.inside_ms - posted.outside_ms


def test_a_break_is_no_time_of_the_shift() -> None:
    lunch = (T0 + 10 * MIN, T0 + 60 * MIN)
    out = Track.of([*still(10), *still(48, 660, 400), *still(10, 3_600)])
    assert len(at_post(out, CIRCLE, SHIFT).off_post) == 1
    posted = at_post(out, CIRCLE, SHIFT, breaks=[lunch])
    assert posted.off_post == ()
    assert posted.unknown_ms == (8 * 60 - 50) * MIN - posted.inside_ms - posted.outside_ms
    west = [*walk(0, 0, 300), *walk(7_450, 300, 0)]
    alone = (T0 + 251_000, T0 + 7_449_000)
    span = (T0, west[-1].at_ms)
    assert coverage(EAST, 5.0, Track.of(west), span).unknown_percent > 60
    assert coverage(EAST, 5.0, Track.of(west), span, breaks=[alone]).unknown_percent < 3


def test_neither_a_poor_fix_nor_a_silence_starts_an_alarm() -> None:
    assert at_post(Track.of(still(60, 0, 400, accuracy_m=150.0)), CIRCLE, SHIFT).off_post == ()
    assert at_post(Track.of([at(0, 400), at(3_600, 400)]), CIRCLE, SHIFT).off_post == ()
    broken = [p for p in still(60, 0, 400) if (p.at_ms - T0) // MIN % 12 < 9]
    assert at_post(Track.of(broken), CIRCLE, SHIFT).off_post == ()
    errand = (T0 + 5 * MIN, T0 + 50 * MIN)
    assert at_post(Track.of(still(60, 0, 400)), CIRCLE, SHIFT, excused=[errand]).off_post == ()
    lasting = at_post(Track.of(still(30, 0, 400)), CIRCLE, SHIFT).off_post[0]
    assert (lasting.ended, lasting.unknown_ms) == (False, 0)


def test_a_fence_is_crossed_between_two_sure_points() -> None:
    zone = CIRCLE[0][1]
    through = crossings(Track.of(walk(0, -300, 300, every_s=20)), zone)
    assert [c.how for c in through] == [Crossed.entered, Crossed.left]
    assert all(c.certain for c in through)
    leap = [at(0, -90, 200), at(60, 0, 60, 300.0), at(90, 90, 200)]
    assert crossings(Track.of(leap), zone) == []
    fast = [at(0, -150), at(30, 150)]
    assert [c.how for c in crossings(Track.of(fast), zone)] == [Crossed.passed_through]
    late = crossings(Track.of([at(0, 0), at(1_200, 400)]), zone)
    assert [(c.how, c.certain) for c in late] == [(Crossed.left, False)]
