"""Doubtful clock-ins go to a person: with reasons in words, decided by somebody else, never lost."""

from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from tests.api.attendance.world import API, World
from tests.api.people.conftest import GRID, LIANHE, Town

HERE = {"longitude": 113.2732, "latitude": 23.1815, "accuracy_m": 8}


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    made.town.tokens.clear()
    made.desk()
    return made


def queue(world: World, by: dict[str, str] | None = None, state: str = "open") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world.town.ask("GET", f"{API}/reviews?state={state}", by or world.desk())["items"]
    return items


def decide(world: World, review: dict[str, Any], by: dict[str, str], status: int = 200, accept: bool = False) -> Any:
    path = f"{API}/reviews/{review['review']['id']}/decision"
    return world.town.ask("POST", path, by, status, accept=accept, reason="与班长核实")


def test_a_mock_location_waits_for_a_person_and_a_rejected_clock_in_counts_no_more(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(7.9)
    phone.clocks("in", position=HERE, mock=True)
    world.until(12.05)
    phone.clocks("out", position={**HERE, "longitude": 113.2733}, mock=False)
    phone.pushes()
    world.until(13.5)
    phone.pushes()
    world.works()
    found = queue(world)
    assert [(f["review"]["level"], [s["signal"] for s in f["review"]["signals"]]) for f in found] == [
        ("tampered", ["mock_location"])
    ]
    assert found[0]["review"]["signals"][0]["zh"] == "手机报告使用了模拟定位。"
    before = [slot["word"] for slot in world.day(phone.person_id)["slots"]]
    made = decide(world, found[0], world.desk())
    assert (made["state"], made["decided_by"]) == ("rejected", world.boss["id"])
    after = [slot["word"] for slot in world.day(phone.person_id)["slots"]]
    assert (before, after) == (["normal", "normal"], ["missing", "normal"])
    assert decide(world, found[0], world.desk(), 409)["code"] == "attendance.request_decided"
    assert len(queue(world, state="rejected")) == 1


def test_a_browser_is_unavailable_and_not_suspect(world: World) -> None:
    phone = world.phone()
    world.until(7.9)
    phone.clocks("in", position=HERE)
    phone.pushes()
    world.until(8.5)
    world.works()
    assert queue(world) == []


def test_one_phone_for_two_is_seen_on_both_whatever_came_first(world: World) -> None:
    phone = world.phone()
    mate = world.phone(world.worker())
    world.until(8)
    phone.clocks("in", position=HERE, photo="a" * 64)
    phone.pushes()
    world.until(8.2)
    world.works()
    assert queue(world) == []
    mate.clocks("in", position={**HERE, "longitude": 113.2734}, photo="a" * 64)
    mate.pushes()
    world.until(8.5)
    world.works()
    assert {tuple(s["signal"] for s in f["review"]["signals"]) for f in queue(world)} == {("photo_reused",)}
    assert len(queue(world)) == 2


def test_nobody_decides_of_themselves_or_of_another_area(world: World) -> None:
    world.town.tokens.clear()
    boss = world.town.person("supervisor", area=GRID)
    phone = world.phone(boss)
    world.until(8)
    phone.clocks("in", position=HERE, mock=True)
    phone.pushes()
    world.until(8.5)
    world.works()
    found = queue(world)[0]
    assert decide(world, found, world.as_(boss), 403)["code"] == "attendance.own_request"
    world.town.tokens.clear()
    far = world.town.person("supervisor", area=LIANHE)
    assert queue(world, world.as_(far)) == []
    assert decide(world, found, world.as_(far), 404)["code"] == "attendance.request_unknown"
    assert decide(world, found, world.desk(), accept=True)["state"] == "accepted"


def test_an_id_that_comes_again_with_other_content_changes_nothing_and_is_looked_at(world: World) -> None:
    phone = world.phone()
    world.until(8)
    first = phone.clocks("in", position=HERE)
    assert phone.pushes()[0]["r"] == "applied"
    before = world.town.ask("GET", f"{API}/punches?person_id={phone.person_id}", world.desk())["items"]
    phone.does("attendance.clock_in", "punches", first, direction="out", position=HERE)
    outcome = phone.pushes()[0]
    assert (outcome["r"], outcome["why"]["code"]) == ("rejected", "sync.row_exists")
    assert outcome["conflict"]
    assert world.town.ask("GET", f"{API}/punches?person_id={phone.person_id}", world.desk())["items"] == before
    world.until(8.2)
    world.works()
    told = [(f["review"]["id"], f["review"]["level"], f["review"]["signals"][0]["signal"]) for f in queue(world)]
    assert told == [(first, "tampered", "id_reused")]


def test_a_phone_whose_clock_lies_ahead_clocks_in_at_the_time_that_it_was(world: World) -> None:
    phone = world.phone()
    world.until(8)
    phone.clocks("in", position=HERE)
    phone.queue[0]["at"]["wall_ms"] += 3 * 3_600_000
    assert phone.pushes()[0]["r"] == "applied"
    found = world.town.ask("GET", f"{API}/punches?person_id={phone.person_id}", world.desk())["items"][0]
    assert found["trusted_at"] <= found["received_at"] < found["wall_at"]
    assert {"wall_far_off", "clock_set"} & set(found["marks"])
