"""The journal in SQL, on SQLite and PostgreSQL alike. Its writer holds the database's only write turn, so sequence
order is commit order; its readers run on one snapshot."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeVar

import orjson
from sqlalchemy import BigInteger, BindParameter, Connection, String, bindparam, text

from sync.digests import Digest, row_hash
from sync.journal import (
    Entry,
    FieldVersion,
    JournalRow,
    Membership,
    QueueState,
    RowChange,
    ScopeState,
    Stored,
    Writer,
    newborn,
    restamp,
)
from sync.protocol import RESULTS_KEPT, GoneWhy
from sync.repair import mark_of
from sync.stores.positions import SqlPositions

T = TypeVar("T")


def _many(name: str) -> BindParameter[str]:
    """A list of texts in a statement; it may be empty, and PostgreSQL wants to know of what."""
    return bindparam(name, expanding=True, type_=String)


_TAKE = text("UPDATE sync_head SET seq = seq + :k WHERE one = 1 RETURNING seq")
_HEAD = text("SELECT seq FROM sync_head WHERE one = 1")
_GENERATION = text("SELECT generation FROM sync_head WHERE one = 1")
_OLD = text(
    "SELECT t, id, ver, born, born_queue, born_ms, born_hash, fv, body FROM sync_rows WHERE t = :t AND id IN :ids"
).bindparams(_many("ids"))
_OLD_SCOPES = text("SELECT id, scope FROM sync_row_scopes WHERE t = :t AND id IN :ids AND seq_out IS NULL").bindparams(
    _many("ids")
)
_ADD = (
    "INSERT INTO sync_rows (t, id, ver, born, born_queue, born_ms, born_hash, fv, body)"
    " VALUES (:t, :id, :ver, :born, :born_queue, :born_ms, :born_hash, :fv, :body)"
)
_ADD_ROW = text(_ADD)
_PUT_ROW = text(
    _ADD + " ON CONFLICT (t, id) DO UPDATE SET ver = excluded.ver, born = excluded.born,"
    " born_queue = excluded.born_queue, born_ms = excluded.born_ms, born_hash = excluded.born_hash,"
    " fv = excluded.fv, body = excluded.body"
)
_ADD_HOLD = (
    "INSERT INTO sync_row_scopes (t, id, scope, ver, seq_first, seq_out) VALUES (:t, :id, :scope, :ver, :ver, NULL)"
)
_ADD_SCOPE_ROW = text(_ADD_HOLD)
_PUT_SCOPE_ROW = text(_ADD_HOLD + " ON CONFLICT (t, id, scope) DO UPDATE SET ver = excluded.ver, seq_out = NULL")
_END_SCOPE_ROW = text(
    "UPDATE sync_row_scopes SET seq_out = :ver, ver = :ver WHERE t = :t AND id = :id AND scope = :scope"
)
_STATES = text("SELECT scope, ver, digest, rows FROM sync_scopes WHERE scope IN :scopes").bindparams(_many("scopes"))
_PUT_STATE = text(
    "INSERT INTO sync_scopes (scope, ver, digest, rows) VALUES (:scope, :ver, :digest, :rows)"
    " ON CONFLICT (scope) DO UPDATE SET ver = excluded.ver, digest = excluded.digest, rows = excluded.rows"
)
_USER = text("SELECT scope, seq_in, seq_out FROM sync_user_scopes WHERE user_id = :user ORDER BY scope")
_JOIN = text(
    "INSERT INTO sync_user_scopes (user_id, scope, seq_in, seq_out) VALUES (:user, :scope, :seq, NULL)"
    " ON CONFLICT (user_id, scope) DO UPDATE SET seq_in = excluded.seq_in, seq_out = NULL"
)
_LEAVE = text("UPDATE sync_user_scopes SET seq_out = :seq WHERE user_id = :user AND scope = :scope")
_QUEUE = text("SELECT acked, through_ms, safe FROM sync_queues WHERE device = :d AND epoch = :e AND user_id = :u")
_PUT_QUEUE = text(
    "INSERT INTO sync_queues (device, epoch, user_id, acked, through_ms, safe)"
    " VALUES (:d, :e, :u, :acked, :through, 0)"
    " ON CONFLICT (device, epoch, user_id) DO UPDATE SET acked = excluded.acked, through_ms = excluded.through_ms"
)
_OUTCOMES = text(
    "SELECT n, hash, outcome FROM sync_outcomes WHERE device = :d AND epoch = :e AND user_id = :u"
    " AND n BETWEEN :first AND :last"
)
_PUT_OUTCOME = text(
    "INSERT INTO sync_outcomes (device, epoch, user_id, n, hash, outcome) VALUES (:d, :e, :u, :n, :hash, :outcome)"
)
_FORGET = text("DELETE FROM sync_outcomes WHERE device = :d AND epoch = :e AND user_id = :u AND n <= :n")
_BODIES = text("SELECT t, id, ver, body FROM sync_rows WHERE t = :t AND id IN :ids AND body IS NOT NULL").bindparams(
    _many("ids")
)
_VERSIONS = text("SELECT id, ver FROM sync_rows WHERE t = :t AND id IN :ids AND body IS NOT NULL").bindparams(
    _many("ids")
)
_EXISTING = text("SELECT DISTINCT id FROM sync_rows WHERE id IN :ids AND body IS NOT NULL").bindparams(_many("ids"))
_SCOPES_AT = text(
    "SELECT scope FROM sync_row_scopes WHERE t = :t AND id = :id AND seq_first <= :seq"
    " AND (seq_out IS NULL OR seq_out > :seq)"
)
_SHOWN = text(
    "SELECT DISTINCT id FROM sync_row_scopes WHERE t = :t AND id IN :ids AND seq_out IS NULL AND scope IN :scopes"
).bindparams(_many("ids"), _many("scopes"))
_HOLDERS = text(
    "SELECT id, scope FROM sync_row_scopes WHERE t = :t AND id IN :ids AND seq_out IS NULL AND scope IN :scopes"
).bindparams(_many("ids"), _many("scopes"))
_LIVING = text("SELECT id FROM sync_rows WHERE t = :t AND id IN :ids AND body IS NOT NULL").bindparams(_many("ids"))
_TALLY = text(
    "SELECT ver / :width AS span, count(*) AS held FROM sync_row_scopes"
    " WHERE scope = :scope AND seq_out IS NULL AND ver <= :until GROUP BY ver / :width"
)
_MARKED = text(
    "SELECT r.t, r.id, r.ver, r.body FROM sync_row_scopes AS s JOIN sync_rows AS r ON r.t = s.t AND r.id = s.id"
    " WHERE s.scope = :scope AND s.seq_out IS NULL AND s.ver >= :lower AND s.ver < :upper ORDER BY s.ver"
)
_AT_VERSIONS = text(
    "SELECT t, id FROM sync_row_scopes WHERE scope = :scope AND seq_out IS NULL AND ver IN :versions"
).bindparams(bindparam("versions", expanding=True, type_=BigInteger))
IN_MAX = 500
"""Ids named in one statement."""
SCOPES_AT_ONCE = 100
"""Scopes walked by one statement; SQLite takes at most 500 parts."""


class SqlJournal(SqlPositions):
    """The journal port on one connection: inside its transaction, or on its snapshot."""

    def __init__(self, connection: Connection) -> None:
        self._c = connection

    # -- where the sequence stands --------------------------------------------------------------------------------

    def generation(self) -> str:
        """Names this life of the database; changes when it was restored from a backup."""
        return str(self._c.execute(_GENERATION).scalar_one())

    def head(self) -> int:
        """The last sequence number of this snapshot."""
        return int(self._c.execute(_HEAD).scalar_one())

    def _take(self, count: int) -> int:
        """Takes `count` numbers; gives the first."""
        return int(self._c.execute(_TAKE, {"k": count}).scalar_one()) - count + 1

    # -- rows -----------------------------------------------------------------------------------------------------

    def row(self, t: str, row_id: str) -> JournalRow | None:
        """The row's entry, tombstones too."""
        return self._rows(t, [row_id]).get(row_id)

    def _rows(self, t: str, ids: Sequence[str]) -> dict[str, JournalRow]:
        scopes: dict[str, set[str]] = defaultdict(set)
        for row_id, scope in self._c.execute(_OLD_SCOPES, {"t": t, "ids": ids}):
            scopes[row_id].add(scope)
        return {
            str(r.id): JournalRow(
                str(r[0]),  # Row.t is the row itself
                str(r.id),
                r.ver,
                r.born,
                _read_fv(r.fv),
                bytes(r.body) if r.body is not None else None,
                frozenset(scopes[r.id]),
                r.born_queue,
                r.born_ms,
                bytes(r.born_hash) if r.born_hash is not None else None,
            )
            for r in self._c.execute(_OLD, {"t": t, "ids": ids})
        }

    def versions(self, t: str, ids: Sequence[str]) -> dict[str, int]:
        """The present versions of live rows."""
        return {r.id: r.ver for chunk in _chunks(ids) for r in self._c.execute(_VERSIONS, {"t": t, "ids": chunk})}

    def existing(self, ids: Sequence[str]) -> set[str]:
        """Those of the ids that name a live row of any kind."""
        return {row_id for chunk in _chunks(ids) for row_id in self._c.execute(_EXISTING, {"ids": chunk}).scalars()}

    def scopes_at(self, t: str, row_id: str, seq: int) -> set[str]:
        """The scopes that held the row when the sequence stood at `seq`."""
        return set(self._c.execute(_SCOPES_AT, {"t": t, "id": row_id, "seq": seq}).scalars())

    def record(self, changes: Sequence[RowChange], writer: Writer) -> list[int]:
        """Gives each change the next sequence number; an unchanged row keeps its own. Returns their versions."""
        if not changes:
            return []
        held = self._held([(change.t, change.id) for change in changes])
        versions: list[int] = []
        steps: list[tuple[JournalRow | None, JournalRow]] = []
        next_seq = self._take(len(changes))
        for change in changes:
            old = held.get((change.t, change.id))
            new = restamp(old, change, next_seq, writer)
            next_seq += 1
            versions.append(new.ver if new else old.ver if old else 0)
            if new is not None:
                steps.append((old, new))
                held[change.t, change.id] = new
        self._write(steps)
        return versions

    def _held(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], JournalRow]:
        held: dict[tuple[str, str], JournalRow] = {}
        for t, group in groupby(sorted(set(keys)), key=lambda key: key[0]):
            for ids in _chunks([row_id for _, row_id in group]):
                held.update({(t, row_id): row for row_id, row in self._rows(t, ids).items()})
        return held

    def _write(self, steps: Sequence[tuple[JournalRow | None, JournalRow]]) -> None:
        if not steps:
            return
        self._c.execute(_PUT_ROW, [_row_params(new) for _, new in steps])
        holds = [{"t": new.t, "id": new.id, "scope": s, "ver": new.ver} for _, new in steps for s in new.scopes]
        if holds:
            self._c.execute(_PUT_SCOPE_ROW, holds)
        last = {(new.t, new.id): new.scopes for _, new in steps}
        ends = [
            {"t": new.t, "id": new.id, "scope": s, "ver": new.ver}
            for old, new in steps
            if old is not None
            for s in old.scopes - new.scopes - last[new.t, new.id]
        ]
        if ends:
            self._c.execute(_END_SCOPE_ROW, ends)
        self._sum_up(steps)

    def append(self, changes: Sequence[RowChange], writer: Writer) -> list[int]:
        """As `record`, for rows that are known to be new: facts by the thousand."""
        if not changes:
            return []
        first = self._take(len(changes))
        new = [newborn(change, first + i, writer) for i, change in enumerate(changes)]
        self._c.execute(_ADD_ROW, [_row_params(row) for row in new])
        holds = [{"t": row.t, "id": row.id, "scope": s, "ver": row.ver} for row in new for s in row.scopes]
        if holds:
            self._c.execute(_ADD_SCOPE_ROW, holds)
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
        self._c.execute(
            _PUT_STATE,
            [
                {
                    "scope": scope,
                    "ver": ver,
                    "digest": states[scope].digest.plus(added[scope]).minus(taken[scope]).to_bytes(),
                    "rows": states[scope].rows + len(added[scope]) - len(taken[scope]),
                }
                for scope, ver in newest.items()
            ],
        )

    # -- scopes ---------------------------------------------------------------------------------------------------

    def set_user_scopes(self, user: str, scopes: Iterable[str]) -> None:
        """States the scopes a user holds from now on; joining and leaving each take a number."""
        wanted = set(scopes)
        held = {m.scope for m in self.user_scopes(user) if m.seq_out is None}
        moves = [(_JOIN, s) for s in sorted(wanted - held)] + [(_LEAVE, s) for s in sorted(held - wanted)]
        if not moves:
            return
        first = self._take(len(moves))
        for i, (statement, scope) in enumerate(moves):
            self._c.execute(statement, {"user": user, "scope": scope, "seq": first + i})

    def user_scopes(self, user: str) -> list[Membership]:
        """Every scope the user holds or held."""
        return [Membership(r.scope, r.seq_in, r.seq_out) for r in self._c.execute(_USER, {"user": user})]

    def scope_states(self, scopes: Iterable[str]) -> dict[str, ScopeState]:
        """The scopes at a glance; one that never held a row is empty."""
        names = list(scopes)
        states = {name: ScopeState(name) for name in names}
        for chunk in _chunks(names):
            for r in self._c.execute(_STATES, {"scopes": chunk}):
                states[r.scope] = ScopeState(r.scope, r.ver, Digest.from_bytes(bytes(r.digest)), r.rows)
        return states

    # -- queues ---------------------------------------------------------------------------------------------------

    def queue(self, device: str, epoch: int, user: str) -> QueueState:
        """Where the queue stands; a new one stands at 0."""
        found_row = self._c.execute(_QUEUE, {"d": device, "e": epoch, "u": user}).first()
        return QueueState(found_row.acked, found_row.through_ms, found_row.safe) if found_row else QueueState()

    def save_queue(self, device: str, epoch: int, user: str, state: QueueState) -> None:
        """Keeps `acked` and `through_ms`; `safe` moves by `mark_safe` alone."""
        named = {"d": device, "e": epoch, "u": user}
        self._c.execute(_PUT_QUEUE, named | {"acked": state.acked, "through": state.through_ms})

    def outcome(self, device: str, epoch: int, user: str, n: int) -> Stored | None:
        """The stored outcome of one mutation."""
        return self.outcomes(device, epoch, user, n, n).get(n)

    def outcomes(self, device: str, epoch: int, user: str, first: int, last: int) -> dict[int, Stored]:
        """The stored outcomes of a run of mutations."""
        found_rows = self._c.execute(_OUTCOMES, {"d": device, "e": epoch, "u": user, "first": first, "last": last})
        return {r.n: Stored(bytes(r.hash), bytes(r.outcome)) for r in found_rows}

    def save_outcomes(self, device: str, epoch: int, user: str, stored: Sequence[tuple[int, Stored]]) -> None:
        """Keeps outcomes, and forgets those more than RESULTS_KEPT behind the newest."""
        if not stored:
            return
        named = {"d": device, "e": epoch, "u": user}
        self._c.execute(_PUT_OUTCOME, [named | {"n": n, "hash": s.hash, "outcome": s.outcome} for n, s in stored])
        newest = max(n for n, _ in stored)
        if newest > RESULTS_KEPT:
            self._c.execute(_FORGET, named | {"n": newest - RESULTS_KEPT})

    # -- repair ---------------------------------------------------------------------------------------------------

    def tally(self, scope: str, width: int, until: int) -> dict[int, int]:
        """How many live rows the scope holds in each span of `width` versions, up to and including `until`."""
        spans = self._c.execute(_TALLY, {"scope": scope, "width": width, "until": until})
        return {int(r.span): int(r.held) for r in spans}

    def marks(self, scope: str, lower: int, upper: int) -> list[tuple[int, int]]:
        """(version, mark) of the scope's live rows in a range of versions."""
        rows = self._c.execute(_MARKED, {"scope": scope, "lower": lower, "upper": upper})
        return [(r.ver, mark_of(row_hash(str(r[0]), r.id, r.ver, bytes(r.body)))) for r in rows]

    def at_versions(self, scope: str, shown_by: Sequence[str], versions: Sequence[int]) -> list[Entry]:
        """The scope's live rows that stand at these versions."""
        keys = [
            (str(r[0]), str(r.id))
            for chunk in _chunks(sorted(set(versions)))
            for r in self._c.execute(_AT_VERSIONS, {"scope": scope, "versions": chunk})
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
            Entry(str(r[0]), r.id, r.ver, bytes(r.body), None, tuple(sorted(holders[t, r.id])))
            for t, ids in _by_kind(keys)
            for chunk in _chunks(ids)
            for r in self._c.execute(_BODIES, {"t": t, "ids": chunk})
        ]

    # -- deltas ---------------------------------------------------------------------------------------------------

    def changed(self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int) -> list[Entry]:
        """Live rows of the scopes with `ver` beyond `after`, oldest change first, and the scopes that show them."""
        marks = self._ranges(
            "SELECT ver, t, id FROM sync_row_scopes WHERE scope = :s{i} AND seq_out IS NULL AND ver > :after"
            " ORDER BY ver LIMIT :limit",
            scopes,
            after,
            limit,
        )
        keys = [(t, row_id) for _, t, row_id in marks]
        bodies, holders = self._bodies(keys), self._holders(keys, shown_by)
        return [
            Entry(t, row_id, ver, bodies[t, row_id], None, tuple(sorted(holders[t, row_id])))
            for ver, t, row_id in marks
        ]

    def departed(
        self, scopes: Sequence[str], shown_by: Sequence[str], after: int, limit: int
    ) -> tuple[list[tuple[int, Entry]], int | None]:
        """Rows that left one of `scopes` beyond `after`, oldest first, unless shown; and the seq to go on from."""
        marks = self._ranges(
            "SELECT seq_out, t, id FROM sync_row_scopes WHERE scope = :s{i} AND seq_out > :after"
            " ORDER BY seq_out LIMIT :limit",
            scopes,
            after,
            limit,
        )
        gone = self._gone([(t, row_id) for _, t, row_id in marks], shown_by)
        beyond = marks[-1][0] if len(marks) == limit else None
        return [(seq, gone[t, row_id]) for seq, t, row_id in marks if (t, row_id) in gone], beyond

    def abandoned(
        self, left: Sequence[Membership], kept: Sequence[str], after: str, limit: int
    ) -> tuple[list[Entry], str | None]:
        """Rows of scopes that the user left, not shown by a kept one, beyond the key `after`; and the next key."""
        keys = sorted({key for some in _chunks(left, SCOPES_AT_ONCE) for key in self._left_keys(some, after, limit)})
        keys = keys[:limit]
        gone = self._gone(keys, kept)
        beyond = "/".join(keys[-1]) if len(keys) == limit else None
        return [gone[key] for key in keys if key in gone], beyond

    def _left_keys(self, left: Sequence[Membership], after: str, limit: int) -> list[tuple[str, str]]:
        t, _, row_id = after.partition("/")
        parts = " UNION ".join(
            f"SELECT * FROM (SELECT t, id FROM sync_row_scopes WHERE scope = :s{i} AND seq_first <= :o{i}"  # noqa: S608
            f" AND (t, id) > (:t, :id) ORDER BY t, id LIMIT :limit) AS q{i}"
            for i in range(len(left))
        )
        params: dict[str, Any] = {"t": t, "id": row_id, "limit": limit}
        for i, membership in enumerate(left):
            params |= {f"s{i}": membership.scope, f"o{i}": membership.seq_out}
        return [(r[0], r[1]) for r in self._c.execute(text(f"{parts} ORDER BY t, id LIMIT :limit"), params)]

    def _ranges(self, select: str, scopes: Sequence[str], after: int, limit: int) -> list[tuple[int, str, str]]:
        """Merges an index range of each scope; a mark seen in several scopes counts once."""
        marks: set[tuple[int, str, str]] = set()
        for some in _chunks(scopes, SCOPES_AT_ONCE):
            parts = " UNION ALL ".join(f"SELECT * FROM ({select.format(i=i)}) AS q{i}" for i in range(len(some)))  # noqa: S608
            params: dict[str, Any] = {"after": after, "limit": limit} | {f"s{i}": s for i, s in enumerate(some)}
            marks |= {(r[0], r[1], r[2]) for r in self._c.execute(text(parts), params)}
        return sorted(marks)[:limit]

    def _bodies(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], bytes]:
        bodies: dict[tuple[str, str], bytes] = {}
        for t, ids in _by_kind(keys):
            for chunk in _chunks(ids):
                bodies.update(
                    {(str(r[0]), r.id): bytes(r.body) for r in self._c.execute(_BODIES, {"t": t, "ids": chunk})}
                )
        return bodies

    def _holders(self, keys: Sequence[tuple[str, str]], scopes: Sequence[str]) -> dict[tuple[str, str], list[str]]:
        holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        for t, ids in _by_kind(keys):
            for chunk in _chunks(ids):
                for r in self._c.execute(_HOLDERS, {"t": t, "ids": chunk, "scopes": list(scopes)}):
                    holders[t, r.id].append(r.scope)
        return holders

    def _gone(self, keys: Sequence[tuple[str, str]], scopes: Sequence[str]) -> dict[tuple[str, str], Entry]:
        """Those of `keys` that no scope of `scopes` shows, each with why it is gone."""
        gone: dict[tuple[str, str], Entry] = {}
        for t, ids in _by_kind(keys):
            for chunk in _chunks(ids):
                shown = set(self._c.execute(_SHOWN, {"t": t, "ids": chunk, "scopes": list(scopes)}).scalars())
                living = set(self._c.execute(_LIVING, {"t": t, "ids": chunk}).scalars())
                for row_id in chunk:
                    if row_id not in shown:
                        why = GoneWhy.scope if row_id in living else GoneWhy.deleted
                        gone[t, row_id] = Entry(t, row_id, 0, None, why.value)
        return gone


def _row_params(row: JournalRow) -> dict[str, object]:
    return {
        "t": row.t,
        "id": row.id,
        "ver": row.ver,
        "born": row.born,
        "born_queue": row.born_queue,
        "born_ms": row.born_ms,
        "born_hash": row.born_hash,
        "fv": orjson.dumps(row.fv).decode() if row.fv else None,
        "body": row.body,
    }


def _read_fv(raw: str | None) -> Mapping[str, FieldVersion]:
    return {name: (v[0], v[1], v[2]) for name, v in orjson.loads(raw).items()} if raw else {}


def _chunks(items: Sequence[T], size: int = IN_MAX) -> Iterable[Sequence[T]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _by_kind(keys: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, list[str]] = defaultdict(list)
    for t, row_id in keys:
        grouped[t].append(row_id)
    return list(grouped.items())
