"""补卡: which clock-ins may be made good by request, until when and how often. Pure."""

from dataclasses import dataclass
from datetime import date

from backend.attendance.rules.refusals import (
    CorrectionNotAllowed,
    CountExceeded,
    InTheFuture,
    NoAnomaly,
    OutOfDateLimit,
)
from mobile_contract.days import DayWord

CORRECTABLE = frozenset(
    {DayWord.missing, DayWord.late, DayWord.serious_late, DayWord.absent_late, DayWord.early, DayWord.pending}
)


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """What a district allows."""

    per_month_max: int
    days_max: int
    allowed: frozenset[DayWord] = CORRECTABLE


@dataclass(frozen=True, slots=True)
class Wish:
    """A request, as the rule looks at it."""

    on: date
    asked_on: date
    used: int
    """Requests of the month that stand, this one not counted."""
    word: DayWord | None
    """What the clock-in came to; None when the day wants no such clock-in."""
    at_ms: int
    now_ms: int


def check_correction(rule: CorrectionRule, wish: Wish) -> None:
    """Refuses with attendance.not_allowed, .no_anomaly, .out_of_date_limit, .count_exceeded or .in_the_future."""
    if wish.at_ms > wish.now_ms:
        raise InTheFuture
    if wish.word is None or wish.word is DayWord.excused:
        raise CorrectionNotAllowed
    if wish.word is DayWord.normal:
        raise NoAnomaly
    if wish.word not in rule.allowed:
        raise CorrectionNotAllowed
    if not 0 <= (wish.asked_on - wish.on).days <= rule.days_max:
        raise OutOfDateLimit(days=rule.days_max)
    if wish.used >= rule.per_month_max:
        raise CountExceeded(max=rule.per_month_max)
