"""When a handset asks again: as the server said after a pull; ever later, each phone at its own moment, after none."""

import zlib

POLL_S = 60
"""When the server did not say, or said nonsense."""
POLL_LEAST_S, POLL_MOST_S = 5, 3_600
"""No word of a server makes a phone ask more often, or less, than this."""
FAILED_FIRST_S, FAILED_MOST_S = 30, 900


class Polling:
    """How runs went of late, as far as the next one's time hangs on it."""

    def __init__(self) -> None:
        self._failures = 0
        self._said_s = POLL_S

    def begun(self) -> None:
        """A run that will pull begins; until it has pulled it counts as failed."""
        self._failures += 1

    def told(self, next_poll_s: object) -> None:
        """A pull has ended, and this was said."""
        said_s = next_poll_s if isinstance(next_poll_s, int) and not isinstance(next_poll_s, bool) else POLL_S
        self._said_s = min(max(said_s, POLL_LEAST_S), POLL_MOST_S)
        self._failures = 0

    def in_s(self, device: str) -> int:
        """Seconds from the end of the run to the next, unless something is to be sent or a poke comes."""
        if not self._failures:
            return self._said_s
        rest = min(FAILED_FIRST_S << min(self._failures - 1, 10), FAILED_MOST_S)
        return rest + zlib.crc32(f"{device}{self._failures}".encode()) % rest
