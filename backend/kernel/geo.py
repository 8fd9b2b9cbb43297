"""Places: strict GeoJSON and WKT, metres on the ground, and the datums a Chinese phone may speak. Pure.

numpy, shapely and pyproj are loaded where they are first used: together they take a second of a start, and most
commands never ask where something is.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

POSITIONS_MAX = 5_000
"""Positions in one geometry."""
EXTENT_DEGREES_MAX = 1.0
"""No fence is wider or higher than this, about 100 km."""
DEGREE_M_LEAST = 110_500.0
"""No degree of latitude is shorter, nor one of longitude at the equator."""
TOLD_TO_LATITUDE = 89.0
"""Nearer to a pole degrees of longitude tell nothing of metres."""
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
    not_wkt = "not_wkt"
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


class AxisOrder(StrEnum):
    """Which number of a pair comes first. GeoJSON has only one; WKT leaves it open, so it must be said."""

    longitude_latitude = "longitude_latitude"
    latitude_longitude = "latitude_longitude"


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
    from shapely.geometry import shape
    from shapely.geometry.polygon import orient

    kind = raw.get("type")
    if "crs" in raw:
        raise GeoError(GeoFault.crs_named, "crs")
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise GeoError(GeoFault.type_unknown, "type")
    count = [0]
    read = _read_level(raw.get("coordinates"), _DEPTHS[kind], "coordinates", kind, datum, count)
    geometry = shape({"type": kind, "coordinates": read})
    _check_whole(geometry, datum)
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


_CROSSING = re.compile(r"\[(-?[0-9.]+(?:e-?[0-9]+)?) (-?[0-9.]+(?:e-?[0-9]+)?)\]")


def _check_whole(geometry: Any, datum: Datum) -> None:
    import shapely

    if not geometry.is_valid:
        raise GeoError(GeoFault.self_crossing, _crossing(str(shapely.is_valid_reason(geometry)), datum))
    west, south, east, north = geometry.bounds
    if east - west > EXTENT_DEGREES_MAX or north - south > EXTENT_DEGREES_MAX:
        raise GeoError(GeoFault.too_wide, "coordinates")


def _crossing(reason: str, datum: Datum) -> str:
    """Where it goes wrong, in the degrees of the drawer's own map."""
    found = _CROSSING.search(reason)
    if found is None:
        return reason[:100]
    longitude, latitude = from_wgs84(float(found[1]), float(found[2]), datum)
    return f"{longitude:.6f}, {latitude:.6f}"


def _plain(geometry: Any) -> dict[str, Any]:
    from shapely.geometry import mapping

    found = mapping(geometry)
    return {"type": found["type"], "coordinates": _lists(found["coordinates"])}


def _lists(nested: Any) -> Any:
    return [_lists(part) for part in nested] if isinstance(nested, list | tuple) else float(nested)


def read_wkt(text: str, axes: AxisOrder) -> dict[str, Any]:
    """A WKT geometry as unchecked GeoJSON, its axes put into the order of GeoJSON; `read_geometry` checks the rest.

    Raises GeoError for a text that is no WKT, names a reference system of its own, or holds nothing.
    """
    import shapely
    from shapely.geometry import mapping

    if ";" in text:
        raise GeoError(GeoFault.crs_named, text[:20])
    try:
        found = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, ValueError) as fault:
        raise GeoError(GeoFault.not_wkt, str(fault)[:100]) from None
    if found is None or found.is_empty:
        raise GeoError(GeoFault.too_few, "coordinates")
    raw = mapping(found)
    turned = axes is AxisOrder.latitude_longitude
    return {"type": raw["type"], "coordinates": _turned(raw.get("coordinates"), turned)}


def _turned(nested: Any, turned: bool) -> Any:
    if not isinstance(nested, list | tuple):
        return nested
    if nested and not isinstance(nested[0], list | tuple):
        return [nested[1], nested[0], *nested[2:]] if turned else list(nested)
    return [_turned(part, turned) for part in nested]


