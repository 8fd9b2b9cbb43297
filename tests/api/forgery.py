"""Access tokens that must open nothing."""

import base64
import json
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def forged(good: str, key: dict[str, Any]) -> dict[str, str | bytes]:
    """Authorization headers by what is wrong with them, made from one that is good and its public key."""
    head, body, seal = good.split(".")
    claims, header = _read(body), _read(head)
    own = Ed25519PrivateKey.generate()
    public = own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    x = base64.urlsafe_b64decode(key["x"] + "==")

    def signed(said: dict[str, Any], **names: Any) -> str:
        return jwt.encode(said, own, algorithm="EdDSA", headers={**header, **names})

    later = {**claims, "exp": claims["exp"] + 10_000_000}
    tokens: dict[str, str | bytes] = {
        "alg none": f"{_pack({**header, 'alg': 'none'})}.{body}.",
        "alg NONE with a seal": f"{_pack({**header, 'alg': 'NONE'})}.{body}.{seal}",
        "HMAC with the public key": jwt.encode(claims, x, algorithm="HS256", headers={"kid": header["kid"]}),
        "another key under our name": signed(claims),
        "a key that is sent along": signed(claims, jwk={"kty": "OKP", "crv": "Ed25519", "x": _b64(public)}),
        "a key from elsewhere": signed(claims, jku="https://example.org/keys"),
        "an unknown key": signed(claims, kid="nobody"),
        "a key that is a path": signed(claims, kid="../../../etc/passwd"),
        "a key that is a NUL": signed(claims, kid="a\x00b"),
        "a key without end": signed(claims, kid="k" * 20_000),
        "a key that is a number": f"{_pack({**header, 'kid': 5})}.{body}.{seal}",
        "later claims under an old seal": f"{head}.{_pack(later)}.{seal}",
        "no seal": f"{head}.{body}.",
        "another seal": f"{head}.{body}.{'A' * len(seal)}",
        "a cut seal": good[:-4],
        "two parts": f"{head}.{body}",
        "one part": head,
        "five parts": f"{good}.{head}.{seal}",
        "no JSON": f"{_b64(b'x')}.{_b64(b'x')}.{seal}",
        "deep JSON": f"{_b64(b'[' * 5_000)}.{body}.{seal}",
        "no claims": f"{head}.{_pack({})}.{seal}",
        "empty": "",
        "a NUL": "a%00b",
        "no end": "x" * 50_000,
    }
    headers: dict[str, str | bytes] = {what: f"Bearer {token}" for what, token in tokens.items()}  # type: ignore[str-bytes-safe]
    return headers | {
        "no scheme": good,
        "another scheme": f"Basic {good}",
        "no ASCII": "Bearer 黄石".encode(),
        "no UTF-8": b"Bearer \xff\xfe",
        "nothing": "",
    }


def _read(part: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return said


def _pack(said: dict[str, Any]) -> str:
    return _b64(json.dumps(said).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
