"""Many fences at once: the nearest of a district's fences to each of many fixes, and the verdict. Pure.

Fences lie on flat maps in metres, one for each cell of half a degree, prepared once. The box around a fence, its radius
included, can only lie nearer than the fence: so the nearest fence is found among the boxes within reach of a point, and
the reach grows until nothing beyond it can be nearer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.attendance.rules.fences import (
    Fix,
    Seen,
    Verdict,
    place_of,
    see,
)
from backend.kernel.geo import Plane, Zone
from mobile_contract.attendance import Mark, Place
from mobile_contract.verdicts import ACCURACY_CAP_M, ACCURACY_GOOD_M, TOLERANCE_M

REACHES_M = (60.0, 240.0, 960.0)
"""Most clock-ins lie this near to a fence or in one; for those that do not, the tree itself is asked."""
SLACK_M = 0.001
"""What rounding may take from a distance."""
Row = tuple[float, int]
"""Signed metres to a fence, and the fence's number."""


class FenceIndex:
    """A set of fences to judge many fixes by. Built once for a version of the set, then shared."""

    def __init__(self, fences: Sequence[tuple[str, Zone]]) -> None:
        self._zones = sorted(fences, key=lambda fence: fence[0])
        numbers: dict[int, list[int]] = {}
        for number, (_, zone) in enumerate(self._zones):
            numbers.setdefault(id(zone.plane), []).append(number)
        self._cells = [_Cell.of(self._zones, found) for found in numbers.values()]

    def __len__(self) -> int:
        return len(self._zones)

    def fence_id(self, number: int) -> str:
        """The fence of a number that `nearest` gave."""
        return self._zones[number][0]

    def nearest(self, longitudes: Any, latitudes: Any) -> tuple[Any, Any]:
        """Of each place (WGS-84): signed metres to the nearest fence and its number, as arrays; inf and -1 for none.

        Of fences equally near, the first by id.
        """
        import numpy as np

        longitudes, latitudes = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
        found_m, found = np.full(len(longitudes), np.inf), np.full(len(longitudes), -1)
        flat = [cell.plane.points(longitudes, latitudes) for cell in self._cells]
        away_m = np.array([cell.at_least_m(x, y) for cell, (x, y) in zip(self._cells, flat, strict=True)])
        for rank in np.argsort(away_m, axis=0, kind="stable") if len(away_m) else ():
            for place, cell in enumerate(self._cells):
                open_ = np.flatnonzero((rank == place) & (away_m[place] <= np.maximum(found_m, 0)))
                metres, numbers = cell.nearest(flat[place][0][open_], flat[place][1][open_], found_m[open_])
                nearer = (metres < found_m[open_]) | ((metres == found_m[open_]) & (numbers < found[open_]))
                found_m[open_[nearer]], found[open_[nearer]] = metres[nearer], numbers[nearer]
        return found_m, found

    def nearest_one(self, longitude: float, latitude: float) -> Row | None:
        """As `nearest`, for one place; None where there are no fences."""
        flat = [(cell, *cell.plane.point(longitude, latitude)) for cell in self._cells]
        best: Row | None = None
        for away_m, cell, x, y in sorted(((cell.at_least_m(x, y), cell, x, y) for cell, x, y in flat), key=_away):
            if best is None or away_m <= max(best[0], 0):
                row = cell.nearest_one(x, y, self._zones)
                best = row if best is None else min(best, row)
        return best

    def judge(self, fixes: Sequence[Fix | None]) -> list[Verdict]:
        """Where each fix was, as far as it proves: the same verdicts as one by one."""
        import numpy as np

        looks = [see(fix) for fix in fixes]
        seen = [look for look, _ in looks if look is not None]
        if not seen or not self._zones:
            return [_without_fence(look, faults) for look, faults in looks]
        metres, numbers = self.nearest(np.array([s.longitude for s in seen]), np.array([s.latitude for s in seen]))
        places = places_of(
            metres,
            np.array([np.nan if s.accuracy_m is None else s.accuracy_m for s in seen]),
            np.array([Mark.fix_old in s.marks for s in seen]),
        )
        found = zip(metres.tolist(), numbers.tolist(), places, seen, strict=True)
        verdicts = (Verdict(p, self._zones[n][0], round(m, 1), s.marks) for m, n, p, s in found)
        return [next(verdicts) if look is not None else _without_fence(look, faults) for look, faults in looks]

    def judge_one(self, fix: Fix | None) -> Verdict:
        """Where one fix was."""
        seen, faults = see(fix)
        row = self.nearest_one(seen.longitude, seen.latitude) if seen else None
        if seen is None or row is None:
            return _without_fence(seen, faults)
        return Verdict(place_of(row[0], seen), self._zones[row[1]][0], round(row[0], 1), seen.marks)


def _away(cell: tuple[float, object, float, float]) -> float:
    return cell[0]


def _without_fence(seen: Seen | None, faults: tuple[Mark, ...]) -> Verdict:
    return Verdict(Place.no_fix, marks=faults) if seen is None else Verdict(Place.no_fence, marks=seen.marks)


PLACES = (Place.unsure, Place.inside, Place.outside)
UNSURE, INSIDE, OUTSIDE = range(len(PLACES))


