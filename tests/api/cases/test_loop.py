"""Cases from the finding to the closing, over HTTP and over sync."""

from typing import Any

import pytest

from backend.cases.actions.desk import GRANT
from backend.cases.rules.practice import PRACTICE
from backend.cases.rules.table import MOVES
from backend.cases.tables import Case
from backend.kernel.ids import new_id
from backend.kernel.lots import drawn
from mobile_contract.cases import Act, Request, State
from tests.api.cases.loop import CASES, FAR, SPOT, Loop, photo


def test_a_case_goes_round_the_whole_loop_with_the_field_off_line(loop: Loop) -> None:
    finder = loop.crews.phone("collector")
    case = loop.reports(finder)
    finder.sync()
    assert loop.stands(case)["source"] == "collector"
    loop.does(case, "register", by="acceptor")
    loop.crews.later(minutes=5)
    teams = loop.crews.district.teams
    given = loop.does(case, "dispatch", by="dispatcher", team_id=teams["sweepers"])
    assert (given["state"], given["timer"], given["due_table"][:9]) == ("dispatched", "handle", "default-1")

    phone = loop.crews.phone("crew")
    loop.act(phone, "accept", case)
    loop.finish(phone, case)
    phone.sync()
    assert [phone.outcome(n) for n in (1, 2)] == ["applied", "applied"]
    handled = loop.stands(case)
    assert (handled["state"], handled["handled_by"], handled["in_time"]) == (
        "handled",
        loop.crews.id("crew"),
        "in_time",
    )
    assert handled["photos"] == [photo("near"), photo("far"), photo("after")]

    loop.checked(case, "pass")
    assert loop.state(case) == "check_passed"
    closed = loop.does(case, "close", by="acceptor")
    assert (closed["state"], closed["due_at"], closed["pending"]) == ("closed", None, [])
    acts = ["report", "register", "dispatch", "accept", "finish", "send_check", "check_pass", "close"]
    assert loop.history(case) == [(act, "applied") for act in acts]


def test_what_a_collector_puts_right_at_once_is_closed_at_once(loop: Loop) -> None:
    finder = loop.crews.phone("collector")
    case = loop.reports(finder, "self_dispose")
    finder.sync()
    seen = loop.stands(case)
    assert (seen["state"], seen["handled_by"], seen["timer"]) == ("closed", loop.crews.id("collector"), None)
    short = loop.reports(finder, "self_dispose", photos=[photo("one")])
    finder.sync()
    assert finder.why(2) == "cases.evidence_missing"
    loop.crews.desk("admin").get(f"{CASES}/{short}", expect=404)


def test_what_is_put_right_at_once_is_audited_by_lot_and_registered_again_where_it_was_not(loop: Loop) -> None:
    finder, seed = loop.crews.phone("collector"), loop.crews.house.settings.secret.get_secret_value()
    by_lot: dict[bool, list[str]] = {True: [], False: []}
    while len(by_lot[True]) < 2 or not by_lot[False]:
        case = new_id()
        by_lot[drawn(seed, case, PRACTICE.audit_percent)].append(case)
    wrong, right, spared = *by_lot[True][:2], by_lot[False][0]
    for case in (wrong, right, spared):
        loop.reports(finder, "self_dispose", case=case)
    finder.sync()
    desk = loop.crews.desk("evaluator")
    assert {row["id"] for row in desk.get(CASES, audit="due").json()["items"]} == {wrong, right}
    assert (
        loop.does(spared, "audit", by="evaluator", passed=True, reason="x", expect=409)["code"] == "cases.no_audit_due"
    )
    loop.does(right, "audit", by="dispatcher", passed=True, reason="属实", expect=403)
    passed = loop.does(right, "audit", by="evaluator", passed=True, reason="属实")
    assert (passed["state"], passed["audit"]) == ("closed", "passed")
    assert (
        loop.does(right, "audit", by="evaluator", passed=True, reason="x", expect=409)["code"] == "cases.no_audit_due"
    )
    failed = loop.does(wrong, "audit", by="evaluator", passed=False, reason="垃圾仍在")
    assert (failed["state"], failed["audit"], failed["reworks"], failed["ended_at"]) == (
        "registered",
        "failed",
        1,
        None,
    )
    assert loop.clock(wrong, "total")["status"] == "running"
    assert desk.get(CASES, audit="due").json()["items"] == []


