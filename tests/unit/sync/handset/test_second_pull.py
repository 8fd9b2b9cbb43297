"""A run that pulls twice: the second pull is a pull of its own."""

from pathlib import Path
from typing import Any

import orjson

from sync.handset.client import PULL_PATH, PUSH_PATH, Handset, Request
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from tests.unit.sync.handset.test_drain import ANN, ROW, StoppedClock, taken

FILL = [
    {"f": "begin", "from": 0, "to": 5, "reconcile": "first"},
    {"f": "scopes", "names": ["team:1"]},
    {"f": "row", "t": "scans", "id": ROW, "ver": 3, "s": [0], "d": {"id": ROW}},
]


def receive(machine: Handset, path: str, *frames: dict[str, Any]) -> Request:
    asked = machine.next_request()
    assert asked is not None
    assert asked.path == path
    lines = b"".join(orjson.dumps(frame) + b"\n" for frame in frames)
    machine.receive(asked, 200, lines if frames else taken(asked))
    return asked


def test_a_second_pull_in_a_run_takes_neither_the_pages_nor_the_reason_of_the_first(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "handset.db")
    store.put("device_id", ROW)
    store.put("epoch", 1)
    machine = Handset(store, StoppedClock(), Policies({}), 1, ANN)
    machine.do("gas.scan", "scans", ROW, {})
    machine.begin()
    receive(machine, PUSH_PATH)
    receive(machine, PULL_PATH, *FILL, {"f": "more", "page": "a page of the first pull"})
    end = {"f": "end", "to": 5, "cookie": "c", "next_poll_s": 60, "queues": {}}
    receive(machine, PULL_PATH, {"f": "ack", "n": 0}, end)  # restored: what was acknowledged is sent again
    receive(machine, PUSH_PATH)
    asked = receive(machine, PULL_PATH, {"f": "begin", "from": 5, "to": 5}, {"f": "ack", "n": 1}, end)
    assert "page" not in orjson.loads(asked.body)
    assert [row.id for row in store.rows(ANN)] == [ROW]
    store.close()
