"""The journal in memory: the reference answer. It keeps little, scans everything, and owes its speed to nobody."""

import contextlib
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sync.digests import Digest, row_hash
from sync.journal import (
    LIFE_SPAN,
    Entries,
    Entry,
    JournalRow,
    Membership,
    Position,
    QueueState,
    RowChange,
    ScopeState,
    Span,
    Stand,
    Stored,
    Writer,
    confirmed,
    each_of,
    newborn,
    restamp,
)
from sync.protocol import RESULTS_KEPT, GoneWhy
from sync.repair import mark_of
from sync.scopes import held_at

row_mark = functools.lru_cache(maxsize=10_000)(row_hash)
"""The same row is summed up again and again here."""
RowKey = tuple[str, str]
"""(t, id)"""
QueueKey = tuple[str, int, str]
"""(device, epoch, user)"""


@dataclass(frozen=True, slots=True)
class Hold:
    """A scope's hold of a row: since when it was first held, and when it left; `left` None while it is held."""

    first: int
    left: int | None


@dataclass(slots=True)
class _Books:
    """All that is kept. No value in it is ever changed, so a copy of the dictionaries is a snapshot."""

    generation: str
    seq: int = 0
    rows: dict[RowKey, JournalRow] = field(default_factory=dict)
    holds: dict[tuple[str, str, str], Hold] = field(default_factory=dict)
    absences: frozenset[tuple[str, str, str, int, int]] = frozenset()
    """(t, id, scope, left, came back) of rows that a scope holds again."""
    members: dict[tuple[str, str], Membership] = field(default_factory=dict)
    former: frozenset[tuple[str, Membership]] = frozenset()
    """Memberships that were left and begun again."""
    queues: dict[QueueKey, QueueState] = field(default_factory=dict)
    outcomes: dict[tuple[QueueKey, int], Stored] = field(default_factory=dict)
    marks: frozenset[tuple[int, int]] = frozenset()
    """(seq, at_s)"""
    pruned: int = 0
    stirred: dict[str, int] = field(default_factory=dict)
    """When a scope last changed by what was forgotten since."""

    def copy(self) -> "_Books":
        return _Books(
            self.generation,
            self.seq,
            dict(self.rows),
            dict(self.holds),
            self.absences,
            dict(self.members),
            self.former,
            dict(self.queues),
            dict(self.outcomes),
            self.marks,
            self.pruned,
            dict(self.stirred),
        )


