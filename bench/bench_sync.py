"""Pushes of facts and of registers, and pulls when nothing changed, over real sockets.

The reference of a push is the bare driver that commits the same batches; of a pull, an empty ASGI endpoint. After each
push the handsets look for what they were told was taken: nothing may be missing, and nobody may hold another's.
"""

import contextlib
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from backend.kernel.ids import new_id
from bench.rig import AREA, Office, Phone, Server, counted, cpu_s, postgres, request, serving, storm

HANDSETS = 50
PUSHES = 6
BATCH = 50
BODY_BYTES = 600
PULLS = 100

Mutations = Callable[[Phone], list[dict[str, Any]]]


def pushed(phone: Phone, said: Sequence[dict[str, Any]]) -> bytes:
    """A push of these mutations, numbered."""
    now_ms = int(time.time() * 1000)
    at = {"wall_ms": now_ms, "mono_ms": now_ms % 10**9, "boot": "bench"}
    muts = [{"n": phone.n + i, "at": at, **each} for i, each in enumerate(said, 1)]
    phone.n += len(muts)
    clock = {**at, "rtt_ms": 20}
    named = {"device": phone.device_id, "epoch": 1, "user": phone.person_id, "schema": 1}
    return json.dumps({**named, "clock": clock, "muts": muts}).encode()


def facts(_phone: Phone) -> list[dict[str, Any]]:
    """A batch of clock-ins of about BODY_BYTES each."""
    where = {"longitude": 113.2732, "latitude": 23.1815, "accuracy_m": 12.5}
    params = {"position": where, "direction": "in", "note": "x" * 250}
    return [
        {"cmd": "attendance.clock_in", "row": {"t": "punches", "id": new_id(), "base": {}}, "params": params}
        for _ in range(BATCH)
    ]


@dataclass
class Edits:
    """Edits of a handset's own orders: a note as it was seen, and a priority that the desk has set meanwhile."""

    orders: dict[str, dict[str, int]]
    """Person -> order -> the version that the phone holds."""
    turn: int = 0

    def __call__(self, phone: Phone) -> list[dict[str, Any]]:
        self.turn += 1
        return [
            {
                "cmd": "edit",
                "ops": [
                    {
                        "t": "workorders",
                        "id": order,
                        "base": {"crew_note": ver, "priority": 0},
                        "was": {"crew_note": ""},
                        "set": {"crew_note": f"{self.turn} " + "x" * 200, "priority": 1},
                    }
                ],
            }
            for order, ver in self.orders[phone.person_id].items()
        ]


def given_orders(office: Office, server: Server, phones: Sequence[Phone]) -> Edits:
    """BATCH orders for each handset, held by it."""
    held: dict[str, dict[str, int]] = {}
    for phone in phones:
        ask = {"area_path": AREA, "scene": "sanitation", "team_id": phone.team_id, "assignee_id": phone.person_id}
        orders = [{"title": f"清扫 {i}", "note": "x" * 200, **ask} for i in range(BATCH)]
        office.ask("POST", "/workorders/v1/orders", {"orders": orders}, office.admin)
    for phone in phones:
        mine = (row for row in rows_of(server, phone) if row["t"] == "workorders")
        held[phone.person_id] = {r["id"]: r["ver"] for r in mine if r["d"]["assignee_id"] == phone.person_id}
        assert len(held[phone.person_id]) == BATCH
    return Edits(held)


def rows_of(server: Server, phone: Phone) -> Iterator[dict[str, Any]]:
    """Every row that a first fill gives the handset."""
    asked = {"device": phone.device_id, "epoch": 1, "schema": 1, "max_bytes": 1_000_000}
    while True:
        _, ((answer,),) = storm(
            server.port, [[request("POST", "/sync/v1/pull", phone.token, json.dumps(asked).encode())]]
        )
        frames = [json.loads(line) for line in answer[1].splitlines()]
        yield from (frame for frame in frames if frame["f"] == "row")
        if frames[-1]["f"] == "end":
            phone.cookie = frames[-1]["cookie"]
            return
        asked["page"] = frames[-1]["page"]


# -- references ----------------------------------------------------------------------------------------------------


