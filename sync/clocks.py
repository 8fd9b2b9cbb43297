"""Device time to trusted time, with an error bound. Phones lie about time: their clocks are claims."""

from dataclasses import dataclass
from enum import StrEnum

from sync.protocol import DeviceTime, PushClock

DRIFT_PPM = 100
"""How far a phone's oscillator may run off, parts per million."""
RTT_UNKNOWN_MS = 4_000
"""The round trip assumed of a phone that did not measure one."""
WALL_ERROR_MS = 300_000
"""The error bound of an act timed by a wall clock alone: nobody saw whether it was set in between."""
POOR_ERROR_MS = 86_400_000
"""The longest bound ever told: of a clock that is further off nothing is known."""
AGE_MAX_MS = 400 * 86_400_000
"""An act older than this was timed by a broken clock."""


class Quality(StrEnum):
    """How well an act's time is known."""

    anchored = "anchored"
    """By the monotonic clock of the same boot: setting the wall clock changes nothing."""
    wall = "wall"
    """By the wall clock, moved by its offset at the push."""
    poor = "poor"
    """The clocks contradict each other or the present; a person looks at it."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """The server's estimate of when an act was done; fixed at first receipt and never re-made."""

    ms: int
    error_ms: int
    quality: Quality


def trusted(at: DeviceTime, clock: PushClock, received_ms: int) -> Trusted:
    """The estimate for an act at `at`, pushed when the phone's clocks showed `clock`, received at `received_ms`."""
    flight = (clock.rtt_ms if clock.rtt_ms is not None else RTT_UNKNOWN_MS) // 2
    if at.boot is not None and at.boot == clock.boot and at.mono_ms is not None and clock.mono_ms is not None:
        elapsed = clock.mono_ms - at.mono_ms
        if elapsed >= 0:
            error = flight + elapsed * DRIFT_PPM // 1_000_000 + 1
            return _bounded(received_ms - flight - elapsed, error, Quality.anchored, received_ms)
    offset = received_ms - flight - clock.wall_ms
    return _bounded(at.wall_ms + offset, WALL_ERROR_MS + flight, Quality.wall, received_ms)


def _bounded(ms: int, error_ms: int, quality: Quality, received_ms: int) -> Trusted:
    """No act is done after it was received, nor before phones were made: clamped and marked, never refused."""
    if ms > received_ms:
        late = ms - received_ms
        poor = late > error_ms
        return Trusted(received_ms, min(max(error_ms, late), POOR_ERROR_MS), Quality.poor if poor else quality)
    if ms < received_ms - AGE_MAX_MS:
        return Trusted(received_ms - AGE_MAX_MS, POOR_ERROR_MS, Quality.poor)
    return Trusted(ms, error_ms, quality)


def through(through_ms: int, clock: PushClock, received_ms: int) -> int:
    """Until when, in trusted time, the phone says that everything was sent."""
    return min(received_ms, received_ms - (clock.wall_ms - through_ms))
