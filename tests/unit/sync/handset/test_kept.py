"""Acknowledged work on a phone: kept until a backup covers it, bounded by count and by age."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from sync.handset.client import PULL_PATH, Handset, Needs, Request
from sync.handset.store import SqliteStore
from sync.protocol import KEPT_AGE_S, KEPT_ENTRIES
from tests.unit.sync.handset.test_drain import ANN, ROW, StoppedClock, handset

DAY_MS = 86_400_000


class LaterClock(StoppedClock):
    """An hour later."""

    def wall_ms(self) -> int:
        return super().wall_ms() + 3_600_000


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    made = SqliteStore(tmp_path / "handset.db")
    made.put("device_id", ROW)
    made.put("epoch", 1)
    return made


def pushed(machine: Handset, server_ms: int = 1_000) -> list[int]:
    """A push that is taken whole; the numbers it held."""
    machine.begin(pull=False)
    sent: list[int] = []
    while (request := machine.next_request()) is not None:
        numbers = [m["n"] for m in orjson.loads(request.body)["muts"]]
        results = [{"n": n, "r": "applied"} for n in numbers]
        acked = max(numbers, default=machine.acked)
        answer = {"acked": acked, "results": results, "received_ms": server_ms, "server_ms": server_ms}
        machine.receive(request, 200, orjson.dumps(answer))
        sent += numbers
    return sent


def pulled(machine: Handset, acked: int, reconcile: str | None = None, **end: Any) -> Request | None:
    """A pull that ends so; gives what the machine wants to send next."""
    machine._pushing, machine._pulling = False, True
    request = machine.next_request()
    assert request is not None
    assert request.path == PULL_PATH
    begin = {"f": "begin", "from": 0, "to": 1} | ({"reconcile": reconcile} if reconcile else {})
    frames = [begin, {"f": "ack", "n": acked}, {"f": "end", "to": 1, "cookie": "c", "next_poll_s": 60} | end]
    machine.receive(request, 200, b"".join(orjson.dumps(frame) + b"\n" for frame in frames))
    return machine.next_request()


def scans(machine: Handset, count: int) -> None:
    for _ in range(count):
        machine.do("gas.scan", "scans", ROW, {})


def numbers(machine: Handset) -> list[int]:
    return [entry.n for entry in machine.done()]


def test_what_a_backup_covers_is_forgotten_and_no_more(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 5)
    pushed(machine)
    assert pulled(machine, 5) is None
    assert numbers(machine) == [1, 2, 3, 4, 5]
    pulled(machine, 5, safe_through=3)
    assert numbers(machine) == [4, 5]


def test_without_a_backup_count_and_age_bound_what_is_kept(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    assert (KEPT_ENTRIES, KEPT_AGE_S) == (10_000, 30 * 86_400)
    scans(machine, 3)
    pushed(machine, 10 * DAY_MS)
    pulled(machine, 3, keep={"entries": 4, "age_s": 2 * 86_400})
    scans(machine, 3)
    pushed(machine, 11 * DAY_MS)
    assert numbers(machine) == [3, 4, 5, 6], "by count"
    scans(machine, 1)
    pushed(machine, 13 * DAY_MS - 1)
    assert numbers(machine) == [4, 5, 6, 7], "by age, as the server's clock counts it"


def test_unanswered_work_is_never_forgotten(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 3)
    pulled(machine, 0, safe_through=3, keep={"entries": 0, "age_s": 0})
    assert numbers(machine) == [1, 2, 3]


def test_a_restored_server_is_sent_again_what_it_lost_in_the_same_run(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 4)
    pushed(machine)
    following = pulled(machine, 2, "generation", queues={"1": 2})
    assert following is not None
    assert [m["n"] for m in orjson.loads(following.body)["muts"]] == [3, 4]
    assert machine.standing().depth == 2


def test_an_answer_that_knows_less_than_was_told_is_a_restored_servers(store: SqliteStore) -> None:
    """Also after a month without a word: nothing is forgotten by age before the server was heard to have it."""
    machine = handset(store, ANN)
    scans(machine, 2)
    pushed(machine, DAY_MS)
    machine._clock = LaterClock()
    machine.begin(pull=False)
    word = machine.next_request()
    assert word is not None
    assert orjson.loads(word.body)["muts"] == []
    machine.receive(word, 200, orjson.dumps({"acked": 1, "results": [], "server_ms": 40 * DAY_MS}))
    again = machine.next_request()
    assert again is not None
    assert [m["n"] for m in orjson.loads(again.body)["muts"]] == [2]


def test_a_push_lets_nothing_of_an_earlier_epoch_be_forgotten_by_age(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 2)
    pushed(machine, DAY_MS)
    machine.renew(2)
    scans(machine, 1)
    pushed(machine, 40 * DAY_MS)
    assert len(store.entries(1, ANN)) == 2
    pulled(machine, 1)
    assert store.entries(1, ANN) == []


def test_work_of_an_earlier_epoch_that_a_restore_lost_is_queued_anew(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 3)
    pushed(machine)
    machine.renew(2)
    scans(machine, 1)
    assert pushed(machine) == [1]
    following = pulled(machine, 0, "generation", queues={"1": 1})
    assert following is not None
    sent = orjson.loads(following.body)
    assert (sent["epoch"], [m["n"] for m in sent["muts"]]) == (2, [1, 2, 3]), "its own, then the two of the first epoch"


def test_a_backup_of_the_present_epoch_covers_the_earlier_ones(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 2)
    pushed(machine)
    machine.renew(2)
    scans(machine, 2)
    pushed(machine)
    assert len(store.entries(1, ANN)) == 2
    pulled(machine, 2, safe_through=1)
    assert store.entries(1, ANN) == []
    assert numbers(machine) == [2]


def test_where_the_first_lost_entry_is_kept_no_more_the_rest_goes_under_a_new_epoch(store: SqliteStore) -> None:
    machine = handset(store, ANN)
    scans(machine, 5)
    pushed(machine)
    pulled(machine, 5, keep={"entries": 2, "age_s": 86_400})
    pulled(machine, 1, "generation", queues={"1": 1})
    assert machine.needs is Needs.epoch
    machine.renew(2)
    assert pushed(machine) == [1, 2]