def places_of(distances_m: Any, accuracies_m: Any, old: Any) -> list[Place]:
    """`place_of` for arrays; an accuracy that is missing is not a number."""
    return [PLACES[number] for number in place_numbers(distances_m, accuracies_m, old).tolist()]


def place_numbers(distances_m: Any, accuracies_m: Any, old: Any = False) -> Any:
    """As `places_of`, an array of numbers in PLACES."""
    import numpy as np

    told = (accuracies_m > 0) & np.logical_not(old)
    inside = told & ((distances_m <= -accuracies_m) | ((distances_m <= 0) & (accuracies_m <= ACCURACY_GOOD_M)))
    outside = told & (distances_m > accuracies_m + TOLERANCE_M) & (accuracies_m <= ACCURACY_CAP_M)
    return np.where(inside, INSIDE, np.where(outside, OUTSIDE, UNSURE))


@dataclass(frozen=True, slots=True)
class _Cell:
    """The fences on one flat map, side by side in arrays."""

    plane: Plane
    numbers: Any
    flats: Any
    edges: Any
    filled: Any
    radii_m: Any
    tree: Any
    box: tuple[float, float, float, float]
    """Around all of them."""

    @classmethod
    def of(cls, zones: Sequence[tuple[str, Zone]], numbers: Sequence[int]) -> "_Cell":
        import numpy as np
        import shapely

        chosen = [zones[number][1] for number in numbers]
        flats = np.array([zone.flat for zone in chosen], dtype=object)
        filled = shapely.area(flats) > 0
        return cls(
            plane=chosen[0].plane,
            numbers=np.array(numbers),
            flats=flats,
            edges=np.where(filled, shapely.boundary(flats), flats),
            filled=filled,
            radii_m=np.array([zone.radius_m for zone in chosen]),
            tree=shapely.STRtree([shapely.box(*zone.box) for zone in chosen]),
            box=tuple(shapely.total_bounds([shapely.box(*zone.box) for zone in chosen]).tolist()),
        )

    def at_least_m(self, x: Any, y: Any) -> Any:
        """Metres to the box around all: no fence here is nearer."""
        import numpy as np

        west, south, east, north = self.box
        return np.hypot(np.maximum(np.maximum(west - x, x - east), 0), np.maximum(np.maximum(south - y, y - north), 0))

    def nearest(self, x: Any, y: Any, bound_m: Any) -> tuple[Any, Any]:
        """Signed metres to the nearest fence of each point of the plane, and the fences' numbers; fences beyond
        `bound_m` of a point need not be found."""
        import numpy as np
        import shapely

        found_m, found = np.full(len(x), np.inf), np.full(len(x), -1)
        points, open_ = shapely.points(x, y), np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        for reach_m in REACHES_M:
            ox, oy = x[open_], y[open_]
            pairs, fences = self.tree.query(shapely.box(ox - reach_m, oy - reach_m, ox + reach_m, oy + reach_m))
            self._settle(found_m, found, open_[pairs], fences, points)
            open_ = open_[np.minimum(found_m, bound_m)[open_] > reach_m]
        if len(open_):
            near = self.tree.query_nearest(points[open_], all_matches=False)[1]
            reach = np.maximum(self._signed_m(near, points[open_]), 0) + SLACK_M
            pairs, fences = self.tree.query(points[open_], predicate="dwithin", distance=reach)
            self._settle(found_m, found, open_[pairs], fences, points)
        return found_m, found

    def _settle(self, found_m: Any, found: Any, at: Any, fences: Any, points: Any) -> None:
        import numpy as np

        metres = self._signed_m(fences, points[at])
        order = np.lexsort((fences, metres, at))
        first = order[np.unique(at[order], return_index=True)[1]]
        found_m[at[first]], found[at[first]] = metres[first], self.numbers[fences[first]]

    def _signed_m(self, fences: Any, points: Any) -> Any:
        import numpy as np
        import shapely

        metres = shapely.distance(self.edges[fences], points)
        filled = np.flatnonzero(self.filled[fences])
        within = filled[shapely.intersects(self.flats[fences[filled]], points[filled])]
        metres[within] = -metres[within]
        return metres - self.radii_m[fences]

    def nearest_one(self, x: float, y: float, zones: Sequence[tuple[str, Zone]]) -> Row:
        """As `nearest`, for one point."""
        import shapely

        point, best = shapely.Point(x, y), (float("inf"), -1)
        for reach_m in REACHES_M:
            found = self.tree.query(shapely.box(x - reach_m, y - reach_m, x + reach_m, y + reach_m))
            best = self._best(point, found, zones)
            if best[0] <= reach_m:
                return best
        near = self._best(point, self.tree.query_nearest(point, all_matches=False), zones)
        found = self.tree.query(point, predicate="dwithin", distance=max(near[0], 0.0) + SLACK_M)
        return min(near, self._best(point, found, zones))

    def _best(self, point: Any, found: Any, zones: Sequence[tuple[str, Zone]]) -> Row:
        numbers = self.numbers[found].tolist()
        return min(((zones[number][1].signed_m(point), number) for number in numbers), default=(float("inf"), -1))
