"""Enrolling handsets, ending them, and who may sign in on which."""

from typing import Any

from sqlmodel import select

from backend.kernel.audit import AuditEntry, verify
from backend.kernel.ids import new_id
from qr.payload import Enrolment, parse
from tests.api.handsets.conftest import Field
from tests.makers import DISTRICT, GRID, PASSWORD, Handset
from tests.phones import Phone

ON_POSTGRES: set[str] = set()
"""Nothing here asks the store something of its own: it runs there in `make test-full`."""

INVITES, ENROL, DEVICES = "/handsets/v1/invites", "/handsets/v1/enrol", "/handsets/v1/devices"


def test_a_crew_member_may_invite_no_handset(crews: Field) -> None:
    crews.desk("crew").post(INVITES, {}, expect=403)
    crews.desk("dispatcher").post(INVITES, {}, expect=403)


def test_a_supervisor_invites_only_for_people_of_their_own_street(crews: Field) -> None:
    supervisor = crews.desk("supervisor")
    supervisor.post(INVITES, {"person_id": crews.id("crew")}, expect=201)
    refused = supervisor.post(INVITES, {"person_id": crews.id("stranger")}, expect=404)
    assert refused.json()["code"] == "handsets.person_unknown"
    supervisor.post(INVITES, {"person_id": new_id()}, expect=404)


def test_an_invitation_is_used_once(crews: Field) -> None:
    invite = crews.desk("supervisor").post(INVITES, {"label": "班长的手机"}, expect=201).json()
    ask = {"token": invite["payload"], "model": "m", "app": "a"}
    assert crews.client.post(ENROL, json=ask).status_code == 201
    again = crews.client.post(ENROL, json=ask)
    assert (again.status_code, again.json()["code"]) == (422, "handsets.invite_invalid")


def test_a_handset_may_give_the_bare_token(crews: Field) -> None:
    invite = crews.desk("supervisor").post(INVITES, {}, expect=201).json()
    payload = parse(invite["payload"])
    assert isinstance(payload, Enrolment)
    assert crews.client.post(ENROL, json={"token": payload.token}).status_code == 201


def test_an_invitation_lasts_a_day(crews: Field) -> None:
    invite = crews.desk("supervisor").post(INVITES, {}, expect=201).json()
    crews.later(hours=24)
    assert crews.client.post(ENROL, json={"token": invite["payload"]}).status_code == 422


def test_a_made_up_token_enrols_nothing(crews: Field) -> None:
    for token in ("A" * 26, "https://example.com/x", "\x00" * 8, "😀" * 30):
        assert crews.client.post(ENROL, json={"token": token}).status_code == 422


def _sign_in(crews: Field, name: str, device_id: str, secret: str) -> Any:
    body = {"phone": crews.district[name].phone, "password": PASSWORD}
    return crews.client.post("/auth/v1/sign-in", json=body | {"device_id": device_id, "device_secret": secret})


def test_nobody_signs_in_on_anothers_handset(crews: Field) -> None:
    phone = crews.phone("crew")
    refused = _sign_in(crews, "mate", phone.device_id, phone.secret)
    assert (refused.status_code, refused.json()["code"]) == (403, "handsets.device_refused")


def test_a_wrong_device_secret_signs_nobody_in(crews: Field) -> None:
    phone = crews.phone("crew")
    assert _sign_in(crews, "crew", phone.device_id, "wrong").status_code == 401
    assert _sign_in(crews, "crew", new_id(), phone.secret).status_code == 401


def _end(crews: Field, phone: Phone, how: str, by: str = "supervisor", expect: int = 200) -> Any:
    return crews.desk(by).post(f"{DEVICES}/{phone.device_id}/{how}", expect=expect).json()


def test_a_lost_handset_is_out_at_the_next_request(crews: Field) -> None:
    phone = crews.phone("crew")
    assert _end(crews, phone, "lost")["status"] == "lost"
    assert crews.client.get("/people/v1/me", headers=phone.headers).status_code == 401
    assert _sign_in(crews, "crew", phone.device_id, phone.secret).status_code == 403


