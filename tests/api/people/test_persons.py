"""Persons: found within sight, taken on, changed, given roles, let go."""

from datetime import timedelta
from typing import Any

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.journaling import journal_of
from tests.api.people.conftest import ADMIN_PHONE, GRID, LIANHE, ROOT, SONGZHOU, Town

PERSONS = "/people/v1/persons"


def scopes(house: House, person_id: str) -> set[str]:
    with house.db.reading() as session:
        return {m.scope for m in journal_of(session).user_scopes(person_id) if m.seq_out is None}


def ids(page: dict[str, Any]) -> list[str]:
    return [item["id"] for item in page["items"]]


def test_a_supervisor_sees_their_own_areas_only(town: Town) -> None:
    boss = town.person("supervisor", area=SONGZHOU)
    near, far = town.person("crew", area=GRID), town.person("crew", area=LIANHE)
    seen = ids(town.ask("GET", PERSONS, town.as_(boss["phone"])))
    assert near["id"] in seen
    assert boss["id"] in seen
    assert far["id"] not in seen
    town.ask("GET", f"{PERSONS}/{far['id']}", town.as_(boss["phone"]), 404)
    town.ask("PATCH", f"{PERSONS}/{far['id']}", town.as_(boss["phone"]), 404, name="x")
    assert len(ids(town.ask("GET", PERSONS, town.admin))) == 4


def test_crew_do_not_list_persons(town: Town) -> None:
    ming = town.person("crew")
    town.ask("GET", PERSONS, town.as_(ming["phone"]), 403)


def test_persons_are_found_by_area_team_role_name_and_phone(town: Town) -> None:
    team = town.team()
    ming, hong = town.person("crew", team=team), town.person("dispatcher", area=LIANHE)
    found = {
        f"area={LIANHE}": [hong["id"]],
        f"team={team}": [ming["id"]],
        "role=dispatcher": [hong["id"]],
        f"q={ming['name']}": [ming["id"]],
        f"q={hong['phone'][3:]}": [hong["id"]],
        "q=%": [],
        "q=_": [],
        "status=left": [],
        f"area={LIANHE}&role=crew": [],
    }
    for query, expected in found.items():
        assert (query, ids(town.ask("GET", f"{PERSONS}?{query}", town.admin))) == (query, expected)


