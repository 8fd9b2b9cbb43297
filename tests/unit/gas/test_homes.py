"""How a home stands: the fold of its visits and of what was done about its hazards."""

from datetime import date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.gas.rules.half_years import DayPart, day_part, half_of, half_span, months_after
from backend.gas.rules.homes import (
    Came,
    Done,
    Finding,
    Standing,
    When,
    fold,
    notice_number,
    overdue_days,
    to_be_told,
)
from backend.kernel.clock import DISTRICT_ZONE, to_ms
from mobile_contract import checklist_example, home_check
from mobile_contract.checklists import Grade, as_shown
from mobile_contract.homes import (
    Answer,
    EscalatedTo,
    HazardDeed,
    HazardState,
    VisitMark,
    VisitOutcome,
    VisitParams,
)

TUESDAY = datetime(2026, 9, 1, 9, 0, tzinfo=DISTRICT_ZONE)
PHOTO, OTHER = "a" * 64, "b" * 64


def at(days: float = 0) -> When:
    return When(to_ms(TUESDAY + timedelta(days=days)))


def found(hazard: str, item: str = "P-02", grade: Grade = Grade.g1, days: int | None = 7, **more: Any) -> Finding:
    wanted: dict[str, Any] = {"stops_supply": grade is Grade.g0, "in_writing": True, "fixed": False} | more
    return Finding(hazard, item, grade, days, **wanted)


def check(name: str, day: float, *findings: Finding, right: tuple[str, ...] = (), **more: Any) -> Came:
    said: dict[str, Any] = {"counts": True, "proven": True, "signed": True} | more
    return Came(name, at(day), VisitOutcome.completed, findings=findings, right=frozenset(right), **said)


def missed(name: str, day: float, *, proven: bool = True) -> Came:
    return Came(name, at(day), VisitOutcome.not_met, counts=False, proven=proven, signed=False)


def deed(name: str, day: float, hazard: str, what: HazardDeed, **more: Any) -> Done:
    return Done(name, at(day), hazard, what, **more)


def states(home: Standing) -> dict[str, str]:
    return {name: danger.state.value for name, danger in sorted(home.dangers.items())}


def test_a_notice_sets_the_deadline_and_the_deed_ends_it() -> None:
    home = fold([check("v", 0, found("h"))], [])
    danger = home.dangers["h"]
    assert (danger.state, danger.due_on) == (HazardState.notified, date(2026, 9, 8))
    assert states(fold([check("v", 0, found("h"))], [deed("d", 1, "h", HazardDeed.claim_fixed)])) == {"h": "rectified"}
    assert states(fold([check("v", 0, found("h")), check("w", 3, right=("P-02",))], [])) == {"h": "verified"}


def test_an_unsigned_hazard_is_open_until_the_customer_is_told() -> None:
    unsigned = check("v", 0, found("h"), signed=False)
    found_only = fold([unsigned], [])
    assert (found_only.dangers["h"].due_on, states(found_only)) == (date(2026, 9, 2), {"h": "open"})
    told = fold([unsigned], [deed("d", 2, "h", HazardDeed.notify)])
    assert (told.dangers["h"].state, told.dangers["h"].due_on) == (HazardState.notified, date(2026, 9, 10))


def test_a_claim_gives_a_week_to_look_and_saying_it_again_gives_no_more() -> None:
    claims = [deed("d", 3, "h", HazardDeed.claim_fixed), deed("e", 6, "h", HazardDeed.claim_fixed)]
    danger = fold([check("v", 0, found("h"))], claims).dangers["h"]
    assert (danger.state, danger.due_on) == (HazardState.rectified, date(2026, 9, 11))


def test_a_hazard_found_again_is_carried_over_with_its_age_and_who_was_told() -> None:
    told = deed("d", 9, "h1", HazardDeed.escalate, told=EscalatedTo.street)
    home = fold([check("v", 0, found("h1")), check("w", 10, found("h2"))], [told])
    first, second = home.dangers["h1"], home.dangers["h2"]
    assert (first.state, first.successor) == (HazardState.carried_over, "h2")
    assert (second.predecessor, second.first_found_at, second.told) == ("h1", first.found_at, EscalatedTo.street)
    assert [danger.finding.hazard for danger in home.open] == ["h2"]


def test_a_deed_before_its_hazard_by_the_clocks_is_a_deed_after_it() -> None:
    home = fold([check("v", 1, found("h"))], [deed("d", 0.9, "h", HazardDeed.verify)])
    assert (states(home), home.dangers["h"].closed_at) == ({"h": "verified"}, home.dangers["h"].found_at)


