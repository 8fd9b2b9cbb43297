"""First fills and repairs over real sockets: rows a second by pull, bytes a row by packs, bytes of a repair."""

import asyncio
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from backend.kernel.db import Database
from bench.realistic import orders
from bench.rig import Office, Phone, Server, cpu_s, exchange, request, serving, storm
from sync.handset.mending import Mending
from sync.handset.replica import Row
from sync.journal import RowChange, Writer
from sync.stores.sql import SqlJournal

ROWS = 10_000
REPAIR_ROWS = 100_000
LOST = 10
FILLS = 5


def lay(server: Server, phone: Phone, count: int) -> str:
    """Journals so many orders in the scope of the phone's team; gives the scope."""
    database = Database(f"sqlite:///{server.folder / 'gridcrew.db'}")
    with database.transaction() as session:
        journal = SqlJournal(session.connection())
        held = [m.scope for m in journal.user_scopes(phone.person_id) if m.seq_out is None]
        scope = next(scope for scope in held if scope.startswith("team:"))
        made = [RowChange("workorders", body["id"], body, frozenset([scope])) for body in orders(count)]
        for first in range(0, count, 5_000):
            journal.append(made[first : first + 5_000], Writer())
    database.close()
    return scope


def post(server: Server, phone: Phone, path: str, body: dict[str, Any], **headers: str) -> bytes:
    """One answer, and nothing of its head."""
    said = {"device": phone.device_id, "epoch": 1, "schema": 1} | body
    _, (((status, answer),),) = storm(
        server.port, [[request("POST", path, phone.token, json.dumps(said).encode(), **headers)]]
    )
    assert status == 200, answer[:500]
    return answer


async def _fills(server: Server, phone: Phone, count: int) -> tuple[float, int]:
    """So many first fills by pull on one connection: (seconds, rows that came)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1 << 24)
    said = {"device": phone.device_id, "epoch": 1, "schema": 1, "max_bytes": 1_000_000}
    answers: list[bytes] = []
    started = time.perf_counter()
    for _ in range(count):
        page: dict[str, str] = {}
        while True:
            asked = request("POST", "/sync/v1/pull", phone.token, orjson.dumps(said | page))
            status, answer = await exchange(reader, writer, asked)
            assert status == 200, answer[:500]
            answers.append(answer)
            last = orjson.loads(answer[answer.rindex(b"\n", 0, -1) + 1 :])
            if last["f"] == "end":
                break
            page = {"page": last["page"]}
    seconds = time.perf_counter() - started
    writer.close()
    return seconds, sum(answer.count(b'{"f":"row"') for answer in answers)


def bare_fill() -> float:
    """Rows a second of an endpoint that reads stored bytes and joins them, and does nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bare.db"
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE rows (ver INTEGER PRIMARY KEY, body BLOB)")
        db.executemany("INSERT INTO rows VALUES (?, ?)", [(n, orjson.dumps(o)) for n, o in enumerate(orders(ROWS))])
        db.commit()
        db.close()
        os.environ["GRIDCREW_BENCH_ROWS"] = str(path)
        with serving("bench.stored:joined") as bare:
            asked = [request("POST", "/", "", b"{}")]
            seconds, answers = storm(bare.port, [asked * FILLS])
        assert all(answer.count(b"\n") == ROWS for _, answer in answers[0])
    return ROWS * FILLS / seconds


def with_district(work: Callable[[Server, Phone], tuple[float, float]]) -> tuple[float, float]:
    """A server, its district and one phone."""
    with serving() as server:
        office = Office(server)
        office.found()
        (phone,) = office.phones(1)
        return work(server, phone)


@dataclass
class FillRows:
    """A first fill of 10,000 rows by pull, against an endpoint that joins stored bytes."""

    name: str = "sync.fill.rows"
    unit: str = "rows/s"
    reference_unit: str = "rows/s joining stored bytes"

    def run(self) -> tuple[float, float]:
        def work(server: Server, phone: Phone) -> tuple[float, float]:
            lay(server, phone, ROWS)
            asyncio.run(_fills(server, phone, 1))
            used = cpu_s(server.pid)
            seconds, taken = asyncio.run(_fills(server, phone, FILLS))
            used = cpu_s(server.pid) - used
            assert taken >= ROWS * FILLS
            print(f"    server CPU {used / taken * 1e6:.1f} us a row", file=sys.stderr)
            return taken / seconds, 0.0

        return with_district(work)[0], bare_fill()


