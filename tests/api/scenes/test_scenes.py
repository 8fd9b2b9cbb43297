"""A trade nobody thought of comes as a file, and its day is worked: codes, limits, forms, plans, without code."""

import json
from pathlib import Path
from typing import Any

from backend.kernel.authority import Role
from backend.kernel.ids import new_id
from backend.people import queries as people
from backend.scenes.actions import shipped_files
from backend.workorders import actions as workorders
from mobile_contract.texts.names import word_of
from tests.api.cases.loop import SPOT, Loop, photo
from tests.makers import GRID, take_on
from tests.phones import Phone

FILE = Path(__file__).parent / "snow.json"
SNOW = FILE.read_text(encoding="utf-8")
ORDERS, PLANS = "/workorders/v1/orders", "/workorders/v1/plans"


def takes(loop: Loop, text: str = SNOW, by: str = "admin", expect: int = 200, door: str = "scenes") -> Any:
    """A scene file over HTTP."""
    headers = {**loop.crews.desk(by).headers, "Content-Type": "application/octet-stream"}
    params = {"name": "snow.json"} if door == "scenes" else {}
    answer = loop.crews.client.post(f"/scenes/v1/{door}", params=params, content=text.encode(), headers=headers)
    assert answer.status_code == expect, answer.text
    return answer.json()


def changed(**more: Any) -> str:
    return json.dumps(json.loads(SNOW) | more)


def ploughmen(loop: Loop) -> Phone:
    """A team of the new trade, and a handset of one of them."""
    ask = {"name": "松洲除雪队", "area": GRID, "trade": "snow"}
    team = loop.crews.desk("admin").post("/people/v1/teams", ask, expect=201).json()["id"]
    hand = take_on(loop.crews.house, Role.crew, GRID, team, phone="13800009999")
    people_, teams = dict(loop.crews.district.people), dict(loop.crews.district.teams)
    loop.crews.district = type(loop.crews.district)(people_ | {"ploughman": hand}, teams | {"ploughs": team})
    return loop.crews.phone("ploughman")


def generates(loop: Loop, plans: list[str]) -> None:
    """As the worker does: makes the orders, and gives out those whose time has come."""
    house = loop.crews.house
    with house.db.transaction() as session:
        ctx = house.ctx(session, people.operator(house.settings))
        for plan in plans:
            workorders.generate_plan(ctx, plan)
        workorders.release_due(ctx)


def test_a_new_trade_is_a_file_and_is_worked_on_a_handset(loop: Loop) -> None:
    phone = ploughmen(loop)
    made = takes(loop)
    assert (made["new_versions"], made["codes_version"], made["plans_waiting"]) == (["plough"], "scene:snow@1", [])
    assert (len(made["plans_made"]), made["competences"], made["competences_waiting"]) == (2, 2, [])
    generates(loop, made["plans_made"])
    phone.sync()
    held = sorted((row["title"], row["window_from_at"]) for row in phone.body("workorders"))
    assert [title for title, _ in held] == ["桥面除雪：增槎路跨线桥", "桥面除雪：松洲北桥", "清晨除雪：七网格"]
    assert {row["small"]: row["same_time_of_day"] for row in phone.body("case_codes")} == {"07": False, "57": True}

    listed = loop.crews.desk("admin").get(f"{ORDERS}/export", 200, form="csv", scene="snow").text
    assert {line.split(",")[2] for line in listed.splitlines()} == {"场景", "除雪铲冰"}

    order = next(row["id"] for row in phone.body("workorders") if row["title"].startswith("清晨"))
    phone.hs.do("workorders.start", "workorders", order, {})
    for said in ({"item": "depth", "reading": 12.0}, {"item": "salted", "value": "yes"}):
        phone.hs.do("workorders.answer", "work_answers", new_id(), {"order_id": order, **said})
    loop.crews.later(minutes=40)
    used = [{"code": "salt", "quantity": 80.0}]
    phone.hs.do("workorders.finish", "workorders", order, {"materials": used, "photos": [photo("ploughed")]})
    found = loop.reports(phone, big="04", small="07", title="坡道结冰", position=SPOT)
    phone.sync()
    now = loop.crews.stands(order)
    assert (now["step"], now["materials"], [lack["item"] for lack in now["lacking"] if lack["item"]]) == (
        "done",
        used,
        ["dose"],
    )

    case = loop.stands(found)
    assert case["code_version"] == "scene:snow@1"
    missing = loop.does(found, "register", similar_seen=loop.near(found), expect=409)
    assert missing["params"]["conditions"] == ["影响通行"]
    loop.does(found, "register", similar_seen=loop.near(found), conditions=["影响通行"], grade="A")
    refused = loop.give(found, "sweepers", expect=409)
    assert (refused["code"], refused["params"]["teams"]) == (
        "cases.unit_incompetent",
        [loop.crews.district.teams["ploughs"]],
    )
    loop.give(found, "ploughs")
    clock = loop.clock(found, "handle")
    assert (clock["amount"], clock["unit"], clock["due_table"].split("|")[0]) == (1.0, "urgent_hour", "scene:snow@1")


