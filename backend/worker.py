"""The worker: runs jobs as they fall due, in its own process or inside the demo's server."""

import contextlib
import fcntl
import platform
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.orm import Session as OrmSession

from backend.kernel import jobs
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.cron import last_due, parse
from backend.kernel.http import House
from backend.kernel.jobs import Handed, SlowJob
from backend.kernel.module import Job, Module

THREADS = 4
CLAIM_MAX = 16
"""Jobs taken in one transaction."""
POLL_S = 0.5
HEARTBEAT_S = jobs.LEASE.total_seconds() / 3
SCHEDULE_S = 15.0
CATCH_UP = timedelta(days=7)
"""A recurring job that fell due while no worker ran is made up for, once, when it is no older."""
SLOTS_MAX = 64

log = structlog.get_logger("worker")


def run_worker(house: House, modules: Sequence[Module]) -> None:
    """Runs jobs until SIGTERM or SIGINT; what is in hand then is finished first."""
    worker = Worker(house, modules)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.ask_to_stop())
    worker.run()


def start_embedded(house: House, modules: Sequence[Module]) -> "Worker":
    """Runs jobs on threads of this process until `stop()`, which must precede `house.db.close()`."""
    worker = Worker(house, modules)
    worker.start()
    return worker


def drain(house: House, modules: Sequence[Module], *, recurring: bool = False) -> int:
    """Runs on the caller's thread all that is due now, also what that brings forth; returns how many. For tests."""
    worker, done = Worker(house, modules), 0
    with worker.named():
        if recurring:
            worker.wish_recurring()
        while handed := worker.claim():
            for job in handed:
                worker.work(job)
            done += len(handed)
    return done


