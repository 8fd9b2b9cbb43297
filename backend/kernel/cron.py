"""Cron expressions: when recurring work is due. Five fields, read in the zone of the instant that is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
LOOK_BACK_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class Cron:
    """Which minutes match; `any_day` and `any_weekday` are true where the field is `*`."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    """0 is Sunday."""
    any_day: bool
    any_weekday: bool

    def falls_on(self, day: datetime) -> bool:
        """Whether the day matches; when day and weekday are both restricted, either will do, as in crontab(5)."""
        if day.month not in self.months:
            return False
        by_day, by_weekday = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_day and by_weekday
        return by_day or by_weekday


def parse(expression: str) -> Cron:
    """Reads `minute hour day month weekday` with `*`, lists, ranges and steps; raises ValueError."""
    fields = expression.split()
    if len(fields) != len(RANGES):
        raise ValueError(f"a schedule has five fields: {expression!r}")
    minutes, hours, days, months, weekdays = (_values(f, *r) for f, r in zip(fields, RANGES, strict=True))
    return Cron(
        minutes, hours, days, months, frozenset(d % 7 for d in weekdays), fields[2][0] == "*", fields[4][0] == "*"
    )


def last_due(cron: Cron, now: datetime, look_back: timedelta) -> datetime | None:
    """The latest matching minute not after `now` and not before `now - look_back`, in now's zone."""
    assert look_back <= timedelta(days=LOOK_BACK_DAYS_MAX)
    day, earliest = now.replace(hour=0, minute=0, second=0, microsecond=0), now - look_back
    while day + timedelta(days=1) > earliest:
        if cron.falls_on(day):
            due = [t for t in _minutes_of(cron, day) if earliest <= t <= now]
            if due:
                return max(due)
        day -= timedelta(days=1)
    return None


def _minutes_of(cron: Cron, day: datetime) -> list[datetime]:
    return [day.replace(hour=hour, minute=minute) for hour in cron.hours for minute in cron.minutes]


def _values(field: str, low: int, high: int) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, dash, last = span.partition("-")
        start, end = (low, high) if span == "*" else (int(first), int(last if dash else first))
        if step and not dash and span != "*":
            end = high
        every = int(step) if step else 1
        if not (low <= start <= end <= high and every >= 1):
            raise ValueError(f"not within {low}-{high}: {part!r}")
        found.update(range(start, end + 1, every))
    return frozenset(found)
