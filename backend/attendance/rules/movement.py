"""What a track says of staying too long, of leaving a post, of crossing a fence; and what it cannot say. Pure.

A poor fix or a hole in the track never starts an alarm: it is told as unknown time.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.attendance.rules.index import INSIDE, OUTSIDE, PLACES, UNSURE, place_numbers
from backend.attendance.rules.shifts import Span
from backend.attendance.rules.tracks import Track, worked_ms
from backend.kernel.calendar import MINUTE_MS
from backend.kernel.geo import Zone, plane_at
from mobile_contract.attendance import Place
from mobile_contract.verdicts import ACCURACY_CAP_M

STAY_RADIUS_M = 50.0
STAY_MAX_MS = 30 * MINUTE_MS
OFF_POST_MAX_MS = 15 * MINUTE_MS
LASTS_AT_ONCE = 256
"""Points of a track that are looked through together for the end of a long stay."""
SLACK_M = 0.001
"""What rounding may take from a distance."""
_DAYS_MS = 1 << 31
"""More milliseconds than a track can last."""
SILENCE_MAX_MS = 2 * MINUTE_MS
"""Between two points farther apart in time nobody can tell."""


class Proof(StrEnum):
    """How far the track proves it."""

    over = "over"
    within = "within"
    unknown = "unknown"
    """Over the limit only if the unknown time is counted."""


def _excused(at_ms: Any, spans: Sequence[Span]) -> Any:
    """Of each instant whether it lies in a time for which one may be away."""
    import numpy as np

    found = np.zeros(len(at_ms), dtype=bool)
    for since, until in spans:
        found |= (since <= at_ms) & (at_ms < until)
    return found


def places(track: Track, zones: Sequence[tuple[str, Zone]]) -> list[Place]:
    """Where each point was: inside some zone, outside all, or unsure."""
    return [PLACES[number] for number in _places(track, zones).tolist()]


def _places(track: Track, zones: Sequence[tuple[str, Zone]]) -> Any:
    """As `places`, an array of numbers in PLACES."""
    import numpy as np
    import shapely

    metres = np.full(len(track), np.inf)
    points: dict[int, Any] = {}
    for _, zone in zones:
        if id(zone.plane) not in points:
            points[id(zone.plane)] = shapely.points(track.flat(zone.plane))
        metres = np.minimum(metres, zone.all_signed_m(points[id(zone.plane)]))
    return place_numbers(metres, track.accuracies_m)


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


def longest_stay(track: Track, excused: Sequence[Span] = (), rest: Sequence[tuple[str, Zone]] = ()) -> Stay | None:
    """The longest stay on shift, breaks and rest places left out; None for a track without a believable point."""
    wanted = (track.accuracies_m <= ACCURACY_CAP_M) & ~_excused(track.at_ms, excused)
    if rest:
        wanted &= _places(track, rest) != INSIDE
    points = track[wanted]
    if not len(points):
        return None
    plane = plane_at(points.longitudes[0], points.latitudes[0])
    flat, known = points.flat(plane), _known_ms(points.at_ms)
    first, last = _longest(flat, _floors(points.at_ms, excused), known * _DAYS_MS + points.at_ms - points.at_ms[0])
    since_ms, until_ms = int(points.at_ms[first]), int(points.at_ms[last])
    known_ms = int(known[last] - known[first])
    unknown_ms = until_ms - since_ms - known_ms
    proof = Proof.over if known_ms > STAY_MAX_MS else Proof.within
    if proof is Proof.within and known_ms + unknown_ms > STAY_MAX_MS:
        proof = Proof.unknown
    x, y, _ = _circle(flat[first : last + 1])
    longitude, latitude = (round(degrees, 6) for degrees in plane.place(x, y))
    return Stay(proof, since_ms, until_ms, known_ms, unknown_ms, longitude, latitude)


def _known_ms(at_ms: Any) -> Any:
    """Up to each point the time in which the track was not silent."""
    import numpy as np

    steps = np.diff(at_ms)
    return np.concatenate(([0], np.cumsum(np.where(steps <= SILENCE_MAX_MS, steps, 0))))


def _floors(at_ms: Any, excused: Sequence[Span]) -> Any:
    """For each point the first that it may be in a run with: an excused time between two points parts them."""
    import numpy as np

    parted = np.zeros(len(at_ms), dtype=bool)
    for since, until in excused:
        parted[1:] |= (at_ms[:-1] < until) & (since < at_ms[1:])
    return np.maximum.accumulate(np.where(parted, np.arange(len(at_ms)), 0))


def _longest(flat: Any, floors: Any, weights: Any) -> tuple[int, int]:
    """The weightiest run of points that fits in a circle; of equal ones the first.

    A run weighs the difference of its ends' weights: first what is known, then all; a longer run weighs more. So of
    the runs to a last point only the shortest that would outweigh the best is tried.
    """
    best, most, last = (0, 0), 0, 1
    while (ends := _promising(flat, floors, weights, most, last)) is not None:
        first, last = ends
        found = _fitting(flat[: last + 1], int(floors[last]), first)
        if found is not None:
            first, middle = found
            last = _stretched(flat, floors, first, last, middle)
            best, most = (first, last), int(weights[last] - weights[first])
        last += 1
    return best


def _promising(flat: Any, floors: Any, weights: Any, most: int, start: int) -> tuple[int, int] | None:
    """The ends of the next run that may fit and outweighs the best: its last point from `start` on."""
    import numpy as np

    for low in range(start, len(flat), LASTS_AT_ONCE):
        lasts = np.arange(low, min(low + LASTS_AT_ONCE, len(flat)))
        firsts = np.searchsorted(weights, weights[lasts] - most) - 1
        lasts, firsts = lasts[firsts >= floors[lasts]], firsts[firsts >= floors[lasts]]
        near = np.ones(len(lasts), dtype=bool)
        for tried in (firsts, (firsts + lasts) // 2):  # whoever walks on is soon too far
            near &= np.hypot(*(flat[tried] - flat[lasts]).T) <= 2 * STAY_RADIUS_M + SLACK_M
        if near.any():
            number = int(near.argmax())
            return int(firsts[number]), int(lasts[number])
    return None


def _stretched(flat: Any, floors: Any, first: int, last: int, middle: tuple[float, float]) -> int:
    """How far on a run goes that keeps in the same circle."""
    import numpy as np

    for low in range(last + 1, len(flat), LASTS_AT_ONCE):
        some = slice(low, low + LASTS_AT_ONCE)
        gone = (floors[some] > first) | (np.hypot(*(flat[some] - middle).T) > STAY_RADIUS_M)
        if gone.any():
            return low + int(gone.argmax()) - 1
    return len(flat) - 1


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
    track: Track,
    post: Sequence[tuple[str, Zone]],
    span: Span,
    excused: Sequence[Span] = (),
    breaks: Sequence[Span] = (),
) -> Posted:
    """Whether somebody left their post: only an unbroken run of points surely outside, for longer than 15 minutes.
    Breaks are no time of the shift; in excused times one may be elsewhere."""
    import numpy as np

    within = track[(span[0] <= track.at_ms) & (track.at_ms <= span[1]) & ~_excused(track.at_ms, breaks)]
    seen = _places(within, post)
    steps = np.diff(within.at_ms)
    alike = (steps <= SILENCE_MAX_MS) & (seen[1:] == seen[:-1])
    inside_ms = int(steps[alike & (seen[1:] == INSIDE)].sum())
    confirmed_ms = np.concatenate(([0], np.cumsum(np.where(alike & (seen[1:] == OUTSIDE), steps, 0))))
    outside_ms = int(confirmed_ms[-1])
    away = _away(within.at_ms, seen, confirmed_ms, excused)
    unknown_ms = max(0, int(worked_ms(*span, breaks)) - inside_ms - outside_ms)
    return Posted(tuple(away), inside_ms, outside_ms, unknown_ms)


def _away(at_ms: Any, seen: Any, confirmed_ms: Any, excused: Sequence[Span]) -> list[OffPost]:
    import numpy as np

    back_at = np.flatnonzero(seen == INSIDE)
    found: list[OffPost] = []
    end = -1
    for first, last in _runs_outside(at_ms, seen, excused):
        if first <= end or at_ms[last] - at_ms[first] <= OFF_POST_MAX_MS:
            continue
        later = back_at[np.searchsorted(back_at, last) :]
        end = int(later[0]) if len(later) else len(seen) - 1
        since, until = int(at_ms[first]), int(at_ms[end])
        sure = int(confirmed_ms[end] - confirmed_ms[first])
        found.append(OffPost(since, until, len(later) > 0, sure, until - since - sure))
    return found


def _runs_outside(at_ms: Any, seen: Any, excused: Sequence[Span]) -> list[tuple[int, int]]:
    """Ends of the runs of points surely outside, without silence between them."""
    import numpy as np

    out = (seen == OUTSIDE) & ~_excused(at_ms, excused)
    linked = out[:-1] & out[1:] & (np.diff(at_ms) <= SILENCE_MAX_MS)
    firsts = np.flatnonzero(out & ~np.concatenate(([False], linked)))
    lasts = np.flatnonzero(out & ~np.concatenate((linked, [False])))
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


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


def crossings(track: Track, zone: Zone) -> list[Crossing]:
    """Crossings of a fence between points that are surely inside or outside; an unsure point decides nothing."""
    import numpy as np

    seen = _places(track, [("", zone)])
    sure = track[seen != UNSURE]
    seen, flat = seen[seen != UNSURE], sure.flat(zone.plane)
    unbroken = np.diff(sure.at_ms) <= SILENCE_MAX_MS
    through = np.flatnonzero(unbroken & (seen[1:] == OUTSIDE) & (seen[:-1] == OUTSIDE))
    through = through[_touching(flat[through], flat[through + 1], zone)]
    changed = np.flatnonzero(seen[1:] != seen[:-1])
    words = dict.fromkeys(through.tolist(), Crossed.passed_through)
    words |= {n: Crossed.entered if seen[n + 1] == INSIDE else Crossed.left for n in changed.tolist()}
    return [Crossing(words[n], int(sure.at_ms[n]), int(sure.at_ms[n + 1]), bool(unbroken[n])) for n in sorted(words)]


def _touching(a: Any, b: Any, zone: Zone) -> Any:
    """Which of the ways from one point of the plane to another touch the fence."""
    import numpy as np
    import shapely

    return shapely.dwithin(zone.flat, shapely.linestrings(np.stack((a, b), axis=1)), zone.radius_m)
