"""A founded district and crews with real handsets; each store is founded once and copied for every test."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import SQLModel, func, select

from backend.app import build_house
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from tests.api.conftest import MORNING
from tests.makers import GRID, PASSWORD, District, Signed, found, signed
from tests.phones import Phone, PhoneTime
from tests.postgres import Postgres


@dataclass
class Field:
    """The district in a test's hands: desks, phones, orders."""

    client: TestClient
    house: House
    clock: SetClock
    district: District
    folder: Path
    desks: dict[str, tuple[Signed, float]] = field(default_factory=dict)
    phones: int = 0

    # -- people -------------------------------------------------------------------------------------------------------

    def desk(self, name: str = "dispatcher") -> Signed:
        """A person at a desk, with a token that is still good."""
        known = self.desks.get(name)
        if known is None or self.clock.monotonic_s() - known[1] > 300:
            known = (signed(self.client, self.district[name]), self.clock.monotonic_s())
            self.desks[name] = known
        return known[0]

    def id(self, name: str) -> str:
        """The id of a person."""
        return self.district[name].id

    def phone(self, name: str | None, error_ms: int = 0) -> Phone:
        """An enrolled handset of a person, signed in and filled; None: a shared one with nobody on it."""
        self.phones += 1
        person_id = self.id(name) if name else None
        invite = self.desk("admin").post("/handsets/v1/invites", {"person_id": person_id}, expect=201).json()
        time = PhoneTime(self.clock, error_ms)
        phone = Phone(self.client, self.folder / f"phone-{self.phones}", time, self.house.registry)
        phone.enrol(invite["payload"])
        if name:
            self.sign_in(phone, name)
            phone.sync()
        return phone

    def sign_in(self, phone: Phone, name: str) -> None:
        """The person takes the phone."""
        phone.sign_in(self.district[name].phone, PASSWORD)

    def move(self, name: str, old: str, new: str) -> None:
        """Moves a person from one team to another."""
        path = f"/people/v1/persons/{self.id(name)}/move"
        ask = {"from_team_id": self.district.teams[old], "to_team_id": self.district.teams[new]}
        self.desk("admin").post(path, ask, expect=200)

    # -- orders -------------------------------------------------------------------------------------------------------

    def order(self, team: str = "sweepers", assignee: str | None = None, **other: Any) -> str:
        """A released order; gives its id."""
        release = other.pop("release", True)
        ask: dict[str, Any] = {
            "title": "清扫",
            "scene": "sanitation",
            "area_path": GRID,
            "team_id": self.district.teams[team],
            "assignee_id": self.id(assignee) if assignee else None,
            **other,
        }
        made = self.desk("admin").post("/workorders/v1/orders", {"orders": [ask], "release": release}, expect=201)
        return str(made.json()[0]["id"])

    def at_desk(self, order_id: str, act: str, **body: Any) -> None:
        """A deed of the desk on an order."""
        self.desk("admin").post(f"/workorders/v1/orders/{order_id}/{act}", body, expect=200)

    def stands(self, order_id: str) -> dict[str, Any]:
        """An order as the desk sees it."""
        seen: dict[str, Any] = self.desk("admin").get(f"/workorders/v1/orders/{order_id}", expect=200).json()
        return seen

    def history(self, order_id: str) -> list[tuple[str, str]]:
        """(act, effect) of every line of an order's history."""
        lines = self.desk("admin").get(f"/workorders/v1/orders/{order_id}/history", expect=200).json()
        return [(line["act"], line["effect"]) for line in lines]

    # -- the desk of conflicts, rows, time ----------------------------------------------------------------------------

    def conflicts(self, by: str = "admin", **narrowed: Any) -> list[dict[str, Any]]:
        """What the conflict desk of a person lists."""
        listed: list[dict[str, Any]] = (
            self.desk(by).get("/handsets/v1/conflicts", expect=200, **narrowed).json()["items"]
        )
        return listed

    def count(self, table: type[SQLModel], *where: Any) -> int:
        """How many rows a table holds."""
        with self.house.db.reading() as session:
            return int(session.exec(select(func.count()).select_from(table).where(*where)).one())

    def later(self, **step: float) -> None:
        """Lets time pass: `later(hours=3)`."""
        self.clock.pass_time(timedelta(**step))


def clock_in(phone: Phone, **params: Any) -> str:
    """Queues a clock-in; gives the punch's id."""
    row_id = new_id()
    phone.hs.do("attendance.clock_in", "punches", row_id, params)
    return row_id


@pytest.fixture
def crews(client: TestClient, house: House, clock: SetClock, district: District, tmp_path: Path) -> Field:
    """The district in a test's hands."""
    return Field(client, house, clock, district, tmp_path)


# -- stores that are founded once -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Founded:
    """A store with a district in it, to be copied: a SQLite file or the name of a PostgreSQL template."""

    source: Path | str
    district: District


@pytest.fixture
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a founded store, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        copy = tmp_path / "store.sqlite"
        shutil.copyfile(request.getfixturevalue("founded_sqlite").source, copy)
        yield f"sqlite:///{copy}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.fresh(request.getfixturevalue("founded_postgres").source) as url:
        yield url


@pytest.fixture
def district(request: pytest.FixtureRequest, house: House) -> District:
    """Who is in the copied store."""
    founded: Founded = request.getfixturevalue("founded_sqlite" if house.db.dialect == "sqlite" else "founded_postgres")
    return founded.district


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that touches a store runs on both."""
    if "store_url" in metafunc.fixturenames:
        metafunc.parametrize("store_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture(scope="session")
def founded_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A founded SQLite file, made once per worker."""
    folder = tmp_path_factory.mktemp("founded")
    path = folder / "store.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    district = _found(f"sqlite:///{path}", folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Founded(path, district)


@pytest.fixture(scope="session")
def founded_postgres(postgres: Postgres, migrated_postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A founded PostgreSQL template, made once per worker."""
    name = f"founded_{new_id()}"
    return Founded(name, _found(postgres.create(name, migrated_postgres), tmp_path_factory.mktemp("founded")))


def _found(url: str, folder: Path) -> District:
    settings = Settings(data_dir=folder, database_url=url, testing=True, argon2_memory_kib=64, argon2_time_cost=1)
    house = build_house(settings, SetClock(MORNING))
    try:
        return found(house)
    finally:
        house.db.close()
