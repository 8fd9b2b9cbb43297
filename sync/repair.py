"""Finds where two holders of a scope differ by comparing sums over ranges of versions. Pure: bytes in, bytes out.

A row's version is unlike any other row's, so a scope is an ordered set of pairs (version, mark). Two holders compare a
sum over a range; where the sums differ the range is split, and where little is left the pairs themselves are told. The
cost goes with the difference, not with the scope. In the manner of Negentropy (A. Meyer, Range-Based Set
Reconciliation, 2022); the layout of the bytes is ours and stands in sync/README.md.
"""

import base64
import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate, pairwise

from sync.refusal import Refusal

FIRST_SPLIT = 64
SPLIT = 8
LIST_MAX = 32
"""Pairs in a range that are told rather than summed up."""
ASKED_LIST_MAX = 256
"""The same, where the other side asked for the list since it holds next to nothing there."""
RANGES_MAX = 8_192
"""Ranges of a scope in one message."""
ANSWER_BYTES_MAX = 48_000
"""A scope's answer beyond this tells one sum for all that is left; the next round goes on there."""
ROUNDS_MAX = 16
SUM_BYTES = 8
TOLD_BYTES = 4
"""Bytes of a mark that a list tells."""
MARK_BITS = 64
END = 1 << 63
"""Beyond every version."""
_VARINT_BITS_MAX = 63


class RangesInvalid(Refusal):
    """Ranges that cannot be read, or that say what only a server says."""

    code = "sync.ranges_invalid"
    status = 422


class Sort(IntEnum):
    """What a message says of a range."""

    agreed = 0
    summed = 1
    listed = 2
    asked = 3
    """Tell me your pairs: I hold next to nothing here."""


@dataclass(frozen=True, slots=True)
class Range:
    """Versions from `lower` up to, not including, `upper`."""

    lower: int
    upper: int
    sort: Sort
    total: bytes = b""
    pairs: tuple[tuple[int, bytes], ...] = ()
    """(version, the first TOLD_BYTES of its mark)"""


@dataclass(slots=True)
class Found:
    """What a comparison brought to light."""

    missing: set[int] = field(default_factory=set)
    """Versions that the other side holds, or holds with another mark."""
    surplus: set[int] = field(default_factory=set)
    """Versions held here that the other side does not hold so."""


def mark_of(row_hash: int) -> int:
    """The first 64 bits of a row's hash."""
    return row_hash >> (256 - MARK_BITS)


