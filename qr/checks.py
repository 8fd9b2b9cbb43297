"""Check characters and checksums that labels carry. Pure arithmetic on text.

Certainty: the algorithms are written from general knowledge and held by published example values in the tests; the
standards themselves (GS1 General Specifications, ISO/IEC 7064) were not read, and no conformity is claimed.
"""

from enum import StrEnum

ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_VALUES_36 = {char: value for value, char in enumerate(ALPHABET_36)}


def mod10_check(digits: str) -> str:
    """The GS1 mod-10 check digit of ASCII digits: weights 3, 1, 3 … from the right."""
    values = digits.encode("ascii")
    total = 3 * sum(values[-1::-2]) + sum(values[-2::-2])
    # bytes are 48 above their digit: take the surplus of every weighted place away again
    surplus = 48 * (3 * ((len(values) + 1) // 2) + len(values) // 2)
    return str(-(total - surplus) % 10)


def mod37_36_check(text: str) -> str:
    """The hybrid mod 37,36 check character (as named by ISO/IEC 7064) of upper-case letters and digits.

    Catches every single wrong character, and nearly every exchange of two neighbours.
    """
    rest = 36
    for char in text:
        rest = (rest + _VALUES_36[char]) % 36 or 36
        rest = rest * 2 % 37
    return ALPHABET_36[(37 - rest) % 36]


class CrcVariant(StrEnum):
    """Start values and bit orders that are all called "CRC-16-CCITT" in the field."""

    ccitt_false = "ccitt_false"
    xmodem = "xmodem"
    aug_ccitt = "aug_ccitt"
    kermit = "kermit"
    x_25 = "x_25"


_CRC_START = {CrcVariant.ccitt_false: 0xFFFF, CrcVariant.xmodem: 0, CrcVariant.aug_ccitt: 0x1D0F}
_CRC_REFLECTED = {CrcVariant.kermit: (0, 0), CrcVariant.x_25: (0xFFFF, 0xFFFF)}


def crc16(data: bytes, variant: CrcVariant = CrcVariant.ccitt_false) -> int:
    """The 16-bit CRC of polynomial 0x1021 in one of its named variants."""
    if variant in _CRC_REFLECTED:
        start, final = _CRC_REFLECTED[variant]
        return _crc16_reflected(data, start) ^ final
    rest = _CRC_START[variant]
    for byte in data:
        rest ^= byte << 8
        for _ in range(8):
            rest = (rest << 1 ^ 0x1021) & 0xFFFF if rest & 0x8000 else rest << 1
    return rest


def _crc16_reflected(data: bytes, start: int) -> int:
    rest = start
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ 0x8408 if rest & 1 else rest >> 1
    return rest
