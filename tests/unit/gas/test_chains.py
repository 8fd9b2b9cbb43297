"""Two workers without a network and one cylinder: what the fold makes of it, who is asked, what everybody has."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.gas.rules.acts import Birth, Custody, Seen
from backend.gas.rules.conflicts import Question, deadline_at, owner_of, questions
from backend.gas.rules.custody import fold
from backend.gas.rules.holdings import Side, close_of, held, moves
from mobile_contract.custody import CaseKind
from mobile_contract.gas import Block, HolderKind, Place, ScanStep
from tests.unit.gas.test_custody import DAY, FULL, MINUTE, gaps, histories, scan

EMPTY_HERE = Birth(full=False, next_inspection_on=date(2029, 1, 31), life_end_on=date(2033, 1, 31))
ON = date(2026, 9, 1)
TOWN, FAR = {"longitude": 113.27, "latitude": 23.16}, {"longitude": 113.77, "latitude": 23.16}


def asked(scans: list[Seen], birth: Birth = FULL) -> list[Question]:
    return questions(fold(birth, scans), {s.id: s for s in scans}, registered=birth.full is not None)


def named(question: Question) -> set[tuple[str, str]]:
    return {(party.kind.value, party.id) for party in question.asked}


# -- two deliveries (C2) -------------------------------------------------------------------------------------------


def two_deliveries(first: dict[str, Any], second: dict[str, Any], *, loaded: str) -> Custody:
    return fold(
        FULL,
        [
            scan(1, "load", 0, loaded),
            scan(2, "deliver", 30, "ann", "X", **first),
            scan(3, "deliver", 60, "bob", "Y", **second),
        ],
    )


@pytest.mark.parametrize(
    ("loaded", "first", "second", "holder"),
    [
        ("ann", {}, {"seal": "s1", "photo": True}, "X"),
        ("bob", {"seal": "s1", "photo": True}, {}, "Y"),
        ("cai", {"seal": "s1"}, {"photo": True}, "X"),
        ("cai", {"photo": True}, {}, "X"),
        ("cai", {"seal": "s1"}, {"seal": "s2", "photo": True}, "Y"),
        ("cai", {}, {}, "Y"),
    ],
    ids=["manifest", "manifest of the later", "seal", "photo", "equal seals, then photo", "then the later"],
)
def test_the_better_proved_of_two_deliveries_is_believed(
    loaded: str, first: dict[str, Any], second: dict[str, Any], holder: str
) -> None:
    custody = two_deliveries(first, second, loaded=loaded)
    assert (custody.place, custody.holder_id) == (Place.at_customer, holder)
    assert "double_delivery" in gaps(custody)


def test_a_seal_that_was_delivered_before_proves_nothing() -> None:
    before = [scan(1, "load", 0), scan(2, "deliver", 1, customer="W", seal="s1"), scan(3, "collect", 2, customer="W")]
    again = [scan(4, "deliver", 30, "ann", "X", seal="s1"), scan(1, "deliver", 31, "bob", "Y", seal="s2")]
    assert fold(FULL, [*before, *again]).holder_id == "Y"


def test_both_customers_are_called_and_a_second_label_blocks_the_code() -> None:
    scans = [scan(1, "load", 0), scan(2, "deliver", 30, customer="X", **TOWN)]
    scans.append(scan(1, "deliver", 33, "bob", "Y", **FAR))
    assert fold(FULL, scans).blocked == {Block.label_clone}
    double = [q for q in asked(scans) if q.kind is CaseKind.double_delivery]
    assert named(double[0]) == {("customer", "X"), ("customer", "Y"), ("worker", "ann"), ("worker", "bob")}
    assert [q.kind for q in asked(scans)][-1] is CaseKind.label_clone
    slow = [*scans[:2], scan(1, "deliver", 230, "bob", "Y", **FAR)]
    assert fold(FULL, slow).blocked == set()
    freed = [*scans, scan(1, "unblock", 99, "eve", reason=Block.label_clone)]
    assert fold(FULL, freed).blocked == set()


# -- the other cases ------------------------------------------------------------------------------------------------


def test_a_missed_hand_over_asks_both_workers_and_a_scanned_one_nobody() -> None:
    scans = [scan(1, "load", 0), scan(1, "deliver", 30, "bob", "X")]
    assert [(q.kind, named(q)) for q in asked(scans)] == [
        (CaseKind.no_handover, {("worker", "ann"), ("worker", "bob")})
    ]
    taken_over = [scans[0], scan(1, "hand_over", 20, "bob", giver="ann"), scan(2, "deliver", 30, "bob", "X")]
    assert asked(taken_over) == []


def test_both_who_took_the_same_empty_are_asked() -> None:
    scans = [*DAY[:2], scan(3, "collect", 100, customer="X"), scan(1, "collect", 101, "bob", "X")]
    (question,) = asked(scans)
    assert (question.kind, owner_of(question.asked)) == (CaseKind.double_collection, None)
    assert {("worker", "ann"), ("worker", "bob")} <= named(question)


def test_an_empty_taken_at_another_customer_moves_by_an_inferred_act() -> None:
    scans = [*DAY[:2], scan(3, "collect", 100, customer="Y")]
    assert [q.kind for q in asked(scans)] == [CaseKind.cross_customer]
    told = [(m.source[1], m.to[1], m.inferred) for m in moves("c", FULL, scans)]
    assert told == [("", "ann", False), ("ann", "X", False), ("X", "Y", True), ("Y", "ann", False)]


def test_what_is_in_no_register_is_kept_apart_until_its_owner_is_known() -> None:
    scans = [scan(1, "collect", 1, customer="X")]
    assert [q.kind for q in asked(scans, Birth(None))] == [CaseKind.foreign_cylinder]
    assert fold(Birth(None), scans).blocked == {Block.unregistered}
    filled = fold(Birth(None), [*scans, scan(2, "unload", 2), scan(3, "fill", 3)])
    assert "filled_unfit" in gaps(filled)
    assert asked(scans, FULL)[0].kind is CaseKind.no_deliver


def test_a_blocked_cylinder_at_a_customers_is_fetched_within_four_hours() -> None:
    scans = [scan(1, "block", 5, "eve", reason=Block.recall), *DAY[:2]]
    assert [q.kind for q in asked(scans)] == [CaseKind.blocked_delivered]
    assert fold(FULL, scans).place is Place.at_customer
    late = [*DAY[:2], scan(1, "block", 35, "eve", reason=Block.recall)]
    assert asked(late) == []
    opened = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
    assert deadline_at(CaseKind.blocked_delivered, opened) == opened + timedelta(hours=4)
    assert deadline_at(CaseKind.double_delivery, opened) == datetime(2026, 9, 1, 15, 59, 59, tzinfo=UTC)


def test_nobody_is_blamed_where_clocks_prove_nothing() -> None:
    scans = [scan(1, "load", 0), scan(1, "deliver", 30, "bob", "X", clock_poor=True)]
    (question,) = asked(scans)
    assert (named(question), owner_of(question.asked)) == ({("station", "")}, None)
    near = [scan(1, "load", 0, error_ms=MINUTE), scan(1, "deliver", 1, "bob", "X", error_ms=MINUTE)]
    assert fold(FULL, near).gaps[0].unsure


def test_a_declared_error_is_left_out_and_what_then_breaks_is_a_gap() -> None:
    assert gaps(fold(FULL, DAY, {"ann-2"})) == ["no_deliver"]
    assert gaps(fold(FULL, DAY, {"ann-2", "ann-3"})) == []
    assert fold(FULL, DAY, {s.id for s in DAY}) == fold(FULL, [])


# -- the station ----------------------------------------------------------------------------------------------------


def test_what_was_checked_is_filled_within_half_an_hour() -> None:
    checked = scan(1, "prefill", 0, on=ON)
    assert fold(EMPTY_HERE, [checked]).place is Place.prefill_ok
    assert fold(EMPTY_HERE, [checked]).place_at(31 * MINUTE) is Place.empty_at_station
    for minute, missing in ((30, []), (31, ["skipped_check"])):
        custody = fold(EMPTY_HERE, [checked, scan(2, "fill", minute, on=ON)])
        assert (custody.place, gaps(custody)) == (Place.full_at_station, missing)
    assert gaps(fold(EMPTY_HERE, [scan(2, "fill", 1, on=ON)])) == ["skipped_check"]
    assert fold(EMPTY_HERE, [scan(1, "prefill", 0, on=ON, passed=False)]).place is Place.empty_at_station


@pytest.mark.parametrize(
    ("before", "on"),
    [
        ([], date(2029, 2, 1)),
        ([scan(1, "block", 0, "eve", reason=Block.damage)], ON),
        ([scan(1, "inspect", 0, "eve", on=ON, due_on=date(2033, 1, 31))], date(2033, 2, 1)),
    ],
    ids=["overdue", "blocked", "life ended"],
)
def test_the_interlock_lets_nothing_unfit_be_filled(before: list[Seen], on: date) -> None:
    checked = fold(EMPTY_HERE, [*before, scan(1, "prefill", 1, on=on)])
    assert checked.place is Place.empty_at_station
    filled = fold(EMPTY_HERE, [*before, scan(1, "prefill", 1, on=on), scan(2, "fill", 2, on=on)])
    assert gaps(filled) == ["filled_unfit"]


def test_a_passed_inspection_gives_a_new_date_and_scrap_is_for_ever() -> None:
    there = scan(1, "send_for_inspection", 0, "eve")
    assert fold(EMPTY_HERE, [there]).place is Place.sent_for_inspection
    back = fold(EMPTY_HERE, [there, scan(2, "inspect", 9, "eve", due_on=date(2030, 9, 30))])
    assert (back.place, back.next_inspection_on) == (Place.empty_at_station, date(2030, 9, 30))
    gone = fold(EMPTY_HERE, [there, scan(2, "scrap", 9, "eve"), scan(1, "load", 99)])
    assert (gone.place, gaps(gone)) == (Place.scrapped, ["after_scrap"])


def test_what_was_lost_is_found_by_any_act() -> None:
    lost = [*DAY[:2], scan(1, "lose", 90, "eve")]
    assert fold(FULL, lost).place is Place.lost
    assert fold(FULL, [*lost, scan(2, "recover", 95, "eve")]).place is Place.empty_at_station
    found = fold(FULL, [*lost, scan(3, "collect", 99, customer="X")])
    assert (found.place, gaps(found)) == (Place.on_vehicle_empty, [])


# -- what everybody has -----------------------------------------------------------------------------------------------


@given(st.lists(histories(), max_size=4))
def test_no_customers_balance_is_ever_below_nothing(histories_: list[list[Seen]]) -> None:
    balance: Counter[tuple[HolderKind, str]] = Counter({(HolderKind.station, ""): len(histories_)})
    custodies = {}
    for number, history in enumerate(histories_):
        custodies[str(number)] = fold(FULL, history)
        for move in moves(str(number), FULL, history):
            balance[move.source] -= 1
            balance[move.to] += 1
            assert balance[move.source] >= 0
    assert sum(balance.values()) == len(histories_)
    there = held(custodies)
    customers = {name: count for (kind, name), count in balance.items() if kind is HolderKind.customer and count}
    assert customers == {name: len(cylinders) for name, cylinders in there.items()}


def closing(worker: str, *chains: list[Seen]) -> dict[Side, list[str]]:
    folded = [(chain, fold(FULL, chain)) for chain in chains]
    close = close_of(worker, {f"c{n}": (chain, c.merged, c) for n, (chain, c) in enumerate(folded)})
    assert close.balanced == (not close.sides[Side.missing] and not close.sides[Side.surplus])
    return {side: serials for side, serials in close.sides.items() if serials}


def test_the_close_of_a_shift_names_cylinders_and_not_a_difference() -> None:
    assert closing("ann", DAY, DAY[:1]) == {
        Side.loaded: ["c0", "c1"],
        Side.collected: ["c0"],
        Side.delivered: ["c0"],
        Side.unloaded: ["c0"],
        Side.still: ["c1"],
    }
    elsewhere = [scan(1, "load", 0), scan(1, "deliver", 30, "bob", "X")]
    assert closing("ann", elsewhere) == {Side.loaded: ["c0"], Side.missing: ["c0"]}
    assert closing("bob", elsewhere) == {Side.delivered: ["c0"], Side.surplus: ["c0"]}
    over = [scan(1, "load", 0), scan(1, "hand_over", 5, "bob", giver="ann")]
    assert closing("ann", over) == {Side.loaded: ["c0"], Side.given: ["c0"]}
    assert closing("bob", over) == {Side.received: ["c0"], Side.still: ["c0"]}


def test_every_step_has_its_reckoning() -> None:
    for step in ScanStep:
        said = scan(1, step.value, 1, customer="X", owner="他人燃气", due_on=date(2030, 1, 31), reason=Block.damage)
        said = replace(said, papers=(("maker_code", "AG"),))
        assert fold(FULL, [said]).digest() != fold(FULL, []).digest()
