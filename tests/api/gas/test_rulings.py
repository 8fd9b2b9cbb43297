"""Rule tables and stations are entered at the desk, and what they say reaches cylinders, scans and phones."""

from datetime import timedelta
from typing import Any

import pytest

from backend.gas.actions.rulings import refold_cylinders
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from tests.api.gas.test_cylinders import CYLINDERS, new, one, register, scans, worker
from tests.api.people.conftest import GRID, Town

TABLES, STATIONS = "/gas/v1/rule-tables", "/gas/v1/stations"
OWN = {"owner": "示例燃气", "since_on": "2026-09-01"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access_token_s": 90 * 86_400})


@pytest.fixture
def team(town: Town) -> str:
    return town.team(name="气站")


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


def table(**more: Any) -> dict[str, Any]:
    spec = {"spec": "YSP35.5", "inspection_months": 36, "life_months": 96, "extension_months": 48}
    rule = spec | {"volume_ml": 35_500, "max_fill_g": 14_900, "certainty": "known"}
    return {"version": "2026.9", "since_on": "2026-09-01", "specs": [rule]} | more


def test_a_district_publishes_its_own_table_and_old_cylinders_keep_theirs_until_they_are_inspected(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    (old,) = register(town, station, new(1, team, made_on="2019-03-01", full=False))
    assert (old["rule_version"], old["next_inspection_on"], old["life_end_on"]) == (
        "example-2026.1",
        "2023-03-31",
        "2027-03-31",
    )
    town.ask("POST", TABLES, station, 201, **table())
    assert town.ask("POST", TABLES, station, 409, **table())["code"] == "gas.rule_table_taken"
    late = town.ask("POST", TABLES, station, 422, **table(version="2026.8", since_on="2026-08-31"))
    assert late["code"] == "gas.rule_table_impossible"
    told = town.ask("GET", TABLES, station)
    assert [one["version"] for one in told] == ["2026.9", "example-2026.1"]
    assert told[1]["published_at"] is None
    assert one(town, station, old["id"])["rule_version"] == "example-2026.1"
    for step, more in (("send_for_inspection", {}), ("inspect", {"items": [True] * 7})):
        clock.pass_time(timedelta(minutes=1))
        act = {"id": new_id(), "step": step, "station": "JY-07"} | more
        town.ask("POST", f"{CYLINDERS}/{old['id']}/acts", station, 200, **act)
    passed = one(town, station, old["id"])
    assert (passed["rule_version"], passed["next_inspection_on"], passed["life_end_on"]) == (
        "2026.9",
        "2029-09-30",
        "2029-09-30",
    )
    error = {"id": new_id(), "scan_id": passed["last_scan"], "reason": "did_not_occur"}
    town.ask("POST", "/gas/v1/scan-errors", station, 201, **error)
    assert one(town, station, old["id"])["life_end_on"] == "2027-03-31"


def test_a_station_is_held_to_whose_cylinders_it_may_fill(
    town: Town, clock: SetClock, house: House, team: str, station: dict[str, str]
) -> None:
    ours, theirs = register(town, station, new(1, team, full=False), new(2, team, full=False, owner="他人燃气"))
    made = town.ask("POST", STATIONS, station, 201, code="ST03", name="一站", owners=[OWN], area_path=GRID)
    again = town.ask("POST", STATIONS, station, 409, code="ST03", name="一站", owners=[OWN], area_path=GRID)
    assert again["code"] == "gas.station_taken"
    phone = worker(town, clock, team)
    phone.pulls()
    assert phone.holds("gas_stations") == [made]
    weights = {"net_g": 15_100, "tare_g": 16_500, "gross_g": 31_600}
    for cylinder in (ours, theirs):
        scans(phone, cylinder["code"], "prefill", station="ST03", residual_g=300)
        clock.pass_time(timedelta(minutes=1))
        scans(phone, cylinder["code"], "fill", station="ST03", **weights)
    phone.pushes()
    phone.pulls()
    told = [(row["step"], row["judged"], row["marks"]) for row in sorted(phone.holds("scans"), key=lambda r: r["id"])]
    assert told == [
        ("prefill", "green", []),
        ("fill", "green", ["overfilled", "certificate_missing"]),
        ("prefill", "red", ["blocked"]),
        ("fill", "red", ["blocked", "overfilled", "certificate_missing"]),
    ]
    blocks = [one(town, station, cylinder["id"])["blocked"] for cylinder in (ours, theirs)]
    assert blocks == [["overfilled"], ["foreign_owner", "overfilled"]]
    entrusted = {"owner": "他人燃气", "since_on": "2026-09-01", "until_on": "2026-12-31"}
    town.ask("POST", f"{STATIONS}/{made['id']}/entrust", station, 200, **entrusted)
    with house.db.transaction() as session:
        refold_cylinders(house.ctx(session), "")
    assert one(town, station, theirs["id"])["blocked"] == ["overfilled"]
    unknown = town.ask("POST", f"{STATIONS}/{new_id()}/entrust", station, 404, **entrusted)
    assert unknown["code"] == "gas.station_unknown"


def test_a_phone_knows_its_own_certificates_and_a_load_without_one_is_marked(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    (made,) = register(town, station, new(1, team))
    phone = worker(town, clock, team)
    said = {"kind": "delivery", "number": "GZ-1", "valid_from_on": "2026-01-01", "valid_until_on": "2026-09-01"}
    town.ask("POST", "/gas/v1/certificates", station, 201, person_id=phone.person_id, **said)
    phone.pulls()
    assert [row["number"] for row in phone.holds("gas_certificates")] == ["GZ-1"]
    scans(phone, made["code"], "load")
    clock.pass_time(timedelta(hours=15, minutes=59))
    scans(phone, made["code"], "load")
    clock.pass_time(timedelta(hours=1))
    scans(phone, made["code"], "load")
    phone.pushes()
    phone.pulls()
    told = [row["marks"] for row in sorted(phone.holds("scans"), key=lambda row: row["trusted_at"])]
    assert told == [[], [], ["certificate_missing"]], "the last day ends at midnight of the district"
