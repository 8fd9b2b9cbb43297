"""Journal: the port that every store answers, and the arithmetic that all stores share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import orjson

from sync.digests import Digest

LIFE_SPAN = 1 << 32
"""More changes than one life of a database counts between a backup and its loss; N_MAX holds two million lives."""
FieldVersion = tuple[int, str | None, int | None]
"""(seq of the last change, queue that wrote it or None, trusted ms of the act or None)."""


class RowChange(NamedTuple):
    """A row as the domain left it. `body` None: deleted."""

    t: str
    id: str
    body: Mapping[str, Any] | bytes | None
    """As a mapping, or as the bytes that travel."""
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who causes the changes being recorded: a queue's mutation, or nobody (console, job)."""

    queue: str | None = None
    trusted_ms: int | None = None
    contents: Mapping[str, bytes] = field(default_factory=dict)
    """Row id -> hash of the command that adds the row, so that the same fact queued anew is known again."""
    in_sight: bool = False
    """The writer had seen what it overwrites: its stamp is put after it, whatever its clock says."""
    but: frozenset[str] = frozenset()
    """Fields that it had not seen all the same: they changed meanwhile."""


class JournalRow(NamedTuple):
    """The one journal entry of a row."""

    t: str
    id: str
    ver: int
    born: int
    """Sequence number of its creation; a field without an entry in `fv` last changed then."""
    fv: Mapping[str, FieldVersion]
    body: bytes | None
    """The wire body as stored; None for a tombstone."""
    scopes: frozenset[str]
    born_queue: str | None = None
    born_ms: int | None = None
    born_hash: bytes | None = None
    """Hash of the command that added the row, when a phone did."""

    def field_version(self, name: str) -> FieldVersion:
        """When and by which queue a field last changed."""
        return self.fv.get(name, (self.born, self.born_queue, self.born_ms))

    def value(self, name: str) -> Any:
        """The field's present value; None when the row is gone."""
        return orjson.loads(self.body).get(name) if self.body is not None else None


Entries = Mapping[tuple[str, str], JournalRow | None]
"""Entries of rows (t, id); None: the row was never there."""
Span = tuple[int, int]
"""The first and the last of some versions, both of them among these."""


class Entry(NamedTuple):
    """One line of a delta: a row to hold (`body`) or to drop (`body` None)."""

    t: str
    id: str
    ver: int
    body: bytes | None
    why: str | None = None
    scopes: tuple[str, ...] = ()
    """Those of the reader's scopes that hold the row, sorted."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the sequence stands."""

    seq: int
    """The last number taken."""
    generation: str
    """Names this life of the database."""
    pruned: int
    """A cookie before this number cannot be answered."""


@dataclass(slots=True)
class QueueState:
    """Where a queue stands: `acked` is the last n taken."""

    acked: int = 0
    through_ms: int | None = None
    safe: int = 0
    """A durable backup holds what was taken up to this n."""
    proven_ms: int | None = None
    """After this moment everything is done that follows, for all that proven clocks say."""


class Position(NamedTuple):
    """Where a queue stood at some moment."""

    device: str
    epoch: int
    user: str
    acked: int


@dataclass(frozen=True, slots=True)
class Stored:
    """An outcome as kept: the hash of the act it answered (`sync.acts.act_of`), and its bytes."""

    hash: bytes
    outcome: bytes


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's hold of a scope; `seq_out` None while it lasts."""

    scope: str
    seq_in: int
    seq_out: int | None


@dataclass(frozen=True, slots=True)
class ScopeState:
    """A scope at a glance: the last change in it, the digest and the count of its live rows."""

    scope: str
    ver: int = 0
    digest: Digest = field(default_factory=Digest)
    rows: int = 0


