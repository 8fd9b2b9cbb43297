"""What a clock-in comes to: place by fence and accuracy, marks for a person to look at, never a refusal. Pure.

The numbers are a district's settings; those here are neutral defaults (brief, attendance 4.6).
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from backend.attendance.rules.refusals import FenceInvalid, RadiusNeeded
from backend.kernel.geo import Datum, Zone, nearest, to_wgs84, zone
from mobile_contract import verdicts
from mobile_contract.attendance import FenceShape, Mark, Place
from mobile_contract.verdicts import FIX_AGE_MAX_S
from qr import payload

CLOCK_ERROR_MAX_MS = 5 * 60_000
WALL_DRIFT_MAX_MS = 120_000
GPS_DRIFT_MAX_MS = 120_000
PHONE_PROVIDERS = frozenset({"gps", "gnss", "beidou", "network", "fused", "passive", "browser", "wifi", "cell"})
"""Names under which phones give positions of their own."""


class Fix(NamedTuple):
    """A position as the phone gave it, its datum named."""

    longitude: float | None
    latitude: float | None
    accuracy_m: float | None = None
    datum: Datum = Datum.wgs84
    age_s: float | None = None


class Verdict(NamedTuple):
    """Where somebody was, as far as the fix proves; the fence it was measured against; what to look at."""

    place: Place
    fence_id: str | None = None
    distance_m: float | None = None
    marks: tuple[Mark, ...] = ()


class Seen(NamedTuple):
    """A fix in WGS-84 on this earth, with what is odd about it."""

    longitude: float
    latitude: float
    accuracy_m: float | None
    marks: tuple[Mark, ...]


def see(fix: Fix | None) -> tuple[Seen | None, tuple[Mark, ...]]:
    """The fix in WGS-84, or None with the reason why there is none to speak of."""
    if fix is None or fix.longitude is None or fix.latitude is None:
        return None, ()
    if abs(fix.longitude) > 180 or abs(fix.latitude) > 90:
        return None, (Mark.position_invalid,)
    marks = []
    if fix.accuracy_m is None:
        marks.append(Mark.accuracy_missing)
    elif fix.accuracy_m <= 0:
        # Zero is what mock providers give; no receiver is that good.
        marks.append(Mark.accuracy_not_positive)
    if fix.age_s is not None and (fix.age_s > FIX_AGE_MAX_S or fix.age_s < 0):
        marks.append(Mark.fix_old)
    longitude, latitude = to_wgs84(fix.longitude, fix.latitude, fix.datum)
    return Seen(longitude, latitude, fix.accuracy_m, tuple(marks)), ()


def judge(fix: Fix | None, fences: Sequence[tuple[str, Zone]]) -> Verdict:
    """Where a clock-in was, by the fences that held for the person at its time.

    The nearest fence is the one meant; inside any is inside.
    """
    seen, faults = see(fix)
    if seen is None:
        return Verdict(Place.no_fix, marks=faults)
    if not fences:
        return Verdict(Place.no_fence, marks=seen.marks)
    distance_m, fence_id = nearest(seen.longitude, seen.latitude, fences)
    return Verdict(place_of(distance_m, seen), fence_id, round(distance_m, 1), seen.marks)


@lru_cache(maxsize=20_000)
def zone_of(geometry: str, radius_m: float) -> Zone:
    """The zone of a fence, from its GeoJSON text: drawn once, then remembered."""
    return zone(orjson.loads(geometry), radius_m)


def place_of(distance_m: float, seen: Seen) -> Place:
    """Inside, outside or unsure, by the signed metres to the edge and the accuracy of the fix."""
    return verdicts.place_of(distance_m, seen.accuracy_m, math.inf if Mark.fix_old in seen.marks else None)


def marks_of_clock(quality: str, error_ms: int, wall_ms: int | None, trusted_ms: int) -> list[Mark]:
    """What is odd about the time of a clock-in."""
    marks = []
    if quality == "poor":
        marks.append(Mark.clock_poor)
    if quality == "hand_set":
        marks.append(Mark.clock_set)
    if error_ms > CLOCK_ERROR_MAX_MS:
        marks.append(Mark.clock_unsure)
    if wall_ms is not None and abs(wall_ms - trusted_ms) > WALL_DRIFT_MAX_MS + error_ms:
        marks.append(Mark.wall_far_off)
    return marks


def scanned_point(text: str) -> str | None:
    """The fence (its lineage) whose punch point a label names; None for any other label."""
    try:
        read = payload.parse(text)
    except payload.PayloadError:
        return None
    return str(read.uuid) if isinstance(read, payload.PunchPoint) and read.uuid else None


def by_point(verdict: Verdict, fence_id: str | None) -> Verdict:
    """A verdict after the punch point of one's fence was scanned: it settles what the fix left open, and no more.

    A label can be photographed: against a fix that proves otherwise it proves nothing.
    """
    if fence_id is None:
        return verdict._replace(marks=(*verdict.marks, Mark.qr_other))
    if verdict.place in (Place.unsure, Place.no_fix):
        return verdict._replace(place=Place.inside, fence_id=fence_id)
    return verdict


def marks_of_source(gps_ms: int | None, at_ms: int, error_ms: int, providers: Sequence[str] | None) -> list[Mark]:
    """What is odd about where a fix came from; what a phone cannot tell is not odd."""
    marks = []
    if gps_ms is not None and abs(gps_ms - at_ms) > GPS_DRIFT_MAX_MS + error_ms:
        marks.append(Mark.gps_time_far)
    if providers and not PHONE_PROVIDERS.intersection(name.lower() for name in providers):
        marks.append(Mark.provider_odd)
    return marks


def wants_review(place: Place, marks: Sequence[Mark]) -> bool:
    """Whether a person should look: proven outside, unproven, or marked. Who has no fence is not asked for one."""
    return bool(marks) or place in (Place.outside, Place.unsure, Place.no_fix)


def shape_of(geometry: dict[str, Any], radius_m: float) -> FenceShape:
    """Which sort of fence a geometry draws; refuses what is none, and a circle or line without width."""
    shapes = {"Point": FenceShape.circle, "LineString": FenceShape.line, "Polygon": FenceShape.polygon}
    shape = shapes.get(str(geometry["type"]))
    if shape is None:
        raise FenceInvalid(fault="type_unknown", where="type")
    if shape is not FenceShape.polygon and radius_m <= 0:
        raise RadiusNeeded
    return shape
