"""Templates, checklists answered offline, evidence that comes piece by piece, inspections, rework and excuses."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.clock import SetClock
from tests.api.people.conftest import CODE, Town
from tests.api.workorders.crew import Handset
from tests.api.workorders.test_orders import ORDERS, plan, show, worker

FORMS = f"/workorders/v1/districts/{CODE}"
PHOTO, OTHER = (hashlib.sha256(text).hexdigest() for text in (b"before", b"after"))
FORM: dict[str, Any] = {
    "scene": "greening",
    "code": "prune",
    "name": "修剪",
    "inspection_percent": 100,
    "items": [
        {"key": "fenced", "label": "已围挡", "safety": True},
        {"key": "line", "label": "近电线"},
        {"key": "call", "label": "联系人", "kind": "text", "only_if": {"item": "line", "answers": ["yes"]}},
        {"key": "trees", "label": "株数", "kind": "reading", "low": 1, "high": 20},
    ],
    "evidence_rule": {"dwell_min": 5},
    "materials": [{"code": "rope", "name": "绳"}],
}


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("dispatcher", area=f"/{CODE}/")["phone"])


@pytest.fixture
def form(town: Town) -> Any:
    return town.ask("POST", f"{FORMS}/templates", town.admin, 201, **FORM)


def ask_for(town: Town, desk: dict[str, str], team: str, form: Any, **more: Any) -> Any:
    return plan(town, desk, team, scene="greening", template_id=form["id"], photos_min=0, **more)


def answers(phone: Handset, order: Any, **said: Any) -> str:
    return phone.does("workorders.answer", "work_answers", order_id=order["id"], **said)


def results(phone: Handset) -> list[Any]:
    return [(o["r"], o.get("why", {}).get("code")) for o in phone.pushes()]


def test_a_checklist_is_worked_offline_and_what_is_lacking_is_told_until_it_comes(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order = ask_for(town, desk, team, form)
    phone = worker(town, clock, team)
    phone.pulls()
    assert [row["items"][0]["key"] for row in phone.holds("work_templates")] == ["fenced"]
    phone.does("workorders.start", "workorders", order["id"])
    answers(phone, order, item="line", value="yes")
    answers(phone, order, item="trees", reading=30.0)
    clock.pass_time(timedelta(minutes=5))
    used = [{"code": "rope", "quantity": 2.5}]
    phone.does("workorders.finish", "workorders", order["id"], materials=used)
    assert results(phone) == [("applied", None)] * 4
    now = show(town, desk, order["id"])
    assert (now["step"], now["evidence"], now["inspection"]) == ("done", "awaiting", "due")
    assert [lack["item"] for lack in now["lacking"]] == ["fenced", "call"]
    assert (now["worked_s"], now["materials"]) == (300, used)

    answers(phone, order, item="fenced", value="yes")
    answers(phone, order, item="line", value="no")
    phone.pushes()
    now = show(town, desk, order["id"])
    assert (now["evidence"], now["lacking"]) == ("complete", [])
    said = town.ask("GET", f"{ORDERS}/{order['id']}/answers", desk)
    assert [(a["item"], a["in_range"]) for a in said][1] == ("trees", False)


def test_of_two_answers_to_a_safety_item_the_second_waits_for_a_person_and_of_others_the_later_counts(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order = ask_for(town, desk, team, form)
    first, second = worker(town, clock, team), worker(town, clock, team)
    for phone, value in ((second, "no"), (first, "yes")):
        phone.pulls()
        answers(phone, order, item="fenced", value=value)
        answers(phone, order, item="line", value=value)
        clock.pass_time(timedelta(minutes=1))
    assert results(first) == [("applied", None)] * 2
    assert results(second) == [("rejected", "workorders.item_answered"), ("applied", None)]
    kept = town.ask("GET", "/handsets/v1/conflicts", desk)["items"]
    assert [conflict["cmd"] for conflict in kept] == ["workorders.answer"]
    first.does("workorders.start", "workorders", order["id"])
    clock.pass_time(timedelta(minutes=5))
    first.does("workorders.finish", "workorders", order["id"])
    first.pushes()
    lacking = [lack["item"] for lack in show(town, desk, order["id"])["lacking"]]
    assert lacking == ["call", "trees"], "the line was said to be near later than not, though that came last"


def test_answers_that_cannot_be_are_refused(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order = ask_for(town, desk, team, form)
    phone = worker(town, clock, team)
    phone.pulls()
    answers(phone, order, item="nothing", value="yes")
    answers(phone, order, item="fenced", value="perhaps")
    answers(phone, order, item="trees", value="7")
    answers(phone, {"id": phone.person_id}, item="fenced", value="yes")
    phone.does("workorders.start", "workorders", order["id"])
    phone.does("workorders.finish", "workorders", order["id"], materials=[{"code": "gold", "quantity": 1.0}])
    codes = ["item_unknown", "answer_invalid", "answer_invalid", "order_unknown", None, "material_unknown"]
    assert [why for _, why in results(phone)] == [code and f"workorders.{code}" for code in codes]
    stranger = worker(town, clock, town.team(name="二班"))
    answers(stranger, order, item="fenced", value="yes")
    assert results(stranger) == [("rejected", "workorders.order_unknown")]


def test_an_order_is_worked_by_the_version_it_was_made_with(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order = ask_for(town, desk, team, form)
    assert town.ask("POST", f"{FORMS}/templates", town.admin, 201, **FORM)["id"] == form["id"]
    phone = worker(town, clock, team)
    phone.pulls()
    answers(phone, order, item="fenced", value="yes")
    following = town.ask("POST", f"{FORMS}/templates", town.admin, 201, **FORM | {"items": []})
    assert (following["version"], following["current"]) == (2, True)
    answers(phone, order, item="line", value="no")
    assert [row["version"] for row in phone.holds("work_templates")] == [1], "it has not heard of the second"
    assert results(phone) == [("applied", None)] * 2
    phone.pulls()
    assert {row["version"]: row["current"] for row in phone.holds("work_templates")} == {1: False, 2: True}
    assert show(town, desk, order["id"])["template_id"] == form["id"]
    assert len(town.ask("GET", "/workorders/v1/templates", desk)) == 1
    assert len(town.ask("GET", "/workorders/v1/templates?every_version=true&scene=greening", desk)) == 2


def done(town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any) -> tuple[Any, Handset]:
    order = ask_for(town, desk, team, form)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.does("workorders.start", "workorders", order["id"])
    clock.pass_time(timedelta(minutes=5))
    phone.does("workorders.finish", "workorders", order["id"])
    phone.pushes()
    return order, phone


def test_a_failed_inspection_sends_the_crew_back_and_the_next_is_due_again(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order, phone = done(town, clock, team, desk, form)
    look = f"{ORDERS}/{order['id']}/inspect"
    town.ask("POST", look, phone.headers, 403, passed=True)
    failed = town.ask("POST", look, desk, passed=False, note="树下还有枝叶")
    assert (failed["step"], failed["inspection"], failed["rework_count"]) == ("rework", "failed", 1)
    town.ask("POST", look, desk, 409, passed=True)

    mate = worker(town, clock, team)
    mate.pulls()
    mate.does("workorders.start", "workorders", order["id"])
    clock.pass_time(timedelta(minutes=3))
    mate.does("workorders.finish", "workorders", order["id"])
    assert results(mate) == [("applied", None)] * 2
    now = show(town, desk, order["id"])
    assert (now["step"], now["inspection"], now["worked_s"]) == ("done", "due", 480)
    town.ask("POST", f"{ORDERS}/{order['id']}/close", desk, 409)
    assert town.ask("POST", look, desk, passed=True)["inspection"] == "passed"
    told = [line["act"] for line in town.ask("GET", f"{ORDERS}/{order['id']}/history", desk)]
    assert told[-4:] == ["inspected_bad", "start", "finish", "inspected_ok"]


def test_a_finish_from_before_the_failed_check_is_kept_and_changes_nothing(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order = ask_for(town, desk, team, form)
    first, mate = worker(town, clock, team), worker(town, clock, team)
    for phone in (first, mate):
        phone.pulls()
    mate.does("workorders.finish", "workorders", order["id"], photos=[PHOTO])
    first.does("workorders.start", "workorders", order["id"])
    first.does("workorders.finish", "workorders", order["id"])
    first.pushes()
    town.ask("POST", f"{ORDERS}/{order['id']}/inspect", desk, passed=False)
    assert results(mate) == [("merged", "workorders.evidence_before_check")]
    now = show(town, desk, order["id"])
    assert (now["step"], now["photos"]) == ("rework", [PHOTO])


def test_whoever_claims_first_has_the_order(
    town: Town, clock: SetClock, team: str, desk: dict[str, str], form: Any
) -> None:
    order = ask_for(town, desk, team, form)
    first, second = worker(town, clock, team), worker(town, clock, team)
    for phone in (first, second):
        phone.pulls()
        phone.does("workorders.claim", "workorders", order["id"])
    assert results(first) == [("applied", None)]
    assert results(second) == [("merged", "workorders.claimed_by_other")]
    assert show(town, desk, order["id"])["assignee_id"] == first.person_id


def test_a_photo_proves_one_order_only_and_before_is_not_after(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    rule = {"before_min": 1, "after_min": 1}
    ask = {"scene": "greening", "code": "clean", "name": "清理", "evidence_rule": rule}
    form = town.ask("POST", f"{FORMS}/templates", town.admin, 201, **ask)
    phone = worker(town, clock, team)
    orders = [ask_for(town, desk, team, form) for _ in range(2)]
    phone.pulls()
    for order in orders:
        phone.does("workorders.start", "workorders", order["id"], photos=[PHOTO])
        phone.does("workorders.finish", "workorders", order["id"], photos=[OTHER])
    phone.pushes()
    lacking = [[lack["what"] for lack in show(town, desk, order["id"])["lacking"]] for order in orders]
    assert lacking[0] == ["photo_bytes"]
    assert set(lacking[1]) == {"photo_bytes", "photo_reused", "photos_before", "photos_after"}


def test_who_begins_elsewhere_is_not_refused_and_it_is_told_from_the_start_on(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    ask = {"scene": "greening", "code": "water", "name": "浇水", "evidence_rule": {"within_m": 50}}
    form = town.ask("POST", f"{FORMS}/templates", town.admin, 201, **ask)
    here, far = {"longitude": 113.2, "latitude": 23.1}, {"longitude": 113.21, "latitude": 23.1, "accuracy_m": 30.0}
    phone, mate = worker(town, clock, team), worker(town, clock, team)
    one, joined, unknown = (ask_for(town, desk, team, form, **here) for _ in range(3))
    for crew in (phone, mate):
        crew.pulls()
    phone.does("workorders.start", "workorders", one["id"], position=far)
    phone.does("workorders.start", "workorders", joined["id"], position=here)
    phone.does("workorders.start", "workorders", unknown["id"])
    mate.does("workorders.start", "workorders", joined["id"], position=far)
    assert results(phone) + results(mate) == [("applied", None)] * 4
    marked = [{"what": "start_too_far", "item": ""}]
    for order, lacking in ((one, marked), (joined, marked), (unknown, [])):
        now = show(town, desk, order["id"])
        assert (now["evidence"], now["lacking"]) == ("none", lacking)
        phone.does("workorders.finish", "workorders", order["id"], position=here)
    phone.pushes()
    listed = town.ask("GET", f"{ORDERS}?evidence=awaiting", desk)["items"]
    assert {row["id"]: row["lacking"] for row in listed} == {one["id"]: marked, joined["id"]: marked}


def test_weather_excuses_what_nobody_began_and_keeps_what_was_done(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    times = {"window_from_at": "2026-09-01T01:00:00Z", "due_at": "2026-09-01T04:00:00Z"}
    order, untouched = plan(town, desk, team, **times), plan(town, desk, team, scene="greening", **times)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.does("workorders.start", "workorders", order["id"])
    ask = {"area_path": f"/{CODE}/", "scenes": ["sanitation"], "reason": "暴雨红色预警"}
    span = {"from_at": "2026-09-01T02:00:00Z", "until_at": "2026-09-01T10:00:00Z"}
    told = town.ask("POST", "/workorders/v1/excuses", desk, **ask, **span)
    assert told == {"order_ids": [order["id"]], "more": False}
    assert results(phone) == [("merged", "workorders.begun_in_vain")]
    assert show(town, desk, order["id"])["step"] == "excused"
    assert show(town, desk, untouched["id"])["step"] == "released"
    backwards = {"from_at": span["until_at"], "until_at": span["from_at"]}
    town.ask("POST", "/workorders/v1/excuses", desk, 422, **ask, **backwards)


def test_templates_and_windows_that_do_not_fit_are_refused(
    town: Town, team: str, desk: dict[str, str], form: Any
) -> None:
    bad = [
        (422, "workorders.template_of_other_scene", {"template_id": form["id"]}),
        (404, "workorders.template_unknown", {"template_id": team}),
        (422, "workorders.scene_unknown", {"scene": "circus"}),
        (422, "workorders.window_invalid", {"window_from_at": "2026-09-02T00:00:00Z"}),
    ]
    for status, code, more in bad:
        assert plan(town, desk, team, status, **more)["code"] == code
    for spoilt in (
        {"items": [{"key": "a", "label": "a"}] * 2},
        {"items": [{"key": "a", "label": "a", "only_if": {"item": "b", "answers": ["yes"]}}]},
        {"items": [{"key": "a", "label": "a", "choices": ["x"]}]},
        {"inspection_percent": 101},
        {"scene": "Greening"},
    ):
        town.ask("POST", f"{FORMS}/templates", town.admin, 422, **FORM | spoilt)
