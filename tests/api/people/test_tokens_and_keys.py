"""Access tokens: only ours are believed, keys rotate without anybody noticing, and leaked keys can be withdrawn."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.kernel.clock import SetClock
from tests.api.people.conftest import ADMIN_PHONE, Town


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def said(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def forge(kind: str, token: str, x: str) -> str:
    header, claims = said(token)
    head, body, seal = token.split(".")
    stranger = Ed25519PrivateKey.generate()
    forged = {
        "alg none": lambda: f"{part({**header, 'alg': 'none'})}.{body}.",
        "signed by another": lambda: jwt.encode(claims, stranger, "EdDSA", {"kid": header["kid"]}),
        "hmac with the public key": lambda: jwt.encode(claims, x, "HS256", {"kid": header["kid"]}),
        "another person": lambda: f"{head}.{part({**claims, 'sub': '0' * 36})}.{seal}",
        "no kid": lambda: jwt.encode(claims, stranger, "EdDSA"),
        "unknown kid": lambda: jwt.encode(claims, stranger, "EdDSA", {"kid": "0" * 36}),
        "kid of a path": lambda: jwt.encode(claims, stranger, "EdDSA", {"kid": "../../etc/passwd"}),
        "cut": lambda: token[:-4],
        "two parts": lambda: f"{head}.{body}",
        "empty parts": lambda: "..",
        "very long": lambda: "x" * 5_000,
        "json bomb": lambda: f"{part([[]] * 100)}.{body}.{seal}",
    }
    return forged[kind]()


KINDS = (
    "alg none",
    "signed by another",
    "hmac with the public key",
    "another person",
    "no kid",
    "unknown kid",
    "kid of a path",
    "cut",
    "two parts",
    "empty parts",
    "very long",
    "json bomb",
)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_forged_token_is_refused(town: Town) -> None:
    token = town.sign_in(ADMIN_PHONE)["access_token"]
    x = town.client.get("/.well-known/jwks.json").json()["keys"][0]["x"]
    for kind in KINDS:
        answer = town.client.get("/people/v1/me", headers=bearer(forge(kind, token, x)))
        assert (kind, answer.status_code, answer.json()["code"]) == (kind, 401, "auth.not_signed_in")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_rotated_key_signs_and_the_old_one_is_believed_until_its_tokens_are_over(town: Town, clock: SetClock) -> None:
    old = town.sign_in(ADMIN_PHONE)["access_token"]
    keys = town.ask("POST", "/people/v1/keys/rotate", town.admin, **{})["keys"]
    new = town.sign_in(ADMIN_PHONE)["access_token"]
    assert said(new)[0]["kid"] == keys[0]["kid"] != said(old)[0]["kid"]
    town.ask("GET", "/people/v1/me", bearer(old))
    assert {k["kid"] for k in town.client.get("/.well-known/jwks.json").json()["keys"]} == {
        said(old)[0]["kid"],
        said(new)[0]["kid"],
    }
    clock.pass_time(timedelta(seconds=631))
    assert [k["kid"] for k in town.client.get("/.well-known/jwks.json").json()["keys"]] == [said(new)[0]["kid"]]


def test_a_withdrawn_key_is_believed_no_more(town: Town, clock: SetClock) -> None:
    first = town.sign_in(ADMIN_PHONE)
    town.ask("POST", "/people/v1/keys/rotate", town.admin, withdraw=True)
    clock.pass_time(timedelta(seconds=60))
    answer = town.ask("GET", "/people/v1/me", bearer(first["access_token"]), 401)
    assert answer["code"] == "auth.not_signed_in"
    again = town.client.post("/auth/v1/refresh", json={"refresh_token": first["refresh_token"]}).json()
    town.ask("GET", "/people/v1/me", bearer(again["access_token"]))


def test_only_an_admin_rotates_keys(town: Town) -> None:
    crew = town.person("crew")
    assert town.ask("POST", "/people/v1/keys/rotate", town.as_(crew["phone"]), 403)["code"] == "auth.not_allowed"


def test_a_private_key_is_never_kept_in_the_open(town: Town, store_url: str) -> None:
    from sqlalchemy import create_engine, text

    engine = create_engine(store_url)
    with engine.connect() as connection:
        sealed = connection.execute(text("SELECT sealed_private FROM people_signing_key")).scalars().all()
    engine.dispose()
    assert sealed
    assert not any("PRIVATE" in s or "MC4CAQAw" in s for s in sealed)
