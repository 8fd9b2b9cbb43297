"""The clocks of a case: counted once at their start, paused and taken up again, told of by shares of their limit. Pure.

Rules R1-R6 of the brief: due is frozen with the version of its table; a pause shifts what is left; each level is told
once; in time is judged by the trusted time of the act.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.kernel.worktime import Limit, Worktime, due, worked_ms
from mobile_contract.cases import InTime
from mobile_contract.limits import LimitUnit

IN_SESSIONS = (LimitUnit.work_hour, LimitUnit.work_day)


@dataclass(frozen=True, slots=True)
class Level:
    """A share of the limit, when it is reached, and when that was told."""

    percent: int
    at: datetime
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a clock came to at its start."""

    due_at: datetime
    table: str
    provisional: bool
    levels: tuple[Level, ...]


def count(start: datetime, limit: Limit, worktime: Worktime, table: str, percents: Sequence[int]) -> Counted:
    """When a limit that begins now ends, and when each of its levels is reached."""
    end = due(start, limit, worktime)
    levels = tuple(Level(percent, _share(start, end.at, limit, worktime, percent)) for percent in percents)
    return Counted(end.at, f"{table}|{end.calendar_version}|{worktime.mode.value}", end.provisional, levels)


def _share(start: datetime, end: datetime, limit: Limit, worktime: Worktime, percent: int) -> datetime:
    if limit.unit not in IN_SESSIONS:
        return start + (end - start) * (percent / 100)
    whole_ms = worked_ms(start, end, worktime)
    return later(start, whole_ms * percent // 100, limit.unit, worktime)


def later(start: datetime, ms: int, unit: LimitUnit, worktime: Worktime) -> datetime:
    """The instant so much time of the unit's sort after `start`: of sessions only, or of all hours."""
    if ms <= 0:
        return start
    if unit not in IN_SESSIONS:
        return start + timedelta(milliseconds=ms)
    return due(start, Limit(ms / 3_600_000, LimitUnit.work_hour), worktime).at


def left_ms(at: datetime, until: datetime, unit: LimitUnit, worktime: Worktime) -> int:
    """How much of the unit's time lies between two instants; less than 0 when `until` has gone by."""
    if unit in IN_SESSIONS:
        return worked_ms(at, until, worktime) if until >= at else -worked_ms(until, at, worktime)
    return (until - at) // timedelta(milliseconds=1)


def shifted(instant: datetime, paused: datetime, resumed: datetime, unit: LimitUnit, worktime: Worktime) -> datetime:
    """Where an instant of a clock lies after a pause; what had gone by before it stays."""
    left = left_ms(paused, instant, unit, worktime)
    return instant if left <= 0 else later(resumed, left, unit, worktime)


def extended(due_at: datetime, limit: Limit, worktime: Worktime) -> datetime:
    """The due of a clock that is given its limit once more."""
    return due(due_at, limit, worktime).at


def reached(levels: Sequence[Level], now: datetime) -> tuple[list[Level], list[int]]:
    """The levels with those told that are reached by now, and their per cents: each is told once."""
    fresh = [level.percent for level in levels if level.told_at is None and level.at <= now]
    return [replace(level, told_at=now) if level.percent in fresh else level for level in levels], fresh


def next_at(levels: Sequence[Level]) -> datetime | None:
    """When the next level is to be told."""
    return min((level.at for level in levels if level.told_at is None), default=None)


def judge(done_at: datetime, error_ms: int, due_at: datetime) -> InTime:
    """Whether an act was in time; a doubt that crosses the limit counts for whoever acted, and is listed."""
    error = timedelta(milliseconds=error_ms)
    if done_at + error <= due_at:
        return InTime.in_time
    return InTime.late if done_at - error > due_at else InTime.in_time_unsure
