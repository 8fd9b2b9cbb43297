"""What proves work: evidence rules, checklists with conditions, and the lot that draws inspections."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.kernel.geo import box_around
from backend.workorders.rules import (
    Answered,
    AnswerInvalid,
    Box,
    Line,
    Proof,
    asked,
    check_answer,
    drawn,
    evidence,
    found_by,
    in_range,
    read_spot,
    standing_answers,
    times,
)
from mobile_contract.workorders import Act, Effect, Evidence, Lack, Step
from mobile_contract.worktemplates import ChecklistItem, Condition, EvidenceRule, ItemKind
from qr import payload
from sync.refusal import Refusal

GULLY = ChecklistItem(key="gully", label="雨水口", kind=ItemKind.choice, choices=["畅通", "堵塞"])
WHERE = ChecklistItem(
    key="where", label="位置", kind=ItemKind.text, photos_min=1, only_if=Condition(item="gully", answers=["堵塞"])
)
DEPTH = ChecklistItem(
    key="depth", label="水深", kind=ItemKind.reading, low=0, high=30, only_if=Condition(item="where", answers=["路口"])
)
ITEMS = [GULLY, WHERE, DEPTH]
HERE = (113.27, 23.18)
TWICE = Proof(cited=["a"], present=frozenset("a"), before=frozenset("a"), after=frozenset("a"))
BEGAN = datetime(2026, 9, 1, tzinfo=UTC)
LINE = {"type": "LineString", "coordinates": [[113.27, 23.18], [113.28, 23.18]]}
ROAD: dict[str, Any] = {
    "place": (113.275, 23.18),
    "line": LINE,
    "buffer_m": 20.0,
}


def said(
    item: str, value: str = "", reading: float | None = None, at: int = 0, photos: tuple[str, ...] = ()
) -> Answered:
    return Answered(f"{item}{at}", item, value, reading, photos, at)


def lacks(rule: EvidenceRule, proof: Proof) -> list[tuple[Lack, str]]:
    return [(lack.what, lack.item) for lack in evidence(rule, proof, Step.done)[1]]


@pytest.mark.parametrize(
    ("rule", "proof", "lack"),
    [
        (
            EvidenceRule(before_min=1),
            Proof(cited=["a"], present=frozenset("a"), after=frozenset("a")),
            Lack.photos_before,
        ),
        (
            EvidenceRule(after_min=1),
            Proof(cited=["a"], present=frozenset("a"), before=frozenset("a")),
            Lack.photos_after,
        ),
        (EvidenceRule(photos_min=1), Proof(cited=["a"], present=frozenset("a"), reused=frozenset("a")), Lack.photos),
        (EvidenceRule(), Proof(cited=["a"], present=frozenset("a"), reused=frozenset("a")), Lack.photo_reused),
        (EvidenceRule(), Proof(signature="s"), Lack.photo_bytes),
        (EvidenceRule(signature=True), Proof(), Lack.signature),
        (EvidenceRule(scan=True), Proof(), Lack.scan),
        (EvidenceRule(scan=True), Proof(scans=["toilet-4"], label="toilet-3"), Lack.scan_elsewhere),
        (EvidenceRule(after_min=1), TWICE, Lack.photos_after),
        (EvidenceRule(dwell_min=10), Proof(worked_s=599), Lack.too_short),
        (EvidenceRule(within_m=50), Proof(place=HERE), Lack.place_unknown),
        (EvidenceRule(within_m=50), Proof(place=HERE, finish_place=(113.271, 23.18)), Lack.too_far),
        (EvidenceRule(within_m=50), Proof(**ROAD, finish_place=(113.2751, 23.1807)), Lack.too_far),
        (EvidenceRule(within_m=50), Proof(place=HERE, starts=[(HERE, 0), ((113.271, 23.18), 20)]), Lack.start_too_far),
        (EvidenceRule(coverage_min=90), Proof(**ROAD, covered_percent=70, unknown_percent=19), Lack.coverage),
        (EvidenceRule(coverage_min=90), Proof(**ROAD, covered_percent=70, unknown_percent=20), Lack.coverage_unknown),
    ],
)
def test_each_part_of_a_rule_says_what_is_lacking(rule: EvidenceRule, proof: Proof, lack: Lack) -> None:
    assert (lack, "") in lacks(rule, proof)


def test_a_poor_fix_counts_for_the_crew() -> None:
    proof = Proof(place=HERE, finish_place=(113.271, 23.18), finish_accuracy_m=80)
    assert lacks(EvidenceRule(within_m=50), proof) == []


@pytest.mark.parametrize(
    "scan", ["toilet-3", "TOILET3", payload.format(payload.PunchPoint("TOILET3", "https://city.example"))]
)
def test_a_label_names_its_place_by_letters_and_digits(scan: str) -> None:
    assert lacks(EvidenceRule(scan=True), Proof(scans=["somewhere else", scan], label="toilet-3")) == []
    assert lacks(EvidenceRule(scan=True), Proof(scans=["whatever"])) == []


def test_all_of_a_line_is_its_place() -> None:
    for place in ((113.27, 23.18), (113.2799, 23.18), (113.275, 23.1806)):
        assert lacks(EvidenceRule(within_m=50), Proof(**ROAD, finish_place=place)) == []
    assert lacks(EvidenceRule(coverage_min=90), Proof(**ROAD, covered_percent=90)) == []
    assert lacks(EvidenceRule(coverage_min=90), Proof(place=HERE)) == []


def test_hours_of_each_who_worked_reach_from_their_first_begin_to_their_last_end() -> None:
    told = [(Act.start, "a", 0), (Act.start, "b", 1), (Act.pause, "b", 2), (Act.pause, "a", 3), (Act.resume, "a", 4)]
    lines = [Line(act, Effect.applied, who, BEGAN + timedelta(hours=n)) for act, who, n in told]
    until = BEGAN + timedelta(hours=6)
    assert times(lines, until) == [("a", BEGAN, until), ("b", BEGAN + timedelta(hours=1), BEGAN + timedelta(hours=2))]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        (LINE | {"type": "Point"}, "line_invalid type_unknown type"),
        (LINE | {"coordinates": [[113.27, 23.18]]}, "line_invalid too_few coordinates"),
        (LINE | {"coordinates": [[113.27, 23.18]] * 2}, "line_invalid too_few"),
        (
            LINE | {"coordinates": [[23.18, 113.27], [23.19, 113.27]]},
            "line_invalid axes_swapped coordinates/0",
        ),
        (
            LINE | {"coordinates": [[113.27, "x"], [113.2, 23.1]]},
            "line_invalid bad_position coordinates/0",
        ),
        (LINE | {"coordinates": [[113.27, 23.1], [113.27, 23.2]]}, "line_too_long"),
        (
            LINE | {"coordinates": [[113.27 + n / 10**6, 23.1] for n in range(501)]},
            "line_invalid too_many",
        ),
    ],
)
def test_a_line_that_cannot_be_is_refused_and_the_place_named(line: dict[str, Any], refused: str) -> None:
    with pytest.raises(Refusal) as told:
        read_spot(None, None, line, None)
    params = dict(told.value.params)
    words = " ".join([told.value.code, str(params.get("fault", "")), str(params.get("where", ""))])
    assert words.startswith(f"workorders.{refused}")


def test_the_place_of_a_line_is_half_way_along_it_and_whoever_is_near_any_of_it_finds_it() -> None:
    line = {"type": "LineString", "coordinates": [[113.2, 23.1, 12.5], [113.2, 23.13], [113.2, 23.18]]}
    spot = read_spot(None, None, line, None)
    assert spot["line"] == {"type": "LineString", "coordinates": [[113.2, 23.1], [113.2, 23.13], [113.2, 23.18]]}
    assert spot["buffer_m"] == 15
    assert (spot["longitude"], spot["latitude"]) == (113.2, pytest.approx(23.14, abs=1e-4))
    found = found_by(spot)
    for latitude in (23.1, 23.14, 23.18):
        box = Box(*box_around((113.2, latitude), 100))
        assert found["cell"] in set(box.line_cells())
        assert abs(latitude - 23.14) <= found["reach_degrees"]
    assert found["cell"] not in set(Box(*box_around((113.5, 23.14), 100)).line_cells())


def test_an_item_is_asked_only_where_its_condition_holds() -> None:
    assert [item.key for item in asked(ITEMS, {"gully": said("gully", "畅通")})] == ["gully"]
    blocked = {"gully": said("gully", "堵塞"), "where": said("where", "路口")}
    assert [item.key for item in asked(ITEMS, blocked)] == ["gully", "where", "depth"]
    clear = blocked | {"gully": said("gully", "畅通")}
    assert [item.key for item in asked(ITEMS, clear)] == ["gully"]


def test_unanswered_items_and_missing_or_old_photos_are_named() -> None:
    rule = EvidenceRule(photo_age_max_min=30)
    answers = {"gully": said("gully", "堵塞")}
    assert lacks(rule, Proof(items=ITEMS, answers=answers)) == [(Lack.item, "where")]
    answers["where"] = said("where", "树下")
    assert lacks(rule, Proof(items=ITEMS, answers=answers)) == [(Lack.item_photo, "where")]
    answers["where"] = said("where", "树下", photos=("a",))
    late = Proof(items=ITEMS, answers=answers, finish_ms=31 * 60_000, cited=["a"], present=frozenset("a"))
    assert lacks(rule, late) == [(Lack.photo_old, "where")]


def test_of_a_safety_item_the_first_answer_counts_else_the_later_by_trusted_time() -> None:
    safe = ChecklistItem(key="fenced", label="围挡", safety=True)
    given = [
        said("fenced", "no", at=9),
        said("fenced", "yes", at=5),
        said("gully", "堵塞", at=9),
        said("gully", "畅通", at=5),
    ]
    counts = standing_answers([safe, GULLY], given)
    assert (counts["fenced"].value, counts["gully"].value) == ("no", "堵塞")


@pytest.mark.parametrize(
    ("item", "value", "reading"),
    [(GULLY, "也许", None), (GULLY, "畅通", 1.0), (WHERE, "  ", None), (DEPTH, "", None), (DEPTH, "三十", 30.0)],
)
def test_what_cannot_answer_an_item_is_refused(item: ChecklistItem, value: str, reading: float | None) -> None:
    with pytest.raises(AnswerInvalid):
        check_answer(item, value, reading)


def test_a_reading_out_of_range_is_kept_and_marked() -> None:
    check_answer(DEPTH, "", 45)
    assert not in_range(DEPTH, 45)
    assert in_range(DEPTH, 30)


def test_the_lot_falls_alike_for_all_and_as_often_as_was_said() -> None:
    ids = [f"order-{n}" for n in range(4_000)]
    found = [drawn("seed", order, 10) for order in ids]
    assert found == [drawn("seed", order, 10) for order in ids]
    assert 320 < sum(found) < 480
    assert all(drawn("s", order, 100) and not drawn("s", order, 0) for order in ids[:50])


def test_nothing_is_lacking_before_the_work_is_done() -> None:
    assert evidence(EvidenceRule(photos_min=3), Proof(), Step.started) == (Evidence.none, [])
