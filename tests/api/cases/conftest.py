"""The district of the handsets' tests, and a loop of cases in it."""

import pytest

from tests.api.cases.loop import Loop
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
    "test_a_case_goes_round_the_whole_loop_with_the_field_off_line",
    "test_lists_are_narrowed_searched_and_paged",
    "test_a_near_case_is_looked_at_before_a_second_is_registered",
    "test_a_limit_is_told_of_by_its_shares_each_once",
    "test_work_on_a_case_that_was_cancelled_afterwards_is_kept_and_decided",
    "test_a_case_refers_to_the_version_of_its_code_and_keeps_to_it",
    "test_a_case_goes_to_a_unit_that_answers_for_it",
    "test_a_clock_that_crossed_an_unpublished_year_is_counted_anew_and_no_other",
    "test_a_case_is_handled_when_the_last_of_its_orders_is_done",
    "test_words_of_two_characters_are_found_in_title_note_and_address",
    "test_the_longest_overdue_comes_first_and_pages_go_on",
    "test_no_list_reads_all_cases",
}
"""What asks the database something of its own runs on PostgreSQL too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on SQLite; those of ON_BOTH on both stores."""
    run_on_stores(metafunc, ON_BOTH)


@pytest.fixture
def loop(crews: Field) -> Loop:
    """Cases in a test's hands."""
    return Loop(crews)
