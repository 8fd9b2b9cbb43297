"""Plans make orders, each once; crews get them in time; what nobody began is missed behind the watermark only."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlmodel import select

from backend.kernel.clock import SetClock, to_ms
from backend.kernel.http import House
from backend.kernel.jobs import JobRow
from backend.people import queries as people
from backend.workorders import actions
from backend.workorders.actions import settling
from tests.api.people.conftest import CODE, GRID, LIANHE, Town
from tests.api.workorders.crew import Handset
from tests.api.workorders.test_orders import ORDERS, ROAD, worker

PLANS = "/workorders/v1/plans"


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("dispatcher", area=f"/{CODE}/")["phone"])


def ask(team: str, **more: Any) -> dict[str, Any]:
    places = [{"code": f"r{n}", "label": f"路段{n}", "longitude": 113.27, "latitude": 23.18} for n in range(2)]
    windows = [{"from_min": 540, "until_min": 600}, {"from_min": 900, "until_min": 1_000}]
    plain = {"title": "普扫", "scene": "sanitation", "area_path": GRID, "team_id": team, "starts_on": "2026-09-01"}
    return plain | {"rule": "FREQ=DAILY;COUNT=10", "places": places, "windows": windows} | more


def runs(house: House, deed: Any, *args: Any) -> Any:
    """As the worker does."""
    with house.db.transaction() as session:
        return deed(house.ctx(session, people.operator(house.settings)), *args)


def listed(town: Town, desk: dict[str, str], **wanted: str) -> list[Any]:
    query = "&".join(f"{name}={value}" for name, value in {"limit": "200", **wanted}.items())
    items: list[Any] = town.ask("GET", f"{ORDERS}?{query}", desk)["items"]
    return items


def test_a_plan_makes_each_order_once_and_crews_get_them_in_time(
    town: Town, clock: SetClock, house: House, team: str, desk: dict[str, str]
) -> None:
    road = {"code": "r0", "label": "路段0", "line": ROAD, "buffer_m": 8}
    plan = town.ask("POST", PLANS, desk, 201, **ask(team, places=[road, ask(team)["places"][1]]))
    assert [place["line"] for place in plan["places"]] == [ROAD, None]
    assert len(town.ask("GET", f"{PLANS}/{plan['id']}/days", desk)) == 10
    more = {"made": 8, "stood": 0, "more": False}
    assert town.ask("POST", f"{PLANS}/{plan['id']}/generate", desk, until_on="2026-09-02") == more
    runs(house, actions.generate_plan, plan["id"])
    runs(house, actions.generate_plan, plan["id"])
    orders = listed(town, desk)
    assert len(orders) == 40
    assert len({(o["occurrence_on"], o["place"], o["due_at"]) for o in orders}) == 40
    assert len({o["code"] for o in orders}) == 40
    phone = worker(town, clock, team)
    phone.pulls()
    assert phone.holds("workorders") == []

    runs(house, actions.release_due)
    phone.pulls()
    held = phone.holds("workorders")
    assert {(o["route_place"], o["line"] == ROAD, o["buffer_m"]) for o in held} == {(1, True, 8.0), (2, False, None)}
    assert {(o["occurrence_on"], o["route_place"]) for o in held} == {("2026-09-01", 1), ("2026-09-01", 2)}
    assert sorted({o["window_from_at"] for o in held}) == ["2026-09-01T01:00:00Z", "2026-09-01T07:00:00Z"]
    story = town.ask("GET", f"{ORDERS}/{held[0]['id']}/history", desk)
    assert [line["act"] for line in story] == ["plan", "release"]

    ended = town.ask("POST", f"{PLANS}/{plan['id']}/end", desk)
    assert ended["state"] == "ended"
    assert len(listed(town, desk, step="cancelled")) == 36
    assert len(listed(town, desk, step="released")) == 4
    assert town.ask("POST", f"{PLANS}/{plan['id']}/generate", desk, until_on="2026-09-20")["made"] == 0


def hears(phone: Handset, clock: SetClock) -> None:
    """A push that says: all that was done until now has been sent."""
    said = {"wall_ms": to_ms(clock.now()), "mono_ms": int(clock.monotonic_s() * 1000), "boot": "b", "rtt_ms": 0}
    body = {"device": phone.device, "epoch": phone.epoch, "user": phone.person_id, "schema": 1, "clock": said}
    body |= {"through_ms": to_ms(clock.now()), "muts": []}
    answer = phone.town.client.post("/sync/v1/push", json=body, headers=phone.headers)
    assert answer.status_code == 200, answer.text


def test_nothing_is_missed_until_the_crew_was_heard_of(
    town: Town, clock: SetClock, house: House, team: str, desk: dict[str, str]
) -> None:
    town.ask(
        "POST",
        ORDERS,
        desk,
        201,
        orders=[
            {
                "title": "清扫",
                "scene": "sanitation",
                "area_path": GRID,
                "team_id": team,
                "window_from_at": "2026-09-01T00:00:00Z",
                "due_at": "2026-09-01T00:02:00Z",
            }
        ],
    )
    phone = worker(town, clock, team)
    hears(phone, clock)
    clock.pass_time(timedelta(minutes=8))
    runs(house, actions.miss_due)
    assert len(listed(town, desk, step="released")) == 1
    hears(phone, clock)
    runs(house, actions.miss_due)
    assert len(listed(town, desk, step="missed")) == 1


def test_orders_that_wait_for_a_phone_do_not_keep_later_ones_from_being_missed(
    town: Town, clock: SetClock, house: House, team: str, desk: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "PER_TURN_MAX", 2)
    silent, heard = worker(town, clock, team), worker(town, clock, team)
    times = {"window_from_at": "2026-09-01T00:00:00Z", "due_at": "2026-09-01T00:02:00Z"}
    plain = {"title": "清扫", "scene": "sanitation", "area_path": GRID, "team_id": team} | times
    waiting = [plain | {"assignee_id": silent.person_id, "title": "等待"}] * 2
    town.ask("POST", ORDERS, desk, 201, orders=[*waiting, plain | {"assignee_id": heard.person_id}])
    hears(silent, clock)
    clock.pass_time(timedelta(minutes=8))
    hears(heard, clock)
    runs(house, actions.miss_due)
    assert listed(town, desk, step="missed") == []
    with house.db.reading() as session:
        (job,) = session.exec(select(JobRow).where(JobRow.name == actions.MISS_ON)).all()
    args = orjson.loads(job.args)
    runs(house, actions.miss_due, (datetime.fromisoformat(args["due_at"]), args["id"]))
    assert [order["title"] for order in listed(town, desk, step="missed")] == ["清扫"]


def test_plans_that_cannot_be_are_refused(town: Town, team: str, desk: dict[str, str]) -> None:
    bad = [
        (422, "plan_endless", {"rule": "FREQ=DAILY"}),
        (422, "plan_over", {"starts_on": "2026-08-01"}),
        (422, "date_too_far", {"starts_on": "2062-09-01"}),
        (422, "rule_invalid", {"rule": "FREQ=SECONDLY;COUNT=5"}),
        (422, "plan_empty", {"rule": "FREQ=DAILY;COUNT=1", "starts_on": "2026-09-05", "policy": "skip"}),
        (422, "scene_unknown", {"scene": "circus"}),
        (404, "template_unknown", {"template": "nothing"}),
        (422, "line_invalid", {"places": [{"code": "a", "label": "a", "line": ROAD | {"type": "Polygon"}}]}),
        (422, "area_unknown", {"area_path": "/440111/nowhere/"}),
        (422, "team_unknown", {"team_id": "0199b3a0-0000-7000-8000-000000000001"}),
    ]
    for status, code, more in bad:
        refused = town.ask("POST", PLANS, desk, status, **ask(team, **more))
        assert refused["code"] == f"workorders.{code}"
    for spoilt in (
        {"places": []},
        {"places": [{"code": "a", "label": "a"}] * 2},
        {"windows": [{"from_min": 600, "until_min": 540}]},
        {"starts_on": "2026-02-30"},
        {"places": [{"code": "a", "label": "a", "line": ROAD, "longitude": 113.2, "latitude": 23.1}]},
    ):
        town.ask("POST", PLANS, desk, 422, **ask(team, **spoilt))
    plan = town.ask("POST", PLANS, desk, 201, **ask(team))
    far = town.as_(town.person("dispatcher", area=LIANHE)["phone"])
    town.ask("POST", f"{PLANS}/{plan['id']}/end", far, 404)
    town.ask("POST", f"{PLANS}/{plan['id']}/generate", desk, 422, until_on="2027-09-01")
    assert [row["id"] for row in town.ask("GET", f"{PLANS}?scene=sanitation&state=active", desk)["items"]] == [
        plan["id"]
    ]
