"""Two workers without a network scan the same cylinder in every way there is: on two phones and at the desk.

The names are those of the brief (gas 5.4): C1 to C11. Each outcome is the same whoever finds the network first.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.gas.actions import closing
from backend.people import queries as people
from tests.api.gas.test_deliveries import STATION_KEY, seal
from tests.api.gas_conflicts.round import CODE, FAR, HERE, STRANGE, Round, asked
from tests.phones import Phone

EITHER_FIRST = pytest.mark.parametrize("first", ["ann", "bob"])
PHOTO = "a" * 64
HOURS_4, A_DAY = timedelta(hours=4), timedelta(hours=24)


def in_turn(round_: Round, first: str) -> tuple[Phone, Phone]:
    return (round_.ann, round_.bob) if first == "ann" else (round_.bob, round_.ann)


def lasts(case: dict[str, Any]) -> timedelta:
    return datetime.fromisoformat(case["deadline_at"]) - datetime.fromisoformat(case["opened_at"])


def close_days(round_: Round) -> None:
    """What the job of the evening does."""
    house = round_.crews.house
    with house.db.transaction() as session:
        closing.close_shifts(house.ctx(session, people.operator(house.settings)))


def test_c1_a_double_tap_is_merged_and_is_no_case(round_: Round) -> None:
    once, twice = round_.scan(round_.ann, "load"), round_.scan(round_.ann, "load")
    round_.meet()
    assert (round_.holder(), round_.cases()) == (("on_vehicle_full", round_.ann.hs.user), [])
    assert [(link["scan"]["id"], link["merged"]) for link in round_.chain()] == [(once, False), (twice, True)]


@EITHER_FIRST
def test_c2_of_two_deliveries_the_better_proved_is_believed(round_: Round, first: str) -> None:
    round_.scan(round_.ann, "load")
    round_.scan(round_.ann, "deliver", "X", position=HERE)
    round_.scan(round_.bob, "deliver", "Y", position=HERE, photos=[PHOTO])
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("at_customer", "X"), "on Ann's manifest"
    (case,) = round_.cases()
    assert (case["kind"], case["owner_id"]) == ("double_delivery", None), "the desk's, for two are asked"
    assert asked(case) == {"X", "Y", round_.ann.hs.user, round_.bob.hs.user}
    assert case["deadline_at"][11:19] == "15:59:59", "both customers are called on the day of the district"
    assert (round_.told(round_.ann), round_.told(round_.bob)) == (1, 1)


@pytest.mark.parametrize(
    ("ann", "bob", "kept"), [({}, {"photos": [PHOTO]}, "Y"), ({"photos": [PHOTO]}, {}, "X"), ({}, {}, "Y")]
)
def test_c2_without_a_manifest_the_photo_then_the_later_one_is_believed(
    round_: Round, ann: dict[str, Any], bob: dict[str, Any], kept: str
) -> None:
    round_.scan(round_.ann, "deliver", "X", **ann)
    round_.scan(round_.bob, "deliver", "Y", **bob)
    round_.meet(round_.bob, round_.ann)
    assert (round_.holder(), "double_delivery" in round_.kinds()) == (("at_customer", kept), True)


@EITHER_FIRST
def test_c2_without_a_manifest_a_good_seal_is_believed_before_a_photo(round_: Round, first: str) -> None:
    key = {
        "key_id": 7,
        "station": 12,
        "public_key": STATION_KEY.public_key.hex(),
        "valid_from_at": "2026-01-01T00:00:00Z",
    }
    round_.crews.desk("admin").post("/gas/v1/station-keys", key, expect=201)
    round_.scan(round_.ann, "deliver", "X", seal=seal(CODE))
    round_.scan(round_.bob, "deliver", "Y", photos=[PHOTO], seal=seal(CODE)[:-8] + "AAAAAAAA")
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("at_customer", "X"), "the other's seal is forged"
    assert "double_delivery" in round_.kinds()


@EITHER_FIRST
def test_c2_at_places_that_nobody_reaches_in_time_the_code_is_blocked(round_: Round, first: str) -> None:
    round_.scan(round_.ann, "load")
    round_.scan(round_.ann, "deliver", "X", position=HERE)
    round_.scan(round_.bob, "deliver", "Y", position=FAR)
    round_.meet(*in_turn(round_, first))
    assert (round_.kinds(), round_.cylinder()["blocked"]) == (["double_delivery", "label_clone"], ["label_clone"])


@EITHER_FIRST
def test_c3_two_collections_are_the_firsts_until_one_unloads_and_the_others_shift_stays_open(
    round_: Round, first: str
) -> None:
    for step in ("load", "deliver"):
        round_.scan(round_.ann, step, "X")
    round_.scan(round_.ann, "collect", "X")
    round_.scan(round_.bob, "collect", "X")
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("on_vehicle_empty", round_.ann.hs.user)
    (case,) = round_.cases()
    assert (case["kind"], lasts(case)) == ("double_collection", A_DAY)
    assert {round_.ann.hs.user, round_.bob.hs.user} <= asked(case)
    round_.scan(round_.bob, "unload", station="ST01")
    round_.meet(round_.bob)
    assert round_.holder() == ("empty_at_station", "ST01")
    round_.crews.later(days=1)
    close_days(round_)
    round_.meet()
    (open_,) = [one for one in round_.cases() if one["kind"] == "shift_open"]
    assert (open_["owner_id"], asked(open_)) == (round_.ann.hs.user, {round_.ann.hs.user})
    close = round_.ann.row("gas_shift_closes", open_["shift_close_id"])
    assert close is not None
    assert len(close["missing"]) == 1


@EITHER_FIRST
def test_c4_what_another_delivers_was_handed_over_and_both_confirm_it(round_: Round, first: str) -> None:
    round_.scan(round_.ann, "load")
    round_.scan(round_.bob, "deliver", "X")
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("at_customer", "X"), "as Bob says"
    (case,) = round_.cases()
    assert (case["kind"], case["owner_id"], lasts(case)) == ("no_handover", None, A_DAY)
    assert asked(case) == {round_.ann.hs.user, round_.bob.hs.user}
    (inferred,) = round_.chain()[1]["inferred"]
    assert (inferred["from_id"], inferred["to_id"]) == (round_.ann.hs.user, round_.bob.hs.user)
    round_.does(round_.ann, "gas.answer_case", "custody_cases", case["id"], agrees=True, note="路上交接")
    round_.meet(round_.ann)
    assert round_.kinds() == ["no_handover"], "one word is not enough"
    round_.does(round_.bob, "gas.answer_case", "custody_cases", case["id"], agrees=True)
    round_.meet(round_.bob)
    (ended,) = round_.cases("confirmed")
    assert [answer["person_id"] for answer in ended["answers"]] == [round_.ann.hs.user, round_.bob.hs.user]


def test_c4_who_was_not_asked_cannot_answer_and_a_no_leaves_it_to_the_desk(round_: Round) -> None:
    round_.scan(round_.ann, "deliver", "X")
    round_.meet()
    (case,) = round_.cases()
    assert (case["kind"], case["owner_id"]) == ("no_load", round_.ann.hs.user)
    round_.does(round_.bob, "gas.answer_case", "custody_cases", case["id"], agrees=True)
    round_.does(round_.ann, "gas.answer_case", "custody_cases", case["id"], agrees=False, note="不是我送的")
    round_.meet()
    assert round_.bob.why(max(round_.bob.results())) == "gas.case_not_yours"
    (kept,) = round_.cases()
    assert [(answer["agrees"], answer["note"]) for answer in kept["answers"]] == [(False, "不是我送的")]
    done = round_.post(f"custody-cases/{case['id']}/confirm", {"note": "门岗录像核实"})
    assert (done["state"], round_.cases()) == ("confirmed", [])


def test_c4_a_scanned_hand_over_asks_nobody(round_: Round) -> None:
    round_.scan(round_.ann, "load")
    round_.scan(round_.bob, "hand_over", giver=round_.ann.hs.user)
    round_.scan(round_.bob, "deliver", "X")
    round_.meet(round_.bob, round_.ann)
    assert (round_.holder(), round_.cases()) == (("at_customer", "X"), [])


@EITHER_FIRST
def test_c5_an_empty_taken_elsewhere_moved_there_by_an_inferred_act(round_: Round, first: str) -> None:
    round_.scan(round_.ann, "load")
    round_.scan(round_.ann, "deliver", "X")
    round_.scan(round_.bob, "collect", "Y")
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("on_vehicle_empty", round_.bob.hs.user)
    (case,) = round_.cases()
    assert (case["kind"], case["owner_id"], lasts(case)) == ("cross_customer", round_.bob.hs.user, A_DAY)
    assert {"X", "Y"} <= asked(case), "X is visited"
    (inferred,) = round_.chain()[-1]["inferred"]
    assert (inferred["from_id"], inferred["to_id"]) == ("X", "Y"), "both balances are corrected, never silently"


@EITHER_FIRST
@pytest.mark.parametrize(
    ("anns", "bobs", "kind", "gate"),
    [
        (("load", "deliver"), ("unload",), "no_collect", False),
        ((), ("deliver",), "no_load", True),
        ((), ("fill",), "skipped_check", True),
    ],
)
def test_what_was_not_scanned_is_asked_of_whoever_knows(
    round_: Round, first: str, anns: tuple[str, ...], bobs: tuple[str, ...], kind: str, gate: bool
) -> None:
    for step in anns:
        round_.scan(round_.ann, step, "X")
    for step in bobs:
        round_.scan(round_.bob, step, "Y", station="ST01")
    round_.meet(*in_turn(round_, first))
    (case,) = round_.cases()
    assert (case["kind"], lasts(case)) == (kind, A_DAY)
    assert ("station" in {party["kind"] for party in case["asked"]}) is gate
    assert (round_.bob.hs.user in asked(case)) is (kind != "skipped_check"), "the station answers for its bay"
    (gap,) = round_.chain()[-1]["gaps"]
    assert (gap["kind"], gap["next_scan"]) == (kind, round_.chain()[-1]["scan"]["id"])


@EITHER_FIRST
def test_c6_what_is_in_no_register_is_kept_apart_and_not_filled(round_: Round, first: str) -> None:
    round_.scan(round_.ann, "collect", "X", STRANGE)
    round_.scan(round_.bob, "collect", "X", STRANGE)
    round_.meet(*in_turn(round_, first))
    (strange,) = [one for one in round_.get("cylinders")["items"] if one["key"].endswith(STRANGE)]
    assert (strange["blocked"], strange["holder_id"]) == (["unregistered"], round_.ann.hs.user)
    assert round_.kinds() == ["double_collection", "foreign_cylinder"]
    round_.scan(round_.bob, "unload", code=STRANGE, station="ST01")
    round_.scan(round_.bob, "fill", code=STRANGE, station="ST01")
    round_.meet(round_.bob)
    assert "filled_unfit" in round_.kinds()


def test_c7_a_late_act_is_reckoned_where_it_belongs_and_an_issued_close_gets_a_line(round_: Round) -> None:
    round_.scan(round_.ann, "load")
    round_.scan(round_.ann, "deliver", "X")
    round_.scan(round_.bob, "collect", "X")
    round_.scan(round_.bob, "unload", station="ST01")
    round_.bob.sync()
    assert [case["kind"] for case in round_.get("custody-cases", state="open")["items"]] == ["no_deliver"]
    round_.crews.later(days=1)
    close_days(round_)
    round_.meet(round_.ann)
    assert (round_.kinds(), round_.kinds("corrected")) == ([], ["no_deliver"])
    assert round_.holder() == ("empty_at_station", "ST01")
    close_days(round_)
    close_days(round_)
    closes = {close["person_id"]: close for close in round_.get("shift-closes")["items"]}
    assert (closes[round_.ann.hs.user]["balanced"], closes[round_.bob.hs.user]["corrections"]) == (True, [])


def test_c7_a_close_that_late_scans_change_says_what_changed(round_: Round) -> None:
    round_.scan(round_.ann, "load")
    round_.ann.sync()
    round_.scan(round_.ann, "deliver", "X")
    round_.crews.later(days=1)
    close_days(round_)
    assert [case["kind"] for case in round_.get("custody-cases", state="open")["items"]] == ["shift_open"]
    round_.meet(round_.ann)
    close_days(round_)
    (close,) = round_.get("shift-closes")["items"]
    (line,) = close["corrections"]
    assert (list(line["added"]), list(line["removed"])) == (["delivered"], ["still"])
    round_.meet()
    assert round_.kinds("corrected") == ["shift_open"]


@EITHER_FIRST
def test_c8_a_blocked_cylinder_that_was_delivered_offline_is_fetched_within_four_hours(
    round_: Round, first: str
) -> None:
    cylinder = round_.get("cylinders")["items"][0]["id"]
    round_.scan(round_.ann, "load")
    round_.crews.later(minutes=1)
    round_.post(f"cylinders/{cylinder}/block", {"reason": "recall", "blocked": True, "note": "阀门召回"})
    round_.scan(round_.bob, "hand_over", giver=round_.ann.hs.user)
    round_.scan(round_.bob, "deliver", "X", shown="green")
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("at_customer", "X")
    (case,) = round_.cases()
    assert (case["kind"], case["owner_id"], lasts(case)) == ("blocked_delivered", round_.bob.hs.user, HOURS_4)


@EITHER_FIRST
def test_c9_an_act_of_an_unusable_clock_stands_beside_its_neighbours(round_: Round, first: str) -> None:
    ann, bob = round_.ann, round_.bob
    round_.scan(ann, "load")
    ann.time.reboot()
    ann.time.error_ms = 5 * 3_600_000
    round_.scan(ann, "deliver", "X")
    ann.time.reboot()
    ann.time.error_ms = 0
    round_.scan(bob, "collect", "X")
    round_.meet(*in_turn(round_, first))
    assert (round_.holder(), round_.cases()) == (("on_vehicle_empty", bob.hs.user), [])
    assert [(link["scan"]["step"], link["scan"]["quality"]) for link in round_.chain()] == [
        ("load", "anchored"),
        ("deliver", "poor"),
        ("collect", "anchored"),
    ]


def test_c9_nobody_is_blamed_by_an_unusable_clock(round_: Round) -> None:
    round_.scan(round_.ann, "load")
    round_.bob.time.reboot()
    round_.bob.time.error_ms = 5 * 3_600_000
    round_.scan(round_.bob, "deliver", "X")
    round_.bob.time.reboot()
    round_.bob.time.error_ms = 0
    round_.meet(round_.ann, round_.bob)
    (case,) = round_.cases()
    assert (case["kind"], case["owner_id"], asked(case)) == ("no_handover", None, {""})
    assert round_.chain()[-1]["gaps"][0]["unsure"] is True


@pytest.mark.parametrize("hours", [73 * 8_766, -56 * 8_766], ids=["2100", "1970"])
def test_c9_a_clock_of_another_age_loses_no_scan_and_blames_nobody(round_: Round, hours: int) -> None:
    round_.scan(round_.ann, "load")
    round_.bob.time.reboot()
    round_.bob.time.error_ms = hours * 3_600_000
    round_.scan(round_.bob, "deliver", "X")
    round_.bob.time.reboot()
    round_.bob.time.error_ms = 0
    round_.meet(round_.ann, round_.bob)
    kept = {link["scan"]["step"]: link["scan"]["quality"] for link in round_.chain()}
    assert kept == {"load": "anchored", "deliver": "poor"}
    assert {case["owner_id"] for case in round_.cases()} == {None}
    assert all(gap["unsure"] for link in round_.chain() for gap in link["gaps"])


@EITHER_FIRST
def test_c10_nobody_met_and_a_cylinder_handed_over_in_one_visit_is_a_case(round_: Round, first: str) -> None:
    for step, account in (("load", ""), ("deliver", "X")):
        round_.scan(round_.ann, step, account)
    visit = round_.visit(round_.ann, "X", "not_met", photos=[PHOTO])
    round_.visit(round_.bob, "X")
    round_.meet(*in_turn(round_, first))
    (case,) = round_.cases()
    assert (case["kind"], case["account"], case["act_id"]) == ("not_met_delivered", "X", visit)
    assert (case["owner_id"], lasts(case)) == (round_.ann.hs.user, A_DAY)
    assert asked(case) == {"X", round_.ann.hs.user}
    (home,) = [one for one in round_.ann.body("gas_homes") if one["account"] == "X"]
    assert (home["checked_at"] is not None, home["not_met"]) == (True, 0), "the later whole check counts"
    (wrong,) = [link["scan"]["id"] for link in round_.chain() if link["scan"]["step"] == "deliver"]
    round_.does(round_.ann, "gas.declare_error", "scan_errors", scan_id=wrong, reason="did_not_occur")
    round_.meet(round_.ann)
    assert (round_.kinds(), round_.kinds("corrected")) == ([], ["not_met_delivered"])


@EITHER_FIRST
def test_c10_of_two_checks_of_one_home_on_one_day_the_later_counts(round_: Round, first: str) -> None:
    earlier = round_.visit(round_.ann, "X")
    later = round_.visit(round_.bob, "X")
    round_.meet(*in_turn(round_, first))
    (case,) = round_.cases()
    assert (case["kind"], case["act_id"], case["last_act_id"]) == ("checked_twice", later, earlier)
    assert asked(case) == {"X", round_.ann.hs.user, round_.bob.hs.user}
    at = {visit["id"]: visit["trusted_at"] for visit in round_.get("visits")["items"]}
    (home,) = [one for one in round_.bob.body("gas_homes") if one["account"] == "X"]
    assert home["checked_at"] == at[later]


def test_c10_who_came_back_and_met_somebody_is_not_asked(round_: Round) -> None:
    round_.visit(round_.ann, "X", "not_met", photos=[PHOTO])
    full = [round_.scan(round_.ann, step, "X") for step in ("load", "deliver")][1]
    check = round_.visit(round_.ann, "X")
    said = {"account": "X", "fulls": [full], "no_empty": "first_delivery", "visit": check, "leak_test": "tight"}
    round_.does(round_.ann, "gas.deliver", "gas_deliveries", **said)
    round_.meet()
    assert round_.cases() == []


@EITHER_FIRST
def test_c11_a_declared_error_with_later_acts_leaves_a_named_gap(round_: Round, first: str) -> None:
    round_.scan(round_.ann, "load")
    wrong = round_.scan(round_.ann, "deliver", "X")
    right = round_.scan(round_.bob, "collect", "X")
    round_.does(
        round_.ann, "gas.declare_error", "scan_errors", scan_id=wrong, reason="incorrect_data", corrective_ids=[]
    )
    round_.meet(*in_turn(round_, first))
    assert round_.holder() == ("on_vehicle_empty", round_.bob.hs.user)
    (case,) = round_.cases()
    assert (case["kind"], case["act_id"]) == ("no_deliver", right)
    link = round_.chain()[-1]
    (gap,) = link["gaps"]
    assert (gap["holder_id"], gap["from_id"]) == (round_.ann.hs.user, "X"), "who, and between which two scans"
    assert (gap["last_scan"], gap["next_scan"]) == (round_.chain()[0]["scan"]["id"], right)
