"""The district of the cases' tests, for scenes."""

import pytest

from tests.api.cases.conftest import crews, district, founded_postgres, founded_sqlite, loop, store_url
from tests.stores import run_on_stores

__all__ = ["crews", "district", "founded_postgres", "founded_sqlite", "loop", "store_url"]
ON_BOTH = {"test_a_new_trade_is_a_file_and_is_worked_on_a_handset"}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test runs on SQLite; those of ON_BOTH on both stores."""
    run_on_stores(metafunc, ON_BOTH)