def bare_sqlite(_url: str) -> float:
    """Rows a second that bare sqlite3 reaches with the same batches, WAL and synchronous=FULL."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE facts (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
        batches = _batches()
        started = time.perf_counter()
        for batch in batches:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO facts VALUES (?, ?)", batch)
            db.execute("COMMIT")
        took = time.perf_counter() - started
        db.close()
    return _told(len(batches), took)


def bare_postgres(url: str) -> float:
    """Rows a second that bare psycopg reaches with the same batches on the same server."""
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as db:
        db.execute("CREATE TABLE bare_facts (id TEXT PRIMARY KEY, body BYTEA)")
        db.commit()
        batches = _batches()
        started = time.perf_counter()
        for batch in batches:
            db.cursor().executemany("INSERT INTO bare_facts VALUES (%s, %s)", batch)
            db.commit()
        took = time.perf_counter() - started
    return _told(len(batches), took)


def _told(batches: int, took_s: float) -> float:
    """Rows a second. What a commit takes is told beside it: who commits once for each batch hangs on the disk, who
    commits once for many hardly does."""
    print(f"    reference: {took_s / batches * 1e3:.2f} ms a batch and its commit", file=sys.stderr)
    return batches * BATCH / took_s


def _batches() -> list[list[tuple[str, bytes]]]:
    return [[(new_id(), b"x" * BODY_BYTES) for _ in range(BATCH)] for _ in range(HANDSETS * PUSHES)]


# -- what is measured ----------------------------------------------------------------------------------------------


@dataclass
class Push:
    """50 handsets push batches of 50, each durable before its answer."""

    what: str
    store: str
    unit: str = "rows/s"

    @property
    def name(self) -> str:
        return f"sync.push.{self.what}.{self.store}"

    @property
    def reference_unit(self) -> str:
        return f"rows/s bare {'sqlite3' if self.store == 'sqlite' else 'psycopg'}"

    def run(self) -> tuple[float, float]:
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(postgres()) if self.store == "postgres" else ""
            server = stack.enter_context(serving(url=url))
            office = Office(server)
            office.found(url)
            phones = office.phones(HANDSETS)
            says: Mutations = facts if self.what == "facts" else given_orders(office, server, phones)
            rate = self._push(server, phones, says)
            return rate, (bare_postgres if url else bare_sqlite)(url)

    def _push(self, server: Server, phones: Sequence[Phone], says: Mutations) -> float:
        queues = [[pushed(p, says(p)) for _ in range(PUSHES)] for p in phones]
        sent = [
            [request("POST", "/sync/v1/push", p.token, body) for body in q] for p, q in zip(phones, queues, strict=True)
        ]
        used, commits = cpu_s(server.pid), counted(server, "gridcrew_group_commits")
        seconds, answers = storm(server.port, sent)
        used, commits = cpu_s(server.pid) - used, counted(server, "gridcrew_group_commits") - commits
        taken = HANDSETS * PUSHES * BATCH
        missing = sum(self._missing(server, p, a) for p, a in zip(phones, answers, strict=True))
        told = f"server CPU {used / taken * 1e6:.0f} us a mutation, {commits / HANDSETS / PUSHES:.2f} commits a batch"
        print(f"    {told}, {missing} acknowledged and missing", file=sys.stderr)
        assert missing == 0
        return taken / seconds

    def _missing(self, server: Server, phone: Phone, answers: Sequence[tuple[int, bytes]]) -> int:
        """How many acknowledged changes a first fill does not show; whatever is another's makes it fail."""
        said = [json.loads(body) for status, body in answers if status == 200]
        results = [result for each in said for result in each["results"]]
        assert len(results) == PUSHES * BATCH, answers[0]
        assert all(r["r"] in ("applied", "merged") for r in results), results[0]
        acknowledged = {row["id"]: row["ver"] for result in results for row in result["rows"]}
        held = {}
        for row in rows_of(server, phone):
            assert row["t"] != "punches" or row["d"]["person_id"] == phone.person_id, "a row outside the scope"
            held[row["id"]] = row["ver"]
        return sum(held.get(row_id, 0) < ver for row_id, ver in acknowledged.items())


@dataclass
class Noop:
    """50 handsets ask for changes where there are none: how often, and in how many bytes."""

    figure: str

    @property
    def name(self) -> str:
        return f"sync.noop.{self.figure}"

    @property
    def unit(self) -> str:
        return "requests/s" if self.figure == "rate" else "bytes"

    @property
    def reference_unit(self) -> str:
        return "requests/s empty ASGI endpoint" if self.figure == "rate" else "bytes allowed"

    def run(self) -> tuple[float, float]:
        with serving() as server:
            office = Office(server)
            office.found()
            phones = office.phones(HANDSETS)
            for phone in phones:
                assert list(rows_of(server, phone))
            queues = [[self._pull(p)] * PULLS for p in phones]
            used = cpu_s(server.pid)
            seconds, answers = storm(server.port, queues)
            used = cpu_s(server.pid) - used
            assert all(status == 200 and body.count(b"\n") == 3 for queue in answers for status, body in queue)
            longest = max(len(body) for queue in answers for _, body in queue)
        if self.figure == "bytes":
            return longest, 300
        print(f"    server CPU {used / HANDSETS / PULLS * 1e6:.0f} us a pull", file=sys.stderr)
        with serving("bench.rig:empty") as bare:
            empty = [[request("POST", "/", "", b"{}")] * (PULLS * 3) for _ in range(HANDSETS)]
            took, _ = storm(bare.port, empty)
        return HANDSETS * PULLS / seconds, HANDSETS * PULLS * 3 / took

    def _pull(self, phone: Phone) -> bytes:
        asked = {"device": phone.device_id, "epoch": 1, "schema": 1, "cookie": phone.cookie}
        return request("POST", "/sync/v1/pull", phone.token, json.dumps(asked).encode())


BENCHMARKS = [Push(what, store) for what in ("facts", "registers") for store in ("sqlite", "postgres")] + [
    Noop("rate"),
    Noop("bytes"),
]
