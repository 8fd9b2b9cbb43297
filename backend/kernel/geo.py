"""Places: strict GeoJSON, metres on the ground, and the three datums a Chinese phone may speak. Pure."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import shapely
from pyproj import Geod, Transformer
from shapely.geometry import mapping, shape
from shapely.geometry.polygon import orient

POSITIONS_MAX = 5_000
"""Positions in one geometry."""
EXTENT_DEGREES_MAX = 1.0
"""No fence is wider or higher than this, about 100 km."""
LonLat = tuple[float, float]


class Datum(StrEnum):
    """What a pair of degrees refers to; only WGS-84 is kept."""

    wgs84 = "wgs84"
    cgcs2000 = "cgcs2000"
    """China Geodetic Coordinate System 2000; within centimetres of WGS-84, taken as the same."""
    gcj02 = "gcj02"
    """The shifted degrees of Chinese map services."""
    bd09 = "bd09"
    """Baidu's further shift of gcj02."""


class GeoFault(StrEnum):
    """Why a geometry was refused. The values are for ever."""

    not_geojson = "not_geojson"
    type_unknown = "type_unknown"
    crs_named = "crs_named"
    bad_position = "bad_position"
    out_of_range = "out_of_range"
    axes_swapped = "axes_swapped"
    ring_open = "ring_open"
    too_few = "too_few"
    too_many = "too_many"
    self_crossing = "self_crossing"
    too_wide = "too_wide"


class GeoError(ValueError):
    """A geometry that cannot be right; `where` names the place in it."""

    def __init__(self, fault: GeoFault, where: str) -> None:
        super().__init__(f"{where}: {fault}")
        self.fault = fault
        self.where = where


# -- GeoJSON ------------------------------------------------------------------------------------------------------

_DEPTHS = {"Point": 0, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}
_POSITIONS_MIN = {"LineString": 2, "Polygon": 4, "MultiPolygon": 4}


def read_geometry(raw: Mapping[str, Any], datum: Datum = Datum.wgs84) -> dict[str, Any]:
    """A GeoJSON geometry (RFC 7946) in WGS-84: rings closed and rightly wound, altitude dropped.

    Raises GeoError for anything that is not a valid Point, LineString, Polygon or MultiPolygon on this earth.
    """
    kind = raw.get("type")
    if "crs" in raw:
        raise GeoError(GeoFault.crs_named, "crs")
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise GeoError(GeoFault.type_unknown, "type")
    count = [0]
    read = _read_level(raw.get("coordinates"), _DEPTHS[kind], "coordinates", kind, datum, count)
    geometry = shape({"type": kind, "coordinates": read})
    _check_whole(geometry)
    return _plain(orient(geometry) if kind == "Polygon" else geometry)


def _read_level(raw: Any, depth: int, where: str, kind: str, datum: Datum, count: list[int]) -> Any:
    if depth == 0:
        count[0] += 1
        if count[0] > POSITIONS_MAX:
            raise GeoError(GeoFault.too_many, where)
        return _read_position(raw, where, datum)
    if not isinstance(raw, list | tuple):
        raise GeoError(GeoFault.not_geojson, where)
    read = [_read_level(part, depth - 1, f"{where}/{i}", kind, datum, count) for i, part in enumerate(raw)]
    if not read:
        raise GeoError(GeoFault.too_few, where)
    if depth == 1:
        if len(read) < _POSITIONS_MIN[kind]:
            raise GeoError(GeoFault.too_few, where)
        if kind != "LineString" and read[0] != read[-1]:
            raise GeoError(GeoFault.ring_open, where)
    return read


NUMBER_MAX = 1e9
"""Beyond it no coordinate or height is meant; an integer of 400 digits is not even a float."""


