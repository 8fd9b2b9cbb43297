"""The district's calendar: which days are worked, which are off, which are holidays. Pure but for reading its file.

The list is data with a version and a source. The one that comes with the house is an example to be replaced by the
notice in force (`GRIDCREW_CALENDAR_FILE`); a day that no list names is judged by its weekday.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from backend.kernel.clock import DISTRICT_ZONE, to_ms
from mobile_contract.rosters import DayKind

EXAMPLE = Path(__file__).with_name("calendar_example.json")
MINUTE_MS = 60_000
DAY_MIN = 1_440


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days told apart from their weekday: {day: (kind, name)}."""

    version: str
    source: str
    days: Mapping[date, tuple[DayKind, str]]

    def kind(self, on: date) -> DayKind:
        """What a day is."""
        named = self.days.get(on)
        if named is not None:
            return named[0]
        return DayKind.rest_day if on.isoweekday() > 5 else DayKind.workday


@lru_cache(maxsize=8)
def read_calendar(path: Path | None = None) -> Calendar:
    """The calendar of a file: {version, source, days: {"2026-10-01": ["holiday", "国庆节"]}}. Raises ValueError."""
    raw = json.loads((path or EXAMPLE).read_text(encoding="utf-8"))
    days = {date.fromisoformat(on): (DayKind(kind), str(name)) for on, (kind, name) in raw["days"].items()}
    return Calendar(str(raw["version"]), str(raw["source"]), days)


@lru_cache(maxsize=4_096)
def midnight_ms(on: date) -> int:
    """The instant at which a day of the district begins, milliseconds since 1970."""
    return to_ms(datetime.combine(on, time(0), DISTRICT_ZONE))


def minute_ms(on: date, minute: int) -> int:
    """The instant so many minutes after a day's midnight; above 1440 it lies on the day after."""
    days, rest = divmod(minute, DAY_MIN)
    return midnight_ms(on + timedelta(days=days)) + rest * MINUTE_MS


def local_day(instant: datetime) -> date:
    """The day of the district on which an instant lies."""
    return instant.astimezone(DISTRICT_ZONE).date()
