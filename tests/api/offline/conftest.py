"""The district of the handsets' tests, for work that goes on off line while the desks go on too."""

import pytest

from tests.api.cases.loop import Loop
from tests.api.handsets.conftest import Field, crews, district, founded_postgres, founded_sqlite, store_url
from tests.api.offline.city import City
from tests.api.offline.rounds import Rounds
from tests.stores import run_on_stores

__all__ = ["crews", "district", "founded_postgres", "founded_sqlite", "store_url"]

ON_BOTH = {
    "test_two_days_off_line_and_every_act_is_accounted_for",
    "test_joint_work_is_done_when_the_last_part_is",
    "test_work_in_a_halted_area_stands_still_and_goes_on",
    "test_a_component_edited_by_two_is_approved_once_and_the_other_proposal_stays_visible",
    "test_components_are_listed_by_what_is_asked_and_only_where_one_works",
    "test_a_changed_plan_keeps_what_was_given_out_and_changes_the_rest",
}
"""What asks the database something of its own runs on PostgreSQL too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on SQLite; those of ON_BOTH on both stores."""
    run_on_stores(metafunc, ON_BOTH)


@pytest.fixture
def rounds(crews: Field) -> Rounds:
    """Orders in a test's hands."""
    return Rounds(crews)


@pytest.fixture
def loop(crews: Field) -> Loop:
    """Cases in a test's hands."""
    return Loop(crews)


@pytest.fixture
def city(crews: Field) -> City:
    """Components in a test's hands."""
    return City(crews)
