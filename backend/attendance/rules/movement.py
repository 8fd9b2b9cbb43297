"""What a track says of staying too long, of leaving a post, of crossing a fence; and what it cannot say. Pure.

A poor fix or a hole in the track never starts an alarm: it is told as unknown time.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Any

from backend.attendance.rules.index import places_of
from backend.attendance.rules.shifts import Span
from backend.attendance.rules.tracks import TrackPoint
from backend.kernel.calendar import MINUTE_MS
from backend.kernel.geo import Plane, Zone, plane_at
from mobile_contract.attendance import Place
from mobile_contract.verdicts import ACCURACY_CAP_M

STAY_RADIUS_M = 50.0
STAY_MAX_MS = 30 * MINUTE_MS
OFF_POST_MAX_MS = 15 * MINUTE_MS
SILENCE_MAX_MS = 2 * MINUTE_MS
"""Between two points farther apart in time nobody can tell."""


class Proof(StrEnum):
    """How far the track proves it."""

    over = "over"
    within = "within"
    unknown = "unknown"
    """Over the limit only if the unknown time is counted."""


def _excused(at_ms: int, spans: Sequence[Span]) -> bool:
    return any(since <= at_ms < until for since, until in spans)


# -- staying -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stay:
    """The longest time in one place of fifty metres."""

    proof: Proof
    since_ms: int
    until_ms: int
    known_ms: int
    unknown_ms: int
    longitude: float
    latitude: float


def longest_stay(
    track: Sequence[TrackPoint], excused: Sequence[Span] = (), rest: Sequence[tuple[str, Zone]] = ()
) -> Stay | None:
    """The longest stay on shift, breaks and rest places left out; None for a track without a believable point."""
    resting = places(track, rest) if rest else [Place.no_fence] * len(track)
    points = [
        p
        for p, place in zip(track, resting, strict=True)
        if _believable(p) and not _excused(p.at_ms, excused) and place is not Place.inside
    ]
    if not points:
        return None
    plane = plane_at(points[0].longitude, points[0].latitude)
    flat = _flat(plane, points)
    known = [0, *accumulate(q.at_ms - p.at_ms if _near(p, q) else 0 for p, q in pairwise(points))]

    def weight(first: int, last: int) -> tuple[int, int]:
        sure_ms = known[last] - known[first]
        return sure_ms, points[last].at_ms - points[first].at_ms - sure_ms

    first, last = _longest(flat, _floors(points, excused), weight)
    known_ms, unknown_ms = weight(first, last)
    proof = Proof.over if known_ms > STAY_MAX_MS else Proof.within
    if proof is Proof.within and known_ms + unknown_ms > STAY_MAX_MS:
        proof = Proof.unknown
    x, y, _ = _circle(flat[first : last + 1])
    place = plane.place(x, y)
    return Stay(proof, points[first].at_ms, points[last].at_ms, known_ms, unknown_ms, *(round(n, 6) for n in place))


def _near(p: TrackPoint, q: TrackPoint) -> bool:
    return q.at_ms - p.at_ms <= SILENCE_MAX_MS


def _believable(point: TrackPoint) -> bool:
    return point.accuracy_m is not None and point.accuracy_m <= ACCURACY_CAP_M


def _flat(plane: Plane, points: Sequence[TrackPoint]) -> Any:
    import numpy as np

    return np.column_stack(plane.points([p.longitude for p in points], [p.latitude for p in points]))


def places(track: Sequence[TrackPoint], zones: Sequence[tuple[str, Zone]]) -> list[Place]:
    """Where each point was: inside some zone, outside all, or unsure."""
    import numpy as np

    longitudes, latitudes = np.array([p.longitude for p in track]), np.array([p.latitude for p in track])
    accuracies = np.array([np.nan if p.accuracy_m is None else p.accuracy_m for p in track])
    metres = np.full(len(track), np.inf)
    for _, zone in zones:
        metres = np.minimum(metres, zone.distances_m(longitudes, latitudes))
    return places_of(metres, accuracies, np.zeros(len(track), dtype=bool))


def _floors(points: Sequence[TrackPoint], excused: Sequence[Span]) -> list[int]:
    """For each point the first that it may be in a run with: an excused time between two points parts them."""
    floors = [0]
    for number, (p, q) in enumerate(pairwise(points), 1):
        parted = any(p.at_ms < until and since < q.at_ms for since, until in excused)
        floors.append(number if parted else floors[-1])
    return floors


def _longest(flat: Any, floors: Sequence[int], weight: Callable[[int, int], tuple[int, int]]) -> tuple[int, int]:
    """The weightiest run of points that fits in a circle; of equal ones the first.

    A longer run weighs more. So for each last point only the shortest run that would outweigh the best is tried.
    """
    spots = flat.tolist()
    best, most, middle, first = (0, 0), (0, 0), spots[0], 0
    for last in range(1, len(spots)):
        if best[1] == last - 1 and floors[last] <= best[0] and math.dist(middle, spots[last]) <= STAY_RADIUS_M:
            best, most = (best[0], last), weight(best[0], last)
            continue
        first = max(first, floors[last])
        while first < last and weight(first + 1, last) > most:
            first += 1
        far = (math.dist(spots[n], spots[last]) for n in (first, (first + last) // 2))
        if max(far) > 2 * STAY_RADIUS_M or weight(first, last) <= most:  # whoever walks on is soon too far
            continue
        found = _fitting(flat[: last + 1], floors[last], first)
        if found is not None:
            first, middle = found
            best, most = (first, last), weight(first, last)
    return best


def _fitting(flat: Any, floor: int, first: int) -> tuple[int, tuple[float, float]] | None:
    """The longest run up to the end that fits in a circle, its start between `floor` and `first`, and such a middle;
    None when the run from `first` does not fit.

    What holds a run that fits holds every shorter one, so the start is found by halving.
    """
    *centre, radius_m = _circle(flat[first:])
    if radius_m > STAY_RADIUS_M:
        return None
    low, high, middle = floor, first, (centre[0], centre[1])
    while low < high:
        tried = (low + high) // 2
        *centre, radius_m = _circle(flat[tried:])
        if radius_m <= STAY_RADIUS_M:
            high, middle = tried, (centre[0], centre[1])
        else:
            low = tried + 1
    return high, middle


def _circle(way: Any) -> tuple[float, float, float]:
    """The smallest circle around points, an array: x, y, radius; infinite where a look at their box says too large."""
    import shapely

    (west, south), (east, north) = way.min(axis=0).tolist(), way.max(axis=0).tolist()
    if max(east - west, north - south) > 2 * STAY_RADIUS_M:
        return west, south, math.inf
    if west == east and south == north:
        return west, south, 1e-6
    west, south, east, north = shapely.bounds(shapely.minimum_bounding_circle(shapely.linestrings(way))).tolist()
    return (west + east) / 2, (south + north) / 2, (east - west) / 2 + 1e-6


# -- off the post --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OffPost:
    """A time away from the post, confirmed for longer than allowed."""

    since_ms: int
    until_ms: int
    """The first point surely inside again, or the last point of the track."""
    ended: bool
    confirmed_ms: int
    unknown_ms: int


@dataclass(frozen=True, slots=True)
class Posted:
    """How a track relates to a post."""

    off_post: tuple[OffPost, ...]
    inside_ms: int
    outside_ms: int
    unknown_ms: int
    """Shift time of which nothing is proved, silences and excused times apart."""


def at_post(
    track: Sequence[TrackPoint], post: Sequence[tuple[str, Zone]], span: Span, excused: Sequence[Span] = ()
) -> Posted:
    """Whether somebody left their post: only an unbroken run of points surely outside, for longer than 15 minutes."""
    within = [p for p in track if span[0] <= p.at_ms <= span[1]]
    seen = list(zip(within, places(within, post), strict=True))
    inside_ms = outside_ms = 0
    for (p, before), (q, after) in pairwise(seen):
        if q.at_ms - p.at_ms <= SILENCE_MAX_MS and before is after:
            inside_ms += (q.at_ms - p.at_ms) * (before is Place.inside)
            outside_ms += (q.at_ms - p.at_ms) * (before is Place.outside)
    away = _away(seen, excused)
    unknown_ms = max(0, span[1] - span[0] - inside_ms - outside_ms)
    return Posted(tuple(away), inside_ms, outside_ms, unknown_ms)


_Seen = Sequence[tuple[TrackPoint, Place]]


def _away(seen: _Seen, excused: Sequence[Span]) -> list[OffPost]:
    found: list[OffPost] = []
    number = 0
    while number < len(seen):
        end = _run_end(seen, number, excused)
        run_ms = seen[end][0].at_ms - seen[number][0].at_ms if end >= number else 0
        if run_ms <= OFF_POST_MAX_MS:
            number = max(end, number) + 1
            continue
        back = next((n for n in range(end + 1, len(seen)) if seen[n][1] is Place.inside), None)
        last = len(seen) - 1 if back is None else back
        since, until = seen[number][0].at_ms, seen[last][0].at_ms
        sure = _confirmed(seen[number : last + 1])
        found.append(OffPost(since, until, back is not None, sure, until - since - sure))
        number = last + 1
    return found


def _run_end(seen: _Seen, first: int, excused: Sequence[Span]) -> int:
    """The last of a run of points surely outside without silence between them; before `first` when it is none."""
    last = first - 1
    for number in range(first, len(seen)):
        point, place = seen[number]
        silent = number > first and point.at_ms - seen[number - 1][0].at_ms > SILENCE_MAX_MS
        if place is not Place.outside or silent or _excused(point.at_ms, excused):
            break
        last = number
    return last


def _confirmed(seen: _Seen) -> int:
    outside = ((p, q) for (p, a), (q, b) in pairwise(seen) if a is b is Place.outside)
    return sum(q.at_ms - p.at_ms for p, q in outside if q.at_ms - p.at_ms <= SILENCE_MAX_MS)


# -- crossing ------------------------------------------------------------------------------------------------------


class Crossed(StrEnum):
    """How a fence was crossed."""

    entered = "entered"
    left = "left"
    passed_through = "passed_through"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A crossing of a fence, some time between two instants."""

    how: Crossed
    since_ms: int
    until_ms: int
    certain: bool
    """Whether the track was unbroken meanwhile; otherwise when it happened is unknown, not whether."""


