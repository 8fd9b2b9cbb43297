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


_Cells = Any
"""The middles of the cells along the road, an array of x and y."""
_Hits = Any
"""A row for each passing that touched the road: which cells it touched."""
STEPS_AT_ONCE = 256
"""Steps compared with all cells at once: a few megabytes."""


def coverage(
    road: Mapping[str, Any], half_width_m: float, track: Sequence[TrackPoint], span: Span, mode: Mode = Mode.walking
) -> Coverage:
    """Coverage of a LineString (GeoJSON, WGS-84) by a track in order of time (see `joined`), in the time worked."""
    import numpy as np

    west, south, east, north = bounds(road)
    plane = plane_at((west + east) / 2, (south + north) / 2)
    line = plane.flatten(road)
    cells = _cells(line)
    xs, ys = plane.points([p.longitude for p in track], [p.latitude for p in track])
    flat = list(zip(track, zip(xs, ys, strict=True), strict=True))
    steps = [_step(*p, *q, mode) for p, q in pairwise(flat)]
    hits = _hits(cells, [step for step in steps if step.good], half_width_m)
    covered = hits.any(axis=0) if len(hits) else np.zeros(len(cells), dtype=bool)
    unknown = _hidden(cells, flat, steps, span, SPEEDS_MPS[mode][1]) & ~covered
    bare = ~(covered | unknown)
    covered_percent, bare_percent = (round(100 * int(part.sum()) / len(cells), 1) for part in (covered, bare))
    return Coverage(
        length_m=round(float(line.length), 1),
        covered_percent=covered_percent,
        uncovered_percent=bare_percent,
        unknown_percent=max(0.0, round(100 - covered_percent - bare_percent, 1)) if unknown.any() else 0.0,
        passes=_passes(hits, len(cells)),
        uncovered=_pieces(line, plane, bare),
        unknown=_pieces(line, plane, unknown),
    )


def _cells(line: Any) -> _Cells:
    import numpy as np
    import shapely

    count = max(1, math.ceil(line.length / CELL_M))
    return shapely.get_coordinates(line.interpolate((np.arange(count) + 0.5) / count, normalized=True))


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


def _hits(cells: _Cells, steps: Sequence[_Step], half_width_m: float) -> _Hits:
    """Which cells lie within reach of each step; steps that touch none are left out."""
    import numpy as np

    found = [np.zeros((0, len(cells)), dtype=bool)]
    for start in range(0, len(steps), STEPS_AT_ONCE):
        some = steps[start : start + STEPS_AT_ONCE]
        a, b = np.array([s.a for s in some]), np.array([s.b for s in some])
        reach = np.minimum(half_width_m + np.array([s.worst_m for s in some]), REACH_MAX_M)
        touched = _to_steps_m(cells, a, b) <= reach[:, None]
        found.append(touched[touched.any(axis=1)])
    return np.concatenate(found)


def _to_steps_m(cells: _Cells, a: Any, b: Any) -> Any:
    """Metres from each step (rows) to each cell (columns)."""
    import numpy as np

    way = b - a
    squared = (way**2).sum(axis=1)
    east, north = cells[None, :, 0] - a[:, None, 0], cells[None, :, 1] - a[:, None, 1]
    along = east * way[:, None, 0] + north * way[:, None, 1]
    along = np.clip(along / np.where(squared > 0, squared, 1.0)[:, None], 0.0, 1.0)
    return np.hypot(east - along * way[:, None, 0], north - along * way[:, None, 1])


# -- what nobody can know ------------------------------------------------------------------------------------------


def _hidden(
    cells: _Cells,
    flat: Sequence[tuple[TrackPoint, tuple[float, float]]],
    steps: Sequence[_Step],
    span: Span,
    fast_mps: float,
) -> Any:
    """Cells that may have been passed while the track was silent or blurred."""
    import numpy as np

    if not flat:
        return np.ones(len(cells), dtype=bool)
    ways = [
        (step.a, step.b, step.took_s * fast_mps + 2 * min(step.worst_m, BLUR_MAX_M)) for step in steps if step.blind
    ]
    (first, start), (last, end) = flat[0], flat[-1]
    for place, quiet_ms in ((start, first.at_ms - span[0]), (end, span[1] - last.at_ms)):
        if quiet_ms > GAP_MAX_MS:
            ways.append((place, place, 2 * quiet_ms / 1000 * fast_mps))
    return _reachable(cells, ways)


def _reachable(cells: _Cells, ways: Sequence[tuple[tuple[float, float], tuple[float, float], float]]) -> Any:
    """Cells that some way from a to b, no longer than told, can touch."""
    import numpy as np

    found = np.zeros(len(cells), dtype=bool)
    for start in range(0, len(ways), STEPS_AT_ONCE):
        some = ways[start : start + STEPS_AT_ONCE]
        a, b = np.array([way[0] for way in some]), np.array([way[1] for way in some])
        to_m = np.hypot(cells[None, :, 0] - a[:, None, 0], cells[None, :, 1] - a[:, None, 1])
        from_m = np.hypot(cells[None, :, 0] - b[:, None, 0], cells[None, :, 1] - b[:, None, 1])
        found |= (to_m + from_m <= np.array([way[2] for way in some])[:, None]).any(axis=0)
    return found


# -- passes and pieces ---------------------------------------------------------------------------------------------


def _passes(hits: _Hits, count: int) -> int:
    """How often the road was gone along: traversals in one direction that cover at least 80 % of it."""
    import numpy as np

    turn = TURN_M / CELL_M
    way = (hits @ np.arange(count) / hits.sum(axis=1)).tolist() if len(hits) else []
    passes, start, extreme, heading = 0, 0, 0, 0
    for number, middle in enumerate(way):
        ahead = middle - way[extreme]
        if heading == 0 and abs(middle - way[start]) > turn:
            heading, extreme = (1 if middle > way[start] else -1), number
        elif ahead * heading > 0:
            extreme = number
        elif heading and -ahead * heading > turn:
            passes += _whole(hits[start : extreme + 1])
            start, extreme, heading = extreme, number, -heading
    return passes + _whole(hits[start:])


def _whole(hits: _Hits) -> bool:
    return len(hits) > 0 and int(hits.any(axis=0).sum()) >= PASS_SHARE * hits.shape[1]


def _pieces(line: Any, plane: Plane, cells: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    """Runs of neighbouring cells as LineStrings."""
    import numpy as np
    from shapely.ops import substring

    edges = np.flatnonzero(np.diff(np.concatenate(([False], cells, [False])).astype(np.int8))).tolist()
    pieces = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        piece = substring(line, first / len(cells), end / len(cells), normalized=True)
        pieces.append(tuple(_place(plane, x, y) for x, y in piece.coords))
    return tuple(pieces)


def _place(plane: Plane, x: float, y: float) -> tuple[float, float]:
    longitude, latitude = plane.place(x, y)
    return round(longitude, 7), round(latitude, 7)