class Marks:
    """A scope as a set of (version, mark), ready to be summed over any range."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        held = sorted(pairs)
        self._versions = [version for version, _ in held]
        self._marks = [mark for _, mark in held]
        self._sums = [0, *accumulate(self._marks)]

    def __len__(self) -> int:
        return len(self._versions)

    def places(self, lower: int, upper: int) -> tuple[int, int]:
        """Where a range begins and ends among the pairs."""
        return bisect_left(self._versions, lower), bisect_left(self._versions, upper)

    def total(self, lower: int, upper: int) -> bytes:
        """The first 8 bytes of SHA-256 over the sum of the marks modulo 2^64 and their count, 8 bytes each."""
        first, last = self.places(lower, upper)
        value = (self._sums[last] - self._sums[first]) % (1 << MARK_BITS)
        said = value.to_bytes(8, "big") + (last - first).to_bytes(8, "big")
        return hashlib.sha256(said).digest()[:SUM_BYTES]

    def pairs(self, lower: int, upper: int) -> tuple[tuple[int, bytes], ...]:
        """The pairs of a range as a list tells them."""
        first, last = self.places(lower, upper)
        return tuple((self._versions[i], self._marks[i].to_bytes(8, "big")[:TOLD_BYTES]) for i in range(first, last))

    def split(self, lower: int, upper: int, parts: int) -> list[Range]:
        """A range cut into about `parts` of as many pairs each, summed up."""
        first, last = self.places(lower, upper)
        step = max(1, -(-(last - first) // parts))
        cuts = sorted({lower, upper, *(self._versions[i] for i in range(first + step, last, step))})
        return [Range(a, b, Sort.summed, self.total(a, b)) for a, b in pairwise(cuts)]


# -- the two sides ------------------------------------------------------------------------------------------------


def opening(mine: Marks) -> list[Range]:
    """How a comparison begins."""
    if len(mine) <= LIST_MAX:
        return [Range(0, END, Sort.asked)]
    return mine.split(0, END, min(FIRST_SPLIT, len(mine) // LIST_MAX + 1))


def respond(theirs: Sequence[Range], mine: Marks) -> list[Range]:
    """The server's word on a handset's ranges. Raises RangesInvalid where a handset tells lists."""
    said: list[Range] = []
    room = ANSWER_BYTES_MAX
    for each in theirs:
        if each.sort is Sort.listed:
            raise RangesInvalid("a handset asks and sums up; it does not list")
        if room <= 0 and each.sort is not Sort.agreed:
            rest = theirs[-1].upper
            return [*said, Range(each.lower, rest, Sort.summed, mine.total(each.lower, rest))]
        answer = _answer(each, mine)
        room -= sum(4 + len(a.total) + len(a.pairs) * (TOLD_BYTES + 2) for a in answer)
        said += answer
    return said


def _answer(asked: Range, mine: Marks) -> list[Range]:
    lower, upper = asked.lower, asked.upper
    if asked.sort is Sort.agreed or (asked.sort is Sort.summed and mine.total(lower, upper) == asked.total):
        return [Range(lower, upper, Sort.agreed)]
    first, last = mine.places(lower, upper)
    if last - first <= (ASKED_LIST_MAX if asked.sort is Sort.asked else LIST_MAX):
        return [Range(lower, upper, Sort.listed, pairs=mine.pairs(lower, upper))]
    return mine.split(lower, upper, SPLIT)


def compare(theirs: Sequence[Range], mine: Marks, found: Found) -> list[Range]:
    """The handset's next ranges after the server's word, empty when all is known; differences go to `found`."""
    said: list[Range] = []
    for each in theirs:
        if each.sort is Sort.listed:
            told, held = set(each.pairs), set(mine.pairs(each.lower, each.upper))
            found.missing |= {version for version, _ in told - held}
            found.surplus |= {version for version, _ in held - told}
        elif each.sort is Sort.summed and mine.total(each.lower, each.upper) != each.total:
            first, last = mine.places(each.lower, each.upper)
            few = last - first <= LIST_MAX
            said += [Range(each.lower, each.upper, Sort.asked)] if few else mine.split(each.lower, each.upper, SPLIT)
    return said


# -- on the wire --------------------------------------------------------------------------------------------------


def write(ranges: Sequence[Range]) -> str:
    """Ranges as they travel: base64url of their bytes. What lies between and after them is agreed."""
    raw, at = bytearray(), 0
    for each in ranges:
        if each.sort is Sort.agreed:
            continue
        if each.lower > at:
            raw += _varint(each.lower - at) + bytes([Sort.agreed])
        raw += (_varint(each.upper - each.lower) if each.upper < END else b"\0") + bytes([each.sort])
        raw += each.total
        if each.sort is Sort.listed:
            raw += _varint(len(each.pairs))
            before = each.lower
            for version, told in each.pairs:
                raw += _varint(version - before) + told
                before = version
        at = each.upper
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


def read(text: str) -> list[Range]:
    """Ranges as they came. Raises RangesInvalid."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as fault:
        raise RangesInvalid("no base64url") from fault
    reader, lower = _Reader(raw), 0
    said: list[Range] = []
    while not reader.done():
        if len(said) >= RANGES_MAX or lower >= END:
            raise RangesInvalid(f"more than {RANGES_MAX} ranges, or one beyond the end")
        width = reader.varint()
        upper = min(lower + width, END) if width else END
        said.append(_read_range(reader, lower, upper))
        lower = upper
    return said


def _read_range(reader: "_Reader", lower: int, upper: int) -> Range:
    sort = reader.take(1)[0]
    if sort == Sort.summed:
        return Range(lower, upper, Sort.summed, reader.take(SUM_BYTES))
    if sort == Sort.listed:
        pairs, version = [], lower
        for _ in range(reader.varint()):
            version += reader.varint()
            pairs.append((version, reader.take(TOLD_BYTES)))
        if pairs and version >= upper:
            raise RangesInvalid("a list goes beyond its range")
        return Range(lower, upper, Sort.listed, pairs=tuple(pairs))
    if sort in (Sort.agreed, Sort.asked):
        return Range(lower, upper, Sort(sort))
    raise RangesInvalid("a range of no known sort")


class _Reader:
    """Takes bytes off the front; raises RangesInvalid where there are none left."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def done(self) -> bool:
        return self._at >= len(self._raw)

    def take(self, count: int) -> bytes:
        if self._at + count > len(self._raw):
            raise RangesInvalid("cut short")
        self._at += count
        return self._raw[self._at - count : self._at]

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
            shift += 7
            if shift >= _VARINT_BITS_MAX:
                raise RangesInvalid("a number beyond 63 bits")


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
