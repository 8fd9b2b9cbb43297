"""Two workers without a network and one cylinder, on two handsets and at the desk."""

import json
from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.ids import new_id
from tests.api.gas.test_cylinders import CODE, CYLINDERS, SCANS, new, one, register, scans, worker
from tests.api.people.conftest import GRID, Town
from tests.api.workorders.crew import Handset

CASES, ERRORS = "/gas/v1/custody-cases", "/gas/v1/scan-errors"
TOWN, FAR = {"longitude": 113.27, "latitude": 23.16}, {"longitude": 113.77, "latitude": 23.16}
STEP = timedelta(minutes=1)


@pytest.fixture
def team(town: Town) -> str:
    return town.team(name="气站")


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


@pytest.fixture
def ann(town: Town, clock: SetClock, team: str) -> Handset:
    return worker(town, clock, team)


@pytest.fixture
def bob(town: Town, clock: SetClock, team: str) -> Handset:
    return worker(town, clock, team)


@pytest.fixture
def code(town: Town, team: str, station: dict[str, str]) -> str:
    accounts = [
        {"code": name, "name": name, "address": "松洲路", "area_path": GRID, "team_id": team} for name in ("X", "Y")
    ]
    town.ask("POST", "/gas/v1/accounts", station, 201, accounts=accounts)
    return str(register(town, station, new(1, team))[0]["code"])


def cases(town: Town, station: dict[str, str], **wanted: str) -> list[dict[str, Any]]:
    query = "&".join(f"{key}={value}" for key, value in ({"state": "open"} | wanted).items())
    found: list[dict[str, Any]] = town.ask("GET", f"{CASES}?{query}", station)["items"]
    return found


def kinds(town: Town, station: dict[str, str], **wanted: str) -> list[str]:
    return [case["kind"] for case in cases(town, station, **wanted)]


def asked(case: dict[str, Any]) -> set[str]:
    return {party["id"] for party in case["asked"]}


def holder(town: Town, station: dict[str, str]) -> tuple[str, str]:
    cylinder = town.ask("GET", CYLINDERS, station)["items"][0]
    return cylinder["place"], cylinder["holder_id"]


def pushed(*phones: Handset) -> None:
    for phone in phones:
        assert {outcome["r"] for outcome in phone.pushes()} == {"applied"}


def test_a_double_tap_is_no_case(town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset) -> None:
    for _ in range(2):
        scans(ann, code, "load")
        clock.pass_time(STEP)
    pushed(ann)
    assert kinds(town, station) == []
    assert holder(town, station) == ("on_vehicle_full", ann.person_id)


@pytest.mark.parametrize("first", ["ann", "bob"])
def test_two_deliveries_ask_both_customers_and_believe_the_manifest(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset, bob: Handset, first: str
) -> None:
    scans(ann, code, "load")
    clock.pass_time(STEP)
    scans(ann, code, "deliver", account="X", position=TOWN)
    clock.pass_time(STEP)
    scans(bob, code, "deliver", account="Y", position=FAR)
    pushed(*((ann, bob) if first == "ann" else (bob, ann)))
    assert holder(town, station) == ("at_customer", "X")
    assert sorted(kinds(town, station)) == ["double_delivery", "label_clone"]
    (case,) = cases(town, station, kind="double_delivery")
    assert {"X", "Y", ann.person_id, bob.person_id} == asked(case)
    assert case["deadline_at"][11:19] == "15:59:59"
    for phone in (ann, bob):
        phone.pulls()
        assert case["id"] in {held["id"] for held in phone.holds("custody_cases")}
    cylinder = town.ask("GET", CYLINDERS, station)["items"][0]
    assert cylinder["blocked"] == ["label_clone"]
    done = town.ask("POST", f"{CASES}/{case['id']}/confirm", station, note="两户均已电话核实")
    assert (done["state"], done["note"]) == ("confirmed", "两户均已电话核实")
    assert town.ask("POST", f"{CASES}/{case['id']}/confirm", station, 409, note="again")["code"] == "gas.case_ended"


