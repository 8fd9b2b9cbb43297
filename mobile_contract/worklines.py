"""Places of routine work that are lines: a stretch of a road to sweep, a belt to prune."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mobile_contract.base import Ask, Latitude, Longitude, Wire
from mobile_contract.params import Number

LINE_POSITIONS_MAX = 500
LINE_M_MAX = 10_000
"""A longer road is worked in stretches."""
BUFFER_M_MAX = 200
BUFFER_M_DEFAULT = 15.0

LinePosition = tuple[Longitude, Latitude]


class WorkLine(Wire):
    """A GeoJSON LineString (RFC 7946): WGS-84, longitude before latitude."""

    type: Literal["LineString"]
    coordinates: Annotated[
        list[LinePosition],
        Field(min_length=2, max_length=LINE_POSITIONS_MAX, examples=[[[113.2712, 23.1815], [113.2752, 23.1816]]]),
    ]


class NewWorkLine(Ask):
    """A GeoJSON LineString, as it is written; what cannot be is refused with workorders.line_invalid, place named."""

    type: Annotated[str, Field(max_length=20, examples=["LineString"])]
    coordinates: Annotated[list[Any], Field(max_length=5_000, examples=[[[113.2712, 23.1815], [113.2752, 23.1816]]])]


BufferM = Annotated[Number, Field(gt=0, le=BUFFER_M_MAX)]
"""Metres to either side of a line that belong to it."""


def check_place(
    longitude: float | None, latitude: float | None, line: NewWorkLine | None, buffer_m: float | None
) -> None:
    """Raises ValueError unless a place is a whole point, a line, or neither."""
    if (longitude is None) != (latitude is None):
        raise ValueError("longitude and latitude come together")
    if line is not None and longitude is not None:
        raise ValueError("a place is a point or a line, not both")
    if buffer_m is not None and line is None:
        raise ValueError("buffer_m belongs to a line")
