"""A case that is handled by work orders: given out in one deed, handled when the last of them is done."""

from typing import Any

from tests.api.cases.loop import CASES, Loop, photo
from tests.phones import Phone

ORDERS = "/workorders/v1/orders"


def give(loop: Loop, case: str, *units: str, expect: int = 201, **other: Any) -> Any:
    teams = loop.crews.district.teams
    ask = {"orders": [{"team_id": teams[unit], "scene": "sanitation"} | other for unit in units]}
    return loop.crews.desk("admin").post(f"{CASES}/{case}/orders", ask, expect=expect).json()


def ids(loop: Loop, case: str) -> list[str]:
    rows = loop.crews.desk("admin").get(f"{CASES}/{case}/orders", expect=200).json()
    return [row["order_id"] for row in rows]


def do(loop: Loop, phone: Phone, order: str, named: str) -> None:
    """Starts and finishes an order off line."""
    for act, params in (("start", {}), ("finish", {"photos": [photo(named)]})):
        loop.crews.later(minutes=1)
        phone.hs.do(f"workorders.{act}", "workorders", order, params)


def test_a_case_is_handled_when_the_last_of_its_orders_is_done(loop: Loop) -> None:
    case = loop.registered(title="积存垃圾", note="两处")
    given = give(loop, case, "sweepers", "gardeners")
    assert (given["state"], len(given["helpers"])) == ("dispatched", 1)
    first, second = ids(loop, case)
    order = loop.crews.desk("admin").get(f"{ORDERS}/{first}", expect=200).json()
    assert (order["title"], order["note"], order["longitude"]) == ("积存垃圾", "两处", given["longitude"])
    assert order["due_at"] == given["due_at"]
    assert give(loop, case, "sweepers", expect=409)["code"] == "cases.orders_open"
    ours, theirs = loop.crews.phone("crew"), loop.crews.phone("gardener")
    do(loop, ours, first, "one")
    ours.sync()
    assert loop.state(case) == "dispatched"
    do(loop, theirs, second, "two")
    loop.crews.later(hours=9)
    theirs.sync()
    stands = loop.stands(case)
    assert (stands["state"], stands["handled_by"]) == ("handled", loop.crews.id("gardener"))
    assert {photo("one"), photo("two")} <= set(stands["photos"])
    assert stands["in_time"] == "in_time", "by the time of the deed, not of its arrival"
    assert loop.history(case)[-1] == ("orders_done", "applied")
    refused = loop.does(case, "send-check", person_id=loop.crews.id("gardener"), expect=422)
    assert refused["code"] == "cases.person_unfit"
    loop.checked(case, "pass")
    assert loop.state(case) == "check_passed"


def test_a_case_that_is_over_withdraws_what_is_open_of_its_orders(loop: Loop) -> None:
    case = loop.registered()
    give(loop, case, "sweepers", "gardeners")
    first, second = ids(loop, case)
    phone = loop.crews.phone("crew")
    do(loop, phone, first, "one")
    phone.sync()
    loop.does(case, "cancel", reason="重复")
    steps = [loop.crews.desk("admin").get(f"{ORDERS}/{one}", expect=200).json()["step"] for one in (first, second)]
    assert steps == ["done", "cancelled"]
    rows = loop.crews.desk("admin").get(f"{CASES}/{case}/orders", expect=200).json()
    assert [row["state"] for row in rows] == ["done", "withdrawn"]
    assert loop.state(case) == "cancelled"


def test_orders_that_are_refused_leave_the_case_as_it_was(loop: Loop) -> None:
    case = loop.registered()
    refused = give(loop, case, "sweepers", "gardeners", expect=422, scene="no_such_scene")
    assert refused["code"] == "workorders.scene_unknown"
    assert (loop.state(case), ids(loop, case)) == ("registered", [])
    loop.crews.desk("crew").post(f"{CASES}/{case}/orders", {"orders": []}, expect=403)
    give(loop, case, expect=422)
    loop.does(case, "cancel", reason="重复")
    assert give(loop, case, "sweepers", expect=409)["code"] == "cases.out_of_order"
