"""Fences set for a shift: whoever is rostered holds them, and is judged by them on that day only."""

from typing import Any

import orjson
import pytest

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from tests.api.attendance.world import API, Phone, World
from tests.api.people.conftest import GRID, Town

HERE = {"longitude": 113.2732, "latitude": 23.1815}
FIX = {**HERE, "accuracy_m": 8}


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    made.town.tokens.clear()
    made.desk()
    return made


def fence(world: World, status: int = 201, **more: Any) -> Any:
    point = {"type": "Point", "coordinates": list(HERE.values())}
    ask = {"name": "早班集合点", "geometry": point, "radius_m": 100, "area_path": GRID} | more
    return world.town.ask("POST", f"{API}/fences", world.desk(), status, **ask)


def placed(world: World, phone: Phone, punch_id: str) -> str:
    page = world.town.ask("GET", f"{API}/punches?person_id={phone.person_id}", world.desk())["items"]
    return str(next(p["place"] for p in page if p["id"] == punch_id))


def held(world: World, phone: Phone) -> list[str]:
    found = world.town.ask("GET", f"{API}/fences", world.as_(phone.person))["features"]
    return [feature["properties"]["name"] for feature in found]


def test_a_fence_of_a_shift_judges_whoever_works_it_that_day(world: World) -> None:
    shift = world.shift()
    made = fence(world, shift_ids=[shift])
    assert made["properties"]["shift_ids"] == [shift]
    phone, other = world.phone(), world.phone(world.worker())
    world.plan(shift, phone.person_id)
    assert (held(world, phone), held(world, other)) == (["早班集合点"], [])
    world.until(8)
    mine, theirs = phone.clocks("in", position=FIX), other.clocks("in", position=FIX)
    phone.pushes()
    other.pushes()
    assert (placed(world, phone, mine), placed(world, other, theirs)) == ("inside", "no_fence")
    world.until(32)
    next_day = phone.clocks("in", position=FIX)
    phone.pushes()
    assert placed(world, phone, next_day) == "no_fence"


def test_the_fence_of_a_shift_reaches_the_phone_before_the_shift_and_leaves_with_the_roster(world: World) -> None:
    shift, late = world.shift(), world.shift((840, 1_080), name="晚班")
    made = fence(world, shift_ids=[shift])
    phone = world.phone()
    world.plan(shift, phone.person_id)
    assert pulled(world, phone) == {made["id"]}
    world.plan(late, phone.person_id)
    assert pulled(world, phone) == set()


def pulled(world: World, phone: Phone) -> set[str]:
    """The fences that a phone holds which is filled anew."""
    body = {"device": phone.device, "epoch": phone.epoch, "schema": 1, "cookie": None}
    answer = world.town.client.post("/sync/v1/pull", json=body, headers=phone.headers())
    assert answer.status_code == 200, answer.text
    frames = [orjson.loads(line) for line in answer.content.splitlines()]
    assert frames[-1]["f"] == "end"
    return {frame["id"] for frame in frames if frame["f"] == "row" and frame["t"] == "fences"}


def test_a_shift_that_nobody_knows_is_no_audience(world: World) -> None:
    assert fence(world, 422, shift_ids=[new_id()])["code"] == "attendance.audience_unknown"