def test_what_is_mended_on_the_spot_is_found_and_verified_in_one_visit() -> None:
    home = fold([check("v", 0, found("h", fixed=True))], [])
    assert (states(home), home.open, home.worst) == ({"h": "verified"}, [], None)


def test_danger_now_stops_the_supply_until_somebody_has_looked() -> None:
    visits = [check("v", 0, found("h", grade=Grade.g0, days=0))]
    assert fold(visits, []).supply_stopped
    assert fold(visits, [deed("d", 0.1, "h", HazardDeed.claim_fixed)]).supply_stopped
    assert not fold(visits, [deed("d", 0.1, "h", HazardDeed.verify)]).supply_stopped


def test_three_times_at_other_parts_of_the_day_ask_for_a_booked_check() -> None:
    morning, again, evening, weekend = missed("a", 0), missed("b", 1), missed("c", 2.5), missed("d", 4)
    assert fold([morning, again, evening], []).not_met == 2
    assert not fold([morning, again, evening], []).booked_check
    assert fold([morning, evening, weekend], []).booked_check
    assert fold([morning, evening, missed("d", 4, proven=False)], []).not_met == 2
    assert fold([morning, evening, weekend, check("v", 5)], []).not_met == 0


def test_who_uses_no_gas_any_more_shows_that_no_cylinder_is_there() -> None:
    gone = Came("a", at(), VisitOutcome.no_longer_lpg, counts=False, proven=True, signed=False, cylinders_found=0)
    still = Came("a", at(), VisitOutcome.no_longer_lpg, counts=False, proven=True, signed=False, cylinders_found=1)
    assert (fold([gone], []).exempt, fold([still], []).exempt) == (True, False)


def test_the_next_check_is_due_after_six_months_of_the_calendar() -> None:
    assert fold([check("v", 0)], []).due_on == date(2027, 3, 1)
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert fold([check("v", 0, counts=False)], []).due_on is None


EVENTS = (
    check("v1", 0, found("h1"), found("h2", "W-02", Grade.g0, 0), signed=False),
    missed("v2", 1.3),
    check("v3", 8, found("h3"), right=("W-02",)),
    deed("d1", 2, "h1", HazardDeed.notify),
    deed("d2", 3, "h2", HazardDeed.claim_fixed),
    deed("d3", 9, "h3", HazardDeed.escalate, told=EscalatedTo.company),
    deed("d4", 10, "h1", HazardDeed.verify),
)


def _fold(events: tuple[Came | Done, ...]) -> Standing:
    return fold([e for e in events if isinstance(e, Came)], [e for e in events if isinstance(e, Done)])


def test_any_order_of_arrival_gives_the_same_home() -> None:
    once = _fold(EVENTS)
    assert states(once) == {"h1": "carried_over", "h2": "verified", "h3": "notified"}
    assert all(_fold(order) == once for order in permutations(EVENTS))


@settings(max_examples=25)
@given(st.lists(st.sampled_from(EVENTS), max_size=12), st.randoms(use_true_random=False))
def test_any_repetition_gives_the_same_home(events: list[Came | Done], chance: Any) -> None:
    again = [*events, *events]
    chance.shuffle(again)
    assert _fold(tuple(again)) == _fold(tuple(events))


def test_overdue_hazards_are_told_upwards_step_by_step() -> None:
    due = date(2026, 9, 8)
    assert overdue_days(due, HazardState.notified, due) == 0
    assert overdue_days(due, HazardState.notified, date(2026, 9, 9)) == 1
    assert overdue_days(due, HazardState.rectified, date(2026, 9, 30)) == 22
    assert overdue_days(due, HazardState.verified, date(2026, 9, 30)) == 0
    told = [to_be_told(days, EscalatedTo.nobody) for days in (0, 1, 7, 14)]
    assert told == [None, EscalatedTo.company, EscalatedTo.street, EscalatedTo.district]
    assert to_be_told(3, EscalatedTo.company) is None


@pytest.mark.parametrize(
    ("hour", "day", "part"),
    [
        (8, 1, DayPart.morning),
        (12, 1, DayPart.afternoon),
        (17, 1, DayPart.afternoon),
        (18, 1, DayPart.evening),
        (9, 5, DayPart.weekend),
    ],
)
def test_parts_of_the_day_are_the_districts(hour: int, day: int, part: DayPart) -> None:
    assert day_part(datetime(2026, 9, day, hour, 0, tzinfo=DISTRICT_ZONE)) is part


