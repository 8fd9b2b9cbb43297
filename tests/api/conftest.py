"""The app over HTTP, once on SQLite and once on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.settings import Settings

MORNING = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
"""08:00 in Guangzhou."""


@pytest.fixture
def settings(store_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=store_url,
        testing=True,
        argon2_memory_kib=64,
        argon2_time_cost=1,
    )


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MORNING)


@pytest.fixture
def house(settings: Settings, clock: SetClock) -> Iterator[House]:
    made = build_house(settings, clock)
    yield made
    made.db.close()


@pytest.fixture
def app(settings: Settings, house: House) -> FastAPI:
    return create_app(settings, house=house)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made
