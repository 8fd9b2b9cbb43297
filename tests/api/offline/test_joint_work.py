"""Joint work: a part for each crew, done when the last is, closed by its leader; hours and proof are each one's."""

from typing import Any

from tests.api.offline.rounds import Rounds, photo
from tests.makers import GRID
from tests.phones import Phone


def planned(rounds: Rounds, **other: Any) -> Any:
    """Sweepers lead, gardeners help."""
    teams = rounds.crews.district.teams
    lead = {
        "title": "联合整治",
        "scene": "sanitation",
        "area_path": GRID,
        "team_id": teams["sweepers"],
        "photos_min": 1,
    }
    return rounds.asks("joints", 201, lead=lead, parts=[{"team_id": teams["gardeners"], "title": "清运枝叶"} | other])


def held(phone: Phone) -> str:
    (order,) = phone.ids("workorders")
    return order


def left(phone: Phone) -> tuple[str, int]:
    phone.sync()
    (row,) = phone.body("workorders")
    return row["step"], row["joint_left"]


def test_joint_work_is_done_when_the_last_part_is(rounds: Rounds) -> None:
    joint = planned(rounds)
    assert [(o["joint_no"], o["joint_parts"], o["joint_left"]) for o in joint["orders"]] == [(1, 2, 2), (2, 2, 2)]
    ours, theirs = rounds.crews.phone("crew"), rounds.crews.phone("gardener")
    rounds.works(ours, held(ours), "ours")
    rounds.works(theirs, held(theirs), "theirs")
    assert (left(ours), left(theirs)) == (("done", 1), ("done", 0))
    assert left(ours) == ("done", 0)
    assert {phone.outcome(n) for phone in (ours, theirs) for n in (1, 2)} == {"applied"}
    seen = rounds.reads(f"joints/{joint['id']}")
    assert [(o["photos"], o["step"]) for o in seen["orders"]] == [([photo(w)], "done") for w in ("ours", "theirs")]
    assert [(one["worked_s"], one["photos"]) for one in seen["efforts"]] == [
        (600, [photo(whose)]) for whose in ("ours", "theirs")
    ]


def test_a_part_that_is_withdrawn_is_not_waited_for(rounds: Rounds) -> None:
    joint = planned(rounds)
    ours = rounds.crews.phone("crew")
    rounds.works(ours, held(ours))
    rounds.does(joint["orders"][1]["id"], "cancel", reason="绿化班另有任务")
    assert left(ours) == ("done", 0)
    stands = rounds.stands(held(ours))
    assert (stands["joint_parts"], stands["joint_left"]) == (1, 0)


def test_the_leader_closes_joint_work_and_a_part_that_comes_late_is_kept(rounds: Rounds) -> None:
    joint = planned(rounds)
    close = f"joints/{joint['id']}/close"
    ours, theirs = rounds.crews.phone("crew"), rounds.crews.phone("gardener")
    rounds.works(ours, held(ours))
    ours.sync()
    rounds.act(theirs, "start", held(theirs))
    theirs.sync()
    finished = rounds.act(theirs, "finish", held(theirs), photos=[photo("theirs")])
    assert rounds.asks(close, 409)["code"] == "workorders.reason_needed"
    closed = rounds.asks(close, by="ganger", reason="现场已清")
    assert [order["step"] for order in closed["orders"]] == ["closed", "closed"]
    theirs.sync()
    assert rounds.told(theirs, finished) == ("merged", "workorders.done_after_closing")
    late = rounds.reads(f"joints/{joint['id']}")
    assert [one["kept"] for one in late["efforts"]] == [False, True]
    assert rounds.asks("joints/0199b3a0-0000-7000-8000-000000000001/close", 404)["code"] == "workorders.joint_unknown"


def test_a_part_sees_its_own_order_and_a_part_done_badly_counts_again(rounds: Rounds) -> None:
    joint = planned(rounds)
    theirs = rounds.crews.phone("gardener")
    mine = rounds.reads(f"joints/{joint['id']}", by="gardener")
    assert [order["id"] for order in mine["orders"]] == [held(theirs)]
    rounds.works(theirs, held(theirs))
    assert left(theirs) == ("done", 1)
    rounds.does(held(theirs), "inspect", passed=False)
    assert left(theirs) == ("rework", 2)
