"""Every door of the app, walked by its published description, with a request that fits and somebody who may ask."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # comes without types
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from backend.kernel.http import House
from mobile_contract.problems import PROBLEMS
from tests.makers import CODE, GRID, SONGZHOU, District, Handset, Signed, enrol, signed

SOME_ID = "0199b3a0-0000-7000-8000-0000000000aa"
SOME_SCAN = "0199b3a0-0000-7000-8000-0000000000bb"
SOME_ALARM = "0199b3a0-0000-7000-8000-0000000000cc"
SOME_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
WHO = {"alarms.raise": "crew", "attendance.clock_in": "crew", "cases.handle": "crew", "sync": "crew"}
WHO |= {"gas.scan": "gas_worker", "gas.inspect": "gas_worker"}
"""Who asks at a door that wants a permission; the admin at all others."""
CYLINDER = {"code": "1440012260000001", "made_on": "2025-01-15", "inspected_on": None, "full": True}
JSON = "application/json"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Door:
    """One operation of the description."""

    method: str
    path: str
    operation: dict[str, Any] = field(repr=False)
    schemas: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def name(self) -> str:
        return str(self.operation["operationId"])

    @property
    def guarded(self) -> bool:
        return bool(self.operation["security"])

    @property
    def streams(self) -> bool:
        """Whether its answer goes on until somebody hangs up."""
        return "text/event-stream" in self.operation["responses"].get("200", {}).get("content", {})

    @property
    def who(self) -> str:
        return next((WHO[p] for p in self.operation.get("x-permissions", ()) if p in WHO), "admin")

    @property
    def body(self) -> Any:
        """The example of what is sent; None at a door that takes no JSON."""
        return copy.deepcopy(self.operation.get("requestBody", {}).get("content", {}).get(JSON, {}).get("example"))

    def parameters(self, where: str) -> list[dict[str, Any]]:
        named = (p for p in self.operation["parameters"] if "$ref" not in p)
        return [p for p in named if p["in"] == where]

    def fits(self, body: Any) -> bool:
        """Whether the published schema takes the body."""
        return bool(self._schema.is_valid(body))

    @cached_property
    def _schema(self) -> Any:
        schema = self.operation["requestBody"]["content"][JSON]["schema"]
        return jsonschema.Draft202012Validator({**schema, "components": {"schemas": self.schemas}})


def doors(openapi: dict[str, Any]) -> list[Door]:
    """Every door, in the order of the description."""
    schemas = openapi["components"]["schemas"]
    return [
        Door(method.upper(), path, operation, schemas)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    ]


@dataclass
class Town:
    """A district with somebody signed in for every door, and ids that are really there."""

    house: House
    client: TestClient
    district: District
    people: dict[str, Signed]
    handset: Handset
    ids: dict[str, Any]
    doors: list[Door]

    def headers(self, door: Door) -> dict[str, str]:
        asker = self.handset if door.path.startswith("/sync/") else self.people[door.who]
        secret = {"Device-Secret": self.handset.device_secret} if door.name == "sync_drain" else {}
        tus = {"Tus-Resumable": "1.0.0"} if "/uploads" in door.path else {}
        return {**asker.headers, **secret, **tus}

    def url(self, door: Door, **instead: str) -> str:
        """The door's path with ids that are there, but for those named."""
        url = door.path
        for parameter in door.parameters("path"):
            name = parameter["name"]
            url = url.replace(f"{{{name}}}", instead.get(name) or str(self.ids.get(name, SOME_ID)))
        return url

    def body(self, door: Door) -> Any:
        """A body that fits, with ids that are there."""
        return self._named(door.body)

    def _named(self, part: Any) -> Any:
        if isinstance(part, dict):
            return {key: self.ids.get(key) or self._named(value) for key, value in part.items()}
        return [self._named(value) for value in part] if isinstance(part, list) else part

    def ask(self, door: Door, url: str = "", **sent: Any) -> Response:
        """A request at the door, by whoever may ask there."""
        headers = {**self.headers(door), **sent.pop("headers", {})}
        return self.client.request(door.method, url or self.url(door), headers=headers, **sent)

    def send(self, door: Door, body: Any) -> Response:
        """Sends a body as JSON, also what is no proper JSON: NaN, lone surrogates."""
        raw = json.dumps(body, ensure_ascii=True).encode()
        return self.ask(door, content=raw, headers={"Content-Type": JSON})

    def counts(self) -> dict[str, int]:
        """How many rows every table has."""
        with self.house.db.reading() as session:
            connection = session.connection()
            names = sorted(connection.dialect.get_table_names(connection))
            return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in names}


