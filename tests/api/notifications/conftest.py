"""The district of the handsets' tests: founded once, with real phones."""

import pytest

from tests.api.handsets.conftest import crews, district, founded_postgres, founded_sqlite, store_url

__all__ = ["crews", "district", "founded_postgres", "founded_sqlite", "store_url"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On both stores, where a module does not say that only some of its tests gain by it."""
    if "store_url" in metafunc.fixturenames:
        both = getattr(metafunc.module, "ON_BOTH_STORES", None)
        everywhere = both is None or metafunc.function.__name__ in both
        metafunc.parametrize("store_url", ["sqlite", "postgres"] if everywhere else ["sqlite"], indirect=True)
