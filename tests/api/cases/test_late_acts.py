"""The conflict table of cases, row by row: two handsets, or a handset and a desk, that did not know of each other."""

from tests.api.cases.loop import SPOT, Loop, photo
from tests.phones import Phone


def _off_line(loop: Loop, *helpers: str) -> tuple[Phone, str]:
    """A phone of the sweepers that holds a dispatched case and then goes off line."""
    case = loop.dispatched(helpers=helpers)
    return loop.crews.phone("crew"), case


def _told(phone: Phone, n: int) -> tuple[str, str]:
    return phone.outcome(n), phone.why(n)


def test_work_on_a_case_that_was_cancelled_afterwards_is_kept_and_decided(loop: Loop) -> None:
    phone, case = _off_line(loop)
    n = loop.finish(phone, case)
    loop.crews.later(minutes=5)
    loop.does(case, "cancel", reason="重复上报")
    phone.sync()
    assert _told(phone, n) == ("conflict", "cases.done_before_cancel")
    assert loop.state(case) == "cancelled"
    assert loop.history(case)[-1] == ("finish", "kept")
    assert photo("after") in loop.stands(case)["photos"]
    (kept,) = loop.crews.conflicts(state="open")
    assert kept["why"]["code"] == "cases.done_before_cancel"


def test_work_on_a_case_that_had_been_cancelled_is_kept_and_told(loop: Loop) -> None:
    phone, case = _off_line(loop)
    loop.does(case, "cancel", reason="重复上报")
    loop.crews.later(minutes=5)
    n = loop.finish(phone, case)
    phone.sync()
    assert _told(phone, n) == ("merged", "cases.done_after_cancel")
    assert loop.crews.conflicts(state="open") == []
    assert loop.history(case)[-1] == ("finish", "kept")


def test_who_finished_before_the_next_unit_began_has_done_it(loop: Loop) -> None:
    phone, case = _off_line(loop)
    theirs = loop.crews.phone("gardener")
    n = loop.finish(phone, case)
    loop.give(case, "gardeners")
    theirs.sync()
    assert theirs.ids("cases") == {case}
    phone.sync()
    assert _told(phone, n) == ("merged", "cases.taken_over")
    stands = loop.stands(case)
    assert (stands["state"], stands["team_id"]) == ("handled", loop.crews.district.teams["sweepers"])
    assert loop.history(case)[-1] == ("finish", "took_over")
    theirs.sync()
    assert theirs.ids("cases") == set()


def test_who_finished_after_the_next_unit_began_has_helped(loop: Loop) -> None:
    phone, case = _off_line(loop)
    n = loop.finish(phone, case)
    loop.give(case, "gardeners")
    theirs = loop.crews.phone("gardener")
    loop.act(theirs, "accept", case)
    theirs.sync()
    phone.sync()
    assert _told(phone, n) == ("conflict", "cases.other_at_work")
    stands = loop.stands(case)
    assert (stands["state"], stands["handler_id"]) == ("handling", loop.crews.id("gardener"))
    assert photo("after") in stands["photos"]


def test_a_joint_case_is_handled_when_the_last_unit_has_finished(loop: Loop) -> None:
    ours, case = _off_line(loop, "gardeners")
    theirs = loop.crews.phone("gardener")
    loop.finish(ours, case, "ours")
    loop.finish(theirs, case, "theirs")
    ours.sync()
    assert loop.state(case) == "handling"
    theirs.sync()
    stands = loop.stands(case)
    assert (stands["state"], len(stands["units_done"])) == ("handled", 2)
    assert {photo("ours"), photo("theirs")} <= set(stands["photos"])
    assert [ours.outcome(1), theirs.outcome(1)] == ["applied", "applied"]


def test_a_finish_sent_again_after_the_check_failed_changes_nothing(loop: Loop) -> None:
    phone, case = _off_line(loop)
    loop.finish(phone, case)
    phone.lose_answers = 1
    phone.sync()
    loop.checked(case, "not_pass")
    before = loop.history(case)
    phone.sync()
    assert (loop.state(case), loop.history(case)) == ("check_failed", before)


def test_evidence_from_before_a_failed_check_heals_nothing(loop: Loop) -> None:
    first, case = _off_line(loop)
    mate = loop.crews.phone("mate")
    loop.finish(first, case)
    n = loop.finish(mate, case, "mine too")
    first.sync()
    loop.checked(case, "not_pass")
    mate.sync()
    assert _told(mate, n) == ("merged", "cases.evidence_before_check")
    assert (loop.state(case), loop.history(case)[-1]) == ("check_failed", ("finish", "kept"))


