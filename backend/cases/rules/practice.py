"""What a district does its own way: neutral defaults, each with where it comes from. Pure.

[S] read in a source; [A] assumed by us. Nothing here is a norm.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from backend.kernel.calendar import DAY_MIN
from backend.kernel.worktime import SESSIONS, Limit, WorkDayMode
from mobile_contract.alarms import Danger
from mobile_contract.cases import Timer
from mobile_contract.limits import LimitUnit

CODE_CHARS_MAX = 64


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


_Count = Annotated[int, Field(ge=0, le=100, strict=True)]
_Share = Annotated[int, Field(ge=1, le=1_000, strict=True)]
_Minute = Annotated[int, Field(ge=0, le=DAY_MIN, strict=True)]


@dataclass(frozen=True, slots=True)
class Practice:
    """A district's ways. Each is said in the district's own file, or is as here."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")] = "default-1"
    """Stays with every due that was counted by it."""
    spot_m: Annotated[int, Field(ge=10, le=1_000, strict=True)] = (
        50  # S: verification and feedback, of the case's point
    )
    similar_m: Annotated[int, Field(ge=1, le=1_000, strict=True)] = 50  # S
    similar_h: Annotated[int, Field(ge=1, le=720, strict=True)] = 24  # S
    return_share: Annotated[float, Field(gt=0, le=1)] = 0.5  # A: of the handling limit
    returns_max: _Count = 3  # A
    force_after_returns: _Count = 2  # A
    extensions_max: _Count = 1  # S: once
    reopens_max: _Count = 1  # U
    reopen_days: _Count = 7  # U
    appeal_days: Annotated[int, Field(ge=1, le=100, strict=True)] = 7  # A: working days after the end
    appeals_max: _Count = 2  # S: two levels of review
    audit_percent: _Count = 10  # A: of what its finder put right at once, drawn by lot
    suspension_review_days: Annotated[int, Field(ge=1, le=100, strict=True)] = 7  # A: a suspension is looked at again
    suspension_escalate_days: Annotated[int, Field(ge=1, le=100, strict=True)] = 3  # A: after that it is told above
    same_time_within_min: Annotated[int, Field(ge=10, le=360, strict=True)] = (
        60  # A: before and after the finding's time of day, for codes checked at it
    )
    self_disposable: bool = True  # A: where no code table is in force
    rework_clock: ReworkClock = ReworkClock.carry_on  # U: sources do not say
    levels_percent: Annotated[tuple[_Share, ...], Field(max_length=10)] = (50, 80, 100, 150)  # A: see `head_percent`
    head_percent: _Share = 80  # A: from here on the unit's head is told beside the handler
    work_day_mode: WorkDayMode = WorkDayMode.sessions  # U: which reading a jurisdiction uses
    sessions: Annotated[tuple[tuple[_Minute, _Minute], ...], Field(min_length=1, max_length=6)] = SESSIONS  # S
    """Of a working day, minutes since midnight."""
    code_pattern: Annotated[str, Field(max_length=80)] = "{district}-{day}-{number:05d}"
    """How cases are numbered: district, street, day and number, as `{number:05d}`."""
    limits: Mapping[Timer, Limit] = field(default_factory=_limits)
    """Of clocks for which the code's own table names none."""


PRACTICE = Practice()
_READER = TypeAdapter(Practice)
_SAMPLE: Mapping[str, Any] = {"district": "440111", "street": "s" * 24, "day": "20260901", "number": 99_999}


def read_practice(text: str) -> Practice:
    """The ways of a district's file (JSON); what it does not name is as `PRACTICE` has it. Raises ValueError."""
    raw = json.loads(text)
    if not isinstance(raw, dict) or "version" not in raw:
        raise ValueError("version: a file of a district's ways names its version")
    known = {timer.value: limit for timer, limit in PRACTICE.limits.items()}
    if isinstance(raw.get("limits"), dict):
        raw["limits"] = known | raw["limits"]
    try:
        read = _READER.validate_python(raw, strict=False)
    except ValidationError as fault:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in fault.errors())
        raise ValueError(wrong) from None
    _check(read)
    return read


def _check(read: Practice) -> None:
    ends = [minute for session in read.sessions for minute in session]
    if ends != sorted(set(ends)):
        raise ValueError("sessions: they follow each other, apart, each with its end after its beginning")
    if list(read.levels_percent) != sorted(set(read.levels_percent)):
        raise ValueError("levels_percent: they rise from each to the next")
    try:
        numbered = read.code_pattern.format(**_SAMPLE)
    except (LookupError, ValueError, AttributeError, TypeError):
        raise ValueError("code_pattern: it knows {district}, {street}, {day} and {number:05d}") from None
    if str(_SAMPLE["number"]) not in numbered or len(numbered) > CODE_CHARS_MAX:
        raise ValueError(f"code_pattern: it holds {{number}}, and comes to {CODE_CHARS_MAX} characters at most")


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
