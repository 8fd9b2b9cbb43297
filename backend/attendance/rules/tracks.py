"""Track points: which may be kept, how they are kept, and one track out of many batches. Pure.

Points are accepted only around a shift; what lies outside is counted and forgotten. A batch is kept as one compact text
of bytes: differences of milliseconds and of ten-millionths of a degree, each as a number of as few bytes as it needs,
compressed together.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from backend.attendance.rules.shifts import Span
from backend.kernel.calendar import MINUTE_MS
from backend.kernel.geo import Plane

AROUND_SHIFT_MS = 15 * MINUTE_MS
"""Points are accepted so long before and after a shift (brief, privacy)."""
RAW_KEPT_DAYS = 30
FORMAT = 1
_DEGREE = 10_000_000
_NO_ACCURACY = 0
_RAW_BYTES_MAX = 4_000_000


class TrackPoint(NamedTuple):
    """Where a phone was at an instant, WGS-84. Its identity is its person and its instant."""

    at_ms: int
    longitude: float
    latitude: float
    accuracy_m: float | None = None
    """68 % radius, decimetres at best; None where the phone gave none or nothing believable."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of the points of a batch: kept by shift, the others only counted."""

    kept: dict[int, list[TrackPoint]]
    """By the number of the shift in the spans that were given."""
    outside: int
    invalid: int
    known: int
    """Points whose instant was known already, in the batch or from before."""


def sort_points(
    points: Iterable[TrackPoint], shifts: Sequence[Sequence[Span]], known: frozenset[int] = frozenset()
) -> Sorted:
    """Sorts points by shift, each told by its stretches; whatever lies outside all of them by more than 15 minutes is
    dropped here: what somebody does in a long break is theirs.

    `known`: instants that are kept already. Where two shifts' margins overlap, the earlier shift has the point.
    """
    kept: dict[int, dict[int, TrackPoint]] = {}
    outside = invalid = twice = 0
    for point in sorted(points, key=_order):
        if not (abs(point.longitude) <= 180 and abs(point.latitude) <= 90):
            invalid += 1
            continue
        shift = _shift_of(point.at_ms, shifts)
        if shift is None:
            outside += 1
        elif point.at_ms in known or point.at_ms in kept.get(shift, {}):
            twice += 1
        else:
            kept.setdefault(shift, {})[point.at_ms] = rounded(point)
    return Sorted({shift: list(found.values()) for shift, found in kept.items()}, outside, invalid, twice)


def _shift_of(at_ms: int, shifts: Sequence[Sequence[Span]]) -> int | None:
    within = (
        number
        for number, stretches in enumerate(shifts)
        if any(since - AROUND_SHIFT_MS <= at_ms <= until + AROUND_SHIFT_MS for since, until in stretches)
    )
    return next(within, None)


def breaks_of(stretches: Sequence[Span]) -> list[Span]:
    """The breaks between the stretches of a shift."""
    return [(end, start) for (_, end), (start, _) in pairwise(stretches) if start > end]


def worked_ms(since_ms: Any, until_ms: Any, breaks: Sequence[Span]) -> Any:
    """Of a time, or of each of an array of times, how long it is without the breaks."""
    import numpy as np

    rest = [np.maximum(0, np.minimum(until_ms, end) - np.maximum(since_ms, start)) for start, end in breaks]
    return until_ms - since_ms - sum(rest)


def _order(point: TrackPoint) -> tuple[int, float, float, float]:
    return point.at_ms, point.longitude, point.latitude, point.accuracy_m or 0.0


def rounded(point: TrackPoint) -> TrackPoint:
    """The point as it will be read again: a centimetre, a decimetre of accuracy."""
    accuracy_m = point.accuracy_m
    told = accuracy_m is not None and 0.05 <= accuracy_m < 100_000
    return TrackPoint(
        point.at_ms,
        round(point.longitude * _DEGREE) / _DEGREE,
        round(point.latitude * _DEGREE) / _DEGREE,
        round(accuracy_m * 10) / 10 if told and accuracy_m is not None else None,
    )


def joined(batches: Iterable[Iterable[TrackPoint]]) -> list[TrackPoint]:
    """One track out of batches in any order: by time, each instant once."""
    found: dict[int, TrackPoint] = {}
    for point in sorted((point for batch in batches for point in batch), key=_order):
        found.setdefault(point.at_ms, point)
    return list(found.values())


