"""Half-years, months and parts of the day of the district's calendar. Pure.

Interval rule (brief, gas 3.9): the next check is due six calendar months after the last, never a count of days.
"""

import calendar
from datetime import date, datetime, time
from enum import StrEnum

from backend.kernel.clock import DISTRICT_ZONE

CHECK_MONTHS = 6
CHECK_MONTHS_MAX = 12
"""No home goes longer without a check (brief, gas R13)."""
NOON_H, EVENING_H = 12, 18


class DayPart(StrEnum):
    """When somebody came; who was out in the morning may be at home in the evening."""

    morning = "morning"
    afternoon = "afternoon"
    evening = "evening"
    weekend = "weekend"


def half_of(on: date) -> str:
    """The half-year of a day: `2026H2`."""
    return f"{on.year}H{1 if on.month <= 6 else 2}"


def half_span(half: str) -> tuple[date, date]:
    """The first and the last day of a half-year."""
    year, second = int(half[:4]), half.endswith("H2")
    return (date(year, 7, 1), date(year, 12, 31)) if second else (date(year, 1, 1), date(year, 6, 30))


def months_after(on: date, months: int) -> date:
    """The same day so many months later; the month's last where it has no such day."""
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


def day_part(at: datetime) -> DayPart:
    """The part of the day in the district."""
    local = at.astimezone(DISTRICT_ZONE)
    if local.isoweekday() > 5:
        return DayPart.weekend
    if local.hour < NOON_H:
        return DayPart.morning
    return DayPart.afternoon if local.hour < EVENING_H else DayPart.evening


def midnight(on: date) -> datetime:
    """The instant at which a day of the district begins."""
    return datetime.combine(on, time(0), DISTRICT_ZONE)