def test_the_same_file_again_changes_nothing_and_a_changed_one_only_what_it_says(loop: Loop) -> None:
    ploughmen(loop)
    first = takes(loop)
    again = takes(loop)
    assert (again["new_versions"], again["codes_new"], again["plans_made"]) == ([], False, [])
    assert (again["unchanged"], again["plans_unchanged"]) == (["plough"], 2)
    raw = json.loads(SNOW)
    raw["plans"][1]["windows"] = [{"from_min": 660, "until_min": 900}]
    raw["codes"] = raw["codes"][:1]
    other = takes(loop, json.dumps(raw))
    assert (other["codes_version"], other["codes_new"], other["plans_unchanged"]) == ("scene:snow@2", True, 1)
    assert (other["plans_made"], other["plans_revised"], other["plans_ended"]) == ([], [first["plans_made"][1]], [])
    raw["templates"][0]["name"] = "除雪"
    assert takes(loop, json.dumps(raw))["plans_revised"] == first["plans_made"]
    gone = takes(loop, changed(plans=[], codes=[], competences=[]))
    assert (gone["codes_version"], gone["competences"], sorted(gone["plans_ended"])) == (
        None,
        0,
        sorted(first["plans_made"]),
    )
    plans = loop.crews.desk("admin").get(PLANS, expect=200).json()["items"]
    assert {plan["state"] for plan in plans} == {"ended"}
    assert loop.crews.desk("crew").get("/scenes/v1/scenes", expect=200).json() == [
        {"scene": "snow", "name": "除雪铲冰", "name_en": "Snow clearing"}
    ]


def test_a_file_taken_again_otherwise_changes_the_plan_and_no_order_that_a_crew_was_given(loop: Loop) -> None:
    ploughmen(loop)
    plans = takes(loop)["plans_made"]
    generates(loop, plans)

    def held() -> dict[str, tuple[str, str]]:
        listed = loop.crews.desk("admin").get(ORDERS, expect=200, limit=200).json()["items"]
        return {one["id"]: (one["step"], one["title"]) for one in listed if one["plan_id"] == plans[0]}

    before = held()
    raw = json.loads(SNOW)
    raw["plans"][0] |= {"title": "早间除雪", "lasts_days": 2}
    assert takes(loop, json.dumps(raw))["plans_revised"] == plans[:1]
    generates(loop, plans)
    after = held()
    assert before.keys() == after.keys(), "nothing is lost, nothing is made twice"
    assert sorted(after.values()) == [
        ("cancelled", "清晨除雪：七网格"),
        ("planned", "早间除雪：七网格"),
        ("released", "清晨除雪：七网格"),
    ]
    desk = loop.crews.desk("admin")
    desk.post(f"{PLANS}/{plans[0]}/end", expect=200)
    assert takes(loop, json.dumps(raw))["plans_unchanged"] == 2, "what a desk has ended stays ended"


def test_a_file_names_the_crews_that_work_together(loop: Loop) -> None:
    ploughmen(loop)
    raw = json.loads(SNOW)
    bridge = raw["plans"][1] | {
        "places": raw["plans"][1]["places"][:1],
        "parts": [{"team": "七网格一班", "note": "撒盐"}],
    }
    for wrong, field in (
        ({"parts": [{"team": "八网格一班"}]}, "plans.0.parts.0.team"),
        ({"parts": [{"team": "松洲除雪队"}]}, "plans.0"),
        ({"team": None, "places": []}, "plans.0"),
    ):
        faults = takes(loop, changed(plans=[bridge | wrong]), door="check")
        assert [one["field"] for one in faults] == [field], faults
    plans = takes(loop, changed(plans=[bridge]))["plans_made"]
    generates(loop, plans)
    listed = loop.crews.desk("admin").get(ORDERS, expect=200, limit=200).json()["items"]
    teams = loop.crews.district.teams
    assert sorted((one["joint_no"], one["team_id"]) for one in listed if one["plan_id"] == plans[0]) == [
        (1, teams["ploughs"]),
        (1, teams["ploughs"]),
        (2, teams["sweepers"]),
        (2, teams["sweepers"]),
    ]