class Journal(Protocol):
    """Sequence order is commit order: one writer at a time, and readers see a snapshot."""

    def stand(self) -> "Stand":
        """`head`, `generation` and `pruned` in one read."""

    def generation(self) -> str: ...
    def head(self) -> int: ...
    def row(self, t: str, row_id: str) -> JournalRow | None: ...
    def rows(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], JournalRow]:
        """The entries of rows (t, id), tombstones too."""

    def versions(self, t: str, ids: Sequence[str]) -> dict[str, int]:
        """The present versions of live rows."""

    def versions_of(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The present versions of live rows of several kinds."""

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that name a live row of any kind."""

    def scopes_at(self, t: str, row_id: str, seq: int) -> set[str]:
        """The scopes that held the row when the sequence stood at `seq`, however often it left and came back."""

    def record(
        self, changes: Sequence[RowChange], writer: Writer | Sequence[Writer], known: "Entries | None" = None
    ) -> list[int]:
        """Gives each change the next sequence number; an unchanged row keeps its own. Returns their versions.
        `writer`: of all of them, or of each. `known`: entries read already, as they still stand."""

    def stamp(self, t: str, row_id: str, name: str, writer: Writer) -> JournalRow:
        """A field was written with the value that stood: its confirmation takes a number, as a change of
        the field would, and the row stays as it is. Gives its entry."""

    def append(self, changes: Sequence[RowChange], writer: Writer) -> list[int]:
        """As `record`, for rows that are known to be new: facts by the thousand."""

    def set_user_scopes(self, user: str, scopes: Iterable[str]) -> None: ...
    def user_scopes(self, user: str) -> list[Membership]: ...
    def user_scopes_at(self, user: str, seq: int) -> set[str]:
        """The scopes that the user held when the sequence stood at `seq`, however often they left and came back."""

    def stirred(self, user: str, after: int) -> bool:
        """Whether anything changed for the user beyond `after`: a row in a scope of theirs, or their scopes."""

    def scope_states(self, scopes: Iterable[str]) -> dict[str, ScopeState]: ...
    def queue(self, device: str, epoch: int, user: str) -> QueueState: ...
    def save_queue(self, device: str, epoch: int, user: str, state: QueueState) -> None:
        """Keeps `acked`, `through_ms` and `proven_ms`; `safe` moves by `mark_safe` alone."""

    def epochs(self, device: str, user: str) -> dict[int, int]:
        """Every queue the person ever had on the device: {epoch: acked}."""

    def positions(self) -> list[Position]:
        """Where every queue stands."""

    def mark_safe(self, positions: Sequence[Position]) -> None:
        """A durable backup holds what each queue had brought up to its position. A mark never goes back, and never
        beyond what was taken in this life of the database."""

    def outcome(self, device: str, epoch: int, user: str, n: int) -> Stored | None: ...
    def outcomes(self, device: str, epoch: int, user: str, first: int, last: int) -> dict[int, Stored]: ...
    def save_outcomes(self, device: str, epoch: int, user: str, stored: Sequence[tuple[int, Stored]]) -> None:
        """Keeps outcomes, and forgets those more than RESULTS_KEPT behind the newest."""

    def changed(self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int) -> list[Entry]:
        """Live rows of `scopes` with `ver` beyond `after`, oldest change first, each with which of `shown_by` hold
        it."""

    def kinds_in(self, scopes: Sequence[str], below: int) -> dict[str, Span]:
        """Which kinds have live rows in any of the scopes, with `ver` before `below`, and from which to which."""

    def before(
        self, scopes: Sequence[str], shown_by: Sequence[str], kinds: Sequence[str], span: Span, limit: int
    ) -> list[Entry]:
        """Live rows of `scopes` of these kinds, with `ver` within `span`, newest change first, each with which of
        `shown_by` hold it."""

    def departed(
        self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int
    ) -> tuple[list[tuple[int, Entry]], int | None]:
        """Rows that left one of `scopes` beyond `after` and that no scope of `shown_by` shows, with the seq of their
        leaving, oldest first; and the seq to go on from, None at the end."""

    def abandoned(
        self, left: Sequence[Membership], kept: Sequence[str], after: str, limit: int
    ) -> tuple[list[Entry], str | None]:
        """Rows of scopes that the user left, not shown by a kept one, in order of their key "t/id" beyond `after`.
        Gives the key to go on from as well; None at the end."""

    def note_time(self, at_s: int) -> None:
        """Notes that the sequence stands here at this moment."""

    def seq_at(self, at_s: int) -> int:
        """Where the sequence stood at that moment at the latest, as far as it was noted; 0 when it was not."""

    def pruned(self) -> int:
        """A cookie before this number cannot be answered: what it would have to hear of is forgotten."""

    def prune(self, seq: int, limit: int) -> int:
        """Forgets tombstones, left intervals and ended memberships of `seq` or before, at most `limit` rows and as many
        holds; gives how many went. No reader whose cookie is at `seq` or later sees a difference."""

    def tally(self, scope: str, width: int, until: int) -> dict[int, int]:
        """How many live rows the scope holds in each span of `width` versions, up to and including `until`:
        {version // width: rows}."""

    def marks(self, scope: str, lower: int, upper: int) -> list[tuple[int, int]]:
        """(version, first 64 bits of the row's hash) of the scope's live rows with `lower` <= version < `upper`."""

    def at_versions(self, scope: str, shown_by: Sequence[str], versions: Sequence[int]) -> list[Entry]:
        """The scope's live rows that stand at these versions, each with which of `shown_by` hold it."""

    def standing(self, keys: Sequence[tuple[str, str]], shown_by: Sequence[str]) -> list[Entry]:
        """Each row (t, id) as a holder of `shown_by` should hold it now, or as gone. In order of their keys."""


def each_of(writer: Writer | Sequence[Writer], changes: Sequence[RowChange]) -> Sequence[Writer]:
    """The writer of each change."""
    return [writer] * len(changes) if isinstance(writer, Writer) else writer


def newborn(change: RowChange, seq: int, writer: Writer) -> JournalRow:
    """The entry of a row that was not there before."""
    assert change.body is not None
    return JournalRow(
        change.t,
        change.id,
        seq,
        seq,
        {},
        _written(change.body),
        change.scopes,
        writer.queue,
        writer.trusted_ms,
        writer.contents.get(change.id),
    )


def confirmed(row: JournalRow, name: str, seq: int, writer: Writer) -> JournalRow:
    """The entry with a field's later confirmation."""
    return row._replace(fv=dict(row.fv) | {name: (seq, writer.queue, writer.trusted_ms)})


def restamp(old: JournalRow | None, change: RowChange, seq: int, writer: Writer) -> JournalRow | None:
    """The entry of a row after `change`, or None when the change changed nothing."""
    if change.body is None:
        if old is None or old.body is None:
            return None
        return old._replace(ver=seq, fv={}, body=None, scopes=frozenset())
    if old is None or old.body is None:
        return newborn(change, seq, writer)
    body = _written(change.body)
    if old.body == body and old.scopes == change.scopes:
        return None
    before, after = orjson.loads(old.body), orjson.loads(body)
    moved = [f for f, value in after.items() if f not in before or not _same(before[f], value)]
    moved += [f for f in before if f not in after]
    fv = dict(old.fv) | {f: (seq, writer.queue, _stamp(old, f, writer)) for f in moved}
    return old._replace(ver=seq, fv=fv, body=body, scopes=change.scopes)


def _written(body: Mapping[str, Any] | bytes) -> bytes:
    return body if isinstance(body, bytes) else orjson.dumps(body)


def _same(before: Any, after: Any) -> bool:
    return type(before) is type(after) and bool(before == after)  # to Python, 1 is true


def _stamp(old: JournalRow, name: str, writer: Writer) -> int | None:
    before = old.field_version(name)[2]
    if writer.in_sight and name not in writer.but and before is not None:
        return max(writer.trusted_ms or 0, before + 1)
    return writer.trusted_ms
