"""When an act was done, as a server estimates it: clocks that are right, wrong, set by hand, off in between."""

from typing import Any

from mobile_contract.vectors import MORNING_MS, Case
from sync import clocks
from sync.protocol import DeviceTime, PushClock

HOUR_MS = 3_600_000
WRONG = {
    "right": 0,
    "an hour ahead": HOUR_MS,
    "of 1970": -MORNING_MS,
    "of 2100": 4_102_444_800_000 - MORNING_MS,
}
BOOT, OTHER = "b1", "b0"


def times() -> list[Case]:
    """Each case: `at` of an act, `clock` of its push, `received_ms`; `gives` the estimate, bound, quality."""
    cases = [_case(f"{how}, {wrong}", made) for wrong, error in WRONG.items() for how, made in _ways(error).items()]
    return [case | {"gives": estimated(case)} for case in cases]


def estimated(case: Case) -> Case:
    """What the reference makes of one case: see sync/README.md, "Time"."""
    at, clock = DeviceTime.model_validate(case["at"]), PushClock.model_validate(case["clock"])
    made = clocks.trusted(at, clock, case["received_ms"])
    return {"ms": made.ms, "error_ms": made.error_ms, "quality": made.quality.value}


def _case(about: str, made: tuple[Case, Case]) -> Case:
    return {"about": about, "at": made[0], "clock": made[1], "received_ms": MORNING_MS}


def _ways(error_ms: int) -> dict[str, tuple[Case, Case]]:
    """An act of an hour before its push, on a phone whose wall clock is off by `error_ms`."""
    done, sent = _shown(MORNING_MS - HOUR_MS, error_ms), _shown(MORNING_MS - 60, error_ms)
    last = {"boot": BOOT, "t0": [done["wall_ms"] - 200, done["mono_ms"] - 200], "t1": MORNING_MS - HOUR_MS - 140}
    last |= {"t2": MORNING_MS - HOUR_MS - 110, "t3": [done["wall_ms"] - 50, done["mono_ms"] - 50]}
    return {
        "one boot, no exchange": (done, sent | {"rtt_ms": 120}),
        "one boot, round trip unknown": (done, sent),
        "after an exchange of this boot": (done, sent | {"rtt_ms": 120, "last": last}),
        "done before a reboot, exchange of that boot": (done, sent | {"boot": OTHER, "mono_ms": 5_000, "last": last}),
        "done before a reboot, no exchange": (done, sent | {"boot": OTHER, "mono_ms": 5_000}),
        "no running clock": ({"wall_ms": done["wall_ms"]}, {"wall_ms": sent["wall_ms"]}),
        "set back an hour between act and push": (done, sent | {"wall_ms": sent["wall_ms"] - HOUR_MS}),
        "a running clock that runs backwards": (done | {"mono_ms": sent["mono_ms"] + 9_000}, sent),
        "done after it was sent": ({"wall_ms": sent["wall_ms"] + HOUR_MS}, {"wall_ms": sent["wall_ms"]}),
    }


def _shown(true_ms: int, error_ms: int) -> dict[str, Any]:
    """What the phone's clocks show; it was switched on a day before the morning."""
    return {"wall_ms": true_ms + error_ms, "mono_ms": true_ms - MORNING_MS + 24 * HOUR_MS, "boot": BOOT}
