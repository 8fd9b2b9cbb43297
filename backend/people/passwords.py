"""Passwords and one-time codes: what we keep of them, and how long a guess takes.

A password costs argon2id: tens of milliseconds and `argon2_memory_kib` each. So no hash is made while a writing
transaction is open, and the doors bound how many are made at once. A one-time code is random and short-lived: a keyed
hash is enough, so that a thousand can be made in one import.
"""

import hashlib
import hmac
import unicodedata

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from backend.kernel.ids import new_token
from backend.kernel.settings import Settings

LANES = 1


class Passwords:
    """Hashes and checks passwords with the settings' cost; safe to share among threads."""

    def __init__(self, settings: Settings) -> None:
        hasher = Argon2Hasher(
            time_cost=settings.argon2_time_cost, memory_cost=settings.argon2_memory_kib, parallelism=LANES
        )
        self._argon2 = PasswordHash((hasher,))
        self._nobodys = self._argon2.hash(new_token())

    def hash(self, password: str) -> str:
        """The hash to keep."""
        return self._argon2.hash(_composed(password))

    def check(self, password: str, kept: str | None) -> tuple[bool, str | None]:
        """Whether it is the password, and a new hash to keep when the cost has changed since.

        Without a kept hash it takes as long, and the answer is no.
        """
        right, renewed = self._argon2.verify_and_update(_composed(password), kept or self._nobodys)
        return (right, renewed) if kept else (False, None)


def _composed(password: str) -> str:
    # The same word typed on another keyboard must stay the same word (RFC 8265, OpaqueString).
    return unicodedata.normalize("NFC", password)


def derived(settings: Settings, purpose: str) -> bytes:
    """A 32-byte key of its own for each purpose, from the server's secret (HKDF, RFC 5869)."""
    secret = settings.secret.get_secret_value().encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"gridcrew people {purpose}".encode()).derive(secret)


def keyed_hash(settings: Settings, purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 under the purpose's key."""
    return hmac.digest(derived(settings, purpose), text.encode(), hashlib.sha256)


def code_mac(settings: Settings, person_id: str, code: str) -> str:
    """What we keep of a one-time code; upper and lower case, spaces and hyphens make no difference."""
    plain = "".join(code.split()).replace("-", "").upper()
    return keyed_hash(settings, "one-time code", f"{person_id} {plain}").hex()


def same(left: str, right: str) -> bool:
    """Compares in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