def _read_position(raw: Any, where: str, datum: Datum) -> LonLat:
    if not isinstance(raw, list | tuple) or len(raw) not in (2, 3):
        raise GeoError(GeoFault.bad_position, where)
    if any(isinstance(n, bool) or not isinstance(n, int | float) or not -NUMBER_MAX < n < NUMBER_MAX for n in raw):
        raise GeoError(GeoFault.bad_position, where)
    longitude, latitude = float(raw[0]), float(raw[1])
    if abs(longitude) > 180 or abs(latitude) > 90:
        swapped = abs(latitude) <= 180 and abs(longitude) <= 90
        raise GeoError(GeoFault.axes_swapped if swapped else GeoFault.out_of_range, where)
    return to_wgs84(longitude, latitude, datum)


def _check_whole(geometry: Any) -> None:
    if not geometry.is_valid:
        raise GeoError(GeoFault.self_crossing, str(shapely.is_valid_reason(geometry))[:100])
    west, south, east, north = geometry.bounds
    if east - west > EXTENT_DEGREES_MAX or north - south > EXTENT_DEGREES_MAX:
        raise GeoError(GeoFault.too_wide, "coordinates")


def _plain(geometry: Any) -> dict[str, Any]:
    found = mapping(geometry)
    return {"type": found["type"], "coordinates": _lists(found["coordinates"])}


def _lists(nested: Any) -> Any:
    return [_lists(part) for part in nested] if isinstance(nested, list | tuple) else float(nested)


