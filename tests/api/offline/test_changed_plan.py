"""A plan changes while its orders are out: what crews were given stays, what nobody was given follows."""

from typing import Any

from backend.people import queries as people
from backend.workorders import actions
from tests.api.offline.rounds import Rounds
from tests.makers import GRID


def ask(rounds: Rounds, **more: Any) -> dict[str, Any]:
    places = [{"code": f"r{n}", "label": f"路段{n}"} for n in range(2)]
    windows = [{"from_min": 540, "until_min": 600}]
    plain = {"title": "普扫", "scene": "sanitation", "area_path": GRID, "starts_on": "2026-09-01"}
    plain |= {"team_id": rounds.crews.district.teams["sweepers"], "rule": "FREQ=DAILY;COUNT=5"}
    return plain | {"places": places, "windows": windows} | more


def runs(rounds: Rounds, deed: Any, *args: Any) -> None:
    """As the worker does."""
    house = rounds.crews.house
    with house.db.transaction() as session:
        deed(house.ctx(session, people.operator(house.settings)), *args)


def listed(rounds: Rounds, plan: str, **wanted: str) -> list[Any]:
    found = rounds.crews.desk("admin").get("/workorders/v1/orders", expect=200, plan_id=plan, limit=100, **wanted)
    items: list[Any] = found.json()["items"]
    return items


def test_a_changed_plan_keeps_what_was_given_out_and_changes_the_rest(rounds: Rounds) -> None:
    plan = rounds.asks("plans", 201, **ask(rounds))["id"]
    runs(rounds, actions.generate_plan, plan)
    runs(rounds, actions.release_due)
    out = {order["id"]: order for order in listed(rounds, plan, step="released")}
    spared = next(order for order in listed(rounds, plan, step="planned") if order["place"] == "r0")
    rounds.does(spared["id"], "cancel", reason="当天停扫")
    assert (len(out), len(listed(rounds, plan))) == (2, 10)
    phone = rounds.crews.phone("crew")

    gardeners = rounds.crews.district.teams["gardeners"]
    new = ask(rounds, team_id=gardeners, rule="FREQ=DAILY;COUNT=6", windows=[{"from_min": 600, "until_min": 700}])
    new["places"] = [new["places"][0], {"code": "r2", "label": "路段2"}]
    admin = rounds.crews.desk("admin")
    revised = admin.put(f"/workorders/v1/plans/{plan}", {**new, "version": 1}, expect=200).json()
    assert revised["version"] == 2
    assert admin.put(f"/workorders/v1/plans/{plan}", {**new, "version": 1}, expect=409).json()["code"] == (
        "workorders.plan_moved"
    )
    for _ in range(2):
        runs(rounds, actions.generate_plan, plan)

    assert {order["id"]: order for order in listed(rounds, plan, step="released")} == out
    planned = listed(rounds, plan, step="planned")
    assert {order["plan_version"] for order in planned} == {2}
    assert {order["team_id"] for order in planned} == {gardeners}
    days = {(order["occurrence_on"], order["place"]) for order in planned}
    assert len(days) == len(planned)
    assert (spared["occurrence_on"], "r0") not in days
    assert {place for _, place in days} == {"r0", "r2"}
    assert {order["due_at"][11:16] for order in planned} == {"03:40"}
    withdrawn = [order for order in listed(rounds, plan, step="cancelled") if order["id"] != spared["id"]]
    assert {order["place"] for order in withdrawn} == {"r1"}

    (mine, *_) = out
    rounds.works(phone, mine)
    phone.sync()
    assert (rounds.step(mine), rounds.stands(mine)["plan_version"]) == ("done", 1)


def test_a_place_that_a_plan_lets_go_and_takes_again_has_its_orders_again(rounds: Rounds) -> None:
    plan = rounds.asks("plans", 201, **ask(rounds))["id"]
    runs(rounds, actions.generate_plan, plan)
    admin = rounds.crews.desk("admin")
    one, both = ask(rounds, places=[{"code": "r0", "label": "路段0"}]), ask(rounds)
    for version, said in enumerate((one, both, one, both), start=1):
        admin.put(f"/workorders/v1/plans/{plan}", {**said, "version": version}, expect=200)
        runs(rounds, actions.generate_plan, plan)
        assert len(listed(rounds, plan, step="planned")) == 5 * len(said["places"])


def test_a_plan_of_several_crews_makes_joint_work_and_a_crew_more_joins_what_stands(rounds: Rounds) -> None:
    sweepers, gardeners = (rounds.crews.district.teams[name] for name in ("sweepers", "gardeners"))
    together = ask(rounds, parts=[{"team_id": gardeners, "note": "清运枝叶"}])
    stranger = ask(rounds, parts=[{"team_id": gardeners, "assignee_id": rounds.crews.id("crew")}])
    assert rounds.asks("plans", 422, **stranger)["code"] == "workorders.assignee_not_in_team"
    plan = rounds.asks("plans", 201, **together)["id"]
    for _ in range(2):
        runs(rounds, actions.generate_plan, plan)
    orders = listed(rounds, plan)
    works = {order["joint_id"] for order in orders}
    assert (len(orders), len(works)) == (20, 10)
    assert {(o["joint_no"], o["team_id"], o["joint_parts"], o["joint_left"], o["note"]) for o in orders} == {
        (1, sweepers, 2, 2, ""),
        (2, gardeners, 2, 2, "清运枝叶"),
    }
    runs(rounds, actions.release_due)
    phone = rounds.crews.phone("gardener")
    for order in phone.ids("workorders"):
        rounds.works(phone, order)
    phone.sync()
    assert {o["joint_left"] for o in listed(rounds, plan, step="released")} == {1}

    admin = rounds.crews.desk("admin")
    more = together | {"parts": [*together["parts"], {"team_id": sweepers}]}
    admin.put(f"/workorders/v1/plans/{plan}", {**more, "version": 1}, expect=200)
    for _ in range(2):
        runs(rounds, actions.generate_plan, plan)
    planned = listed(rounds, plan, step="planned")
    assert {order["joint_id"] for order in listed(rounds, plan)} == works
    assert {(o["joint_no"], o["joint_parts"]) for o in planned} >= {(1, 3), (2, 3), (3, 3)}
    alone = admin.put(f"/workorders/v1/plans/{plan}", {**ask(rounds), "version": 2}, expect=200).json()
    assert alone["parts"] == []
    for _ in range(2):
        runs(rounds, actions.generate_plan, plan)
    assert {(o["joint_id"], o["joint_no"]) for o in listed(rounds, plan, step="planned")} == {(None, 0)}
