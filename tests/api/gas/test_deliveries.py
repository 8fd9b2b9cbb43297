"""Gas is delivered: ordered, loaded, handed over at a door with a check, closed, unloaded, and the shift adds up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.gas.actions import closing, keys
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from backend.people import queries as people
from mobile_contract import checklist_example
from mobile_contract.deliveries import DeliveryParams
from mobile_contract.delivery_check import faults
from mobile_contract.station_keys import GasPack
from qr.payload import format as written
from qr.signing import SealCertificate, SealSigner, customer_check
from tests.api.people.conftest import GRID, Town
from tests.api.workorders.crew import Handset, handset

PHOTO = "a" * 64
STATION_KEY = SealSigner(7, bytes(range(32)))
FULL, EMPTY = "1440012260000001", "1440012260000002"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Days pass here while nobody signs in anew."""
    return settings.model_copy(update={"access_token_s": 90 * 86_400})


@pytest.fixture
def team(town: Town) -> str:
    return town.team(name="气站")


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


@pytest.fixture
def account(town: Town, station: dict[str, str], team: str) -> str:
    """A customer with an empty cylinder of ours, a checklist, and a full one at the station."""
    example = checklist_example.example().model_dump(mode="json")
    town.ask("POST", "/gas/v1/checklists", station, 201, **example)
    named = {"code": "BY-0000001", "name": "陈女士", "address": "松洲路 1 号", "area_path": GRID, "team_id": team}
    town.ask("POST", "/gas/v1/accounts", station, 201, accounts=[named])
    made = {"owner": "白云燃气", "spec": "YSP35.5", "made_on": "2024-03-15", "area_path": GRID, "team_id": team}
    cylinders = [{"code": code, "serial": code[-4:], "full": True} | made for code in (FULL, EMPTY)]
    town.ask("POST", "/gas/v1/cylinders", station, 201, cylinders=cylinders)
    public = STATION_KEY.public_key.hex()
    key = {"key_id": 7, "station": 12, "public_key": public, "valid_from_at": "2026-01-01T00:00:00Z"}
    town.ask("POST", "/gas/v1/station-keys", station, 201, **key)
    return "BY-0000001"


@pytest.fixture
def phone(town: Town, clock: SetClock, team: str, account: str) -> Handset:
    made = handset(town, clock, town.person("gas_worker", team=team))
    made.pulls()
    return made


def seal(cylinder: str = FULL, nonce: int = 1) -> str:
    filled_at = datetime(2026, 8, 31, 8, tzinfo=UTC)
    certificate = SealCertificate(cylinder, filled_at, 14_500, 16_500, "2028-03", "2032-03", 12, nonce)
    return written(STATION_KEY.sign(certificate, "https://gas.example.cn"))


def scans(phone: Handset, code: str, step: str, **more: Any) -> str:
    return phone.does("gas.scan", "scans", code=code, step=step, **more)


def checks(phone: Handset, account: str, **more: Any) -> str:
    """A whole check with the delivery, nothing found."""
    (listed,) = phone.holds("gas_checklists")
    answers = [{"item": item["code"], "answer": "ok"} for item in listed["items"]]
    said = {"kind": "with_delivery", "outcome": "completed", "checklist": checklist_example.VERSION, "took_s": 900}
    return phone.does("gas.visit", "gas_visits", account=account, **said | {"answers": answers} | more)


def delivers(phone: Handset, account: str, **more: Any) -> str:
    said = {"photos": [PHOTO], "signed_by": "customer", "leak_test": "tight", "identity": "id_seen"}
    return phone.does("gas.deliver", "gas_deliveries", account=account, **said | more)


def results(phone: Handset) -> list[str]:
    outcomes = phone.pushes()
    phone.pulls()
    return [o["r"] if not o.get("why") else o["why"]["code"] for o in outcomes]


def order(town: Town, station: dict[str, str], account: str | None, status: int = 201, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"id": new_id(), "account": account, "spec": "YSP35.5", "wanted_on": "2026-09-01"}
    made: dict[str, Any] = town.ask("POST", "/gas/v1/orders", station, status, **said | more)
    return made


def certify(town: Town, station: dict[str, str], person: str, until: str = "2026-12-31") -> None:
    said = {"kind": "delivery", "number": "GZ-SQ-001207", "valid_from_on": "2026-01-01", "valid_until_on": until}
    town.ask("POST", "/gas/v1/certificates", station, 201, person_id=person, **said)


