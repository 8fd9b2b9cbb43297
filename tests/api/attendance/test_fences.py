"""Fences: drawn in GeoJSON or WKT, asked back when the datum seems wrong, revised by versions, imported."""

from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.geo import Datum, from_wgs84
from qr import payload
from tests.api.attendance.test_clock_ins import FENCES, POST, PUNCHES, clocks_in, fence
from tests.api.people.conftest import GRID, SONGZHOU, Town
from tests.api.workorders.crew import handset

HERE = [POST["longitude"], POST["latitude"]]
BOX = [[113.27, 23.178], [113.2767, 23.178], [113.2767, 23.185], [113.27, 23.185], [113.27, 23.178]]


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("supervisor", area="/440111/")["phone"])


@pytest.fixture
def grid(town: Town) -> str:
    """A grid with an outline of its own."""
    outline = {"type": "Polygon", "coordinates": [BOX]}
    ask = {"parent": SONGZHOU, "code": "08", "kind": "grid", "name": "八网格", "outline": outline}
    town.ask("POST", "/people/v1/areas", town.admin, 201, **ask)
    return f"{SONGZHOU}08/"


def test_a_late_clock_in_is_judged_by_the_fence_as_it_stood_then(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    first = fence(town, desk, team)
    phone = handset(town, clock, town.person("crew", team=team))
    clock.pass_time(timedelta(minutes=1))
    clocks_in(phone, 300)
    clock.pass_time(timedelta(minutes=1))
    point = {"type": "Point", "coordinates": HERE}
    second = town.ask("PUT", f"{FENCES}/{first['id']}", desk, geometry=point, radius_m=400)
    assert (second["properties"]["version"], second["properties"]["lineage_id"]) == (2, first["id"])
    clock.pass_time(timedelta(minutes=1))
    clocks_in(phone, 300)
    phone.pushes()
    found = town.ask("GET", PUNCHES, desk)["items"]
    assert [(p["place"], p["fence_id"]) for p in found] == [("inside", second["id"]), ("outside", first["id"])]
    versions = town.ask("GET", f"{FENCES}?lineage_id={first['id']}", desk)["features"]
    assert [v["properties"]["version"] for v in versions] == [1, 2]
    assert versions[0]["properties"]["valid_until_at"] == versions[1]["properties"]["valid_from_at"]
    phone.pulls()
    assert {row["version"] for row in phone.holds("fences")} == {1, 2}
    again = town.ask("PUT", f"{FENCES}/{first['id']}", desk, 409, geometry=point, radius_m=10)
    assert (again["code"], again["params"]["successor"]) == ("attendance.fence_superseded", second["id"])


def test_a_version_may_be_planned_ahead(town: Town, clock: SetClock, team: str, desk: dict[str, str]) -> None:
    first = fence(town, desk, team)
    point = {"type": "Point", "coordinates": HERE}
    ask = {"geometry": point, "radius_m": 400, "since_at": "2026-09-05T00:00:00Z"}
    town.ask("PUT", f"{FENCES}/{first['id']}", desk, **ask)
    assert len(town.ask("GET", f"{FENCES}?at=2026-09-02T00:00:00Z&team_id={team}", desk)["features"]) == 1
    worker = town.as_(town.person("crew", team=team)["phone"])
    assert len(town.ask("GET", FENCES, worker)["features"]) == 2
    late = {**ask, "since_at": "2026-08-01T00:00:00Z"}
    last = town.ask("GET", f"{FENCES}?lineage_id={first['id']}", desk)["features"][1]
    assert town.ask("PUT", f"{FENCES}/{last['id']}", desk, 422, **late)["code"] == "attendance.period_invalid"


def test_wkt_names_its_axes(town: Town, team: str, desk: dict[str, str]) -> None:
    text = {"geometry": None, "wkt": "LINESTRING (23.18 113.27, 23.19 113.27)", "radius_m": 20}
    made = fence(town, desk, team, axes="latitude_longitude", **text)
    assert made["geometry"] == {"type": "LineString", "coordinates": [[113.27, 23.18], [113.27, 23.19]]}
    for more, where in (
        (text, "axes"),
        ({"wkt": "POINT (1 2)"}, "geometry, wkt"),
        ({"geometry": None}, "geometry, wkt"),
        (text | {"axes": "longitude_latitude"}, "coordinates/0"),
    ):
        assert fence(town, desk, team, 422, **more)["params"]["where"] == where


def test_a_crossing_outline_is_refused_with_the_place(town: Town, team: str, desk: dict[str, str]) -> None:
    bow = [BOX[0], BOX[2], BOX[1], BOX[3], BOX[0]]
    said = fence(town, desk, team, 422, geometry={"type": "Polygon", "coordinates": [bow]}, radius_m=0)
    assert said["params"] == {"fault": "self_crossing", "where": "113.273350, 23.181500"}


def test_a_wrong_datum_is_asked_back_and_may_be_confirmed(
    town: Town, team: str, desk: dict[str, str], grid: str
) -> None:
    shown = {"type": "Point", "coordinates": list(from_wgs84(*HERE, Datum.gcj02))}
    asked = fence(town, desk, team, 409, geometry=shown, area_path=grid)
    assert (asked["code"], asked["params"]["suspicion"]) == ("attendance.fence_doubtful", "drawn_in_gcj02")
    assert "confirmed=true" in asked["texts"]["zh"]
    mended = fence(town, desk, team, geometry=shown, area_path=grid, datum="gcj02")
    assert mended["geometry"]["coordinates"] == pytest.approx(HERE, abs=1e-6)
    meant = fence(town, desk, team, geometry=shown, area_path=grid, confirmed=True)
    assert meant["geometry"]["coordinates"] == shown["coordinates"]


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_fences_come_in_by_the_lot_with_a_report(town: Town, team: str, desk: dict[str, str]) -> None:
    features = [
        feature({"type": "Point", "coordinates": HERE}, name="岗亭", radius_m=80, colour="red"),
        feature({"type": "Point", "coordinates": [500, 23]}, name="远"),
        feature({"type": "Polygon", "coordinates": [BOX]}, radius_m=0),
        feature(None, name="空"),
        feature({"type": "Point", "coordinates": HERE}, radius_m="wide"),
        feature({"type": "Point", "coordinates": HERE}, team_ids=["0199b3a0-0000-7000-8000-000000000001"], radius_m=9),
    ]
    ask = {"type": "FeatureCollection", "features": features, "area_path": GRID, "team_ids": [team], "radius_m": 30}
    dry = town.ask("POST", f"{FENCES}/import", desk, **ask, dry_run=True)
    report = town.ask("POST", f"{FENCES}/import", desk, **ask)
    assert [f["code"] for f in report["features"]] == [
        None,
        "attendance.fence_invalid",
        None,
        "attendance.fence_invalid",
        "request.invalid",
        "attendance.audience_unknown",
    ]
    assert [f["code"] for f in dry["features"]] == [f["code"] for f in report["features"]]
    assert (report["drawn"], report["refused"], dry["drawn"]) == (2, 4, 2)
    kept = town.ask("GET", FENCES, desk)["features"]
    assert [(f["properties"]["name"], f["properties"]["radius_m"]) for f in kept] == [("岗亭", 80), ("3", 0)]
    assert report["features"][1]["texts"]["en"].startswith("The fence is not right")
    crew = town.as_(town.person("crew", team=team)["phone"])
    town.ask("POST", f"{FENCES}/import", crew, 403, **ask)


def test_what_was_exported_comes_in_again(town: Town, team: str, desk: dict[str, str]) -> None:
    fence(town, desk, team)
    page = town.ask("GET", FENCES, desk)
    ask = {"type": page["type"], "features": page["features"], "area_path": GRID}
    assert town.ask("POST", f"{FENCES}/import", desk, **ask)["refused"] == 0
    first, second = town.ask("GET", FENCES, desk)["features"]
    assert first["geometry"] == second["geometry"]
    assert len(town.ask("GET", f"{FENCES}?q=岗", desk)["features"]) == 2


def test_a_scanned_punch_point_settles_what_the_fix_left_open(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    made = fence(town, desk, team)
    town.ask("PUT", f"{FENCES}/{made['id']}", desk, geometry={"type": "Point", "coordinates": HERE}, radius_m=90)
    label = town.client.get(f"{FENCES}/{made['id']}/label.svg", headers=desk)
    assert label.headers["content-type"].startswith("image/svg+xml")
    code = made["id"].replace("-", "").upper()
    text = payload.format(payload.PunchPoint(code, "http://127.0.0.1:8080"))
    phone = handset(town, clock, town.person("crew", team=team))
    clock.pass_time(timedelta(minutes=1))
    clocks_in(phone, position=None, qr=text)
    clocks_in(phone, 500, qr=text)
    clocks_in(phone, position=None, qr=payload.format(payload.PunchPoint("POST7", "http://127.0.0.1:8080")))
    clocks_in(phone, position=None, qr="x" * 400)
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    found = sorted((p["source"], p["place"], p["marks"]) for p in town.ask("GET", PUNCHES, desk)["items"])
    assert found == [
        ("qr", "inside", []),
        ("qr", "outside", []),
        ("user", "no_fix", ["qr_other"]),
        ("user", "no_fix", ["qr_other"]),
    ]
