"""Components: registered and versioned at the desk, proposals from the field that queue and never conflict."""

import json

from backend.components.tables import Component, ComponentVersion
from backend.kernel.ids import new_id
from tests.api.cases.loop import Loop
from tests.api.offline.city import AT, City, point
from tests.makers import GRID, NEXT_GRID, SONGZHOU


def test_what_was_overtaken_is_taken_only_when_the_desk_names_it(city: City) -> None:
    bin_id = city.registers()["id"]
    phone = city.crews.phone("crew")
    lost = city.proposes(phone, bin_id, state="lost")
    same = city.proposes(phone, bin_id, state="damaged")
    phone.sync()
    change = {"version": 1, "reason": "巡查", "state": "damaged"}
    assert city.asks(f"components/{bin_id}/change", 403, **change)["code"] == "auth.not_allowed"
    assert city.asks(f"components/{bin_id}/change", by="supervisor", **change)["version"] == 2
    assert (
        city.asks(f"components/{bin_id}/change", 409, by="supervisor", **change)["code"] == "components.version_moved"
    )
    change["version"] = 2
    assert city.asks(f"components/{bin_id}/change", 409, by="admin", **change)["code"] == "components.nothing_changes"
    phone.sync()
    assert city.told(phone) == ["components.proposal_outdated"] * 2
    assert city.approves(same, version=2)["became_version"] == 2
    assert city.approves(lost, 409, version=2)["code"] == "components.all_overtaken"
    assert city.approves(lost, 422, version=2, fields=["note"])["code"] == "components.field_not_proposed"
    taken = city.approves(lost, version=2, fields=["state"])
    assert (taken["taken"], city.reads(f"components/{bin_id}")["state"]) == (["state"], "lost")
    late = city.proposes(phone, bin_id, base_version=1, state="intact", note="底座松动")
    phone.sync()
    assert (city.held(phone, late)["outdated"], city.held(phone, late)["overtaken"]) == (True, ["state"])


def test_a_proposal_is_refused_or_withdrawn_and_whoever_made_it_is_told(city: City) -> None:
    bin_id = city.registers()["id"]
    phone, mate = city.crews.phone("crew"), city.crews.phone("mate")
    first, second = (city.proposes(phone, bin_id, state="removed") for _ in range(2))
    phone.sync()
    assert city.asks(f"proposals/{first}/refuse", 404, by="far_dispatcher", reason="不必")
    assert city.asks(f"proposals/{first}/withdraw", 403, by="mate")["code"] == "components.proposal_not_own"
    city.asks(f"proposals/{first}/refuse", reason="仍在原处")
    phone.hs.do("components.withdraw", "component_proposals", second, {"note": "看错了"})
    phone.sync()
    mate.sync()
    assert {row["id"]: (row["state"], row["answer"]) for row in phone.body("component_proposals")} == {
        first: ("refused", "仍在原处"),
        second: ("withdrawn", "看错了"),
    }
    assert (city.told(phone), mate.body("component_proposals")) == (["components.proposal_refused"], [])
    assert city.told(city.crews.phone("dispatcher")) == ["components.proposed"] * 2
    again = phone.hs.do("components.withdraw", "component_proposals", first, {})
    unknown = city.proposes(phone, new_id(), state="lost")
    ahead = city.proposes(phone, bin_id, base_version=9, state="lost")
    wrong = city.proposes(phone, bin_id, geometry={"type": "Point", "coordinates": [23.18, 113.26]})
    phone.sync()
    assert unknown != ahead != wrong
    why = [(phone.outcome(n), phone.why(n)) for n in range(again, again + 4)]
    assert why == [
        ("rejected", "components.proposal_decided"),
        ("rejected", "components.component_unknown"),
        ("rejected", "components.version_unknown"),
        ("rejected", "components.geometry_invalid"),
    ]


def test_a_code_must_be_of_its_district_and_of_a_class_in_force(city: City, loop: Loop) -> None:
    assert city.registers()["class_name"] == ""
    assert city.registers(expect=409)["code"] == "components.code_taken"
    assert city.registers("4401120305000123", 422)["code"] == "components.code_elsewhere"
    assert city.registers("4401110305000124", 422, area_path=f"{SONGZHOU}99/")["code"] == "components.area_unknown"
    assert city.registers("4401110305000124", 403, by="dispatcher")["code"] == "auth.not_allowed"
    turned = city.registers("4401110305000124", 422, geometry=point(23.18, 113.26))
    assert (turned["code"], turned["params"]["fault"]) == ("components.geometry_invalid", "axes_swapped")
    codes = [{"kind": "component", "big": "03", "small": "05", "big_name": "市容环境", "name": "垃圾箱"}]
    named = {"standard": "test", "version": "1", "jurisdiction": "440111", "certainty": "invented", "name": "c.json"}
    city.crews.desk("admin").request(
        "POST",
        "/cases/v1/code-tables/import",
        200,
        params=named,
        content=json.dumps(codes).encode(),
        headers={"Content-Type": "application/octet-stream"},
    )
    bin_ = city.registers("4401110305000124", datum="gcj02")
    assert (bin_["class_name"], round(bin_["longitude"], 3)) == ("垃圾箱", 113.255)
    assert city.registers("4401110999000001", 422)["code"] == "components.class_unknown"
    case = {
        "big": "03",
        "small": "05",
        "kind": "component",
        "component": bin_["code"],
        "source": "hot_line",
        "title": "箱满",
        "longitude": 113.26,
        "latitude": 23.18,
        "area_path": GRID,
    }
    entered = city.crews.desk("admin").post("/cases/v1/cases", case, expect=201).json()
    assert [one["id"] for one in city.reads(f"components/{bin_['id']}/cases")] == [entered["id"]]
    label = city.crews.desk("admin").get(f"{AT}/components/{bin_['id']}/label.svg", expect=200)
    assert label.headers["content-type"] == "image/svg+xml"


