"""Work orders from the desk to the street and back, over HTTP and over sync."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.workorders.rules import MOVES
from backend.workorders.tables import WorkOrder
from mobile_contract.workorders import Act, Step
from tests.api.people.conftest import GRID, LIANHE, Town
from tests.api.workorders.crew import Handset, handset

ORDERS = "/workorders/v1/orders"
ROAD = {"type": "LineString", "coordinates": [[113.2, 23.1], [113.201, 23.1]]}
PHOTO = hashlib.sha256(b"a swept road").hexdigest()


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("dispatcher", area="/440111/")["phone"])


def plan(town: Town, desk: dict[str, str], team: str, status: int = 201, **more: Any) -> Any:
    ask = {"title": "清扫松洲路", "scene": "sanitation", "area_path": GRID, "team_id": team, "photos_min": 1} | more
    made = town.ask("POST", ORDERS, desk, status, orders=[ask])
    return made[0] if status == 201 else made


def worker(town: Town, clock: SetClock, team: str) -> Handset:
    return handset(town, clock, town.person("crew", team=team))


def show(town: Town, desk: dict[str, str], order_id: str) -> Any:
    return town.ask("GET", f"{ORDERS}/{order_id}", desk)


def arrive(house: House, sha256: str, person_id: str) -> None:
    """As the attachments do when the last byte has come."""
    from backend.attachments import events, queries
    from backend.workorders import actions

    with house.db.transaction() as session, pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "present", lambda _ctx, wanted, sent_by=None: set(wanted) & {sha256})
        actions.photo_arrived(house.ctx(session), events.AttachmentArrived(sha256, 12, person_id))


def test_a_crew_works_an_order_offline_and_the_desk_reads_the_story(
    town: Town, clock: SetClock, house: House, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    assert order["step"] == "released"
    assert order["code"].endswith("-0001")
    phone = worker(town, clock, team)
    phone.pulls()
    assert [row["id"] for row in phone.holds("workorders")] == [order["id"]]

    phone.does("workorders.start", "workorders", order["id"])
    clock.pass_time(timedelta(minutes=5))
    phone.does("workorders.finish", "workorders", order["id"], photos=[PHOTO], note="干净了")
    clock.pass_time(timedelta(minutes=3))
    assert [o["r"] for o in phone.pushes()] == ["applied", "applied"]

    now = show(town, desk, order["id"])
    assert (now["step"], now["evidence"], now["photos"]) == ("done", "awaiting", [PHOTO])
    assert (now["started_at"], now["done_at"]) == ("2026-09-01T00:00:00Z", "2026-09-01T00:05:00Z")
    arrive(house, PHOTO, phone.person_id)
    assert show(town, desk, order["id"])["evidence"] == "complete"
    story = town.ask("GET", f"{ORDERS}/{order['id']}/history", desk)
    assert [line["act"] for line in story] == ["plan", "release", "start", "finish"]
    assert (story[3]["device_id"], story[3]["received_at"]) == (phone.device, "2026-09-01T00:08:00Z")
    assert town.ask("POST", f"{ORDERS}/{order['id']}/close", desk)["step"] == "closed"


def test_work_on_a_cancelled_order_is_kept_and_told(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.does("workorders.start", "workorders", order["id"])
    assert phone.pushes()[0]["r"] == "applied"
    phone.does("workorders.finish", "workorders", order["id"])
    town.ask("POST", f"{ORDERS}/{order['id']}/cancel", desk, reason="下雨")
    outcome = phone.pushes()[0]
    assert (outcome["r"], outcome["why"]["code"]) == ("conflict", "workorders.done_before_cancel")
    assert show(town, desk, order["id"])["step"] == "cancelled"
    last = town.ask("GET", f"{ORDERS}/{order['id']}/history", desk)[-1]
    assert (last["act"], last["effect"], last["person_id"]) == ("finish", "kept", phone.person_id)


def test_work_done_before_the_new_assignee_began_takes_the_order_over(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    ann, bob = worker(town, clock, team), worker(town, clock, team)
    order = plan(town, desk, team, assignee_id=ann.person_id)
    ann.pulls()
    ann.does("workorders.start", "workorders", order["id"])
    ann.does("workorders.finish", "workorders", order["id"])
    town.ask("POST", f"{ORDERS}/{order['id']}/reassign", desk, team_id=team, assignee_id=bob.person_id)
    assert [o["r"] for o in ann.pushes()] == ["merged", "applied"]
    now = show(town, desk, order["id"])
    assert (now["step"], now["done_by"], now["assignee_id"]) == ("done", ann.person_id, ann.person_id)


def test_once_the_new_assignee_began_the_other_is_told_and_nothing_is_lost(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    ann, bob = worker(town, clock, team), worker(town, clock, team)
    order = plan(town, desk, team, assignee_id=ann.person_id)
    ann.pulls()
    ann.does("workorders.finish", "workorders", order["id"])
    town.ask("POST", f"{ORDERS}/{order['id']}/reassign", desk, team_id=team, assignee_id=bob.person_id)
    bob.pulls()
    bob.does("workorders.start", "workorders", order["id"])
    assert bob.pushes()[0]["r"] == "applied"
    outcome = ann.pushes()[0]
    assert outcome["conflict"] is not None
    assert outcome["why"]["code"] == "workorders.other_at_work"
    now = show(town, desk, order["id"])
    assert (now["step"], now["started_by"]) == ("started", bob.person_id)


def test_finishing_what_was_not_started_is_refused_and_kept(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.does("workorders.finish", "workorders", order["id"])
    outcome = phone.pushes()[0]
    assert (outcome["r"], outcome["why"]["code"]) == ("rejected", "workorders.step_out_of_order")


def test_notes_of_crew_and_desk_do_not_harm_each_other(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.edits("workorders", order["id"], crew_note="井盖松动", priority=3)
    phone.edits("workorders", order["id"], priority="high")
    phone.edits("workorders", order["id"], step="done")
    assert [o["r"] for o in phone.pushes()] == ["applied", "rejected", "rejected"]
    now = show(town, desk, order["id"])
    assert (now["crew_note"], now["priority"], now["step"]) == ("井盖松动", 3, "released")


def test_unknown_params_are_named_and_harm_nothing(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.does("workorders.start", "workorders", order["id"], mood="good")
    outcome = phone.pushes()[0]
    assert (outcome["r"], outcome["ignored"]) == ("applied", ["params.mood"])


def test_lists_are_narrowed_searched_and_paged(town: Town, team: str, desk: dict[str, str]) -> None:
    for i in range(5):
        plan(town, desk, team, title=f"修剪绿带{i}", scene="greening")
    plan(town, desk, team, title="100%_完成")
    found = town.ask("GET", f"{ORDERS}?q=绿带&limit=2", desk)
    seen = [row["title"] for row in found["items"]]
    while found["next"]:
        found = town.ask("GET", f"{ORDERS}?q=绿带&limit=2&cursor={found['next']}", desk)
        seen += [row["title"] for row in found["items"]]
    assert seen == [f"修剪绿带{i}" for i in (4, 3, 2, 1, 0)]
    assert len(town.ask("GET", f"{ORDERS}?q=%25_", desk)["items"]) == 1
    assert len(town.ask("GET", f"{ORDERS}?scene=greening&step=released&area={GRID}", desk)["items"]) == 5
    town.ask("GET", f"{ORDERS}?cursor=rubbish", desk, 422)
    town.ask("GET", f"{ORDERS}?colour=red", desk, 422)


def test_an_order_is_found_by_two_characters_also_of_a_note_written_later(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team, title="天河路口清扫", note="先扫北侧")
    phone = worker(town, clock, team)
    phone.pulls()
    phone.edits("workorders", order["id"], crew_note="井盖松动")
    phone.pushes()
    asked = ("天河", "北侧", "井盖", "扫天", "天", "河路口清扫", "天河清扫")
    found = {q: len(town.ask("GET", f"{ORDERS}?q={q}", desk)["items"]) for q in asked}
    assert found == {"天河": 1, "北侧": 1, "井盖": 1, "扫天": 0, "天": 1, "河路口清扫": 1, "天河清扫": 0}
    for note in ("北侧路灯不亮", "井盖松动", "路口有积水"):
        phone.edits("workorders", order["id"], crew_note=note)
    phone.pushes()
    found = {q: len(town.ask("GET", f"{ORDERS}?q={q}", desk)["items"]) for q in ("井盖", "路灯", "积水", "北侧")}
    assert found == {"井盖": 0, "路灯": 0, "积水": 1, "北侧": 1}


def test_an_order_is_found_by_its_code_and_no_other_is(town: Town, team: str, desk: dict[str, str]) -> None:
    codes = [plan(town, desk, team, title="清扫")["code"] for _ in range(12)]
    for code in codes:
        assert [order["code"] for order in town.ask("GET", f"{ORDERS}?q={code}", desk)["items"]] == [code]


def test_a_planned_order_reaches_no_crew_until_it_is_released(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    made = town.ask(
        "POST",
        ORDERS,
        desk,
        201,
        orders=[{"title": "夜间冲洗", "scene": "sanitation", "area_path": GRID, "team_id": team}],
        release=False,
    )[0]
    phone = worker(town, clock, team)
    phone.pulls()
    assert phone.holds("workorders") == []
    town.ask("GET", f"{ORDERS}/{made['id']}", phone.headers, 404)
    town.ask("POST", f"{ORDERS}/release", desk, order_ids=[made["id"]])
    phone.pulls()
    assert len(phone.holds("workorders")) == 1
    town.ask("POST", f"{ORDERS}/release", desk, 409, order_ids=[made["id"]])


def test_the_desk_plans_only_what_can_be(town: Town, team: str, desk: dict[str, str]) -> None:
    codes = [
        plan(town, desk, team, status, **more)["code"]
        for status, more in (
            (422, {"area_path": "/440111/nowhere/"}),
            (422, {"team_id": "0199b3a0-0000-7000-8000-000000000001"}),
            (422, {"assignee_id": "0199b3a0-0000-7000-8000-000000000001"}),
            (422, {"due_at": "2026-08-01T00:00:00Z"}),
            (422, {"due_at": "2062-08-01T00:00:00Z"}),
            (422, {"longitude": 113.2}),
            (422, {"colour": "red"}),
            (422, {"line": {"type": "LineString", "coordinates": [[113.2, 23.1]]}}),
            (422, {"line": {"type": "LineString", "coordinates": [[113.2, 23.1], [113.4, 23.1]]}}),
            (422, {"line": ROAD, "longitude": 113.2, "latitude": 23.1}),
            (422, {"buffer_m": 5}),
        )
    ]
    assert codes == [
        "workorders.area_unknown",
        "workorders.team_unknown",
        "workorders.assignee_not_in_team",
        "workorders.due_in_the_past",
        "workorders.date_too_far",
        "request.invalid",
        "request.invalid",
        "workorders.line_invalid",
        "workorders.line_too_long",
        "request.invalid",
        "request.invalid",
    ]
    far = town.as_(town.person("dispatcher", area=LIANHE)["phone"])
    assert plan(town, far, team, 403)["code"] == "auth.not_allowed"
    crew = town.as_(town.person("crew", team=team)["phone"])
    assert plan(town, crew, team, 403)["code"] == "auth.not_allowed"


def test_closing_what_is_not_proved_needs_a_reason(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    phone = worker(town, clock, team)
    phone.pulls()
    phone.does("workorders.start", "workorders", order["id"])
    phone.does("workorders.finish", "workorders", order["id"])
    phone.pushes()
    refused = town.ask("POST", f"{ORDERS}/{order['id']}/close", desk, 409)
    assert refused["code"] == "workorders.reason_needed"
    assert town.ask("POST", f"{ORDERS}/{order['id']}/close", desk, reason="现场看过")["step"] == "closed"


def test_no_two_orders_share_a_code(town: Town, team: str, desk: dict[str, str]) -> None:
    ask = {"title": "清扫", "scene": "sanitation", "area_path": GRID, "team_id": team}
    made = [town.ask("POST", ORDERS, desk, 201, orders=[ask] * 60) for _ in range(2)]
    assert len({order["code"] for part in made for order in part}) == 120


DEEDS: dict[str, tuple[Act, dict[str, Any]]] = {
    "reassign": (Act.reassign, {}),
    "cancel": (Act.cancel, {"reason": "x"}),
    "close": (Act.close, {"reason": "x"}),
    "inspect": (Act.inspected_bad, {"passed": False}),
    "extend": (Act.extend, {"due_at": "2026-09-02T00:00:00Z", "reason": "x"}),
    "reopen": (Act.reopen, {"due_at": "2026-09-02T00:00:00Z", "reason": "x"}),
    "merge": (Act.merge, {"reason": "x"}),
}


def test_no_deed_skips_a_step_or_is_done_by_the_wrong_role(
    town: Town, clock: SetClock, house: House, team: str, desk: dict[str, str]
) -> None:
    order, master = plan(town, desk, team, due_at="2026-09-01T12:00:00Z"), plan(town, desk, team)
    phone = worker(town, clock, team)
    phone.pulls()
    bodies = {"reassign": {"team_id": team}, "merge": {"master_id": master["id"], "reason": "x"}}

    def stands_at(step: Step) -> list[Any]:
        with house.db.transaction() as session:
            row = session.get(WorkOrder, order["id"])
            assert row is not None
            row.step = step.value
            session.add(row)
        return [show(town, desk, order["id"]), town.ask("GET", f"{ORDERS}/{order['id']}/history", desk)]

    for step in Step:
        before = stands_at(step)
        for deed, (act, body) in DEEDS.items():
            said, url = bodies.get(deed, body), f"{ORDERS}/{order['id']}/{deed}"
            assert town.ask("POST", url, phone.headers, 403, **said)["code"] == "auth.not_allowed"
            if step not in MOVES[act].before:
                assert town.ask("POST", url, desk, 409, **said)["code"] == "workorders.step_out_of_order"
        if step is Step.released:
            for act in (Act.pause, Act.resume, Act.finish):
                phone.does(f"workorders.{act}", "workorders", order["id"])
            assert [o["r"] for o in phone.pushes()] == ["rejected"] * 3
        assert [show(town, desk, order["id"]), town.ask("GET", f"{ORDERS}/{order['id']}/history", desk)] == before


def test_a_desk_starts_nothing_and_a_stranger_finishes_nothing(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    order = plan(town, desk, team)
    office = handset(town, clock, town.person("dispatcher", area="/440111/"))
    stranger = worker(town, clock, town.team(name="二班"))
    for phone in (office, stranger):
        phone.pulls()
        phone.does("workorders.start", "workorders", order["id"])
        phone.does("workorders.finish", "workorders", order["id"])
    assert [o["why"]["code"] for o in office.pushes()] == ["auth.not_allowed"] * 2
    assert [o["r"] for o in stranger.pushes()] == ["rejected"] * 2
    assert show(town, desk, order["id"])["step"] == "released"
