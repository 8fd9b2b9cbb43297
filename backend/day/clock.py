"""The time of a played day: hours pass in seconds, for the phones and for a server that was started for the day."""

import contextlib
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path


class FileClock:
    """A server's clock that runs ahead or behind by the milliseconds that a file holds; read at every look."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset_ms = 0

    def now(self) -> datetime:
        """The present instant of the played day."""
        with contextlib.suppress(OSError, ValueError):
            self._offset_ms = int(self._file.read_text())
        return datetime.now(UTC) + timedelta(milliseconds=self._offset_ms)

    def monotonic_s(self) -> float:
        """The machine's own: waits are not shortened."""
        return time.monotonic()


class DayClock:
    """The clock that phones of the played day go by. With a `file` the server goes by it too.

    Without one the server's clock is real: acts are claimed for the hours before now, and whatever is sent is sent now.
    """

    def __init__(self, opens_at: datetime, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._start_ms = _real_ms()
        self._offset_ms = _ms(opens_at) - _real_ms()
        self._write()

    @property
    def steers_server(self) -> bool:
        """Whether the server goes by this clock."""
        return self._file is not None

    def now_ms(self) -> int:
        """The moment of the day, milliseconds since 1970."""
        return _real_ms() + self._offset_ms

    def sending_ms(self) -> int:
        """The moment at which something that is sent now arrives."""
        return self.now_ms() if self.steers_server else _real_ms()

    def go_to(self, at: datetime) -> None:
        """Lets time pass until `at`; never back."""
        with self._lock:
            ahead = _ms(at) - self.now_ms()
            if ahead > 0:
                self._offset_ms += ahead
                self._write()

    def _write(self) -> None:
        if self._file is not None:
            draft = self._file.with_suffix(".new")
            draft.write_text(str(self._offset_ms))
            draft.replace(self._file)


class PhoneClock:
    """One phone's clocks within the day; `error_ms` where its owner has set them wrong."""

    def __init__(self, day: DayClock, boot: str, error_ms: int = 0) -> None:
        self._day = day
        self._boot = boot
        self.error_ms = error_ms
        self.sending = False
        """Set while the phone talks: see DayClock.sending_ms."""

    def _ms(self) -> int:
        return self._day.sending_ms() if self.sending else self._day.now_ms()

    def wall_ms(self) -> int:
        """What the phone shows."""
        return self._ms() + self.error_ms

    def mono_ms(self) -> int | None:
        """Milliseconds since 1970 stand for those since the phone was switched on."""
        return self._ms()

    def boot(self) -> str | None:
        """One boot the whole day."""
        return self._boot


def _real_ms() -> int:
    return time.time_ns() // 1_000_000


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
