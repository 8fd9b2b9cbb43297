"""Sequence order is commit order: no reader sees n+1 before n, however long a writer holds its transaction open."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from backend.kernel.db import Database
from backend.kernel.journaling import journal_of
from sync.journal import RowChange, Writer
from tests.unit.sync.replica import ANN, Replica, follow

SCOPE = "team:1"
WRITERS, WRITES = 4, 20
Pair = tuple[Database, Database]


def row_id(number: int) -> str:
    return f"{number:08x}-0000-7000-8000-000000000000"


@pytest.fixture(params=["one house", "two houses"])
def pair(request: pytest.FixtureRequest, store_url: str) -> Iterator[Pair]:
    """Two that write to one store: through the same house, or each from a house of its own."""
    first = Database(store_url)
    second = first if request.param == "one house" else Database(store_url)
    with first.transaction() as session:
        journal_of(session).set_user_scopes(ANN, [SCOPE])
    yield first, second
    second.close()
    first.close()


def write(db: Database, number: int, *, meanwhile: Callable[[], None] = lambda: None) -> int:
    """Records one row in one transaction; `meanwhile` happens between its number and its commit."""
    with db.transaction() as session:
        [ver] = journal_of(session).record(
            [RowChange("order", row_id(number), {"number": number}, frozenset([SCOPE]))], Writer()
        )
        meanwhile()
    return ver


def seen(db: Database, after: int = 0) -> list[int]:
    """The versions that a reader finds beyond `after`."""
    with db.reading() as session:
        return [entry.ver for entry in journal_of(session).changed([SCOPE], [SCOPE], after, 10_000)]


def pull(db: Database, replica: Replica) -> None:
    """Lets the handset follow to the end, on one snapshot a page."""
    with db.reading() as session:
        follow(journal_of(session), replica, 100_000)


def test_while_one_holds_its_transaction_open_no_other_commits_and_readers_see_neither(pair: Pair) -> None:
    first, second = pair
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        assert let_go.wait(10)

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(write, first, 1, meanwhile=hold)
        assert held.wait(10)
        quick = pool.submit(write, second, 2)
        replica = Replica(ANN)
        for _ in range(5):
            assert seen(first) == seen(second) == []
            pull(second, replica)
            assert replica.rows == {}
        assert not quick.done()
        let_go.set()
        assert (slow.result(10), quick.result(10)) == (2, 3)
    pull(first, replica)
    assert sorted(row[0] for row in replica.rows.values()) == [2, 3]


def test_what_is_rolled_back_leaves_no_number_missing(pair: Pair) -> None:
    first, second = pair

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(first, 1, meanwhile=fail)
    assert write(second, 2) == 2
    assert seen(first) == [2]


def test_a_reader_keeps_its_snapshot_while_others_commit(pair: Pair) -> None:
    first, second = pair
    write(first, 1)
    with first.reading() as session:
        journal = journal_of(session)
        assert journal.head() == 2
        write(second, 2)
        assert journal.head() == 2
        assert [entry.ver for entry in journal.changed([SCOPE], [], 0, 10)] == [2]
        assert journal.scope_states([SCOPE])[SCOPE].rows == 1
    assert seen(first) == [2, 3]


def test_readers_that_follow_many_writers_miss_nothing(pair: Pair) -> None:
    """Each transaction takes one number, so whatever a reader finds beyond its cursor has no hole."""
    done = threading.Event()

    def keep_writing(writer: int) -> None:
        for i in range(WRITES):
            write(pair[writer % 2], 1_000 * (writer + 1) + i)

    def keep_reading(db: Database) -> Replica:
        replica, last = Replica(ANN), 1
        while not done.is_set() or len(replica.rows) < WRITERS * WRITES:
            found = seen(db, last)
            assert found == list(range(last + 1, last + 1 + len(found)))
            last = found[-1] if found else last
            pull(db, replica)
            assert replica.sum_of(SCOPE) == replica.digests.get(SCOPE, replica.sum_of(SCOPE))
        return replica

    with ThreadPoolExecutor(WRITERS + 2) as pool:
        readers: list[Future[Replica]] = [pool.submit(keep_reading, db) for db in pair]
        for writing in [pool.submit(keep_writing, writer) for writer in range(WRITERS)]:
            writing.result(60)
        done.set()
        for reading in readers:
            assert len(reading.result(60).rows) == WRITERS * WRITES


def test_works_that_share_a_commit_are_seen_together_or_not_at_all(pair: Pair) -> None:
    first, second = pair
    works = [
        first.submit(
            lambda session, number=number: journal_of(session).record(
                [RowChange("order", row_id(number), {"number": number}, frozenset([SCOPE]))], Writer()
            )
        )
        for number in range(50)
    ]
    for done_so_far, work in enumerate(works, start=1):
        [ver] = work.result(30)
        assert ver == done_so_far + 1
        assert seen(second)[:done_so_far] == list(range(2, done_so_far + 2)), "answered before it was durable"
