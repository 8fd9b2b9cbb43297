"""Tracks: kept only around a shift, the same however they come, looked at by name, forgotten in time."""

import base64
import random
from typing import Any

import pytest
from sqlmodel import select

from backend.kernel.audit import AuditEntry
from backend.kernel.clock import SetClock
from backend.kernel.geo import plane_at
from backend.kernel.http import House
from tests.api.attendance.world import API, TUESDAY, Phone, World
from tests.api.people.conftest import CODE, GRID, LIANHE, Town

ON_POSTGRES = {
    "test_batches_in_any_order_and_again_are_one_track",
    "test_raw_points_go_after_thirty_days_and_the_results_stay",
    "test_who_leaves_the_post_is_seen_on_the_board_and_told_once_until_back",
    "test_an_owntracks_app_reports",
    "test_a_stretch_of_road_is_proved_by_the_track_of_whoever_worked_it",
}
"""What asks the store something of its own; the rest runs there in `make test-full`."""

HOUR = 3_600_000
MIDNIGHT = 1_788_192_000_000 + 7 * 86_400_000
PLANE = plane_at(113.2732, 23.1815)
X0, Y0 = PLANE.point(113.2732, 23.1815)
ROAD = {"type": "LineString", "coordinates": [list(PLANE.place(X0 + x, Y0)) for x in (0, 1_000)]}


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    return made


@pytest.fixture
def phone(world: World) -> Phone:
    """A worker with a morning shift, 8 to 12, and a road to sweep."""
    made = world.phone()
    world.plan(world.shift(), made.person_id)
    ask = {"name": "责任路段", "geometry": ROAD, "radius_m": 20, "area_path": GRID, "person_ids": [made.person_id]}
    world.town.ask("POST", f"{API}/fences", world.desk(), 201, **ask)
    world.until(12.2)
    return made


def at(hour: float, east_m: float = 0.0, accuracy_m: float | None = 5.0) -> list[Any]:
    return [round(MIDNIGHT + hour * HOUR), *(round(n, 7) for n in PLANE.place(X0 + east_m, Y0)), accuracy_m]


def walked() -> list[list[Any]]:
    """Along the whole road from nine o'clock, a point each ten seconds."""
    return [at(9 + s / 3_600, 1.25 * s) for s in range(0, 810, 10)]


def reports(phone: Phone, points: list[list[Any]], **more: Any) -> str:
    return phone.does("attendance.report_track", "track_batches", points=points, **more)


@pytest.mark.parametrize(("purpose", "place", "proof"), [("work", "inside", "over"), ("rest", "no_fence", "within")])
def test_whoever_rests_where_they_may_stays_nowhere_too_long_and_clocks_in_nowhere(
    world: World, purpose: str, place: str, proof: str
) -> None:
    phone, (longitude, latitude) = world.phone(), PLANE.place(X0, Y0)
    world.plan(world.shift(), phone.person_id)
    drawn = {"name": "驿站", "geometry": {"type": "Point", "coordinates": [longitude, latitude]}, "radius_m": 40}
    ask = drawn | {"area_path": GRID, "person_ids": [phone.person_id], "purpose": purpose}
    fence = world.town.ask("POST", f"{API}/fences", world.desk(), 201, **ask)
    assert fence["properties"]["purpose"] == purpose
    world.until(9)
    phone.clocks("in", position={"longitude": longitude, "latitude": latitude, "accuracy_m": 5})
    world.until(12.2)
    reports(phone, [*(at(9 + minute / 60) for minute in range(45)), at(10, 500), at(10.01, 510)])
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    assert own(world, phone)["results"]["stay"]["proof"] == proof
    (punch,) = world.town.ask("GET", f"{API}/punches?person_id={phone.person_id}", world.desk())["items"]
    assert punch["place"] == place


def look(world: World, person_id: str, by: dict[str, str], status: int = 200) -> Any:
    path = f"{API}/tracks/{person_id}/looks"
    return world.town.ask("POST", path, by, status, on=TUESDAY, reason="路段投诉核实")


def own(world: World, phone: Phone) -> Any:
    return world.town.ask("GET", f"{API}/me/track?on={TUESDAY}", phone.headers())


