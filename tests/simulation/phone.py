"""A simulated phone: the reference handset over a real SQLite store that may lose power between two statements."""

import contextlib
import sqlite3
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson

from backend.drive.wiping import is_genuine
from sync.handset.client import Handset, Needs, Request
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from tests.simulation.domain import JOB, REGISTRY
from tests.simulation.ending import ORDER_PATH, WIPED_PATH
from tests.simulation.shelves import Fuse

T = TypeVar("T")
POLICIES = Policies(REGISTRY.policies())
Key = tuple[str, str]


ROTS = {
    "lost": "DELETE FROM rows",
    "emptied": "UPDATE rows SET body = x'7b7d'",
    "unreadable": "UPDATE rows SET body = x'ff'",
    "older": "UPDATE rows SET ver = ver - 1",
    "unscoped": "UPDATE rows SET scopes = '[]'",
    "in a strange scope": """UPDATE rows SET scopes = '["team:9"]'""",
    "under another name": "UPDATE rows SET id = replace(id, '-7', '-8')",
}
"""How a row rots."""


class PowerLost(BaseException):
    """The phone went dark between two statements."""


class PhoneFull(Exception):
    """The phone's disk is full: the statement did nothing."""


class BurningConnection(sqlite3.Connection):
    """A connection each statement of which may be the last."""

    fuse: Fuse | None = None

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if self.fuse is not None:
            self.fuse.burn()
        return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> sqlite3.Cursor:
        if self.fuse is not None:
            self.fuse.burn()
        return super().executemany(sql, parameters)


class PhoneTime:
    """A phone's clocks: the true time plus an error that somebody may set by hand; no reading comes twice."""

    def __init__(self, now_ms: Callable[[], int], name: str) -> None:
        self._now_ms = now_ms
        self._name = name
        self._booted_ms = now_ms()
        self._boots = 1
        self._shown: set[int] = set()
        self.error_ms = 0

    def wall_ms(self) -> int:
        return self._now_ms() + self.error_ms

    def moment(self) -> None:
        """Time enough passes that the wall clock shows what it never showed before."""
        while self.wall_ms() in self._shown:
            self.error_ms += 1
        self._shown.add(self.wall_ms())

    def mono_ms(self) -> int | None:
        return self._now_ms() - self._booted_ms

    def boot(self) -> str | None:
        return f"{self._name}/{self._boots}"

    def reboot(self) -> None:
        self._boots += 1
        self._booted_ms = self._now_ms()


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did on a phone, once it is safe in the phone's queue."""

    key: str
    """device:user:wall_ms, as the server will name it."""
    phone: int
    device: str
    user: str
    epoch: int
    n: int
    seen: bool
    """Whether the phone held the row."""
    instead_of: tuple[str, ...] = ()
    """A void: the acts whose place it took; one that was under way already may be what the server took."""

    def among(self, taken: Container[str]) -> bool:
        """Whether it ended in an outcome."""
        return any(key in taken for key in (self.key, *self.instead_of))


@dataclass(frozen=True, slots=True)
class Kept:
    """A replica as it stood at a cookie, to replay from."""

    cookie: str
    user: str
    epoch: int
    rows: dict[Key, tuple[int, bytes]]