def bounds(geometry: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east, north of a geometry, degrees."""
    from shapely.geometry import shape

    west, south, east, north = shape(geometry).bounds
    return float(west), float(south), float(east), float(north)


def place_on(geometry: Mapping[str, Any]) -> LonLat:
    """A place on a geometry, where a map shows its sign: a point itself, the middle of a line, inside an area."""
    from shapely.geometry import shape

    drawn = shape(geometry)
    place = drawn.interpolate(0.5, normalized=True) if drawn.geom_type == "LineString" else drawn.representative_point()
    return float(place.x), float(place.y)


# -- metres -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _geod() -> Any:
    from pyproj import Geod

    return Geod(ellps="WGS84")


def distance_m(a: LonLat, b: LonLat) -> float:
    """Geodesic metres between two places in WGS-84."""
    return float(_geod().inv(a[0], a[1], b[0], b[1])[2])


def degrees_within(latitude: float, within_m: float) -> LonLat:
    """Degrees east and north beyond which nothing lies that is so near to a place of that latitude."""
    north = within_m / DEGREE_M_LEAST
    return north / math.cos(math.radians(min(abs(latitude) + north, TOLD_TO_LATITUDE))), north


def box_around(place: LonLat, within_m: float) -> tuple[float, float, float, float]:
    """West, south, east, north of all that is so near to a place; cut at the poles and at the 180th meridian."""
    longitude, latitude = place
    east, north = degrees_within(latitude, within_m)
    return (
        max(longitude - east, -180.0),
        max(latitude - north, -90.0),
        min(longitude + east, 180.0),
        min(latitude + north, 90.0),
    )


class Plane:
    """A flat map in metres around a place; true to 1 in 100,000 within its cell of half a degree."""

    def __init__(self, longitude: float, latitude: float) -> None:
        from pyproj import Transformer

        local = f"+proj=tmerc +lon_0={longitude} +lat_0={latitude} +k=1 +ellps=WGS84 +units=m"
        self._transform = Transformer.from_crs("EPSG:4326", local, always_xy=True)

    def point(self, longitude: float, latitude: float) -> LonLat:
        """Metres east and north of the plane's origin."""
        x, y = self._transform.transform(longitude, latitude)
        return float(x), float(y)

    def points(self, longitudes: Any, latitudes: Any) -> tuple[Any, Any]:
        """Metres east and north of many places, as two arrays."""
        x, y = self._transform.transform(longitudes, latitudes)
        return x, y

    def place(self, x: float, y: float) -> LonLat:
        """Degrees of a point of the plane: the way back."""
        longitude, latitude = self._transform.transform(x, y, direction="INVERSE")
        return float(longitude), float(latitude)

    def flatten(self, geometry: Mapping[str, Any]) -> Any:
        """A GeoJSON geometry as a shapely geometry in metres."""
        import shapely
        from shapely.geometry import shape

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
    box: tuple[float, float, float, float]
    """West, south, east, north on the plane, the radius included."""

    def distance_m(self, longitude: float, latitude: float) -> float:
        """Signed metres to the edge: negative inside, 0 on it."""
        import shapely

        return self.signed_m(shapely.Point(self.plane.point(longitude, latitude)))

    def signed_m(self, point: Any) -> float:
        """As `distance_m`, for a point of the plane."""
        outside = float(self.flat.distance(point))
        if outside > 0 or self.flat.area == 0:
            return outside - self.radius_m
        return -float(self.flat.boundary.distance(point)) - self.radius_m

    def distances_m(self, longitudes: Any, latitudes: Any) -> Any:
        """As `distance_m`, for arrays of places."""
        import shapely

        return self.all_signed_m(shapely.points(*self.plane.points(longitudes, latitudes)))

    def all_signed_m(self, points: Any) -> Any:
        """As `signed_m`, for an array of points of the plane."""
        import shapely

        metres = shapely.distance(self.flat, points)
        if self.flat.area > 0:
            within = metres == 0
            metres[within] = -shapely.distance(self.flat.boundary, points[within])
        return metres - self.radius_m


def zone(geometry: Mapping[str, Any], radius_m: float) -> Zone:
    """The zone of a point with its radius, of a line with its buffer, or of a polygon with a margin (or none)."""
    import shapely

    west, south, east, north = bounds(geometry)
    plane = plane_at((west + east) / 2, (south + north) / 2)
    flat = plane.flatten(geometry)
    shapely.prepare(flat)
    left, low, right, high = map(float, flat.bounds)
    return Zone(plane, flat, radius_m, (left - radius_m, low - radius_m, right + radius_m, high + radius_m))


def nearest(longitude: float, latitude: float, zones: Sequence[tuple[str, Zone]]) -> tuple[float, str]:
    """Signed metres to the nearest of some zones (not none), and its name; of equally near ones, the first by name.

    Boxes are compared first, so that few of hundreds are measured.
    """
    import shapely

    points: dict[int, LonLat] = {}
    boxes = []
    for name, each in zones:
        x, y = points.get(id(each.plane)) or points.setdefault(id(each.plane), each.plane.point(longitude, latitude))
        west, south, east, north = each.box
        away_x = west - x if x < west else x - east if x > east else 0.0
        away_y = south - y if y < south else y - north if y > north else 0.0
        boxes.append((away_x * away_x + away_y * away_y, name, each))
    boxes.sort(key=_squared_m)
    best = (math.inf, "")
    for squared_m, name, each in boxes:
        if math.sqrt(squared_m) > max(best[0], 0.0):
            break
        best = min(best, (each.signed_m(shapely.Point(points[id(each.plane)])), name))
    return best


def _squared_m(box: tuple[float, str, Zone]) -> float:
    return box[0]


def covers(geometry: Mapping[str, Any], longitude: float, latitude: float) -> bool:
    """Whether a place lies in a geometry or on its edge."""
    import shapely
    from shapely.geometry import shape

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
