"""Two gas workers with reference handsets, a desk, one cylinder, two customers."""

import pytest

from tests.api.gas_conflicts.round import Round, round_of
from tests.api.handsets.conftest import (
    Field,
    crews,
    district,
    founded_postgres,
    founded_sqlite,
    store_url,
)
from tests.stores import run_on_stores

__all__ = ["crews", "district", "founded_postgres", "founded_sqlite", "store_url"]
ON_BOTH = {
    "test_c2_of_two_deliveries_the_better_proved_is_believed",
    "test_c10_nobody_met_and_a_cylinder_handed_over_in_one_visit_is_a_case",
}
"""What asks the database something of its own runs on PostgreSQL too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on SQLite; those of ON_BOTH on both stores."""
    run_on_stores(metafunc, ON_BOTH)


@pytest.fixture
def round_(crews: Field) -> Round:
    """One cylinder between two workers without a network."""
    return round_of(crews)
