"""Where orders lie: the levels of their area, and squares of a hundredth of a degree for what is near. Pure."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LEVELS = ("district_path", "street_path", "grid_path")
"""By which columns an order is found in the first, second and third level of its area."""
CELL_DEGREES = 0.01
CELLS_A_ROW = 36_001
WIDE_DEGREES = 0.1
WIDE_A_ROW = 3_601
"""Middles of lines lie in squares ten times as wide: whoever is near a line may be far from its middle."""
LINE_REACH_DEGREES = 0.05
"""No line reaches farther north or south of its middle: half of the longest is 5 km."""
NO_DUE = datetime(2199, 12, 31, tzinfo=UTC)
"""Ranks what has no due time after all that has one."""


def area_levels(area_path: str) -> dict[str, str]:
    """The area's own path cut after one, two and three levels: `/440111/songzhou/07/` lies in itself and two more."""
    parts = area_path.strip("/").split("/")
    return {column: f"/{'/'.join(parts[: n + 1])}/" for n, column in enumerate(LEVELS)}


def level_of(area_path: str) -> tuple[str, str]:
    """The column that finds what lies in an area, and the value there; an area below the third level is found by it."""
    depth = min(len(area_path.strip("/").split("/")), len(LEVELS))
    column = LEVELS[depth - 1]
    return column, area_levels(area_path)[column]


def told_by_level(area_path: str) -> bool:
    """Whether the column alone says what lies in the area."""
    return level_of(area_path)[1] == area_path


def cell(longitude: float | None, latitude: float | None) -> int | None:
    """The square a place lies in."""
    if longitude is None or latitude is None:
        return None
    return math.floor((latitude + 90) / CELL_DEGREES) * CELLS_A_ROW + math.floor((longitude + 180) / CELL_DEGREES)


def line_cell(longitude: float, latitude: float) -> int:
    """The wide square that the middle of a line lies in: below zero, so that it is no square of a point."""
    return -1 - math.floor((latitude + 90) / WIDE_DEGREES) * WIDE_A_ROW - math.floor((longitude + 180) / WIDE_DEGREES)


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees around a place."""

    west: float
    south: float
    east: float
    north: float

    def cells(self) -> Iterator[int]:
        """The squares it touches, row by row."""
        first, last = cell(self.west, self.south), cell(self.east, self.north)
        assert first is not None
        assert last is not None
        across = last % CELLS_A_ROW - first % CELLS_A_ROW
        for row in range(first, last - across + 1, CELLS_A_ROW):
            yield from range(row, row + across + 1)

    def line_cells(self) -> Iterator[int]:
        """The wide squares that hold the middle of every line which may touch it."""
        south, north = max(self.south - LINE_REACH_DEGREES, -90.0), min(self.north + LINE_REACH_DEGREES, 90.0)
        aside = LINE_REACH_DEGREES / max(math.cos(math.radians(min(max(abs(south), abs(north)), 89.0))), 0.01)
        west, east = max(self.west - aside, -180.0), min(self.east + aside, 180.0)
        first, last = -line_cell(west, south) - 1, -line_cell(east, north) - 1
        across = last % WIDE_A_ROW - first % WIDE_A_ROW
        for row in range(first, last - across + 1, WIDE_A_ROW):
            yield from range(-1 - row - across, -row)
