"""On which stores a test runs."""

from collections.abc import Collection

import pytest


def run_on_stores(metafunc: pytest.Metafunc, on_both: Collection[str]) -> None:
    """Every test that touches a store runs on SQLite; those named on both."""
    if "store_url" in metafunc.fixturenames:
        stores = ["sqlite", "postgres"] if metafunc.function.__name__ in on_both else ["sqlite"]
        metafunc.parametrize("store_url", stores, indirect=True)
