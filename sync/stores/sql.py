"""The journal in SQL, on SQLite and PostgreSQL alike. Its writer holds the database's only write turn, so sequence
order is commit order; its readers run on one snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

import orjson
from sqlalchemy import Connection

from sync.digests import Digest, row_hash
from sync.journal import (
    Entries,
    Entry,
    FieldVersion,
    JournalRow,
    Membership,
    QueueState,
    RowChange,
    ScopeState,
    Span,
    Stand,
    Writer,
    confirmed,
    each_of,
    newborn,
    restamp,
)
from sync.protocol import GoneWhy
from sync.stores.driver import Driver, Row, portions
from sync.stores.marks import SqlMarks
from sync.stores.outcomes import SqlOutcomes
from sync.stores.positions import SqlPositions
from sync.stores.pruning import SqlPruning

T = TypeVar("T")


_TAKE = "UPDATE sync_head SET seq = seq + ? WHERE one = 1 RETURNING seq"
_STAND = "SELECT seq, generation, pruned FROM sync_head WHERE one = 1"
_ROW_COLUMNS = ("t", "id", "ver", "born", "born_queue", "born_ms", "born_hash", "fv", "body")
_ROW = ", ".join(_ROW_COLUMNS)
_OLD = f"SELECT {_ROW} FROM sync_rows WHERE t = ? AND id IN ??"  # noqa: S608
_OLD_SCOPES = "SELECT id, scope FROM sync_row_scopes WHERE t = ? AND id IN ?? AND seq_out IS NULL"
_PUT_ROW = (
    f"INSERT INTO sync_rows ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    " ON CONFLICT (id, t) DO UPDATE SET ver = excluded.ver, born = excluded.born,"
    " born_queue = excluded.born_queue, born_ms = excluded.born_ms, born_hash = excluded.born_hash,"
    " fv = excluded.fv, body = excluded.body"
)
_STAMP = "UPDATE sync_rows SET fv = ? WHERE t = ? AND id = ?"
_HOLD_COLUMNS = ("t", "id", "scope", "ver", "seq_first")
_PUT_HOLD = (
    "INSERT INTO sync_row_scopes (t, id, scope, ver, seq_first, seq_out) VALUES (?, ?, ?, ?, ?, NULL)"
    " ON CONFLICT (t, id, scope) DO UPDATE SET ver = excluded.ver, seq_out = NULL"
)
_END_HOLD = "UPDATE sync_row_scopes SET seq_out = ?, ver = ? WHERE t = ? AND id = ? AND scope = ?"
_STATES = "SELECT scope, ver, digest, rows FROM sync_scopes WHERE scope IN ??"
_PUT_STATE = (
    "INSERT INTO sync_scopes (scope, ver, digest, rows) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (scope) DO UPDATE SET ver = excluded.ver, digest = excluded.digest, rows = excluded.rows"
)
_USER = "SELECT scope, seq_in, seq_out FROM sync_user_scopes WHERE user_id = ? ORDER BY scope"
_STIRRED = (
    "SELECT 1 FROM sync_user_scopes AS u LEFT JOIN sync_scopes AS s ON s.scope = u.scope AND u.seq_out IS NULL"
    " WHERE u.user_id = ? AND (u.seq_in > ? OR u.seq_out > ? OR s.ver > ?) LIMIT 1"
)
_JOIN = (
    "INSERT INTO sync_user_scopes (seq_in, user_id, scope, seq_out) VALUES (?, ?, ?, NULL)"
    " ON CONFLICT (user_id, scope) DO UPDATE SET seq_in = excluded.seq_in, seq_out = NULL"
)
_LEAVE = "UPDATE sync_user_scopes SET seq_out = ? WHERE user_id = ? AND scope = ?"
_QUEUE = "SELECT acked, through_ms, safe, proven_ms FROM sync_queues WHERE device = ? AND epoch = ? AND user_id = ?"
_PUT_QUEUE = (
    "INSERT INTO sync_queues (device, epoch, user_id, acked, through_ms, safe, proven_ms) VALUES (?, ?, ?, ?, ?, 0, ?)"
    " ON CONFLICT (device, epoch, user_id) DO UPDATE"
    " SET acked = excluded.acked, through_ms = excluded.through_ms, proven_ms = excluded.proven_ms"
)
_BODIES = "SELECT id, ver, body FROM sync_rows WHERE t = ? AND id IN ?? AND body IS NOT NULL"
_VERSIONS = "SELECT id, ver FROM sync_rows WHERE t = ? AND id IN ?? AND body IS NOT NULL"
_EXISTING = "SELECT DISTINCT id FROM sync_rows WHERE id IN ?? AND body IS NOT NULL"
_SCOPES_AT = (
    "SELECT scope FROM sync_row_scopes WHERE t = ? AND id = ? AND seq_first <= ? AND (seq_out IS NULL OR seq_out > ?)"
    " EXCEPT SELECT scope FROM sync_absences WHERE t = ? AND id = ? AND seq_out <= ? AND seq_in > ?"
)
_AWAY = (
    "INSERT INTO sync_absences (t, id, scope, seq_out, seq_in) SELECT t, id, scope, seq_out, ? FROM sync_row_scopes"
    " WHERE t = ? AND id = ? AND scope = ? AND seq_out IS NOT NULL"
)
_AWAY_NOW = "INSERT INTO sync_absences (t, id, scope, seq_out, seq_in) VALUES (?, ?, ?, ?, ?)"
_USER_AT = (
    "SELECT scope FROM sync_user_scopes WHERE user_id = ? AND seq_in <= ? AND (seq_out IS NULL OR seq_out > ?)"
    " UNION SELECT scope FROM sync_former_scopes WHERE user_id = ? AND seq_in <= ? AND seq_out > ?"
)
_FORMER = (
    "INSERT INTO sync_former_scopes (user_id, scope, seq_in, seq_out) SELECT user_id, scope, seq_in, seq_out"
    " FROM sync_user_scopes WHERE user_id = ? AND scope = ? AND seq_out IS NOT NULL"
)
_STANDING = (
    "SELECT s.ver, s.t, s.id, s.scope, r.body"
    " FROM sync_row_scopes AS s JOIN sync_rows AS r ON r.t = s.t AND r.id = s.id"
    " WHERE s.scope = ? AND s.seq_out IS NULL AND "
)
_CHANGED = f"{_STANDING} s.ver > ? ORDER BY s.ver LIMIT ?"
_BEFORE = f"{_STANDING} s.t IN ?? AND s.ver BETWEEN ? AND ? ORDER BY s.ver DESC LIMIT ?"
_DEPARTED = "SELECT seq_out, t, id FROM sync_row_scopes WHERE scope = ? AND seq_out > ? ORDER BY seq_out LIMIT ?"
_LEFT = (
    "SELECT t, id FROM sync_row_scopes WHERE scope = ? AND seq_first <= ? AND (t, id) > (?, ?) ORDER BY t, id LIMIT ?"
)
_KINDS = (
    "SELECT t, MIN(ver), MAX(ver) FROM sync_row_scopes WHERE scope IN ?? AND seq_out IS NULL AND ver < ? GROUP BY t"
)
_HOLDERS = "SELECT id, scope FROM sync_row_scopes WHERE t = ? AND id IN ?? AND seq_out IS NULL AND scope IN ??"
_LIVING = "SELECT id FROM sync_rows WHERE t = ? AND id IN ?? AND body IS NOT NULL"
_AT_VERSIONS = "SELECT t, id FROM sync_row_scopes WHERE scope = ? AND seq_out IS NULL AND ver IN ??"


class SqlJournal(SqlOutcomes, SqlPositions, SqlPruning, SqlMarks):
    """The journal port on one connection: inside its transaction, or on its snapshot."""

    def __init__(self, on: Connection | Driver) -> None:
        self._d = on if isinstance(on, Driver) else Driver(on)

    # -- where the sequence stands --------------------------------------------------------------------------------

    def stand(self) -> Stand:
        """`head`, `generation` and `pruned` in one read."""
        return Stand(*self._d.rows(_STAND)[0])

    def generation(self) -> str:
        """Names this life of the database; changes when it was restored from a backup."""
        return self.stand().generation

    def head(self) -> int:
        """The last sequence number of this snapshot."""
        return self.stand().seq

    def pruned(self) -> int:
        """A cookie before this number cannot be answered: what it would have to hear of is forgotten."""
        return self.stand().pruned

    def _take(self, count: int) -> int:
        """Takes `count` numbers; gives the first."""
        return int(self._d.rows(_TAKE, count)[0][0]) - count + 1

    # -- rows -----------------------------------------------------------------------------------------------------

    def row(self, t: str, row_id: str) -> JournalRow | None:
        """The row's entry, tombstones too."""
        return self._rows(t, [row_id]).get(row_id)

    def _rows(self, t: str, ids: Sequence[str]) -> dict[str, JournalRow]:
        scopes: dict[str, set[str]] = defaultdict(set)
        for row_id, scope in self._d.rows(_OLD_SCOPES, t, list(ids)):
            scopes[row_id].add(scope)
        return {r[1]: _journal_row(r, frozenset(scopes[r[1]])) for r in self._d.rows(_OLD, t, list(ids))}

    def versions(self, t: str, ids: Sequence[str]) -> dict[str, int]:
        """The present versions of live rows."""
        return {r[0]: r[1] for chunk in portions(ids) for r in self._d.rows(_VERSIONS, t, list(chunk))}

    def versions_of(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The present versions of live rows of several kinds."""
        return {(t, row_id): ver for t, ids in _by_kind(keys) for row_id, ver in self.versions(t, ids).items()}

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that name a live row of any kind."""
        return {r[0] for chunk in portions(ids) for r in self._d.rows(_EXISTING, list(chunk))}

    def scopes_at(self, t: str, row_id: str, seq: int) -> set[str]:
        """The scopes that held the row when the sequence stood at `seq`, however often it left and came back."""
        return {r[0] for r in self._d.rows(_SCOPES_AT, t, row_id, seq, seq, t, row_id, seq, seq)}

    def record(
        self, changes: Sequence[RowChange], writer: Writer | Sequence[Writer], known: Entries | None = None
    ) -> list[int]:
        """Gives each change the next sequence number; an unchanged row keeps its own. Returns their versions."""
        if not changes:
            return []
        held = dict(known or {})
        held |= self.rows([key for change in changes if (key := (change.t, change.id)) not in held])
        versions: list[int] = []
        steps: list[tuple[JournalRow | None, JournalRow]] = []
        next_seq = self._take(len(changes))
        for change, cause in zip(changes, each_of(writer, changes), strict=True):
            old = held.get((change.t, change.id))
            new = restamp(old, change, next_seq, cause)
            next_seq += 1
            versions.append(new.ver if new else old.ver if old else 0)
            if new is not None:
                steps.append((old, new))
                held[change.t, change.id] = new
        self._write(steps)
        return versions

    def rows(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], JournalRow]:
        """The entries of rows (t, id), tombstones too."""
        held: dict[tuple[str, str], JournalRow] = {}
        for t, group in groupby(sorted(set(keys)), key=lambda key: key[0]):
            for ids in portions([row_id for _, row_id in group]):
                held.update({(t, row_id): row for row_id, row in self._rows(t, ids).items()})
        return held

    def _write(self, steps: Sequence[tuple[JournalRow | None, JournalRow]]) -> None:
        if not steps:
            return
        self._d.many(_PUT_ROW, [_row_values(new) for _, new in steps])
        self._note_absences(steps)
        self._d.many(_PUT_HOLD, [(new.t, new.id, s, new.ver, new.ver) for _, new in steps for s in new.scopes])
        last = {(new.t, new.id): new.scopes for _, new in steps}
        ends = [
            (new.ver, new.ver, new.t, new.id, s)
            for old, new in steps
            if old is not None
            for s in old.scopes - new.scopes - last[new.t, new.id]
        ]
        self._d.many(_END_HOLD, ends)
        self._sum_up(steps)

    def _note_absences(self, steps: Sequence[tuple[JournalRow | None, JournalRow]]) -> None:
        """Remembers between which numbers a row was out of a scope that it enters again."""
        ended: dict[tuple[str, str, str], int] = {}
        for old, new in steps:
            if old is None or old.scopes == new.scopes:
                continue
            for scope in new.scopes - old.scopes:
                left = ended.pop((new.t, new.id, scope), None)
                if left is None:
                    self._d.do(_AWAY, new.ver, new.t, new.id, scope)
                else:
                    self._d.do(_AWAY_NOW, new.t, new.id, scope, left, new.ver)
            ended |= {(new.t, new.id, scope): new.ver for scope in old.scopes - new.scopes}

    def stamp(self, t: str, row_id: str, name: str, writer: Writer) -> JournalRow:
        """Keeps who confirmed a field's value, and when; the row stays as it is."""
        before = self.row(t, row_id)
        assert before is not None
        row = confirmed(before, name, self._take(1), writer)
        self._d.do(_STAMP, orjson.dumps(row.fv).decode(), t, row_id)
        return row

    def append(self, changes: Sequence[RowChange], writer: Writer) -> list[int]:
        """As `record`, for rows that are known to be new: facts by the thousand."""
        if not changes:
            return []
        first = self._take(len(changes))
        new = [newborn(change, first + i, writer) for i, change in enumerate(changes)]
        self._d.fill("sync_rows", _ROW_COLUMNS, [_row_values(row) for row in new])
        holds = [(row.t, row.id, s, row.ver, row.ver) for row in new for s in row.scopes]
        self._d.fill("sync_row_scopes", _HOLD_COLUMNS, holds)
        self._sum_up([(None, row) for row in new])
        return [row.ver for row in new]

    def _sum_up(self, steps: Sequence[tuple[JournalRow | None, JournalRow]]) -> None:
        added: dict[str, list[int]] = defaultdict(list)
        taken: dict[str, list[int]] = defaultdict(list)
        newest: dict[str, int] = {}
        for old, new in steps:
            if old is not None and old.body is not None:
                mark = row_hash(old.t, old.id, old.ver, old.body)
                for scope in old.scopes:
                    taken[scope].append(mark)
                    newest[scope] = new.ver
            if new.body is not None:
                mark = row_hash(new.t, new.id, new.ver, new.body)
                for scope in new.scopes:
                    added[scope].append(mark)
                    newest[scope] = new.ver
        if not newest:
            return
        states = self.scope_states(newest)
        sums = {scope: states[scope].digest.plus(added[scope]).minus(taken[scope]) for scope in newest}
        counts = {scope: states[scope].rows + len(added[scope]) - len(taken[scope]) for scope in newest}
        self._d.many(_PUT_STATE, [(s, ver, sums[s].to_bytes(), counts[s]) for s, ver in newest.items()])

    # -- scopes ---------------------------------------------------------------------------------------------------

    def set_user_scopes(self, user: str, scopes: Iterable[str]) -> None:
        """States the scopes a user holds from now on; joining and leaving each take a number."""
        wanted = set(scopes)
        held = {m.scope for m in self.user_scopes(user) if m.seq_out is None}
        moves = [(_JOIN, s) for s in sorted(wanted - held)] + [(_LEAVE, s) for s in sorted(held - wanted)]
        if not moves:
            return
        self._d.many(_FORMER, [(user, scope) for statement, scope in moves if statement is _JOIN])
        first = self._take(len(moves))
        for i, (statement, scope) in enumerate(moves):
            self._d.do(statement, first + i, user, scope)

    def user_scopes(self, user: str) -> list[Membership]:
        """Every scope the user holds or held."""
        return [Membership(*r) for r in self._d.rows(_USER, user)]

    def user_scopes_at(self, user: str, seq: int) -> set[str]:
        """The scopes that the user held when the sequence stood at `seq`, however often they left and came back."""
        return {r[0] for r in self._d.rows(_USER_AT, user, seq, seq, user, seq, seq)}

    def stirred(self, user: str, after: int) -> bool:
        """Whether anything changed for the user beyond `after`: a row in a scope of theirs, or their scopes."""
        return self._d.first(_STIRRED, user, after, after, after) is not None

    def scope_states(self, scopes: Iterable[str]) -> dict[str, ScopeState]:
        """The scopes at a glance; one that never held a row is empty."""
        names = list(scopes)
        states = {name: ScopeState(name) for name in names}
        for chunk in portions(names):
            for scope, ver, digest, rows in self._d.rows(_STATES, list(chunk)):
                states[scope] = ScopeState(scope, ver, Digest.from_bytes(bytes(digest)), rows)
        return states

    # -- queues ---------------------------------------------------------------------------------------------------

    def queue(self, device: str, epoch: int, user: str) -> QueueState:
        """Where the queue stands; a new one stands at 0."""
        found = self._d.first(_QUEUE, device, epoch, user)
        return QueueState(*found) if found else QueueState()

    def save_queue(self, device: str, epoch: int, user: str, state: QueueState) -> None:
        """Keeps `acked`, `through_ms` and `proven_ms`; `safe` moves by `mark_safe` alone."""
        self._d.do(_PUT_QUEUE, device, epoch, user, state.acked, state.through_ms, state.proven_ms)

    # -- repair ---------------------------------------------------------------------------------------------------

    def at_versions(self, scope: str, shown_by: Sequence[str], versions: Sequence[int]) -> list[Entry]:
        """The scope's live rows that stand at these versions."""
        keys = [
            (t, row_id)
            for chunk in portions(sorted(set(versions)))
            for t, row_id in self._d.rows(_AT_VERSIONS, scope, list(chunk))
        ]
        return sorted(self._live(keys, shown_by), key=lambda entry: entry.ver)

    def standing(self, keys: Sequence[tuple[str, str]], shown_by: Sequence[str]) -> list[Entry]:
        """Each row as a holder of `shown_by` should hold it now, or as gone."""
        asked = sorted(set(keys))
        live = {(e.t, e.id): e for e in self._live(asked, shown_by) if e.scopes}
        gone = self._gone([key for key in asked if key not in live], shown_by)
        return [live.get(key) or gone[key] for key in asked]

    def _live(self, keys: Sequence[tuple[str, str]], shown_by: Sequence[str]) -> list[Entry]:
        holders = self._holders(keys, shown_by)
        return [
            Entry(t, row_id, ver, bytes(body), None, tuple(sorted(holders[t, row_id])))
            for t, ids in _by_kind(keys)
            for chunk in portions(ids)
            for row_id, ver, body in self._d.rows(_BODIES, t, list(chunk))
        ]

    # -- deltas ---------------------------------------------------------------------------------------------------

    def changed(self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int) -> list[Entry]:
        """Live rows of the scopes with `ver` beyond `after`, oldest change first, and the scopes that show them."""
        found = self._standing(_CHANGED, scopes, shown_by, (after, limit))
        return self._with_holders(found[:limit], shown_by, scopes)

    def kinds_in(self, scopes: Sequence[str], below: int) -> dict[str, Span]:
        """Which kinds have live rows in any of the scopes, and from which version to which."""
        met: dict[str, Span] = {}
        for some in portions(scopes):
            for t, oldest, newest in self._d.rows(_KINDS, list(some), below):
                first, last = met.get(t, (oldest, newest))
                met[t] = (min(first, oldest), max(last, newest))
        return met

    def before(
        self, scopes: Sequence[str], shown_by: Sequence[str], kinds: Sequence[str], span: Span, limit: int
    ) -> list[Entry]:
        """Live rows of `scopes` of these kinds within a span of versions, newest first."""
        found = self._standing(_BEFORE, scopes, shown_by, (list(kinds), *span, limit))
        return self._with_holders(found[: -limit - 1 : -1], shown_by, scopes)

    def _standing(
        self, select: str, scopes: Sequence[str], shown_by: Sequence[str], bounds: Sequence[object]
    ) -> list[Entry]:
        """Merges an index range of each scope, oldest change first; a row stands at one version in all that hold it."""
        shows = set(shown_by)
        alone = {scope: (scope,) if scope in shows else () for scope in scopes}
        entries: dict[int, Entry] = {}
        for ver, t, row_id, scope, body in self._d.of_each(select, [(scope, *bounds) for scope in scopes]):
            held, met = alone[scope], entries.get(ver)
            if met is not None:
                held = tuple(sorted({*met.scopes, *held}))
            entries[ver] = Entry(t, row_id, ver, body, None, held)
        return [entries[ver] for ver in sorted(entries)]

    def _with_holders(self, entries: list[Entry], shown_by: Sequence[str], asked: Sequence[str]) -> list[Entry]:
        """The entries with those of `shown_by` added that hold them and were not asked about."""
        scopes = sorted(set(shown_by).difference(asked))
        holders = self._holders([(e.t, e.id) for e in entries], scopes) if scopes else {}
        if not holders:
            return entries
        return [e._replace(scopes=tuple(sorted({*e.scopes, *holders.get((e.t, e.id), ())}))) for e in entries]

    def departed(
        self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int
    ) -> tuple[list[tuple[int, Entry]], int | None]:
        """Rows that left one of `scopes` beyond `after`, oldest first, unless shown; and the seq to go on from."""
        marks = sorted(set(self._d.of_each(_DEPARTED, [(scope, after, limit) for scope in scopes])))[:limit]
        gone = self._gone([(t, row_id) for _, t, row_id in marks], shown_by)
        beyond = marks[-1][0] if len(marks) == limit else None
        return [(seq, gone[t, row_id]) for seq, t, row_id in marks if (t, row_id) in gone], beyond

    def abandoned(
        self, left: Sequence[Membership], kept: Sequence[str], after: str, limit: int
    ) -> tuple[list[Entry], str | None]:
        """Rows of scopes that the user left, not shown by a kept one, beyond the key `after`; and the next key."""
        t, _, row_id = after.partition("/")
        keys = sorted(set(self._d.of_each(_LEFT, [(m.scope, m.seq_out, t, row_id, limit) for m in left])))[:limit]
        gone = self._gone(keys, kept)
        beyond = "/".join(keys[-1]) if len(keys) == limit else None
        return [gone[key] for key in keys if key in gone], beyond

    def _holders(self, keys: Sequence[tuple[str, str]], scopes: Sequence[str]) -> dict[tuple[str, str], list[str]]:
        holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        for t, ids in _by_kind(keys):
            for chunk in portions(ids):
                for row_id, scope in self._d.rows(_HOLDERS, t, list(chunk), list(scopes)):
                    holders[t, row_id].append(scope)
        return holders

    def _gone(self, keys: Sequence[tuple[str, str]], scopes: Sequence[str]) -> dict[tuple[str, str], Entry]:
        """Those of `keys` that no scope of `scopes` shows, each with why it is gone."""
        gone: dict[tuple[str, str], Entry] = {}
        shown = self._holders(keys, scopes)
        for t, ids in _by_kind(keys):
            for chunk in portions(ids):
                living = {r[0] for r in self._d.rows(_LIVING, t, list(chunk))}
                for row_id in chunk:
                    if (t, row_id) not in shown:
                        why = GoneWhy.scope if row_id in living else GoneWhy.deleted
                        gone[t, row_id] = Entry(t, row_id, 0, None, why.value)
        return gone


def _row_values(row: JournalRow) -> Row:
    fv = orjson.dumps(row.fv).decode() if row.fv else None
    return (row.t, row.id, row.ver, row.born, row.born_queue, row.born_ms, row.born_hash, fv, row.body)


def _journal_row(r: Row, scopes: frozenset[str]) -> JournalRow:
    t, row_id, ver, born, born_queue, born_ms, born_hash, fv, body = r
    whole = bytes(body) if body is not None else None
    born_of = bytes(born_hash) if born_hash is not None else None
    return JournalRow(t, row_id, ver, born, _read_fv(fv), whole, scopes, born_queue, born_ms, born_of)


def _read_fv(raw: str | None) -> Mapping[str, FieldVersion]:
    return {name: (v[0], v[1], v[2]) for name, v in orjson.loads(raw).items()} if raw else {}


def _by_kind(keys: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for t, row_id in keys:
        grouped[t].append(row_id)
    return list(grouped.items())