def test_points_outside_the_shift_are_counted_and_forgotten(world: World, phone: Phone) -> None:
    reports(phone, [at(7.7), at(7.8), at(12.2), at(6), at(9), [at(9.1)[0], 500, 23, 5], at(40)])
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    track = own(world, phone)
    assert [p[0] for p in track["points"]] == [at(h)[0] for h in (7.8, 9, 12.2)]
    assert (track["kept"], track["outside"], track["invalid"]) == (3, 2, 2)


def test_a_later_roster_never_brings_points_back(world: World, phone: Phone) -> None:
    reports(phone, [at(6), at(9)])
    phone.pushes()
    early = world.shift((300, 720), name="大早班")
    world.plan(early, phone.person_id)
    reports(phone, [at(6), at(9.5)])
    phone.pushes()
    track = own(world, phone)
    assert ([p[0] for p in track["points"]], track["outside"]) == ([at(9)[0], at(9.5)[0]], 2)


def test_batches_in_any_order_and_again_are_one_track(world: World, phone: Phone) -> None:
    points = walked()
    random.Random(4).shuffle(points)
    for part in (points[40:], points[:50], points[20:60], points[::7]):
        reports(phone, part)
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    track = own(world, phone)
    assert track["points"] == walked()
    road = track["results"]["roads"][0]
    assert (road["covered_percent"], road["uncovered_percent"], road["unknown_percent"]) == (100, 0, 0)
    assert road["passes"] == 1


def test_the_datum_of_a_batch_is_undone(world: World, phone: Phone) -> None:
    from backend.kernel.geo import gcj02

    shown = gcj02(113.2732, 23.1815)
    reports(phone, [[at(9)[0], *shown, 5.0]], datum="gcj02")
    phone.pushes()
    assert own(world, phone)["points"][0][1:3] == pytest.approx([113.2732, 23.1815], abs=1e-6)


def test_only_a_supervisor_of_the_area_looks_and_the_person_sees_who(world: World, phone: Phone) -> None:
    reports(phone, walked())
    phone.pushes()
    person = phone.person_id
    world.town.tokens.clear()
    for role, area in (("admin", "/440111/"), ("leader", "/440111/"), ("supervisor", LIANHE), ("crew", GRID)):
        other = world.town.as_(world.town.person(role, area=area)["phone"])
        assert look(world, person, other, 404)["code"] == "attendance.track_unknown"
    assert len(look(world, person, world.desk())["points"]) == len(walked())
    looks = world.town.ask("GET", f"{API}/me/track-looks", phone.headers())["items"]
    assert [(entry["looker_id"], entry["reason"]) for entry in looks] == [(world.boss["id"], "路段投诉核实")]
    with world.house.db.reading() as session:
        looked = select(AuditEntry.actor).where(AuditEntry.deed == "attendance.track_looked_at")
        assert session.exec(looked).all() == [world.boss["id"]]


def test_raw_points_go_after_thirty_days_and_the_results_stay(world: World, phone: Phone) -> None:
    reports(phone, walked()[:40])
    phone.pushes()
    before = own(world, phone)["results"]
    world.until(24 * 31 + 6)
    world.works()
    track = own(world, phone)
    assert (track["points"], track["raw"], track["kept"]) == ([], False, 40)
    assert track["results"] == before
    assert before["roads"][0]["unknown_percent"] > 0


def test_who_leaves_the_post_is_seen_on_the_board_and_told_once_until_back(world: World, phone: Phone) -> None:
    def told() -> list[str]:
        found = world.town.ask("GET", "/notifications/v1/notices", world.as_(phone.person))["items"]
        return [n["code"] for n in found if n["code"] == "attendance.left_post"]

    def row() -> tuple[str, str]:
        found = world.town.ask("GET", f"{API}/board", world.desk())["items"][0]
        return found["presence"], found["why"]

    def reported(hour: float, east_m: float, minutes: int) -> None:
        start = at(hour)[0]
        points = [[start + m * 60_000, *PLANE.place(X0 + east_m, Y0), 5.0] for m in range(minutes + 1)]
        world.until(24 + hour + minutes / 60)
        reports(phone, [[t + 24 * HOUR, *rest] for t, *rest in points])
        phone.pushes()
        world.works()

    world.plan(world.shift(name="次日早班"), phone.person_id, first="2026-09-09", last="2026-09-09")
    world.until(24 + 7.9)
    phone.clocks("in", position={"longitude": 113.2732, "latitude": 23.1815, "accuracy_m": 5})
    phone.pushes()
    reported(8.5, 100, 5)
    assert row() == ("green", "on_post")
    reported(8.7, 5_000, 10)
    assert (row(), told()) == (("yellow", "outside"), [])
    reported(8.9, 5_000, 10)
    reported(9.1, 5_000, 5)
    assert (row(), len(told())) == (("red", "off_post"), 1)
    reported(9.3, 100, 5)
    assert row() == ("green", "on_post")