def assign(town: Town, station: dict[str, str], order_id: str, person: str, status: int = 200) -> dict[str, Any]:
    path = f"/gas/v1/orders/{order_id}/assign"
    answer: dict[str, Any] = town.ask("POST", path, station, status, person_id=person)
    return answer


def test_a_day_of_deliveries_is_played_without_a_network_and_adds_up(
    town: Town, house: House, phone: Handset, station: dict[str, str], account: str
) -> None:
    certify(town, station, phone.person_id)
    placed = order(town, station, account, intake="telephone", deposit_fen=20_000)
    assigned = assign(town, station, placed["id"], phone.person_id)
    assert (assigned["state"], assigned["address"]) == ("assigned", "松洲路 1 号")
    phone.pulls()
    (held,) = phone.holds("gas_orders")
    scans(phone, FULL, "load", station="ST01")
    full = scans(phone, FULL, "deliver", account=account, order=held["id"], seal=seal())
    empty = scans(phone, EMPTY, "collect", account=account)
    visit = checks(phone, account)
    paid = {"paid_fen": 12_000, "paid_by": "cash"}
    delivers(phone, account, order=held["id"], fulls=[full], empties=[empty], visit=visit, **paid)
    scans(phone, EMPTY, "unload", station="ST01")
    assert results(phone) == ["applied"] * 6
    (told,) = phone.holds("gas_deliveries")
    assert (told["marks"], told["paid_fen"], told["order"]) == ([], 12_000, held["id"])
    done = town.ask("GET", f"/gas/v1/orders/{held['id']}", station)
    assert (done["state"], done["deliveries"]) == ("delivered", [told["id"]])
    (known,) = town.ask("GET", "/gas/v1/accounts", station)["items"]
    assert (known["identity"], known["identity_on"]) == ("id_seen", "2026-09-01")
    close(house)
    (day,) = town.ask("GET", "/gas/v1/shift-closes?on=2026-09-01", station)["items"]
    names = [one[-1] for one in (*day["loaded"], *day["delivered"])]
    assert (names, day["balanced"], day["still"], len(day["collected"]), len(day["unloaded"])) == (
        ["1", "1"], True, [], 1, 1,
    )  # fmt: skip
    phone.pulls()
    assert [row["id"] for row in phone.holds("gas_shift_closes")] == [day["id"]]


def test_whether_a_hazard_stopped_the_supply_is_asked_of_the_moment_of_the_delivery(
    town: Town, clock: SetClock, team: str, phone: Handset, station: dict[str, str], account: str
) -> None:
    certify(town, station, phone.person_id)
    inspector = handset(town, clock, town.person("gas_worker", team=team))
    inspector.pulls()
    delivered = []
    for step in ("before", "while", "after"):
        full = scans(phone, FULL, "deliver", account=account, seal=seal())
        visit = phone.does("gas.visit", "gas_visits", account=account, kind="with_delivery", outcome="refused")
        delivered.append(delivers(phone, account, fulls=[full], no_empty="first_delivery", visit=visit))
        clock.pass_time(timedelta(minutes=20))
        if step == "before":
            (listed,) = inspector.holds("gas_checklists")
            danger = {"answer": "hazard", "hazard": new_id(), "grade": "g0", "measure": "停用", "photos": [PHOTO]}
            found = [
                {"item": item["code"], "answer": "ok"} | (danger if item["code"] == "S-03" else {})
                for item in listed["items"]
            ]
            checks(inspector, account, kind="periodic", answers=found)
            assert results(inspector) == ["applied"]
        if step == "while":
            act = {"id": new_id(), "deed": "verify", "photos": [PHOTO]}
            town.ask("POST", f"/gas/v1/hazards/{danger['hazard']}/acts", station, 201, **act)
        clock.pass_time(timedelta(minutes=20))
    results(phone)
    marks = {row["id"]: "supply_stopped" in row["marks"] for row in phone.holds("gas_deliveries")}
    assert [marks[one] for one in delivered] == [False, True, False]


