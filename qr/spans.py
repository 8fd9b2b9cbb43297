"""Reading a label character by character: what may be wrong with it, and exactly where."""

import string
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

DIGITS = frozenset(string.digits)
LETTERS_DIGITS = frozenset(string.ascii_uppercase + string.digits)
BASE32 = frozenset(string.ascii_uppercase + "234567")
# The 82 characters that GS1 serials may hold (known, text of the standard not read).
GS1_82 = frozenset(string.ascii_letters + string.digits + "!\"%&'()*+,-./:;<=>?_")

WHITESPACE = " \t\r\n\v\f"
# Letters of other scripts that print like Latin ones: Cyrillic first, then Greek.
_TWINS = frozenset("АВЕЅІЈКМНОРСТУХаеорсухѕіјΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν")
_DIGIT_TWINS = frozenset("OoQDIlLZSB")
_BASE32_TWINS = frozenset("0189")


class PayloadFault(StrEnum):
    """Why a label was refused. The values are for ever."""

    empty = "empty"
    too_long = "too_long"
    truncated = "truncated"
    unknown_format = "unknown_format"
    unknown_kind = "unknown_kind"
    bad_host = "bad_host"
    bad_path = "bad_path"
    bad_percent = "bad_percent"
    bad_character = "bad_character"
    control_character = "control_character"
    hidden_character = "hidden_character"
    whitespace_inside = "whitespace_inside"
    look_alike = "look_alike"
    bad_length = "bad_length"
    check_digit = "check_digit"
    checksum = "checksum"
    bad_month = "bad_month"
    not_a_url = "not_a_url"


class PayloadError(ValueError):
    """A label that says nothing we may act on: `fault` says why, `position` where (0-based, in the text as given)."""

    def __init__(self, fault: PayloadFault, position: int) -> None:
        super().__init__(f"{fault} at {position}")
        self.fault = fault
        self.position = position

    @property
    def code(self) -> str:
        """The fault as one of the codes that travel."""
        return f"qr.{self.fault}"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a label that remembers where each of its characters stood; `places` has one more: the end."""

    text: str
    places: Sequence[int]

    def cut(self, start: int, end: int) -> "Span":
        """The piece from start to end."""
        return Span(self.text[start:end], self.places[start : end + 1])

    def split(self, separator: str) -> list["Span"]:
        """The pieces between the separators."""
        pieces, start = [], 0
        for part in self.text.split(separator):
            pieces.append(self.cut(start, start + len(part)))
            start += len(part) + 1
        return pieces

    def upper(self) -> "Span":
        """The same piece with ASCII letters in upper case (never longer, unlike str.upper)."""
        return Span(self.text.translate(_TO_UPPER), self.places)

    def error(self, fault: PayloadFault, index: int = 0) -> PayloadError:
        """The refusal because of the character at index, to be raised."""
        return PayloadError(fault, self.places[min(index, len(self.text))])

    def need(self, allowed: Set[str]) -> None:
        """Refuse the first character which is not allowed."""
        for index, char in enumerate(self.text):
            if char not in allowed:
                raise self.error(fault_of(char, allowed), index)

    def need_length(self, least: int, most: int) -> None:
        """Refuse what is too short (truncated, at its end) or too long (bad_length, at the first surplus character)."""
        if len(self.text) < least:
            raise self.error(PayloadFault.truncated, len(self.text))
        if len(self.text) > most:
            raise self.error(PayloadFault.bad_length, most)


_TO_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)


def whole(text: str) -> Span:
    """The text without the whitespace around it."""
    start = len(text) - len(text.lstrip(WHITESPACE))
    stripped = text.strip(WHITESPACE)
    return Span(stripped, range(start, start + len(stripped) + 1))


def need_visible(span: Span) -> None:
    """Refuse characters that a person cannot see: controls, direction marks, zero-width, surrogates."""
    if span.text.isascii() and span.text.isprintable():
        return
    for index, char in enumerate(span.text):
        fault = fault_of(char, frozenset())
        if fault in (PayloadFault.control_character, PayloadFault.hidden_character):
            raise span.error(fault, index)


def percent_decoded(span: Span) -> Span:
    """The piece with %XX undone once; each decoded character stands where its % stood."""
    if "%" not in span.text:
        return span
    chars, places, index = [], [], 0
    while index < len(span.text):
        char = span.text[index]
        places.append(span.places[index])
        chars.append(_unescaped(span, index) if char == "%" else char)
        index += 3 if char == "%" else 1
    return Span("".join(chars), (*places, span.places[len(span.text)]))


def _unescaped(span: Span, index: int) -> str:
    pair = span.text[index + 1 : index + 3]
    if len(pair) < 2 or not set(pair) <= set(string.hexdigits):
        raise span.error(PayloadFault.bad_percent, index)
    value = int(pair, 16)
    if value >= 0x80:
        raise span.error(PayloadFault.bad_percent, index)
    if value < 0x20 or value == 0x7F:
        raise span.error(PayloadFault.control_character, index)
    return chr(value)


def fault_of(char: str, allowed: Set[str]) -> PayloadFault:
    """Name what is wrong with a character that is not among the allowed."""
    category = unicodedata.category(char)
    if char in WHITESPACE or category == "Zs":
        return PayloadFault.whitespace_inside
    if category in ("Cc", "Cs"):
        return PayloadFault.control_character
    if category in ("Cf", "Zl", "Zp", "Mn", "Me") or char in "\u115f\u1160\u2800\u3164\uffa0":
        return PayloadFault.hidden_character
    if _is_twin(char, allowed):
        return PayloadFault.look_alike
    return PayloadFault.bad_character


def _is_twin(char: str, allowed: Set[str]) -> bool:
    if char.isascii():
        if allowed == DIGITS:
            return char in _DIGIT_TWINS
        return allowed == BASE32 and char in _BASE32_TWINS
    if char in _TWINS or unicodedata.digit(char, None) is not None:
        return True
    folded = unicodedata.normalize("NFKC", char)
    return folded.isascii() and folded.isprintable()