def crossings(track: Sequence[TrackPoint], zone: Zone) -> list[Crossing]:
    """Crossings of a fence between points that are surely inside or outside; an unsure point decides nothing."""
    seen = places(track, [("", zone)])
    sure = [number for number, place in enumerate(seen) if place in (Place.inside, Place.outside)]
    through = _through(track, seen, sure, zone)
    found = []
    for m, n in pairwise(sure):
        p, q = track[m], track[n]
        how = Crossed.passed_through if (m, n) in through else None
        if seen[m] is not seen[n]:
            how = Crossed.entered if seen[n] is Place.inside else Crossed.left
        if how is not None:
            found.append(Crossing(how, p.at_ms, q.at_ms, q.at_ms - p.at_ms <= SILENCE_MAX_MS))
    return found


def _through(
    track: Sequence[TrackPoint], seen: Sequence[Place], sure: Sequence[int], zone: Zone
) -> set[tuple[int, int]]:
    """Unbroken ways between two points outside that touch the fence."""
    import numpy as np
    import shapely

    ways = [
        (m, n)
        for m, n in pairwise(sure)
        if seen[m] is seen[n] is Place.outside and track[n].at_ms - track[m].at_ms <= SILENCE_MAX_MS
    ]
    if not ways:
        return set()
    longitudes, latitudes = np.array([p.longitude for p in track]), np.array([p.latitude for p in track])
    flat = np.column_stack(zone.plane.points(longitudes, latitudes))
    touching = shapely.dwithin(zone.flat, shapely.linestrings(flat[np.array(ways)]), zone.radius_m)
    return {way for way, touches in zip(ways, touching.tolist(), strict=True) if touches}
