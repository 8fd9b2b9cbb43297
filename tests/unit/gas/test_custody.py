"""Who has a cylinder: the fold of its scans."""

from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.gas.rules.acts import Birth, Custody, Seen
from backend.gas.rules.custody import fold
from mobile_contract.gas import Block, GapKind, HolderKind, Place, ScanStep

MINUTE = 60_000
FULL = Birth(full=True)


def scan(n: int, step: str, at_min: int, worker: str = "ann", customer: str = "", **more: Any) -> Seen:
    return Seen(
        id=f"{worker}-{n}",
        step=ScanStep(step),
        worker=worker,
        customer=customer,
        station="",
        order=more.pop("order", ""),
        trusted_ms=at_min * MINUTE,
        device=more.pop("device", f"phone-{worker}"),
        epoch=1,
        n=n,
        **more,
    )


def gaps(custody: Custody) -> list[GapKind]:
    return [gap.kind for gap in custody.gaps]


DAY = [
    scan(1, "load", 0),
    scan(2, "deliver", 30, customer="X"),
    scan(3, "collect", 3_000, customer="X"),
    scan(4, "unload", 3_060),
]


def test_a_whole_round_has_no_gap() -> None:
    places = [fold(FULL, DAY[:i]).place for i in range(5)]
    assert places == [
        Place.full_at_station,
        Place.on_vehicle_full,
        Place.at_customer,
        Place.on_vehicle_empty,
        Place.empty_at_station,
    ]
    assert gaps(fold(FULL, DAY)) == []


@pytest.mark.parametrize(
    ("scans", "kind"),
    [
        ([scan(1, "deliver", 1, customer="X")], GapKind.no_load),
        ([scan(1, "load", 1), scan(1, "deliver", 2, "bob", "X")], GapKind.no_handover),
        ([scan(1, "load", 1), scan(2, "collect", 2, customer="X")], GapKind.no_deliver),
        ([scan(1, "load", 1), scan(2, "deliver", 2, customer="X"), scan(3, "unload", 3)], GapKind.no_collect),
        (
            [scan(1, "load", 1), scan(2, "deliver", 2, customer="X"), scan(3, "collect", 3, customer="Y")],
            GapKind.cross_customer,
        ),
        ([scan(1, "load", 1), scan(1, "load", 2, "bob")], GapKind.no_unload),
        ([*DAY, scan(5, "load", 4_000)], GapKind.no_fill),
        (
            [scan(1, "load", 1), scan(2, "deliver", 2, customer="X"), scan(1, "deliver", 3, "bob", "Y")],
            GapKind.double_delivery,
        ),
    ],
)
def test_a_missing_scan_is_named_and_the_newer_fact_believed(scans: list[Seen], kind: GapKind) -> None:
    custody = fold(FULL, scans)
    assert gaps(custody) == [kind]
    assert custody.gaps[0].next_scan == scans[-1].id


def test_two_who_took_the_same_empty_are_settled_by_who_unloads_it() -> None:
    taken = [*DAY[:2], scan(3, "collect", 100, customer="X"), scan(1, "collect", 101, "bob", "X")]
    custody = fold(FULL, taken)
    assert (custody.holder_id, gaps(custody)) == ("ann", [GapKind.double_collection])
    assert gaps(fold(FULL, [*taken, scan(2, "unload", 200, "bob")])) == [GapKind.double_collection]


def test_a_double_tap_counts_once() -> None:
    custody = fold(FULL, [*DAY[:2], scan(3, "deliver", 35, customer="X")])
    assert custody.merged == {"ann-3"}
    assert gaps(custody) == []


def test_a_clock_that_runs_back_does_not_undo_a_devices_own_order() -> None:
    late = [scan(1, "load", 100), scan(2, "deliver", 20, customer="X")]
    assert fold(FULL, late).place is Place.at_customer


def test_an_unregistered_cylinder_is_nobodys_until_it_is_seen() -> None:
    assert fold(Birth(None), []).holder_kind is HolderKind.nobody
    custody = fold(Birth(None), [scan(1, "collect", 1, customer="X")])
    assert (custody.place, gaps(custody)) == (Place.on_vehicle_empty, [])


def test_a_cylinder_that_a_customer_had_when_it_was_registered_is_taken_back_from_them() -> None:
    held = Birth(full=True, customer="X")
    assert fold(held, []).place is Place.at_customer
    custody = fold(held, [scan(1, "collect", 1, customer="X"), scan(2, "unload", 5)])
    assert (custody.place, gaps(custody)) == (Place.empty_at_station, [])


