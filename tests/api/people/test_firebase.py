"""Firebase as a second way in, without Firebase: what is refused before anybody is asked."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from backend.kernel.settings import Settings
from backend.people.firebase import EMULATOR, FirebaseIdTokens, FirebaseUser, refuse_emulator
from backend.people.routes.doorkeeper import Doorkeeper
from tests.api.people.conftest import Town

PROJECT = "demo-gridcrew"


def unsigned(**claims: Any) -> str:
    """A token as the emulator would make it: `alg` none, no signature."""
    said = {
        "iss": f"https://securetoken.google.com/{PROJECT}",
        "aud": PROJECT,
        "sub": "uid-1",
        "user_id": "uid-1",
        "iat": 1_700_000_000,
        "exp": 4_000_000_000,
        "phone_number": "+8613800000001",
        **claims,
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, said))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def use_firebase(app: FastAPI, settings: Settings, gateway: Any = None) -> None:
    app.state.doorkeeper = Doorkeeper(settings, gateway or FirebaseIdTokens(PROJECT))


class Known:
    """A gateway that believes everybody: the library itself is tried in test_firebase_emulator.py."""

    def verify(self, id_token: str) -> FirebaseUser:
        uid, _, phone = id_token.partition(" ")
        return FirebaseUser(uid, phone or None)


def test_switched_off_it_says_so(town: Town) -> None:
    answer = town.ask("POST", "/auth/v1/firebase", {}, 404, id_token="x")
    assert answer["code"] == "people.firebase_off"


def test_a_forged_unsigned_token_is_refused(
    town: Town, app: FastAPI, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(EMULATOR, raising=False)
    use_firebase(app, settings)
    for token in (unsigned(), "x", "..", unsigned()[:-1], "é" * 20):
        answer = town.ask("POST", "/auth/v1/firebase", {}, 401, id_token=token)
        assert answer["code"] == "people.firebase_refused"


def test_a_person_is_found_by_verified_phone_once_and_by_account_ever_after(
    town: Town, app: FastAPI, settings: Settings
) -> None:
    use_firebase(app, settings, Known())
    ming = town.person("crew")
    body = town.ask("POST", "/auth/v1/firebase", {}, 200, id_token=f"uid-1 +86{ming['phone']}")
    assert body["person"]["id"] == ming["id"]
    again = town.ask("POST", "/auth/v1/firebase", {}, 200, id_token="uid-1")
    assert again["person"]["id"] == ming["id"]
    for token in (f"uid-2 +86{ming['phone']}", "uid-3", "uid-4 +15550100"):
        assert town.ask("POST", "/auth/v1/firebase", {}, 401, id_token=token)["code"] == "people.firebase_unknown"


def test_a_new_phone_ends_the_link(town: Town, app: FastAPI, settings: Settings) -> None:
    use_firebase(app, settings, Known())
    ming = town.person("crew")
    town.ask("POST", "/auth/v1/firebase", {}, 200, id_token=f"uid-1 +86{ming['phone']}")
    town.ask("PATCH", f"/people/v1/persons/{ming['id']}", town.admin, phone=town.phone())
    town.ask("POST", "/auth/v1/firebase", {}, 401, id_token="uid-1")


def test_who_left_does_not_come_in_by_firebase(town: Town, app: FastAPI, settings: Settings) -> None:
    use_firebase(app, settings, Known())
    ming = town.person("crew")
    town.ask("POST", "/auth/v1/firebase", {}, 200, id_token=f"uid-1 +86{ming['phone']}")
    town.ask("POST", f"/people/v1/persons/{ming['id']}/leave", town.admin, 204)
    town.ask("POST", "/auth/v1/firebase", {}, 401, id_token=f"uid-1 +86{ming['phone']}")


def test_the_server_does_not_start_where_forged_tokens_would_be_believed(tmp_path: Path) -> None:
    outside_tests = Settings(data_dir=tmp_path, demo=True)
    refuse_emulator(outside_tests, {})
    refuse_emulator(Settings(data_dir=tmp_path, testing=True), {EMULATOR: "127.0.0.1:9099"})
    with pytest.raises(RuntimeError, match=EMULATOR):
        refuse_emulator(outside_tests, {EMULATOR: "127.0.0.1:9099"})
