"""At which time of day a case is checked whose code wants the finding's own (同时段). Pure."""

from datetime import datetime, time, timedelta

from backend.kernel.calendar import DAY_MIN
from backend.kernel.clock import DISTRICT_ZONE

DAY = timedelta(days=1)
Daytime = tuple[int, int]
"""From when until when, minutes since midnight of the district; from the later to the earlier: over midnight."""


def around(found_at: datetime, minutes: int) -> Daytime:
    """So many minutes before and after the time of day of a finding."""
    local = found_at.astimezone(DISTRICT_ZONE)
    found = local.hour * 60 + local.minute
    return (found - minutes) % DAY_MIN, (found + minutes) % DAY_MIN


def within(at: datetime, error_ms: int, daytime: Daytime) -> bool:
    """Whether an act was done at that time of day; the doubt about its time counts for whoever acted."""
    width, gone = timedelta(minutes=(daytime[1] - daytime[0]) % DAY_MIN), _gone(at, daytime)
    return min(gone - width, DAY - gone) <= timedelta(milliseconds=error_ms)


def opening(at: datetime, daytime: Daytime) -> datetime:
    """The first instant from `at` on of that time of day."""
    return at if within(at, 0, daytime) else at + DAY - _gone(at, daytime)


def told(minute: int) -> str:
    """A minute of the day as people read it: `21:05`."""
    return f"{time(*divmod(minute, 60)):%H:%M}"


def _gone(at: datetime, daytime: Daytime) -> timedelta:
    """How long ago that time of day last began."""
    local = at.astimezone(DISTRICT_ZONE)
    since_midnight = timedelta(
        hours=local.hour, minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )
    return (since_midnight - timedelta(minutes=daytime[0])) % DAY
