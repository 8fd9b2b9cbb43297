"""A set of names in nine bits each, asked without a network: a binary fuse filter. Pure.

Bytes, big-endian: 4 segment length (a power of two), 4 number of segments, 8 seed, then one byte a slot. A name's
64-bit hash is SHA-256 of seed (8 bytes) and name, its first 8 bytes; `h0 = hash * count >> 64` with
count = (segments - 2) * length, `h1 = (h0 + length) ^ (hash >> 18 & length - 1)`,
`h2 = (h0 + 2 * length) ^ (hash & length - 1)`. A name is (probably) inside
when its fingerprint `(hash ^ hash >> 32) & 255` is the xor of its three slots.
Source: Graf, Lemire: Binary Fuse Filters (2022), three-wise.
"""

import math
from collections.abc import Iterable
from hashlib import sha256

SEGMENT_MAX = 1 << 18
TRIES_MAX = 100
_HEAD = 16
_MASK = (1 << 64) - 1


def build(names: Iterable[str]) -> bytes:
    """A filter that says yes to all of `names`, and to one of 256 others."""
    wanted = sorted(set(names))
    length = _segment_length(len(wanted))
    segments = max(3, math.ceil(_slots(len(wanted)) / length))
    for number in range(TRIES_MAX):
        seed = number.to_bytes(8)
        slots = _filled([_hash(seed, name) for name in wanted], length, segments)
        if slots is not None:
            return length.to_bytes(4) + segments.to_bytes(4) + seed + bytes(slots)
    raise AssertionError("a hundred seeds and no filter: names that hash alike")


def contains(kept: bytes, name: str) -> bool:
    """Whether a name is probably among those of the filter; False is certain."""
    length, segments = int.from_bytes(kept[:4]), int.from_bytes(kept[4:8])
    hashed = _hash(kept[8:_HEAD], name)
    first, second, third = _places(hashed, length, segments)
    return kept[_HEAD + first] ^ kept[_HEAD + second] ^ kept[_HEAD + third] == _fingerprint(hashed)


def is_whole(kept: bytes) -> bool:
    """Whether these bytes are a filter from its head to its end: what is cut, or longer than it says, is none."""
    length, segments = int.from_bytes(kept[:4]), int.from_bytes(kept[4:8])
    power = 0 < length <= SEGMENT_MAX and length & (length - 1) == 0
    return power and segments >= 3 and len(kept) == _HEAD + length * segments


def _segment_length(count: int) -> int:
    if count < 2:
        return 4
    return min(1 << math.floor(math.log(count) / math.log(3.33) + 2.25), SEGMENT_MAX)


def _slots(count: int) -> int:
    factor = max(1.125, 0.875 + 0.25 * math.log(1_000_000) / math.log(count)) if count > 1 else 2
    return math.ceil(count * factor)


def _hash(seed: bytes, name: str) -> int:
    return int.from_bytes(sha256(seed + name.encode()).digest()[:8])


def _fingerprint(hashed: int) -> int:
    return (hashed ^ hashed >> 32) & 0xFF


def _places(hashed: int, length: int, segments: int) -> tuple[int, int, int]:
    first = hashed * ((segments - 2) * length) >> 64
    turn = length - 1
    second, third = first + length, first + 2 * length
    return first, second ^ (hashed >> 18) & turn, third ^ hashed & turn


def _filled(hashes: list[int], length: int, segments: int) -> bytearray | None:
    """The slots, or None where this seed leaves a knot that cannot be peeled."""
    size = segments * length
    counts, joined = [0] * size, [0] * size
    for at, hashed in enumerate(hashes):
        for place in _places(hashed, length, segments):
            counts[place] += 1
            joined[place] ^= at
    alone = [place for place in range(size) if counts[place] == 1]
    peeled: list[tuple[int, int]] = []
    while alone:
        place = alone.pop()
        if counts[place] != 1:
            continue
        at = joined[place]
        peeled.append((at, place))
        for other in _places(hashes[at], length, segments):
            counts[other] -= 1
            joined[other] ^= at
            if counts[other] == 1:
                alone.append(other)
    if len(peeled) < len(hashes):
        return None
    slots = bytearray(size)
    for at, place in reversed(peeled):
        first, second, third = _places(hashes[at], length, segments)
        slots[place] ^= slots[first] ^ slots[second] ^ slots[third] ^ _fingerprint(hashes[at])
    return slots
