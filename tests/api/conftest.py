"""The app over HTTP, once on SQLite and once on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import State

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.settings import Settings
from tests.makers import District, Handset, Signed, enrol, found, signed

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


_apps: dict[int, FastAPI] = {}
"""One app serves the tests of a process, each with a house of its own: routers remember every app they were put into,
so a thousand apps would fill the memory."""


@pytest.fixture
def app(settings: Settings, house: House) -> FastAPI:
    made = _apps.get(settings.body_bytes_max) or create_app(settings, house=house)
    _apps[settings.body_bytes_max] = made
    made.state = State({"house": house})
    return made


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as made:
        yield made


# -- a founded district; see tests/makers.py ----------------------------------------------------------------------


@pytest.fixture
def district(house: House) -> District:
    """A district with areas, teams and somebody of every role; a person is `district["crew"]`."""
    return found(house)


@pytest.fixture
def admin(client: TestClient, district: District) -> Signed:
    return signed(client, district["admin"])


@pytest.fixture
def supervisor(client: TestClient, district: District) -> Signed:
    """Over the street of songzhou."""
    return signed(client, district["supervisor"])


@pytest.fixture
def dispatcher(client: TestClient, district: District) -> Signed:
    """Over the street of songzhou."""
    return signed(client, district["dispatcher"])


@pytest.fixture
def crew(client: TestClient, district: District) -> Signed:
    """Of the sweepers of songzhou's grid 07; without a handset."""
    return signed(client, district["crew"])


@pytest.fixture
def gas_worker(client: TestClient, district: District) -> Signed:
    return signed(client, district["gas_worker"])


@pytest.fixture
def signed_in(client: TestClient, district: District) -> Callable[[str], Signed]:
    """`signed_in("leader")`: anybody of makers.PEOPLE."""
    return lambda name: signed(client, district[name])


@pytest.fixture
def enrolled(house: House, client: TestClient, district: District, admin: Signed) -> Callable[[str], Handset]:
    """`enrolled("crew")`: an enrolled handset with that person signed in, speaking the protocol word by word."""
    return lambda name: enrol(house, client, admin, district[name])


@pytest.fixture
def handset(enrolled: Callable[[str], Handset]) -> Handset:
    """The crew member's handset."""
    return enrolled("crew")
