"""Random days of bad phones, bad networks and a mortal server, played against the laws of sync.

Without SEEDS: some 200,000 steps. `make sim` plays a million and more; `SEEDS=20000 make sim` a night.
"""

import os
from pathlib import Path

import pytest

from tests.simulation.story import Run, play

STEPS = 500
SEEDS = int(os.environ.get("SEEDS", "400"))
SEEDS_A_BLOCK = 8
SQL_SHARE = 25
"""One seed in so many is played once more on SQLite, and one in twice as many with the phones' stores in files."""
KNOWN = Path(__file__).parent / "seeds.txt"


def blocks(seeds: int) -> list[range]:
    """Runs of seeds, so that workers share them."""
    return [range(first, min(first + SEEDS_A_BLOCK, seeds)) for first in range(0, seeds, SEEDS_A_BLOCK)]


def named(block: range) -> str:
    return f"{block.start}-{block.stop - 1}"


def known() -> list[Run]:
    """Runs that once broke a law."""
    lines = [line.partition("#")[0].split() for line in KNOWN.read_text().splitlines()]
    return [Run(int(line[0]), int(line[1]), line[2]) for line in lines if line]


@pytest.mark.parametrize("block", blocks(SEEDS), ids=named)
def test_every_law_holds_in_memory(block: range) -> None:
    assert all(play(Run(seed, STEPS, "memory")) >= STEPS for seed in block)


@pytest.mark.parametrize("seed", range(0, SEEDS, SQL_SHARE))
def test_every_law_holds_on_sqlite(seed: int) -> None:
    assert play(Run(seed, STEPS, "sqlite")) >= STEPS


@pytest.mark.parametrize("seed", range(1, SEEDS, SQL_SHARE * 2))
def test_every_law_holds_with_the_phones_stores_in_files(seed: int) -> None:
    assert play(Run(seed, STEPS, "files")) >= STEPS


@pytest.mark.full
@pytest.mark.parametrize("seed", range(1_000_000, 1_000_000 + max(SEEDS // 50, 8)))
def test_every_law_holds_through_a_long_life(seed: int) -> None:
    assert play(Run(seed, 10 * STEPS, "memory")) >= 10 * STEPS


@pytest.mark.parametrize("run", known(), ids=Run.text)
def test_what_once_broke_a_law_breaks_it_no_more(run: Run) -> None:
    assert play(run) >= run.steps
