"""Makers: a founded district with people of every role, signed in over HTTP, and enrolled handsets that speak the
protocol word by word.

`tests/phones.py` has the other handset: the reference machine with its store, for tests of whole runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from fastapi.testclient import TestClient
from httpx2 import Response

from backend.kernel.authority import Role
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.people import actions, queries
from mobile_contract.people import AreaKind, Trade
from mobile_contract.version import CONTRACT

CODE = "440111"
DISTRICT = f"/{CODE}/"
SONGZHOU = f"{DISTRICT}songzhou/"
GRID = f"{SONGZHOU}07/"
NEXT_GRID = f"{SONGZHOU}08/"
LIANHE = f"{DISTRICT}lianhe/"
PASSWORD = "correct horse battery"
NOTICE = 1

AREAS = (
    (DISTRICT, "songzhou", AreaKind.street, "松洲街"),
    (SONGZHOU, "07", AreaKind.grid, "七网格"),
    (SONGZHOU, "08", AreaKind.grid, "八网格"),
    (DISTRICT, "lianhe", AreaKind.street, "联和街"),
)
TEAMS = {
    "sweepers": ("七网格一班", GRID, Trade.sanitation),
    "gardeners": ("八网格绿化班", NEXT_GRID, Trade.greening),
    "gas": ("松洲燃气班", SONGZHOU, Trade.gas),
    "far": ("联和一班", LIANHE, Trade.sanitation),
}
PEOPLE: dict[str, tuple[Role, str, str | None]] = {
    "crew": (Role.crew, GRID, "sweepers"),
    "mate": (Role.crew, GRID, "sweepers"),
    "gardener": (Role.crew, NEXT_GRID, "gardeners"),
    "stranger": (Role.crew, LIANHE, "far"),
    "collector": (Role.collector, GRID, "sweepers"),
    "gas_worker": (Role.gas_worker, SONGZHOU, "gas"),
    "station_operator": (Role.station_operator, SONGZHOU, "gas"),
    "handler": (Role.handler, GRID, None),
    "acceptor": (Role.acceptor, SONGZHOU, None),
    "ganger": (Role.ganger, GRID, None),
    "dispatcher": (Role.dispatcher, SONGZHOU, None),
    "far_dispatcher": (Role.dispatcher, LIANHE, None),
    "checker": (Role.checker, SONGZHOU, None),
    "evaluator": (Role.evaluator, DISTRICT, None),
    "supervisor": (Role.supervisor, SONGZHOU, None),
    "leader": (Role.leader, DISTRICT, None),
    "citizen": (Role.citizen, GRID, None),
}
"""Name -> role, where employed, team. `admin` is the founder."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A person of the district, as tests know them."""

    id: str
    name: str
    phone: str
    role: Role
    area: str
    team_id: str | None


@dataclass(frozen=True)
class District:
    """What was founded: people and teams by their names in PEOPLE and TEAMS."""

    people: Mapping[str, Hand]
    teams: Mapping[str, str]

    def __getitem__(self, name: str) -> Hand:
        return self.people[name]


def found(house: House, *, consent: bool = True) -> District:
    """District 440111 with four areas, four teams and somebody of every role; all have accepted the notice."""
    hashed = actions.Passwords(house.settings).hash(PASSWORD)
    phones = {name: f"1380000{i:04d}" for i, name in enumerate(["admin", *PEOPLE], 1)}
    with house.db.transaction() as session:
        ctx = house.ctx(session, queries.operator(house.settings))
        code = actions.found_district(ctx, CODE, "白云区", actions.Founder("管理员", phones["admin"]))
        for parent, area_code, kind, name in AREAS:
            actions.draw_area(ctx, parent, area_code, kind, name)
        teams = {name: actions.form_team(ctx, *facts).id for name, facts in TEAMS.items()}
        people = {"admin": Hand(code.person_id, "管理员", phones["admin"], Role.admin, DISTRICT, None)}
        actions.set_password(ctx, f"+86{phones['admin']}", code.code, hashed)
        for name, (role, area, team) in PEOPLE.items():
            hand = Hand("", name, phones[name], role, area, teams[team] if team else None)
            people[name] = _taken_on(ctx, hand, hashed)
        for hand in people.values() if consent else ():
            _consent(ctx, hand)
    return District(people, teams)


def take_on(house: House, role: Role, area: str, team_id: str | None = None, *, phone: str) -> Hand:
    """One more person, with a password and their consent."""
    hashed = actions.Passwords(house.settings).hash(PASSWORD)
    with house.db.transaction() as session:
        ctx = house.ctx(session, queries.operator(house.settings))
        hand = _taken_on(ctx, Hand("", role.value, phone, role, area, team_id), hashed)
        _consent(ctx, hand)
    return hand


def _taken_on(ctx: Ctx, hand: Hand, hashed: str) -> Hand:
    person, code = actions.take_on(ctx, hand.name, hand.phone, hand.area, [hand.role], hand.team_id)
    refusal = actions.set_password(ctx, person.phone, code.code, hashed)
    assert refusal is None, refusal
    return replace(hand, id=person.id)


def _consent(ctx: Ctx, hand: Hand) -> None:
    actions.accept_notice(replace(ctx, caller=queries.principal_of(ctx, hand.id, None)), NOTICE)


# -- signed in ----------------------------------------------------------------------------------------------------


