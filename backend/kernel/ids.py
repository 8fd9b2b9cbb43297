"""The one mint: row ids, tokens, codes."""

import hashlib
import itertools
import secrets
import threading
import time

_RUN = secrets.token_hex(8)
_PASSING = itertools.count()
_lock = threading.Lock()
_last = [0, 0]


def new_id() -> str:
    """A UUIDv7 (RFC 9562), lower case, strictly growing within this process."""
    with _lock:
        ms, tail = time.time_ns() // 1_000_000, secrets.randbits(74)
        if ms <= _last[0]:
            ms, tail = _last[0], _last[1] + 1 + secrets.randbits(32)
            if tail >> 74:
                ms, tail = ms + 1, secrets.randbits(73)
        _last[0], _last[1] = ms, tail
    number = (ms << 80) | (7 << 76) | ((tail >> 62) << 64) | (2 << 62) | (tail & ((1 << 62) - 1))
    return _written(number)


def _written(number: int) -> str:
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def passing_id() -> str:
    """Names what is gone in a moment, a request: like no other of any process, at a fraction of what an id costs."""
    return f"{_RUN}{next(_PASSING):08x}"


def named_id(*names: str) -> str:
    """The one UUID (RFC 9562, version 8) that belongs to these names, whoever asks and however often."""
    number = int.from_bytes(hashlib.sha256("\x00".join(names).encode()).digest()[:16])
    number = number & ~(0xF << 76) | (8 << 76)
    number = number & ~(0b11 << 62) | (0b10 << 62)
    return _written(number)


def new_token(strength_bytes: int = 32) -> str:
    """An unguessable URL-safe token."""
    return secrets.token_urlsafe(strength_bytes)


def new_code(length: int = 8) -> str:
    """A short code a person can read aloud: no 0/O, 1/I/L."""
    return "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(length))


def token_hash(token: str) -> str:
    """What we keep of a token: SHA-256, hex. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
