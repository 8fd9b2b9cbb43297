"""The one clock. Instants are aware datetimes in UTC."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DISTRICT_ZONE = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Gives the present instant and a monotonic reading."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds that only ever grow, for measuring how long a thing took."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        return time.monotonic()


class SetClock:
    """A clock that a test or a vector sets by hand."""

    def __init__(self, start: datetime) -> None:
        assert start.tzinfo is not None
        self._now = start.astimezone(UTC)
        self._mono = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic_s(self) -> float:
        return self._mono

    def pass_time(self, step: timedelta) -> None:
        """Lets time pass."""
        self._now += step
        self._mono += step.total_seconds()


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 of an aware instant."""
    return (instant - EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The instant, in UTC; values outside years 1970..2199 are clamped, since phones lie about time."""
    return EPOCH + timedelta(0, 0, min(max(ms, 0), MS_END) * 1000)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
MS_END = to_ms(datetime(2199, 12, 31, tzinfo=UTC))
