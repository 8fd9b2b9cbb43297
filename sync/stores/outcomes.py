"""What was answered to each mutation, kept for as long as it may be asked again: a part of the SQL journal."""

from collections.abc import Iterable, Sequence

from sync.journal import Stored
from sync.protocol import RESULTS_KEPT
from sync.stores.driver import Driver

_OF_QUEUE = "FROM sync_outcomes WHERE device = ? AND epoch = ? AND user_id = ?"
_NEWEST = f"SELECT MAX(last_n) {_OF_QUEUE}"
_OUTCOMES = f"SELECT first_n, answers {_OF_QUEUE} AND last_n >= ? AND first_n <= ?"
_PUT_OUTCOMES = "INSERT INTO sync_outcomes (device, epoch, user_id, last_n, first_n, answers) VALUES (?, ?, ?, ?, ?, ?)"
_FORGET = f"DELETE {_OF_QUEUE} AND last_n <= ?"


class SqlOutcomes:
    """On one connection, inside its transaction."""

    _d: Driver

    def outcome(self, device: str, epoch: int, user: str, n: int) -> Stored | None:
        """The stored outcome of one mutation."""
        return self.outcomes(device, epoch, user, n, n).get(n)

    def outcomes(self, device: str, epoch: int, user: str, first: int, last: int) -> dict[int, Stored]:
        """The stored outcomes of a run of mutations."""
        queue = (device, epoch, user)
        found = self._d.rows(_OUTCOMES, *queue, first, last)
        if not found:
            return {}
        oldest = int(self._d.rows(_NEWEST, *queue)[0][0]) - RESULTS_KEPT + 1
        return {
            n: stored
            for first_n, answers in found
            for n, stored in enumerate(unpacked(bytes(answers)), first_n)
            if max(first, oldest) <= n <= last
        }

    def save_outcomes(self, device: str, epoch: int, user: str, stored: Sequence[tuple[int, Stored]]) -> None:
        """Keeps outcomes of numbers that follow each other, and forgets those more than RESULTS_KEPT behind."""
        if not stored:
            return
        queue, last = (device, epoch, user), stored[-1][0]
        self._d.do(_PUT_OUTCOMES, *queue, last, stored[0][0], _packed([answer for _, answer in stored]))
        if last > RESULTS_KEPT:
            self._d.do(_FORGET, *queue, last - RESULTS_KEPT)


def _packed(answers: Sequence[Stored]) -> bytes:
    """A push's outcomes, a line each: the hash of what was answered, and the answer."""
    return b"\n".join(b"%b %b" % (answer.hash.hex().encode(), answer.outcome) for answer in answers)


def unpacked(packed: bytes) -> Iterable[Stored]:
    """A push's outcomes, in the order of their numbers."""
    for line in packed.split(b"\n"):
        digest, _, outcome = line.partition(b" ")
        yield Stored(bytes.fromhex(digest.decode()), outcome)
