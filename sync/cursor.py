"""Where a handset stands: signed tokens, opaque to it, worth nothing to another user, device or epoch."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

import orjson

from sync.refusal import Refusal

MAC_BYTES = 16
COOKIE, PAGE = b"c1", b"p1"


class CookieInvalid(Refusal):
    """Not signed by us for this user, device and epoch."""

    code = "sync.cookie_invalid"
    status = 422


class PageInvalid(Refusal):
    """A page token that is not ours, or of another pull."""

    code = "sync.page_invalid"
    status = 422


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a token binds."""

    user: str
    device: str
    epoch: int

    def binding(self) -> bytes:
        return f"{self.user}|{self.device}|{self.epoch}".encode()


@dataclass(frozen=True, slots=True)
class Cookie:
    """The handset holds its scopes as they stood at `seq` in the database's life `generation`."""

    generation: str
    seq: int
    issued_s: int


class Signer:
    """Signs and reads tokens; its keys are derived from one secret, newest first."""

    def __init__(self, *secrets: str) -> None:
        assert secrets, "a signer needs a secret"
        self._keys = [hashlib.sha256(b"gridcrew sync tokens" + secret.encode()).digest() for secret in secrets]

    def sign(self, purpose: bytes, payload: bytes, bearer: Bearer) -> str:
        """`payload` with its MAC, URL-safe."""
        mac = self._mac(self._keys[0], purpose, payload, bearer)
        return _spelled(mac + payload)

    def read(self, purpose: bytes, token: str, bearer: Bearer) -> bytes | None:
        """The payload, or None when the token is not ours or not this bearer's."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        if _spelled(raw) != token:
            return None  # base64 forgives unused bits and other alphabets; a token has one spelling
        mac, payload = raw[:MAC_BYTES], raw[MAC_BYTES:]
        if any(hmac.compare_digest(mac, self._mac(key, purpose, payload, bearer)) for key in self._keys):
            return payload
        return None

    def cookie(self, cookie: Cookie, bearer: Bearer) -> str:
        """A cookie as it travels."""
        return self.sign(COOKIE, f"{cookie.seq}.{cookie.issued_s}.{cookie.generation[-12:]}".encode(), bearer)

    def read_cookie(self, token: str, bearer: Bearer) -> Cookie:
        """Raises CookieInvalid. `generation` holds its last twelve characters only."""
        payload = self.read(COOKIE, token, bearer)
        if payload is None:
            raise CookieInvalid
        seq, issued, generation = payload.decode().split(".")
        return Cookie(generation, int(seq), int(issued))

    def page(self, state: dict[str, Any], bearer: Bearer) -> str:
        """A page token as it travels."""
        return self.sign(PAGE, orjson.dumps(state), bearer)

    def read_page(self, token: str, bearer: Bearer) -> dict[str, Any]:
        """Raises PageInvalid."""
        payload = self.read(PAGE, token, bearer)
        if payload is None:
            raise PageInvalid
        state: dict[str, Any] = orjson.loads(payload)
        return state

    @staticmethod
    def _mac(key: bytes, purpose: bytes, payload: bytes, bearer: Bearer) -> bytes:
        parts = (purpose, bearer.binding(), payload)
        message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return hmac.digest(key, message, "sha256")[:MAC_BYTES]


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
