"""Jobs: wished with the transaction, done once, tried again, and never lost to a killed worker."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from backend.kernel import jobs
from backend.kernel.audit import AuditEntry, record
from backend.kernel.clock import SetClock, SystemClock
from backend.kernel.context import Ctx
from backend.kernel.db import Database
from backend.kernel.events import Bus
from backend.kernel.http import House
from backend.kernel.jobs import JobRow, JobState, SlowJob, enqueue
from backend.kernel.module import Job, Module
from backend.kernel.settings import Settings
from backend.worker import Worker, drain, start_embedded
from sync.kinds import Registry

START = datetime(2026, 9, 1, 0, 30, tzinfo=UTC)
WAIT_S = 90.0


def make_house(url: str, data_dir: Path, clock: SetClock | SystemClock) -> House:
    def nobody(*_: object) -> Any:
        raise AssertionError

    settings = Settings(testing=True, data_dir=data_dir)
    return House(settings, clock, Database(url), Registry(()), Bus(), nobody)


def make_tables(house: House) -> None:
    with house.db.transaction() as session:
        for name in ("audit_entry", "job"):
            SQLModel.metadata.tables[name].create(session.connection())


@pytest.fixture
def house(empty_store_url: str, tmp_path: Path) -> Iterator[House]:
    house = make_house(empty_store_url, tmp_path, SetClock(START))
    make_tables(house)
    yield house
    house.db.close()


@contextmanager
def acting(house: House) -> Iterator[Ctx]:
    with house.db.transaction() as session:
        yield house.ctx(session)


def wish(house: House, name: str = "note", **more: Any) -> str:
    with acting(house) as ctx:
        return enqueue(ctx, name, {"word": "hello"}, **more)


def look(house: House, job_id: str) -> JobRow:
    with house.db.reading() as session:
        return session.get_one(JobRow, job_id)


def deeds(house: House) -> list[str]:
    with house.db.reading() as session:
        return list(session.exec(select(AuditEntry.deed).order_by(AuditEntry.seq)))  # type: ignore[arg-type]


def note(ctx: Ctx, args: dict[str, Any]) -> None:
    record(ctx, f"noted {args['word']}")


def module(run: Callable[[Ctx, dict[str, Any]], None] = note, **more: Any) -> list[Module]:
    return [Module("test", jobs=[Job("note", run, **more)])]


def pass_time(house: House, step: timedelta) -> None:
    assert isinstance(house.clock, SetClock)
    house.clock.pass_time(step)


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_job_is_done_once(house: House) -> None:
    job_id = wish(house)
    assert drain(house, module()) == 1
    assert drain(house, module()) == 0
    assert deeds(house) == ["noted hello"]
    row = look(house, job_id)
    assert row.done_at == START
    assert (row.tries, row.held_by, row.last_error) == (1, None, None)


def test_a_job_of_a_transaction_that_failed_was_never_wished(house: House) -> None:
    def wish_and_break() -> None:
        with acting(house) as ctx:
            enqueue(ctx, "note", {"word": "no"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        wish_and_break()
    assert drain(house, module()) == 0


def test_a_key_dedupes_also_after_the_job_is_done(house: House) -> None:
    first = wish(house, key="k")
    assert wish(house, key="k") == first
    drain(house, module())
    assert wish(house, key="k") == first
    assert drain(house, module()) == 0


def test_a_job_waits_for_its_time(house: House) -> None:
    wish(house, run_after=START + timedelta(hours=1))
    assert drain(house, module()) == 0
    pass_time(house, timedelta(hours=1))
    assert drain(house, module()) == 1


def test_a_job_may_bring_forth_another(house: House) -> None:
    def more(ctx: Ctx, args: dict[str, Any]) -> None:
        note(ctx, args)
        if args["word"] == "hello":
            enqueue(ctx, "note", {"word": "again"})

    wish(house)
    assert drain(house, module(more)) == 2
    assert deeds(house) == ["noted hello", "noted again"]


def test_a_failing_job_leaves_no_effect_comes_again_and_at_last_waits_for_a_person(house: House) -> None:
    broken = threading.Event()
    broken.set()

    def fragile(ctx: Ctx, args: dict[str, Any]) -> None:
        note(ctx, args)
        if broken.is_set():
            raise ValueError("the gateway is down")

    job_id = wish(house)
    for tries in range(1, jobs.TRIES_MAX + 1):
        assert drain(house, module(fragile)) == 1
        assert drain(house, module(fragile)) == 0, "it must wait before it comes again"
        assert look(house, job_id).tries == tries
        pass_time(house, jobs.RETRY_LAST)
    assert drain(house, module(fragile)) == 0
    assert deeds(house) == []
    row = look(house, job_id)
    assert row.failed_at is not None
    assert row.last_error == "ValueError: the gateway is down"
    with house.db.reading() as session:
        assert [r.id for r in jobs.list_jobs(session, JobState.failed)] == [job_id]

    broken.clear()
    with acting(house) as ctx:
        assert jobs.retry(ctx, job_id)
        assert not jobs.retry(ctx, job_id)
    assert drain(house, module(fragile)) == 1
    assert deeds(house) == ["jobs.retried", "noted hello"]
    with house.db.reading() as session:
        assert jobs.list_jobs(session, JobState.failed) == []
        assert [r.id for r in jobs.list_jobs(session, JobState.done)] == [job_id]


def test_pauses_grow_and_end() -> None:
    pauses = [jobs.pause(tries) for tries in range(1, jobs.TRIES_MAX + 1)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (jobs.RETRY_FIRST, jobs.RETRY_LAST)


def test_a_job_nobody_knows_fails_visibly(house: House) -> None:
    job_id = wish(house, "unheard.of")
    drain(house, module())
    assert "unheard.of" in (look(house, job_id).last_error or "")


def test_a_job_that_kills_its_worker_ends_too(house: House) -> None:
    job_id = wish(house)
    for _ in range(jobs.TRIES_MAX):
        with acting(house) as ctx:
            assert [job.id for job in jobs.claim(ctx, "doomed", 10)] == [job_id]
        pass_time(house, jobs.LEASE * 2)
    assert drain(house, module()) == 0
    assert look(house, job_id).failed_at is not None


def test_a_lease_that_is_renewed_is_not_taken_and_one_that_lapses_is(house: House) -> None:
    job_id = wish(house)
    with acting(house) as ctx:
        jobs.claim(ctx, "first", 10)
    pass_time(house, jobs.LEASE * 0.9)
    with acting(house) as ctx:
        jobs.renew(ctx, "first", {job_id})
    pass_time(house, jobs.LEASE * 0.9)
    assert drain(house, module()) == 0
    pass_time(house, jobs.LEASE)
    assert drain(house, module()) == 1
    with acting(house) as ctx:
        assert not jobs.finish(ctx, "first", job_id), "who lost the lease must not do the job a second time"
        jobs.fail(ctx, "first", job_id, "late")
    assert look(house, job_id).last_error is None


def test_slow_work_is_done_outside_the_writers_turn(house: House) -> None:
    def prepare(ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
        with acting(house) as other:  # would wait for ever if the job held the turn
            record(other, "meanwhile")
        return {"word": args["word"].upper()}

    wish(house)
    assert drain(house, [Module("test", jobs=[SlowJob("note", note, prepare=prepare)])]) == 1
    assert deeds(house) == ["meanwhile", "noted HELLO"]


def test_recurring_work_falls_due_once(house: House) -> None:
    def tick(ctx: Ctx, args: dict[str, Any]) -> None:
        record(ctx, args["due_at"])

    nightly = module(tick, schedule="0 8 * * *")
    assert drain(house, nightly, recurring=True) >= 1
    assert drain(house, nightly, recurring=True) == 0
    pass_time(house, timedelta(days=3))
    drain(house, nightly, recurring=True)
    assert deeds(house) == ["2026-09-01T08:00:00+08:00", "2026-09-04T08:00:00+08:00"]


def test_done_jobs_are_forgotten_failed_ones_are_not(house: House) -> None:
    done, failed = wish(house), wish(house, "unheard.of")
    for _ in range(jobs.TRIES_MAX):
        drain(house, module())
        pass_time(house, jobs.RETRY_LAST)
    pass_time(house, jobs.DONE_KEPT)
    drain(house, module(), recurring=True)
    with house.db.reading() as session:
        assert session.get(JobRow, done) is None
        assert session.get(JobRow, failed) is not None


def test_two_workers_share_the_work_and_nothing_is_done_twice(empty_store_url: str, tmp_path: Path) -> None:
    house = make_house(empty_store_url, tmp_path, SystemClock())
    make_tables(house)
    with acting(house) as ctx:
        for number in range(100):
            enqueue(ctx, "note", {"word": str(number)})
    workers = [start_embedded(house, module()) for _ in range(2)]
    until(lambda: len(deeds(house)) >= 100)
    for worker in workers:
        worker.stop()
    assert sorted(deeds(house)) == sorted(f"noted {n}" for n in range(100))
    house.db.close()


def test_an_embedded_worker_wakes_at_the_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.worker.POLL_S", 60.0)
    house = make_house(f"sqlite:///{tmp_path / 'jobs.db'}", tmp_path, SystemClock())
    make_tables(house)
    worker = start_embedded(house, module())
    time.sleep(0.2)
    wish(house)
    until(lambda: deeds(house) == ["noted hello"])
    worker.stop()
    house.db.close()


def test_a_stopping_worker_finishes_what_it_does_and_gives_the_rest_back(tmp_path: Path) -> None:
    house = make_house(f"sqlite:///{tmp_path / 'jobs.db'}", tmp_path, SystemClock())
    make_tables(house)
    begun, go_on = threading.Event(), threading.Event()

    def prepare(_ctx: Ctx, args: dict[str, Any]) -> dict[str, Any]:
        begun.set()
        assert go_on.wait(WAIT_S)
        return args

    for _ in range(12):
        wish(house)
    worker = start_embedded(house, [Module("test", jobs=[SlowJob("note", note, prepare=prepare)])])
    assert begun.wait(WAIT_S)
    until(lambda: len(worker._held) >= 12)
    worker.ask_to_stop()
    go_on.set()
    worker.stop()
    with house.db.reading() as session:
        rows = [row for row in jobs.list_jobs(session) if row.name == "note"]
        assert all(row.held_by is None for row in rows)
        assert len(deeds(house)) == sum(row.done_at is not None for row in rows) > 0
    house.db.close()


VICTIM = """
import sys, time
from pathlib import Path
from sqlmodel import Session
sys.path[:0] = [{root!r}, {here!r}]
from test_jobs import *
from backend.worker import run_worker

