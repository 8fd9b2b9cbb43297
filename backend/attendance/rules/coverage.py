"""How much of a responsible road somebody's track covers; what it leaves bare, and what nobody can know. Pure.

The road's centre-line is cut into cells of five metres. A cell is covered when a believable piece of the track passes
within reach. A cell that is not covered, while the track has a hole that could have held the passing, is unknown: a
phone without a fix is never held against its owner.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from backend.attendance.rules.shifts import Span
from backend.attendance.rules.tracks import Track, worked_ms
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
    either = "either"
    """Nobody said how."""


SPEEDS_MPS = {Mode.walking: (0.2, 3.0), Mode.sweeper: (0.5, 6.0), Mode.either: (0.2, 6.0)}


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
class _Steps:
    """From each point of the track to the next, on the plane: arrays of one length."""

    a: Any
    b: Any
    took_s: Any
    worst_m: Any
    """The poorer accuracy of the two."""
    blind: Any
    """Nobody can tell where the phone was meanwhile."""
    good: Any
    """A believable passing at the mode's speed."""


_Cells = Any
"""The middles of the cells along the road, an array of x and y."""
_Hits = Any
"""A row for each passing that touched the road: which cells it touched."""
STEPS_AT_ONCE = 64
"""Steps compared with the cells around them at once."""
SLACK_M = 0.001
"""What rounding may take from a distance."""


def coverage(
    road: Mapping[str, Any],
    half_width_m: float,
    track: Track,
    span: Span,
    mode: Mode = Mode.walking,
    breaks: Sequence[Span] = (),
) -> Coverage:
    """Coverage of a LineString (GeoJSON, WGS-84) by a track, in the time worked: `span` without its breaks."""
    import numpy as np

    west, south, east, north = bounds(road)
    plane = plane_at((west + east) / 2, (south + north) / 2)
    line = plane.flatten(road)
    cells = _cells(line)
    flat = track.flat(plane)
    steps = _steps(track, flat, mode)
    hits = _hits(cells, steps, half_width_m)
    covered = hits.any(axis=0) if len(hits) else np.zeros(len(cells), dtype=bool)
    unknown = ~covered
    unknown[unknown] = _hidden(cells[unknown], track, flat, steps, span, breaks, SPEEDS_MPS[mode][1])
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


def covered_together(
    road: Mapping[str, Any], half_width_m: float, walks: Sequence[tuple[Track, Span]]
) -> tuple[float, float]:
    """Percent of a LineString that several tracks, each in its time, covered together; and percent that is unknown."""
    import numpy as np

    west, south, east, north = bounds(road)
    plane = plane_at((west + east) / 2, (south + north) / 2)
    cells = _cells(plane.flatten(road))
    covered, hidden = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    for track, span in walks:
        walked = track[(track.at_ms >= span[0]) & (track.at_ms <= span[1])]
        flat = walked.flat(plane)
        steps = _steps(walked, flat, Mode.either)
        covered |= _hits(cells, steps, half_width_m).any(axis=0)
        hidden |= _hidden(cells, walked, flat, steps, span, (), SPEEDS_MPS[Mode.either][1])
    covered_percent, unknown_percent = (float(part.mean()) * 100 for part in (covered, hidden & ~covered))
    return round(covered_percent, 1), round(unknown_percent, 1)


def _cells(line: Any) -> _Cells:
    import numpy as np
    import shapely

    count = max(1, math.ceil(line.length / CELL_M))
    return shapely.get_coordinates(line.interpolate((np.arange(count) + 0.5) / count, normalized=True))


def _steps(track: Track, flat: Any, mode: Mode) -> _Steps:
    import numpy as np

    slow, fast = SPEEDS_MPS[mode]
    a, b = flat[:-1], flat[1:]
    gone_m = np.hypot(*(b - a).T)
    took_s = np.diff(track.at_ms) / 1000
    accuracy_m = np.where(np.isnan(track.accuracies_m), math.inf, track.accuracies_m)
    worst_m = np.maximum(accuracy_m[:-1], accuracy_m[1:])
    blind = (took_s * 1000 > GAP_MAX_MS) | (gone_m > GAP_MAX_M) | (worst_m > ACCURACY_MAX_M)
    # who stands still drifts: that is no passing, and proves no absence either
    good = ~blind & (slow * took_s <= gone_m) & (gone_m <= fast * took_s)
    return _Steps(a, b, took_s, worst_m, blind, good)


def _hits(cells: _Cells, steps: _Steps, half_width_m: float) -> _Hits:
    """Which cells lie within reach of each good step; steps that touch none are left out."""
    import numpy as np

    found = [np.zeros((0, len(cells)), dtype=bool)]
    reach = np.minimum(half_width_m + steps.worst_m, REACH_MAX_M)
    good = np.flatnonzero(steps.good)
    for start in range(0, len(good), STEPS_AT_ONCE):
        some = good[start : start + STEPS_AT_ONCE]
        near = _around(cells, steps.a[some], steps.b[some], reach[some].max() + SLACK_M)
        touched = np.zeros((len(some), len(cells)), dtype=bool)
        touched[:, near] = _to_steps_m(cells[near], steps.a[some], steps.b[some]) <= reach[some, None]
        found.append(touched[touched.any(axis=1)])
    return np.concatenate(found)


def _around(cells: _Cells, a: Any, b: Any, reach_m: float) -> Any:
    """The numbers of the cells in the box around some steps: no other lies within reach."""
    import numpy as np

    low, high = np.minimum(a, b).min(axis=0) - reach_m, np.maximum(a, b).max(axis=0) + reach_m
    return np.flatnonzero(((cells >= low) & (cells <= high)).all(axis=1))


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
    cells: _Cells, track: Track, flat: Any, steps: _Steps, span: Span, breaks: Sequence[Span], fast_mps: float
) -> Any:
    """Cells that may have been passed while the track was silent or blurred."""
    import numpy as np

    if not len(track):
        return np.ones(len(cells), dtype=bool)
    silent_ms = worked_ms(track.at_ms[:-1], track.at_ms[1:], breaks)
    longest_m = silent_ms / 1000 * fast_mps + 2 * np.minimum(steps.worst_m, BLUR_MAX_M)
    quiet_ms = worked_ms(np.array([span[0], track.at_ms[-1]]), np.array([track.at_ms[0], span[1]]), breaks)
    ends, silent = flat[[0, -1]], quiet_ms > GAP_MAX_MS
    return _reachable(
        cells,
        np.concatenate((steps.a[steps.blind], ends[silent])),
        np.concatenate((steps.b[steps.blind], ends[silent])),
        np.concatenate((longest_m[steps.blind], 2 * quiet_ms[silent] / 1000 * fast_mps)),
    )


def _reachable(cells: _Cells, a: Any, b: Any, longest_m: Any) -> Any:
    """Cells that some way from a to b, no longer than told, can touch."""
    import numpy as np

    found = np.zeros(len(cells), dtype=bool)
    for start in range(0, len(a), STEPS_AT_ONCE):
        some, left = slice(start, start + STEPS_AT_ONCE), np.flatnonzero(~found)
        if not len(left):
            break
        east, north = cells[left, 0], cells[left, 1]
        to_m = np.hypot(east - a[some, None, 0], north - a[some, None, 1])
        from_m = np.hypot(east - b[some, None, 0], north - b[some, None, 1])
        found[left] = (to_m + from_m <= longest_m[some, None]).any(axis=0)
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
