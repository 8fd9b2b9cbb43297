"""A founded district with an admin, and short words for what tests do to it over HTTP."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.context import Ctx
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from backend.people import actions, queries
from tests.api.conftest import MORNING
from tests.conftest import STORES
from tests.postgres import Postgres

CODE = "440111"
ROOT = f"/{CODE}/"
SONGZHOU = f"/{CODE}/songzhou/"
GRID = f"/{CODE}/songzhou/07/"
LIANHE = f"/{CODE}/lianhe/"
ADMIN_PHONE = "13800000001"
PASSWORD = "correct horse battery"


@dataclass
class Town:
    """The district, seen through its HTTP doors."""

    client: TestClient
    tokens: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def sign_in(self, phone: str, password: str = PASSWORD) -> dict[str, Any]:
        answer = self.client.post("/auth/v1/sign-in", json={"phone": phone, "password": password})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def as_(self, phone: str) -> dict[str, str]:
        """Headers that speak for a person; signs in and consents the first time."""
        if phone not in self.tokens:
            self.tokens[phone] = self.sign_in(phone)["access_token"]
            headers = {"Authorization": f"Bearer {self.tokens[phone]}"}
            self.client.post("/people/v1/me/consent", json={"version": 1}, headers=headers)
        return {"Authorization": f"Bearer {self.tokens[phone]}"}

    @property
    def admin(self) -> dict[str, str]:
        return self.as_(ADMIN_PHONE)

    def ask(self, method: str, path: str, by: dict[str, str], status: int = 200, **body: Any) -> Any:
        """A request that must be answered with `status`; gives the body."""
        answer = self.client.request(method, path, headers=by, json=body if method not in ("GET", "DELETE") else None)
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def phone(self) -> str:
        self.count += 1
        return f"139{self.count:08d}"

    def person(self, *roles: str, area: str = GRID, team: str | None = None, ready: bool = True) -> dict[str, Any]:
        """A new person with a password set by their first code; gives their facts, `phone` as typed."""
        phone = self.phone()
        ask = {"name": f"人{self.count}", "phone": phone, "area": area, "roles": list(roles or ("crew",))}
        made = self.ask("POST", "/people/v1/persons", self.admin, 201, **ask, team_id=team)
        if ready:
            code = made["first_code"]["code"]
            self.ask("POST", "/auth/v1/password", {}, 204, phone=phone, code=code, new_password=PASSWORD)
        return {**made, "phone": phone}

    def team(self, area: str = GRID, name: str = "七网格一班") -> str:
        made = self.ask("POST", "/people/v1/teams", self.admin, 201, name=name, area=area, trade="sanitation")
        return str(made["id"])


@pytest.fixture
def town(client: TestClient, token: str) -> Town:
    """District 440111 with two streets, one grid and an admin who has consented."""
    return Town(client, {ADMIN_PHONE: token})


# -- the town is founded once and copied for every test ---------------------------------------------------------------


@dataclass(frozen=True)
class Founded:
    """A store with the town in it, to be copied: a SQLite file or the name of a PostgreSQL template."""

    source: Path | str
    token: str
    """The admin's, good for a quarter of an hour of the morning at which every test begins."""


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store, once on SQLite and once on PostgreSQL: founded where a test asks for the town."""
    made = "founded" if "town" in request.fixturenames else "migrated"
    source = request.getfixturevalue(f"{made}_{request.param}")
    source = source.source if isinstance(source, Founded) else source
    if request.param == "sqlite":
        copy = tmp_path / "store.sqlite"
        shutil.copyfile(source, copy)
        yield f"sqlite:///{copy}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    with server.fresh(source) as url:
        yield url


@pytest.fixture
def token(request: pytest.FixtureRequest, house: House) -> str:
    """The admin's token in the copied store."""
    founded: Founded = request.getfixturevalue("founded_sqlite" if house.db.dialect == "sqlite" else "founded_postgres")
    return founded.token


@pytest.fixture(scope="session")
def founded_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A founded SQLite file, made once per worker."""
    folder = tmp_path_factory.mktemp("town")
    path = folder / "store.sqlite"
    shutil.copyfile(migrated_sqlite, path)
    token = _found(f"sqlite:///{path}", folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Founded(path, token)


@pytest.fixture(scope="session")
def founded_postgres(postgres: Postgres, migrated_postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """A founded PostgreSQL template, made once per worker."""
    name = f"town_{new_id()}"
    return Founded(name, _found(postgres.create(name, migrated_postgres), tmp_path_factory.mktemp("town")))


def _found(url: str, folder: Path) -> str:
    settings = Settings(data_dir=folder, database_url=url, testing=True, argon2_memory_kib=64, argon2_time_cost=1)
    house = build_house(settings, SetClock(MORNING))
    try:
        found(house)
        with TestClient(create_app(settings, house=house)) as client:
            town = Town(client)
            for parent, code, kind in (
                (ROOT, "songzhou", "street"),
                (SONGZHOU, "07", "grid"),
                (ROOT, "lianhe", "street"),
            ):
                town.ask("POST", "/people/v1/areas", town.admin, 201, parent=parent, code=code, kind=kind, name=code)
            return town.tokens[ADMIN_PHONE]
    finally:
        house.db.close()


def found(house: House) -> None:
    """As `gridcrew init` does."""
    founder = actions.Founder("管理员", ADMIN_PHONE, actions.Passwords(house.settings).hash(PASSWORD))
    with house.db.transaction() as session:
        actions.found_district(house.ctx(session, queries.operator(house.settings)), CODE, "白云区", founder)


@pytest.fixture
def writing(house: House) -> Iterator[Ctx]:
    """The operator's own transaction, for what has no door of its own."""
    with house.db.transaction() as session:
        yield house.ctx(session, queries.operator(house.settings))
