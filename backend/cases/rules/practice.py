"""What a district does its own way: neutral defaults, each with where it comes from. Pure.

[S] read in a source; [A] assumed by us. Nothing here is a norm.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backend.kernel.worktime import Limit
from mobile_contract.alarms import Danger
from mobile_contract.cases import Timer
from mobile_contract.limits import LimitUnit


class ReworkClock(StrEnum):
    """What the handling clock does when a check fails."""

    carry_on = "continue"
    restart_full = "restart_full"
    restart_half = "restart_half"


def _limits() -> dict[Timer, Limit]:
    return {
        Timer.accept: Limit(2, LimitUnit.work_hour),  # A
        Timer.verify: Limit(24, LimitUnit.urgent_hour),  # S: cityguard
        Timer.dispatch: Limit(2, LimitUnit.work_hour),  # A
        Timer.handle: Limit(4, LimitUnit.work_hour),  # S: cityguard's default of a unit
        Timer.check: Limit(2, LimitUnit.work_hour),  # S: cityguard
        Timer.close: Limit(4, LimitUnit.work_hour),  # A
        Timer.total: Limit(15, LimitUnit.work_day),  # A
    }


@dataclass(frozen=True, slots=True)
class Practice:
    """A district's ways."""

    version: str = "default-1"
    spot_m: int = 50  # S: verification and feedback within this of the case's point
    similar_m: int = 50  # S
    similar_h: int = 24  # S
    return_share: float = 0.5  # A: of the handling limit
    returns_max: int = 3  # A
    force_after_returns: int = 2  # A
    extensions_max: int = 1  # S: once
    reopens_max: int = 1  # U
    reopen_days: int = 7  # U
    appeal_days: int = 7  # A
    self_disposable: bool = True  # A: where no code table is in force
    rework_clock: ReworkClock = ReworkClock.carry_on  # U: sources do not say
    levels_percent: tuple[int, ...] = (50, 80, 100, 150)  # A: handler, unit's head, overdue, leader
    code_pattern: str = "{district}-{day}-{number:05d}"
    limits: Mapping[Timer, Limit] = field(default_factory=_limits)
    """Of clocks for which the code's own table names none."""


PRACTICE = Practice()
EMERGENCIES = frozenset({("event", "04")})
"""Classes of codes (突发事件) that go ahead of every queue, as what was opened for a danger report does."""
DANGERS: Mapping[Danger, tuple[str, str]] = {
    Danger.road_collapse: ("04", "01"),
    Danger.water_main: ("04", "02"),
    Danger.gas_leak: ("04", "03"),
    Danger.drain: ("04", "04"),
    Danger.heat_main: ("04", "05"),
    Danger.flooding: ("04", "06"),
    Danger.fallen_cable: ("04", "08"),
    Danger.crowd: ("04", "09"),
}
"""Events by which a case is opened for a danger; 04-99 for all others. Examples, as two public systems show them."""
DANGER_OTHER = ("04", "99")