class Worker:
    """One executor. Its name is stable: a slot of this machine and data folder, free again when the process dies."""

    def __init__(self, house: House, modules: Sequence[Module]) -> None:
        self._house = house
        self._jobs: dict[str, Job] = {_PRUNE.name: _PRUNE} | {job.name: job for m in modules for job in m.jobs}
        self._watchful = [(job.name, job.due) for job in self._jobs.values() if job.due]
        self._recurring = [(job.name, parse(job.schedule)) for job in self._jobs.values() if job.schedule]
        self._name = ""
        self._held: set[str] = set()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._beat_at = self._scheduled_at = 0.0

    def start(self) -> None:
        """Runs on a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="gridcrew-worker", daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Takes no more work."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """Takes no more work and waits until what is in hand is finished."""
        self.ask_to_stop()
        if self._thread is not None:
            self._thread.join()

    def run(self) -> None:
        """Runs jobs until asked to stop."""
        self._house.db.after_commit.append(self._woken)
        pool = ThreadPoolExecutor(THREADS, thread_name_prefix="gridcrew-job")
        with self.named():
            log.info("worker started", worker=self._name, jobs=sorted(self._jobs))
            try:
                while not self._stopping.is_set():
                    self._turn(pool)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
                self._house.db.after_commit.remove(self._woken)
        log.info("worker stopped", worker=self._name)

    def _turn(self, pool: ThreadPoolExecutor) -> None:
        self._wake.clear()
        try:
            self._keep_up()
            handed = self.claim() if len(self._held) < CLAIM_MAX else []
        except Exception:
            log.exception("the worker could not reach its jobs")
            handed = []
        for job in handed:
            pool.submit(self.work, job)
        if len(handed) < CLAIM_MAX:
            self._wake.wait(POLL_S)

    def _keep_up(self) -> None:
        now_s = self._house.clock.monotonic_s()
        if self._held and now_s - self._beat_at >= HEARTBEAT_S:
            with self._acting() as ctx:
                jobs.renew(ctx, self._name, set(self._held))
            self._beat_at = now_s
        if not self._scheduled_at or now_s - self._scheduled_at >= SCHEDULE_S:
            self.wish_recurring()
            self._scheduled_at = now_s

    def _woken(self, session: OrmSession) -> None:
        if session.info.get(jobs.ENQUEUED):
            self._wake.set()

    @contextlib.contextmanager
    def named(self) -> Iterator[None]:
        """Holds the name of a free slot; what a killed worker of that name had in hand is due again at once."""
        with _slot(self._house.settings.data_dir) as number:
            self._name = f"{platform.node()[:60]}:{number}"
            self._release()
            try:
                yield
            finally:
                self._release()

    def _release(self) -> None:
        with self._acting() as ctx:
            if count := jobs.release(ctx, self._name):
                log.warning("jobs were given back", worker=self._name, jobs=count)

    def wish_recurring(self) -> None:
        """Enqueues what recurs and has fallen due, and what found something to do; the key keeps many workers from
        wishing it twice."""
        now = self._house.clock.now().astimezone(DISTRICT_ZONE)
        for name, cron in self._recurring:
            due_at = last_due(cron, now, CATCH_UP)
            key = f"{name}@{due_at.isoformat()}" if due_at else ""
            if due_at and not self._wished(key):
                with self._acting() as ctx:
                    jobs.enqueue(ctx, name, {"due_at": due_at.isoformat()}, key=key)

        turn = int(now.timestamp() // SCHEDULE_S)
        for name, is_due in self._watchful:
            key = f"{name}#{turn}"
            if self._due(is_due) and not self._wished(key):
                with self._acting() as ctx:
                    jobs.enqueue(ctx, name, {}, key=key)

    def _due(self, is_due: Callable[[Ctx], bool]) -> bool:
        with self._house.db.reading() as session:
            return is_due(self._house.ctx(session))

    def _wished(self, key: str) -> bool:
        with self._house.db.reading() as session:
            return jobs.is_wished(session, key)

    def claim(self) -> list[Handed]:
        """Takes what is due into this worker's hands."""
        with self._house.db.reading() as session:
            if not jobs.any_due(session, self._house.clock.now()):
                return []
        with self._acting() as ctx:
            handed = jobs.claim(ctx, self._name, CLAIM_MAX)
        self._held.update(job.id for job in handed)
        return handed

    def work(self, handed: Handed) -> None:
        """Does one job: its effect and its end commit together; a fault is kept with the job for its next try."""
        try:
            if not self._stopping.is_set():
                self._do(handed)
        except Exception as fault:
            log.warning("job failed", job=handed.name, job_id=handed.id, exc_info=fault)
            self._keep_fault(handed, fault)
        finally:
            self._held.discard(handed.id)
            self._wake.set()

    def _do(self, handed: Handed) -> None:
        job, args = self._jobs[handed.name], handed.args
        if isinstance(job, SlowJob) and job.prepare is not None:
            with self._house.db.reading() as session:
                args = job.prepare(self._house.ctx(session), args)
        with self._acting() as ctx:
            if jobs.finish(ctx, self._name, handed.id):
                job.run(ctx, args)

    def _keep_fault(self, handed: Handed, fault: Exception) -> None:
        try:
            with self._acting() as ctx:
                after = timedelta(seconds=fault.after_s) if isinstance(fault, jobs.Later) else None
                jobs.fail(ctx, self._name, handed.id, f"{type(fault).__name__}: {fault}", after)
        except Exception:
            log.exception("a job's fault could not be kept; its lease will lapse", job_id=handed.id)

    @contextlib.contextmanager
    def _acting(self) -> Iterator[Ctx]:
        with self._house.db.transaction() as session:
            yield self._house.ctx(session)


@contextlib.contextmanager
def _slot(data_dir: Path) -> Iterator[int]:
    """The lowest slot that no living worker of this data folder holds."""
    data_dir.mkdir(parents=True, exist_ok=True)
    for number in range(SLOTS_MAX):
        with (data_dir / f"worker-{number}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield number
            return
    raise RuntimeError(f"{SLOTS_MAX} workers run on {data_dir} already")


def _prune(ctx: Ctx, _args: dict[str, Any]) -> None:
    jobs.prune(ctx)


_PRUNE = Job("jobs.prune", _prune, schedule="17 3 * * *")
