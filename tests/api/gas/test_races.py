"""Two ask for the same at once, at two servers of one store: one is taken, the other is told by name."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import build_house, create_app
from backend.kernel.clock import SetClock
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from mobile_contract import checklist_example
from tests.api.gas.test_cylinders import new
from tests.api.people.conftest import GRID, Town

AT_ONCE = 6


@pytest.fixture
def doors(town: Town, settings: Settings, clock: SetClock) -> Iterator[tuple[TestClient, TestClient]]:
    """Two servers, each with a turn of writers of its own: only the store stands between them."""
    house = build_house(settings, clock)
    with TestClient(create_app(settings, house=house), raise_server_exceptions=False) as other:
        # An app builds its routes at its first request and mutes warnings of the whole process meanwhile: two apps that
        # do so at once undo each other's muting. A server is one app; here each looks through all its routes alone.
        for door in (town.client, other):
            assert door.get("/nowhere").status_code == 404
        yield town.client, other
    house.db.close()


def race(
    doors: tuple[TestClient, TestClient], by: dict[str, str], path: str, *asks: dict[str, Any]
) -> Counter[tuple[int, str]]:
    """What is answered to AT_ONCE asks, each in its turn of `asks`, at both doors."""
    together = Barrier(AT_ONCE)

    def ask(one: tuple[TestClient, dict[str, Any]]) -> tuple[int, str]:
        together.wait(10)
        answer = one[0].post(f"/gas/v1/{path}", json=one[1], headers=by)
        said = answer.json()
        return answer.status_code, str(said.get("code", "")) if isinstance(said, dict) and answer.is_error else ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(ask, zip(cycle(doors), cycle(asks), range(AT_ONCE), strict=False)))


def test_what_has_one_name_is_taken_once_and_the_other_is_told_so(
    town: Town, doors: tuple[TestClient, TestClient]
) -> None:
    team, worker = town.team(name="气站"), town.person("gas_worker")
    by = town.as_(town.person("station_operator", area="/440111/")["phone"])
    paper = {"registration_code": "132020000001"}
    places = {"area_path": GRID, "team_id": team}
    account = {"code": "BY-1", "name": "陈记肠粉", "address": "松洲路 1 号"} | places
    listed = checklist_example.example().model_dump(mode="json")
    key = {"key_id": 1, "station": 3, "public_key": "ab" * 32, "valid_from_at": "2026-01-01T00:00:00Z"}
    spec = {"spec": "YSP12", "inspection_months": 48, "life_months": 96, "volume_ml": 12_000, "max_fill_g": 5_000}
    held = {"person_id": worker["id"], "kind": "gas_delivery", "number": "GZ-1", "valid_from_on": "2026-01-01"}
    stationed = {
        "code": "ST03",
        "name": "三站",
        "owners": [{"owner": "甲", "since_on": "2026-01-01"}],
        "area_path": GRID,
    }
    names = [
        ("cylinders", [{"cylinders": [new(1, team)]}], "gas.code_taken"),
        ("accounts", [{"accounts": [account]}], "gas.account_taken"),
        ("certificates", [held], "gas.certificate_taken"),
        ("checklists", [listed], "gas.checklist_taken"),
        ("rule-tables", [{"version": "v1", "since_on": "2027-01-01", "specs": [spec]}], "gas.rule_table_taken"),
        ("stations", [stationed], "gas.station_taken"),
        ("station-keys", [key], "gas.key_taken"),
    ]
    for path, asks, refused in names:
        assert race(doors, by, path, *asks) == Counter({(201, ""): 1, (409, refused): AT_ONCE - 1}), path
    asks = [{"cylinders": [new(2 + n, team, **paper)]} for n in range(AT_ONCE)]
    told = {(201, ""): 1, (409, "gas.registration_code_taken"): AT_ONCE - 1}
    assert race(doors, by, "cylinders", *asks) == Counter(told)


def test_what_its_maker_names_is_one_however_often_it_comes_at_once(
    town: Town, doors: tuple[TestClient, TestClient]
) -> None:
    team = town.team(name="气站")
    by = town.as_(town.person("station_operator", area="/440111/")["phone"])
    account = {"code": "BY-1", "name": "陈记肠粉", "address": "松洲路 1 号", "area_path": GRID, "team_id": team}
    town.ask("POST", "/gas/v1/accounts", by, 201, accounts=[account])
    made = town.ask("POST", "/gas/v1/cylinders", by, 201, cylinders=[new(1, team)])[0]
    town.ask("POST", "/gas/v1/checklists", by, 201, **checklist_example.example().model_dump(mode="json"))
    days = {"first_on": "2026-09-01", "last_on": "2026-09-30"}
    campaign = {"id": new_id(), "title": "餐饮专项", "checklist": checklist_example.VERSION, "area_path": GRID} | days
    order = {"id": new_id(), "account": "BY-1", "spec": "YSP35.5", "count": 1, "intake": "telephone"}
    file = {"id": new_id(), "what": "accounts", "name": "a.csv", "area_path": GRID}
    for path, ask in (("campaigns", campaign), ("orders", order), ("imports", file)):
        assert race(doors, by, path, ask) == Counter({(201, ""): AT_ONCE}), path
        assert len(town.ask("GET", f"/gas/v1/{path}", by)["items"]) == 1
    scan = {"id": new_id(), "code": made["code"], "step": "fill", "station": "ST03"}
    assert race(doors, by, "scans", scan) == Counter({(201, ""): AT_ONCE})
    strange = [{"id": new_id(), "code": "1440012260000088", "step": "fill"} for _ in range(AT_ONCE)]
    assert race(doors, by, "scans", *strange) == Counter({(201, ""): AT_ONCE}), "met unregistered, six times at once"
    assert len(town.ask("GET", "/gas/v1/cylinders", by)["items"]) == 2
    sites = {"accounts": ["BY-1"], "team_ids": [team]}
    assert race(doors, by, f"campaigns/{campaign['id']}/sites", sites) == Counter({(201, ""): AT_ONCE})
    assert len(town.ask("GET", f"/gas/v1/campaigns/{campaign['id']}/sites", by)["items"]) == 1
