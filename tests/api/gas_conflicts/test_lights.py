"""Two phones without a network judge cylinders: by their rows, the seal of the fill, and the signed pack they hold.

The lines are those of the brief (gas 3.4): what is shown, and what is kept once the network is back.
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from backend.drive import gas
from backend.drive.phone import Phone as Hand
from backend.gas.actions import keys
from backend.people import queries as people
from mobile_contract.gas import ScanStep
from qr.payload import format as written
from qr.signing import SealCertificate, SealSigner
from tests.api.gas.test_deliveries import STATION_KEY
from tests.api.gas_conflicts.round import CODE, MADE, Round
from tests.makers import LIANHE
from tests.phones import Phone

LEFT, DUE, LATE, SWAPPED, SPARE = (f"144001226000000{n}" for n in (2, 3, 4, 5, 6))
FAR, FAR_OLD, FAR_RECENT = (f"144001226000001{n}" for n in (1, 2, 3))
STRANGE_FULL, STRANGE_EMPTY, SCRATCHED = "1440012260000088", "1440012260000089", "钢印 32?232"
STOLEN_KEY = SealSigner(8, bytes(range(1, 33)))
PHOTO = "a" * 64


def town(round_: Round) -> Round:
    """A register, two keys of which one was stolen, a signed pack: all on both phones on the last day of September."""
    near = MADE | {"team_id": round_.crews.district.teams["gas"], "full": True}
    asks = [near | {"code": code, "serial": code[-4:]} for code in (LEFT, LATE, SWAPPED, SPARE)]
    asks.append(near | {"code": DUE, "serial": "0003", "made_on": "2022-09-15"})
    far = MADE | {"area_path": LIANHE, "full": True}
    asks += [far | {"code": code, "serial": code[-4:]} for code in (FAR, FAR_OLD, FAR_RECENT)]
    made = round_.crews.desk("admin").post("/gas/v1/cylinders", {"cylinders": asks}, expect=201).json()
    ids = {row["key"][-16:]: row["id"] for row in made}
    trust(round_, 7, STATION_KEY)
    stolen = {"revoke_since_at": "2026-08-30T00:00:00Z", "revoke_until_at": "2026-09-02T00:00:00Z"}
    path = f"/gas/v1/station-keys/{trust(round_, 8, STOLEN_KEY)}/bound"
    round_.crews.desk("admin").post(path, stolen, expect=200)
    block(round_, ids[FAR_OLD])
    round_.crews.later(days=29)
    block(round_, ids[FAR_RECENT])
    house = round_.crews.house
    with house.db.transaction() as session:
        assert keys.sign_pack(house.ctx(session, people.operator(house.settings)))
    round_.meet()
    assert not round_.ann.ids("cylinders") & {ids[FAR], ids[FAR_OLD], ids[FAR_RECENT]}, "another street's"
    return round_


def trust(round_: Round, key_id: int, signer: SealSigner) -> str:
    key = {"key_id": key_id, "station": 12, "public_key": signer.public_key.hex()}
    told = key | {"valid_from_at": "2026-01-01T00:00:00Z"}
    return str(round_.crews.desk("admin").post("/gas/v1/station-keys", told, expect=201).json()["id"])


def block(round_: Round, cylinder: str) -> None:
    ask = {"reason": "recall", "blocked": True, "note": "阀门召回"}
    round_.crews.desk("admin").post(f"/gas/v1/cylinders/{cylinder}/block", ask, expect=200)


def seal(cylinder: str, signer: SealSigner = STATION_KEY) -> str:
    filled_at = datetime(2026, 8, 31, 8, tzinfo=UTC)
    nonce = int(cylinder[-3:])
    told = SealCertificate(cylinder, filled_at, 14_500, 16_500, "2028-03", "2032-03", 12, nonce)
    return written(signer.sign(told, "https://gas.example.cn"))


def light(phone: Phone, code: str, step: str, sealed: str = "") -> tuple[str, str]:
    """What a phone shows, by what lies in its own store: it has no network."""
    phone.store.put("user", phone.hs.user)
    hand = Hand(phone.folder, time=phone.time, policies=phone.policies)
    try:
        answer = gas.verdict(hand, code, ScanStep("deliver" if step == "refuse" else step), sealed)
    finally:
        hand.close()
    return answer.light.value, answer.why[0]


def looks(round_: Round, phone: Phone, step: str, code: str, sealed: str = "", **more: Any) -> tuple[str, str, str]:
    """Looks at a cylinder and does what the light says; gives the scan, the light, and why."""
    shown, why = light(phone, code, step, sealed)
    return round_.scan(phone, step, code=code, shown=shown, seal=sealed, **more), shown, why


def kept(phone: Phone, scan: str) -> tuple[str, str, list[str]]:
    """What the server made of a scan: the light that was shown, its own, and what a person should know."""
    row = phone.row("scans", scan)
    assert row is not None
    return row["shown"], row["judged"], row["marks"]


@pytest.mark.parametrize("first", ["ann", "bob"])
def test_every_light_is_shown_without_a_network_and_the_desk_says_the_same_afterwards(
    round_: Round, first: str
) -> None:
    town(round_)
    ann, bob = round_.ann, round_.bob
    round_.scan(ann, "load", code=CODE)
    seen: dict[tuple[str, str], list[str]] = {}
    for phone, step, code, sealed, shown, judged, marks in (
        (ann, "deliver", CODE, seal(CODE), ("green", "in_order"), "green", []),
        (bob, "deliver", LEFT, seal(LEFT), ("amber", "not_on_manifest"), "amber", []),
        (ann, "deliver", FAR, seal(FAR), ("amber", "not_on_manifest"), "amber", []),
        (bob, "refuse", FAR_RECENT, seal(FAR_RECENT), ("red", "blocked"), "red", []),
        (ann, "refuse", FAR_OLD, seal(FAR_OLD), ("red", "probably_blocked"), "red", []),
        (ann, "refuse", SWAPPED, seal(SPARE), ("red", "seal_refused"), "green", ["seal_refused"]),
        (bob, "refuse", SPARE, seal(SPARE, STOLEN_KEY), ("red", "seal_refused"), "green", ["seal_refused"]),
        (ann, "refuse", STRANGE_FULL, "", ("red", "unknown_full"), "red", ["unknown_full"]),
        (bob, "refuse", SCRATCHED, "", ("red", "manual_id"), "red", ["manual_id"]),
        (bob, "collect", STRANGE_EMPTY, "", ("amber", "unknown_empty"), "amber", ["foreign_empty"]),
    ):
        at = {"account": "X" if phone is ann else "Y"} if step != "refuse" else {"photos": [PHOTO]}
        scan, *told = looks(round_, phone, step, code, sealed, **at)
        assert tuple(told) == shown, code
        seen[scan, code] = [judged, *marks]
    round_.meet(*((ann, bob) if first == "ann" else (bob, ann)))
    for (scan, code), (judged, *marks) in seen.items():
        phone = ann if scan in ann.ids("scans") else bob
        assert kept(phone, scan)[1:] == (judged, marks), code
    listed = {one["key"][-16:]: one for one in round_.crews.desk("admin").get("/gas/v1/cylinders").json()["items"]}
    assert [listed[code]["holder_id"] for code in (CODE, LEFT, FAR)] == ["X", "Y", "X"]
    still = (FAR_RECENT, FAR_OLD, SWAPPED, SPARE)
    assert {listed[code]["place"] for code in still} == {"full_at_station"}, "not handed over"
    assert listed[STRANGE_EMPTY]["blocked"] == ["unregistered"], "kept apart, and not filled"
    cases = round_.crews.desk("admin").get("/gas/v1/custody-cases", state="open").json()["items"]
    assert sorted((case["kind"], case["cylinder_key"][-16:]) for case in cases) == [
        ("foreign_cylinder", STRANGE_FULL),
        ("foreign_cylinder", STRANGE_EMPTY),
        ("manual_id", SCRATCHED),
        ("no_load", LEFT),
        ("no_load", FAR),
    ]


def test_what_runs_out_without_a_network_is_seen_by_the_phone_and_at_the_desk(round_: Round) -> None:
    town(round_)
    ann, bob = round_.ann, round_.bob
    assert [looks(round_, phone, "load", code)[1:] for phone, code in ((ann, DUE), (bob, LATE))] == [
        ("green", "in_order")
    ] * 2
    round_.crews.later(hours=17)
    due, *told = looks(round_, ann, "refuse", DUE, photos=[PHOTO])
    assert told == ["red", "inspection_due"], "its day ended at midnight"
    round_.crews.later(days=3)
    late, *told = looks(round_, bob, "deliver", LATE, account="Y")
    assert told == ["amber", "pack_expired"], "three days without a network: amber, never red"
    round_.meet()
    assert kept(ann, due) == ("red", "red", [])
    assert kept(bob, late) == ("amber", "green", []), "the desk knows that nothing was blocked since"
    held = {one["key"][-16:]: one for one in round_.get("cylinders")["items"]}
    assert (held[DUE]["place"], held[LATE]["place"]) == ("on_vehicle_full", "at_customer")
    told = round_.get(f"cylinders/{held[DUE]['id']}/chain.epcis")["epcisBody"]["eventList"]
    assert [event["disposition"] for event in told] == ["active", "in_transit", "non_sellable_other"]


def test_a_phone_that_holds_nothing_says_neither_yes_nor_no(round_: Round) -> None:
    bare = round_.crews.phone(None)
    round_.crews.sign_in(bare, "bob")
    scan, *told = looks(round_, bare, "deliver", CODE, seal(CODE), account="X")
    assert told == ["unknown", "no_data"]
    assert light(bare, "scratched", "collect") == ("amber", "manual_id"), "an empty is always taken"
    bare.sync()
    assert kept(bare, scan)[:2] == ("unknown", "amber"), "the desk knows it: not loaded by this worker"


def test_what_was_typed_in_is_looked_at_a_second_time_at_the_station(round_: Round) -> None:
    wrong, right = (round_.scan(round_.ann, "collect", "X", code) for code in (SCRATCHED, "钢印 323232"))
    round_.meet(round_.ann)
    first, second = round_.cases(kind="manual_id")
    assert (first["act_id"], first["cylinder_id"], first["owner_id"]) == (wrong, None, None), "the desk's"
    assert (first["cylinder_key"], SCRATCHED in first["texts"]["zh"]) == (SCRATCHED, True)
    assert [party["kind"] for party in first["asked"]] == ["station"]
    round_.does(round_.ann, "gas.declare_error", "scan_errors", scan_id=wrong, reason="did_not_occur")
    round_.meet(round_.ann)
    assert [case["act_id"] for case in round_.cases()] == [right]
    done = round_.post(f"custody-cases/{second['id']}/confirm", {"note": "核对钢印，为 0001 号瓶，已补扫"})
    assert (done["state"], round_.cases()) == ("confirmed", [])