def test_two_collections_are_held_by_the_first_until_one_unloads(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset, bob: Handset
) -> None:
    for step in ("load", "deliver", "collect"):
        scans(ann, code, step, account="X")
        clock.pass_time(STEP)
    scans(bob, code, "collect", account="X")
    pushed(bob, ann)
    assert holder(town, station) == ("on_vehicle_empty", ann.person_id)
    (case,) = cases(town, station)
    assert (case["kind"], case["owner_id"]) == ("double_collection", None)
    assert {ann.person_id, bob.person_id} <= asked(case)
    clock.pass_time(STEP)
    scans(bob, code, "unload", station="ST01")
    pushed(bob)
    assert holder(town, station) == ("empty_at_station", "ST01")


def test_a_missed_hand_over_asks_both_workers_and_ends_with_the_scan_that_was_missing(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset, bob: Handset
) -> None:
    scans(ann, code, "load")
    clock.pass_time(STEP)
    scans(bob, code, "hand_over", giver=ann.person_id)
    late, bob.queue = bob.queue, []
    clock.pass_time(STEP)
    scans(ann, code, "deliver", account="Y")
    queued, ann.queue = ann.queue, []
    ann.queue = queued[:1]
    pushed(ann)
    bob.queue = late
    pushed(bob)
    assert (holder(town, station), kinds(town, station)) == (("on_vehicle_full", bob.person_id), [])
    ann.queue = queued[1:]
    pushed(ann)
    (case,) = cases(town, station)
    assert (case["kind"], asked(case)) == ("no_handover", {ann.person_id, bob.person_id})


def test_an_empty_taken_at_another_customer_is_asked_about_there(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset
) -> None:
    for step, account in (("load", ""), ("deliver", "X"), ("collect", "Y")):
        scans(ann, code, step, account=account)
        clock.pass_time(STEP)
    pushed(ann)
    (case,) = cases(town, station)
    assert (case["kind"], case["owner_id"]) == ("cross_customer", ann.person_id)
    assert {"X", "Y"} <= asked(case)


def test_what_is_in_no_register_is_a_case_until_it_is_registered(
    town: Town, team: str, station: dict[str, str], ann: Handset
) -> None:
    scans(ann, CODE.format(88), "collect", account="X")
    pushed(ann)
    assert kinds(town, station) == ["foreign_cylinder"]
    register(town, station, new(88, team))
    assert "foreign_cylinder" not in kinds(town, station)
    assert kinds(town, station, state="corrected") == ["foreign_cylinder"]


def test_an_act_that_arrives_late_is_reckoned_where_it_belongs(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset, bob: Handset
) -> None:
    scans(ann, code, "load")
    clock.pass_time(STEP)
    scans(ann, code, "deliver", account="X")
    clock.pass_time(STEP)
    scans(bob, code, "collect", account="X")
    pushed(bob)
    assert kinds(town, station) == ["no_deliver"]
    pushed(ann)
    assert (kinds(town, station), kinds(town, station, state="corrected")) == ([], ["no_deliver"])
    assert holder(town, station) == ("on_vehicle_empty", bob.person_id)


def test_a_blocked_cylinder_that_was_delivered_is_recalled_within_four_hours(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset
) -> None:
    scans(ann, code, "load")
    clock.pass_time(STEP)
    cylinder = town.ask("GET", CYLINDERS, station)["items"][0]
    town.ask("POST", f"{CYLINDERS}/{cylinder['id']}/block", station, reason="recall", blocked=True, note="阀门召回")
    clock.pass_time(STEP)
    scans(ann, code, "deliver", account="X", shown="green")
    pushed(ann)
    (case,) = cases(town, station)
    assert (case["kind"], holder(town, station)) == ("blocked_delivered", ("at_customer", "X"))
    assert case["deadline_at"][11:13] != case["opened_at"][11:13]
    steps = [x["scan"]["step"] for x in town.ask("GET", f"{CYLINDERS}/{cylinder['id']}/chain", station)["links"]]
    assert steps == ["load", "block", "deliver"]


