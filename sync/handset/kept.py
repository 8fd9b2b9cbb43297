"""Acknowledged work that a phone keeps: a server restored from a backup is sent again what the backup does not hold.

The server tells in `end` up to where a durable backup covers the queue (`safe_through`), and how much of the rest, and
how long, a phone is to keep (`keep`). Ages are counted by the server's own clock, as it tells it with every answer.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sync.protocol import KEPT_AGE_S, KEPT_ENTRIES

SERVER_MS = "server_ms"
"""The latest word of the server's clock."""


class KeptStore(Protocol):
    """What of the handset's store this room needs."""

    def transaction(self) -> AbstractContextManager[Any]: ...
    def get(self, key: str) -> Any: ...
    def put(self, key: str, value: Any) -> None: ...
    def epochs(self, user: str) -> list[int]: ...
    def stamp(self, epoch: int, user: str, through: int, server_ms: int) -> None: ...
    def answered_before(self, epoch: int, user: str, server_ms: int) -> int: ...
    def forget_entries(self, epoch: int, user: str, through: int) -> None: ...
    def reopen(self, epoch: int, user: str, after: int) -> None: ...


class Kept:
    """One person's acknowledged work on one phone. Every method runs inside the caller's transaction."""

    def __init__(self, store: KeptStore, user: str) -> None:
        self._store = store
        self._user = user

    def answered(self, epoch: int, server_ms: int) -> None:
        """A push was answered at `server_ms` of the server's clock."""
        self._store.put(SERVER_MS, server_ms)
        self._store.stamp(epoch, self._user, self._acked(epoch), server_ms)
        self._forget(epoch, [epoch])

    def told(self, epoch: int, end: Mapping[str, Any]) -> None:
        """A pull ended: the server may have said what a backup covers, and how long to keep the rest."""
        if "keep" in end:
            self._store.put("keep", end["keep"])
        if "safe_through" in end:
            self._store.put(f"safe/{epoch}/{self._user}", int(end["safe_through"]))
        self._forget(epoch, self._store.epochs(self._user))

    def _forget(self, epoch: int, epochs: Sequence[int]) -> None:
        """What a backup covers, and what is beyond the bounds, of queues that the server was just heard to know.

        A backup that holds any of this epoch's work was made after the last answer to an earlier one.
        """
        keep = self._store.get("keep") or {"entries": KEPT_ENTRIES, "age_s": KEPT_AGE_S}
        aged_ms = max(0, int(self._store.get(SERVER_MS) or 0) - int(keep["age_s"]) * 1_000)
        for each in epochs:
            acked, safe = self._acked(each), int(self._store.get(f"safe/{each}/{self._user}") or 0)
            if each < epoch and int(self._store.get(f"safe/{epoch}/{self._user}") or 0) > 0:
                safe = acked
            aged = self._store.answered_before(each, self._user, aged_ms)
            self._store.forget_entries(each, self._user, min(acked, max(safe, aged, acked - int(keep["entries"]))))

    def stands_at(self, epoch: int, position: int) -> None:
        """The server was restored and knows a queue up to `position` only: what came after waits again."""
        self._store.put(f"acked/{epoch}/{self._user}", position)
        self._store.put(
            f"safe/{epoch}/{self._user}", min(position, int(self._store.get(f"safe/{epoch}/{self._user}") or 0))
        )
        self._store.reopen(epoch, self._user, position)

    def earlier(self, epoch: int, queues: Mapping[str, int]) -> None:
        """The same for the queues of earlier epochs; `queues` as the restored server has them."""
        for old in self._store.epochs(self._user):
            position = int(queues.get(str(old), 0))
            if old != epoch and position < self._acked(old):
                self.stands_at(old, position)

    def _acked(self, epoch: int) -> int:
        return int(self._store.get(f"acked/{epoch}/{self._user}") or 0)
