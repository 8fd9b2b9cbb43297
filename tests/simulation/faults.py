"""Known faults, planted one at a time into engine, handset or server: what the simulator is for is to find them."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sync import clocks, offering, policies, push
from sync.clocks import Trusted
from sync.cursor import Bearer, Signer
from sync.handset.client import PULL_PATH, PUSH_PATH, Handset
from sync.handset.kept import Kept
from sync.handset.store import SqliteStore
from sync.journal import Entry, JournalRow, Membership, QueueState, ScopeState
from sync.kinds import Deed, Policy
from sync.policies import Merged, Side
from sync.protocol import DeviceTime, PushClock
from sync.push import Taker
from sync.stores.memory import MemoryJournal
from sync.stores.packs import Shelved
from tests.simulation.server import Answer, Server, TownDesk
from tests.simulation.shelves import MemoryShelf, Shelf
from tests.simulation.story import Made
from tests.simulation.world import GENERATION, World

RESERVED = 40
"""Numbers that a careless writer takes before it has its turn."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault, and the laws one of which must catch it."""

    name: str
    laws: tuple[str, ...]
    plant: Callable[[], contextlib.AbstractContextManager[Made]]


def _patched(owner: Any, name: str, put: Any) -> Callable[[], contextlib.AbstractContextManager[Made]]:
    @contextlib.contextmanager
    def plant() -> Iterator[Made]:
        with patch.object(owner, name, put):
            yield World

    return plant


def _world(**parts: Any) -> Callable[[], contextlib.AbstractContextManager[Made]]:
    made = type("PlantedWorld", (World,), parts)
    return lambda: contextlib.nullcontext(made)


# -- sequence order is commit order -----------------------------------------------------------------------------------


class TwoWriters(Server):
    """Some pushes take their numbers at once and commit only after somebody else has read."""

    _late: tuple[bytes, str, int] | None = None

    def answer(self, path: str, body: bytes, user: str) -> Answer:
        if path == PUSH_PATH and self._late is None and self.take % 4 == 0:
            books = self._books()
            self._late = (body, user, books.seq)
            books.seq += RESERVED
            self.take += 1
            return Answer(503, b"{}")
        answer = super().answer(path, body, user)
        if path == PULL_PATH and self._late is not None:
            self._commit_late(*self._late)
        return answer

    def _commit_late(self, body: bytes, user: str, seq: int) -> None:
        head = self._books().seq
        self._books().seq = seq
        super().answer(PUSH_PATH, body, user)
        self._books().seq = max(head, self._books().seq)
        self._late = None

    def _books(self) -> Any:
        assert isinstance(self.shelf, MemoryShelf)
        return self.shelf.books._books


# -- once -------------------------------------------------------------------------------------------------------------


def _forget_some_acks() -> Callable[..., None]:
    whole, times = MemoryJournal.save_queue, [0]

    def save_queue(self: MemoryJournal, device: str, epoch: int, user: str, state: QueueState) -> None:
        times[0] += 1
        if times[0] % 5:
            whole(self, device, epoch, user, state)

    return save_queue


# -- scopes and tombstones --------------------------------------------------------------------------------------------


def _nobody_is_evicted(
    _self: MemoryJournal, _left: Sequence[Membership], _kept: Sequence[str], _after: str, _limit: int
) -> tuple[list[Entry], str | None]:
    return [], None


def _tombstones_are_dropped() -> Callable[..., None]:
    whole = MemoryJournal._put

    def put(self: MemoryJournal, old: JournalRow | None, new: JournalRow) -> None:
        whole(self, old, new)
        if new.body is None:
            del self._books.rows[new.t, new.id]
            for key in [key for key in self._books.holds if key[:2] == (new.t, new.id)]:
                del self._books.holds[key]

    return put


def _more_is_forgotten() -> Callable[..., int]:
    whole = MemoryJournal.prune

    def prune(self: MemoryJournal, seq: int, limit: int) -> int:
        gone = whole(self, self.head(), limit)
        self._books.pruned = seq
        return gone

    return prune


def _all_is_shown() -> Callable[..., list[Entry]]:
    whole = MemoryJournal.changed

    def changed(
        self: MemoryJournal, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int
    ) -> list[Entry]:
        return whole(self, [*scopes, "team:3"], shown_by, after, limit)

    return changed


# -- merging and digests ----------------------------------------------------------------------------------------------


def _last_one_wins(theirs: Side, mine: Side, _moved: bool, _was: Any) -> Merged:
    return Merged(mine.value if mine.value is not None else theirs.value)


def _digests_of_additions() -> Callable[..., dict[str, ScopeState]]:
    whole = MemoryJournal.scope_states
    first: dict[tuple[str, int], ScopeState] = {}

    def states(self: MemoryJournal, scopes: Iterable[str]) -> dict[str, ScopeState]:
        found = whole(self, scopes)
        known = {scope: first.setdefault((scope, true.rows), true) for scope, true in found.items()}
        return {scope: replace(true, digest=known[scope].digest) for scope, true in found.items()}

    return states


@contextlib.contextmanager
def _stale_digests() -> Iterator[Made]:
    with patch.object(MemoryJournal, "scope_states", _digests_of_additions()):
        yield World


def _timed_by_receipt() -> Callable[..., Trusted]:
    whole = clocks.trusted

    def trusted(at: DeviceTime, clock: PushClock, received_ms: int) -> Trusted:
        return whole(at, clock, received_ms)._replace(ms=received_ms)

    return trusted


