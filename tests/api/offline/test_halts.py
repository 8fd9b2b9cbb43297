"""Halts: weather or an incident stops the work of an area for a while, and nobody's work is lost by it."""

from datetime import timedelta

from backend.kernel.ids import new_id
from backend.people import queries as people
from backend.workorders import actions
from tests.api.offline.rounds import Rounds, photo
from tests.makers import GRID, LIANHE

TIMES = {"window_from_at": "2026-09-01T00:00:00Z", "due_at": "2026-09-01T01:00:00Z"}


def runs(rounds: Rounds, deed: object) -> None:
    """As the worker does."""
    house = rounds.crews.house
    with house.db.transaction() as session:
        deed(house.ctx(session, people.operator(house.settings)))  # type: ignore[operator]  # a deed takes a context


def test_work_in_a_halted_area_stands_still_and_goes_on(rounds: Rounds) -> None:
    phone, order = rounds.holding(**TIMES)
    rounds.act(phone, "start", order)
    phone.sync()
    idle = rounds.crews.order(**TIMES)
    other = rounds.crews.order(scene="greening")
    halt = rounds.asks("halts", 201, area_path=GRID, scenes=["sanitation"], reason="暴雨红色预警")
    given_out_meanwhile = rounds.crews.order()
    assert rounds.stands(other)["halt_id"] is None
    assert {rounds.stands(each)["halt_id"] for each in (order, idle, given_out_meanwhile)} == {halt["id"]}
    phone.sync()
    (notice,) = [one for one in phone.body("notices") if one["code"] == "workorders.halted"]
    assert (notice["urgent"], notice["about_id"]) == (True, order)

    rounds.crews.later(hours=2)
    runs(rounds, actions.miss_due)
    assert (rounds.step(order), rounds.step(idle)) == ("started", "released")
    lifted = rounds.asks(f"halts/{halt['id']}/lift", note="雨停")
    assert lifted["lifted_at"] is not None
    stands = rounds.stands(idle)
    assert (stands["halt_id"], stands["due_at"][:16]) == (None, "2026-09-01T03:00")
    assert [act for act, _ in rounds.crews.history(idle)][-2:] == ["halt", "lift"]
    assert rounds.asks(f"halts/{halt['id']}/lift", 409)["code"] == "workorders.halt_over"
    rounds.act(phone, "finish", order)
    phone.sync()
    assert (rounds.step(order), phone.outcome(2)) == ("done", "applied")


def test_a_halt_ends_by_itself_and_only_its_own_desk_lifts_it(rounds: Rounds) -> None:
    order = rounds.crews.order()
    until = rounds.crews.clock.now() + timedelta(hours=3)
    halt = rounds.asks("halts", 201, area_path=GRID, reason="高温", until_at=until.isoformat())
    rounds.asks("halts", 403, by="far_dispatcher", area_path=GRID, reason="高温")
    rounds.asks(f"halts/{halt['id']}/lift", 404, by="far_dispatcher")
    rounds.asks("halts", 422, area_path=GRID, reason="高温", until_at="2026-08-01T00:00:00Z")
    assert rounds.asks("halts", 422, area_path=f"{LIANHE}99/", reason="高温")["code"] == "workorders.area_unknown"
    runs(rounds, actions.lift_due)
    assert rounds.stands(order)["halt_id"] == halt["id"]
    rounds.crews.later(hours=3, minutes=1)
    runs(rounds, actions.lift_due)
    assert rounds.stands(order)["halt_id"] is None
    assert [one["lifted_at"] is not None for one in rounds.reads("halts")] == [True]


def test_a_crew_asks_for_a_halt_off_line_and_the_desk_grants_or_declines_it(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    said = {"order_id": order, "cause": "weather", "reason": "雷暴", "photos": [photo("sky")]}
    first, second = new_id(), new_id()
    phone.hs.do("workorders.ask_halt", "halt_asks", first, said)
    rounds.crews.later(minutes=30)
    phone.hs.do("workorders.ask_halt", "halt_asks", second, {"cause": "incident", "reason": "路面塌陷"})
    strange = phone.hs.do("workorders.ask_halt", "halt_asks", new_id(), said | {"order_id": new_id()})
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2, strange)] == ["applied", "applied", "rejected"]
    assert {row["state"] for row in phone.body("halt_asks")} == {"open"}
    asks = {one["id"]: one for one in rounds.reads("halt-asks?state=open", by="dispatcher")}
    assert (asks[first]["reason"], asks[first]["area_path"], asks[first]["asked_at"][:16]) == (
        "雷暴",
        GRID,
        "2026-09-01T00:00",
    )
    desk = rounds.crews.phone("dispatcher")
    assert {one["code"] for one in desk.body("notices")} == {"workorders.halt_asked"}

    assert rounds.asks(f"halt-asks/{second}/decline", 404, by="far_dispatcher", reason="不必")
    declined = rounds.asks(f"halt-asks/{second}/decline", by="dispatcher", reason="已派人围挡")
    granted = rounds.asks(f"halt-asks/{first}/grant", by="dispatcher")
    assert (declined["state"], granted["state"]) == ("declined", "granted")
    assert rounds.stands(order)["halt_id"] == granted["halt_id"]
    again = rounds.asks(f"halt-asks/{first}/decline", 409, reason="晚了")
    assert again["code"] == "workorders.halt_ask_answered"
    third = new_id()
    phone.hs.do("workorders.ask_halt", "halt_asks", third, said)
    phone.sync()
    assert {row["id"]: (row["state"], row["answer"]) for row in phone.body("halt_asks")} == {
        first: ("granted", ""),
        second: ("declined", "已派人围挡"),
        third: ("granted", ""),
    }
    told = {one["code"] for one in phone.body("notices")}
    assert {"workorders.halt_granted", "workorders.halt_declined"} <= told
