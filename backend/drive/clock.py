"""A phone's clocks: the wall clock that people set, and the one that only runs."""

from pathlib import Path

from backend.kernel.clock import Clock, SystemClock, to_ms

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Names the run of this machine since it was switched on; where there is none, the wall clock must do."""


class PhoneTime:
    """The clocks of a phone that runs on this machine, off by `error_ms` where its owner has set them wrong."""

    def __init__(self, clock: Clock | None = None, error_ms: int = 0, boot: str | None = None) -> None:
        self._clock = clock or SystemClock()
        self._boot = boot or _this_boot()
        self.error_ms = error_ms

    def wall_ms(self) -> int:
        """Milliseconds since 1970, as the phone shows them."""
        return to_ms(self._clock.now()) + self.error_ms

    def mono_ms(self) -> int | None:
        """Milliseconds of the running clock; None where it cannot be told apart from that of another start."""
        return int(self._clock.monotonic_s() * 1000) if self._boot else None

    def boot(self) -> str | None:
        """Names this run of the phone."""
        return self._boot


def _this_boot() -> str | None:
    return BOOT_ID.read_text().strip()[:64] if BOOT_ID.exists() else None