def furnish(house: House, client: TestClient, district: District, openapi: dict[str, Any]) -> Town:
    """Signs people in, enrols a handset and makes one of everything that a path can name."""
    asking = ("admin", "crew", "gas_worker", "dispatcher", "far_dispatcher", "stranger")
    people = {name: signed(client, district[name]) for name in asking}
    admin = people["admin"]
    phone = enrol(house, client, admin, district["crew"])
    ids: dict[str, Any] = {
        "person_id": district["mate"].id,
        "team_id": district.teams["sweepers"],
        "device_id": phone.device_id,
        "device": phone.device_id,
        "user": phone.id,
        "area": GRID,
        "area_path": GRID,
        "parent": SONGZHOU,
        "district": CODE,
    }
    town = Town(house, client, district, people, phone, ids, doors(openapi))
    ids["area_id"] = admin.get("/people/v1/areas", 200).json()["features"][-1]["id"]
    mate = admin.get(f"/people/v1/persons/{ids['person_id']}", 200).json()
    ids["grant_id"] = mate["roles"][0]["id"]
    bare = {"assignee_id": None, "template_id": None, "window_from_at": None}
    _make(town, "order_id", "plan_work_orders", lambda body: body["orders"][0].update(bare))
    _make(town, "template_id", "add_work_template", lambda body: None)
    _make(town, "plan_id", "make_work_plan", _without_people)
    _make(
        town,
        "cylinder_id",
        "register_cylinders",
        lambda body: body["cylinders"][0].update(CYLINDER | {"account": None}),
    )
    _make(town, "account_id", "add_accounts", lambda body: None)
    order = {"account": "BY-0388172", "customer_code": None, "intake": "office"}
    _make(town, "gas_order_id", "place_gas_order", lambda body: body.update(order))
    _make(town, "station_key_id", "add_station_key", lambda body: body.update(valid_until_at=None))
    people["gas_worker"].post("/gas/v1/scans", {"id": SOME_SCAN, "code": "1440012260000777", "step": "collect"}, 201)
    ids["custody_case_id"] = admin.get("/gas/v1/custody-cases", 200).json()["items"][0]["id"]
    _make(town, "case_id", "enter_case", lambda body: body.update(source="hot_line", area_path=GRID))
    ids["code_table_id"] = _table(admin)
    _make(town, "alarm_id", "raise_alarm_online", lambda body: body.update(id=SOME_ALARM))
    drawn = {"wkt": None, "valid_until_at": None, "person_ids": [], "team_ids": [], "shift_ids": [], "post_ids": []}
    _make(town, "fence_id", "draw_fence", lambda body: body.update(drawn))
    named = {"area_path": GRID, "surveyed_on": None, "code": f"{CODE}0202000123"}
    _make(town, "component_id", "register_component", lambda body: body.update(named))
    said = {"component_id": ids["component_id"], "base_version": 1, "state": "lost", "reason": "丢失"}
    phone.push(phone.deed("components.propose", "component_proposals", **said))
    ids["proposal_id"] = admin.get("/components/v1/proposals", 200).json()["items"][0]["id"]
    phone.push(phone.deed("nothing.known", "nothings"))
    ids["conflict_id"] = admin.get("/handsets/v1/conflicts", 200).json()["items"][0]["id"]
    return town


def _table(admin: Signed) -> str:
    """A code table that knows the code of the examples."""
    lines = [
        {"kind": kind, "big": "02", "small": "02", "big_name": "示例", "name": "示例"}
        for kind in ("component", "event")
    ]
    named = {"standard": "example", "version": "1", "jurisdiction": CODE, "certainty": "invented", "name": "c.json"}
    headers = {"Content-Type": "application/octet-stream"}
    path, content = "/cases/v1/code-tables/import", json.dumps(lines).encode()
    made = admin.request("POST", path, 200, params=named, content=content, headers=headers).json()
    return str(made["table"]["id"])


def _without_people(plan: Any) -> None:
    plan.update(template=None, parts=[])
    plan["places"][0].update(assignee_id=None)


def _make(town: Town, name: str, operation: str, fix: Any) -> None:
    door = next(door for door in town.doors if door.name == operation)
    body = town.body(door)
    fix(body)
    answer = town.send(door, body)
    assert answer.status_code == 201, (operation, body, answer.text)
    made = answer.json()
    made = made[0] if isinstance(made, list) else made
    town.ids[name] = made["id"]


# -- what is wrong with an answer ---------------------------------------------------------------------------------


def fault_of(door: Door, answer: Response, *, refused: bool = True) -> str | None:
    """What is wrong with the answer to a bad request; None when it is a proper, published refusal."""
    status = str(answer.status_code)
    if answer.status_code >= 500:
        return f"{status} {answer.text[:200]}"
    if not answer.headers.get("x-request-id"):
        return f"{status} without a request id"
    if answer.status_code < 400:
        return f"{status}: taken" if refused else None
    if status not in door.operation["responses"]:
        return f"{status} is not published: {answer.text[:200]}"
    return None if door.method == "HEAD" else problem_fault(answer)


def problem_fault(answer: Response) -> str | None:
    """What is wrong with a refusal's body."""
    if answer.headers["content-type"] != PROBLEM:
        return f"answered as {answer.headers['content-type']}"
    said = answer.json()
    if said["code"] not in PROBLEMS or said["status"] != answer.status_code:
        return f"code {said['code']} under {answer.status_code}"
    if not (said["texts"]["zh"] and said["texts"]["en"] and said["title"]):
        return f"{said['code']} says nothing"
    if said["instance"] != answer.headers["x-request-id"]:
        return f"{said['code']} is of request {said['instance']}, not {answer.headers['x-request-id']}"
    return None


# -- how a body is spoilt -----------------------------------------------------------------------------------------

Place = tuple[str | int, ...]


def leaves(body: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every scalar of a body, with its place."""
    if isinstance(body, dict | list):
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from leaves(value, (*at, key))
    else:
        yield at, body


def objects(body: Any, at: Place = ()) -> Iterator[Place]:
    """The place of every object of a body, the body itself first."""
    if isinstance(body, dict):
        yield at
    if isinstance(body, dict | list):
        for key, value in body.items() if isinstance(body, dict) else enumerate(body):
            yield from objects(value, (*at, key))


def put(body: Any, at: Place, value: Any) -> Any:
    """The body with another value at a place."""
    if not at:
        return value
    spoilt = copy.deepcopy(body)
    inner = spoilt
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return spoilt


def written(at: Place) -> str:
    return ".".join(map(str, at))
