"""Hard zeros under parallel pushes on both databases, without any fault: nothing missing, skipped, told falsely or
shown beyond its scope."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crowd import Worker, at_work, enlist
from tests.faults.laws import broken_laws, taken
from tests.faults.server import RealServer

CREW = ("crew", "mate", "gardener", "crew", "mate", "collector", "crew", "gardener")
SECONDS, SECONDS_LONG = 4.0, 60.0


@pytest.fixture
def server(store_url: str, tmp_path: Path) -> Iterator[RealServer]:
    """A server that is not running yet."""
    made = RealServer(store_url, tmp_path)
    yield made
    made.end()


class Follower:
    """A phone that only follows: what each of its pulls brought, in the order it came."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.versions: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def _follow(self) -> None:
        while not self._over.is_set():
            self.worker.phone.sync(photos=False)
            rows = self.worker.phone.store.rows(self.worker.phone.user)
            self.versions.append(max((row.ver for row in rows), default=0))
            assert self.worker.phone.handset().drifted() == []

    def __enter__(self) -> "Follower":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def parallel(server: RealServer, folder: Path, seconds: float, seed: int) -> None:
    """Everybody pushes at once while one follows; then all laws are looked at."""
    district = server.found()
    server.start()
    workers = enlist(server, district, (*CREW, "mate"), folder, seed)
    *crowd, last = workers
    with Follower(last) as follower, at_work(crowd, deeds=12):
        time.sleep(seconds)
    for _ in range(2):  # what one sends last, the others fetch after it
        for worker in workers:
            worker.settle()
    assert broken_laws(server, workers) == []
    assert follower.versions == sorted(follower.versions)
    assert len(set(follower.versions)) > 3, "it never followed anything"
    assert taken(workers) > 20 * seconds


@pytest.mark.long
def test_parallel_pushes_lose_skip_and_falsify_nothing(server: RealServer, tmp_path: Path) -> None:
    parallel(server, tmp_path, SECONDS, seed=7)


@pytest.mark.full
def test_a_minute_of_parallel_pushes_loses_skips_and_falsifies_nothing(server: RealServer, tmp_path: Path) -> None:
    parallel(server, tmp_path, SECONDS_LONG, seed=8)
