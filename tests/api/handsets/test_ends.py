"""How a handset ends, and how two people share one: every queue reaches the server or the desk, none is lost."""

from typing import Any

import orjson

from backend.attendance.tables import Punch
from backend.kernel.ids import new_id
from sync.handset.client import DRAIN_PATH, PUSH_PATH, Needs
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import Handset
from tests.phones import Phone


def _end(crews: Field, phone: Phone, how: str = "revoke") -> None:
    crews.desk("supervisor").post(f"/handsets/v1/devices/{phone.device_id}/{how}", expect=200)


def _drained(crews: Field, phone: Phone, count: int) -> None:
    kept = crews.conflicts(state="open")
    assert [c["why"]["code"] for c in kept] == ["sync.device_revoked"] * count
    assert crews.count(Punch) == 0
    assert phone.hs.needs is Needs.wiped
    assert phone.store.get("device_id") is None
    assert phone.store.rows(phone.hs.user) == []


def test_a_revoked_handset_gives_its_queue_to_the_desk_and_is_wiped(crews: Field) -> None:
    phone = crews.phone("crew")
    for _ in range(3):
        clock_in(phone, note="没来得及上传")
    _end(crews, phone)
    phone.sync(drain=True)
    _drained(crews, phone, 3)
    assert {c["payload"]["params"]["note"] for c in crews.conflicts()} == {"没来得及上传"}
    assert phone.requests[-1].path == DRAIN_PATH


def test_a_revoked_handset_is_told_so_and_wipes_itself_after_its_queue_has_gone(crews: Field) -> None:
    for how in ("revoke", "lost"):
        phone = crews.phone("crew")
        _end(crews, phone, how)
        phone.sync()
        assert phone.hs.needs is Needs.wiped, how
    phone = crews.phone("crew")
    clock_in(phone)
    _end(crews, phone)
    phone.sync()
    _drained(crews, phone, 1)


def test_who_only_signed_out_is_asked_to_sign_in_and_loses_nothing(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone)
    crews.client.post("/auth/v1/sign-out", headers=phone.headers)
    phone.sync()
    assert phone.hs.needs is Needs.sign_in
    crews.sign_in(phone, "crew")
    phone.sync()
    assert phone.outcome(1) == "applied"


def test_a_drain_needs_the_devices_own_secret(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone)
    _end(crews, phone)
    right, phone.secret = phone.secret, "wrong"
    phone.sync(drain=True)
    assert crews.conflicts() == []
    assert len(phone.hs.waiting()) == 1, "nothing was wiped"
    phone.secret = right
    crews.later(minutes=1)
    phone.sync(drain=True)
    _drained(crews, phone, 1)


def test_a_drain_whose_answer_was_lost_is_kept_once(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone)
    _end(crews, phone)
    phone.lose_answers = 1
    phone.sync(drain=True)
    assert len(phone.hs.waiting()) == 1
    phone.sync(drain=True)
    _drained(crews, phone, 1)


def test_a_drain_is_for_who_was_ever_signed_in_on_the_handset(handset: Handset, crews: Field) -> None:
    headers = {"Device-Secret": handset.device_secret}
    for user in (crews.id("admin"), new_id()):
        body = handset.push_body([handset.deed("attendance.clock_in", "punches") | {"n": 1}], user=user)
        answer = crews.client.post(DRAIN_PATH, json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "sync.wrong_user")
    assert crews.conflicts() == []


def test_a_person_who_left_has_their_queue_drained_by_the_device(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone)
    crews.desk("admin").post(f"/people/v1/persons/{crews.id('crew')}/leave", expect=204)
    phone.sync()
    assert phone.hs.needs is Needs.sign_in
    phone.sync(drain=True)
    (kept,) = crews.conflicts(state="open")
    assert kept["user"] == crews.id("crew")


# -- two people, one phone ----------------------------------------------------------------------------------------


def _sent(phone: Phone) -> list[tuple[str, list[Any]]]:
    """(user, rows) of each push."""
    bodies = [orjson.loads(r.body) for r in phone.requests if r.path == PUSH_PATH]
    return [(b["user"], [m["row"]["id"] for m in b["muts"]]) for b in bodies if b["muts"]]


def test_two_people_on_one_phone_have_two_queues(crews: Field) -> None:
    phone = crews.phone(None)
    crews.sign_in(phone, "crew")
    phone.sync()
    ours = clock_in(phone)
    crews.sign_in(phone, "mate")
    theirs = clock_in(phone)
    phone.sync()
    assert phone.ids("punches") == {theirs}
    assert crews.count(Punch) == 1
    crews.sign_in(phone, "crew")
    assert phone.hs.standing().depth == 1
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert _sent(phone) == [(crews.id("mate"), [theirs]), (crews.id("crew"), [ours])]
    seen = {row["id"]: row["person_id"] for row in phone.body("punches")}
    assert seen == {ours: crews.id("crew")}


def test_a_new_epoch_by_one_loses_nothing_of_the_other(crews: Field) -> None:
    phone = crews.phone(None)
    crews.sign_in(phone, "crew")
    phone.sync()
    ours = clock_in(phone)
    crews.sign_in(phone, "mate")
    theirs = clock_in(phone)
    phone.renew_epoch()
    phone.sync()
    assert phone.ids("punches") == {theirs}
    crews.sign_in(phone, "crew")
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert ours in phone.ids("punches")
    assert crews.conflicts() == []


def test_a_new_epoch_does_not_double_what_was_taken_and_not_answered(crews: Field) -> None:
    phone = crews.phone(None)
    crews.sign_in(phone, "crew")
    order = crews.order()
    phone.sync()
    clock_in(phone)
    for act in ("start", "pause"):
        phone.hs.do(f"workorders.{act}", "workorders", order, {})
    phone.lose_answers = 1
    phone.sync(pull=False)
    crews.sign_in(phone, "mate")
    phone.renew_epoch()
    phone.sync()
    crews.sign_in(phone, "crew")
    phone.sync()
    assert crews.count(Punch) == 1
    assert [act for act, _ in crews.history(order)][-2:] == ["start", "pause"]
    assert phone.hs.standing().synced


def test_a_wipe_takes_nobodys_work_along(crews: Field) -> None:
    phone = crews.phone(None)
    crews.sign_in(phone, "crew")
    ours = clock_in(phone)
    crews.sign_in(phone, "mate")
    theirs = clock_in(phone)
    crews.desk("admin").post(f"/handsets/v1/devices/{phone.device_id}/revoke", expect=200)
    phone.sync(drain=True)
    assert phone.store.waiting_users() == [crews.id("crew")]
    assert {c["payload"]["row"]["id"] for c in crews.conflicts()} == {theirs}
    phone.hs = type(phone.hs)(phone.store, phone.time, phone.policies, 1, crews.id("crew"))
    phone.sync(drain=True)
    assert {c["payload"]["row"]["id"] for c in crews.conflicts()} == {ours, theirs}
    assert phone.store.get("device_id") is None
