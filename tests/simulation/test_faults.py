"""The simulator finds what it is made to find: known faults, planted one at a time, each caught by its law."""

import pytest

from tests.simulation.faults import ALL, Fault
from tests.simulation.story import Run, report, shrink, tell

STEPS = 500
STEPS_MAX = 20_000
"""Within this many steps each planted fault is caught."""
STORY_MAX = 40
"""A shrunk story has no more actions than a person reads."""


@pytest.mark.parametrize("fault", ALL, ids=lambda fault: fault.name.replace(" ", "_"))
def test_a_planted_fault_is_caught_by_its_law(fault: Fault) -> None:
    played = 0
    with fault.plant() as made:
        for seed in range(STEPS_MAX // STEPS):
            broken, steps = tell(Run(seed, STEPS, "memory"), made)
            played += steps
            if broken is not None:
                break
    assert broken is not None, f"not caught in {played} steps"
    assert broken.law in fault.laws, broken.detail


def test_a_failing_seed_shrinks_to_a_story_that_a_person_can_read() -> None:
    fault = next(fault for fault in ALL if fault.name == "a policy is not commutative")
    with fault.plant() as made:
        runs = (Run(seed, STEPS, "memory") for seed in range(STEPS_MAX // STEPS))
        run, broken = next((run, broken) for run in runs if (broken := tell(run, made)[0]) is not None)
        shrunk = shrink(broken, run.store, made)
        told = report(run, shrunk, made)
    assert shrunk.law == "Merge"
    assert len(shrunk.actions) <= STORY_MAX < len(broken.actions)
    assert "high" in told
    assert f"seeds.txt: {run.text()}" in told
