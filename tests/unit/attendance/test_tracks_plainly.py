"""What a track comes to, computed on whole arrays, is what the same rules say told point by point."""

from itertools import pairwise

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.attendance.rules import zone_of
from backend.attendance.rules.coverage import CELL_M, SPEEDS_MPS, Mode, coverage
from backend.attendance.rules.movement import Crossed, at_post, crossings, longest_stay
from backend.attendance.rules.tracks import Track, TrackPoint
from backend.kernel.geo import plane_at

T0 = 1_788_220_800_000
POST = (113.2732, 23.1815)
PLANE = plane_at(*POST)
X0, Y0 = PLANE.point(*POST)
ZONE = zone_of(f'{{"type":"Point","coordinates":[{POST[0]},{POST[1]}]}}', 80.0)
ROAD = {"type": "LineString", "coordinates": [list(PLANE.place(X0, Y0)), list(PLANE.place(X0 + 300, Y0 + 20))]}
SILENCE_MS = 120_000
Step = tuple[int, float, float, float | None]
accuracies = st.sampled_from([5.0, 8.0, 25.0, 45.0, 150.0, None])
strides = st.tuples(st.sampled_from([10, 20, 60, 119, 121, 400]), st.floats(-70, 90), st.floats(-40, 40), accuracies)
rests = st.tuples(st.just(60), st.floats(-6, 6), st.floats(-6, 6), st.sampled_from([5.0, 8.0]))
minutes = st.integers(0, 60).map(lambda minute: T0 + minute * 60_000)
spans = st.lists(st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1]), max_size=2)


def walked(steps: list[Step]) -> list[TrackPoint]:
    at_ms, x, y, found = T0, X0, Y0, []
    for seconds, east, north, accuracy_m in steps:
        at_ms, x, y = at_ms + seconds * 1_000, x + east, y + north
        found.append(TrackPoint(at_ms, *PLANE.place(x, y), accuracy_m))
    return found


tracks = st.lists(st.one_of(strides, rests, st.lists(rests, min_size=5, max_size=20)), max_size=40).map(
    lambda parts: walked([step for part in parts for step in (part if isinstance(part, list) else [part])])
)


def excused(at_ms: int, away: list[tuple[int, int]]) -> bool:
    return any(since <= at_ms < until for since, until in away)


def place(point: TrackPoint) -> str:
    metres, accuracy_m = ZONE.distance_m(point.longitude, point.latitude), point.accuracy_m
    if accuracy_m is None:
        return "unsure"
    if metres <= -accuracy_m or (metres <= 0 and accuracy_m <= 30):
        return "inside"
    return "outside" if metres > accuracy_m + 10 and accuracy_m <= 100 else "unsure"


@settings(max_examples=40, deadline=None)
@given(tracks, spans)
def test_leaving_a_post(track: list[TrackPoint], away: list[tuple[int, int]]) -> None:
    posted = at_post(Track.of(track), [("post", ZONE)], (T0, T0 + 3_600_000), away)
    seen = [(point, place(point)) for point in track if point.at_ms <= T0 + 3_600_000]
    sure = {"inside": 0, "outside": 0, "unsure": 0}
    for (p, before), (q, after) in pairwise(seen):
        if before == after and q.at_ms - p.at_ms <= SILENCE_MS:
            sure[before] += q.at_ms - p.at_ms
    assert (posted.inside_ms, posted.outside_ms) == (sure["inside"], sure["outside"])
    told, number = [], 0
    while number < len(seen):
        end = number
        while (
            end < len(seen)
            and seen[end][1] == "outside"
            and not excused(seen[end][0].at_ms, away)
            and (end == number or seen[end][0].at_ms - seen[end - 1][0].at_ms <= SILENCE_MS)
        ):
            end += 1
        if end == number or seen[end - 1][0].at_ms - seen[number][0].at_ms <= 15 * 60_000:
            number = max(end, number + 1)
            continue
        back = next((n for n in range(end, len(seen)) if seen[n][1] == "inside"), None)
        last = len(seen) - 1 if back is None else back
        told.append((seen[number][0].at_ms, seen[last][0].at_ms, back is not None))
        number = last + 1
    assert [(off.since_ms, off.until_ms, off.ended) for off in posted.off_post] == told


