"""Where a handset stands: signed tokens, opaque to it, worth nothing to another user, device or epoch."""

import binascii
import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from sync.refusal import Refusal

MAC_BYTES = 16
COOKIE, PAGE, TICKET = b"c1", b"p1", b"s1"
TICKET_LASTS_S = 3_600
COOKIES_KEPT_MAX = 8_192
"""Cookies remembered as read; a district has fewer handsets."""


class CookieInvalid(Refusal):
    """Not signed by us for this user, device and epoch."""

    code = "sync.cookie_invalid"
    status = 422


class PageInvalid(Refusal):
    """A page token that is not ours, or of another pull."""

    code = "sync.page_invalid"
    status = 422


class TicketInvalid(Refusal):
    """A pack's address that is not ours, another's, or run out: ask for packs again."""

    code = "sync.ticket_invalid"
    status = 403


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
    packed: frozenset[str] | None = None
    """Marks of the scopes that were filled by packs; all others are filled by the pull. None: an ordinary cookie."""


def scope_mark(scope: str) -> str:
    """A scope's name in a cookie."""
    return hashlib.sha256(scope.encode()).hexdigest()[:12]


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
            raw = binascii.a2b_base64(token.replace("-", "+").replace("_", "/") + "=" * (-len(token) % 4))
        except ValueError:
            return None
        if _spelled(raw) != token:
            return None  # base64 forgives unused bits and other alphabets; a token has one spelling
        mac, payload = raw[:MAC_BYTES], raw[MAC_BYTES:]
        for key in self._keys:
            if hmac.compare_digest(mac, self._mac(key, purpose, payload, bearer)):
                return payload
        return None

    def cookie(self, cookie: Cookie, bearer: Bearer) -> str:
        """A cookie as it travels."""
        said = f"{cookie.seq}.{cookie.issued_s}.{cookie.generation[-12:]}"
        if cookie.packed is not None:
            said += "." + "".join(sorted(cookie.packed))
        return self.sign(COOKIE, said.encode(), bearer)

    def read_cookie(self, token: str, bearer: Bearer) -> Cookie:
        """Raises CookieInvalid. `generation` holds its last twelve characters only."""
        return _cookie_of(self, token, bearer.user, bearer.device, bearer.epoch)

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

    def ticket(self, scope: str, sha256: str, until_s: int, bearer: Bearer) -> str:
        """The right to fetch one pack of one scope for a while."""
        return self.sign(TICKET, orjson.dumps([scope, sha256, until_s]), bearer)

    def read_ticket(self, token: str, sha256: str, now_s: int, bearer: Bearer) -> str:
        """The scope of a pack that may be fetched now. Raises TicketInvalid."""
        payload = self.read(TICKET, token, bearer)
        scope, named, until_s = orjson.loads(payload) if payload is not None else ("", "", 0)
        if named != sha256 or not now_s <= until_s:
            raise TicketInvalid
        return str(scope)

    @staticmethod
    def _mac(key: bytes, purpose: bytes, payload: bytes, bearer: Bearer) -> bytes:
        bound = bearer.binding()
        message = b"%b%b%b%b%b%b" % (_long(purpose), purpose, _long(bound), bound, _long(payload), payload)
        return hmac.digest(key, message, "sha256")[:MAC_BYTES]


@lru_cache(maxsize=COOKIES_KEPT_MAX)
def _cookie_of(signer: Signer, token: str, user: str, device: str, epoch: int) -> Cookie:
    """What a signer has signed for somebody it has signed for ever; what it has not is not remembered."""
    payload = signer.read(COOKIE, token, Bearer(user, device, epoch))
    if payload is None:
        raise CookieInvalid
    seq, issued, generation, *packed = payload.decode().split(".")
    marks = frozenset(packed[0][i : i + 12] for i in range(0, len(packed[0]), 12)) if packed else None
    return Cookie(generation, int(seq), int(issued), marks)


_TO_URL = bytes.maketrans(b"+/", b"-_")


def _spelled(raw: bytes) -> str:
    return binascii.b2a_base64(raw, newline=False).rstrip(b"=").translate(_TO_URL).decode()


def _long(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big")
