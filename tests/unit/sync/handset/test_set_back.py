"""A phone that was set back to a copy of itself: what it does now is no repetition of what it did before."""

from pathlib import Path

import orjson
import pytest

from sync.handset.client import PUSH_PATH, Handset, Needs
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from tests.unit.sync.handset.test_drain import ANN, ROW, StoppedClock


@pytest.fixture
def machine(tmp_path: Path) -> Handset:
    store = SqliteStore(tmp_path / "handset.db")
    store.put("device_id", ROW)
    store.put("epoch", 1)
    return Handset(store, StoppedClock(), Policies({}), 1, ANN)


def test_what_is_done_while_the_server_tells_of_a_later_number_is_sent_under_a_new_epoch(machine: Handset) -> None:
    machine.begin(pull=False)
    word = machine.next_request()
    assert word is not None
    machine.do("gas.scan", "scans", ROW, {})
    machine.receive(word, 200, orjson.dumps({"acked": 1, "results": [], "server_ms": 1}))
    assert machine.needs is Needs.epoch
    assert [entry.n for entry in machine.waiting()] == [1]
    machine.renew(2)
    machine.begin(pull=False)
    sent = machine.next_request()
    assert sent is not None
    assert sent.path == PUSH_PATH
    said = orjson.loads(sent.body)
    assert (said["epoch"], [m["n"] for m in said["muts"]]) == (2, [1])