def test_who_goes_home_for_a_long_lunch_has_not_left_the_post(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift((480, 600), (780, 900)), phone.person_id)
    ask = {"name": "路段", "geometry": ROAD, "radius_m": 20, "area_path": GRID, "person_ids": [phone.person_id]}
    world.town.ask("POST", f"{API}/fences", world.desk(), 201, **ask)
    world.until(10.4)
    home = [at(10 + minute / 60, 5_000) for minute in range(25)]
    reports(phone, [at(9.9), *home])
    world.until(15)
    reports(phone, [at(10.25 + minute / 60, 5_000) for minute in range(180)])
    phone.pushes()
    world.until(24 + 4)
    world.works()
    found = own(world, phone)
    assert (found["kept"], found["results"]["off_post"]) == (1 + 16 + 30, [])
    assert found["outside"] == 9 + 149
    told = world.town.ask("GET", "/notifications/v1/notices", world.as_(phone.person))["items"]
    assert [n["code"] for n in told if n["code"] == "attendance.left_post"] == []


def test_whoever_has_three_hundred_sites_is_at_their_post_at_any_of_them(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    sites = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": list(PLANE.place(X0 + 400 * (n % 20), Y0 + 400 * (n // 20)))},
            "properties": {"name": f"站点{n}", "person_ids": [phone.person_id]},
        }
        for n in range(300)
    ]
    ask = {"type": "FeatureCollection", "features": sites, "radius_m": 50, "area_path": GRID, "confirmed": True}
    assert world.town.ask("POST", f"{API}/fences/import", world.desk(), **ask)["drawn"] == 300
    there = PLANE.place(X0 + 400 * 19, Y0 + 400 * 14)
    world.until(8)
    phone.clocks("in", position={"longitude": there[0], "latitude": there[1], "accuracy_m": 5})
    world.until(9)
    reports(phone, [[MIDNIGHT + 8 * HOUR + m * 60_000, *there, 5.0] for m in range(60)])
    phone.pushes()
    world.works()
    seen = world.town.ask("GET", f"{API}/board", world.desk())["items"][0]
    assert (seen["presence"], seen["seen_place"]) == ("green", "inside")
    found = look(world, phone.person_id, world.desk())["results"]
    assert (found["off_post"], found["outside_s"]) == ([], 0)


# -- OwnTracks -----------------------------------------------------------------------------------------------------


def posts(world: World, key: dict[str, str], body: bytes | None, kind: str = "application/json") -> Any:
    word = base64.b64encode(f"{key['user']}:{key['password']}".encode()).decode()
    headers = {"Authorization": f"Basic {word}", "Content-Type": kind, "X-Limit-U": "jane", "X-Limit-D": "phone"}
    return world.town.client.post(f"{API}/owntracks", content=body, headers=headers)


@pytest.fixture
def key(world: World, phone: Phone) -> dict[str, str]:
    made: dict[str, str] = world.town.ask("POST", f"{API}/owntracks/keys", phone.headers(), 201)
    return made


