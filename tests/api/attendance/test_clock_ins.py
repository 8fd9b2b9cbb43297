"""Clock-ins at fences: recorded whatever place and time they name, and judged by what held then."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.ids import new_id
from tests.api.people.conftest import GRID, LIANHE, Town
from tests.api.workorders.crew import Handset, handset

POST = {"longitude": 113.2732, "latitude": 23.1815}
FENCES, PUNCHES = "/attendance/v1/fences", "/attendance/v1/punches"


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("supervisor", area="/440111/")["phone"])


def fence(town: Town, desk: dict[str, str], team: str, status: int = 201, **more: Any) -> Any:
    point = {"type": "Point", "coordinates": [POST["longitude"], POST["latitude"]]}
    ask = {"name": "松洲岗亭", "geometry": point, "radius_m": 100, "area_path": GRID, "team_ids": [team]} | more
    return town.ask("POST", FENCES, desk, status, **ask)


def clocks_in(phone: Handset, metres_north: float = 0, accuracy_m: float = 10, **more: Any) -> str:
    where = {**POST, "latitude": POST["latitude"] + metres_north * 0.0009 / 99.67, "accuracy_m": accuracy_m}
    return phone.does("attendance.clock_in", "punches", **({"direction": "in", "position": where} | more))


def test_a_clock_in_is_judged_by_its_fence_and_never_refused(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    fence(town, desk, team)
    phone = handset(town, clock, town.person("crew", team=team))
    phone.pulls()
    assert [row["name"] for row in phone.holds("fences")] == ["松洲岗亭"]
    clocks_in(phone)
    clocks_in(phone, 500)
    clocks_in(phone, 500, accuracy_m=300)
    clocks_in(phone, position=None)
    clocks_in(phone, position={"longitude": 500, "latitude": 23, "accuracy_m": -1})
    clocks_in(phone, mock=True)
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    page = town.ask("GET", f"{PUNCHES}?person_id={phone.person_id}", desk)["items"]
    assert sorted(p["place"] for p in page) == ["inside", "inside", "no_fix", "no_fix", "outside", "unsure"]
    assert [p["marks"] for p in page if p["mock"]] == [["mock_location"]]
    assert len(town.ask("GET", f"{PUNCHES}?review=true", desk)["items"]) == 5
    assert {p["place"] for p in town.ask("GET", f"{PUNCHES}?place=outside", desk)["items"]} == {"outside"}
    phone.pulls()
    assert len(phone.holds("punches")) == 6


def test_where_somebody_was_is_no_matter_of_their_team(town: Town, clock: SetClock, team: str) -> None:
    mate, other = town.person("crew", team=team), town.person("crew", team=team)
    phone, beside = handset(town, clock, mate), handset(town, clock, other)
    clocks_in(phone)
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    for each in (phone, beside):
        each.pulls()
    assert (len(phone.holds("punches")), len(beside.holds("punches"))) == (1, 0)
    assert len(town.ask("GET", PUNCHES, town.as_(mate["phone"]))["items"]) == 1
    assert town.ask("GET", PUNCHES, town.as_(other["phone"]))["items"] == []


def test_a_wrong_clock_is_marked_and_the_trusted_time_counts(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    phone = handset(town, clock, town.person("crew", team=team))
    clocks_in(phone)
    phone.queue[0]["at"]["wall_ms"] += 3_600_000
    clock.pass_time(timedelta(minutes=3))
    phone.pushes()
    punch = town.ask("GET", PUNCHES, desk)["items"][0]
    assert (punch["trusted_at"], punch["wall_at"]) == ("2026-09-01T00:00:00Z", "2026-09-01T01:00:00Z")
    assert "wall_far_off" in punch["marks"]
    assert punch["review"]


def test_a_clock_in_is_judged_by_the_team_and_fence_of_its_own_time(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    made = fence(town, desk, team)
    person = town.person("crew", team=team)
    phone = handset(town, clock, person)
    clock.pass_time(timedelta(minutes=1))
    clocks_in(phone)
    clock.pass_time(timedelta(minutes=1))
    town.ask("PUT", f"{FENCES}/{made['id']}/audience", desk, team_ids=[], person_ids=[])
    clock.pass_time(timedelta(minutes=1))
    clocks_in(phone)
    phone.pushes()
    places = [p["place"] for p in town.ask("GET", PUNCHES, desk)["items"]]
    assert places == ["no_fence", "inside"]


def test_the_datum_is_named_and_only_wgs84_is_kept(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    from backend.kernel.geo import gcj02

    there = list(gcj02(POST["longitude"], POST["latitude"]))
    made = fence(town, desk, team, geometry={"type": "Point", "coordinates": there}, datum="gcj02")
    assert made["geometry"]["coordinates"] == pytest.approx([POST["longitude"], POST["latitude"]], abs=1e-7)
    phone = handset(town, clock, town.person("crew", team=team))
    shown = {"longitude": there[0], "latitude": there[1], "accuracy_m": 10}
    clocks_in(phone, position=shown | {"datum": "gcj02"})
    clocks_in(phone, position=shown)
    phone.pushes()
    assert {p["datum"]: p["place"] for p in town.ask("GET", PUNCHES, desk)["items"]} == {
        "gcj02": "inside",
        "wgs84": "outside",
    }


def test_the_same_clock_in_online_twice_is_one(town: Town, clock: SetClock, team: str, desk: dict[str, str]) -> None:
    fence(town, desk, team)
    worker = town.as_(town.person("crew", team=team)["phone"])
    ask = {"id": new_id(), "direction": "in", "position": {**POST, "accuracy_m": 5}, "note": "到岗"}
    first = town.ask("POST", PUNCHES, worker, 201, **ask)
    assert (first["place"], first["quality"]) == ("inside", "server")
    assert town.ask("POST", PUNCHES, worker, 201, **ask) == first
    moved = {"position": {**POST, "latitude": POST["latitude"] + 0.001, "accuracy_m": 5}}
    known = {"position": {**POST, "accuracy_m": 5, "providers": ["gps"]}}
    others = ({"note": "又"}, {"direction": "out"}, {"mock": True}, {"position": None}, {"qr": "岗亭"}, moved, known)
    for other in others:
        assert town.ask("POST", PUNCHES, worker, 409, **(ask | other))["code"] == "attendance.id_reused"
    assert town.ask("GET", PUNCHES, worker)["items"] == [first]
    found = town.ask("GET", "/attendance/v1/reviews", desk)["items"]
    assert [(f["review"]["id"], [s["signal"] for s in f["review"]["signals"]]) for f in found] == [
        (ask["id"], ["id_reused"])
    ]


def test_the_id_of_somebody_elses_clock_in_says_nothing_against_them(
    town: Town, team: str, desk: dict[str, str]
) -> None:
    worker, other = (town.as_(town.person("crew", team=team)["phone"]) for _ in range(2))
    ask = {"id": new_id(), "direction": "in"}
    town.ask("POST", PUNCHES, worker, 201, **ask)
    assert town.ask("POST", PUNCHES, other, 409, **ask)["code"] == "attendance.id_reused"
    assert town.ask("GET", "/attendance/v1/reviews", desk)["items"] == []


def test_a_photo_that_is_cited_may_come_later(town: Town, clock: SetClock, team: str, desk: dict[str, str]) -> None:
    phone = handset(town, clock, town.person("crew", team=team))
    clocks_in(phone, photo=hashlib.sha256(b"face").hexdigest())
    assert phone.pushes()[0]["r"] == "applied"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"geometry": {"type": "Point", "coordinates": [500, 23]}}, "attendance.fence_invalid"),
        ({"geometry": {"type": "Point", "coordinates": [23.18, 113.27]}}, "attendance.fence_invalid"),
        ({"geometry": {"type": "MultiPolygon", "coordinates": []}}, "attendance.fence_invalid"),
        ({"radius_m": 0}, "attendance.radius_needed"),
        ({"valid_until_at": "2026-08-01T00:00:00Z"}, "attendance.period_invalid"),
        ({"area_path": "/440111/nowhere/"}, "attendance.area_unknown"),
        ({"team_ids": ["0199b3a0-0000-7000-8000-000000000001"]}, "attendance.audience_unknown"),
        ({"person_ids": ["0199b3a0-0000-7000-8000-000000000001"]}, "attendance.audience_unknown"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2], "crs": {}}}, "request.invalid"),
    ],
)
def test_a_broken_fence_is_refused(
    town: Town, team: str, desk: dict[str, str], more: dict[str, Any], code: str
) -> None:
    assert fence(town, desk, team, 422, **more)["code"] == code


def test_fences_are_drawn_and_ended_by_their_own_desk(town: Town, team: str, desk: dict[str, str]) -> None:
    made = fence(town, desk, team)
    far = town.as_(town.person("supervisor", area=LIANHE)["phone"])
    town.ask("GET", f"{FENCES}/{made['id']}", far, 404)
    town.ask("POST", f"{FENCES}/{made['id']}/end", far, 404)
    crew = town.as_(town.person("crew", team=team)["phone"])
    assert town.ask("GET", FENCES, crew)["features"] == [made]
    assert fence(town, crew, team, 403)["code"] == "auth.not_allowed"
    ended = town.ask("POST", f"{FENCES}/{made['id']}/end", desk, until_at="2026-09-02T00:00:00Z")
    assert ended["properties"]["valid_until_at"] == "2026-09-02T00:00:00Z"
    assert town.ask("GET", f"{FENCES}?at=2026-09-03T00:00:00Z", desk)["features"] == []
