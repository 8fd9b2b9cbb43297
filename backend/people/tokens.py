"""Access tokens and refresh tokens, without the database: signing keys sealed, tokens minted and read.

An access token is a JWT (RFC 7519) signed with Ed25519 (RFC 8037). Reading one fixes the algorithm, the issuer and the
audience before anything in it is believed (RFC 8725).
"""

import base64
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import jwt
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from backend.kernel.clock import from_ms, to_ms
from backend.kernel.errors import NotSignedIn
from backend.kernel.settings import Settings
from backend.people.passwords import derived, keyed_hash
from backend.people.rules import TokenExpired

ALGORITHM = "EdDSA"
AUDIENCE = "gridcrew"
TOKEN_CHARS_MAX = 2_000
TOKENS_KEPT_MAX = 8_192
"""Tokens remembered as read; a district has fewer handsets."""
_REFRESH = re.compile(r"([0-9a-f-]{36})\.([1-9][0-9]{0,8})\.[A-Za-z0-9_-]{43}", re.ASCII)
CLAIMS = ("sub", "sid", "iat", "exp", "iss", "aud")


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token says."""

    person_id: str
    session_id: str
    device_id: str | None
    expires_at: datetime


def new_key_pair(settings: Settings) -> tuple[str, str]:
    """(sealed private key, public half as a JWK's `x`)."""
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return _seal(settings).encrypt(pem).decode(), base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def open_private(settings: Settings, sealed: str) -> Ed25519PrivateKey | None:
    """The private key; None when it was sealed under another secret, since replaced."""
    try:
        pem = _seal(settings).decrypt(sealed.encode())
    except InvalidToken:
        return None
    key = load_pem_private_key(pem, password=None)
    assert isinstance(key, Ed25519PrivateKey)
    return key


def public_key(x: str) -> Ed25519PublicKey:
    """The key of a JWK's `x`."""
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def mint_access(settings: Settings, kid: str, key: Ed25519PrivateKey, access: Access, now: datetime) -> str:
    """A signed access token."""
    claims = {
        "iss": issuer(settings),
        "aud": AUDIENCE,
        "sub": access.person_id,
        "sid": access.session_id,
        "did": access.device_id,
        "iat": to_ms(now) // 1000,
        "exp": to_ms(access.expires_at) // 1000,
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})


def key_id(token: str) -> str:
    """The key that a token claims to be signed with; refuses what is no such token before any key is looked up."""
    if len(token) > TOKEN_CHARS_MAX:
        raise NotSignedIn
    return _named_key(token)


@lru_cache(maxsize=TOKENS_KEPT_MAX)
def _named_key(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as fault:
        raise NotSignedIn from fault
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str) or len(kid) != 36 or not kid.isascii():
        raise NotSignedIn
    return kid


def read_access(settings: Settings, token: str, key: Ed25519PublicKey, now: datetime) -> Access:
    """What the token says, its signature, issuer, audience and time checked; else NotSignedIn or TokenExpired."""
    access = _signed(issuer(settings), token, key.public_bytes_raw())
    if access.expires_at <= now:
        raise TokenExpired
    return access


@lru_cache(maxsize=TOKENS_KEPT_MAX)
def _signed(issued_by: str, token: str, public: bytes) -> Access:
    """What a key has signed it has signed for ever: remembered, since every request of a phone shows its token."""
    key = Ed25519PublicKey.from_public_bytes(public)
    # The clock is ours to set in a test, so the time is checked here and not by the library.
    ours = {"require": list(CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False}
    try:
        said = jwt.decode(token, key, [ALGORITHM], ours, audience=AUDIENCE, issuer=issued_by)  # type: ignore[arg-type]  # a TypedDict
    except jwt.InvalidTokenError as fault:
        raise NotSignedIn from fault
    device_id, expires = said.get("did"), said["exp"]
    if not isinstance(expires, int) or not all(isinstance(said[name], str) for name in ("sub", "sid")):
        raise NotSignedIn
    device = device_id if isinstance(device_id, str) else None
    return Access(said["sub"], said["sid"], device, from_ms(expires * 1000))


def mint_refresh(settings: Settings, session_id: str, seed: str, turn: int) -> str:
    """The refresh token of a turn: `session.turn.mac`.

    It is computed, not stored, from the session's seed (in the database) and the server's secret (outside it), so that
    a thief needs both; and so the token of any turn can be told to be ours for as long as the session's row exists,
    without a row for each.
    """
    mac = keyed_hash(settings, "refresh", f"{seed} {session_id} {turn}")
    return f"{session_id}.{turn}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def read_refresh(text: str) -> tuple[str, int] | None:
    """(session id, turn) that a refresh token names, not yet believed; None when it is none."""
    found = _REFRESH.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def access_lives(settings: Settings) -> timedelta:
    """How long an access token is believed."""
    return timedelta(seconds=settings.access_token_s)


def issuer(settings: Settings) -> str:
    """Who signs; stays the same when the server's address changes."""
    return f"gridcrew:{settings.district}"


def _seal(settings: Settings) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived(settings, "signing keys")))
