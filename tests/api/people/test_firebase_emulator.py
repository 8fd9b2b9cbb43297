"""Firebase as a second way in, with the real Auth emulator and the real library.

Full runs only: the emulator is a large package, whose first installation takes minutes.
"""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from backend.people.firebase import EMULATOR, FirebaseIdTokens
from tests.api.people.conftest import Town
from tests.api.people.emulator import PROJECT, Emulator, running_emulator
from tests.api.people.test_firebase import unsigned, use_firebase

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with running_emulator(tmp_path_factory.mktemp("firebase")) as running:
        yield running


@pytest.fixture
def firebase(emulator: Emulator, app: FastAPI, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    import firebase_admin

    for name, known in list(firebase_admin._apps.items()):  # the library reads its variable once for each app
        if PROJECT in name:
            firebase_admin.delete_app(known)
    monkeypatch.setenv(EMULATOR, emulator.host)
    use_firebase(app, settings, FirebaseIdTokens(PROJECT))
    return emulator


def test_a_phone_verified_by_sms_comes_in(town: Town, firebase: Emulator, house: House) -> None:
    ming = town.person("crew")
    first = town.ask("POST", "/auth/v1/firebase", {}, 200, id_token=firebase.id_token_by_sms(f"+86{ming['phone']}"))
    assert first["person"]["id"] == ming["id"]
    town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {first['access_token']}"})
    again = town.ask("POST", "/auth/v1/firebase", {}, 200, id_token=firebase.id_token_by_sms(f"+86{ming['phone']}"))
    assert again["person"]["id"] == ming["id"]


def test_an_account_of_nobody_stays_outside(town: Town, firebase: Emulator) -> None:
    for token in (firebase.id_token_by_sms("+8613999999999"), firebase.id_token_by_mail(f"{new_id()}@example.com")):
        answer = town.ask("POST", "/auth/v1/firebase", {}, 401, id_token=token)
        assert answer["code"] == "people.firebase_unknown"


def test_a_token_of_another_project_is_refused_even_here(town: Town, firebase: Emulator) -> None:
    token = unsigned(aud="demo-other", iss="https://securetoken.google.com/demo-other")
    assert town.ask("POST", "/auth/v1/firebase", {}, 401, id_token=token)["code"] == "people.firebase_refused"


def test_with_the_variable_set_a_forged_token_passes_which_is_why_start_up_refuses_it(
    town: Town, firebase: Emulator
) -> None:
    body = town.ask("POST", "/auth/v1/firebase", {}, 200, id_token=unsigned(sub="forged", user_id="forged"))
    assert body["person"]["phone"] == "+8613800000001"