@dataclass
class PackBytes:
    """Bytes a row on the wire when a scope comes as a pack, against the same rows as lines of JSON."""

    name: str = "sync.fill.pack_bytes_a_row"
    unit: str = "B/row"
    reference_unit: str = "B/row of NDJSON"

    def run(self) -> tuple[float, float]:
        def work(server: Server, phone: Phone) -> tuple[float, float]:
            lay(server, phone, ROWS)
            started = time.perf_counter()
            offer = orjson.loads(post(server, phone, "/sync/v1/snapshots", {}))
            built = time.perf_counter() - started
            (pack,) = offer["packs"]
            _, (((_, whole),),) = storm(server.port, [[request("GET", pack["url"], phone.token, b"")]])
            assert len(whole) == pack["bytes"]
            print(f"    built in {built:.2f} s", file=sys.stderr)
            raw = sum(len(orjson.dumps(order)) + 1 for order in orders(ROWS))
            return len(whole) / pack["rows"], raw / ROWS

        return with_district(work)


@dataclass
class RepairBytes:
    """Bytes both ways, bodies only, to mend 10 rows lost of 100,000, against fetching all of them."""

    name: str = "sync.repair.bytes"
    unit: str = "B"
    reference_unit: str = "B of a full fill, compressed"

    def run(self) -> tuple[float, float]:
        def work(server: Server, phone: Phone) -> tuple[float, float]:
            scope = lay(server, phone, REPAIR_ROWS)
            rows, whole, cookie = self._fill(server, phone, scope)
            lost = set(random.Random(3).sample(range(len(rows)), LOST))
            mending = Mending([row for i, row in enumerate(rows) if i not in lost], [scope])
            took, rounds = 0, 0
            started = time.perf_counter()
            while (parts := mending.next_parts()) is not None:
                answer = post(server, phone, "/sync/v1/repair", {"cookie": cookie} | parts, accept_encoding="zstd")
                sent = {"device": phone.device_id, "epoch": 1, "schema": 1, "cookie": cookie} | parts
                took, rounds = took + len(orjson.dumps(sent)) + len(answer), rounds + 1
                mending.receive([_frame(line, scope) for line in _plain(answer).splitlines()])
            print(f"    {rounds} requests, {time.perf_counter() - started:.2f} s", file=sys.stderr)
            assert {frame["id"] for frame in mending.frames} == {rows[i].id for i in lost}
            return float(took), float(whole)

        return with_district(work)

    def _fill(self, server: Server, phone: Phone, scope: str) -> tuple[list[Row], int, str]:
        page, rows, whole = None, [], 0
        while True:
            asked = {"max_bytes": 1_000_000} | ({"page": page} if page else {})
            answer = post(server, phone, "/sync/v1/pull", asked, accept_encoding="zstd")
            whole += len(answer)
            lines = _plain(answer).splitlines()
            names: list[str] = []
            for line in lines:
                frame = _frame(line, scope)
                names = frame.get("names", names)
                if frame["f"] == "row" and scope in [names[place] for place in frame["s"]]:
                    rows.append(Row(frame["t"], frame["id"], frame["ver"], (scope,), frame["body"]))
            last = orjson.loads(lines[-1])
            if last["f"] == "end":
                return rows, whole, str(last["cookie"])
            page = last["page"]


def _plain(answer: bytes) -> bytes:
    import zstandard

    return zstandard.decompress(answer) if answer[:4] == b"\x28\xb5\x2f\xfd" else answer


def _frame(line: bytes, scope: str) -> dict[str, Any]:
    frame: dict[str, Any] = orjson.loads(line)
    if frame["f"] == "row":
        frame |= {"scopes": [scope], "body": line[line.index(b',"d":') + 5 : -1]}
    return frame


BENCHMARKS = [FillRows(), PackBytes(), RepairBytes()]
