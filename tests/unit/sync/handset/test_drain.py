"""A handset that was revoked: its queues go to the desk before anything is wiped."""

from pathlib import Path

import orjson
import pytest

from sync.handset.client import DRAIN_PATH, PULL_PATH, Handset, Needs, Request
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore

ANN, BEN = "0199b3a0-0000-7000-8000-00000000000a", "0199b3a0-0000-7000-8000-00000000000b"
ROW = "0199b3a0-0000-7000-8000-000000000001"


class StoppedClock:
    """Always the same moment."""

    def wall_ms(self) -> int:
        return 1_790_000_000_000

    def mono_ms(self) -> int | None:
        return None

    def boot(self) -> str | None:
        return None


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    made = SqliteStore(tmp_path / "handset.db")
    made.put("device_id", ROW)
    made.put("epoch", 1)
    return made


def handset(store: SqliteStore, user: str) -> Handset:
    return Handset(store, StoppedClock(), Policies({}), 1, user)


def taken(request: Request) -> bytes:
    """The answer of a server that took all of a push."""
    numbers = [m["n"] for m in orjson.loads(request.body)["muts"]]
    return orjson.dumps({"acked": max(numbers), "results": [{"n": n, "r": "rejected"} for n in numbers]})


def drain(machine: Handset) -> None:
    machine.begin(drain=True)
    request = machine.next_request()
    assert request is not None
    assert request.path == DRAIN_PATH
    machine.receive(request, 200, taken(request))
    assert machine.next_request() is None


def test_a_shared_phone_is_wiped_only_when_everybodys_queue_is_at_the_desk(store: SqliteStore) -> None:
    ann, ben = handset(store, ANN), handset(store, BEN)
    for machine in (ann, ben):
        machine.do("gas.scan", "scans", ROW, {})
    drain(ann)
    assert ann.needs is Needs.wiped
    assert store.waiting_users() == [BEN]
    drain(ben)
    assert store.get("device_id") is None


def test_a_refused_drain_ends_the_run_and_keeps_the_queue(store: SqliteStore) -> None:
    ann = handset(store, ANN)
    ann.do("gas.scan", "scans", ROW, {})
    ann.begin(drain=True)
    request = ann.next_request()
    assert request is not None
    ann.receive(request, 401, b"{}")
    assert ann.next_request() is None
    assert len(ann.waiting()) == 1


def test_a_pull_that_tells_of_the_end_sends_what_waits_before_the_wipe(store: SqliteStore) -> None:
    ann = handset(store, ANN)
    ann.do("gas.scan", "scans", ROW, {})
    ann.begin()
    push = ann.next_request()
    assert push is not None
    ann.failed(push)
    pull = ann.next_request()
    assert pull is not None
    assert pull.path == PULL_PATH
    ann.receive(pull, 403, b'{"code": "sync.device_revoked"}')
    last = ann.next_request()
    assert last is not None
    assert last.path == DRAIN_PATH
    ann.receive(last, 200, taken(last))
    assert ann.next_request() is None
    assert store.get("device_id") is None


def heard(machine: Handset, acked: int) -> tuple[int, list[int]]:
    """The next drain, answered so; its epoch and the numbers it held."""
    request = machine.next_request()
    assert request is not None
    assert request.path == DRAIN_PATH
    said = orjson.loads(request.body)
    numbers = [m["n"] for m in said["muts"]]
    results = [{"n": n, "r": "rejected"} for n in numbers]
    machine.receive(request, 200, orjson.dumps({"acked": acked, "results": results}))
    return said["epoch"], numbers


def test_before_a_wipe_the_server_is_heard_once_more_and_sent_again_what_a_restore_lost(store: SqliteStore) -> None:
    ann = handset(store, ANN)
    for _ in range(2):
        ann.do("gas.scan", "scans", ROW, {})
    ann.begin(drain=True)
    assert heard(ann, 2) == (1, [1, 2])
    ann.begin(drain=True)
    assert heard(ann, 1) == (1, [])
    assert heard(ann, 2) == (1, [2])
    assert ann.next_request() is None
    assert store.get("device_id") is None


def test_earlier_epochs_are_heard_of_too_before_a_wipe(store: SqliteStore) -> None:
    ann = handset(store, ANN)
    ann.do("gas.scan", "scans", ROW, {})
    ann.begin(drain=True)
    assert heard(ann, 1) == (1, [1])
    ann.renew(2)
    ann.do("gas.scan", "scans", ROW, {})
    ann.begin(drain=True)
    assert heard(ann, 1) == (2, [1])
    assert heard(ann, 0) == (1, [])
    assert heard(ann, 2) == (2, [2])
    assert ann.next_request() is None
    assert store.get("device_id") is None
