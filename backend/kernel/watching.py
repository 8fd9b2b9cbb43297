"""Who waits for changes of which scopes: one thread a process looks, and wakes those whom a commit concerns.

A commit of any process is noticed: on SQLite by `PRAGMA data_version`, which costs microseconds, on PostgreSQL by
LISTEN. A waiting reader holds no thread and no connection.
"""

import asyncio
import contextlib
import sys
import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import structlog
from sqlalchemy import text

from backend.kernel.db import Database
from backend.kernel.journaling import journal_of

LOOK_EVERY_S = 0.5
"""How often SQLite is looked at; also how long the end of a process waits for its watcher."""
RETRY_S = 5.0
log = structlog.get_logger("watching")


class Reader(ABC):
    """One handset that waits; lives on its event loop."""

    __slots__ = ("loop", "over", "scopes", "seq", "user")

    def __init__(self, user: str, scopes: frozenset[str], seq: int) -> None:
        """`scopes`: what the user held when the journal stood at `seq`."""
        self.user, self.scopes, self.seq = user, scopes, seq
        self.over = False
        self.loop = asyncio.get_running_loop()

    @abstractmethod
    def heard(self) -> None:
        """Called on its loop when `seq` rose, since something of its own moved, or it is over."""

    def wake(self, seq: int) -> None:
        """Tells it, from any thread, that something of its own moved."""
        self.seq = max(self.seq, seq)
        self._rouse()

    def end(self) -> None:
        """Ends its stream: another took its place, or the process ends."""
        self.over = True
        self._rouse()

    def _rouse(self) -> None:
        with contextlib.suppress(RuntimeError):  # its loop is over, and the stream with it
            self.loop.call_soon_threadsafe(self.heard)


class Watch:
    """The readers of one process, by handset and person; at most one each."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._readers: dict[tuple[str, str], Reader] = {}
        self._by_scope: dict[str, set[Reader]] = defaultdict(set)
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._seq = self._joined_seq = sys.maxsize
        """Up to where all was told; and where the journal stood for the earliest who joined since it was looked at."""

    def __len__(self) -> int:
        return len(self._readers)

    def join(self, device: str, reader: Reader) -> None:
        """Adds a reader; one that this handset had for the person is ended."""
        with self._lock:
            before = self._readers.pop((device, reader.user), None)
            if before is not None:
                self._forget(before)
                before.end()
            self._readers[device, reader.user] = reader
            for scope in reader.scopes:
                self._by_scope[scope].add(reader)
            self._joined_seq = min(self._joined_seq, reader.seq)
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="gridcrew-watch", daemon=True)
                self._thread.start()

    def leave(self, device: str, reader: Reader) -> None:
        """Forgets a reader whose stream is over."""
        with self._lock:
            if self._readers.get((device, reader.user)) is reader:
                del self._readers[device, reader.user]
                self._forget(reader)

    def _forget(self, reader: Reader) -> None:
        for scope in reader.scopes:
            waiting = self._by_scope[scope]
            waiting.discard(reader)
            if not waiting:
                del self._by_scope[scope]

    def close(self) -> None:
        """Ends every stream and the watcher."""
        self._ending.set()
        with self._lock:
            for reader in self._readers.values():
                reader.end()
        if self._thread is not None:
            self._thread.join(timeout=2 * LOOK_EVERY_S + 1)

    # -- the watcher's thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._look_on()
            except Exception:  # the database went away: polling by the handsets goes on meanwhile
                log.exception("the watcher lost the database")
                self._ending.wait(RETRY_S)

    def _look_on(self) -> None:
        with self._db.listening() as committed:
            self._tell()
            while not self._ending.is_set():
                if committed(LOOK_EVERY_S) or self._joined_seq < self._seq:
                    self._tell()

    def _tell(self) -> None:
        """Wakes the readers of scopes that moved, and those whose scopes did."""
        with self._lock:  # what was told before somebody joined is told again
            self._seq, self._joined_seq = min(self._seq, self._joined_seq), sys.maxsize
        with self._db.reading() as session:
            journal = journal_of(session)
            head, since = journal.head(), self._seq
            if head == since:
                return
            scopes = session.connection().execute(_MOVED, {"since": since}).all()
            users = set(session.connection().execute(_MOVERS, {"since": since}).scalars())
            held = {
                u: frozenset(m.scope for m in journal.user_scopes(u) if m.seq_out is None) for u in self._here(users)
            }
        self._seq = head
        with self._lock:
            self._wake(head, scopes, held)

    def _here(self, users: set[str]) -> set[str]:
        with self._lock:
            return users & {user for _, user in self._readers}

    def _wake(self, head: int, scopes: Iterable[tuple[str, int]], held: dict[str, frozenset[str]]) -> None:
        woken: set[Reader] = set()
        for scope, ver in scopes:
            woken |= {reader for reader in self._by_scope.get(scope, ()) if reader.seq < ver}
        for (_, user), reader in self._readers.items() if held else ():
            if user in held:
                self._forget(reader)
                reader.scopes = held[user]
                for scope in reader.scopes:
                    self._by_scope[scope].add(reader)
                woken.add(reader)
        for reader in woken:
            reader.wake(head)


_MOVED: Any = text("SELECT scope, ver FROM sync_scopes WHERE ver > :since")
_MOVERS: Any = text("SELECT user_id FROM sync_user_scopes WHERE seq_in > :since OR seq_out > :since")
