"""How a phone judges off line where it is: the rule of the server, in plain arithmetic. Pure.

Signed metres to a fence's edge, negative inside, on a flat map around the fix; then inside, outside or unsure by the
accuracy of the fix. Within a few kilometres it differs from the ellipsoid by less than a thousandth.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from mobile_contract.attendance import Place

ACCURACY_GOOD_M = 30.0
"""A fix at least this good is believed on either side of the edge."""
ACCURACY_CAP_M = 100.0
"""A fix worse than this never proves that somebody was away."""
TOLERANCE_M = 10.0
FIX_AGE_MAX_S = 60.0
_AXIS_M = 6_378_137.0
_ECCENTRICITY2 = 0.00669437999014
_Flat = Sequence[tuple[float, float]]


def place_of(distance_m: float, accuracy_m: float | None, age_s: float | None) -> Place:
    """Inside, outside or unsure: a poor fix never proves anything."""
    if accuracy_m is None or accuracy_m <= 0 or (age_s is not None and not 0 <= age_s <= FIX_AGE_MAX_S):
        return Place.unsure
    if distance_m <= -accuracy_m or (distance_m <= 0 and accuracy_m <= ACCURACY_GOOD_M):
        return Place.inside
    if distance_m > accuracy_m + TOLERANCE_M and accuracy_m <= ACCURACY_CAP_M:
        return Place.outside
    return Place.unsure


def signed_m(geometry: Mapping[str, Any], radius_m: float, longitude: float, latitude: float) -> float:
    """Metres from a place to the edge of a fence (GeoJSON, WGS-84), negative inside."""
    lines = _lines(geometry)
    flat = [[_metres(x, y, longitude, latitude) for x, y in line] for line in lines]
    metres = min(_to_line(line) for line in flat)
    if geometry["type"] == "Polygon" and _inside(flat):
        metres = -metres
    return metres - radius_m


def _lines(geometry: Mapping[str, Any]) -> list[Any]:
    coordinates = geometry["coordinates"]
    lines: dict[str, list[Any]] = {"Point": [[coordinates]], "LineString": [coordinates], "Polygon": coordinates}
    return lines[geometry["type"]]


def _metres(x: float, y: float, longitude: float, latitude: float) -> tuple[float, float]:
    """East and north of the fix, by the radii of the ellipsoid half-way."""
    phi = math.radians((y + latitude) / 2)
    bent = 1 - _ECCENTRICITY2 * math.sin(phi) ** 2
    east = math.radians(x - longitude) * _AXIS_M / math.sqrt(bent) * math.cos(phi)
    north = math.radians(y - latitude) * _AXIS_M * (1 - _ECCENTRICITY2) / (bent * math.sqrt(bent))
    return east, north


def _to_line(line: _Flat) -> float:
    if len(line) == 1:
        return math.hypot(*line[0])
    return min(_to_piece(a, b) for a, b in pairwise(line))


def _to_piece(a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    squared = dx * dx + dy * dy
    along = min(1.0, max(0.0, -(a[0] * dx + a[1] * dy) / squared)) if squared else 0.0
    return math.hypot(a[0] + along * dx, a[1] + along * dy)


def _inside(rings: Sequence[_Flat]) -> bool:
    """Whether a ray to the east crosses the rings an odd number of times: holes are outside."""
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > 0) != (by > 0) and ax + (0 - ay) / (by - ay) * (bx - ax) > 0:
                odd = not odd
    return odd
