"""How far a clock-in can be believed: signals, each with its weight, out of a set of clock-ins. Pure.

The order in which clock-ins came is no part of it. What a phone cannot tell is unavailable, never suspect. The weights
are neutral defaults.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.kernel.geo import distance_m
from mobile_contract.attendance import Mark, Place, Punch
from mobile_contract.reviews import Capability, Level, Signal

WEIGHTS: dict[Signal, int] = {
    Signal.outside_fence: 30,
    Signal.place_unproved: 10,
    Signal.mock_location: 100,
    Signal.provider_odd: 60,
    Signal.accuracy_not_positive: 40,
    Signal.position_invalid: 40,
    Signal.gps_time_far: 30,
    Signal.wall_far_off: 20,
    Signal.clock_poor: 20,
    Signal.clock_set: 20,
    Signal.wall_backwards: 20,
    Signal.same_place: 40,
    Signal.too_fast: 40,
    Signal.device_shared: 40,
    Signal.two_devices: 30,
    Signal.device_unusual: 10,
    Signal.photo_reused: 60,
    Signal.id_reused: 100,
}
SUSPECT_FROM = 20
TAMPERED_FROM = 100
NEAR_MS = 10 * 60_000
SAME_PLACE_MIN = 4
"""So many clock-ins to the ten-millionth of a degree are no chance."""
SPEED_MAX_MPS = 40.0
BACKWARDS_MIN_MS = 120_000
USUAL_MIN = 5
"""Of somebody with so many earlier clock-ins it is known which phones they use."""
OF_MARK: dict[Mark, Signal] = {
    Mark.mock_location: Signal.mock_location,
    Mark.provider_odd: Signal.provider_odd,
    Mark.accuracy_not_positive: Signal.accuracy_not_positive,
    Mark.position_invalid: Signal.position_invalid,
    Mark.gps_time_far: Signal.gps_time_far,
    Mark.wall_far_off: Signal.wall_far_off,
    Mark.clock_poor: Signal.clock_poor,
    Mark.clock_set: Signal.clock_set,
}
"""Marks that stand for a signal; the others are only a poor phone's, which is nobody's fault."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is odd about a clock-in, by name, and what could not be told."""

    score: int
    level: Level
    signals: tuple[Signal, ...]
    unavailable: tuple[Capability, ...]


def assess(punch: Punch, others: Iterable[Punch]) -> Assessment:
    """The signals of a clock-in among others: the person's own, and those of the same phone or photo."""
    around = sorted((o for o in others if o.id != punch.id), key=lambda o: (o.trusted_at, o.id))
    signals = tuple(sorted({*_alone(punch), *_among(punch, around)}))
    score = sum(WEIGHTS[signal] for signal in signals)
    level = Level.tampered if score >= TAMPERED_FROM else Level.suspect if score >= SUSPECT_FROM else Level.ok
    return Assessment(score, level, signals, unavailable(punch))


def unavailable(punch: Punch) -> tuple[Capability, ...]:
    """What the phone did not or could not tell."""
    missing = {
        Capability.mock_flag: punch.mock is None,
        Capability.accuracy: punch.longitude is not None and punch.accuracy_m is None,
        Capability.device: punch.device_id is None,
    }
    return tuple(capability for capability, lacks in missing.items() if lacks)


def wants_person(found: Assessment) -> bool:
    """Whether a person should decide: whatever was proved outside its fence, or is not believed."""
    return found.level is not Level.ok or Signal.outside_fence in found.signals


def _alone(punch: Punch) -> Iterable[Signal]:
    yield from (OF_MARK[mark] for mark in punch.marks if mark in OF_MARK)
    if punch.place is Place.outside:
        yield Signal.outside_fence
    if punch.place in (Place.unsure, Place.no_fix):
        yield Signal.place_unproved


def _among(punch: Punch, around: Sequence[Punch]) -> Iterable[Signal]:
    own = [o for o in around if o.person_id == punch.person_id]
    if punch.photo and any(o.photo == punch.photo for o in around):
        yield Signal.photo_reused
    if punch.device_id:
        near = [o for o in around if o.device_id and _apart_ms(punch, o) <= NEAR_MS]
        if any(o.device_id == punch.device_id and o.person_id != punch.person_id for o in near):
            yield Signal.device_shared
        if any(o.person_id == punch.person_id and o.device_id != punch.device_id for o in near):
            yield Signal.two_devices
        if _unusual(punch, own):
            yield Signal.device_unusual
        if any(_backwards(punch, o) for o in around if o.device_id == punch.device_id):
            yield Signal.wall_backwards
    if punch.longitude is not None:
        if sum(_same_place(punch, o) for o in own) + 1 >= SAME_PLACE_MIN:
            yield Signal.same_place
        if any(_too_fast(punch, o) for o in own):
            yield Signal.too_fast


def _apart_ms(a: Punch, b: Punch) -> int:
    return abs(round((a.trusted_at - b.trusted_at).total_seconds() * 1_000))


def _unusual(punch: Punch, own: Sequence[Punch]) -> bool:
    before = [o.device_id for o in own if o.trusted_at < punch.trusted_at and o.device_id]
    return len(before) >= USUAL_MIN and punch.device_id not in before


def _backwards(a: Punch, b: Punch) -> bool:
    if a.wall_at is None or b.wall_at is None:
        return False
    first, second = sorted((a, b), key=lambda o: o.trusted_at)
    assert first.wall_at is not None
    assert second.wall_at is not None
    return (first.wall_at - second.wall_at).total_seconds() * 1_000 > BACKWARDS_MIN_MS


def _same_place(a: Punch, b: Punch) -> bool:
    if b.longitude is None or b.latitude is None or a.longitude is None or a.latitude is None:
        return False
    return abs(a.longitude - b.longitude) < 1e-7 and abs(a.latitude - b.latitude) < 1e-7


def _too_fast(a: Punch, b: Punch) -> bool:
    """Faster than any vehicle of ours, even if both fixes and both clocks err in the person's favour."""
    if a.longitude is None or a.latitude is None or b.longitude is None or b.latitude is None:
        return False
    gone_m = distance_m((a.longitude, a.latitude), (b.longitude, b.latitude))
    sure_m = gone_m - 2 * ((a.accuracy_m or 100.0) + (b.accuracy_m or 100.0))
    took_s = (_apart_ms(a, b) + a.error_ms + b.error_ms) / 1_000
    return sure_m > SPEED_MAX_MPS * max(took_s, 1.0)
