"""Cylinders, scans and the chain between them, over HTTP and over sync."""

import time
from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.ids import new_id
from qr.checks import mod10_check
from qr.decode import decode
from tests.api.people.conftest import GRID, Town
from tests.api.workorders.crew import Handset, handset

CYLINDERS, SCANS, ACCOUNTS = "/gas/v1/cylinders", "/gas/v1/scans", "/gas/v1/accounts"
CODE = "1440012260000{:03d}"


@pytest.fixture
def team(town: Town) -> str:
    return town.team(name="气站")


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


def new(number: int, team: str, **more: Any) -> dict[str, Any]:
    return {
        "code": CODE.format(number),
        "serial": f"SN{number:03d}",
        "owner": "示例燃气",
        "spec": "YSP35.5",
        "made_on": "2025-01-15",
        "full": True,
        "area_path": GRID,
        "team_id": team,
    } | more


def register(town: Town, station: dict[str, str], *asks: dict[str, Any], status: int = 201) -> Any:
    return town.ask("POST", CYLINDERS, station, status, cylinders=list(asks))


def worker(town: Town, clock: SetClock, team: str) -> Handset:
    return handset(town, clock, town.person("gas_worker", team=team))


def scans(phone: Handset, code: str, step: str, **more: Any) -> str:
    return phone.does("gas.scan", "scans", code=code, step=step, **more)


def one(town: Town, station: dict[str, str], cylinder_id: str) -> Any:
    return town.ask("GET", f"{CYLINDERS}/{cylinder_id}", station)