def test_a_revoked_handset_is_out_for_good(crews: Field) -> None:
    phone = crews.phone("crew")
    _end(crews, phone, "lost")
    _end(crews, phone, "revoke")
    assert _end(crews, phone, "lost", expect=409)["code"] == "handsets.not_active"
    _end(crews, phone, "revoke", expect=409)
    path, ask = f"{DEVICES}/{phone.device_id}/epoch", {"device_secret": phone.secret}
    assert crews.client.post(path, json=ask).json()["code"] == "handsets.not_active"


def test_a_persons_other_handset_works_on_when_one_is_lost(crews: Field) -> None:
    lost, kept = crews.phone("crew"), crews.phone("crew")
    _end(crews, lost, "lost")
    assert crews.client.get("/people/v1/me", headers=kept.headers).status_code == 200


def test_only_a_desk_of_the_area_ends_a_handset(crews: Field) -> None:
    phone = crews.phone("crew")
    _end(crews, phone, "revoke", by="dispatcher", expect=403)
    _end(crews, phone, "revoke", by="crew", expect=403)
    far = crews.phone("stranger")
    _end(crews, far, "revoke", by="supervisor", expect=404)


def test_a_new_epoch_needs_the_devices_secret(crews: Field) -> None:
    phone = crews.phone("crew")
    path = f"{DEVICES}/{phone.device_id}/epoch"
    assert crews.client.post(path, json={"device_secret": "wrong-secret"}).status_code == 401
    assert crews.client.post(path, json={"device_secret": phone.secret}).json()["epoch"] == 2


def test_handsets_are_listed_by_page_and_status_within_sight(crews: Field) -> None:
    ours = [crews.phone("crew") for _ in range(3)]
    far = crews.phone("stranger")
    _end(crews, ours[1], "lost")
    supervisor = crews.desk("supervisor")
    first = supervisor.get(DEVICES, expect=200, limit=2).json()
    second = supervisor.get(DEVICES, expect=200, limit=2, cursor=first["next"]).json()
    assert [d["id"] for d in first["items"] + second["items"]] == [p.device_id for p in ours]
    assert second["next"] is None
    lost = supervisor.get(DEVICES, expect=200, status="lost").json()["items"]
    assert [d["id"] for d in lost] == [ours[1].device_id]
    assert far.device_id in {d["id"] for d in crews.desk("admin").get(DEVICES, expect=200).json()["items"]}
    supervisor.get(DEVICES, expect=422, cursor="nonsense")
    crews.desk("crew").get(DEVICES, expect=403)


def test_a_listed_handset_tells_when_it_last_pushed(crews: Field) -> None:
    phone = crews.phone("crew")
    listed = crews.desk("supervisor").get(DEVICES, expect=200).json()["items"][0]
    assert listed["last_push_at"].startswith("2026-09-01T00:00")
    assert (listed["area"], listed["person_id"]) == (GRID, crews.id("crew"))
    assert phone.secret not in str(listed)


def test_every_turn_in_a_handsets_life_is_audited(crews: Field) -> None:
    phone = crews.phone("crew")
    phone.renew_epoch()
    _end(crews, phone, "lost")
    _end(crews, phone, "revoke")
    with crews.house.db.reading() as session:
        said = session.exec(select(AuditEntry.deed).where(AuditEntry.subject == phone.device_id)).all()
        assert verify(session) is None
    assert list(said) == ["handsets.enrol", "handsets.renew_epoch", "handsets.lost", "handsets.revoked"]


def test_a_shared_handset_belongs_to_the_area_of_who_invited(crews: Field) -> None:
    phone = crews.phone(None)
    crews.sign_in(phone, "crew")
    crews.sign_in(phone, "stranger")
    phone.sync()
    assert phone.hs.standing().synced
    listed = crews.desk("admin").get(DEVICES, expect=200).json()["items"]
    assert [(d["area"], d["person_id"]) for d in listed] == [(DISTRICT, None)]


def test_a_push_names_its_own_device_and_user(handset: Handset, enrolled: Any) -> None:
    mate = enrolled("mate")
    assert handset.push(user=mate.id, expect=403)["code"] == "sync.wrong_user"
    assert handset.push(device=mate.device_id, expect=403)["code"] == "sync.wrong_device"
    assert handset.pull(device=mate.device_id, expect=403)[0]["code"] == "sync.wrong_device"