SEVEN_STEPS = [
    ("load", "ann"), ("deliver", "bob"), ("deliver", "cai"), ("collect", "ann"), ("collect", "bob"), ("unload", "cai"),
    ("scrap", "eve"),
]  # fmt: skip
SEVEN = {
    "two took it back": [
        *DAY,
        scan(1, "collect", 40, "bob", "Y"),
        scan(2, "unload", 3_050, "bob"),
        scan(5, "fill", 4_000),
    ],
    "two gave it": [
        *DAY,
        scan(1, "deliver", 31, "bob", "Y"),
        scan(2, "deliver", 32, "bob", "Z"),
        scan(1, "block", 29, "eve"),
    ],
    "papers between": [
        scan(1, "prefill", 1, weighed=False, on=date(2026, 9, 1)),
        scan(2, "fill", 2, on=date(2026, 9, 1), net_g=15_000),
        scan(1, "change_owner", 2, "eve", device="", owner="another"),
        scan(2, "redate", 2, "eve", device="", on=date(2026, 9, 1), due_on=date(2026, 8, 31)),
        scan(3, "redate", 3, "eve", device="", on=date(2026, 9, 2), due_on=date(2027, 8, 31)),
        scan(4, "inspect", 3, "eve", device="", on=date(2026, 9, 2), due_on=date(2030, 9, 30)),
        scan(3, "deliver", 3, customer="X", on=date(2026, 9, 2)),
    ],
    "all at once": [scan(n, step, 5, who, who) for n, (step, who) in enumerate(SEVEN_STEPS)],
}


@pytest.mark.parametrize("seven", SEVEN.values(), ids=SEVEN)
def test_every_order_of_arrival_gives_the_same_state(seven: list[Seen]) -> None:
    assert len(seven) == 7
    assert len({fold(FULL, order, {seven[2].id}).digest() for order in permutations(seven)}) == 1
    assert len({fold(FULL, order).digest() for order in permutations(seven)}) == 1


DAYS = [date(2026, 9, 1), date(2026, 9, 2)]
steps = st.sampled_from([s.value for s in ScanStep])


@st.composite
def histories(draw: st.DrawFn) -> list[Seen]:
    count = draw(st.integers(0, 14))
    made = dict[str, int]()
    scans = []
    for _ in range(count):
        worker = draw(st.sampled_from(["ann", "bob", "cai"]))
        made[worker] = made.get(worker, 0) + 1
        at = draw(st.integers(0, 60))
        more = {"owner": draw(st.sampled_from(["", "A"])), "due_on": draw(st.sampled_from([None, *DAYS]))}
        told = {"reason": draw(st.sampled_from([None, *Block])), "weighed": draw(st.booleans())}
        customer, on = draw(st.sampled_from(["X", "Y"])), draw(st.sampled_from(DAYS))
        one = scan(made[worker], draw(steps), at, worker, customer, on=on, giver="bob", **more, **told)
        scans.append(replace(one, clock_poor=draw(st.integers(0, 9)) == 0))
    return scans


@pytest.mark.full
@settings(max_examples=25, deadline=None)
@given(histories())
def test_all_orders_of_up_to_seven_acts_of_all_kinds_give_the_same_state(history: list[Seen]) -> None:
    assert len({fold(FULL, order).digest() for order in permutations(history[:7])}) == 1


@given(histories(), st.data())
def test_any_order_and_any_repetition_give_the_same_state(history: list[Seen], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(history + history[: len(history) // 2]))
    declared = frozenset(data.draw(st.sets(st.sampled_from([s.id for s in history] or ["none"]))))
    assert fold(FULL, shuffled, declared) == fold(FULL, history, declared)
    assert fold(FULL, shuffled, declared).digest() == fold(FULL, history, declared).digest()


@given(histories())
def test_one_holder_and_every_scan_counted_or_merged(history: list[Seen]) -> None:
    custody = fold(FULL, history)
    assert custody.merged <= {s.id for s in history}
    assert {gap.next_scan for gap in custody.gaps} <= {s.id for s in history} - custody.merged
    assert (custody.holder_kind is HolderKind.nobody) == (custody.place in (Place.lost, Place.scrapped))