folder = Path(sys.argv[2])

def prepare(ctx, args):
    (folder / "begun").touch()
    while (folder / "stall").exists():
        time.sleep(0.01)
    return args

modules = [Module("test", jobs=[SlowJob("note", note, prepare=prepare)])]
run_worker(make_house(sys.argv[1], folder, SystemClock()), modules)
"""


@contextmanager
def victim(url: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    here = Path(__file__)
    code = VICTIM.format(root=str(here.parents[3]), here=str(here.parent))
    environment = {**os.environ, "PYTHONWARNINGS": ""}
    with subprocess.Popen([sys.executable, "-c", code, url, str(folder)], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def test_jobs_survive_kill_9_and_act_once(empty_store_url: str, tmp_path: Path) -> None:
    house = make_house(empty_store_url, tmp_path, SystemClock())
    make_tables(house)
    (tmp_path / "stall").touch()
    for _ in range(3):
        wish(house)
    with victim(empty_store_url, tmp_path) as first:
        until((tmp_path / "begun").exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert deeds(house) == []

    (tmp_path / "stall").unlink()
    with victim(empty_store_url, tmp_path) as successor:
        until(lambda: len(deeds(house)) >= 3)
        successor.send_signal(signal.SIGTERM)
        assert successor.wait(WAIT_S) == 0
    assert deeds(house) == ["noted hello"] * 3
    with house.db.reading() as session:
        assert all(row.done_at and not row.held_by for row in jobs.list_jobs(session))
    house.db.close()


def test_worker_names_are_stable_and_never_shared(house: House) -> None:
    first, second = Worker(house, ()), Worker(house, ())
    with first.named(), second.named():
        assert first._name != second._name
        held = first._name
    with second.named():
        assert second._name == held
