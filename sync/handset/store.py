"""A handset's things in one SQLite file: what a transaction did is all there after a crash, or none of it."""

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from sqlite_utils import Database

from sync.handset.outbox import Entry, EntryState
from sync.handset.replica import Row


class SqliteStore:
    """The handset's store. One process, and of it one thread, uses it at a time."""

    def __init__(self, path: Path | str | sqlite3.Connection) -> None:
        opened = path if isinstance(path, sqlite3.Connection) else sqlite3.connect(path, check_same_thread=False)
        self._db = Database(opened)
        self._c = self._db.conn
        self._c.isolation_level = None
        self._depth = 0
        self._c.execute("PRAGMA journal_mode=WAL")
        self._c.execute("PRAGMA synchronous=FULL")
        self._make()

    def _make(self) -> None:
        tables: dict[str, tuple[dict[str, Any], Any]] = {
            "meta": ({"key": str, "value": str}, "key"),
            "outbox": (
                {
                    "epoch": int,
                    "user": str,
                    "n": int,
                    "payload": bytes,
                    "state": str,
                    "result": str,
                    "answered_ms": int,
                },
                ("epoch", "user", "n"),
            ),
            "rows": (
                {"user": str, "t": str, "id": str, "ver": int, "scopes": str, "body": bytes},
                ("user", "t", "id"),
            ),
            "stage": (
                {"at": int, "user": str, "f": str, "t": str, "id": str, "ver": int, "scopes": str, "body": bytes},
                "at",
            ),
        }
        tables["packs"] = ({"sha256": str, "at": int, "piece": bytes}, ("sha256", "at"))
        for name, (columns, key) in tables.items():
            self._db.table(name).create(columns, pk=key, if_not_exists=True)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable when it ends; one inside another joins it."""
        if self._depth == 0:
            self._c.execute("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._c.execute("COMMIT")
        except BaseException:
            if self._depth == 1 and self._c.in_transaction:
                self._c.execute("ROLLBACK")  # also when it was the commit that failed: the disk is full
            raise
        finally:
            self._depth -= 1

    # -- small things ---------------------------------------------------------------------------------------------

    def get(self, key: str) -> Any:
        """A kept value; None when there is none."""
        found = self._c.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return orjson.loads(found[0]) if found else None

    def put(self, key: str, value: Any) -> None:
        """Keeps a value."""
        self._c.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, orjson.dumps(value).decode()))

    # -- the outbox -----------------------------------------------------------------------------------------------

    def add_entry(self, entry: Entry) -> None:
        """Queues an entry; one of the same number is replaced (a void)."""
        self._c.execute(
            "INSERT OR REPLACE INTO outbox (epoch, user, n, payload, state, result) VALUES (?, ?, ?, ?, ?, NULL)",
            (entry.epoch, entry.user, entry.n, entry.payload, entry.state.value),
        )

    def entries(self, epoch: int, user: str, after: int = 0) -> list[Entry]:
        """The queue beyond `after`, in order."""
        found = self._c.execute(
            "SELECT epoch, user, n, payload, state, result FROM outbox WHERE epoch = ? AND user = ? AND n > ?"
            " ORDER BY n",
            (epoch, user, after),
        )
        return [_entry(*row) for row in found.fetchall()]

    def held(self, user: str) -> list[Entry]:
        """What waits at the server for another's row, in order."""
        found = self._c.execute(
            "SELECT epoch, user, n, payload, state, result FROM outbox WHERE user = ? AND state = ? ORDER BY epoch, n",
            (user, EntryState.held.value),
        )
        return [_entry(*row) for row in found.fetchall()]

    def set_result(self, epoch: int, user: str, n: int, state: EntryState, result: Mapping[str, Any]) -> None:
        """What became of an entry."""
        self._c.execute(
            "UPDATE outbox SET state = ?, result = ? WHERE epoch = ? AND user = ? AND n = ?",
            (state.value, orjson.dumps(result).decode(), epoch, user, n),
        )

    def forget_entries(self, epoch: int, user: str, through: int) -> None:
        """Forgets the answered entries up to `through`."""
        self._c.execute(
            "DELETE FROM outbox WHERE epoch = ? AND user = ? AND n <= ? AND state != ?",
            (epoch, user, through, EntryState.waiting.value),
        )

    def stamp(self, epoch: int, user: str, through: int, server_ms: int) -> None:
        """Notes when, by the server's clock, the entries up to `through` were answered."""
        self._c.execute(
            "UPDATE outbox SET answered_ms = ? WHERE epoch = ? AND user = ? AND n <= ? AND answered_ms IS NULL",
            (server_ms, epoch, user, through),
        )

    def answered_before(self, epoch: int, user: str, server_ms: int) -> int:
        """The last n that was answered before a moment of the server's clock; 0 when none was."""
        found = self._c.execute(
            "SELECT max(n) FROM outbox WHERE epoch = ? AND user = ? AND answered_ms < ?", (epoch, user, server_ms)
        ).fetchone()
        return int(found[0] or 0)

    def reopen(self, epoch: int, user: str, after: int) -> None:
        """The entries beyond `after` wait again, as if they had never been answered."""
        self._c.execute(
            "UPDATE outbox SET state = ?, result = NULL, answered_ms = NULL WHERE epoch = ? AND user = ? AND n > ?",
            (EntryState.waiting.value, epoch, user, after),
        )

    def epochs(self, user: str) -> list[int]:
        """The epochs of which the user's queue still holds entries, oldest first."""
        found = self._c.execute("SELECT DISTINCT epoch FROM outbox WHERE user = ? ORDER BY epoch", (user,))
        return [epoch for (epoch,) in found.fetchall()]

    def drop_entries(self, epoch: int, user: str, after: int = 0) -> None:
        """Forgets the entries of a queue beyond `after`: they were queued anew."""
        self._c.execute("DELETE FROM outbox WHERE epoch = ? AND user = ? AND n > ?", (epoch, user, after))

    def waiting_users(self) -> list[str]:
        """Everybody with unanswered work here, also those who have signed out."""
        found = self._c.execute(
            "SELECT DISTINCT user FROM outbox WHERE state = ? ORDER BY user", (EntryState.waiting.value,)
        )
        return [user for (user,) in found.fetchall()]

    # -- the replica ----------------------------------------------------------------------------------------------

    def row(self, user: str, t: str, row_id: str) -> Row | None:
        """A row as the server last sent it."""
        found = self._c.execute(
            "SELECT t, id, ver, scopes, body FROM rows WHERE user = ? AND t = ? AND id = ?", (user, t, row_id)
        ).fetchone()
        return _row(found) if found else None

    def rows(self, user: str, t: str | None = None) -> list[Row]:
        """All rows, or those of a kind."""
        found = self._c.execute(
            "SELECT t, id, ver, scopes, body FROM rows WHERE user = ? AND (? IS NULL OR t = ?) ORDER BY t, id",
            (user, t, t),
        )
        return [_row(each) for each in found.fetchall()]

    def stage(self, user: str, frames: Sequence[Mapping[str, Any]]) -> None:
        """Lays frames by until the pull has ended."""
        self._c.executemany(
            "INSERT INTO stage (user, f, t, id, ver, scopes, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    user,
                    f["f"],
                    f["t"],
                    f["id"],
                    f.get("ver"),
                    orjson.dumps(f.get("scopes", [])).decode(),
                    f.get("body"),
                )
                for f in frames
            ],
        )

    def unstage(self, user: str) -> None:
        """Forgets what was laid by."""
        self._c.execute("DELETE FROM stage WHERE user = ?", (user,))

    def apply_stage(self, user: str, *, reconcile: bool, left: Sequence[str]) -> None:
        """Makes the replica what the pull said. `reconcile`: rows that were not sent are dropped."""
        if reconcile:
            self._c.execute("DELETE FROM rows WHERE user = ?", (user,))
        staged = self._c.execute(
            "SELECT f, t, id, ver, scopes, body FROM stage WHERE user = ? ORDER BY at", (user,)
        ).fetchall()
        for f, t, row_id, ver, scopes, body in staged:
            if f == "row":
                self._c.execute(
                    "INSERT OR REPLACE INTO rows (user, t, id, ver, scopes, body) VALUES (?, ?, ?, ?, ?, ?)",
                    (user, t, row_id, ver, scopes, body),
                )
            else:
                self._c.execute("DELETE FROM rows WHERE user = ? AND t = ? AND id = ?", (user, t, row_id))
        for row in self.rows(user) if left else ():
            kept = [scope for scope in row.scopes if scope not in left]
            if len(kept) < len(row.scopes):
                self._c.execute(
                    "UPDATE rows SET scopes = ? WHERE user = ? AND t = ? AND id = ?",
                    (orjson.dumps(kept).decode(), user, row.t, row.id),
                )
        self.unstage(user)

    # -- packs on their way ---------------------------------------------------------------------------------------

    def pack_size(self, sha256: str) -> int:
        """How much of a pack is here."""
        found = self._c.execute("SELECT coalesce(sum(length(piece)), 0) FROM packs WHERE sha256 = ?", (sha256,))
        return int(found.fetchone()[0])

    def add_to_pack(self, sha256: str, at: int, piece: bytes) -> None:
        """Keeps a piece of a pack."""
        self._c.execute("INSERT OR REPLACE INTO packs (sha256, at, piece) VALUES (?, ?, ?)", (sha256, at, piece))

    def pack_bytes(self, sha256: str) -> bytes:
        """All that is here of a pack."""
        found = self._c.execute("SELECT piece FROM packs WHERE sha256 = ? ORDER BY at", (sha256,))
        return b"".join(piece for (piece,) in found.fetchall())

    def keep_packs(self, hashes: Sequence[str]) -> None:
        """Forgets all packs but these."""
        kept = [sha256 for (sha256,) in self._c.execute("SELECT DISTINCT sha256 FROM packs").fetchall()]
        self._c.executemany("DELETE FROM packs WHERE sha256 = ?", [(each,) for each in kept if each not in hashes])

    def wipe(self) -> None:
        """Forgets everything: this handset was revoked."""
        with self.transaction():
            self._forget_all()
        self._c.execute("VACUUM")

    def end(self, receipt: Any) -> bool:
        """Forgets everything but the receipt, at once; False, and nothing is forgotten, while anybody's work waits."""
        with self.transaction():
            if self.waiting_users():
                return False
            self._forget_all()
            self.put("receipt", receipt)
        self._c.execute("VACUUM")
        return True

    def _forget_all(self) -> None:
        for table in ("meta", "outbox", "rows", "stage", "packs"):
            self._c.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def close(self) -> None:
        """Lets go of the file."""
        self._db.close()


def _row(found: tuple[Any, ...]) -> Row:
    """A row as it lies there. What rotted so far that it is none comes out as nothing: the sums tell, and a repair
    brings it anew."""
    t, row_id, ver, scopes, body = found
    version = ver if type(ver) is int and ver > 0 else 0
    return Row(str(t), str(row_id), version, _names(scopes), body if isinstance(body, bytes) else b"")


def _names(scopes: Any) -> tuple[str, ...]:
    try:
        said = orjson.loads(scopes)
    except orjson.JSONDecodeError:
        return ()
    return tuple(each for each in said if isinstance(each, str)) if isinstance(said, list) else ()


def _entry(epoch: int, user: str, n: int, payload: bytes, state: str, result: str | None) -> Entry:
    return Entry(epoch, user, n, payload, EntryState(state), orjson.loads(result) if result else None)
