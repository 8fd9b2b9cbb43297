"""Teams and areas: formed, drawn, and moved between; handsets learn of it in the same transaction."""

from datetime import timedelta
from typing import Any

import orjson

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.journaling import journal_of
from backend.people import actions
from tests.api.people.conftest import GRID, LIANHE, ROOT, SONGZHOU, Town
from tests.api.people.test_persons import scopes

TEAMS = "/people/v1/teams"
AREAS = "/people/v1/areas"
SQUARE = [[113.27, 23.18], [113.28, 23.18], [113.28, 23.19], [113.27, 23.19], [113.27, 23.18]]


def held(house: House, kind: str, row_id: str) -> tuple[dict[str, Any], set[str]]:
    """(body, scopes) of a row as handsets get it."""
    with house.db.reading() as session:
        row = journal_of(session).row(kind, row_id)
        assert row is not None
        assert row.body is not None
        return orjson.loads(row.body), set(row.scopes)


def test_a_member_joins_and_leaves_and_the_handset_follows(town: Town, house: House) -> None:
    team, ming = town.team(), town.person("crew")
    made = town.ask("POST", f"{TEAMS}/{team}/members", town.admin, 201, person_id=ming["id"])
    assert [m["person_id"] for m in made["members"]] == [ming["id"]]
    assert f"team:{team}" in scopes(house, ming["id"])
    body, where = held(house, "people", ming["id"])
    assert body == {"name": ming["name"], "team_ids": [team], "status": "active"}
    assert where == {
        f"user:{ming['id']}",
        f"team:{team}",
        f"area:{ROOT}",
        f"area:{SONGZHOU}",
        f"area:{GRID}",
    }
    twice = town.ask("POST", f"{TEAMS}/{team}/members", town.admin, 409, person_id=ming["id"])
    assert twice["code"] == "people.already_member"
    town.ask("POST", f"{TEAMS}/{team}/members/{ming['id']}/leave", town.admin)
    assert f"team:{team}" not in scopes(house, ming["id"])
    gone = town.ask("POST", f"{TEAMS}/{team}/members/{ming['id']}/leave", town.admin, 409)
    assert gone["code"] == "people.not_member"


def test_no_phone_travels_to_a_handset(town: Town, house: House) -> None:
    ming = town.person("crew", team=town.team())
    body, _ = held(house, "people", ming["id"])
    assert ming["phone"] not in orjson.dumps(body).decode()


def test_a_failed_sign_in_touches_no_journal(town: Town, house: House) -> None:
    ming = town.person("crew")
    with house.db.reading() as session:
        before = journal_of(session).head()
    town.client.post("/auth/v1/sign-in", json={"phone": ming["phone"], "password": "wrong"})
    town.sign_in(ming["phone"])
    with house.db.reading() as session:
        assert journal_of(session).head() == before


def test_a_move_at_noon_happens_at_noon(town: Town, house: House, clock: SetClock) -> None:
    old, new = town.team(), town.team(LIANHE, "联和一班")
    ming = town.person("crew", team=old)
    noon = clock.now() + timedelta(hours=4)
    move = {"from_team_id": old, "to_team_id": new, "at": noon.isoformat()}
    town.ask("POST", f"/people/v1/persons/{ming['id']}/move", town.admin, **move)
    assert f"team:{old}" in scopes(house, ming["id"])
    clock.pass_time(timedelta(hours=4))
    with house.db.transaction() as session:
        assert actions.settle_due(house.ctx(session)) == 1
    now = scopes(house, ming["id"])
    assert f"team:{new}" in now
    assert f"team:{old}" not in now
    town.tokens.clear()
    assert town.ask("GET", "/people/v1/me", town.as_(ming["phone"]))["team_ids"] == [new]


def test_a_move_now_is_told_at_once(town: Town, house: House) -> None:
    old, new = town.team(), town.team(GRID, "二班")
    ming = town.person("crew", team=old)
    moved = town.ask("POST", f"/people/v1/persons/{ming['id']}/move", town.admin, from_team_id=old, to_team_id=new)
    assert moved["team_ids"] == [new]
    assert {s for s in scopes(house, ming["id"]) if s.startswith("team:")} == {f"team:{new}"}


def test_nobody_moves_people_into_a_team_elsewhere(town: Town) -> None:
    boss, near, far = town.person("supervisor", area=SONGZHOU), town.team(), town.team(LIANHE, "联和一班")
    ming = town.person("crew", team=near)
    by = town.as_(boss["phone"])
    town.ask("POST", f"/people/v1/persons/{ming['id']}/move", by, 404, from_team_id=near, to_team_id=far)
    town.ask("POST", f"{TEAMS}/{far}/members", by, 404, person_id=ming["id"])
    assert town.ask("POST", TEAMS, by, 403, name="三班", area=LIANHE, trade="gas")["code"] == "people.outside_area"


