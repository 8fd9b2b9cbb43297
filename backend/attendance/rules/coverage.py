"""How much of a responsible road somebody's track covers; what it leaves bare, and what nobody can know. Pure.

The road's centre-line is cut into cells of five metres. A cell is covered when a believable piece of the track passes
within reach. A cell that is not covered, while the track has a hole that could have held the passing, is unknown: a
phone without a fix is never held against its owner.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from backend.attendance.rules.shifts import Span
from backend.attendance.rules.tracks import TrackPoint
from backend.kernel.geo import Plane, bounds, plane_at

CELL_M = 5.0
GAP_MAX_MS = 60_000
GAP_MAX_M = 100.0
ACCURACY_MAX_M = 30.0
REACH_MAX_M = 25.0
"""Half the road's width and the accuracy together reach no farther."""
PASS_SHARE = 0.8
TURN_M = 50.0
"""Who goes back so far has turned round."""
BLUR_MAX_M = 200.0
"""A poor fix widens what may have been passed no farther."""


class Mode(StrEnum):
    """How the road is worked, which tells a believable speed."""

    walking = "walking"
    sweeper = "sweeper"


SPEEDS_MPS = {Mode.walking: (0.2, 3.0), Mode.sweeper: (0.5, 6.0)}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares of a road in percent, together 100; how often it was gone along; what was left bare or is unknown."""

    length_m: float
    covered_percent: float
    uncovered_percent: float
    unknown_percent: float
    passes: int
    uncovered: tuple[tuple[tuple[float, float], ...], ...]
    """LineStrings, WGS-84."""
    unknown: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class _Step:
    """From one point of the track to the next, on the plane."""

    a: tuple[float, float]
    b: tuple[float, float]
    took_s: float
    worst_m: float
    """The poorer accuracy of the two."""
    blind: bool
    """Nobody can tell where the phone was meanwhile."""
    good: bool
    """A believable passing at the mode's speed."""


_Cells = Sequence[tuple[float, float]]


def coverage(
    road: Mapping[str, Any], half_width_m: float, track: Sequence[TrackPoint], span: Span, mode: Mode = Mode.walking
) -> Coverage:
    """Coverage of a LineString (GeoJSON, WGS-84) by a track in order of time (see `joined`), in the time worked."""
    west, south, east, north = bounds(road)
    plane = plane_at((west + east) / 2, (south + north) / 2)
    line = plane.flatten(road)
    cells = _cells(line)
    flat = [(point, plane.point(point.longitude, point.latitude)) for point in track]
    steps = [_step(*p, *q, mode) for p, q in pairwise(flat)]
    hits = [
        _passed(cells, step.a, step.b, min(half_width_m + step.worst_m, REACH_MAX_M)) for step in steps if step.good
    ]
    covered = frozenset[int]().union(*hits)
    unknown = _hidden(cells, flat, steps, span, SPEEDS_MPS[mode][1]) - covered
    bare = frozenset(range(len(cells))) - covered - unknown
    covered_percent, bare_percent = (round(100 * len(part) / len(cells), 1) for part in (covered, bare))
    return Coverage(
        length_m=round(float(line.length), 1),
        covered_percent=covered_percent,
        uncovered_percent=bare_percent,
        unknown_percent=max(0.0, round(100 - covered_percent - bare_percent, 1)) if unknown else 0.0,
        passes=_passes(hits, len(cells)),
        uncovered=_pieces(line, plane, bare, len(cells)),
        unknown=_pieces(line, plane, unknown, len(cells)),
    )


def _cells(line: Any) -> _Cells:
    """The middles of the cells along the line."""
    count = max(1, math.ceil(line.length / CELL_M))
    points = (line.interpolate((i + 0.5) / count, normalized=True) for i in range(count))
    return [(point.x, point.y) for point in points]


def _step(p: TrackPoint, a: tuple[float, float], q: TrackPoint, b: tuple[float, float], mode: Mode) -> _Step:
    slow, fast = SPEEDS_MPS[mode]
    gone_m, took_ms = math.dist(a, b), q.at_ms - p.at_ms
    worst_m = max(_accuracy(p), _accuracy(q))
    blind = took_ms > GAP_MAX_MS or gone_m > GAP_MAX_M or worst_m > ACCURACY_MAX_M
    # who stands still drifts: that is no passing, and proves no absence either
    good = not blind and slow <= gone_m * 1000 / took_ms <= fast
    return _Step(a, b, took_ms / 1000, worst_m, blind, good)


