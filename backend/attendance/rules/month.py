"""Month sheets: what payroll adds up, frozen once, and the entries that say what came later. Pure.

The law: frozen days with their entries applied are the days as they would be computed now.
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import orjson

from mobile_contract.days import DayResult, DayWord, MonthDay, MonthTotals

MINUTES = (
    "late_min",
    "early_min",
    "worked_min",
    "credited_min",
    "leave_min",
    "overtime_workday_min",
    "overtime_rest_day_min",
    "overtime_holiday_min",
)
TIMES = ("times_late", "times_early", "times_missing")
TAKEN_OVER = tuple(name for name in MonthDay.model_fields if name not in TIMES)
LATE = (DayWord.late, DayWord.serious_late, DayWord.absent_late)


def month_of(on: date) -> str:
    """`2026-09` of a day."""
    return f"{on:%Y-%m}"


def month_day(result: DayResult) -> MonthDay | None:
    """A day as the sheet carries it; None for one that payroll need not know of."""
    words = [slot.word for slot in result.slots]
    counted = {
        "times_late": sum(1 for word in words if word in LATE),
        "times_early": words.count(DayWord.early),
        "times_missing": words.count(DayWord.missing),
    }
    day = MonthDay.model_validate({name: getattr(result, name) for name in TAKEN_OVER} | counted)
    empty = day.word is DayWord.not_required and not any(getattr(day, name) for name in MINUTES)
    return None if empty else day


def totals(days: Iterable[MonthDay]) -> MonthTotals:
    """What payroll adds up."""
    rows = list(days)
    present = ("worked_min", "credited_min", "overtime_rest_day_min", "overtime_holiday_min")
    due = [row for row in rows if row.word is not DayWord.not_required]
    return MonthTotals(
        days_due=len(due),
        days_excused=sum(1 for row in due if row.word is DayWord.excused),
        days_worked=sum(1 for row in rows if any(getattr(row, name) for name in present)),
        days_absent=sum(1 for row in rows if row.word in (DayWord.absent, DayWord.absent_late)),
        days_work_on_leave=sum(1 for row in rows if row.work_on_leave),
        **{name: sum(getattr(row, name) for row in rows) for name in (*TIMES, *MINUTES)},
    )


def digest(days: Iterable[MonthDay]) -> str:
    """SHA-256 of the days as they travel, in the order of the calendar."""
    return hashlib.sha256(canonical(days)).hexdigest()


def canonical(days: Iterable[MonthDay]) -> bytes:
    """The days of a sheet as bytes: equal facts, equal bytes."""
    rows = [day.model_dump(mode="json") for day in sorted(days, key=lambda d: d.on)]
    return orjson.dumps(rows, option=orjson.OPT_SORT_KEYS)


Change = tuple[date, MonthDay | None]
"""A day, and what it comes to after a late fact."""


def applied(days: Iterable[MonthDay], changes: Iterable[Change]) -> list[MonthDay]:
    """The days of a frozen sheet with later entries applied in their order."""
    by_day: dict[date, MonthDay] = {day.on: day for day in days}
    for on, after in changes:
        if after is None:
            by_day.pop(on, None)
        else:
            by_day[on] = after
    return [by_day[on] for on in sorted(by_day)]


def difference(stands: MonthDay | None, comes_to: MonthDay | None) -> dict[str, Any] | None:
    """{before, after} when a day comes to something else than what the sheet says; else None."""
    if stands == comes_to:
        return None
    return {
        "before": stands.model_dump(mode="json") if stands else None,
        "after": comes_to.model_dump(mode="json") if comes_to else None,
    }