def bounds(geometry: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east, north of a geometry, degrees."""
    west, south, east, north = shape(geometry).bounds
    return float(west), float(south), float(east), float(north)


# -- metres -------------------------------------------------------------------------------------------------------

_GEOD = Geod(ellps="WGS84")


def distance_m(a: LonLat, b: LonLat) -> float:
    """Geodesic metres between two places in WGS-84."""
    return float(_GEOD.inv(a[0], a[1], b[0], b[1])[2])


class Plane:
    """A flat map in metres around a place; true to 1 in 100,000 within its cell of half a degree."""

    def __init__(self, longitude: float, latitude: float) -> None:
        local = f"+proj=tmerc +lon_0={longitude} +lat_0={latitude} +k=1 +ellps=WGS84 +units=m"
        self._transform = Transformer.from_crs("EPSG:4326", local, always_xy=True)

    def point(self, longitude: float, latitude: float) -> LonLat:
        """Metres east and north of the plane's origin."""
        x, y = self._transform.transform(longitude, latitude)
        return float(x), float(y)

    def flatten(self, geometry: Mapping[str, Any]) -> Any:
        """A GeoJSON geometry as a shapely geometry in metres."""
        return shapely.transform(shape(geometry), self._transform.transform, interleaved=False)


def plane_at(longitude: float, latitude: float) -> Plane:
    """The plane of the cell in which a place lies."""
    return _plane(round(longitude * 2) / 2, round(latitude * 2) / 2)


@lru_cache(maxsize=64)
def _plane(longitude: float, latitude: float) -> Plane:
    return Plane(longitude, latitude)


@dataclass(frozen=True, slots=True)
class Zone:
    """A fence on the ground: a geometry and the metres around it that belong to it."""

    plane: Plane
    flat: Any
    radius_m: float

    def distance_m(self, longitude: float, latitude: float) -> float:
        """Signed metres to the edge: negative inside, 0 on it."""
        point = shapely.Point(self.plane.point(longitude, latitude))
        outside = float(self.flat.distance(point))
        if outside > 0 or self.flat.area == 0:
            return outside - self.radius_m
        return -float(self.flat.boundary.distance(point)) - self.radius_m


def zone(geometry: Mapping[str, Any], radius_m: float) -> Zone:
    """The zone of a point with its radius, of a line with its buffer, or of a polygon with a margin (or none)."""
    west, south, east, north = bounds(geometry)
    plane = plane_at((west + east) / 2, (south + north) / 2)
    flat = plane.flatten(geometry)
    shapely.prepare(flat)
    return Zone(plane, flat, radius_m)


def covers(geometry: Mapping[str, Any], longitude: float, latitude: float) -> bool:
    """Whether a place lies in a geometry or on its edge."""
    return bool(shape(geometry).covers(shapely.Point(longitude, latitude)))


# -- datums -------------------------------------------------------------------------------------------------------

_AXIS_M = 6_378_245.0
"""Krasovsky 1940, on which the shift of gcj02 is computed."""
_ECCENTRICITY2 = 0.00669342162296594323
_BD_TURN = math.pi * 3_000 / 180
_SETTLED_DEGREES = 1e-10
_ROUNDS_MAX = 30
_SHIFTED_WEST, _SHIFTED_EAST, _SHIFTED_SOUTH, _SHIFTED_NORTH = 72.004, 137.8347, 0.8293, 55.8271


def to_wgs84(longitude: float, latitude: float, datum: Datum) -> LonLat:
    """A place of any datum in WGS-84; the shifts are undone by iteration, to less than 0.1 mm."""
    if datum is Datum.gcj02:
        return _undo(gcj02, longitude, latitude)
    if datum is Datum.bd09:
        return _undo(bd09, longitude, latitude)
    return longitude, latitude


def from_wgs84(longitude: float, latitude: float, datum: Datum) -> LonLat:
    """A place of WGS-84 as a map of another datum shows it."""
    if datum is Datum.gcj02:
        return gcj02(longitude, latitude)
    if datum is Datum.bd09:
        return bd09(longitude, latitude)
    return longitude, latitude


def gcj02(longitude: float, latitude: float) -> LonLat:
    """WGS-84 to gcj02; outside China nothing is shifted."""
    if not (_SHIFTED_WEST <= longitude <= _SHIFTED_EAST and _SHIFTED_SOUTH <= latitude <= _SHIFTED_NORTH):
        return longitude, latitude
    x, y = longitude - 105.0, latitude - 35.0
    phi = math.radians(latitude)
    bent = 1 - _ECCENTRICITY2 * math.sin(phi) ** 2
    north_m = _AXIS_M * (1 - _ECCENTRICITY2) / (bent * math.sqrt(bent))
    east_m = _AXIS_M / math.sqrt(bent) * math.cos(phi)
    return (
        longitude + math.degrees(_shift_east(x, y) / east_m),
        latitude + math.degrees(_shift_north(x, y) / north_m),
    )


def bd09(longitude: float, latitude: float) -> LonLat:
    """WGS-84 to bd09, by way of gcj02."""
    x, y = gcj02(longitude, latitude)
    reach = math.hypot(x, y) + 0.00002 * math.sin(y * _BD_TURN)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BD_TURN)
    return reach * math.cos(angle) + 0.0065, reach * math.sin(angle) + 0.006


def _wave(t: float, *terms: tuple[float, float]) -> float:
    return sum(height * math.sin(t * pace * math.pi) for height, pace in terms) * 2 / 3


def _shift_east(x: float, y: float) -> float:
    slope = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    waves = _wave(x, (20.0, 6.0), (20.0, 2.0)) + _wave(x, (20.0, 1.0), (40.0, 1 / 3))
    return slope + waves + _wave(x, (150.0, 1 / 12), (300.0, 1 / 30))


def _shift_north(x: float, y: float) -> float:
    slope = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    waves = _wave(x, (20.0, 6.0), (20.0, 2.0)) + _wave(y, (20.0, 1.0), (40.0, 1 / 3))
    return slope + waves + _wave(y, (160.0, 1 / 12), (320.0, 1 / 30))


def _undo(shift: Callable[[float, float], LonLat], longitude: float, latitude: float) -> LonLat:
    x, y = longitude, latitude
    for _ in range(_ROUNDS_MAX):
        there = shift(x, y)
        east, north = longitude - there[0], latitude - there[1]
        x, y = x + east, y + north
        if abs(east) + abs(north) < _SETTLED_DEGREES:
            break
    return x, y
