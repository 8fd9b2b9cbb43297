"""Mutations that wait for a row another phone has not sent yet."""

from datetime import datetime, timedelta
from typing import Any

from backend.attendance.tables import Punch
from backend.handsets.jobs import JOBS
from backend.kernel.ids import new_id
from backend.people import queries
from tests.api.conftest import MORNING
from tests.api.handsets.conftest import Field, clock_in
from tests.phones import Phone

CLOCK_IN = ("attendance.clock_in", "punches")


def _start(phone: Phone, order: str, needs: list[str]) -> int:
    return phone.hs.do("workorders.start", "workorders", order, {}, needs=needs)


def _hour_passes(crews: Field) -> None:
    """The hourly job runs."""
    (job,) = (job for job in JOBS if job.name == "handsets.expire_held")
    with crews.house.db.transaction() as session:
        job.run(crews.house.ctx(session, queries.operator(crews.house.settings)), {})


def _held(phone: Phone) -> list[dict[str, Any]]:
    return sorted(phone.body("held"), key=lambda row: row["n"])


def test_work_that_needs_anothers_row_waits_and_goes_on_when_it_comes(crews: Field) -> None:
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    awaited = clock_in(theirs)
    _start(ours, order, [awaited])
    ours.sync()
    assert (ours.outcome(1), ours.hs.acked) == ("held", 1)
    assert crews.stands(order)["step"] == "released"
    assert [view.data["step"] for view in ours.hs.view("workorders")] == ["started"], "shown as it was done"
    assert [(row["state"], row["needs"]) for row in _held(ours)] == [("waiting", [awaited])]
    crews.later(minutes=30)
    theirs.sync()
    assert crews.stands(order)["step"] == "started"
    ours.sync()
    (row,) = _held(ours)
    assert (row["state"], row["outcome"]["r"], row["outcome"]["n"]) == ("applied", "applied", 1)
    assert ours.hs.standing().synced
    assert ours.outcome(1) == "applied", "its end is told where it was queued"
    started = datetime.fromisoformat(crews.stands(order)["started_at"])
    assert abs(started - MORNING) < timedelta(seconds=1), "when it was done, not when it was let go"


def test_what_the_same_phone_did_to_the_same_row_waits_behind_in_order(crews: Field) -> None:
    order, other = crews.order(), crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    awaited = clock_in(theirs)
    _start(ours, order, [awaited])
    ours.hs.do("workorders.pause", "workorders", order, {})
    ours.hs.edit("workorders", order, {"crew_note": "等人"})
    _start(ours, other, [])
    ours.sync()
    ours.hs.do("workorders.resume", "workorders", order, {})
    ours.sync()
    assert [ours.outcome(n) for n in range(1, 6)] == ["held", "held", "held", "applied", "held"]
    theirs.sync()
    ours.sync()
    assert [row["outcome"]["r"] for row in _held(ours)] == ["applied"] * 4
    seen = crews.stands(order)
    assert (seen["step"], seen["crew_note"]) == ("started", "等人")
    assert [act for act, _ in crews.history(order)][-3:] == ["start", "pause", "resume"]
    assert crews.conflicts() == []


def test_another_phones_work_on_the_row_does_not_wait(crews: Field) -> None:
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    _start(ours, order, [new_id()])
    ours.sync()
    _start(theirs, order, [])
    theirs.sync()
    assert theirs.outcome(1) == "applied"


def test_what_needs_a_row_that_is_there_does_not_wait(crews: Field) -> None:
    order = crews.order()
    ours = crews.phone("crew")
    _start(ours, order, [clock_in(ours)])
    ours.sync()
    assert [ours.outcome(n) for n in (1, 2)] == ["applied", "applied"]


def test_a_chain_of_waiting_work_is_let_go_whole(crews: Field) -> None:
    first, second, third = crews.phone("crew"), crews.phone("mate"), crews.phone("collector")
    row, link = new_id(), new_id()
    second.hs.do(*CLOCK_IN, new_id(), {}, needs=[link])
    second.sync()
    first.hs.do(*CLOCK_IN, link, {}, needs=[row])
    first.sync()
    assert crews.count(Punch) == 0
    third.hs.do(*CLOCK_IN, row, {})
    third.sync()
    assert crews.count(Punch) == 3


def test_a_row_made_at_the_desk_lets_go_what_waited_for_it(crews: Field) -> None:
    ours = crews.phone("crew")
    row = new_id()
    clock_in(ours)
    ours.hs.do(*CLOCK_IN, new_id(), {}, needs=[row])
    ours.sync()
    crews.desk("mate").post("/attendance/v1/punches", {"id": row}, expect=None)
    assert crews.count(Punch) == 2
    crews.later(hours=71)
    _hour_passes(crews)
    crews.later(hours=2)
    _hour_passes(crews)
    ours.sync()
    assert _held(ours)[0]["state"] == "applied"
    assert crews.conflicts() == []


def test_who_waited_three_days_in_vain_goes_to_the_desk_and_is_never_forced(crews: Field) -> None:
    order = crews.order()
    ours = crews.phone("crew")
    _start(ours, order, [new_id()])
    ours.hs.do("workorders.finish", "workorders", order, {"note": "做完了"})
    ours.sync()
    crews.later(hours=71)
    _hour_passes(crews)
    assert crews.conflicts() == []
    crews.later(hours=2)
    _hour_passes(crews)
    assert crews.stands(order)["step"] == "released"
    kept = crews.conflicts(state="open")
    assert [c["why"]["code"] for c in kept] == ["sync.needs_unmet"] * 2
    assert {c["payload"]["cmd"] for c in kept} == {"workorders.start", "workorders.finish"}
    ours.sync()
    assert {row["state"] for row in _held(ours)} == {"expired"}
    assert ours.ids("conflicts") == {c["id"] for c in kept}
    assert ours.hs.standing().synced


def test_held_work_pushed_again_is_held_once(crews: Field) -> None:
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    awaited = clock_in(theirs)
    _start(ours, order, [awaited])
    ours.lose_answers = 1
    ours.sync()
    ours.sync()
    assert len(_held(ours)) == 1
    theirs.sync()
    assert crews.history(order).count(("start", "applied")) == 1


def test_held_work_is_judged_by_the_rules_when_it_is_let_go(crews: Field) -> None:
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    awaited = clock_in(theirs)
    _start(ours, order, [awaited])
    ours.sync()
    crews.at_desk(order, "cancel", reason="不用了")
    theirs.sync()
    ours.sync()
    outcome = _held(ours)[0]["outcome"]
    assert (outcome["r"], outcome["why"]["code"]) == ("merged", "workorders.begun_in_vain")
    assert crews.history(order)[-1] == ("start", "kept")
    assert len(ours.ids("conflicts")) == 1
