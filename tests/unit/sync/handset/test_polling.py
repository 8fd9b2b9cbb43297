"""When a handset asks again."""

from pathlib import Path

from sync.handset.client import PULL_PATH, PUSH_PATH, Handset
from sync.handset.polling import FAILED_MOST_S, POLL_LEAST_S, POLL_MOST_S, POLL_S, Polling
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from tests.unit.sync.handset.test_drain import ANN, ROW, StoppedClock
from tests.unit.sync.handset.test_second_pull import receive


def test_a_handset_asks_again_when_the_server_said(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "handset.db")
    store.put("device_id", ROW)
    store.put("epoch", 1)
    machine = Handset(store, StoppedClock(), Policies({}), 1, ANN)
    assert machine.poll_in_s == POLL_S
    machine.do("gas.scan", "scans", ROW, {})
    machine.begin()
    receive(machine, PUSH_PATH)
    begin, ack = {"f": "begin", "from": 0, "to": 5}, {"f": "ack", "n": 1}
    receive(machine, PULL_PATH, begin, ack, {"f": "end", "to": 5, "cookie": "c", "next_poll_s": 73})
    assert machine.poll_in_s == 73
    machine.begin()
    asked = machine.next_request()
    assert asked is not None
    machine.failed(asked)
    assert machine.poll_in_s >= 30
    store.close()


def test_no_word_of_a_server_makes_a_phone_storm_or_sleep() -> None:
    polling = Polling()
    said = {0: POLL_LEAST_S, -5: POLL_LEAST_S, 10**9: POLL_MOST_S, None: POLL_S, "7": POLL_S, True: POLL_S}
    for word, wanted in said.items():
        polling.told(word)
        assert polling.in_s("phone") == wanted


def test_phones_that_failed_together_come_back_one_by_one() -> None:
    def waits(device: str, failures: int) -> int:
        polling = Polling()
        for _ in range(failures):
            polling.begun()
        return polling.in_s(device)

    first = [waits(f"phone-{i}", 1) for i in range(300)]
    assert (min(first), max(first)) >= (30, 50)
    assert max(first.count(second) for second in set(first)) < 40
    assert 30 <= waits("phone", 1) < 60 <= waits("phone", 2) < 120 <= waits("phone", 3)
    assert FAILED_MOST_S <= waits("phone", 1_000) < 2 * FAILED_MOST_S