def test_a_cylinder_is_judged_as_it_stood_when_it_was_handed_over(
    town: Town, clock: SetClock, phone: Handset, station: dict[str, str], account: str
) -> None:
    certify(town, station, phone.person_id)
    (row,) = [one for one in town.ask("GET", "/gas/v1/cylinders", station)["items"] if one["key"].endswith(FULL)]
    block = f"/gas/v1/cylinders/{row['id']}/block"
    scans(phone, FULL, "load", station="ST01")
    assert results(phone) == ["applied"]
    made = []
    for blocked in (True, False):
        visit = checks(phone, account)
        full = scans(phone, FULL, "deliver", account=account, seal=seal())
        delivers(phone, account, fulls=[full], no_empty="first_delivery", visit=visit)
        made.append(full)
        clock.pass_time(timedelta(minutes=20))
        town.ask("POST", block, station, reason="recall", blocked=blocked)
        clock.pass_time(timedelta(minutes=20))
    results(phone)
    told = {one["id"]: one for one in phone.holds("scans")}
    assert [(told[one]["judged"], "blocked" in told[one]["marks"]) for one in made] == [("green", False), ("red", True)]
    marks = {one["fulls"][0]: "not_green" in one["marks"] for one in phone.holds("gas_deliveries")}
    assert [marks[one] for one in made] == [False, True]


def test_a_delivery_is_told_of_a_cancelled_order_only_when_it_was_cancelled_by_then(
    town: Town, clock: SetClock, phone: Handset, station: dict[str, str], account: str
) -> None:
    placed = order(town, station, account)
    phone.pulls()
    made = [delivers(phone, account, order=placed["id"], outcome="taken_back", visit=checks(phone, account))]
    clock.pass_time(timedelta(minutes=20))
    town.ask("POST", f"/gas/v1/orders/{placed['id']}/cancel", station, why="用户退单")
    clock.pass_time(timedelta(minutes=20))
    made.append(delivers(phone, account, order=placed["id"], outcome="taken_back", visit=checks(phone, account)))
    assert results(phone) == ["applied"] * 4
    marks = {one["id"]: "order_cancelled" in one["marks"] for one in phone.holds("gas_deliveries")}
    assert [marks[one] for one in made] == [False, True]


def close(house: House) -> None:
    with house.db.transaction() as session:
        closing.close_shifts(house.ctx(session, people.operator(house.settings)))


def test_a_close_names_what_is_missing_and_what_is_still_there_and_a_late_scan_mends_it(
    town: Town, house: House, clock: SetClock, phone: Handset, station: dict[str, str], account: str
) -> None:
    scans(phone, FULL, "load", station="ST01")
    scans(phone, EMPTY, "load", station="ST01")
    scans(phone, FULL, "deliver", account=account)
    assert results(phone) == ["applied"] * 3
    close(house)
    (day,) = town.ask("GET", "/gas/v1/shift-closes", station)["items"]
    assert ([one[-1] for one in day["still"]], day["balanced"]) == (["2"], True)
    clock.pass_time(timedelta(days=1))
    scans(phone, EMPTY, "deliver", account=account)
    assert results(phone) == ["applied"]
    close(house)
    newest, before = town.ask("GET", "/gas/v1/shift-closes", station)["items"]
    assert (newest["on"], [one[-1] for one in newest["carried"]], newest["balanced"]) == ("2026-09-02", ["2"], True)
    assert (before["id"], before["still"]) == (day["id"], day["still"])


def test_a_delivery_that_lacks_its_parts_is_refused_with_their_names(phone: Handset, account: str) -> None:
    delivers(phone, account)
    delivers(phone, account, fulls=[new_id()], visit=new_id())
    delivers(phone, account, outcome="taken_back", fulls=[new_id()], visit=new_id())
    outcomes = phone.pushes()
    assert [o["why"]["params"]["missing"] for o in outcomes] == [
        ["no_check", "no_full", "no_empty"],
        ["no_empty"],
        ["full_kept"],
    ]
    assert [str(fault) for fault in faults(DeliveryParams(account=account))] == ["no_check", "no_full", "no_empty"]


