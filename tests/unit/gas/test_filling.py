"""The fill interlock: whose cylinders a station fills, how much, after which check."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from backend.gas.rules.acts import Birth, Custody, Filler, Seen
from backend.gas.rules.custody import fold
from backend.gas.rules.papers import Paper, is_certified
from backend.gas.rules.weighing import weighed
from mobile_contract.gas import Block, GapKind, Light, Place, ScanParams, ScanStep
from mobile_contract.gas_stations import Entrusted, GasStation, may_fill
from mobile_contract.hand_over import Known, may_hand_over
from tests.unit.gas.test_custody import gaps, scan

ON = date(2026, 9, 1)
OURS = Birth(
    full=False,
    next_inspection_on=date(2029, 1, 31),
    life_end_on=date(2033, 1, 31),
    fillers=(Filler("ST1", date(2026, 1, 1), None), Filler("ST2", date(2026, 1, 1), date(2026, 8, 31))),
    held_since_on=date(2026, 1, 1),
    max_fill_g=14_900,
)


def filled(station: str, birth: Birth = OURS, on: date = ON, **more: Any) -> Custody:
    """Checked and filled at a station."""
    acts = [scan(1, "prefill", 0), replace(scan(2, "fill", 10), **more)]
    return fold(birth, [replace(act, station=station, on=on) for act in acts])


def test_a_station_fills_what_is_its_own_or_entrusted_to_it() -> None:
    ours = filled("ST1", net_g=14_500)
    assert (ours.place, gaps(ours), ours.blocked) == (Place.full_at_station, [], frozenset())


@pytest.mark.parametrize("station", ["ST2", "ST9", ""], ids=["no longer", "another's", "unsaid"])
def test_a_cylinder_of_others_is_blocked_and_its_fill_is_asked_about(station: str) -> None:
    theirs = filled(station)
    assert gaps(theirs) == [GapKind.filled_unfit]
    assert theirs.blocked == {Block.foreign_owner}


def test_before_anything_was_said_of_stations_nobody_is_held_to_it() -> None:
    assert filled("ST9", on=date(2025, 12, 31)).blocked == frozenset()
    assert filled("ST9", birth=replace(OURS, held_since_on=None)).blocked == frozenset()


def test_the_block_goes_when_the_owners_station_has_checked_it() -> None:
    acts = [replace(scan(1, "prefill", 0), station="ST9", on=ON), replace(scan(2, "prefill", 60), station="ST1", on=ON)]
    assert fold(OURS, acts).blocked == frozenset()
    assert fold(OURS, acts).place is Place.prefill_ok


def test_more_than_its_spec_takes_blocks_it_until_it_is_looked_at_again() -> None:
    full = filled("ST1", net_g=15_000)
    assert (full.blocked, gaps(full)) == ({Block.overfilled}, [])
    acts: list[Seen] = [
        replace(act, station="ST1", on=ON)
        for act in (scan(1, "prefill", 0), replace(scan(2, "fill", 10), net_g=15_000), scan(3, "load", 20))
    ]
    over = fold(OURS, [*acts, replace(scan(4, "deliver", 30, "ann", "X"), on=ON)])
    assert gaps(over) == [GapKind.blocked_delivered]
    again = fold(OURS, [*acts[:2], replace(scan(5, "prefill", 40), station="ST1", on=ON)])
    assert again.blocked == frozenset()


def test_a_failed_check_is_no_check() -> None:
    acts = [replace(scan(1, "prefill", 0), passed=False), scan(2, "fill", 10)]
    assert gaps(fold(replace(OURS, held_since_on=None), acts)) == [GapKind.filled_unfit]


def test_a_passed_inspection_carries_life_on_where_its_date_reaches_beyond_it() -> None:
    old = replace(OURS, life_end_on=date(2026, 8, 31), next_inspection_on=date(2026, 8, 31))
    passed = replace(scan(1, "inspect", 0), due_on=date(2030, 8, 31))
    assert fold(old, [passed]).life_end_on == date(2030, 8, 31)
    assert fold(old, [passed], {passed.id}).life_end_on == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("known", "light", "why"),
    [
        (Known(ON, ON, frozenset(), True), Light.green, "in_order"),
        (Known(ON, ON, frozenset(), True, own=False), Light.red, "foreign_owner"),
        (Known(ON, ON, frozenset({Block.recall}), True), Light.red, "recall"),
        (Known(ON, ON, frozenset({Block.overfilled}), True), Light.green, "in_order"),
        (Known(date(2026, 8, 31), ON, frozenset(), True), Light.red, "inspection_due"),
        (Known(None, ON, frozenset(), True), Light.unknown, "dates_unknown"),
        (None, Light.red, "unregistered"),
    ],
)
def test_the_light_at_the_filling_bay(known: Known | None, light: Light, why: str) -> None:
    for step in (ScanStep.prefill, ScanStep.fill):
        answer = may_hand_over(step, known, ON)
        assert (answer.light, answer.why[0]) == (light, why)


def test_weights_are_told_and_fit() -> None:
    def said(**more: Any) -> list[str]:
        return [mark.value for mark in weighed(ScanParams(code="1", step=ScanStep.fill, **more), 14_900)]

    assert said(net_g=14_500, tare_g=16_500, gross_g=31_100) == []
    assert said(net_g=14_500, tare_g=16_500, gross_g=31_300) == ["weights_differ"]
    assert said(net_g=15_000) == ["weights_missing", "overfilled"]
    untared = ScanParams(code="1", step=ScanStep.fill, net_g=14_500, gross_g=31_100)
    assert weighed(untared, 14_900) == ["weights_missing"]
    assert (weighed(untared, 14_900, 16_500), weighed(untared, 14_900, 16_000)) == ([], ["weights_differ"])
    told = untared.model_copy(update={"tare_g": 16_500})
    assert weighed(told, 14_900, 16_000) == [], "the scale goes before the stamp"
    assert weighed(ScanParams(code="1", step=ScanStep.prefill), None) == ["residual_missing"]


def test_papers_hold_from_their_first_to_their_last_day() -> None:
    papers = [Paper("certificate", date(2026, 1, 1), ON), Paper("training", date(2026, 9, 2), None)]
    assert is_certified(papers, ON)
    assert not is_certified(papers[:1], date(2026, 9, 2))
    assert not is_certified(papers, ON, ("certificate", "training"))


def test_a_phone_judges_a_station_as_the_fold_does() -> None:
    entrusted = [Entrusted(owner="白云燃气", since_on=date(2026, 1, 1), until_on=date(2026, 8, 31))]
    named = {"id": "0199b3a0-0000-7000-8000-000000000001", "name": "一站", "area_path": "/440111/"}
    stations = [GasStation(code="ST1", owners=entrusted, **named)]
    told = [may_fill(stations, "ST1", "白云燃气", on) for on in (date(2025, 12, 31), date(2026, 8, 31), ON)]
    assert told == [True, True, False]
    assert not may_fill(stations, "ST1", "他人燃气", date(2026, 3, 1))
    assert may_fill([], "ST1", "他人燃气", ON)


def test_a_look_again_minutes_later_is_no_double_tap() -> None:
    forgotten = replace(scan(1, "prefill", 0), station="ST1", on=ON, weighed=False)
    assert fold(OURS, [forgotten]).blocked == {Block.residual_missing}
    again = replace(scan(2, "prefill", 2), station="ST1", on=ON)
    assert (fold(OURS, [forgotten, again]).blocked, fold(OURS, [forgotten, again]).place) == (set(), Place.prefill_ok)
    failed = replace(again, passed=False)
    assert fold(OURS, [failed, replace(scan(3, "prefill", 4), station="ST1", on=ON)]).place is Place.prefill_ok
    assert fold(OURS, [again, replace(scan(3, "prefill", 4), station="ST1", on=ON)]).merged == {"ann-3"}


def test_what_was_bled_and_filled_again_minutes_later_is_no_longer_overfilled() -> None:
    acts = [
        scan(1, "prefill", 0),
        replace(scan(2, "fill", 10), net_g=15_000),
        replace(scan(3, "fill", 13), net_g=14_500),
    ]
    full = fold(OURS, [replace(act, station="ST1", on=ON) for act in acts])
    assert (full.blocked, full.merged, gaps(full)) == (set(), set(), [])
    late = fold(
        OURS,
        [
            replace(act, station="ST1", on=ON)
            for act in (*acts[:2], replace(acts[2], trusted_ms=scan(9, "fill", 60).trusted_ms))
        ],
    )
    assert gaps(late) == [GapKind.skipped_check]
