"""Tokens minted and read, without a database."""

from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from backend.kernel.errors import NotSignedIn
from backend.kernel.settings import Settings
from backend.people.passwords import Passwords, code_mac
from backend.people.rules import TokenExpired
from backend.people.tokens import (
    Access,
    key_id,
    mint_access,
    mint_refresh,
    new_key_pair,
    open_private,
    public_key,
    read_access,
    read_refresh,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
KID = "0199b3a0-0000-7000-8000-000000000001"
SETTINGS = Settings(testing=True, argon2_memory_kib=64, argon2_time_cost=1)
ACCESS = Access("person", "session", None, NOW + timedelta(minutes=10))


def test_what_is_minted_is_read_back() -> None:
    sealed, x = new_key_pair(SETTINGS)
    private = open_private(SETTINGS, sealed)
    assert private is not None
    token = mint_access(SETTINGS, KID, private, ACCESS, NOW)
    assert key_id(token) == KID
    assert read_access(SETTINGS, token, public_key(x), NOW) == ACCESS
    with pytest.raises(TokenExpired):
        read_access(SETTINGS, token, public_key(x), NOW + timedelta(minutes=10))
    with pytest.raises(NotSignedIn):
        read_access(SETTINGS, token, public_key(new_key_pair(SETTINGS)[1]), NOW)


@pytest.mark.parametrize(
    "change",
    [{"aud": "another"}, {"iss": "gridcrew:440112"}, {"exp": None}, {"exp": "soon"}, {"sub": None}, {"sid": 7}],
)
def test_a_token_for_others_or_without_a_claim_is_refused(change: dict[str, object]) -> None:
    sealed, x = new_key_pair(SETTINGS)
    private = open_private(SETTINGS, sealed)
    assert private is not None
    token = mint_access(SETTINGS, KID, private, ACCESS, NOW)
    claims = {**jwt.decode(token, options={"verify_signature": False}), **change}
    kept = {name: value for name, value in claims.items() if value is not None}
    try:
        forged = jwt.encode(kept, private, "EdDSA", {"kid": KID})
    except (TypeError, jwt.PyJWTError):
        pytest.skip("the library does not mint it")
    with pytest.raises(NotSignedIn):
        read_access(SETTINGS, forged, public_key(x), NOW)


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_tokens(text: str) -> None:
    with pytest.raises(NotSignedIn):
        key_id(text)
    assert read_refresh(text) is None


def test_a_private_key_opens_under_its_own_secret_only() -> None:
    sealed, _ = new_key_pair(SETTINGS)
    other = SETTINGS.model_copy(update={"secret": SecretStr("another secret of more than 32 characters")})
    assert open_private(other, sealed) is None


def test_a_refresh_token_needs_seed_secret_session_and_turn() -> None:
    one = mint_refresh(SETTINGS, KID, "seed", 1)
    assert read_refresh(one) == (KID, 1)
    other = SETTINGS.model_copy(update={"secret": SecretStr("another secret of more than 32 characters")})
    others = {
        mint_refresh(SETTINGS, KID, "seed", 2),
        mint_refresh(SETTINGS, KID, "weed", 1),
        mint_refresh(SETTINGS, KID[:-1] + "2", "seed", 1),
        mint_refresh(other, KID, "seed", 1),
    }
    assert len(others | {one}) == 5


def test_the_same_password_typed_on_another_keyboard_is_the_same() -> None:
    passwords = Passwords(SETTINGS)
    kept = passwords.hash("café au lait")
    assert passwords.check("cafe\u0301 au lait", kept)[0]
    assert not passwords.check("cafe au lait", kept)[0]
    assert passwords.check("anything", None) == (False, None)


def test_a_hash_of_an_older_cost_is_renewed() -> None:
    kept = Passwords(SETTINGS).hash("correct horse")
    dearer = Passwords(SETTINGS.model_copy(update={"argon2_time_cost": 2}))
    right, renewed = dearer.check("correct horse", kept)
    assert right
    assert renewed
    assert dearer.check("correct horse", renewed) == (True, None)


def test_a_code_is_the_same_however_it_is_spoken() -> None:
    assert code_mac(SETTINGS, "p", "K7Q2M9XA") == code_mac(SETTINGS, "p", " k7q2-m9xa")
    assert code_mac(SETTINGS, "p", "K7Q2M9XA") != code_mac(SETTINGS, "q", "K7Q2M9XA")