class Track:
    """Points in order of time, each instant once, side by side in arrays: a day holds thousands."""

    def __init__(self, at_ms: Any, longitudes: Any, latitudes: Any, accuracies_m: Any) -> None:
        self.at_ms = at_ms
        self.longitudes = longitudes
        self.latitudes = latitudes
        self.accuracies_m = accuracies_m
        """Not a number where none is known."""
        self._flat: dict[int, tuple[Plane, Any]] = {}

    @classmethod
    def of(cls, points: Iterable[TrackPoint]) -> "Track":
        """Of points in order of time (see `joined`)."""
        return cls(*_columns_of(points))

    @classmethod
    def read(cls, blobs: Iterable[bytes]) -> "Track":
        """As `joined`, of portions that `encode` made."""
        import numpy as np

        columns = [np.concatenate(each) for each in zip(*map(_columns, blobs), strict=True)] or _columns_of(())
        at, x, y, accuracy_m = columns
        order = np.lexsort((np.nan_to_num(accuracy_m), y, x, at))
        first = order[np.concatenate(([True], np.diff(at[order]) > 0))] if len(order) else order
        return cls(*(column[first] for column in columns))

    def __len__(self) -> int:
        return len(self.at_ms)

    def __getitem__(self, chosen: Any) -> "Track":
        return Track(*(column[chosen] for column in self._columns()))

    def points(self) -> list[TrackPoint]:
        """As single points."""
        at, x, y, accuracies_m = (column.tolist() for column in self._columns())
        known = (None if accuracy_m != accuracy_m else accuracy_m for accuracy_m in accuracies_m)
        return [TrackPoint(*point) for point in zip(at, x, y, known, strict=True)]

    def flat(self, plane: Plane) -> Any:
        """On a plane: an array of x and y."""
        import numpy as np

        if id(plane) not in self._flat:
            self._flat[id(plane)] = plane, np.column_stack(plane.points(self.longitudes, self.latitudes))
        return self._flat[id(plane)][1]

    def _columns(self) -> tuple[Any, Any, Any, Any]:
        return self.at_ms, self.longitudes, self.latitudes, self.accuracies_m


def _columns_of(points: Iterable[TrackPoint]) -> tuple[Any, Any, Any, Any]:
    import numpy as np

    at, *others = zip(*points, strict=True) if (points := list(points)) else ((), (), (), ())
    x, y, accuracies_m = (np.array(column, dtype=float) for column in others)  # None becomes not a number
    return np.array(at, dtype=np.int64), x, y, accuracies_m


# -- bytes ---------------------------------------------------------------------------------------------------------


def encode(points: Sequence[TrackPoint]) -> bytes:
    """Points in order of time as few bytes."""
    out = bytearray()
    before = (0, 0, 0)
    for point in points:
        now = (point.at_ms, round(point.longitude * _DEGREE), round(point.latitude * _DEGREE))
        for a, b in zip(now, before, strict=True):
            _write(out, _zigzag(a - b))
        _write(out, round((point.accuracy_m or _NO_ACCURACY) * 10))
        before = now
    return bytes([FORMAT]) + zlib.compress(bytes(out), 6)


def decode(blob: bytes) -> list[TrackPoint]:
    """The points of `encode`, as they were given."""
    return Track(*_columns(blob)).points()


def _columns(blob: bytes) -> tuple[Any, Any, Any, Any]:
    import numpy as np

    assert blob[0] == FORMAT, f"track format {blob[0]}"
    rows = _read(zlib.decompress(blob[1:], bufsize=_RAW_BYTES_MAX)).reshape(-1, 4)
    at, x, y = np.cumsum((rows[:, :3] >> 1) ^ -(rows[:, :3] & 1), axis=0).T
    return at, x / _DEGREE, y / _DEGREE, np.where(rows[:, 3] == _NO_ACCURACY, np.nan, rows[:, 3] / 10)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _write(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _read(raw: bytes) -> Any:
    """The numbers of `_write`, one after another, as an array."""
    import numpy as np

    octets = np.frombuffer(raw, dtype=np.uint8)
    starts = np.flatnonzero(np.concatenate(([True], octets[:-1] < 0x80))) if len(octets) else np.zeros(0, dtype=int)
    lengths = np.diff(np.append(starts, len(octets)))
    shifts = 7 * (np.arange(len(octets)) - np.repeat(starts, lengths))
    parts = (octets & 0x7F).astype(np.int64) << shifts
    return np.add.reduceat(parts, starts) if len(starts) else parts