def test_work_that_was_done_ends_a_suspension(loop: Loop) -> None:
    phone, case = _off_line(loop)
    loop.act(phone, "ask_suspension", case, note="等待断电")
    phone.sync()
    assert loop.does(case, "requests/suspension", grant=True)["suspended"] is True
    n = loop.finish(phone, case)
    phone.sync()
    stands = loop.stands(case)
    assert (phone.outcome(n), stands["state"], stands["suspended"]) == ("applied", "handled", False)
    assert stands["in_time"] == "in_time"


def test_photos_of_a_case_closed_by_force_are_attached(loop: Loop) -> None:
    phone, case = _off_line(loop)
    n = loop.finish(phone, case)
    loop.does(case, "force-close", reason="领导批示")
    phone.sync()
    assert _told(phone, n) == ("merged", "cases.done_after_closing")
    assert (loop.state(case), photo("after") in loop.stands(case)["photos"]) == ("forced_closed", True)


def test_work_on_a_merged_case_is_evidence_of_its_master(loop: Loop) -> None:
    phone, case = _off_line(loop)
    master = loop.registered(longitude=113.3)
    n = loop.finish(phone, case)
    loop.does(case, "merge", master_id=master)
    phone.sync()
    assert _told(phone, n) == ("conflict", "cases.merged_meanwhile")
    assert photo("after") in loop.stands(master)["photos"]
    assert loop.history(master)[-1] == ("finish", "kept")


def test_an_extension_the_phone_did_not_see_counts(loop: Loop) -> None:
    phone, case = _off_line(loop)
    loop.act(phone, "ask_extension", case, note="机械未到")
    phone.sync()
    shown = phone.row("cases", case)
    assert shown is not None
    loop.does(case, "requests/extension", grant=True)
    assert shown["due_at"] < loop.stands(case)["due_at"]
    loop.crews.later(hours=5)  # beyond the due that the phone shows
    loop.finish(phone, case)
    phone.sync()
    stands = loop.stands(case)
    assert (stands["extensions"], stands["in_time"], stands["state"]) == (1, "in_time", "handled")
    assert phone.row("cases", case) == stands


def test_a_mate_who_finished_too_has_photos_with_the_case(loop: Loop) -> None:
    first, case = _off_line(loop)
    mate = loop.crews.phone("mate")
    loop.finish(first, case, "first")
    n = loop.finish(mate, case, "second")
    first.sync()
    mate.sync()
    assert _told(mate, n) == ("merged", "cases.handled_meanwhile")
    assert {photo("first"), photo("second")} <= set(loop.stands(case)["photos"])
    assert loop.stands(case)["handled_by"] == loop.crews.id("crew")


def test_who_accepts_what_a_mate_has_in_hand_changes_nothing(loop: Loop) -> None:
    first, case = _off_line(loop)
    mate = loop.crews.phone("mate")
    loop.act(first, "accept", case)
    n = loop.act(mate, "accept", case)
    first.sync()
    before = loop.history(case)
    mate.sync()
    assert mate.outcome(n) in ("merged", "applied")
    assert (loop.stands(case)["handler_id"], loop.history(case)) == (loop.crews.id("crew"), before)


def test_work_on_a_case_that_was_returned_meanwhile_goes_to_a_desk(loop: Loop) -> None:
    phone, case = _off_line(loop)
    loop.act(phone, "ask_return", case, note="不属本单位")
    phone.sync()
    n = loop.finish(phone, case)
    loop.does(case, "requests/return", grant=True)
    phone.sync()
    assert _told(phone, n) == ("conflict", "cases.not_yours_meanwhile")
    assert loop.state(case) == "returned"


def test_who_looked_at_what_was_decided_meanwhile_looked_in_vain_and_is_thanked(loop: Loop) -> None:
    case = loop.enter()
    loop.does(case, "ask-verify", person_id=loop.crews.id("collector"))
    phone = loop.crews.phone("collector")
    n = loop.act(phone, "verify", case, result="exist", photos=[photo("spot")], position=SPOT)
    loop.does(case, "cancel", reason="重复")
    phone.sync()
    assert _told(phone, n) == ("merged", "cases.looked_in_vain")
    assert (loop.state(case), photo("spot") in loop.stands(case)["photos"]) == ("cancelled", True)


def test_a_second_check_that_comes_late_is_kept_for_a_desk(loop: Loop) -> None:
    phone, case = _off_line(loop)
    loop.finish(phone, case)
    phone.sync()
    loop.does(case, "send-check", person_id=loop.crews.id("checker"))
    late = loop.crews.phone("checker")
    n = loop.act(late, "check", case, result="pass", photos=[photo("late")], position=SPOT)
    loop.checked(case, "not_pass")
    late.sync()
    assert _told(late, n) == ("conflict", "cases.checked_meanwhile")
    assert loop.state(case) == "check_failed"
