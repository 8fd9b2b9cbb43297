"""One writer at a time, one commit, and a turn that is always passed on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from backend.kernel import db as kernel_db
from backend.kernel.db import Database, driver_of
from backend.kernel.errors import Busy


@pytest.fixture
def db(store_url: str) -> Iterator[Database]:
    made = Database(store_url)
    with made.transaction() as session:
        session.connection().execute(text("CREATE TABLE told (n INTEGER PRIMARY KEY)"))
    yield made
    made.close()


def add(n: int) -> object:
    return lambda session: session.connection().execute(text("INSERT INTO told VALUES (:n)"), {"n": n})


def kept(db: Database) -> list[int]:
    with db.reading() as session:
        return list(session.connection().execute(text("SELECT n FROM told ORDER BY n")).scalars())


def test_works_of_a_group_fail_alone(db: Database) -> None:
    futures = [db.submit(add(n)) for n in (1, 2, 2, 3)]
    faults = [future.exception(30) for future in futures]
    assert [fault is None for fault in faults] == [True, True, False, True]
    assert kept(db) == [1, 2, 3]


def test_a_commit_that_fails_tells_nobody_that_it_succeeded(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, failures = Session.commit, [1]

    def fails_once(self: Session) -> None:
        if failures:
            failures.pop()
            raise OSError("disk full")
        commit(self)

    monkeypatch.setattr(Session, "commit", fails_once)
    with pytest.raises(OSError), db.transaction() as session:
        add(1)(session)
    assert kept(db) == []
    failures.append(1)
    assert [f.exception(30) for f in [db.submit(add(n)) for n in (2, 3)]].count(None) >= 1
    assert db.submit(add(4)).exception(30) is None


def test_the_turn_is_passed_on_though_closing_fails(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    close = Session.close

    def breaks(self: Session) -> None:
        close(self)
        raise OSError("the connection is gone")

    monkeypatch.setattr(Session, "close", breaks)
    with pytest.raises(OSError), db.transaction() as session:
        add(1)(session)
    monkeypatch.undo()
    with db.transaction() as session:
        add(2)(session)
    assert kept(db) == [1, 2]


def test_who_waits_too_long_is_told_to_come_again(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_db, "WRITE_WAIT_S", 0.1)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with db.transaction():
            held.set()
            go.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    with pytest.raises(Busy):
        db.begin()
    go.set()
    holder.join()


def test_a_second_process_that_waits_too_long_is_told_the_same(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_db, "WRITE_WAIT_S", 1.0)
    first, second = Database(store_url), Database(store_url)
    with first.transaction(), pytest.raises(Busy):
        second.begin()
    with second.transaction() as session:
        session.connection().execute(text("SELECT 1"))
    first.close()
    second.close()


def test_a_reader_cannot_write(db: Database) -> None:
    with db.reading() as session, pytest.raises(Exception, match="read"):
        add(9)(session)


def test_what_follows_a_commit_may_fail_and_harms_nothing(db: Database) -> None:
    db.after_commit.append(lambda _session: (_ for _ in ()).throw(RuntimeError("no poke")))
    with db.transaction() as session:
        add(1)(session)
    assert kept(db) == [1]


def test_every_connection_of_sqlite_is_durable(tmp_path: object) -> None:
    db = Database(f"sqlite:///{tmp_path}/x.db")
    seen: list[tuple[int, str]] = []
    with db.transaction() as session:
        seen.append(
            (
                session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one(),
                session.connection().exec_driver_sql("PRAGMA journal_mode").scalar_one(),
            )
        )
    assert seen == [(2, "wal")]
    db.close()


TOLD = "SELECT n FROM told WHERE n > ? ORDER BY n"


def glanced(db: Database, after: int) -> list[int]:
    with db.glance() as session:
        return [n for (n,) in driver_of(session).rows(TOLD, after)]


def test_a_glance_sees_every_commit_whoever_made_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'glanced.db'}"
    db, other = Database(url), Database(url)
    with db.transaction() as session:
        session.connection().execute(text("CREATE TABLE told (n INTEGER PRIMARY KEY)"))
    assert glanced(db, 0) == []
    for n, writer in enumerate((db, other, db, other), 1):
        assert writer.submit(add(n)).exception(30) is None
        assert [glanced(db, 0) for _ in range(2)] == [list(range(1, n + 1))] * 2
        assert glanced(db, n - 1) == [n]
    db.close()
    other.close()


def test_a_glance_is_one_snapshot_though_others_commit_meanwhile(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'glanced.db'}")
    with db.transaction() as session:
        session.connection().execute(text("CREATE TABLE told (n INTEGER PRIMARY KEY)"))
    assert glanced(db, 0) == []
    with db.glance() as session:
        assert driver_of(session).rows(TOLD, 0) == []
        assert db.submit(add(1)).exception(30) is None
        assert driver_of(session).rows(TOLD, 0) == driver_of(session).rows(TOLD, -1) == []
    assert glanced(db, 0) == glanced(db, -1) == [1]
    db.close()


def test_a_glance_that_failed_leaves_the_next_one_whole(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'glanced.db'}")
    with pytest.raises(OperationalError):
        glanced(db, 0)
    assert db.submit(lambda session: session.connection().execute(text("CREATE TABLE told (n)"))).exception(30) is None
    assert glanced(db, 0) == []
    db.close()
