"""The district of the handsets' tests: founded once, with real phones."""

from tests.api.handsets.conftest import (
    crews,
    district,
    founded_postgres,
    founded_sqlite,
    pytest_generate_tests,
    store_url,
)

__all__ = ["crews", "district", "founded_postgres", "founded_sqlite", "pytest_generate_tests", "store_url"]
