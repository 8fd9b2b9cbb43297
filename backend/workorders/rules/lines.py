"""Lines as places: a stretch of road is read and measured; whoever is within its buffer is there. Pure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, TypedDict

from backend.kernel.geo import GeoError, GeoFault, LonLat, distance_m, read_geometry
from backend.workorders.rules.places import cell, line_cell
from backend.workorders.rules.refusals import LineInvalid, LineTooLong
from mobile_contract.verdicts import signed_m
from mobile_contract.worklines import BUFFER_M_DEFAULT, LINE_M_MAX, LINE_POSITIONS_MAX

BUFFER_DEGREE_M = 50_000
"""A buffer is never narrower than it is told, as far as 60 degrees from the equator."""
_DECIMALS = 7
"""Of a degree: about a centimetre."""


class Spot(TypedDict):
    """A place as orders and plans keep it: a point, a line with its middle and buffer, or neither."""

    longitude: float | None
    latitude: float | None
    line: dict[str, Any] | None
    buffer_m: float | None


def read_spot(
    longitude: float | None, latitude: float | None, line: Mapping[str, Any] | None, buffer_m: float | None
) -> Spot:
    """A place as it was asked for; refuses as `read_line` does."""
    if line is None:
        return Spot(longitude=longitude, latitude=latitude, line=None, buffer_m=None)
    return read_line(line, buffer_m or BUFFER_M_DEFAULT)


def found_by(spot: Spot) -> dict[str, Any]:
    """The columns by which what is near is found."""
    longitude, latitude, line = spot["longitude"], spot["latitude"], spot["line"]
    if line is None or longitude is None or latitude is None:
        return {"cell": cell(longitude, latitude), "reach_degrees": 0.0}
    return {
        "cell": line_cell(longitude, latitude),
        "reach_degrees": _reach_degrees(line, spot["buffer_m"], (longitude, latitude)),
    }


def read_line(raw: Mapping[str, Any], buffer_m: float) -> Spot:
    """A GeoJSON LineString in WGS-84; refuses with workorders.line_invalid, workorders.line_too_long."""
    if raw.get("type") != "LineString":
        raise LineInvalid(fault=GeoFault.type_unknown.value, where="type")
    try:
        positions = read_geometry(raw)["coordinates"]
    except GeoError as error:
        fault = GeoFault.too_few if error.fault is GeoFault.self_crossing else error.fault  # all of it in one point
        raise LineInvalid(fault=fault.value, where=error.where) from None
    if len(positions) > LINE_POSITIONS_MAX:
        raise LineInvalid(fault=GeoFault.too_many.value, where=f"coordinates/{LINE_POSITIONS_MAX}")
    pieces = [distance_m((a[0], a[1]), (b[0], b[1])) for a, b in pairwise(positions)]
    length_m = sum(pieces)
    if length_m > LINE_M_MAX:
        raise LineTooLong(length_m=round(length_m), limit_m=LINE_M_MAX)
    line = {"type": "LineString", "coordinates": [_rounded(*position) for position in positions]}
    longitude, latitude = _halfway(positions, pieces)
    return Spot(longitude=longitude, latitude=latitude, line=line, buffer_m=buffer_m)


def _rounded(longitude: float, latitude: float) -> list[float]:
    return [round(longitude, _DECIMALS), round(latitude, _DECIMALS)]


def _halfway(positions: Sequence[Sequence[float]], pieces: Sequence[float]) -> LonLat:
    """The place half-way along."""
    left_m = sum(pieces) / 2
    for (a, b), piece_m in zip(pairwise(positions), pieces, strict=True):
        if left_m <= piece_m and piece_m > 0:
            share = left_m / piece_m
            longitude, latitude = (a[axis] + (b[axis] - a[axis]) * share for axis in (0, 1))
            return round(longitude, _DECIMALS), round(latitude, _DECIMALS)
        left_m -= piece_m
    return positions[-1][0], positions[-1][1]


def _reach_degrees(line: Mapping[str, Any], buffer_m: float | None, middle: LonLat) -> float:
    """How far, east or north, any of a line and its buffer lies from its middle."""
    away: float = max(abs(position[axis] - middle[axis]) for position in line["coordinates"] for axis in (0, 1))
    return away + (buffer_m or BUFFER_M_DEFAULT) / BUFFER_DEGREE_M


def away_m(line: Mapping[str, Any] | None, buffer_m: float | None, place: LonLat, here: LonLat) -> float:
    """Metres from where somebody is to a place: to a point, or to the buffer of a line; 0 within it."""
    if line is None:
        return distance_m(place, here)
    edge_m = signed_m(line, buffer_m or BUFFER_M_DEFAULT, *here)
    return max(0.0, edge_m)