def test_what_a_delivery_lacks_is_marked_and_never_refused(
    town: Town, phone: Handset, station: dict[str, str], account: str
) -> None:
    gone = order(town, station, account)
    town.ask("POST", f"/gas/v1/orders/{gone['id']}/cancel", station, why="用户退单")
    full = scans(phone, FULL, "deliver", account=account, seal=seal(nonce=9)[:-8] + "AAAAAAAA")
    visit = phone.does(
        "gas.visit", "gas_visits", account=account, kind="with_delivery", outcome="not_met", photos=[PHOTO]
    )
    phone.does(
        "gas.deliver",
        "gas_deliveries",
        account=account,
        order=gone["id"],
        fulls=[full, new_id()],
        no_empty="first_delivery",
        visit=visit,
        identity="customer_qr",
        customer_code="HTTPS://GAS.EXAMPLE.CN/U/BY-0000001AAAA",
    )
    assert results(phone) == ["applied"] * 3
    (told,) = phone.holds("gas_deliveries")
    assert set(told["marks"]) == {
        "order_cancelled", "check_not_done", "full_not_scanned", "not_green", "seal_missing", "leak_not_tested",
        "no_photo", "unsigned", "identity_never_seen", "certificate_missing", "customer_code_wrong",
    }  # fmt: skip
    assert town.ask("GET", f"/gas/v1/orders/{gone['id']}", station)["state"] == "delivered"
    listed = town.ask("GET", "/gas/v1/deliveries?mark=check_not_done", station)["items"]
    assert [row["id"] for row in listed] == [told["id"]]
    assert town.ask("GET", "/gas/v1/deliveries?mark=leaking", station)["items"] == []
    (scan,) = phone.holds("scans")
    assert "seal_refused" in scan["marks"]


def test_a_seal_is_evidence_once(phone: Handset, account: str) -> None:
    scans(phone, FULL, "load", station="ST01")
    scans(phone, FULL, "deliver", account=account, seal=seal())
    scans(phone, FULL, "collect", account=account)
    scans(phone, FULL, "deliver", account=account, seal=seal())
    scans(phone, EMPTY, "deliver", account=account, seal=seal())
    assert results(phone) == ["applied"] * 5
    by_step = [row["marks"] for row in sorted(phone.holds("scans"), key=lambda row: row["id"])]
    assert by_step[1] == []
    assert by_step[3] == ["seal_used"]
    assert "seal_refused" in by_step[4], "the seal is another cylinder's"


def test_whatever_is_wrong_with_a_label_or_a_seal_is_told_with_its_place_and_nothing_is_lost(
    town: Town, clock: SetClock, phone: Handset, station: dict[str, str], account: str
) -> None:
    good, link = seal(), f"https://gas.example.cn/8003/06901234000016{FULL}"
    head, body = good.rpartition("/")[0] + "/", good.rpartition("/")[2]
    bits = [body[:at] + ("A" if body[at] != "A" else "B") + body[at + 1 :] for at in range(2, len(body) - 1, 12)]
    forged = [scans(phone, FULL, "deliver", account=account, seal=head + one) for one in bits]
    others = scans(phone, FULL, "deliver", account=account, seal=seal(EMPTY))
    cut = scans(phone, FULL, "deliver", account=account, seal=good[:-9])
    wrong = scans(phone, link.replace("6901234000016", "6901234000026"), "deliver", account=account)
    alike = scans(phone, link.replace("/8003/0", "/8003/O"), "deliver", account=account)
    huge = phone.does("gas.scan", "scans", code="1" * 513, step="deliver", account=account)
    told = results(phone)
    assert told[:-1] == ["applied"] * (len(bits) + 4)
    assert (told[-1], len(phone.holds("scans"))) == ("sync.params_invalid", len(bits) + 4), huge
    faults = {row["id"]: row["faults"] for row in phone.holds("scans")}
    assert {faults[one][0]["fault"] for one in forged} <= {"bad_signature", "malformed", "unknown_key", "not_a_seal"}
    assert [len(faults[one]) for one in forged] == [1] * len(forged)
    assert faults[others] == [{"of": "seal", "fault": "other_cylinder", "position": None}]
    assert faults[cut][0]["of"] == "seal"
    assert faults[wrong] == [{"of": "code", "fault": "check_digit", "position": 41}]
    assert faults[alike] == [{"of": "code", "fault": "look_alike", "position": 28}]
    (key,) = town.ask("GET", "/gas/v1/station-keys", station)
    bound = {"revoke_since_at": "2026-08-30T00:00:00Z", "revoke_until_at": "2026-09-01T00:00:00Z"}
    town.ask("POST", f"/gas/v1/station-keys/{key['id']}/bound", station, **bound)
    revoked = scans(phone, FULL, "deliver", account=account, seal=good)
    assert results(phone) == ["applied"]
    (last,) = [row for row in phone.holds("scans") if row["id"] == revoked]
    assert (last["marks"][-1], last["faults"]) == (
        "seal_refused",
        [{"of": "seal", "fault": "revoked", "position": None}],
    )


