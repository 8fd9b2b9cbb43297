"""Calls for help and dangers: ahead of every queue, told to wider circles until a person says that they saw them."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from backend.kernel.ids import new_id
from backend.kernel.jobs import claim, enqueue
from backend.kernel.settings import AlarmStep, Settings
from backend.modules import MODULES
from backend.worker import drain
from mobile_contract.people import RoleName
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import GRID, PASSWORD
from tests.phones import Phone

ALARMS = "/alarms/v1/alarms"
INBOX = "/notifications/v1/notices"
SPOT = {"longitude": 113.2732, "latitude": 23.1815}


def call(phone: Phone, alarm: str | None = None, **params: Any) -> str:
    """Queues a call for help; gives its id."""
    alarm = alarm or new_id()
    phone.hs.do("alarms.raise", "alarms", alarm, {"kind": "sos", "position": SPOT} | params)
    return alarm


def stands(crews: Field, alarm: str, by: str = "dispatcher") -> dict[str, Any]:
    seen: dict[str, Any] = crews.desk(by).get(f"{ALARMS}/{alarm}", expect=200).json()
    return seen


def told(crews: Field, name: str) -> list[str]:
    """The codes of what a person was told, newest first."""
    return [one["code"] for one in crews.desk(name).get(INBOX, expect=200).json()["items"]]


def acts(crews: Field, alarm: str) -> list[str]:
    lines = crews.desk("dispatcher").get(f"{ALARMS}/{alarm}/history", expect=200).json()
    return [line["act"] for line in lines]


def work(crews: Field) -> None:
    drain(crews.house, MODULES)


def test_a_call_for_help_of_a_phone_that_was_offline_is_seen_and_its_sender_reads_by_whom(crews: Field) -> None:
    phone, ganger = crews.phone("crew"), crews.phone("ganger")
    raised_at = crews.clock.now()
    alarm = call(phone, note="被困在井下")
    crews.later(minutes=25)
    phone.sync()
    assert stands(crews, alarm)["raised_at"] == raised_at.isoformat().replace("+00:00", "Z")
    assert (told(crews, "ganger"), told(crews, "dispatcher")) == (["alarms.sos"], ["alarms.sos"])
    (notice,) = crews.desk("ganger").get(INBOX, expect=200).json()["items"]
    assert (notice["urgent"], notice["about_id"]) == (True, alarm)
    ganger.sync()
    ganger.hs.do("alarms.acknowledge", "alarms", alarm, {"note": "马上到"})
    ganger.sync()
    phone.sync()
    shown = phone.row("alarms", alarm)
    assert shown is not None
    assert (shown["state"], shown["acknowledged_by_name"]) == ("acknowledged", "ganger")
    assert shown["acknowledged_at"] is not None
    assert told(crews, "crew") == ["alarms.seen"]
    assert acts(crews, alarm) == ["raised", "told", "acknowledged"]


def test_an_alarm_goes_ahead_of_all_that_waits_in_the_phone_and_comes_once(crews: Field) -> None:
    phone = crews.phone("crew")
    for _ in range(3):
        clock_in(phone)
    alarm = call(phone)
    crews.later(minutes=2)
    ask = {"id": alarm, "kind": "sos", "position": SPOT}
    by_door = phone.client.post(ALARMS, json=ask, headers=phone.headers)
    assert (by_door.status_code, by_door.json()["state"]) == (201, "raised")
    assert phone.client.post(ALARMS, json=ask, headers=phone.headers).json()["id"] == alarm
    assert [phone.outcome(n) for n in (1, 4)] == ["waiting", "waiting"], "the queue has not moved"
    phone.sync()
    assert phone.outcome(4) in ("applied", "merged")
    assert stands(crews, alarm)["raised_at"] < by_door.json()["raised_at"], "the queue brings the trusted time"
    assert acts(crews, alarm) == ["raised", "told"]


def test_an_alarm_whose_answer_was_lost_is_raised_once(crews: Field) -> None:
    phone = crews.phone("crew")
    alarm = call(phone)
    phone.lose_answers = 1
    phone.sync()
    phone.sync()
    assert (acts(crews, alarm), told(crews, "ganger")) == (["raised", "told"], ["alarms.sos"])
    thief = crews.phone("mate")
    call(thief, alarm, note="我的")
    thief.sync()
    assert thief.outcome(1) == "rejected"
    taken = thief.client.post(ALARMS, json={"id": alarm, "kind": "sos"}, headers=thief.headers)
    assert (taken.status_code, taken.json()["code"]) == (409, "alarms.exists")


def test_an_alarm_that_nobody_sees_is_told_to_wider_circles(crews: Field) -> None:
    phone = crews.phone("crew")
    alarm = call(phone)
    phone.sync()
    assert told(crews, "supervisor") == []
    crews.later(minutes=2)
    work(crews)
    assert (told(crews, "supervisor"), told(crews, "leader")) == (["alarms.sos"], [])
    crews.later(minutes=8)
    work(crews)
    assert told(crews, "leader") == ["alarms.sos"]
    crews.later(minutes=10)
    work(crews)
    assert told(crews, "leader") == ["alarms.sos"] * 2, "again and again"
    assert stands(crews, alarm)["told_step"] == 3
    crews.desk("leader").post(f"{ALARMS}/{alarm}/acknowledge", {}, expect=200)
    crews.later(hours=1)
    work(crews)
    assert told(crews, "leader") == ["alarms.sos"] * 2
    assert told(crews, "far_dispatcher") == []


def test_only_a_desk_over_the_place_answers_and_never_the_sender(crews: Field) -> None:
    phone, mate = crews.phone("crew"), crews.phone("mate")
    alarm = call(phone)
    phone.sync()
    mate.sync()
    assert mate.row("alarms", alarm) is not None, "the crew around sees it"
    mate.hs.do("alarms.acknowledge", "alarms", alarm, {})
    mate.sync()
    assert (mate.outcome(1), mate.why(1)) == ("rejected", "auth.not_allowed")
    crews.desk("mate").post(f"{ALARMS}/{alarm}/acknowledge", {}, expect=403)
    crews.desk("far_dispatcher").post(f"{ALARMS}/{alarm}/acknowledge", {}, expect=404)
    crews.desk("citizen").post(ALARMS, {"id": new_id(), "kind": "sos"}, expect=403)
    own = new_id()
    crews.desk("ganger").post(ALARMS, {"id": own, "kind": "sos", "area_path": GRID}, expect=201)
    refused = crews.desk("ganger").post(f"{ALARMS}/{own}/acknowledge", {}, expect=409).json()
    assert refused["code"] == "alarms.own"
    mate.hs.do("alarms.withdraw", "alarms", alarm, {})
    mate.sync()
    assert mate.why(2) == "alarms.not_yours"


def test_a_false_alarm_is_taken_back_off_line_and_stays_on_record(crews: Field) -> None:
    phone = crews.phone("crew")
    alarm = call(phone)
    crews.later(minutes=1)
    phone.hs.do("alarms.withdraw", "alarms", alarm, {"note": "误触"})
    phone.sync()
    assert (stands(crews, alarm)["state"], acts(crews, alarm)) == ("withdrawn", ["raised", "told", "withdrawn"])
    assert told(crews, "ganger") == ["alarms.withdrawn", "alarms.sos"]
    crews.later(hours=1)
    work(crews)
    assert told(crews, "leader") == []
    desk = crews.desk("dispatcher")
    seen = desk.post(f"{ALARMS}/{alarm}/acknowledge", {}, expect=200).json()
    assert (seen["state"], seen["acknowledged_by_name"]) == ("withdrawn", "dispatcher")
    settled = desk.post(f"{ALARMS}/{alarm}/settle", {"outcome": "已电话核实，误触"}, expect=200).json()
    assert (settled["state"], settled["outcome"]) == ("settled", "已电话核实，误触")
    assert desk.post(f"{ALARMS}/{alarm}/settle", {"outcome": "再来"}, expect=409).json()["code"] == "alarms.over"


def test_what_nobody_has_seen_stands_before_all_else(crews: Field) -> None:
    made = []
    for _ in range(4):
        crews.later(minutes=1)
        made.append(new_id())
        crews.desk("crew").post(ALARMS, {"id": made[-1], "kind": "sos"}, expect=201)
    desk = crews.desk("dispatcher")
    desk.post(f"{ALARMS}/{made[3]}/acknowledge", {}, expect=200)
    desk.post(f"{ALARMS}/{made[0]}/settle", {"outcome": "已处理"}, expect=200)
    page = desk.get(ALARMS, expect=200, limit=2).json()
    rest = desk.get(ALARMS, expect=200, limit=2, cursor=page["next"]).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == [made[2], made[1], made[3], made[0]]
    assert [one["id"] for one in desk.get(ALARMS, expect=200, state="settled").json()["items"]] == [made[0]]
    assert desk.get(ALARMS, expect=422, cursor="WyJ4IiwieSJd").json()["code"] == "request.bad_cursor"


def test_a_danger_is_a_case_at_once(crews: Field) -> None:
    phone = crews.phone("crew")
    alarm = call(phone, kind="danger", danger="gas_leak", note="闻到燃气味")
    phone.sync()
    (case,) = crews.desk("dispatcher").get("/cases/v1/cases", expect=200).json()["items"]
    assert (case["alarm_id"], case["big"] + case["small"], case["title"]) == (alarm, "0403", "燃气泄漏")
    assert (case["state"], case["reporter_id"]) == ("reported", crews.id("crew"))
    assert told(crews, "ganger") == ["alarms.danger"]
    call(phone, kind="danger", danger="fire", position=None)
    phone.sync()
    assert len(crews.desk("dispatcher").get("/cases/v1/cases", expect=200).json()["items"]) == 1


def test_alarms_fill_a_handset_before_anything_else(crews: Field) -> None:
    assert crews.house.registry.order[0] == ["alarms"]


def test_who_has_not_accepted_the_notice_yet_may_call_for_help(crews: Field) -> None:
    team = crews.district.teams["sweepers"]
    ask = {"name": "新人", "phone": "13900000077", "area": GRID, "roles": ["crew"], "team_id": team}
    made = crews.desk("admin").post("/people/v1/persons", ask, expect=201).json()
    known = {"phone": ask["phone"], "code": made["first_code"]["code"], "new_password": PASSWORD}
    assert crews.client.post("/auth/v1/password", json=known).status_code == 204
    token = crews.client.post("/auth/v1/sign-in", json={"phone": ask["phone"], "password": PASSWORD}).json()
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    asked = crews.client.post(ALARMS, json={"id": new_id(), "kind": "sos"}, headers=headers)
    assert asked.status_code == 201, asked.text


def test_urgent_work_goes_ahead_of_what_waits(crews: Field) -> None:
    with crews.house.db.transaction() as session:
        ctx = crews.house.ctx(session)
        enqueue(ctx, "alarms.tell", {"n": 1}, run_after=ctx.now() - timedelta(hours=3))
        enqueue(ctx, "alarms.tell", {"n": 2}, ahead=True)
        assert [job.args["n"] for job in claim(ctx, "w", 2)] == [2, 1]


@pytest.mark.parametrize("times", [(60,), (0, 300, 120), (0, 0)])
def test_circles_that_do_not_rise_are_refused_at_the_start(times: tuple[int, ...]) -> None:
    steps = tuple(AlarmStep(after_s=at, roles=(RoleName.ganger,)) for at in times)
    with pytest.raises(ValidationError, match="rises from step to step"):
        Settings(testing=True, alarm_steps=steps)
