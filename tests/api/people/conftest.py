"""A founded district with an admin, and short words for what tests do to it over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.kernel.context import Ctx
from backend.kernel.http import House
from backend.people import actions, queries

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
def town(client: TestClient, house: House) -> Town:
    """District 440111 with two streets, one grid and an admin who has consented."""
    found(house)
    town = Town(client)
    for parent, code, kind in ((ROOT, "songzhou", "street"), (SONGZHOU, "07", "grid"), (ROOT, "lianhe", "street")):
        town.ask("POST", "/people/v1/areas", town.admin, 201, parent=parent, code=code, kind=kind, name=code)
    return town


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