def sign_in(client: TestClient, hand: Hand, **device: str) -> dict[str, str]:
    """Headers that speak for a person; `device_id` and `device_secret` when it is on a handset."""
    answer = client.post("/auth/v1/sign-in", json={"phone": hand.phone, "password": PASSWORD, **device})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


@dataclass
class Signed:
    """A client with a bearer of its own: `crew.get("/people/v1/me")`, `crew.post(path, {…}, expect=201)`."""

    client: TestClient
    hand: Hand
    headers: dict[str, str]

    @property
    def id(self) -> str:
        return self.hand.id

    def request(self, method: str, path: str, expect: int | None = None, **sent: Any) -> Response:
        """Any request in this person's name; `expect` is the status it must be answered with."""
        headers = {**self.headers, **sent.pop("headers", {})}
        answer = self.client.request(method, path, headers=headers, **sent)
        assert expect is None or answer.status_code == expect, (answer.status_code, answer.text)
        return answer

    def get(self, path: str, expect: int | None = None, **params: Any) -> Response:
        return self.request("GET", path, expect, params=params)

    def post(self, path: str, body: Any = None, expect: int | None = None) -> Response:
        return self.request("POST", path, expect, **({} if body is None else {"json": body}))

    def put(self, path: str, body: Any = None, expect: int | None = None) -> Response:
        return self.request("PUT", path, expect, **({} if body is None else {"json": body}))

    def patch(self, path: str, body: Any, expect: int | None = None) -> Response:
        return self.request("PATCH", path, expect, json=body)

    def delete(self, path: str, expect: int | None = None) -> Response:
        return self.request("DELETE", path, expect)


def signed(client: TestClient, hand: Hand) -> Signed:
    """A person at a desk, signed in."""
    return Signed(client, hand, sign_in(client, hand))


# -- handsets -----------------------------------------------------------------------------------------------------


@dataclass
class Handset(Signed):
    """An enrolled handset with a person signed in, that says exactly what a test tells it to say."""

    house: House
    device_id: str
    device_secret: str
    epoch: int
    n: int = 0
    """The last number given to a mutation."""
    cookie: str | None = None
    sent: list[dict[str, Any]] = field(default_factory=list)

    def at(self) -> dict[str, Any]:
        """What its clocks say: the truth."""
        clock = self.house.clock
        return {"wall_ms": to_ms(clock.now()), "mono_ms": int(clock.monotonic_s() * 1000), "boot": "boot-1"}

    def deed(self, cmd: str, t: str, row_id: str | None = None, /, **said: Any) -> dict[str, Any]:
        """A mutation with the next number: `base`, `needs`, `blobs` as named, all else are params."""
        self.n += 1
        kept: dict[str, Any] = {key: said.pop(key) for key in ("needs", "blobs", "held_cookie") if key in said}
        row = {"t": t, "id": row_id or new_id(), "base": said.pop("base", {})}
        return {"n": self.n, "at": self.at(), "cmd": cmd, "row": row, "params": said, **kept}

    def edit(self, t: str, row_id: str, base: Mapping[str, int], **values: Any) -> dict[str, Any]:
        """An edit of plain registers with the next number."""
        self.n += 1
        return {
            "n": self.n,
            "at": self.at(),
            "cmd": "edit",
            "ops": [{"t": t, "id": row_id, "base": dict(base), "set": values}],
        }

    def push_body(self, muts: Sequence[Any], **other: Any) -> dict[str, Any]:
        """A push as a phone sends it; `other` replaces parts of the envelope."""
        envelope = {"device": self.device_id, "epoch": self.epoch, "user": self.id, "schema": CONTRACT}
        return {**envelope, "clock": self.at(), "muts": list(muts), **other}

    def push(self, *muts: Any, expect: int | None = 200, **other: Any) -> Any:
        """Sends mutations; gives the answer's body."""
        return self.post("/sync/v1/push", self.push_body(muts, **other), expect).json()

    def pull_body(self, **other: Any) -> dict[str, Any]:
        """A pull as a phone sends it."""
        return {"device": self.device_id, "epoch": self.epoch, "schema": CONTRACT, "cookie": self.cookie, **other}

    def pull(self, expect: int | None = 200, **other: Any) -> list[dict[str, Any]]:
        """All frames until `end`, page after page; the cookie is kept for the next pull."""
        frames: list[dict[str, Any]] = []
        page = None
        while True:
            answer = self.post("/sync/v1/pull", self.pull_body(**({"page": page} if page else {}), **other), expect)
            if answer.status_code != 200:
                return [answer.json()]
            frames += [orjson.loads(line) for line in answer.content.splitlines()]
            last = frames[-1]
            if last["f"] == "end":
                self.cookie = last["cookie"]
                return frames
            page = last.get("page")
            frames = frames if last["f"] == "more" else []


def enrol(house: House, client: TestClient, inviter: Signed, hand: Hand) -> Handset:
    """Invite, scan, enrol, sign in: as a supervisor and a person of the crew do it."""
    invite = inviter.post("/handsets/v1/invites", {"person_id": hand.id}, expect=201).json()
    asked = {"token": invite["payload"], "model": "test", "app": "test"}
    answer = client.post("/handsets/v1/enrol", json=asked)
    assert answer.status_code == 201, answer.text
    device = answer.json()
    names = {"device_id": device["device_id"], "device_secret": device["device_secret"]}
    return Handset(client, hand, sign_in(client, hand, **names), house, epoch=device["epoch"], **names)
