"""The conflict table of work orders, row by row: two handsets, or one and a desk, that did not know of each other."""

from datetime import timedelta
from pathlib import Path

from backend.people import queries as people
from backend.workorders import actions
from backend.workorders.rules import TABLE
from tests.api.offline.city import BIN, City, point
from tests.api.offline.rounds import Rounds, photo
from tests.walls.sources import ROOT


def test_work_on_an_order_that_was_withdrawn_afterwards_is_kept_and_decided(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    begun, finished = rounds.works(phone, order)
    rounds.crews.later(minutes=5)
    rounds.does(order, "cancel", reason="下雨")
    phone.sync()
    assert rounds.told(phone, begun) == ("merged", "workorders.begun_in_vain")
    assert rounds.told(phone, finished) == ("conflict", "workorders.done_before_cancel")
    stands = rounds.stands(order)
    assert (stands["step"], stands["photos"]) == ("cancelled", [photo("after")])
    assert rounds.hours(order) == {"crew": 10}
    (kept,) = rounds.crews.conflicts(state="open")
    assert "下雨" in kept["text"]["zh"]
    assert stands["code"] in kept["text"]["en"]


def test_work_on_an_order_that_had_been_withdrawn_is_kept_and_told(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    rounds.does(order, "cancel", reason="下雨")
    _, finished = rounds.works(phone, order)
    phone.sync()
    assert rounds.told(phone, finished) == ("merged", "workorders.done_after_cancel")
    assert rounds.crews.conflicts(state="open") == []
    assert (rounds.last(order), rounds.hours(order)) == (("finish", "kept"), {"crew": 10})


def test_who_was_done_before_the_next_began_has_done_it_and_the_next_is_told(rounds: Rounds) -> None:
    ours, order = rounds.holding()
    begun, finished = rounds.works(ours, order)
    rounds.gives(order, "mate")
    theirs = rounds.crews.phone("mate")
    ours.sync()
    assert rounds.told(ours, begun) == ("merged", "workorders.taken_over_begun")
    assert ours.outcome(finished) == "applied"
    stands = rounds.stands(order)
    assert (stands["step"], stands["done_by"], stands["assignee_id"]) == ("done", *[rounds.crews.id("crew")] * 2)
    theirs.sync()
    (notice,) = [one for one in theirs.body("notices") if one["code"] == "workorders.taken_over"]
    assert notice["about_id"] == order


def test_who_had_begun_before_another_got_the_order_finishes_it(rounds: Rounds) -> None:
    ours, order = rounds.holding()
    rounds.act(ours, "start", order)
    ours.sync()
    finished = rounds.act(ours, "finish", order)
    rounds.gives(order, None, team="gardeners")
    ours.sync()
    assert rounds.told(ours, finished) == ("merged", "workorders.taken_over")
    stands = rounds.stands(order)
    assert (stands["step"], stands["team_id"]) == ("done", rounds.crews.district.teams["sweepers"])
    assert rounds.last(order) == ("finish", "took_over")


def test_once_the_next_began_the_order_is_theirs_and_the_photos_are_attached(rounds: Rounds) -> None:
    ours, order = rounds.holding()
    begun, finished = rounds.works(ours, order)
    rounds.gives(order, "mate")
    theirs = rounds.crews.phone("mate")
    rounds.act(theirs, "start", order)
    theirs.sync()
    ours.sync()
    assert rounds.told(ours, begun) == ("merged", "workorders.other_at_work_begun")
    assert rounds.told(ours, finished) == ("conflict", "workorders.other_at_work")
    stands = rounds.stands(order)
    assert (stands["step"], stands["started_by"]) == ("started", rounds.crews.id("mate"))
    assert stands["photos"] == [photo("after")]
    rounds.act(theirs, "finish", order)
    theirs.sync()
    assert (rounds.step(order), rounds.hours(order)["crew"]) == ("done", 10)


def test_a_finish_sent_again_after_the_inspection_failed_changes_nothing(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    rounds.works(phone, order)
    phone.lose_answers = 1
    phone.sync()
    rounds.does(order, "inspect", passed=False)
    before = rounds.crews.history(order)
    phone.sync()
    assert (rounds.step(order), rounds.crews.history(order)) == ("rework", before)


def test_a_finish_from_before_the_failed_inspection_is_evidence_only(rounds: Rounds) -> None:
    ours, order = rounds.holding(assignee=None)
    theirs = rounds.crews.phone("mate")
    rounds.works(ours, order, "ours")
    begun, finished = rounds.works(theirs, order, "theirs")
    ours.sync()
    rounds.crews.later(minutes=5)
    rounds.does(order, "inspect", passed=False)
    theirs.sync()
    assert [rounds.told(theirs, n) for n in (begun, finished)] == [("merged", "workorders.evidence_before_check")] * 2
    assert (rounds.step(order), rounds.last(order)) == ("rework", ("finish", "kept"))
    assert photo("theirs") in rounds.stands(order)["photos"]


def test_work_that_was_done_ends_a_halt(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    rounds.act(phone, "start", order)
    phone.sync()
    rounds.asks("halts", 201, area_path=rounds.stands(order)["area_path"], reason="暴雨红色预警")
    assert rounds.stands(order)["halt_reason"] == "暴雨红色预警"
    finished = rounds.act(phone, "finish", order)
    phone.sync()
    assert rounds.told(phone, finished) == ("merged", "workorders.finished_while_halted")
    stands = rounds.stands(order)
    assert (stands["step"], stands["halt_id"], stands["worked_s"]) == ("done", None, 600)


def test_a_start_while_a_halt_lasts_counts_and_the_crew_is_told_to_stop(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    rounds.asks("halts", 201, area_path=rounds.stands(order)["area_path"], reason="燃气泄漏")
    begun = rounds.act(phone, "start", order)
    phone.sync()
    assert rounds.told(phone, begun) == ("merged", "workorders.halted_meanwhile")
    assert rounds.step(order) == "started"
    (kept,) = phone.body("conflicts")
    assert ("燃气泄漏" in kept["text"]["zh"], kept["state"]) == (True, "settled")


def test_photos_of_an_order_closed_by_its_leader_are_attached(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    rounds.act(phone, "start", order)
    phone.sync()
    finished = rounds.act(phone, "finish", order, photos=[photo("after")])
    rounds.does(order, "close", by="ganger", reason="现场看过")
    phone.sync()
    assert rounds.told(phone, finished) == ("merged", "workorders.done_after_closing")
    assert (rounds.step(order), rounds.stands(order)["photos"]) == ("closed", [photo("after")])
    assert rounds.crews.conflicts(state="open") == []


def test_work_on_a_merged_order_is_evidence_of_the_one_that_stands_for_it(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    master = rounds.crews.order(title="清扫全段")
    _, finished = rounds.works(phone, order)
    rounds.does(order, "merge", 409, master_id=order, reason="重复")
    rounds.does(order, "merge", master_id=master, reason="同一路段")
    assert rounds.last(master) == ("absorb", "applied")
    phone.sync()
    assert rounds.told(phone, finished) == ("conflict", "workorders.merged_meanwhile")
    assert (rounds.step(order), rounds.hours(order)) == ("merged", {"crew": 10})
    assert (rounds.stands(master)["photos"], rounds.last(master)) == ([photo("after")], ("finish", "kept"))
    other = rounds.crews.order()
    refused = rounds.does(other, "merge", 409, master_id=order, reason="重复")
    assert refused["code"] == "workorders.master_unfit"


def test_photos_of_a_merged_order_prove_the_one_that_stands_for_it(rounds: Rounds) -> None:
    phone, order = rounds.holding()
    master = rounds.crews.order(assignee="crew", photos_min=1)
    phone.sync()
    rounds.works(phone, order, "of the first")
    rounds.does(order, "merge", master_id=master, reason="同一路段")
    rounds.act(phone, "start", master)
    rounds.act(phone, "finish", master)
    phone.sync()
    assert [lack["what"] for lack in rounds.stands(master)["lacking"]] == ["photo_bytes"]


def test_work_on_an_excused_order_is_kept_and_told(rounds: Rounds) -> None:
    times = {"window_from_at": "2026-09-01T00:00:00Z", "due_at": "2026-09-01T04:00:00Z"}
    phone, order = rounds.holding(**times)
    _, finished = rounds.works(phone, order)
    span = {"from_at": "2026-09-01T00:00:00Z", "until_at": "2026-09-01T10:00:00Z"}
    rounds.asks("excuses", area_path=rounds.stands(order)["area_path"], reason="台风", **span)
    phone.sync()
    assert rounds.told(phone, finished) == ("merged", "workorders.done_though_excused")
    assert (rounds.step(order), rounds.hours(order)) == ("excused", {"crew": 10})


def test_two_of_a_crew_who_finish_the_same_both_have_it_on_record(rounds: Rounds) -> None:
    ours, order = rounds.holding(assignee=None)
    theirs = rounds.crews.phone("mate")
    rounds.works(ours, order, "ours")
    _, finished = rounds.works(theirs, order, "theirs")
    ours.sync()
    theirs.sync()
    assert rounds.told(theirs, finished) == ("merged", "workorders.done_meanwhile")
    stands = rounds.stands(order)
    assert (stands["done_by"], set(stands["photos"])) == (rounds.crews.id("crew"), {photo("ours"), photo("theirs")})
    assert rounds.hours(order) == {"crew": 10, "mate": 10}
    assert rounds.crews.conflicts(state="open") == []


def test_one_of_a_crew_who_pauses_leaves_the_others_at_work(rounds: Rounds) -> None:
    ours, order = rounds.holding(assignee=None)
    theirs = rounds.crews.phone("mate")
    rounds.act(ours, "start", order)
    ours.sync()
    rounds.act(theirs, "start", order)
    rounds.act(theirs, "pause", order)
    theirs.sync()
    assert rounds.step(order) == "started"
    rounds.act(ours, "pause", order)
    ours.sync()
    assert (rounds.step(order), rounds.hours(order)) == ("paused", {"crew": 30, "mate": 10})
    rounds.act(theirs, "start", order)
    theirs.sync()
    assert rounds.step(order) == "started"
    rounds.act(theirs, "finish", order)
    theirs.sync()
    assert {theirs.outcome(n) for n in (1, 2, 3, 4)} == {"applied"}
    assert (rounds.step(order), rounds.hours(order)) == ("done", {"crew": 30, "mate": 20})


def test_whoever_takes_an_order_second_is_told_and_nobody_must_decide(rounds: Rounds) -> None:
    ours, order = rounds.holding(assignee=None)
    theirs = rounds.crews.phone("mate")
    rounds.act(ours, "claim", order)
    second = rounds.act(theirs, "claim", order)
    ours.sync()
    theirs.sync()
    assert rounds.told(theirs, second) == ("merged", "workorders.claimed_by_other")
    assert rounds.stands(order)["assignee_id"] == rounds.crews.id("crew")
    assert rounds.crews.conflicts(state="open") == []


def test_work_that_was_called_missed_goes_to_a_person_when_it_comes_after_all(rounds: Rounds) -> None:
    times = {"window_from_at": "2026-09-01T00:00:00Z", "due_at": "2026-09-01T01:00:00Z"}
    phone, order = rounds.holding(**times)
    _, finished = rounds.works(phone, order)
    house = rounds.crews.house
    rounds.crews.later(hours=house.settings.no_contact_h + 2)
    with house.db.transaction() as session:
        actions.miss_due(house.ctx(session, people.operator(house.settings)))
    assert rounds.step(order) == "missed"
    phone.sync()
    assert rounds.told(phone, finished) == ("conflict", "workorders.done_though_missed")
    assert (rounds.step(order), rounds.hours(order)) == ("missed", {"crew": 10})

    rounds.does(order, "reopen", 422, due_at=times["due_at"], reason="补扫")
    until = (rounds.crews.clock.now() + timedelta(hours=3)).isoformat()
    again = rounds.does(order, "reopen", due_at=until, reason="补扫")
    assert (again["step"], again["due_at"][:16]) == ("released", until[:16])
    assert rounds.does(order, "reopen", 409, due_at=until, reason="补扫")["code"] == "workorders.step_out_of_order"
    assert rounds.does(order, "extend", 409, due_at=until, reason="暴雨")["code"] == "workorders.due_not_later"
    later = (rounds.crews.clock.now() + timedelta(hours=5)).isoformat()
    assert rounds.does(order, "extend", due_at=later, reason="暴雨")["due_at"][:16] == later[:16]
    story = rounds.reads(f"orders/{order}/story")["lines"]
    assert [line["act"] for line in story][-2:] == ["reopen", "extend"]
    assert "暴雨" in story[-1]["zh"]
    phone.sync()
    rounds.works(phone, order, "again")
    phone.sync()
    assert rounds.step(order) == "done"


def test_every_row_that_is_told_is_told_of_here_and_in_the_contract() -> None:
    here, contract = Path(__file__).read_text("utf-8"), (ROOT / "mobile_contract" / "README.md").read_text("utf-8")
    for row in TABLE:
        assert row.code in here
        assert row.code.removeprefix("workorders.") in contract


def test_a_component_edited_by_two_is_approved_once_and_the_other_proposal_stays_visible(city: City) -> None:
    bin_id = city.registers()["id"]
    ours, theirs = city.crews.phone("crew"), city.crews.phone("mate")
    assert [row["code"] for row in ours.body("components")] == [BIN]
    first = city.proposes(ours, bin_id, geometry=point(113.2601), photos=[photo("ours")])
    city.crews.later(minutes=5)
    second = city.proposes(theirs, bin_id, geometry=point(113.2602), state="damaged", name="黄石东路 2 号垃圾箱")
    for phone in (theirs, ours, theirs):
        phone.sync()
    assert {row["id"] for row in theirs.body("component_proposals")} == {first, second}
    assert city.crews.conflicts(state="open") == []

    side = city.reads(f"components/{bin_id}/proposals", by="dispatcher")
    told = {one["proposal"]["id"]: {f["field"]: f for f in one["fields"]} for one in side["proposals"]}
    assert list(told[second]) == ["name", "state", "geometry"]
    assert (told[second]["state"]["now"], told[second]["state"]["proposed"]) == ("intact", "damaged")
    approved = city.approves(first, version=1, note="已核对")
    assert (approved["taken"], approved["became_version"]) == (["geometry"], 2)
    moved = city.approves(second, 409, by="ganger", version=1)
    assert (moved["code"], moved["params"]["version"]) == ("components.version_moved", 2)
    assert city.approves(first, 409, by="ganger", version=2)["code"] == "components.proposal_decided"

    for phone in (ours, theirs):
        phone.sync()
    assert [row["geometry"]["coordinates"][0] for row in theirs.body("components")] == [113.2601]
    assert (city.held(ours, first)["state"], city.told(ours)) == ("approved", ["components.proposal_approved"])
    waits = city.held(theirs, second)
    assert (waits["state"], waits["outdated"], waits["overtaken"]) == ("open", True, ["geometry"])
    assert city.told(theirs) == ["components.proposal_outdated"]
    assert second in {row["id"] for row in ours.body("component_proposals")}

    rebased = city.approves(second, version=2)
    assert (rebased["taken"], rebased["became_version"]) == (["name", "state"], 3)
    stands = city.reads(f"components/{bin_id}")
    assert (stands["state"], stands["longitude"], stands["version"]) == ("damaged", 113.2601, 3)
    history = city.reads(f"components/{bin_id}/history")
    assert [(one["version"], one["proposed_by_name"]) for one in history] == [(3, "mate"), (2, "crew"), (1, "")]
    assert history[1]["until_at"] == history[0]["since_at"]