def test_of_the_same_area_and_code_a_desks_word_goes_before_a_files(loop: Loop) -> None:
    ploughmen(loop)
    takes(loop, changed(plans=[]))
    desk, teams = loop.crews.desk("admin"), loop.crews.district.teams
    case = loop.enter(big="04", small="07")
    loop.does(case, "register", conditions=["影响通行"])
    own = [{"kind": "event", "big": "04", "small": "07", "team_id": teams["sweepers"]}]
    said = desk.put("/cases/v1/competences", {"area_path": GRID, "lines": own}, expect=200).json()
    assert sorted((one["small"] or "", one["scene"]) for one in said) == [("", "snow"), ("07", ""), ("07", "snow")]
    loop.give(case, "sweepers")
    takes(loop, changed(plans=[], competences=[]))
    assert [one["scene"] for one in desk.get("/cases/v1/competences", expect=200).json()] == [""]


def test_a_scenes_codes_go_before_a_tables_and_give_way_when_they_go(loop: Loop) -> None:
    lines = [{"kind": "event", "big": "04", "small": small, "big_name": "突发", "name": "表"} for small in ("07", "08")]
    named = {"standard": "local", "version": "1", "jurisdiction": "440111", "certainty": "invented", "name": "c.json"}
    headers = {**loop.crews.desk("admin").headers, "Content-Type": "application/octet-stream"}

    def imports(version: str) -> None:
        params = named | {"version": version}
        lines[0]["limits"] = f"{version} 工作日"
        content = json.dumps(lines).encode()
        answer = loop.crews.client.post(
            "/cases/v1/code-tables/import", params=params, content=content, headers=headers
        ).json()
        assert answer["table"]["current"], answer

    def names() -> dict[str, str]:
        listed = loop.crews.desk("admin").get("/cases/v1/codes", expect=200).json()["items"]
        return {one["small"]: f"{one['name']} {one['standard']}@{one['version']}" for one in listed}

    imports("1")
    takes(loop, changed(plans=[]))
    both = {"07": "道路积雪结冰 scene:snow@1", "08": "表 local@1", "57": "檐口冰凌 scene:snow@1"}
    assert names() == both
    imports("2")
    assert names() == both | {"08": "表 local@2"}
    takes(loop, changed(plans=[], codes=[]))
    assert names() == {"07": "表 local@2", "08": "表 local@2"}


def test_a_file_with_faults_is_told_by_line_and_field_and_nothing_of_it_is_taken(loop: Loop) -> None:
    def line(of: str) -> int:
        return SNOW[: SNOW.index(of)].count("\n") + 1

    told = takes(loop, door="check")
    assert [(one["line"], one["field"]) for one in told] == [(line('"team": "松洲'), "plans.1.team")]
    refused = takes(loop, expect=422)
    assert (refused["code"], refused["params"]["line"]) == ("scenes.file_invalid", line('"team": "松洲'))
    assert loop.crews.desk("admin").get("/scenes/v1/scenes", expect=200).json() == []
    for was, now, field in (
        ('"lasts_days": 3', '"lasts_days": 0', "plans.0.lasts_days"),
        ('"FREQ=DAILY"', '"FREQ=HOURLY"', "plans.0.rule"),
        ('"amount": 3', '"amount": -3', "codes.0.limits.1.amount"),
        ('"unit": "urgent_hour"}, {', '"unit": "hour"}, {', "codes.0.limits.0.unit"),
        ('"small": "57"', '"small": "07"', "codes.1.small"),
        ('"code": "bridge"', '"code": "morning"', "plans.1.code"),
        ('"big": "04", "small": "07"}', '"big": "04", "small": "08"}', "competences.0.small"),
        ('"big": "04", "team"', '"big": "06", "team"', "competences.1.big"),
        ('"team": "七网格一班"', '"team": "八网格一班"', "competences.1.team"),
        ('"team": "七网格一班"', '"area_path": "/440111/nowhere/"', "competences.1.area_path"),
        ('"template": "plough",\n      "team"', '"template": "sled",\n      "team"', "plans.1.template"),
        ('"until_min": 720', '"until_min": 500', "plans.0.windows.0"),
        ('"scene": "snow",\n      "code"', '"scene": "ice",\n      "code"', "templates.0.scene"),
    ):
        assert was in SNOW
        faults = takes(loop, SNOW.replace(was, now), door="check")
        assert field in [one["field"] for one in faults], faults
        assert all(one["line"] > 1 and one["why"]["zh"] and one["why"]["en"] for one in faults)
    takes(loop, by="dispatcher", expect=403)
    takes(loop, by="dispatcher", door="check", expect=403)


