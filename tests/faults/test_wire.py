"""A wire that cuts, delays, flips bits and repeats: nothing is lost, doubled, or taken for what it is not."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.drive import network
from tests.faults.crowd import at_work, enlist
from tests.faults.laws import broken_laws, taken
from tests.faults.proxy import FAULTS, BadWire
from tests.faults.server import RealServer

CREW = ("crew", "mate", "gardener", "crew")


@pytest.fixture
def server(store_url: str, tmp_path: Path) -> Iterator[RealServer]:
    """A server that is not running yet."""
    made = RealServer(store_url, tmp_path)
    yield made
    made.end()


def through_a_bad_wire(server: RealServer, folder: Path, seconds: float, seed: int) -> list[str]:
    """The crowd works through the bad wire; gives the laws that are broken when it has healed."""
    district = server.found()
    server.start()
    with BadWire(server.port, seed, rate=0.25) as wire:
        workers = enlist(server, district, CREW, folder, seed, url=wire.url)
        with at_work(workers):
            until_s = time.monotonic() + 6 * seconds
            time.sleep(seconds)
            while set(wire.happened) != set(FAULTS) and time.monotonic() < until_s:
                time.sleep(0.1)
        wire.calm()
        for _ in range(2):  # what one sends last, the others fetch after it
            for worker in workers:
                worker.settle()
        broken = broken_laws(server, workers)
    assert set(wire.happened) == set(FAULTS), wire.happened
    assert taken(workers) > 5 * seconds
    assert "Traceback" not in server.words()
    return broken


@pytest.mark.long
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_wire_that_cuts_flips_and_repeats_loses_and_falsifies_nothing(server: RealServer, tmp_path: Path) -> None:
    assert through_a_bad_wire(server, tmp_path, 5.0, seed=1) == []


@pytest.mark.full
@pytest.mark.parametrize("seed", [2, 3])
def test_a_bad_wire_for_long_loses_and_falsifies_nothing(server: RealServer, tmp_path: Path, seed: int) -> None:
    assert through_a_bad_wire(server, tmp_path, 60.0, seed) == []


@pytest.mark.full
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_without_digests_flipped_bits_would_be_taken_for_the_truth(
    server: RealServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the laws see what the digests prevent."""
    believe: Callable[[str, bytes], bool] = lambda _header, _body: True  # noqa: E731 - stands for a check left out
    monkeypatch.setattr(network, "is_whole", believe)
    monkeypatch.setattr(network, "content_digest", lambda _body: "")
    try:
        assert through_a_bad_wire(server, tmp_path, 30.0, seed=4) != []
    except (AssertionError, KeyError, ValueError, TypeError):
        return  # a phone that was told nonsense never came to rest
