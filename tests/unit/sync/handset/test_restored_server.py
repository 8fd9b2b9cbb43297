"""A phone and a server that was restored from a backup: what the server lost is sent again."""

from pathlib import Path

import orjson

from sync.handset.client import PULL_PATH, PUSH_PATH, Handset
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from tests.unit.sync.handset.test_drain import ANN, ROW, StoppedClock, taken


def test_a_phone_that_never_pulled_sends_again_what_a_restored_server_lost(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "handset.db")
    store.put("device_id", ROW)
    store.put("epoch", 1)
    machine = Handset(store, StoppedClock(), Policies({}), 1, ANN)
    machine.do("gas.scan", "scans", ROW, {})
    machine.begin(pull=False)
    sent = machine.next_request()
    assert sent is not None
    machine.receive(sent, 200, taken(sent))
    machine.begin()
    asked = machine.next_request()
    assert asked is not None
    assert asked.path == PULL_PATH
    frames = [
        {"f": "begin", "from": 0, "to": 5, "reconcile": "first"},
        {"f": "ack", "n": 0},
        {"f": "end", "to": 5, "cookie": "c", "next_poll_s": 60},
    ]
    machine.receive(asked, 200, b"".join(orjson.dumps(frame) + b"\n" for frame in frames))
    machine.begin()
    again = machine.next_request()
    assert again is not None
    assert again.path == PUSH_PATH
    assert [said["n"] for said in orjson.loads(again.body)["muts"]] == [1]
    store.close()