def test_a_line_that_cannot_be_is_told_by_line_and_field_beside_the_other_faults(loop: Loop) -> None:
    ploughmen(loop)
    place = '{"code": "b2", "label": "松洲北桥", "longitude": 113.2740, "latitude": 23.1820}'
    at = SNOW[: SNOW.index(place)].count("\n") + 1

    def told(line: object, **more: object) -> list[tuple[int, str, str]]:
        said = {"code": "b2", "label": "松洲北桥", "line": line, **more}
        faults = takes(loop, SNOW.replace(place, json.dumps(said, ensure_ascii=False)), door="check")
        return [(one["line"], one["field"], one["why"]["en"]) for one in faults]

    here, there = [113.2740, 23.1820], [113.2750, 23.1820]
    for line, why in (
        ({"type": "LineString", "coordinates": [here]}, "(too few points) at coordinates"),
        (
            {"type": "LineString", "coordinates": [here[::-1], there]},
            "(longitude and latitude are swapped) at coordinates/0",
        ),
        ({"type": "LineString", "coordinates": [here, "there"]}, "at coordinates/1"),
        ({"type": "LineString", "coordinates": [here, [113.60, 23.1820]]}, "m long, 10000 m"),
        ({"type": "Polygon", "coordinates": [[here, there, here]]}, "(a shape of an unknown type) at type"),
    ):
        ((number, field, en),) = told(line)
        assert (number, field) == (at, "plans.1.places.1.line"), en
        assert why in en, en
    fit = {"type": "LineString", "coordinates": [here, there]}
    assert told(fit, buffer_m=20) == []
    assert [field for _, field, _ in told(fit, buffer_m=-1)] == ["plans.1.places.1.buffer_m"]
    assert [field for _, field, _ in told(fit, longitude=113.2, latitude=23.1)] == ["plans.1.places.1"]
    bad = json.dumps({"code": "b2", "label": "b", "line": {"type": "LineString", "coordinates": [here]}})
    refused = takes(loop, SNOW.replace(place, bad), expect=422)
    assert (refused["code"], refused["params"]["field"]) == ("scenes.file_invalid", "plans.1.places.1.line")


def test_what_is_no_scene_is_refused(loop: Loop) -> None:
    assert takes(loop, "", expect=422)["code"] == "request.invalid"
    for bad in ("[]", "{", '{"scene": "a", "scene": "b"}', "[" * 5_000):
        assert takes(loop, bad, expect=422)["code"] == "scenes.file_invalid"


def test_of_two_scenes_only_one_has_a_code(loop: Loop) -> None:
    takes(loop, changed(plans=[]))
    raw = json.loads(changed(plans=[], scene="ice", competences=[]))
    raw["templates"][0]["scene"] = "ice"
    told = takes(loop, json.dumps(raw, indent=1), door="check")
    assert [one["field"] for one in told] == ["codes.0.small", "codes.1.small"]
    assert all("scene:snow" in text for text in told[0]["why"].values())


def test_the_shipped_scenes_are_taken_whole_side_by_side(loop: Loop) -> None:
    for file in shipped_files():
        made = takes(loop, file.read_text(encoding="utf-8"))
        assert (made["codes_version"], bool(made["new_versions"])) == (f"scene:{file.stem}@1", True)
        assert bool(made["plans_made"]) == (file.stem != "street_order"), "the district has no team of that trade"
        assert bool(made["plans_waiting"]) == (file.stem == "street_order")
    codes = loop.crews.desk("admin").get("/cases/v1/codes", expect=200, limit=200).json()["items"]
    assert all(code["example"] and code["limits"] for code in codes)
    assert {file.stem for file in shipped_files()} == {"sanitation", "greening", "street_order"}
    for row in loop.crews.desk("admin").get("/scenes/v1/scenes", expect=200).json():
        assert row["name"] == word_of("scene", row["scene"], "zh"), "called so also where its file was not taken"