def test_a_cylinder_goes_its_round_and_the_chain_tells_it(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    made = register(town, station, new(1, team))[0]
    assert (made["place"], made["next_inspection_on"], made["life_end_on"]) == (
        "full_at_station",
        "2029-01-31",
        "2033-01-31",
    )
    account = {"code": "BY-0000001", "name": "陈记肠粉", "address": "松洲路 1 号", "area_path": GRID, "team_id": team}
    customer = town.ask("POST", ACCOUNTS, station, 201, accounts=[account])[0]
    phone = worker(town, clock, team)
    phone.pulls()
    assert [row["key"] for row in phone.holds("cylinders")] == [made["key"]]
    assert [row["code"] for row in phone.holds("gas_accounts")] == ["BY-0000001"]
    for step in ("load", "deliver"):
        scans(phone, made["code"], step, account="by-0000001" if step == "deliver" else "", shown="green")
        clock.pass_time(timedelta(minutes=2))
    assert [o["r"] for o in phone.pushes()] == ["applied", "applied"]
    now = one(town, station, made["id"])
    assert (now["place"], now["holder_id"], now["hand_over"]["light"]) == ("at_customer", "BY-0000001", "green")
    held = town.ask("GET", f"{ACCOUNTS}/{customer['id']}", station)["cylinders"]
    assert [c["id"] for c in held] == [made["id"]]
    scans(phone, made["code"], "collect", account="BY-0000001")
    scans(phone, made["code"], "unload")
    phone.pushes()
    chain = town.ask("GET", f"{CYLINDERS}/{made['id']}/chain", station)
    assert [link["scan"]["step"] for link in chain["links"]] == ["load", "deliver", "collect", "unload"]
    assert [link["gaps"] for link in chain["links"]] == [[]] * 4
    assert {link["scan"]["judged"] for link in chain["links"]} == {"green"}
    assert chain["cylinder"]["place"] == "empty_at_station"


def test_scans_that_arrive_backwards_give_the_same_cylinder(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    made = register(town, station, new(1, team))[0]
    ann, bob = worker(town, clock, team), worker(town, clock, team)
    scans(ann, made["code"], "load")
    clock.pass_time(timedelta(minutes=4))
    scans(bob, made["code"], "deliver", account="X-1")
    clock.pass_time(timedelta(minutes=4))
    bob.pushes()
    assert one(town, station, made["id"])["gaps"][0]["kind"] == "no_load"
    ann.pushes()
    now = one(town, station, made["id"])
    assert (now["place"], [gap["kind"] for gap in now["gaps"]]) == ("at_customer", ["no_handover"])
    assert len(town.ask("GET", f"{CYLINDERS}?gaps=true", station)["items"]) == 1
    for day, found in (("2026-09-01", 0), ("2026-09-02", 1)):
        unseen = town.ask("GET", f"{CYLINDERS}?seen_before_on={day}", station)["items"]
        assert len(unseen) == found, "nobody scanned it from that day on"


def test_nothing_that_a_camera_or_a_hand_gives_is_lost(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    phone = worker(town, clock, team)
    stranger = f"https://other.example/C/{CODE.format(77)}"
    texts = ["看不清 323232", f"{CODE.format(88)}", "HTTPS://GAS.EXAMPLE.CN/E/ABCDEFGH23456789", stranger]
    for text in texts:
        scans(phone, text, "collect", account="BY-1")
    scans(phone, CODE.format(99), "deliver", account="BY-1")
    assert {o["r"] for o in phone.pushes()} == {"applied"}
    phone.pulls()
    marks = {row["raw"]: row["marks"][0] for row in phone.holds("scans")}
    assert marks == {
        texts[0]: "manual_id",
        texts[1]: "foreign_empty",
        texts[2]: "not_a_cylinder",
        texts[3]: "manual_id",
        CODE.format(99): "unknown_full",
    }
    blocked = town.ask("GET", f"{CYLINDERS}?blocked=true", station)["items"]
    assert {c["key"]: c["blocked"] for c in blocked} == {
        CODE.format(88): ["unregistered"],
        CODE.format(99): ["unregistered"],
    }
    assert {c["hand_over"]["light"] for c in (one(town, station, c["id"]) for c in blocked)} == {"red"}
    made = register(town, station, new(88, team))[0]
    assert (made["blocked"], made["place"]) == ([], "on_vehicle_empty")


def test_a_text_that_no_store_keeps_is_still_a_scan(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    phone = worker(town, clock, team)
    scans(phone, "1440\x00\x07", "collect", account="BY\x001", seal="\x00")
    assert phone.pushes()[0]["r"] == "applied"
    phone.pulls()
    assert [row["raw"] for row in phone.holds("scans")] == ["1440\ufffd\ufffd"]


def test_a_blocked_cylinder_that_was_handed_over_is_marked(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    made = register(town, station, new(1, team), new(2, team, made_on="2017-01-15"))
    town.ask("POST", f"{CYLINDERS}/{made[0]['id']}/block", station, reason="recall", blocked=True)
    phone = worker(town, clock, team)
    for cylinder in made:
        scans(phone, cylinder["code"], "load", shown="green")
    phone.pushes()
    phone.pulls()
    assert [(row["judged"], row["marks"]) for row in phone.holds("scans")] == [
        ("red", ["blocked", "certificate_missing"])
    ] * 2
    assert one(town, station, made[1]["id"])["hand_over"]["why"] == ["life_end", "inspection_due"]
    free = town.ask("POST", f"{CYLINDERS}/{made[0]['id']}/block", station, reason="recall", blocked=False)
    assert free["blocked"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"code": "HTTPS://GAS.EXAMPLE.CN/C/1440012260000123X"}, "gas.code_invalid"),
        ({"code": "rubbish"}, "gas.code_invalid"),
        ({"code": "HTTPS://GAS.EXAMPLE.CN/E/ABCDEFGH23456789"}, "gas.code_names_no_cylinder"),
        ({"spec": "YSP99"}, "gas.spec_unknown"),
        ({"made_on": "2027-01-01"}, "gas.dates_impossible"),
        ({"area_path": "/440111/nowhere/"}, "gas.area_unknown"),
        ({"team_id": "0199b3a0-0000-7000-8000-000000000001"}, "gas.team_unknown"),
        ({"colour": "grey"}, "request.invalid"),
    ],
)
def test_what_cannot_be_registered_is_refused_whole(
    town: Town, team: str, station: dict[str, str], more: dict[str, Any], code: str
) -> None:
    assert register(town, station, new(5, team), new(1, team, **more), status=422)["code"] == code
    assert town.ask("GET", CYLINDERS, station)["items"] == []


def test_a_code_is_never_used_again(town: Town, team: str, station: dict[str, str]) -> None:
    grai = f"https://gas.example.cn/8003/0690123400001{mod10_check('690123400001')}{CODE.format(1)}"
    register(town, station, new(1, team))
    for again in (new(1, team), new(1, team, code=grai)):
        assert register(town, station, again, status=409)["code"] == "gas.code_taken"
    assert register(town, station, new(2, team), new(2, team), status=409)["code"] == "gas.code_taken"


def test_a_cylinder_is_registered_with_its_papers_and_its_stamp_and_leaves_with_them(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    papers = {"certificate_no": "QP02001", "registration_code": "132020000009", "maker_code": "0012"}
    made, bare = register(town, station, new(1, team, full=False, stamped_tare_g=16_520, **papers), new(2, team))
    assert {name: made[name] for name in (*papers, "stamped_tare_g")} == papers | {"stamped_tare_g": 16_520}
    assert [bare[name] for name in (*papers, "stamped_tare_g")] == ["", "", "", None]
    events = town.ask("GET", f"{CYLINDERS}/{made['id']}/chain.epcis", station)["epcisBody"]["eventList"]
    told = {name: events[0]["ilmd"][f"gas:{name}"] for name in ("tareKg", "makerCode", "useRegCertNo", "useRegCode")}
    assert told == {"tareKg": 16.52, "makerCode": "0012", "useRegCertNo": "QP02001", "useRegCode": "132020000009"}
    ask = {"id": new_id(), "code": made["code"], "step": "fill", "station": "ST03", "net_g": 14_500, "gross_g": 31_000}
    assert town.ask("POST", SCANS, station, 201, **ask)["marks"] == ["certificate_missing"], "no weight is missing"
    found = town.ask("GET", f"{CYLINDERS}?q=132020000009", station)["items"]
    assert [one["id"] for one in found] == [made["id"]]


def test_no_two_cylinders_have_one_use_registration_code(town: Town, team: str, station: dict[str, str]) -> None:
    label = "[QP02001,132020000001,AG,323232,2015年09月,2045年09月]气瓶安全云www.qpsafe.cn"
    stamped = {"serial": "323232", "made_on": "2015-09-01", "design_life_months": 240}
    for field, wrong, told in (
        ("maker_code", "B1", "AG"),
        ("certificate_no", "QP02002", "QP02001"),
        ("registration_code", "132020000002", "132020000001"),
        ("serial", "323233", "323232"),
        ("made_on", "2015-10-01", "2015-09"),
    ):
        refused = register(town, station, new(1, team, code=label, **stamped | {field: wrong}), status=422)
        params = refused["params"]
        assert (refused["code"], params["field"], params["label"]) == ("gas.label_disagrees", field, told)
    made = register(town, station, new(1, team, code=label, **stamped))[0]
    told = [made[name] for name in ("key", "certificate_no", "registration_code", "maker_code")]
    assert told == ["qpsafe:132020000001", "QP02001", "132020000001", "AG"], "what the ask leaves out the label tells"
    again, fresh = {"registration_code": " 132020000001"}, {"registration_code": "132020000002"}
    for asks in ((new(2, team, **again),), (new(2, team, **fresh), new(3, team, **fresh))):
        refused = register(town, station, *asks, status=409)
        assert refused["code"] == "gas.registration_code_taken"
    assert register(town, station, new(1, team, code=label, **stamped), status=409)["code"] == "gas.code_taken"
    for wrong in ({"stamped_tare_g": 0}, {"stamped_tare_g": 16.5}, {"certificate_no": "x" * 65}):
        assert register(town, station, new(4, team, **wrong), status=422)["code"] == "request.invalid"


def test_all_that_is_told_outward_of_a_filled_and_scrapped_cylinder(
    town: Town, team: str, station: dict[str, str]
) -> None:
    entrusted = {"owner": "示例燃气", "since_on": "2026-01-01"}
    licensed = {"code": "ST03", "name": "三站", "licence": "TS4244001-2027", "area_path": GRID, "owners": [entrusted]}
    town.ask("POST", "/gas/v1/stations", station, 201, **licensed)
    stamped = {"spec": "YSP118-II", "design_life_months": 96, "stamped_tare_g": 40_000, "maker_code": "0012"}
    made = register(town, station, new(1, team, full=False, station="ST03", **stamped))[0]
    assert (made["holder_kind"], made["holder_id"]) == ("station", "ST03")
    town.ask("POST", PAPERS, station, paper="A-7", cylinders=[papers(made, certificate_no="QP02001", maker_code="AG")])
    said = {"code": made["code"], "station": "ST03", "bay": "BAY2"}
    seen = [{"code": "PF-01", "passed": True}, {"code": "PF-02", "passed": True}]
    checked = town.ask("POST", SCANS, station, 201, id=new_id(), step="prefill", residual_g=0, checks=seen, **said)
    weights = {"net_g": 40_000, "gross_g": 80_000}
    leaks = [{"code": "AF-01", "passed": False}]
    filled = town.ask("POST", SCANS, station, 201, id=new_id(), step="fill", checks=leaks, **weights, **said)
    assert (checked["passed"], filled["passed"], checked["checks"]) == (True, False, seen)
    assert one(town, station, made["id"])["blocked"] == ["postfill_failed"], "it is not loaded"
    scrap = {"id": new_id(), "step": "scrap", "reason": "life_end", "destroy_method": "压扁", "station": "ST03"}
    town.ask("POST", f"{CYLINDERS}/{made['id']}/acts", station, **scrap)
    events = town.ask("GET", f"{CYLINDERS}/{made['id']}/chain.epcis", station)["epcisBody"]["eventList"]
    born, entered, prefill, fill, scrapped = events
    assert born["bizLocation"] == born["readPoint"] == fill["bizLocation"]
    assert prefill["readPoint"] == fill["readPoint"] == {"id": f"{born['bizLocation']['id']}/BAY2"}
    assert born["bizLocation"]["id"].endswith("/loc/station/ST03")
    ilmd = {name.removeprefix("gas:"): value for name, value in born["ilmd"].items()}
    assert ilmd.pop("ownerUnit").endswith("/id/owner/%E7%A4%BA%E4%BE%8B%E7%87%83%E6%B0%94")
    assert ilmd == {
        "spec": "YSP118-II",
        "nominalVolumeL": 118,
        "maxFillKg": 49.5,
        "phase": "liquid",
        "designLifeYears": 8,
        "tareKg": 40,
        "makerCode": "0012",
        "stampNo": "SN001",
        "madeMonth": "2025-01",
        "nextInspectionDue": "2029-01-31",
        "scrapDate": "2033-01-31",
        "ruleTable": "example-2026.1",
    }, "as it was registered"
    assert entered["bizStep"].endswith("BizStep-papers")
    assert (entered["gas:useRegCertNo"], entered["gas:makerCode"]) == ("QP02001", "AG")
    assert entered["bizTransactionList"][0]["bizTransaction"].endswith("/bt/papers/A-7")
    assert prefill["gas:checkItems"] == [{"gas:code": f"PF-0{n}", "gas:result": "ok"} for n in (1, 2)]
    assert fill["gas:checkItems"] == [{"gas:code": "AF-01", "gas:result": "failed"}]
    assert fill["gas:fillStationLicence"] == "TS4244001-2027"
    assert [one["type"] for one in fill["bizTransactionList"]] == ["prodorder"]
    assert (scrapped["gas:scrapReason"], scrapped["gas:destroyMethod"]) == ("SERVICE_LIFE", "压扁")
    assert scrapped["action"] == "DELETE"


PAPERS = "/gas/v1/cylinders/papers"


def papers(cylinder: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {"id": new_id(), "cylinder_id": cylinder["id"]} | said


def test_papers_are_entered_later_and_put_right_and_the_chain_tells_it(
    town: Town, team: str, station: dict[str, str]
) -> None:
    made, other = register(town, station, new(1, team, maker_code="AG"), new(2, team, registration_code="132020000002"))
    first = papers(made, certificate_no="QP02001", registration_code="132020000001", stamped_tare_g=16_520)
    ask = {"paper": "档案 2026-7", "note": "补录", "cylinders": [first, papers(other, certificate_no="QP02001")]}
    for _ in range(2):
        entered, beside = town.ask("POST", PAPERS, station, **ask)
    told = [entered[name] for name in ("certificate_no", "registration_code", "maker_code", "stamped_tare_g")]
    assert told == ["QP02001", "132020000001", "AG", 16_520], "what it does not speak of stays"
    assert (beside["certificate_no"], beside["registration_code"]) == ("QP02001", "132020000002")
    assert (entered["place"], entered["last_scan"]) == (made["place"], None), "it moves nothing"
    right = papers(made, registration_code="132020000009")
    town.ask("POST", PAPERS, station, cylinders=[right])
    assert one(town, station, made["id"])["registration_code"] == "132020000009"
    links = town.ask("GET", f"{CYLINDERS}/{made['id']}/chain", station)["links"]
    acts = [link["scan"] for link in links]
    assert [(act["step"], act["paper"], act["papers"]["registration_code"]) for act in acts] == [
        ("enter_papers", "档案 2026-7", "132020000001"),
        ("enter_papers", "", "132020000009"),
    ]
    wrong = {"scan_id": right["id"], "reason": "incorrect_data"}
    town.ask("POST", "/gas/v1/scan-errors", station, 201, id=new_id(), **wrong)
    assert one(town, station, made["id"])["registration_code"] == "132020000001", "declared an error, it falls away"


def test_papers_that_cannot_be_are_refused_whole(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    held = new(2, team, registration_code="132020000002")
    made, other = register(town, station, new(1, team), held)
    phone = worker(town, clock, team)
    scans(phone, CODE.format(88), "collect", account="BY-1")
    phone.pushes()
    (met,) = town.ask("GET", f"{CYLINDERS}?blocked=true", station)["items"]
    code = {"registration_code": "132020000002"}
    refused = [
        ([papers(made, maker_code="AG"), papers(other, certificate_no="")], 200, ""),
        ([papers(made, maker_code="B1"), papers(met, maker_code="AG")], 409, "gas.not_registered"),
        ([papers(made, **code)], 409, "gas.registration_code_taken"),
        ([papers(other, registration_code=""), papers(made, **code)], 409, "gas.registration_code_taken"),
        ([papers(made, maker_code="B1"), papers(made, maker_code="B2")], 409, "gas.scan_exists"),
        ([papers({"id": new_id()}, maker_code="B1")], 404, "gas.cylinder_unknown"),
        ([papers(made)], 422, "request.invalid"),
        ([papers(made, stamped_tare_g=0)], 422, "request.invalid"),
    ]
    for cylinders, status, why in refused:
        answer = town.ask("POST", PAPERS, station, status, cylinders=cylinders)
        assert status == 200 or answer["code"] == why
    assert [one(town, station, made["id"])[name] for name in ("maker_code", "registration_code")] == ["AG", ""]
    given_up = papers(other, registration_code="")
    town.ask("POST", PAPERS, station, cylinders=[given_up])
    town.ask("POST", PAPERS, station, cylinders=[papers(made, **code)])
    wrong = {"id": new_id(), "scan_id": given_up["id"], "reason": "incorrect_data"}
    taken = town.ask("POST", "/gas/v1/scan-errors", station, 409, **wrong)
    assert taken["code"] == "gas.registration_code_taken", "the other has it now"
    assert one(town, station, other["id"])["registration_code"] == ""
    scrapped = {"id": new_id(), "step": "scrap"}
    town.ask("POST", f"{CYLINDERS}/{other['id']}/acts", station, **scrapped)
    answer = town.ask("POST", PAPERS, station, 409, cylinders=[papers(other, maker_code="AG")])
    assert answer["code"] == "gas.cylinder_scrapped"


def test_a_label_is_drawn_and_read_back(town: Town, team: str, station: dict[str, str]) -> None:
    made = register(town, station, new(1, team))[0]
    png = town.client.get(f"{CYLINDERS}/{made['id']}/label.png", headers=station)
    assert png.headers["content-type"] == "image/png"
    assert [found.text for found in decode(png.content)] == [made["code"]]
    svg = town.client.get(f"{CYLINDERS}/{made['id']}/label.svg", headers=station)
    assert svg.headers["content-type"] == "image/svg+xml"
    town.ask("GET", f"{CYLINDERS}/{new_id()}/label.png", station, 404)


def test_a_scan_at_the_gate_is_one_however_often_it_is_sent(town: Town, team: str, station: dict[str, str]) -> None:
    made = register(town, station, new(1, team, full=False))[0]
    ask = {"id": new_id(), "code": made["code"], "step": "fill", "station": "ST03"}
    first = town.ask("POST", SCANS, station, 201, **ask)
    assert town.ask("POST", SCANS, station, 201, **ask) == first
    assert town.ask("POST", SCANS, station, 409, **(ask | {"step": "load"}))["code"] == "gas.scan_exists"
    assert one(town, station, made["id"])["place"] == "full_at_station"


def test_crews_of_other_trades_see_no_gas(town: Town, team: str, station: dict[str, str]) -> None:
    crew = town.as_(town.person("crew")["phone"])
    assert town.ask("GET", CYLINDERS, crew, 403)["code"] == "auth.not_allowed"
    lonely = town.as_(town.person("gas_worker")["phone"])
    made = register(town, station, new(1, team))[0]
    assert town.ask("GET", CYLINDERS, lonely)["items"] == []
    town.ask("GET", f"{CYLINDERS}/{made['id']}", lonely, 404)


def test_a_thousand_queued_scans_are_taken_quickly(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    made = [c for part in range(2) for c in register(town, station, *(new(part * 100 + i, team) for i in range(100)))]
    phone = worker(town, clock, team)
    for cylinder in made:
        for step in ("load", "deliver", "collect", "unload"):
            scans(phone, cylinder["code"], step, account="BY-1")
    queued, phone.queue = phone.queue, []
    started = time.perf_counter()
    for at in range(0, len(queued), 200):
        phone.queue = queued[at : at + 200]
        assert {o["r"] for o in phone.pushes()} == {"applied"}
    print(f"800 scans in {time.perf_counter() - started:.2f} s")
    assert one(town, station, made[0]["id"])["place"] == "empty_at_station"