@settings(max_examples=25, deadline=None)
@given(tracks, spans)
def test_staying_in_one_place(track: list[TrackPoint], away: list[tuple[int, int]]) -> None:
    points = [p for p in track if p.accuracy_m is not None and p.accuracy_m <= 100 and not excused(p.at_ms, away)]
    flat = [PLANE.point(p.longitude, p.latitude) for p in points]
    best, ends = (0, 0), (0, 0)
    for last in range(len(points)):
        known = 0
        for first in range(last - 1, -1, -1):
            p, q = points[first], points[first + 1]
            if any(p.at_ms < until and since < q.at_ms for since, until in away):
                break
            known += q.at_ms - p.at_ms if q.at_ms - p.at_ms <= SILENCE_MS else 0
            run = flat[first : last + 1]
            if shapely.minimum_bounding_radius(shapely.MultiPoint(run)) > 50:
                break
            weight = (known, points[last].at_ms - p.at_ms - known)
            if weight > best:
                best, ends = weight, (first, last)
    found = longest_stay(Track.of(track), away)
    assert (found is None) == (not points)
    if found is not None:
        assert (found.known_ms, found.unknown_ms) == best
        assert (found.since_ms, found.until_ms) == (points[ends[0]].at_ms, points[ends[1]].at_ms)


@settings(max_examples=40, deadline=None)
@given(tracks)
def test_crossing_a_fence(track: list[TrackPoint]) -> None:
    sure = [(p, place(p)) for p in track if place(p) != "unsure"]
    told = []
    for (p, before), (q, after) in pairwise(sure):
        way = shapely.LineString([PLANE.point(p.longitude, p.latitude), PLANE.point(q.longitude, q.latitude)])
        unbroken = q.at_ms - p.at_ms <= SILENCE_MS
        if before != after:
            told.append((Crossed.entered if after == "inside" else Crossed.left, p.at_ms, q.at_ms, unbroken))
        elif unbroken and before == "outside" and way.distance(shapely.Point(X0, Y0)) <= 80:
            told.append((Crossed.passed_through, p.at_ms, q.at_ms, True))
    found = crossings(Track.of(track), ZONE)
    assert [(c.how, c.since_ms, c.until_ms, c.certain) for c in found] == told


@settings(max_examples=25, deadline=None)
@given(tracks, st.sampled_from(Mode))
def test_covering_a_road(track: list[TrackPoint], mode: Mode) -> None:
    line = PLANE.flatten(ROAD)
    count = int(-(-line.length // CELL_M))
    cells = [line.interpolate((n + 0.5) / count, normalized=True) for n in range(count)]
    slow, fast = SPEEDS_MPS[mode]
    covered = set()
    for p, q in pairwise(track):
        a, b = PLANE.point(p.longitude, p.latitude), PLANE.point(q.longitude, q.latitude)
        took_s, gone_m = (q.at_ms - p.at_ms) / 1_000, shapely.Point(a).distance(shapely.Point(b))
        worst_m = max(1_000.0 if point.accuracy_m is None else point.accuracy_m for point in (p, q))
        if took_s <= 60 and gone_m <= 100 and worst_m <= 30 and slow * took_s <= gone_m <= fast * took_s:
            reach_m = min(5.0 + worst_m, 25.0)
            covered |= {n for n, cell in enumerate(cells) if shapely.LineString([a, b]).distance(cell) <= reach_m}
    found = coverage(ROAD, 5.0, Track.of(track), (T0, T0 + 3_600_000), mode)
    assert found.covered_percent == round(100 * len(covered) / count, 1)
