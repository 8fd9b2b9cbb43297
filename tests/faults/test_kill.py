"""The real server is killed without warning under load, again and again: what it acknowledged is there exactly once."""

import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.faults.crowd import at_work, enlist
from tests.faults.laws import broken_laws, taken
from tests.faults.server import RealServer
from tests.makers import District

CREW = ("crew", "mate", "gardener", "crew", "collector", "mate")


@pytest.fixture
def server(store_url: str, tmp_path: Path) -> Iterator[RealServer]:
    """A server that is not running yet."""
    made = RealServer(store_url, tmp_path)
    yield made
    made.end()


def killed_and_killed_again(server: RealServer, kills: int, folder: Path, seed: int, crew: Sequence[str]) -> None:
    """The crowd works while the server dies `kills` times, at any moment, just before a commit, or just after one and
    before anybody is told; then all laws are looked at."""
    district: District = server.found()
    server.start()
    workers = enlist(server, district, crew, folder, seed)
    chance = random.Random(seed)
    with at_work(workers):
        for each in range(kills):
            if each % 3 == 0:
                time.sleep(chance.uniform(0.2, 1.2))
                server.kill()
            else:
                server.die()
            when = ("after", "before", "")[each % 3]
            server.start(mortal=when and f"{when} {chance.randint(2, 25)}")
        time.sleep(0.5)
    for _ in range(2):  # what one sends last, the others fetch after it
        for worker in workers:
            worker.settle()
    assert broken_laws(server, workers) == []
    assert taken(workers) > 20 * kills, "too little was done for the kills to mean anything"


@pytest.mark.long
def test_a_server_killed_under_load_keeps_what_it_acknowledged_and_nothing_twice(
    server: RealServer, tmp_path: Path
) -> None:
    killed_and_killed_again(server, 3, tmp_path, 1, CREW[:4])


@pytest.mark.full
@pytest.mark.parametrize("seed", [2])
def test_a_server_killed_many_times_keeps_what_it_acknowledged(server: RealServer, tmp_path: Path, seed: int) -> None:
    killed_and_killed_again(server, 12, tmp_path, seed, CREW)