def test_half_years_are_the_calendars() -> None:
    assert (half_of(date(2026, 6, 30)), half_of(date(2026, 7, 1))) == ("2026H1", "2026H2")
    assert half_span("2026H2") == (date(2026, 7, 1), date(2026, 12, 31))


def test_a_notice_has_a_number_that_a_phone_makes_without_a_network() -> None:
    assert notice_number("BY-1", TUESDAY, "0199b3a0-0000-7000-8000-0000000abcde") == "BY-1-20260901-0ABCDE"


# -- whether a visit may be closed ---------------------------------------------------------------------------------

ITEMS = checklist_example.example().items


def answers(**instead: dict[str, Any]) -> list[Answer]:
    given = {item.code: {"answer": "ok"} for item in ITEMS} | {k.replace("_", "-"): v for k, v in instead.items()}
    return [Answer(item=code, **said) for code, said in given.items() if said]


def told(*given: Answer) -> list[str]:
    return [str(fault) for fault in home_check.faults(ITEMS, given)]


def test_every_item_is_answered() -> None:
    assert told(*answers()) == []
    assert told(*answers(B_01={}, P_02={})) == ["B-01: unanswered", "P-02: unanswered"]
    assert told(*answers(), Answer(item="Z-01", answer="ok"), Answer(item="B-01", answer="na")) == [
        "Z-01: unknown",
        "B-01: twice",
    ]


def test_a_home_where_nothing_applies_was_not_looked_at() -> None:
    assert told(*(Answer(item=item.code, answer="na") for item in ITEMS)) == ["all_na"]


def test_a_hazard_has_a_name_a_grade_a_measure_and_a_photo() -> None:
    bare = {"answer": "hazard"}
    whole = {"hazard": "0199b3a0-0000-7000-8000-0000000000aa", "grade": "g1", "measure": "换管", "photos": [PHOTO]}
    assert told(*answers(P_02=bare)) == ["P-02: no_id", "P-02: no_grade", "P-02: no_measure", "P-02: no_photo"]
    assert told(*answers(P_02=bare | whole)) == []
    assert told(*answers(P_02=bare | whole | {"fixed": True})) == ["P-02: no_photo"]
    assert told(*answers(P_02=bare | whole | {"fixed": True, "photos": [PHOTO, OTHER]})) == []


def said(outcome: str, **more: Any) -> VisitParams:
    return VisitParams(account="BY-1", kind=more.pop("kind", "periodic"), outcome=outcome, **more)


def test_who_was_not_met_is_proved_by_a_photo_and_a_place() -> None:
    place = {"longitude": 113.2, "latitude": 23.1}
    marks = home_check.marks(said("not_met"), 0, None, 100.0)
    assert marks == [VisitMark.no_photo, VisitMark.no_position]
    near = said("not_met", photos=[PHOTO], position=place)
    assert home_check.marks(near, 0, 99.0, 100.0) == []
    assert home_check.marks(near, 0, 101.0, 100.0) == [VisitMark.far_from_home]
    assert home_check.marks(said("refused", photos=[PHOTO]), 0, None, 100.0) == [VisitMark.alone]


def test_a_hasty_check_with_a_delivery_does_not_count_unless_photos_show_all() -> None:
    hasty = said("completed", kind="with_delivery", answers=answers(), took_s=120)
    assert home_check.marks(hasty, 10, None, 100.0) == [VisitMark.short]
    photos = [f"{n:064x}" for n in range(8)]
    assert home_check.marks(hasty.model_copy(update={"photos": photos}), 10, None, 100.0) == []
    assert home_check.marks(hasty.model_copy(update={"took_s": 600}), 10, None, 100.0) == []


def test_what_is_found_most_often_is_shown_first_and_nobody_met_fits_no_full_cylinder() -> None:
    items = checklist_example.example().items
    shown = [item.code for item in as_shown(items)]
    assert shown[:7] == ["V-05", "V-06", "P-01", "P-02", "P-04", "S-01", "A-02"]
    assert sorted(shown) == sorted(item.code for item in items)
    said = {outcome for outcome in VisitOutcome if home_check.contradicts(outcome, brought=True)}
    assert said == {VisitOutcome.not_met}
    assert not home_check.contradicts(VisitOutcome.not_met, brought=False)