def test_two_workers_offline_bring_one_order_and_both_are_kept_in_any_order(
    town: Town, clock: SetClock, team: str, phone: Handset, station: dict[str, str], account: str
) -> None:
    other = handset(town, clock, town.person("gas_worker", team=team))
    other.pulls()
    placed = order(town, station, account)
    first = delivers(phone, account, order=placed["id"], fulls=[new_id()], no_empty="none_there", visit=new_id())
    clock.pass_time(timedelta(minutes=5))
    second = delivers(other, account, order=placed["id"], fulls=[new_id()], no_empty="none_there", visit=new_id())
    assert results(other) == ["applied"]
    assert results(phone) == ["applied"]
    shown = town.ask("GET", f"/gas/v1/orders/{placed['id']}", station)
    assert (shown["state"], shown["deliveries"]) == ("delivered", [first, second])


def test_an_order_wants_a_certificate_on_the_day_and_a_customers_own_code_wants_its_check(
    town: Town, house: House, phone: Handset, station: dict[str, str], account: str
) -> None:
    placed = order(town, station, account)
    refused = assign(town, station, placed["id"], phone.person_id, 409)
    assert (refused["code"], refused["params"]["on"]) == ("gas.certificate_needed", "2026-09-01")
    certify(town, station, phone.person_id, until="2026-08-31")
    assign(town, station, placed["id"], phone.person_id, 409)
    certify_again = {"kind": "training", "number": "T-1", "valid_from_on": "2026-09-01"}
    town.ask("POST", "/gas/v1/certificates", station, 201, person_id=phone.person_id, **certify_again)
    assign(town, station, placed["id"], phone.person_id)
    shown = town.ask("GET", f"/gas/v1/certificates?person_id={phone.person_id}", station)
    assert [row["kind"] for row in shown] == ["delivery", "training"]
    secret = b"gas customers " + house.settings.secret.get_secret_value().encode()
    label = f"HTTPS://GAS.EXAMPLE.CN/U/{account}{customer_check(account, secret)}"
    by_code = order(town, station, None, customer_code=label)
    assert (by_code["account"], by_code["intake"]) == (account, "customer_qr")
    wrong = order(town, station, None, 422, customer_code=label[:-4] + "AAAA")
    assert wrong["code"] == "gas.customer_code_wrong"
    again = order(town, station, account, id=placed["id"])
    assert again["id"] == placed["id"]
    assert order(town, station, account, 409, id=placed["id"], count=2)["code"] == "gas.order_exists"


def test_the_blocked_list_is_signed_and_held_by_every_handset(
    town: Town, house: House, clock: SetClock, phone: Handset, station: dict[str, str]
) -> None:
    def sign() -> bool:
        with house.db.transaction() as session:
            return keys.sign_pack(house.ctx(session, people.operator(house.settings)))

    assert (sign(), sign()) == (True, False)
    (row,) = town.ask("GET", f"/gas/v1/cylinders?q={EMPTY}", station)["items"]
    town.ask("POST", f"/gas/v1/cylinders/{row['id']}/block", station, reason="recall", blocked=True)
    assert sign()
    phone.pulls()
    (held,) = phone.holds("gas_packs")
    pack = GasPack.model_validate(held)
    assert (pack.blocked, len(pack.recent), pack.is_fresh(clock.now())) == (1, 1, True)
    assert pack.is_genuine(pack.public_key)
    assert not pack.model_copy(update={"blocked": 2}).is_genuine(pack.public_key)
    assert not pack.is_genuine("00" * 32)
    assert [key["key_id"] for key in phone.holds("gas_station_keys")] == [7]


def test_a_key_is_bounded_and_never_used_again(town: Town, station: dict[str, str], account: str) -> None:
    (key,) = town.ask("GET", "/gas/v1/station-keys", station)
    again = {name: key[name] for name in ("key_id", "station", "public_key", "valid_from_at")}
    assert town.ask("POST", "/gas/v1/station-keys", station, 409, **again)["code"] == "gas.key_taken"
    path = f"/gas/v1/station-keys/{key['id']}/bound"
    assert town.ask("POST", path, station, 422, valid_until_at="2025-01-01T00:00:00Z")["code"] == "gas.key_impossible"
    bound = town.ask("POST", path, station, revoke_since_at="2026-08-01T00:00:00Z")
    assert bound["revoked"] == [{"since_at": "2026-08-01T00:00:00Z", "until_at": None}]


