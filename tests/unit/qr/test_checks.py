"""Check characters against published values, and what they catch."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr.checks import ALPHABET_36, CrcVariant, crc16, mod10_check, mod37_36_check


@pytest.mark.parametrize(
    ("digits", "check"),
    [
        ("629104150021", "3"),  # the GTIN-13 that GS1's own pages use as example
        ("690123400001", "6"),
        ("400638133393", "1"),
        ("03600029145", "2"),
    ],
)
def test_mod_10_gives_the_published_digit(digits, check):
    assert mod10_check(digits) == check


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("A12425GABC1234002", "M"),  # the GRid example
        ("00000000D07A0090", "Q"),  # an ISAN example
    ],
)
def test_mod_37_36_gives_the_published_character(text, check):
    assert mod37_36_check(text) == check


@pytest.mark.parametrize(
    ("variant", "value"),
    [
        (CrcVariant.ccitt_false, 0x29B1),
        (CrcVariant.xmodem, 0x31C3),
        (CrcVariant.aug_ccitt, 0xE5CC),
        (CrcVariant.kermit, 0x2189),
        (CrcVariant.x_25, 0x906E),
    ],
)
def test_every_crc_gives_its_catalogued_value(variant, value):
    assert crc16(b"123456789", variant) == value


@given(st.text(string.digits, min_size=12, max_size=12), st.data())
def test_mod_10_catches_every_single_wrong_digit(digits, data):
    place = data.draw(st.integers(0, 11))
    other = data.draw(st.sampled_from(string.digits.replace(digits[place], "")))
    assert mod10_check(digits) != mod10_check(digits[:place] + other + digits[place + 1 :])


@given(st.text(ALPHABET_36, min_size=1, max_size=32), st.data())
def test_mod_37_36_catches_every_single_wrong_character(text, data):
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(ALPHABET_36.replace(text[place], "")))
    assert mod37_36_check(text) != mod37_36_check(text[:place] + other + text[place + 1 :])


def test_mod_37_36_catches_nearly_all_neighbours_that_changed_places():
    # Not all: 2345 and 2354 share their check character.
    assert mod37_36_check("2345") == mod37_36_check("2354")
    code = "1440012260000123"
    pairs = [(code[:i] + a + b + code[i + 2 :], code[:i] + b + a + code[i + 2 :]) for i in range(15) for a, b in PAIRS]
    missed = sum(mod37_36_check(one) == mod37_36_check(other) for one, other in pairs)
    assert missed / len(pairs) < 0.04


PAIRS = [(a, b) for a in string.digits for b in string.digits if a < b]