def test_crew_see_their_own_team_and_no_other(town: Town) -> None:
    own, other = town.team(), town.team(GRID, "二班")
    ming = town.person("crew", team=own)
    by = town.as_(ming["phone"])
    assert [t["id"] for t in town.ask("GET", TEAMS, by)["items"]] == [own]
    town.ask("GET", f"{TEAMS}/{other}", by, 404)
    town.ask("PATCH", f"{TEAMS}/{own}", by, 403, name="我们班")


def test_a_dissolved_team_has_no_members_and_takes_none(town: Town, house: House) -> None:
    team = town.team()
    ming = town.person("crew", team=team)
    for _ in range(2):
        town.ask("POST", f"{TEAMS}/{team}/dissolve", town.admin, 204)
    assert f"team:{team}" not in scopes(house, ming["id"])
    assert town.ask("GET", TEAMS, town.admin)["items"] == []
    assert [t["id"] for t in town.ask("GET", f"{TEAMS}?dissolved=true", town.admin)["items"]] == [team]
    answer = town.ask("POST", f"{TEAMS}/{team}/members", town.admin, 409, person_id=ming["id"])
    assert answer["code"] == "people.team_dissolved"
    assert held(house, "teams", team)[0]["dissolved"] is True


def test_a_team_is_renamed_and_moved_to_another_area(town: Town, house: House) -> None:
    team = town.team()
    town.ask("PATCH", f"{TEAMS}/{team}", town.admin, name="联和二班", area=LIANHE)
    body, where = held(house, "teams", team)
    assert (body["name"], body["area"]) == ("联和二班", LIANHE)
    assert f"area:{GRID}" not in where


def test_areas_are_geojson_and_reference_data_of_the_district(town: Town, house: House) -> None:
    outline = {"type": "Polygon", "coordinates": [SQUARE]}
    ask = {"parent": SONGZHOU, "code": "08", "kind": "grid", "name": "八网格", "outline": outline}
    made = town.ask("POST", AREAS, town.admin, 201, **ask)
    assert made["geometry"] == outline
    assert made["properties"]["path"] == f"{SONGZHOU}08/"
    ming = town.person("crew")
    seen = town.ask("GET", AREAS, town.as_(ming["phone"]))
    assert seen["type"] == "FeatureCollection"
    assert [f["properties"]["path"] for f in seen["features"]] == [ROOT, SONGZHOU, GRID, LIANHE, f"{SONGZHOU}08/"]
    grids = town.ask("GET", f"{AREAS}?under={SONGZHOU}&kind=grid&limit=1", town.admin)
    assert len(grids["features"]) == 1
    assert grids["next"]
    _, where = held(house, "areas", made["id"])
    assert where == {"district:440111"}


def test_an_outline_that_cannot_be_drawn_is_refused(town: Town) -> None:
    for kind, coordinates in [
        ("Polygon", [[[113.0, 23.0], [113.1, 23.1], [113.1, 23.0], [113.0, 23.1], [113.0, 23.0]]]),
        ("Polygon", [SQUARE[:-1]]),
        ("Polygon", [[[500, 23], [501, 23], [501, 24], [500, 23]]]),
        ("Polygon", [[[23.1, 113.2], [23.2, 113.2], [23.2, 113.3], [23.1, 113.2]]]),
        ("Polygon", [[["113", "23"]] * 4]),
        ("Polygon", []),
        ("Polygon", [[[[[[1]]]]]]),
        ("Polygon", [[[True, False]] * 4]),
        ("MultiPolygon", [SQUARE]),
        ("Polygon", [[[113.27, 23.18]] * 4]),
    ]:
        ask = {"parent": SONGZHOU, "code": "08", "kind": "grid", "name": "八网格"}
        outline = {"type": kind, "coordinates": coordinates}
        answer = town.ask("POST", AREAS, town.admin, 422, **ask, outline=outline)
        assert answer["code"] == "people.outline_invalid"
        assert answer["params"]["fault"]


def test_an_area_lies_where_it_may(town: Town) -> None:
    for change, status, code in [
        ({"parent": f"{ROOT}none/"}, 422, "people.area_unknown"),
        ({"code": "07"}, 409, "people.area_exists"),
        ({"kind": "street"}, 422, "people.area_misplaced"),
        ({"kind": "district"}, 422, "request.invalid"),
        ({"code": "../x"}, 422, "request.invalid"),
        ({"parent": "/440112/"}, 403, "auth.not_allowed"),
    ]:
        ask = {"parent": SONGZHOU, "code": "08", "kind": "grid", "name": "八网格", **change}
        assert town.ask("POST", AREAS, town.admin, status, **ask)["code"] == code


def test_an_area_is_redrawn_by_an_admin_only(town: Town) -> None:
    area = next(f for f in town.ask("GET", AREAS, town.admin)["features"] if f["properties"]["path"] == GRID)
    outline = {"type": "MultiPolygon", "coordinates": [[SQUARE]]}
    redrawn = town.ask("PATCH", f"{AREAS}/{area['id']}", town.admin, name="七网格", outline=outline)
    assert redrawn["geometry"]["type"] == "MultiPolygon"
    boss = town.person("supervisor", area=SONGZHOU)
    town.ask("PATCH", f"{AREAS}/{area['id']}", town.as_(boss["phone"]), 403, name="x")