class Phone:
    """One phone, whoever is signed in on it."""

    def __init__(
        self,
        number: int,
        device: str,
        user: str,
        now_ms: Callable[[], int],
        wipe_key: str | None,
        path: Path | None,
        handset_made: Callable[..., Handset] = Handset,
    ) -> None:
        self._handset_made = handset_made
        self.number = number
        self.gone = False
        """Wiped: out of the game."""
        self.at_desk: frozenset[str] = frozenset()
        """What the server had, when it last answered a drain of this phone."""
        self.arm: tuple[int, type[BaseException]] | None = None
        """What will befall it so many statements into its next deed."""
        self.device = device
        self.user = user
        self.users = [user]
        self.contract = 1
        self.time = PhoneTime(now_ms, f"boot{number}")
        self.fuse = Fuse()
        self.request: Request | None = None
        self.waits_for: int | None = None
        """The message whose answer is waited for."""
        self.running = False
        self.cookies: dict[str, str | None] = {}
        self.kept: list[Kept] = []
        self._path = path
        self._open()
        self.store.put("device_id", device)
        self.store.put("epoch", 1)
        self.store.put("wipe_key", wipe_key)
        self._start()

    def _open(self, connection: "BurningConnection | None" = None) -> None:
        self._c = connection or sqlite3.connect(
            str(self._path) if self._path else ":memory:", check_same_thread=False, factory=BurningConnection
        )
        self._c.fuse = None
        self.store = SqliteStore(self._c)
        self._c.fuse = self.fuse

    def _start(self) -> None:
        made = self._handset_made
        self.machine = made(self.store, self.time, POLICIES, self.contract, self.user, packs=self.number == 1)
        self.running = False
        self.request = self.waits_for = None

    # -- what it sends and hears ----------------------------------------------------------------------------------

    @property
    def owes_receipt(self) -> bool:
        """Whether it has wiped itself and nobody knows."""
        return self.store.get("receipt") is not None

    def next_request(self) -> Request | None:
        """What the machine asks for; when all has been handed in, the order to wipe; and at last the receipt."""
        if self.gone:
            order = self.store.get("receipt")
            return Request(WIPED_PATH, orjson.dumps(order), self.user) if order is not None else None
        request = self.machine.next_request()
        if request is None and self.machine.needs is Needs.wiped and not self.store.waiting_users():
            return Request(ORDER_PATH, orjson.dumps({"device": self.device}), self.user)
        return request

    def receive(self, request: Request, status: int, body: bytes, rtt_ms: int) -> None:
        """Takes an answer. It wipes itself by an order of its own server alone; where there is none, it works on."""
        if request.path == WIPED_PATH:
            if status == 200:
                self.store.put("receipt", None)
        elif request.path == ORDER_PATH:
            with contextlib.suppress(orjson.JSONDecodeError):
                order = orjson.loads(body)
                genuine = status == 200 and is_genuine(order, str(self.store.get("wipe_key")), self.device)
                if genuine and self.store.end(order):
                    return
            self._start()
        else:
            self.machine.receive(request, status, body, rtt_ms)

    # -- what befalls it ------------------------------------------------------------------------------------------

    def attempt(self, deed: Callable[[], T]) -> T | None:
        """Does it, unless the power goes or the disk is full: None, and the store holds what was committed."""
        if self.arm is not None:
            self.fuse.light(*self.arm)
            self.arm = None
        try:
            return deed()
        except PowerLost:
            self.restart()
        except PhoneFull:
            if self._c.in_transaction:
                raise AssertionError("a full disk left a transaction open") from None
            self._start()
        finally:
            self.fuse.left = None
        return None

    def restart(self) -> None:
        """Starts again from the store as the last commit left it."""
        if self._path is not None:
            self._c.close()
            self._open()
        else:
            self._c.rollback()
            self._open(self._c)
        self.time.reboot()
        self._start()

    def sign_in(self, user: str) -> None:
        """Another person takes the phone; whoever had it leaves their queue in it."""
        self.user = user
        if user not in self.users:
            self.users.append(user)
        self._start()

    def upgrade(self, contract: int) -> None:
        """A newer app over the same store."""
        self.contract = contract
        self._start()

    def save(self) -> sqlite3.Connection:
        """A copy of the whole phone."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        self._c.backup(copy)
        return copy

    def rewind(self, copy: sqlite3.Connection) -> None:
        """The phone is restored from such a copy."""
        copy.backup(self._c)
        self.cookies = {}
        self.restart()

    def rot(self, which: int, how: str) -> bool:
        """Something in a row of the present person's replica is no longer what was written; False without a row."""
        rows = self.store.rows(self.user)
        if not rows:
            return False
        row = rows[which % len(rows)]
        sqlite3.Connection.execute(
            self._c, f"{ROTS[how]} WHERE user = ? AND t = ? AND id = ?", (self.user, row.t, row.id)
        )
        return True

    # -- what people do -------------------------------------------------------------------------------------------

    def queue(self, t: str, row_id: str, say: Callable[[], int]) -> Act | None:
        """Queues an act; None when the phone failed first. Its time is its own."""
        self.time.moment()
        key = f"{self.device}:{self.user}:{self.time.wall_ms()}"
        epoch = self.machine.epoch
        seen = self.store.row(self.user, t, row_id) is not None
        n = self.attempt(say)
        return Act(key, self.number, self.device, self.user, epoch, n, seen) if n is not None else None

    def holds(self, row_id: str) -> bool:
        """Whether the person signed in sees the job."""
        return self.store.row(self.user, JOB, row_id) is not None

    # -- what it holds --------------------------------------------------------------------------------------------

    def sums(self, user: str) -> tuple[int, int]:
        """How many rows a person's replica holds here, and the sum of their versions."""
        found = sqlite3.Connection.execute(
            self._c, "SELECT count(*), coalesce(sum(ver), 0) FROM rows WHERE user = ?", (user,)
        ).fetchone()
        return found[0], found[1]

    def replica(self, user: str) -> dict[Key, tuple[int, bytes]]:
        """A person's rows here."""
        return {(row.t, row.id): (row.ver, row.body) for row in self.store.rows(user)}

    def remember(self, most: int) -> None:
        """Keeps the present replica with its cookie, to replay from it later."""
        self.kept += [kept for kept in self.present() if kept.user == self.user]
        del self.kept[:-most]

    def present(self) -> list[Kept]:
        """Each person's replica with the cookie it stands at."""
        cookies = {user: self.store.get(f"cookie/{user}") for user in self.users}
        return [Kept(c, user, self.machine.epoch, self.replica(user)) for user, c in cookies.items() if c]

    def close(self) -> None:
        self._c.fuse = None
        self._c.close()


def told(request: Request, device: str) -> bytes:
    """What travels: a GET has no body, and says who asks and for what in its headers."""
    if request.method == "GET":
        return orjson.dumps({"device": device, "range": request.headers["Range"]})
    return request.body
