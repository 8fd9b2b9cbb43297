"""Whether a fence was drawn in another datum or axis order than was said: asked back, never guessed. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from backend.kernel.geo import Datum, GeoError, read_geometry

SHARE_FINE = 0.25
"""A fence of which so much lies in its area is taken as said."""
SHARE_TELLING = 0.9
"""Another reading is suspected when so much lies in the area by it."""


class Suspicion(StrEnum):
    """How a fence may have been meant."""

    drawn_in_wgs84 = "drawn_in_wgs84"
    drawn_in_gcj02 = "drawn_in_gcj02"
    drawn_in_bd09 = "drawn_in_bd09"
    axes_swapped = "axes_swapped"
    outside_area = "outside_area"
    """By no reading does it lie in its area."""


def doubt(raw: Mapping[str, Any], datum: Datum, outline: Mapping[str, Any] | None) -> Suspicion | None:
    """What is suspected of a fence, as it was drawn, by the outline of its area (WGS-84); None when it is fine.

    `raw` has passed `read_geometry` in `datum`. Without an outline there is nothing to suspect by.
    """
    if outline is None or _share(read_geometry(raw, datum), outline) >= SHARE_FINE:
        return None
    shares = [(_share_as(reading, raw, other, outline), reading) for reading, other in _others(datum)]
    best, reading = max(shares, key=lambda found: found[0])
    if best >= SHARE_TELLING:
        return reading
    return Suspicion.outside_area if _share(read_geometry(raw, datum), outline) == 0 else None


def _others(datum: Datum) -> list[tuple[Suspicion, Datum]]:
    same = (Datum.wgs84, Datum.cgcs2000)
    readings = [
        (Suspicion.drawn_in_gcj02, Datum.gcj02),
        (Suspicion.drawn_in_bd09, Datum.bd09),
        (Suspicion.drawn_in_wgs84, Datum.wgs84),
    ]
    others = [(s, d) for s, d in readings if d is not datum and not (d in same and datum in same)]
    return [*others, (Suspicion.axes_swapped, datum)]


def _share_as(reading: Suspicion, raw: Mapping[str, Any], datum: Datum, outline: Mapping[str, Any]) -> float:
    meant = {"type": raw["type"], "coordinates": _swapped(raw["coordinates"])}
    try:
        return _share(read_geometry(meant if reading is Suspicion.axes_swapped else raw, datum), outline)
    except GeoError:
        return 0.0


def _swapped(nested: Any) -> Any:
    if nested and isinstance(nested[0], list | tuple):
        return [_swapped(part) for part in nested]
    return [nested[1], nested[0]]


def _share(geometry: Mapping[str, Any], outline: Mapping[str, Any]) -> float:
    """How much of a geometry lies in an outline, by area, by length, or for a point all or nothing."""
    from shapely.geometry import shape

    drawn, area = shape(geometry), shape(outline)
    common = drawn.intersection(area)
    for measure in ("area", "length"):
        if (whole := float(getattr(drawn, measure))) > 0:
            return float(getattr(common, measure)) / whole
    return 0.0 if common.is_empty else 1.0
