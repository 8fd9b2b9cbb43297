"""Pushes of facts, and pulls when nothing changed, over real sockets; against bare sqlite3 and an empty endpoint."""

import json
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from backend.kernel.ids import new_id
from bench.rig import Office, Phone, cpu_s, request, serving, storm

HANDSETS = 50
PUSHES = 6
BATCH = 50
BODY_BYTES = 600
PULLS = 100


def facts(phone: Phone, count: int) -> bytes:
    """A push of clock-ins of about BODY_BYTES each."""
    now_ms = int(time.time() * 1000)
    muts = []
    for _ in range(count):
        phone.n += 1
        muts.append(
            {
                "n": phone.n,
                "at": {"wall_ms": now_ms, "mono_ms": now_ms % 10**9, "boot": "bench"},
                "cmd": "attendance.clock_in",
                "row": {"t": "punches", "id": new_id(), "base": {}},
                "params": {
                    "position": {"longitude": 113.2732, "latitude": 23.1815, "accuracy_m": 12.5},
                    "direction": "in",
                    "note": "x" * 250,
                },
            }
        )
    return json.dumps(
        {
            "device": phone.device_id,
            "epoch": 1,
            "user": phone.person_id,
            "schema": 1,
            "clock": {"wall_ms": now_ms, "mono_ms": now_ms % 10**9, "boot": "bench", "rtt_ms": 20},
            "muts": muts,
        }
    ).encode()


def bare_rows(batches: int) -> float:
    """Rows a second that bare sqlite3 reaches with the same batches, WAL and synchronous=FULL."""
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE facts (id TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID")
        rows = [[(new_id(), b"x" * BODY_BYTES) for _ in range(BATCH)] for _ in range(batches)]
        started = time.perf_counter()
        for batch in rows:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO facts VALUES (?, ?)", batch)
            db.execute("COMMIT")
        took = time.perf_counter() - started
        db.close()
    return batches * BATCH / took


@dataclass
class PushFacts:
    """50 handsets push batches of 50 facts, each durable before its answer."""

    name: str = "sync.push.facts.sqlite"
    unit: str = "rows/s"
    reference_unit: str = "rows/s bare sqlite3"

    def run(self) -> tuple[float, float]:
        with serving() as server:
            office = Office(server)
            office.found()
            phones = office.phones(HANDSETS)
            queues = [
                [request("POST", "/sync/v1/push", p.token, facts(p, BATCH)) for _ in range(PUSHES)] for p in phones
            ]
            used = cpu_s(server.pid)
            seconds, answers = storm(server.port, queues)
            used = cpu_s(server.pid) - used
            taken = 0
            for queue in answers:
                for status, body in queue:
                    assert status == 200, body
                    results = json.loads(body)["results"]
                    assert all(r["r"] == "applied" for r in results), results[0]
                    taken += len(results)
        assert taken == HANDSETS * PUSHES * BATCH
        print(f"    server CPU {used / taken * 1e6:.0f} us a mutation", file=sys.stderr)
        return taken / seconds, bare_rows(HANDSETS * PUSHES)


@dataclass
class Noop:
    """50 handsets ask for changes where there are none."""

    name: str = "sync.noop.rate"
    unit: str = "requests/s"
    reference_unit: str = "requests/s empty ASGI endpoint"

    def run(self) -> tuple[float, float]:
        with serving() as server:
            office = Office(server)
            office.found()
            phones = office.phones(HANDSETS)
            for phone in phones:
                asked = json.dumps({"device": phone.device_id, "epoch": 1, "schema": 1}).encode()
                _, ((first,),) = storm(server.port, [[request("POST", "/sync/v1/pull", phone.token, asked)]])
                phone.cookie = json.loads(first[1].splitlines()[-1])["cookie"]
            queues = [[self._pull(p)] * PULLS for p in phones]
            seconds, answers = storm(server.port, queues)
            assert all(status == 200 and len(body) <= 300 for queue in answers for status, body in queue)
            rate = HANDSETS * PULLS / seconds
        with serving("bench.rig:empty") as bare:
            empty = [[request("POST", "/", "", b"{}")] * (PULLS * 3) for _ in range(HANDSETS)]
            seconds, _ = storm(bare.port, empty)
        return rate, HANDSETS * PULLS * 3 / seconds

    def _pull(self, phone: Phone) -> bytes:
        asked = {"device": phone.device_id, "epoch": 1, "schema": 1, "cookie": phone.cookie}
        return request("POST", "/sync/v1/pull", phone.token, json.dumps(asked).encode())


BENCHMARKS = [PushFacts(), Noop()]