def test_the_life_of_a_cylinder_leaves_as_a_picture_and_as_epcis(
    town: Town, phone: Handset, station: dict[str, str], account: str
) -> None:
    scans(phone, FULL, "load", station="ST01")
    wrong = scans(phone, FULL, "deliver", account="BY-0000009")
    right = scans(phone, FULL, "deliver", account=account)
    said = {"scan_id": wrong, "reason": "incorrect_data", "corrective_ids": [right]}
    phone.does("gas.declare_error", "scan_errors", **said)
    scans(phone, FULL, "unload", station="ST01")
    assert results(phone) == ["applied"] * 5
    (row,) = town.ask("GET", f"/gas/v1/cylinders?q={FULL}", station)["items"]
    path = f"/gas/v1/cylinders/{row['id']}/chain"
    told = town.client.get(f"{path}.epcis", headers=station)
    events = told.json()["epcisBody"]["eventList"]
    assert told.headers["content-type"] == "application/ld+json"
    assert [(event["type"], event["action"], event["bizStep"]) for event in events] == [
        ("ObjectEvent", "ADD", "commissioning"),
        ("AggregationEvent", "ADD", "loading"),
        ("ObjectEvent", "OBSERVE", "retail_selling"),
        ("ObjectEvent", "OBSERVE", "retail_selling"),
        ("ObjectEvent", "OBSERVE", "shipping"),
        ("AggregationEvent", "DELETE", "unloading"),
        ("ObjectEvent", "OBSERVE", "retail_selling"),
    ]
    declared = events[-1]
    assert declared.pop("errorDeclaration")["correctiveEventIDs"] == [f"urn:uuid:{right}"]
    assert declared == next(event for event in events if event["eventID"] == f"urn:uuid:{wrong}"), "a copy of it"
    assert events[2]["destinationList"][0]["destination"].endswith("/id/customer/BY-0000009")
    assert "陈女士" not in told.text, "names never leave"
    picture = town.client.get(f"{path}.svg", headers=station)
    assert picture.text.startswith("<svg")
    assert "缺回收 no collection (no_collect)" in picture.text, "what is missing is named, and who had it"
    assert f"户 customer {account} | 车 vehicle" in picture.text


def test_the_safety_check_of_a_delivery_leaves_as_epcis_too(
    town: Town, phone: Handset, station: dict[str, str], account: str
) -> None:
    here = {"longitude": 113.2731, "latitude": 23.1571, "accuracy_m": 17.6}
    full = scans(phone, FULL, "deliver", account=account, position=here)
    refused = scans(phone, EMPTY, "refuse", note="超期，未交付")
    visit = checks(phone, account, signed_by="customer")
    delivery = delivers(phone, account, fulls=[full], no_empty="first_delivery", visit=visit)
    assert results(phone) == ["applied"] * 4
    (row,) = town.ask("GET", f"/gas/v1/cylinders?q={FULL}", station)["items"]
    told = town.ask("GET", f"/gas/v1/cylinders/{row['id']}/chain.epcis", station)["epcisBody"]["eventList"]
    assert [(event["bizStep"], event["disposition"]) for event in told] == [
        ("commissioning", "active"),
        ("shipping", "completeness_inferred"),
        ("retail_selling", "retail_sold"),
        ("inspecting", "conformant"),
    ]
    sold, check = told[2:]
    assert [paper["type"] for paper in sold["bizTransactionList"]] == ["desadv"]
    assert (sold["gas:customerCode"], sold["gas:realNameMethod"]) == (account, "id_seen")
    assert (sold["gas:deviceId"], sold["gas:deviceSeq"]) == (phone.device, 1)
    assert sold["gas:geo"] == "23.157100,113.273100,18m"
    assert [party["type"] for party in sold["destinationList"]] == ["possessing_party", "owning_party"]
    assert (check["type"], check["eventID"], check["epcList"]) == (
        "TransactionEvent",
        f"urn:uuid:{visit}",
        sold["epcList"],
    )
    assert check["bizTransactionList"][1]["bizTransaction"].endswith(f"/bt/delivery/{delivery}")
    (home,) = town.ask("GET", "/gas/v1/accounts", station)["items"]
    (same,) = town.ask("GET", f"/gas/v1/accounts/{home['id']}/checks.epcis", station)["epcisBody"]["eventList"]
    assert "epcList" not in same
    assert same == {name: value for name, value in check.items() if name != "epcList"}
    (held,) = town.ask("GET", f"/gas/v1/cylinders?q={EMPTY}", station)["items"]
    links = town.ask("GET", f"/gas/v1/cylinders/{held['id']}/chain", station)["links"]
    assert ([link["scan"]["id"] for link in links], held["holder_kind"]) == ([refused], "station")