def _accuracy(point: TrackPoint) -> float:
    return math.inf if point.accuracy_m is None else point.accuracy_m


def _passed(cells: _Cells, a: tuple[float, float], b: tuple[float, float], reach_m: float) -> frozenset[int]:
    """Cells that lie within reach of the way from a to b."""
    (ax, ay), (bx, by) = a, b
    dx, dy = bx - ax, by - ay
    squared = dx * dx + dy * dy
    low_x, high_x = min(ax, bx) - reach_m, max(ax, bx) + reach_m
    low_y, high_y = min(ay, by) - reach_m, max(ay, by) + reach_m
    found = []
    for number, (x, y) in enumerate(cells):
        if low_x <= x <= high_x and low_y <= y <= high_y:
            along = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / squared)) if squared else 0.0
            if math.hypot(x - ax - along * dx, y - ay - along * dy) <= reach_m:
                found.append(number)
    return frozenset(found)


# -- what nobody can know ------------------------------------------------------------------------------------------


def _hidden(
    cells: _Cells,
    flat: Sequence[tuple[TrackPoint, tuple[float, float]]],
    steps: Sequence[_Step],
    span: Span,
    fast_mps: float,
) -> frozenset[int]:
    """Cells that may have been passed while the track was silent or blurred."""
    if not flat:
        return frozenset(range(len(cells)))
    found: set[int] = set()
    for step in steps:
        if step.blind:
            blur_m = 2 * min(step.worst_m, BLUR_MAX_M)
            found |= _reachable(cells, step.a, step.b, step.took_s * fast_mps + blur_m)
    (first, start), (last, end) = flat[0], flat[-1]
    for place, quiet_ms in ((start, first.at_ms - span[0]), (end, span[1] - last.at_ms)):
        if quiet_ms > GAP_MAX_MS:
            found |= _reachable(cells, place, place, 2 * quiet_ms / 1000 * fast_mps)
    return frozenset(found)


def _reachable(cells: _Cells, a: tuple[float, float], b: tuple[float, float], way_m: float) -> set[int]:
    """Cells that a way of such a length from a to b can touch."""
    return {number for number, cell in enumerate(cells) if math.dist(a, cell) + math.dist(cell, b) <= way_m}


# -- passes and pieces ---------------------------------------------------------------------------------------------


def _passes(hits: Sequence[frozenset[int]], count: int) -> int:
    """How often the road was gone along: traversals in one direction that cover at least 80 % of it."""
    turn = TURN_M / CELL_M
    way = [(sum(found) / len(found), found) for found in hits if found]
    passes, start, extreme, heading = 0, 0, 0, 0
    for number, (middle, _) in enumerate(way):
        ahead = middle - way[extreme][0]
        if heading == 0 and abs(middle - way[start][0]) > turn:
            heading, extreme = (1 if middle > way[start][0] else -1), number
        elif ahead * heading > 0:
            extreme = number
        elif heading and -ahead * heading > turn:
            passes += _whole(way[start : extreme + 1], count)
            start, extreme, heading = extreme, number, -heading
    return passes + _whole(way[start:], count)


def _whole(way: Sequence[tuple[float, frozenset[int]]], count: int) -> bool:
    return len(frozenset[int]().union(*(found for _, found in way))) >= PASS_SHARE * count


def _pieces(line: Any, plane: Plane, cells: frozenset[int], count: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Runs of neighbouring cells as LineStrings."""
    from shapely.ops import substring

    pieces = []
    numbers = sorted(cells)
    starts = [n for n in numbers if n - 1 not in cells]
    ends = [n for n in numbers if n + 1 not in cells]
    for first, last in zip(starts, ends, strict=True):
        piece = substring(line, first / count, (last + 1) / count, normalized=True)
        pieces.append(tuple(_place(plane, x, y) for x, y in piece.coords))
    return tuple(pieces)


def _place(plane: Plane, x: float, y: float) -> tuple[float, float]:
    longitude, latitude = plane.place(x, y)
    return round(longitude, 7), round(latitude, 7)
