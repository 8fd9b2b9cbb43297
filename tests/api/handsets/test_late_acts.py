"""Acts that come late: an order went on at the desk or in another's hands while the phone was off line."""

import pytest

from tests.api.handsets.conftest import Field
from tests.phones import Phone

ON_POSTGRES: set[str] = set()
"""Nothing here asks the store something of its own: it runs there in `make test-full`."""

WITHDRAWN = "workorders.begun_in_vain"


def _act(crews: Field, phone: Phone, act: str, order: str, **params: object) -> int:
    crews.later(minutes=10)
    return phone.hs.do(f"workorders.{act}", "workorders", order, params)


def _off_line(crews: Field, *, assignee: str | None = "crew") -> tuple[Phone, str]:
    """A phone that holds a released order and then goes off line."""
    order = crews.order(assignee=assignee)
    return crews.phone("crew"), order


def test_work_done_off_line_goes_through_all_its_steps(crews: Field) -> None:
    phone, order = _off_line(crews)
    for act in ("start", "pause", "resume", "finish"):
        _act(crews, phone, act, order)
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2, 3, 4)] == ["applied"] * 4
    seen = crews.stands(order)
    assert (seen["step"], seen["started_by"], seen["done_by"]) == ("done", crews.id("crew"), crews.id("crew"))
    assert seen["started_at"] < seen["done_at"]
    row = phone.row("workorders", order)
    assert row is not None
    assert row["step"] == "done"


def test_a_start_of_an_order_cancelled_meanwhile_is_told_and_the_effort_is_kept(crews: Field) -> None:
    phone, order = _off_line(crews)
    _act(crews, phone, "start", order, note="已到现场")
    crews.at_desk(order, "cancel", reason="不用了")
    phone.sync()
    assert (phone.outcome(1), phone.why(1)) == ("merged", WITHDRAWN)
    assert crews.stands(order)["step"] == "cancelled"
    assert ("start", "kept") in crews.history(order)
    (kept,) = crews.conflicts()
    assert kept["payload"]["params"] == {"note": "已到现场"}
    assert phone.ids("conflicts") == {kept["id"]}


def test_a_whole_days_work_on_a_cancelled_order_is_kept_line_by_line(crews: Field) -> None:
    phone, order = _off_line(crews)
    for act in ("start", "pause", "resume", "finish"):
        _act(crews, phone, act, order)
    crews.at_desk(order, "cancel", reason="不用了")
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2, 3, 4)] == ["merged", "applied", "applied", "conflict"]
    assert crews.history(order)[-4:] == [(act, "kept") for act in ("start", "pause", "resume", "finish")]
    assert crews.stands(order)["step"] == "cancelled"


def test_a_finish_after_the_desk_closed_the_order_is_kept(crews: Field) -> None:
    phone, order = _off_line(crews)
    _act(crews, phone, "start", order)
    phone.sync()
    _act(crews, phone, "finish", order)
    crews.at_desk(order, "close", reason="现场看过")
    phone.sync()
    assert (phone.outcome(2), phone.why(2)) == ("merged", "workorders.done_after_closing")
    assert crews.stands(order)["step"] == "closed"
    assert crews.history(order)[-1] == ("finish", "kept")


@pytest.mark.parametrize("act", ["start", "finish"])
def test_two_of_a_team_do_the_same_and_the_order_is_done_once(crews: Field, act: str) -> None:
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    for phone in (ours, theirs):
        _act(crews, phone, "start", order)
        if act == "finish":
            _act(crews, phone, "finish", order)
    ours.sync()
    theirs.sync()
    assert {result["r"] for result in ours.results().values()} == {"applied"}
    seen = crews.stands(order)
    assert seen["started_by"] == crews.id("crew")
    assert crews.history(order).count((act, "applied")) == 1
    if act == "finish":
        assert (theirs.outcome(2), theirs.why(2)) == ("merged", "workorders.done_meanwhile")
        assert crews.history(order)[-2:] == [("start", "kept"), ("finish", "kept")]


def test_finishing_twice_on_one_phone_is_once(crews: Field) -> None:
    phone, order = _off_line(crews)
    for act in ("start", "finish", "finish"):
        _act(crews, phone, act, order)
    phone.sync()
    assert crews.history(order).count(("finish", "applied")) == 1
    assert crews.stands(order)["step"] == "done"
    assert crews.conflicts(state="open") == []


def test_an_order_given_to_another_counts_for_who_did_it_first(crews: Field) -> None:
    phone, order = _off_line(crews)
    _act(crews, phone, "start", order)
    _act(crews, phone, "finish", order)
    crews.at_desk(order, "reassign", team_id=crews.district.teams["sweepers"], assignee_id=crews.id("mate"))
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["merged", "applied"]
    seen = crews.stands(order)
    assert (seen["step"], seen["done_by"], seen["assignee_id"]) == ("done", crews.id("crew"), crews.id("crew"))
    assert ("start", "took_over") in crews.history(order)


def test_an_order_given_to_another_who_began_stays_theirs_and_the_effort_is_kept(crews: Field) -> None:
    ours, order = _off_line(crews)
    theirs = crews.phone("mate")
    _act(crews, ours, "start", order)
    _act(crews, ours, "finish", order)
    crews.at_desk(order, "reassign", team_id=crews.district.teams["sweepers"], assignee_id=crews.id("mate"))
    theirs.sync()
    _act(crews, theirs, "start", order)
    theirs.sync()
    ours.sync()
    assert theirs.outcome(1) == "applied"
    assert "applied" not in (ours.outcome(1), ours.outcome(2))
    seen = crews.stands(order)
    assert (seen["step"], seen["started_by"]) == ("started", crews.id("mate"))
    assert {c["payload"]["cmd"] for c in crews.conflicts(state="open")} >= {"workorders.finish"}


def test_an_order_not_given_out_yet_cannot_be_started(crews: Field) -> None:
    order = crews.order(release=False)
    phone = crews.phone("crew")
    assert phone.row("workorders", order) is None
    _act(crews, phone, "start", order)
    phone.sync()
    assert (phone.outcome(1), phone.why(1)) == ("rejected", "sync.out_of_scope")
    assert crews.stands(order)["step"] == "planned"


def test_steps_out_of_order_are_refused_with_the_same_code_as_at_the_desk(crews: Field) -> None:
    phone, order = _off_line(crews)
    _act(crews, phone, "pause", order)
    _act(crews, phone, "start", order)
    phone.sync()
    assert (phone.outcome(1), phone.why(1)) == ("rejected", "workorders.step_out_of_order")
    assert phone.outcome(2) == "applied"


def test_the_phone_shows_its_own_work_until_the_server_has_answered(crews: Field) -> None:
    phone, order = _off_line(crews)
    phone.hs.edit("workorders", order, {"crew_note": "先看见"})
    (view,) = phone.hs.view("workorders")
    assert (view.data["crew_note"], view.pending) == ("先看见", 1)
    phone.sync(pull=False)
    (view,) = phone.hs.view("workorders")
    assert (view.data["crew_note"], view.pending) == ("先看见", 0), "answered, and not yet among the server's rows"
    phone.sync()
    (view,) = phone.hs.view("workorders")
    assert (view.data["crew_note"], view.pending) == ("先看见", 0)
