"""Mends a replica that drifted: finds what differs from the server, and asks for those rows only. Without I/O."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from sync.digests import row_hash
from sync.handset.replica import Row
from sync.protocol import REPAIR_ROWS_MAX, REPAIR_SCOPES_MAX
from sync.repair import ROUNDS_MAX, Found, Marks, Range, RangesInvalid, compare, mark_of, opening, read, write

MENDED_ROWS_MAX = 20_000
"""More differences than this, and the replica is filled anew."""
_NAME = re.compile(r"^[a-z][a-z0-9_.]{0,63}$")
_ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")


class Hopeless(Exception):
    """It differs by too much, or the answers lead nowhere: fill the replica anew."""


class Fault(StrEnum):
    """What is wrong with a row of the replica."""

    missing = "missing"
    stale = "stale"
    ahead = "ahead"
    """A version that the server does not have: of a life before a restore, or rotten."""
    altered = "altered"
    unreadable = "unreadable"
    scopes = "scopes"
    """The row itself is right; which scopes hold it is not."""
    surplus = "surplus"
    since = "since"
    """Nothing: the sums say that it was right at the last pull, and it changed at the server since."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as the server holds it."""

    t: str
    id: str
    fault: Fault
    here: int | None
    """Its version here."""
    there: int | None
    fields: tuple[str, ...] = ()
    """Those that are not as at the server; of `scopes`, the names of scopes that only one of the two says."""


class Mending:
    """One comparison of a replica with the server: `next_parts`, `receive`, and in the end `frames` to apply."""

    def __init__(self, rows: Sequence[Row], scopes: Sequence[str], strays: Sequence[Row] = ()) -> None:
        """`strays`: rows that none of the reader's scopes shows; the server is asked how each stands."""
        self._rows = rows
        self._strays = {(row.t, row.id) for row in strays}
        self._marks = {scope: _marks(rows, scope) for scope in scopes[:REPAIR_SCOPES_MAX]}
        self._found = {scope: Found() for scope in self._marks}
        self._open: dict[str, list[Range]] = {scope: opening(marks) for scope, marks in self._marks.items()}
        self._rounds = 0
        self._want: list[tuple[str, int]] | None = None
        self._doubt: list[tuple[str, str]] = []
        self._sent = (0, 0)
        self.frames: list[dict[str, Any]] = []
        """Row frames, with their `scopes` by name, and gone frames."""

    def next_parts(self) -> dict[str, Any] | None:
        """What the next request says beside who asks; None when all is known. Raises Hopeless."""
        if self._open:
            self._rounds += 1
            if self._rounds > ROUNDS_MAX:
                raise Hopeless
            return {"ranges": {scope: write(ranges) for scope, ranges in self._open.items()}}
        if self._want is None:
            self._look_up()
        assert self._want is not None
        if not self._want and not self._doubt:
            return None
        wanted: dict[str, list[int]] = {}
        for scope, version in self._want[:REPAIR_ROWS_MAX]:
            wanted.setdefault(scope, []).append(version)
        doubted = self._doubt[:REPAIR_ROWS_MAX]
        self._sent = (min(len(self._want), REPAIR_ROWS_MAX), len(doubted))
        return {"want": wanted, "doubt": [{"t": t, "id": row_id} for t, row_id in doubted]}

    def _look_up(self) -> None:
        """From versions to rows: what to ask for, and what to ask about."""
        self._want = sorted({(s, version) for s, found in self._found.items() for version in found.missing})
        surplus = {(scope, version) for scope, found in self._found.items() for version in found.surplus}
        doubtful = {(r.t, r.id) for r in self._rows for scope in r.scopes if (scope, r.ver) in surplus} | self._strays
        nameless = sorted(key for key in doubtful if not (_NAME.match(key[0]) and _ID.match(key[1])))
        self.frames += [{"f": "gone", "t": t, "id": row_id, "why": "scope"} for t, row_id in nameless]
        self._doubt = sorted(doubtful - set(nameless))
        if len(self._want) + len(doubtful) > MENDED_ROWS_MAX:
            raise Hopeless

    def receive(self, frames: Sequence[Mapping[str, Any]]) -> None:
        """Takes the server's word. Raises Hopeless where it cannot be read."""
        try:
            told = {frame["scope"]: read(frame["r"]) for frame in frames if frame["f"] == "ranges"}
        except RangesInvalid as fault:
            raise Hopeless from fault
        if self._open:
            answered = {s: compare(told.get(s, []), self._marks[s], self._found[s]) for s in self._open}
            self._open = {scope: ranges for scope, ranges in answered.items() if ranges}
            return
        assert self._want is not None
        self.frames += [dict(frame) for frame in frames if frame["f"] in ("row", "gone")]
        self._want, self._doubt = self._want[self._sent[0] :], self._doubt[self._sent[1] :]

    def differences(self) -> list[Difference]:
        """What is wrong, row by row, once all is known."""
        held = {(row.t, row.id): row for row in self._rows}
        said = {(frame["t"], frame["id"]): frame for frame in self.frames}
        told = [_difference(held.get(key), frame) for key, frame in sorted(said.items())]
        return [each for each in told if each is not None]


def _marks(rows: Iterable[Row], scope: str) -> Marks:
    held = (row for row in rows if scope in row.scopes)
    return Marks((row.ver, mark_of(row_hash(row.t, row.id, row.ver, row.body))) for row in held)


def _difference(here: Row | None, frame: Mapping[str, Any]) -> Difference | None:
    t, row_id = frame["t"], frame["id"]
    if frame["f"] == "gone":
        return Difference(t, row_id, Fault.surplus, here.ver, None) if here is not None else None
    there = frame["ver"]
    if here is None:
        return Difference(t, row_id, Fault.missing, None, there)
    if here.body != frame["body"] and not here.data():
        return Difference(t, row_id, Fault.unreadable, here.ver, there)
    if here.ver != there or here.body != frame["body"]:
        fault = Fault.stale if here.ver < there else Fault.ahead if here.ver > there else Fault.altered
        return Difference(t, row_id, fault, here.ver, there, _fields(here, frame["body"]))
    apart = set(here.scopes) ^ set(frame["scopes"])
    return Difference(t, row_id, Fault.scopes, here.ver, there, tuple(sorted(apart))) if apart else None


def _fields(here: Row, body: bytes) -> tuple[str, ...]:
    """The fields that differ, in the server's order, then those that only stand here."""
    mine, theirs = here.data(), orjson.loads(body)
    return tuple(
        name for name in {**theirs, **mine} if name not in mine or name not in theirs or mine[name] != theirs[name]
    )