class MemoryJournal:
    """The journal port over dictionaries."""

    def __init__(self, generation: str = "memory") -> None:
        self._books = _Books(generation)

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """All that is written inside is undone when it raises; savepoints nest."""
        before = self._books.copy()
        try:
            yield
        except BaseException:
            self._books = before
            raise

    def snapshot(self) -> "MemoryJournal":
        """The journal as it stands now, for a reader that must not see later writes."""
        frozen = MemoryJournal()
        frozen._books = self._books.copy()
        return frozen

    def renew_generation(self, generation: str) -> None:
        """After a restore from a backup: handsets will see a new life and reconcile."""
        self._books.generation = generation
        self._books.seq += LIFE_SPAN

    # -- where the sequence stands --------------------------------------------------------------------------------

    def stand(self) -> Stand:
        """All of it at once."""
        return Stand(self._books.seq, self._books.generation, self._books.pruned)

    def generation(self) -> str:
        """Names this life of the database."""
        return self._books.generation

    def head(self) -> int:
        """The last sequence number taken."""
        return self._books.seq

    def _take(self) -> int:
        self._books.seq += 1
        return self._books.seq

    # -- rows -----------------------------------------------------------------------------------------------------

    def row(self, t: str, row_id: str) -> JournalRow | None:
        """The row's entry, tombstones too."""
        return self._books.rows.get((t, row_id))

    def _live(self) -> Iterator[JournalRow]:
        return (row for row in self._books.rows.values() if row.body is not None)

    def rows(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], JournalRow]:
        """The entries of rows (t, id), tombstones too."""
        return {key: row for key in keys if (row := self.row(*key)) is not None}

    def versions(self, t: str, ids: Sequence[str]) -> dict[str, int]:
        """The present versions of live rows."""
        return {row.id: row.ver for row in self._live() if row.t == t and row.id in ids}

    def versions_of(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The present versions of live rows of several kinds."""
        return {key: row.ver for key, row in self.rows(keys).items() if row.body is not None}

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that name a live row of any kind."""
        return {row.id for row in self._live() if row.id in ids}

    def scopes_at(self, t: str, row_id: str, seq: int) -> set[str]:
        """The scopes that held the row when the sequence stood at `seq`."""
        return {
            scope
            for (held_t, held_id, scope), hold in self._books.holds.items()
            if (held_t, held_id) == (t, row_id) and hold.first <= seq and (hold.left is None or hold.left > seq)
        } - {
            scope
            for away_t, away_id, scope, left, back in self._books.absences
            if (away_t, away_id) == (t, row_id) and left <= seq < back
        }

    def record(
        self, changes: Sequence[RowChange], writer: Writer | Sequence[Writer], known: Entries | None = None
    ) -> list[int]:
        """Gives each change the next sequence number; an unchanged row keeps its own. Returns their versions."""
        versions: list[int] = []
        for change, cause in zip(changes, each_of(writer, changes), strict=True):
            old = self.row(change.t, change.id)
            new = restamp(old, change, self._take(), cause)
            if new is not None:
                self._put(old, new)
            versions.append(new.ver if new else old.ver if old else 0)
        return versions

    def stamp(self, t: str, row_id: str, name: str, writer: Writer) -> JournalRow:
        """Keeps who confirmed a field's value, and when; the row stays as it is."""
        row = self._books.rows[t, row_id] = confirmed(self._books.rows[t, row_id], name, self._take(), writer)
        return row

    def append(self, changes: Sequence[RowChange], writer: Writer) -> list[int]:
        """As `record`, for rows that are known to be new: facts by the thousand."""
        rows: list[JournalRow] = []
        for change in changes:
            assert self.row(change.t, change.id) is None, f"{change.t} {change.id} was there before"
            rows.append(newborn(change, self._take(), writer))
            self._put(None, rows[-1])
        return [row.ver for row in rows]

    def _put(self, old: JournalRow | None, new: JournalRow) -> None:
        self._books.rows[new.t, new.id] = new
        for scope in new.scopes:
            hold = self._books.holds.get((new.t, new.id, scope), Hold(new.ver, None))
            if hold.left is not None:
                self._books.absences |= {(new.t, new.id, scope, hold.left, new.ver)}
            self._books.holds[new.t, new.id, scope] = replace(hold, left=None)
        for scope in (old.scopes if old else frozenset()) - new.scopes:
            hold = self._books.holds[new.t, new.id, scope]
            self._books.holds[new.t, new.id, scope] = replace(hold, left=new.ver)

    # -- scopes ---------------------------------------------------------------------------------------------------

    def set_user_scopes(self, user: str, scopes: Iterable[str]) -> None:
        """States the scopes a user holds from now on; joining and leaving each take a number."""
        wanted = set(scopes)
        held = {m.scope for m in self.user_scopes(user) if m.seq_out is None}
        for scope in sorted(wanted - held):
            if (user, scope) in self._books.members:
                self._books.former |= {(user, self._books.members[user, scope])}
            self._books.members[user, scope] = Membership(scope, self._take(), None)
        for scope in sorted(held - wanted):
            member = self._books.members[user, scope]
            self._books.members[user, scope] = replace(member, seq_out=self._take())

    def user_scopes(self, user: str) -> list[Membership]:
        """Every scope the user holds or held."""
        return [member for (whose, _), member in sorted(self._books.members.items()) if whose == user]

    def user_scopes_at(self, user: str, seq: int) -> set[str]:
        """The scopes that the user held when the sequence stood at `seq`, however often they left and came back."""
        former = [membership for whose, membership in self._books.former if whose == user]
        return held_at([*self.user_scopes(user), *former], seq)

    def stirred(self, user: str, after: int) -> bool:
        """Whether anything changed for the user beyond `after`: a row in a scope of theirs, or their scopes."""
        held = self.user_scopes(user)
        states = self.scope_states(m.scope for m in held if m.seq_out is None)
        return any(after < (m.seq_out or max(m.seq_in, states[m.scope].ver)) for m in held)

    def scope_states(self, scopes: Iterable[str]) -> dict[str, ScopeState]:
        """The scopes at a glance; one that never held a row is empty."""
        wanted = set(scopes)
        rows: dict[str, list[JournalRow]] = {scope: [] for scope in wanted}
        stirred = {scope: self._books.stirred.get(scope, 0) for scope in wanted}
        for row in self._live():
            for scope in row.scopes & wanted:
                rows[scope].append(row)
        for (_, _, scope), hold in self._books.holds.items():
            if scope in wanted:
                stirred[scope] = max(stirred[scope], hold.left or 0)
        return {scope: _state(scope, rows[scope], stirred[scope]) for scope in wanted}

    # -- queues ---------------------------------------------------------------------------------------------------

    def queue(self, device: str, epoch: int, user: str) -> QueueState:
        """Where the queue stands; a new one stands at 0."""
        return replace(self._books.queues.get((device, epoch, user), QueueState()))

    def save_queue(self, device: str, epoch: int, user: str, state: QueueState) -> None:
        """Keeps `acked`, `through_ms` and `proven_ms`; `safe` moves by `mark_safe` alone."""
        self._books.queues[device, epoch, user] = replace(state, safe=self.queue(device, epoch, user).safe)

    def epochs(self, device: str, user: str) -> dict[int, int]:
        """Every queue the person ever had on the device: {epoch: acked}."""
        return {p.epoch: p.acked for p in self.positions() if (p.device, p.user) == (device, user)}

    def positions(self) -> list[Position]:
        """Where every queue stands."""
        return sorted(Position(*queue, state.acked) for queue, state in self._books.queues.items())

    def mark_safe(self, positions: Sequence[Position]) -> None:
        """A durable backup holds what each queue had brought up to its position; marks never go back."""
        for device, epoch, user, n in positions:
            state = self.queue(device, epoch, user)
            if state.safe < n <= state.acked:
                self._books.queues[device, epoch, user] = replace(state, safe=n)

    def outcome(self, device: str, epoch: int, user: str, n: int) -> Stored | None:
        """The stored outcome of one mutation."""
        return self._books.outcomes.get(((device, epoch, user), n))

    def outcomes(self, device: str, epoch: int, user: str, first: int, last: int) -> dict[int, Stored]:
        """The stored outcomes of a run of mutations."""
        return {
            n: stored
            for (queue, n), stored in self._books.outcomes.items()
            if queue == (device, epoch, user) and first <= n <= last
        }

    def save_outcomes(self, device: str, epoch: int, user: str, stored: Sequence[tuple[int, Stored]]) -> None:
        """Keeps outcomes, and forgets those more than RESULTS_KEPT behind the newest."""
        if not stored:
            return
        queue = (device, epoch, user)
        self._books.outcomes |= {(queue, n): outcome for n, outcome in stored}
        newest = max(n for n, _ in stored)
        forgotten = [key for key in self._books.outcomes if key[0] == queue and key[1] <= newest - RESULTS_KEPT]
        for key in forgotten:
            del self._books.outcomes[key]

    # -- forgetting -----------------------------------------------------------------------------------------------

    def note_time(self, at_s: int) -> None:
        """Notes that the sequence stands here at this moment."""
        if self._books.seq not in dict(self._books.marks):
            self._books.marks |= {(self._books.seq, at_s)}

    def seq_at(self, at_s: int) -> int:
        """Where the sequence stood at that moment at the latest, as far as it was noted; 0 when it was not."""
        return max((seq for seq, noted_s in self._books.marks if noted_s <= at_s), default=0)

    def pruned(self) -> int:
        """A cookie before this number cannot be answered."""
        return self._books.pruned

    def prune(self, seq: int, limit: int) -> int:
        """Forgets what ended at `seq` or before, at most `limit` rows and as many holds; gives how many went."""
        books = self._books
        books.pruned = max(books.pruned, seq)
        books.marks = frozenset(mark for mark in books.marks if mark[0] >= seq)
        gone = [key for key, row in books.rows.items() if row.body is None and row.ver <= seq][:limit]
        left = [(key, hold.left) for key, hold in books.holds.items() if hold.left is not None and hold.left <= seq]
        for key in gone:
            del books.rows[key]
        for hold_key, ended in left[:limit]:
            books.stirred[hold_key[2]] = max(books.stirred.get(hold_key[2], 0), ended)
            del books.holds[hold_key]
        books.members = {k: m for k, m in books.members.items() if m.seq_out is None or m.seq_out > seq}
        books.former = frozenset(each for each in books.former if (each[1].seq_out or 0) > seq)
        books.absences = frozenset(each for each in books.absences if each[4] > seq)
        return len(gone) + len(left[:limit])

    # -- repair ---------------------------------------------------------------------------------------------------

    def tally(self, scope: str, width: int, until: int) -> dict[int, int]:
        """How many live rows the scope holds in each span of `width` versions, up to and including `until`."""
        return dict(Counter(row.ver // width for row in self._live() if scope in row.scopes and row.ver <= until))

    def marks(self, scope: str, lower: int, upper: int) -> list[tuple[int, int]]:
        """(version, mark) of the scope's live rows in a range of versions."""
        return sorted(
            (row.ver, mark_of(row_hash(row.t, row.id, row.ver, row.body or b"")))
            for row in self._live()
            if scope in row.scopes and lower <= row.ver < upper
        )

    def at_versions(self, scope: str, shown_by: Sequence[str], versions: Sequence[int]) -> list[Entry]:
        """The scope's live rows that stand at these versions."""
        rows = [row for row in self._live() if scope in row.scopes and row.ver in versions]
        return [self._entry(row, shown_by) for row in sorted(rows, key=lambda row: row.ver)]

    def standing(self, keys: Sequence[tuple[str, str]], shown_by: Sequence[str]) -> list[Entry]:
        """Each row as a holder of `shown_by` should hold it now, or as gone."""
        return [
            self._entry(self._books.rows[key], shown_by) if self._shown(*key, shown_by) else self._gone(*key)
            for key in sorted(set(keys))
        ]

    @staticmethod
    def _entry(row: JournalRow, shown_by: Sequence[str]) -> Entry:
        return Entry(row.t, row.id, row.ver, row.body, None, tuple(sorted(row.scopes & set(shown_by))))

    # -- deltas ---------------------------------------------------------------------------------------------------

    def changed(self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int) -> list[Entry]:
        """Live rows of `scopes` with `ver` beyond `after`, oldest change first, and who of `shown_by` holds them."""
        rows = [row for row in self._live() if row.ver > after and row.scopes & set(scopes)]
        return [self._entry(row, shown_by) for row in sorted(rows, key=lambda row: row.ver)[:limit]]

    def kinds_in(self, scopes: Sequence[str], below: int) -> dict[str, Span]:
        """Which kinds have live rows in any of the scopes, and from which version to which."""
        vers: dict[str, list[int]] = {}
        for row in self._live():
            if row.ver < below and row.scopes & set(scopes):
                vers.setdefault(row.t, []).append(row.ver)
        return {t: (min(met), max(met)) for t, met in vers.items()}

    def before(
        self, scopes: Sequence[str], shown_by: Sequence[str], kinds: Sequence[str], span: Span, limit: int
    ) -> list[Entry]:
        """Live rows of `scopes` of these kinds within a span of versions, newest first."""
        rows = [r for r in self._live() if span[0] <= r.ver <= span[1] and r.scopes & set(scopes) and r.t in kinds]
        return [self._entry(row, shown_by) for row in sorted(rows, key=lambda row: -row.ver)[:limit]]

    def departed(
        self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int
    ) -> tuple[list[tuple[int, Entry]], int | None]:
        """Rows that left one of `scopes` beyond `after`, oldest first, unless shown; and the seq to go on from."""
        marks = sorted(
            {
                (hold.left, t, row_id)
                for (t, row_id, scope), hold in self._books.holds.items()
                if scope in scopes and hold.left is not None and hold.left > after
            }
        )[:limit]
        gone = [(seq, self._gone(t, row_id)) for seq, t, row_id in marks if not self._shown(t, row_id, shown_by)]
        return gone, marks[-1][0] if len(marks) == limit else None

    def abandoned(
        self, left: Sequence[Membership], kept: Sequence[str], after: str, limit: int
    ) -> tuple[list[Entry], str | None]:
        """Rows of scopes that the user left, not shown by a kept one, beyond the key `after`; and the next key."""
        until = {member.scope: member.seq_out or 0 for member in left}
        keys = sorted(
            {
                (t, row_id)
                for (t, row_id, scope), hold in self._books.holds.items()
                if scope in until and hold.first <= until[scope] and (t, row_id) > _key(after)
            }
        )[:limit]
        gone = [self._gone(t, row_id) for t, row_id in keys if not self._shown(t, row_id, kept)]
        return gone, "/".join(keys[-1]) if len(keys) == limit else None

    def _shown(self, t: str, row_id: str, scopes: Sequence[str]) -> bool:
        row = self.row(t, row_id)
        return row is not None and bool(row.scopes & set(scopes))

    def _gone(self, t: str, row_id: str) -> Entry:
        row = self.row(t, row_id)
        deleted = row is None or row.body is None
        return Entry(t, row_id, 0, None, (GoneWhy.deleted if deleted else GoneWhy.scope).value)


def _key(after: str) -> RowKey:
    t, _, row_id = after.partition("/")
    return t, row_id


def _state(scope: str, rows: Sequence[JournalRow], stirred: int) -> ScopeState:
    digest = Digest().plus(row_mark(row.t, row.id, row.ver, row.body or b"") for row in rows)
    return ScopeState(scope, max([stirred, *(row.ver for row in rows)]), digest, len(rows))
