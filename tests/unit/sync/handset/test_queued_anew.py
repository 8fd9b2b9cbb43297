"""A new epoch on a phone: what was not answered goes on under it, in its order, and says where it was first queued."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from sync.handset.client import Handset, Needs, Request
from sync.handset.outbox import EntryState
from sync.handset.store import SqliteStore
from sync.protocol import MUTATION_BYTES_MAX
from tests.unit.sync.handset.test_drain import ANN, BEN, ROW, handset

Json = dict[str, Any]


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    made = SqliteStore(tmp_path / "handset.db")
    made.put("device_id", ROW)
    made.put("epoch", 1)
    return made


def scan(machine: Handset, note: str) -> None:
    machine.do("gas.scan", "scans", ROW, {"note": note})


def sent(machine: Handset) -> tuple[Request, list[Json]]:
    """The next push, and what it says: {epoch, n, note, first}."""
    request = machine.next_request()
    assert request is not None
    said = orjson.loads(request.body)
    keys = {"epoch": said["epoch"]}
    muts = [keys | {"n": m["n"], "note": m["params"]["note"], "first": m.get("first")} for m in said["muts"]]
    return request, muts


def named(epoch: int, n: int, note: str, first: tuple[int, int] | None) -> Json:
    name = {"epoch": first[0], "n": first[1]} if first else None
    return {"epoch": epoch, "n": n, "note": note, "first": name}


def refuse(machine: Handset, request: Request, code: str, **params: int) -> None:
    machine.receive(request, 409, orjson.dumps({"code": code, "params": params}))


def answer(machine: Handset, request: Request, *results: str) -> None:
    told = [{"n": n, "r": r} for n, r in enumerate(results, 1)]
    machine.receive(request, 200, orjson.dumps({"acked": len(told), "results": told, "server_ms": 1}))


@pytest.mark.parametrize("code", ["sync.sequence_reused", "sync.stale_epoch"])
def test_the_rest_of_the_run_goes_under_the_epoch_named(store: SqliteStore, code: str) -> None:
    machine = handset(store, ANN)
    for note in "abc":
        scan(machine, note)
    machine.begin(pull=False)
    request, _ = sent(machine)
    refuse(machine, request, code, n=3, epoch=2)
    request, said = sent(machine)
    assert said == [named(2, 1, "a", (1, 1)), named(2, 2, "b", (1, 2)), named(2, 3, "c", (1, 3))]
    answer(machine, request, "applied", "rejected", "applied")
    assert (machine.acked, machine.waiting(), machine.needs) == (3, [], None)


def test_an_epoch_that_is_no_later_one_is_asked_for(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scan(machine, "a")
    machine.begin(pull=False)
    refuse(machine, sent(machine)[0], "sync.stale_epoch", epoch=1)
    assert machine.needs is Needs.epoch


def test_the_first_name_stays_however_often_an_act_is_queued_anew(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scan(machine, "a")
    machine.renew(2)
    scan(machine, "b")
    machine.renew(4)
    machine.begin(pull=False)
    assert sent(machine)[1] == [named(4, 1, "a", (1, 1)), named(4, 2, "b", (2, 2))]


def test_whoever_comes_back_to_a_shared_phone_goes_on_after_what_they_had_left_in_it(store: SqliteStore) -> None:
    """The epoch is the phone's: it may end while another has it, and a push of one's own was never answered."""
    ben = handset(store, BEN)
    scan(ben, "a")
    ben.begin(pull=False)
    ben.failed(sent(ben)[0])
    ann = handset(store, ANN)
    scan(ann, "of Ann")
    ann.begin(pull=False)
    refuse(ann, sent(ann)[0], "sync.stale_epoch", epoch=2)
    assert sent(ann)[1] == [named(2, 1, "of Ann", (1, 1))]
    ben = handset(store, BEN)
    scan(ben, "b")
    ben.begin(pull=False)
    assert sent(ben)[1] == [named(2, 1, "a", (1, 1)), named(2, 2, "b", None)]


def test_an_act_at_the_limit_of_size_is_queued_anew(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scan(machine, "")
    room = MUTATION_BYTES_MAX - len(machine.waiting()[0].payload)
    scan(machine, "x" * room)
    machine.renew(2)
    machine.begin(pull=False)
    assert [said["n"] for said in sent(machine)[1]] == [1, 2]


def test_what_was_held_under_its_first_name_ends_under_its_new_one(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scan(machine, "a")
    machine.renew(2)
    machine.begin()
    request, _ = sent(machine)
    answer(machine, request, "held")
    assert [entry.state for entry in machine.done()] == [EntryState.held]
    ended = {"device": ROW, "epoch": 1, "n": 1, "state": "applied", "outcome": {"n": 1, "r": "merged"}}
    body = orjson.dumps(ended).decode()
    frames = [
        '{"f":"begin","from":0,"to":1}',
        '{"f":"scopes","names":["team:1"]}',
        f'{{"f":"row","t":"held","id":"{ROW}","ver":1,"s":[0],"d":{body}}}',
        '{"f":"ack","n":1}',
        '{"f":"end","to":1,"cookie":"c","next_poll_s":60}',
    ]
    request = machine.next_request() or request
    machine.receive(request, 200, "".join(line + "\n" for line in frames).encode())
    assert [entry.state for entry in machine.done()] == [EntryState.merged]
