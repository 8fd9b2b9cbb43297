"""Rule tables and stations are entered at the desk, and what they say reaches cylinders, scans and phones."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from backend.gas.actions.redating import redate_cylinders
from backend.gas.actions.rulings import refold_cylinders
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from backend.modules import MODULES
from backend.worker import drain
from tests.api.gas.test_cylinders import CYLINDERS, SCANS, new, one, register, scans, worker
from tests.api.people.conftest import GRID, Town

TABLES, STATIONS, REDATINGS = "/gas/v1/rule-tables", "/gas/v1/stations", "/gas/v1/redatings"
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


def runs(house: House) -> None:
    """All jobs that are due."""
    drain(house, MODULES)


def test_a_district_publishes_its_own_table_and_all_cylinders_are_dated_by_it_from_its_day_on(
    town: Town, clock: SetClock, house: House, team: str, station: dict[str, str]
) -> None:
    asks = [new(1, team, made_on="2019-03-01"), new(2, team, made_on="2022-12-01"), new(3, team, spec="YSP118")]
    old, due, heavy = register(town, station, *asks)
    town.ask("POST", f"{CYLINDERS}/{due['id']}/block", station, 200, reason="damage", blocked=True)
    assert (old["rule_version"], old["next_inspection_on"], old["life_end_on"]) == (
        "example-2026.1",
        "2023-03-31",
        "2027-03-31",
    )
    town.ask("POST", TABLES, station, 201, **table(since_on="2026-09-02"))
    assert town.ask("POST", TABLES, station, 409, **table())["code"] == "gas.rule_table_taken"
    late = town.ask("POST", TABLES, station, 422, **table(version="2026.8", since_on="2026-08-31"))
    assert late["code"] == "gas.rule_table_impossible"
    told = town.ask("GET", TABLES, station)
    assert [one["version"] for one in told] == ["2026.9", "example-2026.1"]
    assert told[1]["published_at"] is None
    runs(house)
    assert [one["state"] for one in town.ask("GET", REDATINGS, station)] == ["waiting"]
    clock.pass_time(timedelta(days=1))
    runs(house)
    (dated,) = town.ask("GET", REDATINGS, station)
    counts = ("state", "cylinders", "cylinders_done", "changed", "became_due", "left")
    assert [dated[name] for name in counts] == ["done", 3, 3, 2, 2, 1], "no table line for the heavy one: it keeps"
    kept = one(town, station, heavy["id"])
    assert (kept["rule_version"], kept["blocked"]) == ("example-2026.1", [])
    now = one(town, station, due["id"])
    assert (now["rule_version"], now["next_inspection_on"]) == ("2026.9", "2025-12-31")
    assert now["blocked"] == ["damage", "inspection_due"], "the old reason stays beside the new one"
    links = town.ask("GET", f"{CYLINDERS}/{due['id']}/chain", station)["links"]
    assert [(link["scan"]["step"], link["scan"]["paper"]) for link in links] == [("block", ""), ("redate", "2026.9")]
    events = epcis(town, station, due["id"])
    assert [event["bizStep"].rpartition("/")[2] for event in events] == ["commissioning", "holding", "BizStep-dating"]
    assert (events[0]["ilmd"]["gas:nextInspectionDue"], events[2]["gas:nextInspectionDue"]) == (
        "2026-12-31",
        "2025-12-31",
    )
    with house.db.transaction() as session:
        redate_cylinders(house.ctx(session), dated["id"])
    assert town.ask("GET", REDATINGS, station) == [dated], "run twice it does nothing twice"
    for step, more in (("send_for_inspection", {}), ("inspect", {"items": [True] * 7})):
        clock.pass_time(timedelta(minutes=1))
        act = {"id": new_id(), "step": step, "station": "JY-07"} | more
        town.ask("POST", f"{CYLINDERS}/{old['id']}/acts", station, 200, **act)
    passed = one(town, station, old["id"])
    assert (passed["blocked"], passed["next_inspection_on"], passed["life_end_on"]) == ([], "2029-09-30", "2029-09-30")
    error = {"id": new_id(), "scan_id": passed["last_scan"], "reason": "did_not_occur"}
    town.ask("POST", "/gas/v1/scan-errors", station, 201, **error)
    assert one(town, station, old["id"])["life_end_on"] == "2027-03-31"


def told_owner(address: str) -> str:
    return unquote(address.rpartition("/")[2])


def epcis(town: Town, station: dict[str, str], cylinder_id: str) -> Any:
    return town.ask("GET", f"{CYLINDERS}/{cylinder_id}/chain.epcis", station)["epcisBody"]["eventList"]


def test_a_cylinder_changes_its_owner_by_a_document_and_other_stations_may_fill_it_from_then_on(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    (made,) = register(town, station, new(1, team, full=False))
    theirs = OWN | {"owner": "他人燃气"}
    town.ask("POST", STATIONS, station, 201, code="ST03", name="一站", owners=[OWN], area_path=GRID)
    town.ask("POST", STATIONS, station, 201, code="ST09", name="九站", owners=[theirs], area_path=GRID)
    change = {"id": new_id(), "cylinder_id": made["id"]}
    said: dict[str, Any] = {"owner": "他人燃气", "paper": "转让协议 2026-17", "cylinders": [change]}
    scans_at = [{"station": at, "code": made["code"]} for at in ("ST03", "ST09", "ST03")]
    blocks = []
    for at, where in enumerate(scans_at):
        clock.pass_time(timedelta(hours=1))
        if at == 1:
            (moved,) = town.ask("POST", f"{CYLINDERS}/owner", station, 200, **said)
            assert town.ask("POST", f"{CYLINDERS}/owner", station, 200, **said) == [moved], "once"
        town.ask("POST", SCANS, station, 201, id=new_id(), step="prefill", residual_g=200, **where)
        blocks.append(one(town, station, made["id"])["blocked"])
    assert blocks == [[], [], ["foreign_owner"]]
    assert one(town, station, made["id"])["owner"] == "他人燃气"
    events = epcis(town, station, made["id"])
    before = told_owner(events[0]["ilmd"]["gas:ownerUnit"])
    assert before == "示例燃气", "who owned it when it was registered"
    (told,) = [event for event in events if event["bizStep"].endswith("BizStep-change_of_owner")]
    assert told["sourceList"][0]["type"] == told["destinationList"][0]["type"] == "owning_party"
    assert unquote(told["bizTransactionList"][0]["bizTransaction"]).endswith("转让协议 2026-17")
    for more, code in (
        ({"cylinders": [change | {"id": new_id()}]}, "gas.owner_unchanged"),
        ({"owner": "示例燃气"}, "gas.scan_exists"),
        ({"cylinders": [{"id": new_id(), "cylinder_id": new_id()}]}, "gas.cylinder_unknown"),
    ):
        status = 404 if code == "gas.cylinder_unknown" else 409
        assert town.ask("POST", f"{CYLINDERS}/owner", station, status, **(said | more))["code"] == code
    error = {"id": new_id(), "scan_id": change["id"], "reason": "incorrect_data"}
    town.ask("POST", "/gas/v1/scan-errors", station, 201, **error)
    back = one(town, station, made["id"])
    assert (back["owner"], back["blocked"]) == ("示例燃气", [])


def test_a_cylinder_whose_residual_weight_is_missing_stops_at_the_fill(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    (made,) = register(town, station, new(1, team, full=False))
    said = {"code": made["code"], "station": "ST03"}
    weights = {"net_g": 14_500, "tare_g": 16_500, "gross_g": 31_000}
    checked = town.ask("POST", SCANS, station, 201, id=new_id(), step="prefill", **said)
    assert checked["marks"] == ["residual_missing"]
    stopped = one(town, station, made["id"])
    assert (stopped["place"], stopped["blocked"]) == ("empty_at_station", ["residual_missing"])
    filled = town.ask("POST", SCANS, station, 201, id=new_id(), step="fill", **weights, **said)
    assert filled["judged"] == "red"
    assert [gap["kind"] for gap in one(town, station, made["id"])["gaps"]] == ["filled_unfit"]
    assert [event["disposition"] for event in epcis(town, station, made["id"])][1] == "non_conformant"
    for step, more in (("prefill", {"residual_g": 300}), ("fill", weights)):
        clock.pass_time(timedelta(minutes=11))
        again = town.ask("POST", SCANS, station, 201, id=new_id(), step=step, **more, **said)
        assert again["judged"] == "green"
    after = one(town, station, made["id"])
    assert (after["place"], after["blocked"], len(after["gaps"])) == ("full_at_station", [], 1)


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
