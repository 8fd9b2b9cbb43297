"""Signing in by phone and password: who gets in, who does not, and what a stranger can learn."""

from datetime import timedelta

import jwt
from fastapi.testclient import TestClient

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from tests.api.people.conftest import ADMIN_PHONE, PASSWORD, Town

SIGN_IN = "/auth/v1/sign-in"


def test_the_right_password_gives_tokens_and_says_who_one_is(town: Town) -> None:
    body = town.sign_in("138 0000-0001")
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 600
    assert body["person"]["phone"] == "+8613800000001"
    assert [r["role"] for r in body["person"]["roles"]] == ["admin"]
    assert body["person"]["password_change_due"] is True
    me = town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {body['access_token']}"})
    assert me["id"] == body["person"]["id"]


def test_the_answer_is_not_to_be_kept_by_a_proxy(town: Town) -> None:
    answer = town.client.post(SIGN_IN, json={"phone": ADMIN_PHONE, "password": PASSWORD})
    assert answer.headers["cache-control"] == "no-store"


def test_a_stranger_and_a_wrong_password_are_answered_alike(town: Town) -> None:
    answers = [
        town.client.post(SIGN_IN, json={"phone": phone, "password": "wrong"}) for phone in (ADMIN_PHONE, "13700000000")
    ]
    known, unknown = [(a.status_code, {**a.json(), "instance": ""}) for a in answers]
    assert known == unknown
    assert known[0] == 401
    assert known[1]["code"] == "people.sign_in_refused"


def test_both_are_locked_out_after_the_same_number_of_tries(town: Town, clock: SetClock) -> None:
    for phone in (ADMIN_PHONE, "13700000000"):
        codes = [town.client.post(SIGN_IN, json={"phone": phone, "password": "wrong"}).json()["code"] for _ in range(6)]
        assert codes == ["people.sign_in_refused"] * 4 + ["people.sign_in_locked"] * 2
    refused = town.client.post(SIGN_IN, json={"phone": ADMIN_PHONE, "password": PASSWORD})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == refused.json()["params"]["retry_s"] == 900
    clock.pass_time(timedelta(seconds=901))
    town.sign_in(ADMIN_PHONE)


def test_tries_count_only_when_they_come_close_together(town: Town, clock: SetClock) -> None:
    for _ in range(12):
        town.client.post(SIGN_IN, json={"phone": ADMIN_PHONE, "password": "wrong"})
        clock.pass_time(timedelta(seconds=300))
    town.sign_in(ADMIN_PHONE)


def test_the_right_password_forgets_wrong_ones(town: Town) -> None:
    for _ in range(3):
        for _ in range(4):
            town.client.post(SIGN_IN, json={"phone": ADMIN_PHONE, "password": "wrong"})
        town.sign_in(ADMIN_PHONE)


def test_one_address_cannot_try_for_ever(town: Town) -> None:
    codes = [
        town.client.post(SIGN_IN, json={"phone": f"136{n:08d}", "password": "wrong"}).json()["code"] for n in range(130)
    ]
    assert codes[-1] == "request.too_many"
    answer = town.client.post(SIGN_IN, json={"phone": "13600000099", "password": "wrong"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")


def test_what_is_no_mobile_number_is_said_to_be_none(town: Town) -> None:
    answer = town.client.post(SIGN_IN, json={"phone": "+1 555 0100", "password": "x"})
    assert (answer.status_code, answer.json()["code"]) == (422, "people.phone_invalid")


def test_an_unknown_field_is_refused(town: Town) -> None:
    answer = town.client.post(SIGN_IN, json={"phone": ADMIN_PHONE, "password": PASSWORD, "admin": True})
    assert answer.status_code == 422


def test_somebody_who_left_cannot_sign_in_and_is_out_at_once(town: Town) -> None:
    ming = town.person("crew")
    headers = town.as_(ming["phone"])
    town.ask("POST", f"/people/v1/persons/{ming['id']}/leave", town.admin, 204)
    answer = town.ask("GET", "/people/v1/me", headers, 401)
    assert (answer["code"], answer["params"]["why"]) == ("auth.session_ended", "revoked")
    refused = town.client.post(SIGN_IN, json={"phone": ming["phone"], "password": PASSWORD})
    assert refused.json()["code"] == "people.sign_in_refused"


def test_sign_out_ends_this_session_only(town: Town) -> None:
    one, two = (town.sign_in(ADMIN_PHONE)["access_token"] for _ in range(2))
    town.ask("POST", "/auth/v1/sign-out", {"Authorization": f"Bearer {one}"}, 204)
    assert town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {one}"}, 401)["code"] == "auth.session_ended"
    town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {two}"})
    town.ask("POST", "/auth/v1/sign-out-everywhere", {"Authorization": f"Bearer {two}"}, 204)
    town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {two}"}, 401)


def test_the_twenty_first_session_ends_the_oldest(town: Town, house: House, clock: SetClock) -> None:
    from backend.people.queries.lookups import open_sessions

    person_id = ""
    for _ in range(23):
        person_id = town.sign_in(ADMIN_PHONE)["person"]["id"]
        clock.pass_time(timedelta(minutes=1))
    with house.db.reading() as session:
        assert len(open_sessions(session, person_id)) == 20


def test_an_access_token_runs_out(town: Town, clock: SetClock) -> None:
    headers = {"Authorization": f"Bearer {town.sign_in(ADMIN_PHONE)['access_token']}"}
    clock.pass_time(timedelta(seconds=599))
    town.ask("GET", "/people/v1/me", headers)
    clock.pass_time(timedelta(seconds=1))
    assert town.ask("GET", "/people/v1/me", headers, 401)["code"] == "auth.token_expired"


def test_a_token_speaks_the_claims_we_promise(town: Town, client: TestClient) -> None:
    body = town.sign_in(ADMIN_PHONE)
    keys = client.get("/.well-known/jwks.json").json()["keys"]
    header = jwt.get_unverified_header(body["access_token"])
    key = next(k for k in keys if k["kid"] == header["kid"])
    claims = jwt.decode(
        body["access_token"],
        jwt.PyJWK(key).key,
        algorithms=["EdDSA"],
        audience="gridcrew",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["sub"] == body["person"]["id"]
    assert claims["sid"] == body["session_id"]
    assert claims["exp"] - claims["iat"] == 600
    assert header["alg"] == "EdDSA"
