"""Posts: rosters name them, fences are set for them, the day and the board show them."""

from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from tests.api.attendance.test_shift_fences import FIX, fence, held, placed, pulled
from tests.api.attendance.world import API, TUESDAY, World
from tests.api.people.conftest import GRID, Town


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    made.town.tokens.clear()
    made.desk()
    return made


def post(world: World, name: str = "东门", status: int = 201) -> Any:
    return world.town.ask("POST", f"{API}/posts", world.desk(), status, name=name, area_path=GRID)


def rostered(world: World) -> dict[str, tuple[str, str]]:
    listed = world.town.ask("GET", f"{API}/rosters?first_on={TUESDAY}&last_on=2026-09-09", world.desk())["items"]
    return {row["person_id"]: (row["shift_name"], row["post_name"]) for row in listed if row["shift_type_id"]}


def test_the_fence_of_a_post_judges_whoever_is_rostered_there(world: World) -> None:
    gate, shift = post(world), world.shift()
    made = fence(world, post_ids=[gate["id"]])
    assert made["properties"]["post_ids"] == [gate["id"]]
    phone, other = world.phone(), world.phone(world.worker())
    world.plan(shift, phone.person_id, post_id=gate["id"])
    world.plan(shift, other.person_id)
    assert (held(world, phone), held(world, other)) == (["早班集合点"], [])
    assert (pulled(world, phone), pulled(world, other)) == ({made["id"]}, set())
    world.until(8)
    mine, theirs = phone.clocks("in", position=FIX), other.clocks("in", position=FIX)
    phone.pushes()
    other.pushes()
    assert (placed(world, phone, mine), placed(world, other, theirs)) == ("inside", "no_fence")
    day = world.day(phone.person_id)
    assert (day["post_name"], [r["zh"] for r in day["reasons"] if r["code"] == "post"]) == ("东门", ["岗位：东门。"])
    board = world.town.ask("GET", f"{API}/board", world.desk())["items"]
    assert {row["person_id"]: row["post_name"] for row in board} == {phone.person_id: "东门", other.person_id: ""}


def test_a_change_of_post_moves_the_fence_and_judges_the_day_anew(world: World) -> None:
    gate, road, shift = post(world), post(world, "云城西路"), world.shift()
    made = fence(world, post_ids=[gate["id"]])
    phone = world.phone()
    world.plan(shift, phone.person_id, post_id=gate["id"])
    assert world.plan(shift, phone.person_id, post_id=gate["id"]) == {"set_days": 0, "unchanged_days": 1}
    assert pulled(world, phone) == {made["id"]}
    assert world.day(phone.person_id)["post_name"] == "东门"
    assert world.plan(shift, phone.person_id, post_id=road["id"])["set_days"] == 1
    assert pulled(world, phone) == set()
    assert world.day(phone.person_id)["post_name"] == "云城西路"


def test_whoever_swaps_a_shift_takes_its_post(world: World) -> None:
    gate, one, two = post(world), world.worker()["id"], world.worker()["id"]
    world.plan(world.shift(), one, post_id=gate["id"])
    world.plan(world.shift((840, 1080), name="中班"), two)
    ask = {"person_id": one, "on": TUESDAY, "other_person_id": two, "other_on": TUESDAY}
    world.town.ask("POST", f"{API}/rosters/swap", world.desk(), **ask)
    assert rostered(world) == {one: ("中班", ""), two: ("早班", "东门")}


def test_a_roster_file_names_posts_by_a_column_or_in_the_cell(world: World) -> None:
    one, two = world.worker(), world.worker()
    world.shift()
    post(world)
    post(world, "云城西路")
    headers = world.desk() | {"Content-Type": "application/octet-stream"}
    path = f"{API}/rosters/import?name=roster.csv&month=2026-09"
    text = f"手机号,岗位,8,9\n{one['phone']},东门,早班,早班＠没有的岗\n{two['phone']},,早班@云城西路,休\n"
    report = world.town.client.post(path, headers=headers, content=text.encode()).json()
    assert [(f["line"], f["column"], f["code"]) for f in report["faults"]] == [(2, "9", "attendance.line_invalid")]
    long = f"手机号,日期,班次,岗位\n{one['phone']},{TUESDAY},早班,东门\n{one['phone']},2026-09-09,早班,北门\n"
    report = world.town.client.post(path, headers=headers, content=long.encode()).json()
    assert [(f["line"], f["column"], f["code"]) for f in report["faults"]] == [(3, "post", "attendance.line_invalid")]
    assert rostered(world) == {one["id"]: ("早班", "东门"), two["id"]: ("早班", "云城西路")}


def test_a_post_that_ended_or_is_unknown_is_not_planned(world: World) -> None:
    gate, shift, person = post(world), world.shift(), world.worker()["id"]
    ask = {"person_ids": [person], "first_on": TUESDAY, "last_on": TUESDAY, "pattern": [shift]}
    world.town.ask("POST", f"{API}/posts/{gate['id']}/end", world.desk())
    for unknown in (gate["id"], new_id()):
        refused = world.town.ask("POST", f"{API}/rosters", world.desk(), 404, **ask, post_id=unknown)
        assert refused["code"] == "attendance.post_unknown"
    assert fence(world, 422, post_ids=[new_id()])["code"] == "attendance.audience_unknown"
    listed = world.town.ask("GET", f"{API}/posts", world.as_(world.town.person("crew")))["items"]
    assert [(row["name"], row["ended_at"] is not None) for row in listed] == [("东门", True)]
