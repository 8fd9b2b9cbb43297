"""The checksum of a scope: a sum over its rows, kept up to date in O(1) a write."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass

MODULUS = 1 << 256


def row_hash(t: str, row_id: str, ver: int, body: bytes) -> int:
    """SHA-256 over the length-prefixed kind, id, version and the hash of the body's bytes, as an integer."""
    kind, name = t.encode(), row_id.encode()
    layout = f">I{len(kind)}sI{len(name)}sIQI32s"
    named = struct.pack(layout, len(kind), kind, len(name), name, 8, ver, 32, hashlib.sha256(body).digest())
    return int.from_bytes(hashlib.sha256(named).digest(), "big")


@dataclass(frozen=True, slots=True)
class Digest:
    """A sum modulo 2^256: order does not matter, adding and taking away are exact inverses."""

    value: int = 0

    def plus(self, hashes: Iterable[int]) -> "Digest":
        return Digest((self.value + sum(hashes)) % MODULUS)

    def minus(self, hashes: Iterable[int]) -> "Digest":
        return Digest((self.value - sum(hashes)) % MODULUS)

    def text(self) -> str:
        """64 lower-case hex digits, as it travels."""
        return f"{self.value:064x}"

    def to_bytes(self) -> bytes:
        return self.value.to_bytes(32, "big")

    @classmethod
    def from_bytes(cls, raw: bytes) -> "Digest":
        return cls(int.from_bytes(raw, "big"))