def test_an_owntracks_app_reports(world: World, phone: Phone, key: dict[str, str]) -> None:
    said = (
        '{"_type":"location","lat":23.1815,"lon":113.2732,"tst":%d,"acc":12,"batt":80,"tid":"jp","t":"u","vel":4,'
        '"topic":"owntracks/jane/phone","inregions":["a"],"conn":"m","BSSID":"x","created_at":1788829000}'
    )
    for hour in (9, 9.01, 9, 7):
        answer = posts(world, key, (said % round((MIDNIGHT + hour * HOUR) / 1_000)).encode())
        assert (answer.status_code, answer.json()) == (200, [])
    for other in (b'{"_type":"lwt","tst":1}', b'{"_type":"waypoints","waypoints":[{"desc":"home"}]}', b""):
        assert posts(world, key, other).json() == []
    track = own(world, phone)
    assert [p[0] for p in track["points"]] == [at(9)[0], at(9.01)[0]]
    assert (track["kept"], track["outside"]) == (2, 1)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"_type":"location","lat":23,"lon":113}', 422, "attendance.owntracks_incomplete"),
        (b'{"_type":"encrypted","data":"x"}', 422, "attendance.owntracks_encrypted"),
        (b'{"_type":"location","lat":500,"lon":113,"tst":1}', 422, "request.invalid"),
        (b'{"_type":"location","lat":NaN,"lon":113,"tst":1}', 422, "request.invalid"),
        (b'{"_type":"location","lat":"23","lon":113,"tst":1}', 422, "request.invalid"),
        (b'{"_type":"location","lat":23,"lon":113,"tst":1e300}', 422, "request.invalid"),
        (b'{"_type":"location","lat":23,"lon":113,"tst":-5}', 422, "request.invalid"),
        (b'{"_type":["location"]}', 422, "request.invalid"),
        (b'{"lat":23}', 422, "request.invalid"),
        (b'[{"_type":"location"}]', 422, "request.invalid"),
        (b"{{{{", 400, "request.not_json"),
        (b"[" * 100_000, 400, "request.not_json"),
        (b'{"_type":"location","x":"' + b"a" * 1_100_000 + b'"}', 413, "request.too_large"),
    ],
)
def test_a_hostile_body_is_refused(
    world: World, phone: Phone, key: dict[str, str], body: bytes, status: int, code: str
) -> None:
    answer = posts(world, key, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert own(world, phone)["kept"] == 0


def test_a_wrong_or_ended_key_reports_nothing(world: World, phone: Phone, key: dict[str, str]) -> None:
    said = b'{"_type":"location","lat":23.1815,"lon":113.2732,"tst":1788829200}'
    assert posts(world, key | {"password": "no"}, said).json()["code"] == "attendance.track_key_wrong"
    assert posts(world, key | {"user": "no"}, said).status_code == 401
    assert world.town.client.post(f"{API}/owntracks", json={"_type": "lwt"}).status_code == 401
    world.town.ask("DELETE", f"{API}/owntracks/keys/{key['id']}", phone.headers(), 204)
    assert posts(world, key, said).status_code == 401


def test_a_stretch_of_road_is_proved_by_the_track_of_whoever_worked_it(world: World) -> None:
    world.town.tokens.clear()
    town, team = world.town, world.town.team()
    phone = world.phone(town.person("crew", team=team))
    world.plan(world.shift(), phone.person_id)
    rule = {"scene": "sanitation", "code": "sweep_line", "name": "普扫", "evidence_rule": {"coverage_min": 90}}
    form = town.ask("POST", f"/workorders/v1/districts/{CODE}/templates", town.admin, 201, **rule)
    order = {"title": "增槎路", "scene": "sanitation", "area_path": GRID, "team_id": team, "template_id": form["id"]}
    asked = order | {"assignee_id": phone.person_id, "line": ROAD, "buffer_m": 20}
    (made,) = town.ask("POST", "/workorders/v1/orders", world.desk(), 201, orders=[asked])
    world.until(8.95)
    phone.does("workorders.start", "workorders", made["id"])
    world.until(9.3)
    phone.does("workorders.finish", "workorders", made["id"])
    phone.pushes()

    def proof() -> tuple[str, float, list[str]]:
        stands = town.ask("GET", f"/workorders/v1/orders/{made['id']}", world.desk())
        return stands["evidence"], stands["covered_percent"], [lack["what"] for lack in stands["lacking"]]

    assert proof() == ("awaiting", 0.0, ["coverage_unknown"])
    steps = walked()
    reports(phone, steps[:41])
    phone.pushes()
    evidence, covered, lacking = proof()
    assert (evidence, lacking) == ("awaiting", ["coverage_unknown"])
    assert 45 < covered < 60
    reports(phone, steps[41:])
    phone.pushes()
    assert proof() == ("complete", 100.0, [])