def _offers_that_are_ahead() -> Callable[..., str | None]:
    """The cookie of an offer stands a little beyond what the packs hold."""
    whole = offering._cookie

    def cookie(packs: Sequence[Shelved], generation: str, signer: Signer, bearer: Bearer) -> str | None:
        ahead = [replace(pack, manifest=replace(pack.manifest, seq=pack.manifest.seq + 5)) for pack in packs]
        return whole(ahead, generation, signer, bearer)

    return cookie


# -- phones -----------------------------------------------------------------------------------------------------------


def _anybodys_entries() -> Callable[..., Any]:
    whole = SqliteStore.entries

    def entries(self: SqliteStore, epoch: int, user: str, after: int = 0) -> Any:
        owners = [owner for (owner,) in self._c.execute("SELECT DISTINCT user FROM outbox ORDER BY user").fetchall()]
        return whole(self, epoch, owners[0] if owners else user, after)

    return entries


def _keep_nothing(self: Kept, _epoch: int, _epochs: Sequence[int]) -> None:
    """What was acknowledged is forgotten at once: no restored server will ever hear of it again."""
    for each in self._store.epochs(self._user):
        self._store.forget_entries(each, self._user, self._acked(each))


class Hasty(Handset):
    """Takes whatever was sent for taken, whether an answer came or not, and forgets it."""

    def failed(self, request: Any) -> None:
        if request.path == PUSH_PATH and self._sent:
            self._store.put(self._key("acked"), self._sent[-1].n)
            self._store.drop_entries(self.epoch, self.user)
        super().failed(request)


# -- the server's transactions ----------------------------------------------------------------------------------------


class LeakyShelf(MemoryShelf):
    """A savepoint undoes the rows and leaves the journal as it is."""

    def __init__(self, generation: str) -> None:
        super().__init__(generation)
        self._depth = 0

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        before = {t: dict(rows) for t, rows in self._rows.items()}
        try:
            yield
        except BaseException:
            self._rows = before
            raise

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        return MemoryShelf.savepoint(self)


def _leaky(_world: World, _store: str, _folder: Path | None) -> Shelf:
    return LeakyShelf(GENERATION.format(1))


def _end_without_receipt(self: SqliteStore, _receipt: Any) -> bool:
    self.wipe()
    return True


def _without_photos() -> Callable[..., Deed]:
    whole = push._deed
    return lambda *said: whole(*said)._replace(blobs=())


def _not_held(*_: Any) -> None:
    """A mutation that should wait is let go."""


FAULTS = (
    Fault("a late commit is skipped", ("Converge", "Order"), _world(server_made=TwoWriters)),
    Fault("a lost ack is applied twice", ("Once",), _patched(MemoryJournal, "save_queue", _forget_some_acks())),
    Fault("what was queued anew is done again", ("Once",), _patched(push, "known_elsewhere", lambda *_: {})),
    Fault("an eviction is forgotten", ("Sight",), _patched(MemoryJournal, "abandoned", _nobody_is_evicted)),
    Fault("a tombstone is dropped", ("Sight",), _patched(MemoryJournal, "_put", _tombstones_are_dropped())),
    Fault("a row out of sight is shown", ("Sight",), _patched(MemoryJournal, "changed", _all_is_shown())),
    Fault("a digest is not updated", ("Converge",), _stale_digests),
    Fault("two users are confused", ("No loss", "Once"), _patched(SqliteStore, "entries", _anybodys_entries())),
    Fault("a restored server forgets", ("No loss",), _patched(Kept, "_forget", _keep_nothing)),
    Fault("an unanswered push counts as taken", ("No loss",), _world(handset_made=Hasty)),
    Fault("a savepoint leaves the journal behind", ("Truth", "Converge", "Sight"), _world(_make_shelf=_leaky)),
    Fault("what should wait is let go", ("No loss",), _patched(TownDesk, "hold", _not_held)),
    Fault("what waits is never let go", ("No loss",), _patched(Server, "_release_held", lambda _: None)),
    Fault(
        "more is forgotten than may be", ("Pruning", "Sight"), _patched(MemoryJournal, "prune", _more_is_forgotten())
    ),
    Fault("an act is timed by its receipt", ("Time",), _patched(clocks, "trusted", _timed_by_receipt())),
    Fault(
        "an offer of packs is ahead of them",
        ("Converge", "Sight"),
        _patched(offering, "_cookie", _offers_that_are_ahead()),
    ),
    Fault("drift is not looked for", ("Converge",), _patched(Handset, "_check", lambda _: None)),
    Fault("photos of a deed are dropped", ("Photos",), _patched(push, "_deed", _without_photos())),
    Fault("a late photo proves nothing", ("Photos",), _patched(Server, "_prove", _not_held)),
    Fault("a bare word wipes", ("Wipe",), _world(wipe_key=None)),
    Fault("a wipe leaves no receipt", ("Wipe",), _patched(SqliteStore, "end", _end_without_receipt)),
    Fault("refused work is not kept", ("No loss",), _patched(Taker, "_keep", lambda *_: "nowhere")),
)


def _merged_by(policy: Policy, put: Any) -> Callable[[], contextlib.AbstractContextManager[Made]]:
    @contextlib.contextmanager
    def plant() -> Iterator[Made]:
        with patch.dict(policies._MERGES, {policy: put}):
            yield World

    return plant


ALL = (
    *FAULTS,
    Fault("a policy is not commutative", ("Merge",), _merged_by(Policy.max, _last_one_wins)),
    Fault("the last to arrive wins", ("Later",), _merged_by(Policy.lww, _last_one_wins)),
)