def test_a_checker_is_rather_of_another_unit_and_it_is_told_where_not(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    loop.finish(phone, case)
    phone.sync()
    found = loop.crews.desk("dispatcher").get(f"{CASES}/{case}/checkers", expect=200).json()
    near = {one["person_id"]: one["of_unit"] for one in found}
    assert (near[loop.crews.id("checker")], near[loop.crews.id("collector")]) == (False, True)
    assert [one["of_unit"] for one in found] == sorted(one["of_unit"] for one in found)
    assert loop.crews.id("crew") not in near
    assert loop.does(case, "send-check", person_id=loop.crews.id("collector"))["checker_of_unit"] is True
    assert loop.does(case, "send-check", person_id=loop.crews.id("checker"))["checker_of_unit"] is False


def test_a_call_is_verified_on_the_spot_before_it_is_registered(loop: Loop) -> None:
    case = loop.enter()
    phone = loop.crews.phone("collector")
    loop.does(case, "ask-verify", person_id=loop.crews.id("collector"))
    phone.sync()
    loop.act(phone, "verify", case, result="exist", photos=[photo("seen")], position=FAR)
    phone.sync()
    assert phone.why(1) == "cases.elsewhere_unexplained"
    loop.act(phone, "verify", case, result="exist", photos=[photo("seen")], position=SPOT)
    phone.sync()
    assert loop.state(case) == "verified"
    assert loop.does(case, "register")["state"] == "registered"


def test_whoever_handled_a_case_is_not_sent_to_check_it(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("collector")  # of the same unit
    loop.finish(phone, case)
    phone.sync()
    refused = loop.does(case, "send-check", person_id=loop.crews.id("collector"), expect=409)
    assert refused["code"] == "cases.checker_is_handler"
    assert loop.does(case, "send-check", person_id=loop.crews.id("crew"), expect=422)["code"] == "cases.person_unfit"


def test_only_who_was_sent_checks_and_only_the_unit_works(loop: Loop) -> None:
    case = loop.dispatched("gardeners")
    stranger = loop.crews.phone("gardener")
    loop.give(case, "sweepers")
    loop.act(stranger, "accept", case)
    stranger.sync()
    assert stranger.why(1) in ("cases.not_of_the_unit", "sync.out_of_scope")
    assert loop.state(case) == "dispatched"


def test_steps_are_not_skipped_and_desks_have_their_own_work(loop: Loop) -> None:
    case = loop.enter()
    early = loop.does(case, "close", expect=409)
    assert (early["code"], early["texts"]["zh"]) == ("cases.out_of_order", "案卷当前为“已上报”，不能执行“结案”。")
    teams = loop.crews.district.teams
    assert loop.does(case, "dispatch", team_id=teams["sweepers"], expect=409)["code"] == "cases.out_of_order"
    assert loop.does(case, "register", by="dispatcher", expect=403)["code"] == "auth.not_allowed"
    assert loop.does(case, "cancel", by="acceptor", reason="重复", expect=403)["code"] == "auth.not_allowed"
    assert loop.does(case, "register", by="far_dispatcher", expect=403)["code"] == "auth.not_allowed"
    assert loop.history(case) == [("report", "applied")]


def test_no_deed_of_a_desk_skips_a_step_or_is_done_by_the_field(loop: Loop) -> None:
    case, master = loop.dispatched(), loop.registered(longitude=113.4)
    checker, why = {"person_id": loop.crews.id("checker")}, {"reason": "x"}
    deeds: dict[str, tuple[Act, dict[str, Any]]] = {
        "ask-verify": (Act.ask_verify, checker),
        "register": (Act.register, {"similar_seen": loop.near(case)}),
        "reject": (Act.reject, why),
        "transfer": (Act.transfer, why),
        "merge": (Act.merge, {"master_id": master}),
        "dispatch": (Act.dispatch, {"team_id": loop.crews.district.teams["sweepers"]}),
        "resume": (Act.resume, why),
        "review-suspension": (Act.review_suspension, why),
        "send-check": (Act.send_check, checker),
        "close": (Act.close, {"reply": "x"}),
        "force-close": (Act.force_close, why),
        "cancel": (Act.cancel, why),
        "reopen": (Act.reopen, why),
        "supervise": (Act.supervise, {"why": "leader", **why}),
        "evaluate": (Act.evaluate, {"deduction": 1}),
        "audit": (Act.audit_bad, {"passed": False, **why}),
        **{f"requests/{what.value}": (GRANT[what][0], {"grant": True}) for what in Request},
    }
    for deed, (_, body) in deeds.items():
        assert loop.does(case, deed, by="crew", expect=403, **body)["code"] == "auth.not_allowed"
    told = loop.history(case)
    for number, state in enumerate(State):
        with loop.crews.house.db.transaction() as session:
            row = session.get(Case, case)
            assert row is not None
            row.state, row.pending = state.value, [what.value for what in Request]
            session.add(row)
        for deed, (act, body) in list(deeds.items())[number % 3 :: 3]:  # every deed meets each third state
            if state not in MOVES[act].before:
                assert loop.does(case, deed, expect=409, **body)["code"] == "cases.out_of_order", (state, deed)
    assert loop.history(case) == told


def test_a_near_case_is_looked_at_before_a_second_is_registered(loop: Loop) -> None:
    first = loop.registered()
    second = loop.enter(title="同一堆垃圾", longitude=SPOT["longitude"] + 0.0003)
    far = loop.enter(longitude=FAR["longitude"])
    assert loop.near(second) == [first]
    assert loop.near(far) == []
    refused = loop.does(second, "register", expect=409)
    assert (refused["code"], refused["params"]["cases"]) == ("cases.similar_unseen", [first])
    merged = loop.does(second, "merge", master_id=first)
    assert (merged["state"], merged["master_id"]) == ("merged", first)
    assert loop.does(far, "merge", master_id=second, expect=409)["code"] == "cases.master_unfit"
    assert loop.does(far, "merge", master_id=far, expect=409)["code"] == "cases.master_unfit"
    loop.crews.later(hours=25)
    assert loop.near(loop.enter()) == []


def test_a_unit_returns_a_case_and_after_enough_returns_it_is_forced(loop: Loop) -> None:
    case = loop.dispatched()
    assert loop.does(case, "dispatch", team_id=loop.crews.district.teams["sweepers"], force=True, expect=409)
    phone = loop.crews.phone("crew")
    for times in (1, 2):
        loop.act(phone, "ask_return", case, note="不属于本单位")
        phone.sync()
        assert loop.stands(case)["pending"] == ["return"]
        back = loop.does(case, "requests/return", grant=True)
        assert (back["state"], back["returns"], back["team_id"], back["timer"]) == ("returned", times, None, "dispatch")
        phone.sync()
        assert phone.row("cases", case) is None
        loop.give(case, "sweepers", force=times == 2)
        phone.sync()
    assert loop.state(case) == "dispatched"
    assert loop.does(case, "requests/return", grant=True, expect=409)["code"] == "cases.nothing_asked"


def test_a_failed_check_comes_back_to_the_unit_and_the_clock_goes_on(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    loop.finish(phone, case)
    phone.sync()
    due = loop.clock(case, "handle")["due_at"]
    loop.checked(case, "not_pass")
    failed = loop.stands(case)
    assert (failed["state"], failed["reworks"], failed["timer"], failed["due_at"]) == ("check_failed", 1, "handle", due)
    phone.sync()
    loop.act(phone, "rework", case)
    loop.finish(phone, case, "better")
    phone.sync()
    loop.checked(case, "pass")
    refused = loop.does(case, "close", expect=422)  # it came by the hot line
    assert refused["code"] == "cases.reply_missing"
    assert loop.does(case, "close", reply="已清理，感谢反映")["state"] == "closed"


def test_a_closed_case_is_opened_again_once_and_within_its_days(loop: Loop) -> None:
    case = loop.registered()
    loop.does(case, "force-close", reason="无法联系")
    opened = loop.does(case, "reopen", reason="市民不满意")
    assert (opened["state"], opened["reopens"], opened["ended_at"]) == ("registered", 1, None)
    loop.does(case, "force-close", reason="无法联系")
    assert loop.does(case, "reopen", reason="再来", expect=409)["code"] == "cases.reopened_before"


def test_a_deduction_is_appealed_by_the_unit_and_taken_away(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    loop.does(case, "force-close", reason="逾期")
    assert loop.does(case, "evaluate", deduction=5, reason="逾期")["deduction"] == 5
    phone.sync()
    loop.act(phone, "ask_appeal", case, note="当时封路")
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert loop.does(case, "requests/appeal", grant=True, reason="属实")["deduction"] == 0


def test_a_photo_that_is_with_the_case_already_proves_no_second_thing(loop: Loop) -> None:
    phone = loop.crews.phone("crew")
    case = loop.reports(phone)
    phone.sync()
    loop.does(case, "register", similar_seen=loop.near(case))
    loop.give(case, "sweepers")
    phone.sync()
    n = loop.finish(phone, case, photos=[photo("near")])
    phone.sync()
    assert phone.why(n) == "cases.evidence_reused"
    loop.finish(phone, case)
    phone.sync()
    assert loop.state(case) == "handled"


def test_an_appeal_has_two_levels_and_two_reviewers(loop: Loop) -> None:
    case, phone = loop.dispatched(), loop.crews.phone("crew")
    loop.does(case, "force-close", reason="逾期")
    phone.sync()

    def appeals() -> str | None:
        n = loop.act(phone, "ask_appeal", case, note="当时封路")
        phone.sync()
        return phone.why(n) if phone.outcome(n) == "rejected" else None

    assert appeals() is None
    loop.does(case, "requests/appeal", by="evaluator", grant=False, reason="证据不足")
    assert appeals() is None
    again = loop.does(case, "requests/appeal", by="evaluator", grant=True, reason="再看", expect=409)
    assert again["code"] == "cases.reviewed_before"
    loop.does(case, "requests/appeal", grant=False, reason="维持")
    assert appeals() == "cases.appealed_before"
    late = loop.dispatched(longitude=113.4)
    loop.does(late, "force-close", reason="逾期")
    phone.sync()
    loop.crews.later(days=15)
    n = loop.act(phone, "ask_appeal", late, note="太晚")
    phone.sync()
    assert phone.why(n) == "cases.appeal_too_late"


def test_a_watched_case_owes_an_answer(loop: Loop) -> None:
    case = loop.dispatched()
    assert loop.does(case, "supervise", by="leader", why="leader", reason="请今日办结")["supervised"] == "leader"
    loop.registered(longitude=113.4)
    desk = loop.crews.desk("dispatcher")
    assert [row["id"] for row in desk.get(CASES, expect=200, supervised=True).json()["items"]] == [case]
    assert loop.does(case, "answer-supervision", by="gardener", reason="在办", expect=404)
    assert loop.does(case, "answer-supervision", by="crew", reason="在办")["supervised"] == "none"
    assert desk.get(CASES, expect=200, supervised=True).json()["items"] == []


def test_a_case_reaches_those_it_concerns_and_no_one_else(loop: Loop) -> None:
    case = loop.dispatched()
    assert loop.crews.phone("crew").ids("cases") == {case}
    assert loop.crews.phone("gardener").ids("cases") == set()
    loop.crews.desk("gardener").get(f"{CASES}/{case}", expect=404)
    assert loop.crews.desk("crew").get(CASES, expect=200).json()["items"][0]["id"] == case


def test_lists_are_narrowed_searched_and_paged(loop: Loop) -> None:
    made = [loop.enter(title=f"占道经营{i}", small="04", big="05", longitude=113.2 + i / 100) for i in range(4)]
    loop.does(made[0], "reject", reason="非本区事项")
    desk = loop.crews.desk("dispatcher")
    page = desk.get(CASES, q="占道", limit=3).json()
    rest = desk.get(CASES, q="占道", limit=3, cursor=page["next"]).json()
    assert [row["id"] for row in page["items"] + rest["items"]] == made[::-1]
    assert [row["id"] for row in desk.get(CASES, open=False).json()["items"]] == made[:1]
    assert desk.get(CASES, big="05", small="04", state="reported").json()["items"][0]["id"] == made[3]
    loop.crews.later(days=3)
    desk = loop.crews.desk("dispatcher")
    assert len(desk.get(CASES, overdue=True).json()["items"]) == 3
    assert len({row["code"] for row in desk.get(CASES).json()["items"]}) == 4
    desk.get(CASES, colour="red", expect=422)


@pytest.mark.parametrize("deed", ["reject", "transfer", "cancel", "force-close"])
def test_an_end_wants_its_reason_and_stops_every_clock(loop: Loop, deed: str) -> None:
    case = loop.registered() if deed == "transfer" else loop.enter()
    loop.does(case, deed, reason="", expect=422)
    ended = loop.does(case, deed, reason="已说明")
    assert (ended["reason"], ended["timer"], ended["due_at"]) == ("已说明", None, None)
    assert loop.clock(case, "total")["status"] == "finished"
    again = loop.does(case, "cancel", reason="再来", expect=409)
    words = {"reject": "不予受理", "transfer": "已移交", "cancel": "已作废", "force-close": "强制结案"}[deed]
    assert (again["code"], again["texts"]["zh"]) == ("cases.out_of_order", f"案卷当前为“{words}”，不能执行“作废”。")
