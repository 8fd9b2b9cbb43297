"""Many handsets at once: one writer, shared commits, and whoever is answered is on the disk."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlmodel import Session, col, select

from backend.attendance.tables import Punch
from backend.handsets.tables import Contact
from backend.kernel.http import House
from tests.api.handsets.conftest import Field
from tests.makers import Handset

CLOCK_IN = ("attendance.clock_in", "punches")
PHONES, ROUNDS, MUTATIONS = 20, 3, 5
PEOPLE = ("crew", "mate", "gardener", "stranger", "collector")


def test_twenty_handsets_pushing_at_once_are_each_taken_exactly_once(crews: Field, enrolled: Any) -> None:
    phones = _several(enrolled, PHONES)
    barrier = threading.Barrier(PHONES)

    def work(phone: Handset) -> list[str]:
        barrier.wait()
        taken: list[str] = []
        for _ in range(ROUNDS):
            muts = [phone.deed(*CLOCK_IN) for _ in range(MUTATIONS)]
            first, again = phone.push(*muts), phone.push(*muts)
            assert first["results"] == again["results"]
            assert {r["r"] for r in first["results"]} == {"applied"}
            taken += [r["rows"][0]["id"] for r in first["results"]]
        return taken

    with ThreadPoolExecutor(PHONES) as pool:
        ids = [row for taken in pool.map(work, phones) for row in taken]
    assert len(set(ids)) == PHONES * ROUNDS * MUTATIONS
    assert crews.count(Punch) == len(ids)
    assert crews.count(Punch, col(Punch.id).in_(ids)) == len(ids)


def test_one_queue_sent_by_two_threads_at_once_acts_once(crews: Field, handset: Handset) -> None:
    body = handset.push_body([handset.deed(*CLOCK_IN) for _ in range(50)])
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: handset.post("/sync/v1/push", body, expect=200).json(), range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert crews.count(Punch) == 50


def test_a_commit_that_fails_is_answered_5xx_and_nothing_of_it_stays(crews: Field, handset: Handset) -> None:
    deed = handset.deed(*CLOCK_IN)
    with _failing_commits(of=handset.device_id):
        assert handset.push(deed, expect=None)["status"] == 500
    assert crews.count(Punch) == 0
    assert handset.push(deed)["results"][0]["r"] == "applied"
    assert crews.count(Punch) == 1


def test_the_others_of_a_group_survive_the_one_whose_commit_fails(crews: Field, enrolled: Any) -> None:
    phones = _several(enrolled, 6)
    unlucky = phones[2]
    pushes = [(phone, phone.push_body([phone.deed(*CLOCK_IN)])) for phone in phones]

    def work(push: tuple[Handset, Any]) -> int:
        return push[0].post("/sync/v1/push", push[1]).status_code

    with _failing_commits(of=unlucky.device_id) as known, ThreadPoolExecutor(6) as pool:
        with _writer_kept_waiting(crews.house):
            answers = [pool.submit(work, push) for push in pushes]
            _until_queued(crews.house, 6)
        statuses = [answer.result() for answer in answers]
    assert statuses == [500 if phone is unlucky else 200 for phone in phones]
    assert max(known) > 1, "they never shared a commit"
    assert crews.count(Punch) == 5
    assert work(pushes[2]) == 200


def test_one_that_is_refused_harms_no_other_of_its_group(crews: Field, enrolled: Any) -> None:
    first, second = _several(enrolled, 2)
    gap = first.push_body([first.deed(*CLOCK_IN) | {"n": 9}])
    sound = second.push_body([second.deed(*CLOCK_IN)])
    with ThreadPoolExecutor(2) as pool, _writer_kept_waiting(crews.house):
        refused = pool.submit(first.post, "/sync/v1/push", gap)
        taken = pool.submit(second.post, "/sync/v1/push", sound)
        _until_queued(crews.house, 2)
    assert (refused.result().status_code, taken.result().status_code) == (409, 200)


def test_the_first_push_never_stops_the_servers_loop(house: House) -> None:
    """A writing request holds the turn and needs the loop to end: a loop that waits for the turn waits for ever."""
    with house.db.transaction():
        asked: list[Future[int]] = []
        thread = threading.Thread(target=lambda: asked.append(house.db.submit(lambda _session: 7)))
        thread.start()
        thread.join(timeout=3)
        assert not thread.is_alive(), "submit() waited for the turn to write"
    assert asked[0].result(timeout=10) == 7


def test_a_caller_that_went_away_takes_no_writer_with_it(house: House) -> None:
    """A cancelled request's future cannot be answered; the writer must live on."""
    with _writer_kept_waiting(house):
        gone = house.db.submit(lambda _session: 1)
        kept = house.db.submit(lambda _session: 2)
        gone.cancel()
    assert kept.result(timeout=10) == 2
    assert house.db.submit(lambda _session: 3).result(timeout=10) == 3


def test_a_caller_may_go_away_while_its_push_is_written(house: House) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(_session: Session) -> int:
        started.set()
        go_on.wait(10)
        return 1

    async def impatient() -> None:
        asked = asyncio.ensure_future(asyncio.wrap_future(house.db.submit(slow)))
        await asyncio.to_thread(started.wait, 10)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    asyncio.run(impatient())
    go_on.set()
    assert house.db.submit(lambda _session: 3).result(timeout=10) == 3


# -- helpers ------------------------------------------------------------------------------------------------------


def _several(enrolled: Any, count: int) -> list[Handset]:
    return [enrolled(PEOPLE[i % len(PEOPLE)]) for i in range(count)]


@contextmanager
def _failing_commits(of: str) -> Iterator[list[int]]:
    """Every commit that holds this device's first push fails; gives how many devices each commit knew of."""
    known: list[int] = []

    def fail(session: OrmSession) -> None:
        if session.in_nested_transaction():
            return
        devices = set(session.scalars(select(Contact.device_id)).all())
        known.append(len(devices))
        if of in devices:
            raise OSError("the disk is full")

    event.listen(Session, "before_commit", fail)
    try:
        yield known
    finally:
        event.remove(Session, "before_commit", fail)


@contextmanager
def _writer_kept_waiting(house: House) -> Iterator[None]:
    """Works gather into one group while somebody else writes."""
    house.db.submit(lambda _session: None).result(timeout=10)
    with house.db.transaction():
        waiting = house.db.submit(lambda _session: None)
        _until(waiting.running)  # its group is closed: what comes now is of the next
        yield


def _until_queued(house: House, count: int) -> None:
    _until(lambda: house.db._works.qsize() >= count)


def _until(so: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if so():
            return
        threading.Event().wait(0.01)
    raise AssertionError("the works never came")