def test_a_file_takes_the_good_lines_and_tells_every_bad_one(city: City) -> None:
    head = "部件编码,名称,经度,纬度,geometry,状态,主管部门,area"
    lines = [
        "4401110305000001,垃圾箱甲,113.26,23.18,,完好,城管局,",
        f'4401110402000001,行道树,,,"LINESTRING (113.26 23.18, 113.261 23.18)",破损,,{NEXT_GRID}',
        "4401110305000001,垃圾箱乙,113.26,23.18,,,,",
        "440111030500000,垃圾箱丙,113.26,23.18,,,,",
        "4401120305000004,垃圾箱丁,113.26,23.18,,,,",
        "4401110305000005,垃圾箱戊,23.18,113.26,,,,",
        "4401110305000006,垃圾箱己,,23.18,,,,",
        "4401110305000007,垃圾箱庚,113.26,23.18,,好,,",
        "4401110305000008,,113.26,23.18,,,,",
        "4401110305000009,垃圾箱辛,113.26,23.18,,,,/440111/nowhere/",
    ]
    content = "\n".join([head, *lines]).encode()
    tried = city.sends("parts.csv", content, dry_run=True)
    assert city.crews.count(Component) == 0
    taken = city.sends("parts.csv", content)
    assert taken == tried
    assert (taken["added"], taken["changed"], taken["unchanged"]) == (2, 0, 0)
    assert [(one["line"], one["column"], one["code"].split(".")[1]) for one in taken["faults"]] == [
        (4, "code", "line_twice"),
        (5, "code", "cell_invalid"),
        (6, "code", "code_elsewhere"),
        (7, "geometry", "geometry_invalid"),
        (8, "longitude", "cell_invalid"),
        (9, "state", "cell_invalid"),
        (10, "name", "cell_invalid"),
        (11, "area_path", "area_unknown"),
    ]
    assert all(one["why"]["zh"] and one["why"]["en"] for one in taken["faults"])
    assert city.sends("parts.csv", b"name\nx\n", 422)["code"] == "components.column_missing"
    assert city.sends("parts.geojson", b"[1]", 422)["code"] == "components.not_features"


def test_what_is_written_out_is_taken_in_again_and_a_changed_line_is_a_new_version(city: City) -> None:
    ring = [[113.26, 23.18], [113.262, 23.18], [113.262, 23.182], [113.26, 23.182], [113.26, 23.18]]
    city.registers(upkeep={"code": "SZ-01", "name": "=松洲市政所"}, surveyed_on="2026-08-01")
    city.registers("4401110405000001", name="街心绿地", geometry={"type": "Polygon", "coordinates": [ring]})
    desk = city.crews.desk("admin")
    for form in ("csv", "xlsx", "geojson"):
        content = desk.get(f"{AT}/export", expect=200, form=form).content
        assert city.sends(f"parts.{form}", content) == {"added": 0, "changed": 0, "unchanged": 2, "faults": []}
    features = json.loads(content)
    assert [one["geometry"]["type"] for one in features["features"]] == ["Point", "Polygon"]
    features["features"][0]["properties"]["state"] = "damaged"
    features["features"][1]["properties"]["area_path"] = NEXT_GRID
    report = city.sends("parts.geojson", json.dumps(features).encode())
    assert (report["changed"], [one["code"] for one in report["faults"]]) == (1, ["components.area_differs"])
    assert city.crews.count(ComponentVersion) == 3


def test_components_are_listed_by_what_is_asked_and_only_where_one_works(city: City) -> None:
    codes = [f"44011103050000{n:02d}" for n in range(1, 6)]
    ids = [city.registers(code, geometry=point(113.26 + n / 1_000))["id"] for n, code in enumerate(codes)]
    tree = city.registers("4401110402000001", name="行道树", area_path=NEXT_GRID, state="damaged")
    pages = [city.reads("components", limit=4)]
    pages.append(city.reads("components", limit=4, cursor=pages[0]["next"]))
    assert [one["code"] for page in pages for one in page["items"]] == [*codes, tree["code"]]

    def listed(by: str = "admin", **wanted: object) -> list[str]:
        return [one["code"] for one in city.reads("components", by=by, **wanted)["items"]]

    assert listed(by="crew") == codes
    assert listed(by="stranger") == []
    assert listed(state="damaged") == listed(q="行道") == listed(area=NEXT_GRID) == listed(big="04") == [tree["code"]]
    assert listed(q="440111030500", bbox="113.2605,23.1,113.2625,23.2") == codes[1:3]
    assert city.reads("components", expect=422, bbox="1,2,3")["code"] == "components.bbox_invalid"
    around = city.reads("near", by="crew", longitude=113.2611, latitude=23.18, within_m=100)
    assert [(one["component"]["code"], one["distance_m"]) for one in around] == [(codes[1], 10.2), (codes[2], 92.1)]
    phone = city.crews.phone("crew")
    proposal = city.proposes(phone, ids[0], state="lost")
    phone.sync()
    assert listed(contested=True) == codes[:1]
    assert [one["id"] for one in city.reads("proposals", by="crew", state="open")["items"]] == [proposal]
    assert city.reads("proposals", by="stranger")["items"] == []
    assert city.reads(f"components/{ids[0]}", by="stranger", expect=404)["code"] == "components.component_unknown"
