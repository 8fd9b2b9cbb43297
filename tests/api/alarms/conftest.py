"""The district of the handsets' tests: founded once, with real phones."""

import pytest

from tests.api.handsets.conftest import crews, district, founded_postgres, founded_sqlite, store_url
from tests.stores import run_on_stores

__all__ = ["crews", "district", "founded_postgres", "founded_sqlite", "store_url"]

ON_BOTH = {
    "test_a_call_for_help_of_a_phone_that_was_offline_is_seen_and_its_sender_reads_by_whom",
    "test_an_alarm_that_nobody_sees_is_told_to_wider_circles",
    "test_what_nobody_has_seen_stands_before_all_else",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on SQLite; those of ON_BOTH on both stores."""
    run_on_stores(metafunc, ON_BOTH)