def test_a_long_list_is_walked_page_by_page_without_a_gap(town: Town) -> None:
    made = [town.person("crew", ready=False)["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = town.ask("GET", f"{PERSONS}?limit=2{cursor and '&cursor=' + cursor}", town.admin)
        seen += ids(page)
        cursor = page["next"]
        if len(seen) == 2:
            made.append(town.person("crew", ready=False)["id"])
    assert seen[1:] == made


def test_a_query_that_cannot_be_right_is_refused(town: Town) -> None:
    wrong = ["cursor=!!", "cursor=W10", "cursor=%00", "limit=0", "limit=201", "area=/x", "team=1", "role=king"]
    wrong += ["q=", "q=%00", "q=a%0Ab", "page=2"]
    for query in wrong:
        answer = town.client.get(f"{PERSONS}?{query}", headers=town.admin)
        assert (query, answer.status_code) == (query, 422)


def test_a_phone_belongs_to_one_person(town: Town) -> None:
    ming = town.person("crew")
    ask = {"name": "别人", "area": GRID, "roles": ["crew"]}
    answer = town.ask("POST", PERSONS, town.admin, 409, phone=f"+86 {ming['phone']}", **ask)
    assert answer["code"] == "people.phone_taken"
    hong = town.person("crew")
    answer = town.ask("PATCH", f"{PERSONS}/{hong['id']}", town.admin, 409, phone=ming["phone"])
    assert answer["code"] == "people.phone_taken"


def test_nobody_is_taken_on_above_or_outside(town: Town) -> None:
    boss = town.person("supervisor", area=SONGZHOU)
    for area, role, code in [
        (LIANHE, "crew", "people.outside_area"),
        (ROOT, "crew", "people.outside_area"),
        (GRID, "leader", "people.above_own_role"),
        (GRID, "admin", "people.above_own_role"),
    ]:
        ask = {"name": "新", "phone": town.phone(), "area": area, "roles": [role]}
        assert town.ask("POST", PERSONS, town.as_(boss["phone"]), 403, **ask)["code"] == code
    unknown = {"name": "新", "phone": town.phone(), "area": f"{GRID}none/", "roles": ["crew"]}
    assert town.ask("POST", PERSONS, town.as_(boss["phone"]), 422, **unknown)["code"] == "people.area_unknown"


def test_a_new_phone_signs_the_person_out(town: Town) -> None:
    ming = town.person("crew")
    headers, number = town.as_(ming["phone"]), town.phone()
    changed = town.ask("PATCH", f"{PERSONS}/{ming['id']}", town.admin, phone=number, name="小明")
    assert (changed["phone"], changed["name"]) == (f"+86{number}", "小明")
    town.ask("GET", "/people/v1/me", headers, 401)
    town.sign_in(number)


def test_nobody_gives_a_role_above_their_own_or_outside_their_areas(town: Town) -> None:
    boss, ming = town.person("supervisor", area=SONGZHOU), town.person("crew")
    by, path = town.as_(boss["phone"]), f"{PERSONS}/{ming['id']}/grants"
    for role, area, code in [
        ("admin", GRID, "people.above_own_role"),
        ("leader", GRID, "people.above_own_role"),
        ("dispatcher", LIANHE, "people.outside_area"),
        ("dispatcher", ROOT, "people.outside_area"),
    ]:
        assert town.ask("POST", path, by, 403, role=role, area=area)["code"] == code
    given = town.ask("POST", path, by, 201, role="dispatcher", area=SONGZHOU)
    assert {r["role"] for r in given["roles"]} == {"crew", "dispatcher"}
    again = town.ask("POST", path, by, 409, role="dispatcher", area=SONGZHOU)
    assert again["code"] == "people.role_already_held"


def test_nobody_raises_themselves(town: Town) -> None:
    boss = town.person("supervisor", area=SONGZHOU)
    path = f"{PERSONS}/{boss['id']}/grants"
    town.ask("POST", path, town.as_(boss["phone"]), 403, role="supervisor", area=ROOT)
    town.ask("POST", path, town.as_(boss["phone"]), 403, role="admin", area=SONGZHOU)


def test_a_role_taken_closes_its_doors_at_once_and_moves_the_handsets(town: Town, house: House) -> None:
    ming = town.person("crew")
    given = town.ask("POST", f"{PERSONS}/{ming['id']}/grants", town.admin, 201, role="dispatcher", area=SONGZHOU)
    grant = next(r["id"] for r in given["roles"] if r["role"] == "dispatcher")
    by = town.as_(ming["phone"])
    town.ask("GET", PERSONS, by)
    field = {f"user:{ming['id']}", "district:440111", f"components:{GRID}"}
    assert scopes(house, ming["id"]) == {*field, f"area:{SONGZHOU}"}
    town.ask("DELETE", f"/people/v1/grants/{grant}", town.admin, 204)
    town.ask("DELETE", f"/people/v1/grants/{grant}", town.admin, 204)
    town.ask("GET", PERSONS, by, 403)
    assert scopes(house, ming["id"]) == field


def test_a_role_for_a_time_begins_and_ends_by_itself(town: Town, house: House, clock: SetClock) -> None:
    from backend.people import actions

    def tick() -> int:
        with house.db.transaction() as session:
            return actions.settle_due(house.ctx(session))

    ming = town.person("crew")
    noon, evening = clock.now() + timedelta(hours=4), clock.now() + timedelta(hours=10)
    ask = {"role": "dispatcher", "area": GRID, "since_at": noon.isoformat(), "until_at": evening.isoformat()}
    town.ask("POST", f"{PERSONS}/{ming['id']}/grants", town.admin, 201, **ask)
    town.ask("GET", PERSONS, town.as_(ming["phone"]), 403)
    assert tick() == 0
    for later, status, has_scope in ((timedelta(hours=5), 200, True), (timedelta(hours=6), 403, False)):
        clock.pass_time(later)
        town.tokens.clear()
        town.ask("GET", PERSONS, town.as_(ming["phone"]), status)
        assert tick() == 1
        assert (f"area:{GRID}" in scopes(house, ming["id"])) is has_scope
    assert tick() == 0
    backwards = {**ask, "since_at": evening.isoformat(), "until_at": noon.isoformat()}
    assert town.ask("POST", f"{PERSONS}/{ming['id']}/grants", town.admin, 422, **backwards)["code"] == (
        "people.times_reversed"
    )


def test_the_last_admin_stays(town: Town) -> None:
    me = town.ask("GET", "/people/v1/me", town.admin)
    for method, path in (
        ("POST", f"{PERSONS}/{me['id']}/leave"),
        ("DELETE", f"/people/v1/grants/{me['roles'][0]['id']}"),
    ):
        assert town.ask(method, path, town.admin, 409)["code"] == "people.last_admin"
    town.person("admin", area=ROOT)
    town.ask("POST", f"{PERSONS}/{me['id']}/leave", town.admin, 204)


def test_who_left_holds_nothing_and_comes_back_as_the_same_person(town: Town, house: House) -> None:
    team = town.team()
    ming = town.person("crew", team=team)
    town.ask("POST", f"{PERSONS}/{ming['id']}/leave", town.admin, 204)
    town.ask("POST", f"{PERSONS}/{ming['id']}/leave", town.admin, 204)
    gone = town.ask("GET", f"{PERSONS}/{ming['id']}", town.admin)
    assert (gone["status"], gone["roles"], gone["team_ids"]) == ("left", [], [])
    assert scopes(house, ming["id"]) == set()
    town.ask("PATCH", f"{PERSONS}/{ming['id']}", town.admin, 409, name="x")
    town.ask("POST", f"{PERSONS}/{ming['id']}/grants", town.admin, 409, role="crew", area=GRID)
    again = town.ask("POST", PERSONS, town.admin, 201, name="明", phone=ming["phone"], area=GRID, roles=["crew"])
    assert again["id"] == ming["id"]
    assert again["status"] == "active"
    refused = town.client.post("/auth/v1/sign-in", json={"phone": ming["phone"], "password": "correct horse battery"})
    assert refused.status_code == 401


def test_people_keep_their_own_name_right(town: Town) -> None:
    ming = town.person("crew")
    assert town.ask("PATCH", "/people/v1/me", town.as_(ming["phone"]), name=" 李明 ")["name"] == "李明"
    town.ask("PATCH", "/people/v1/me", town.as_(ming["phone"]), 422, phone="13900000000")
    town.ask("PATCH", "/people/v1/me", town.as_(ming["phone"]), 422, name="a\u0000b")


def test_sensitive_deeds_are_in_the_audit_chain(town: Town, house: House) -> None:
    from sqlmodel import select

    from backend.kernel.audit import AuditEntry, verify

    ming = town.person("crew")
    town.ask("POST", f"{PERSONS}/{ming['id']}/reset-password", town.admin)
    with house.db.reading() as session:
        deeds = session.exec(select(AuditEntry.deed).where(AuditEntry.subject == ming["id"])).all()
        everything = " ".join(str(e) for e in session.exec(select(AuditEntry.facts)).all())
        assert verify(session) is None
    assert {"people.taken_on", "people.role_given", "people.password_set_by_code", "people.password_reset"} <= set(
        deeds
    )
    assert ming["phone"] not in everything
    assert ADMIN_PHONE not in everything