def test_nobody_is_blamed_where_a_clock_proves_nothing(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset, bob: Handset
) -> None:
    scans(ann, code, "load")
    pushed(ann)
    scans(bob, code, "deliver", account="X")
    bob.queue[0]["at"]["wall_ms"] += 10_000_000_000
    del bob.queue[0]["at"]["mono_ms"]
    bob.queue[0]["at"].pop("boot")
    pushed(bob)
    (case,) = cases(town, station)
    assert (case["kind"], case["owner_id"], asked(case)) == ("no_handover", None, {""})


def test_a_declared_error_meets_later_acts(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset, bob: Handset
) -> None:
    ids = []
    for step in ("load", "deliver", "collect"):
        ids.append(scans(ann, code, step, account="X"))
        clock.pass_time(STEP)
    wrong = bob.does("gas.declare_error", "scan_errors", scan_id=ids[1], reason="did_not_occur")
    pushed(ann)
    assert "gas.scan_not_yours" in json.dumps(bob.pushes()[0])
    ann.does("gas.declare_error", "scan_errors", wrong, scan_id=ids[1], reason="did_not_occur")
    pushed(ann)
    assert kinds(town, station) == ["no_deliver"]
    links = town.ask("GET", f"{CYLINDERS}?gaps=true", station)["items"]
    chain = town.ask("GET", f"{CYLINDERS}/{links[0]['id']}/chain", station)["links"]
    assert [link["declared_error"] for link in chain] == [False, True, False]
    ask = {"id": new_id(), "scan_id": ids[2], "reason": "incorrect_data", "corrective_ids": []}
    town.ask("POST", ERRORS, station, 201, **ask)
    assert (kinds(town, station), holder(town, station)[0]) == ([], "on_vehicle_full")


def test_a_declaration_waits_for_its_act(
    town: Town, clock: SetClock, station: dict[str, str], code: str, ann: Handset
) -> None:
    scan_id = new_id()
    ann.does("gas.declare_error", "scan_errors", scan_id=scan_id, reason="did_not_occur")
    pushed(ann)
    ann.does("gas.scan", "scans", scan_id, code=code, step="load")
    pushed(ann)
    assert holder(town, station)[0] == "full_at_station"


def test_the_station_checks_fills_inspects_and_scraps(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    made = register(town, station, new(1, team, full=False))[0]
    for step in ("prefill", "fill"):
        ask = {"id": new_id(), "code": made["code"], "step": step, "station": "ST03"}
        town.ask("POST", SCANS, station, 201, **ask, net_g=14_500, residual_g=300)
        clock.pass_time(STEP)
    assert (one(town, station, made["id"])["place"], kinds(town, station)) == ("full_at_station", [])
    acts = f"{CYLINDERS}/{made['id']}/acts"
    town.ask("POST", acts, station, id=new_id(), step="send_for_inspection", station="GZ-JY-07")
    assert one(town, station, made["id"])["place"] == "sent_for_inspection"
    clock.pass_time(STEP)
    bad = town.ask("POST", acts, station, 422, id=new_id(), step="inspect", items=[True] * 6 + [False])
    assert bad["code"] == "gas.inspection_not_passed"
    done = {"id": new_id(), "step": "inspect", "station": "ST03", "items": [True] * 7}
    passed = town.ask("POST", acts, station, **done)
    assert town.ask("POST", acts, station, **done) == passed
    assert (passed["place"], passed["next_inspection_on"] > made["next_inspection_on"]) == ("empty_at_station", True)
    clock.pass_time(STEP)
    gone = town.ask("POST", acts, station, id=new_id(), step="scrap")
    assert gone["place"] == "scrapped"
    assert town.ask("POST", acts, station, 409, id=new_id(), step="lose")["code"] == "gas.cylinder_scrapped"
    assert register(town, station, new(1, team), status=409)["code"] == "gas.code_taken"
