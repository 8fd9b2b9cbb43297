"""GS1 keys on labels: GRAI (AI 8003) and GIAI (AI 8004), as Digital Link, bracketed element string or EPC URN.

Certainty: shapes (8003 = 0 + 13 digits with check digit + up to 16 characters; 8004 = up to 30 characters) are from the
project's brief, which tried them against a GS1 syntax engine; the GS1 standards were not read and no conformity is
claimed. A GIAI has no check digit.
"""

from dataclasses import dataclass
from typing import ClassVar

from qr.checks import mod10_check
from qr.kinds import Kind
from qr.spans import DIGITS, GS1_82, PayloadFault, Span, percent_decoded

AI_GRAI = "8003"
AI_GIAI = "8004"
GRAI_SERIAL_MAX_CHARS = 16
GIAI_MAX_CHARS = 30
COMPANY_PREFIX_MIN_DIGITS = 4
_ASSET_TYPE_DIGITS = 13


@dataclass(frozen=True, slots=True)
class Grai:
    """A returnable asset: 13-digit asset type with its check digit, and a serial (may be empty: the type alone)."""

    kind: ClassVar[Kind] = Kind.grai
    asset_type: str
    serial: str
    origin: str = ""

    @property
    def key(self) -> str:
        """The value of AI 8003: filler 0, asset type, serial."""
        return f"0{self.asset_type}{self.serial}"


@dataclass(frozen=True, slots=True)
class Giai:
    """An individual asset: company prefix and reference in one string."""

    kind: ClassVar[Kind] = Kind.giai
    reference: str
    origin: str = ""

    @property
    def key(self) -> str:
        """The value of AI 8004."""
        return self.reference


def read_grai(value: Span, origin: str) -> Grai:
    """Read the value of AI 8003."""
    value.cut(0, 1 + _ASSET_TYPE_DIGITS).need(DIGITS)
    value.need(GS1_82)
    value.need_length(1 + _ASSET_TYPE_DIGITS, 1 + _ASSET_TYPE_DIGITS + GRAI_SERIAL_MAX_CHARS)
    if value.text[0] != "0":
        raise value.error(PayloadFault.bad_character)
    asset_type, serial = value.text[1:14], value.text[14:]
    if mod10_check(asset_type[:12]) != asset_type[12]:
        raise value.error(PayloadFault.check_digit, 13)
    return Grai(asset_type, serial, origin)


def read_giai(value: Span, origin: str) -> Giai:
    """Read the value of AI 8004."""
    value.cut(0, COMPANY_PREFIX_MIN_DIGITS).need(DIGITS)
    value.need(GS1_82)
    value.need_length(COMPANY_PREFIX_MIN_DIGITS + 1, GIAI_MAX_CHARS)
    return Giai(value.text, origin)


def read_element_string(text: Span) -> Grai | Giai:
    """Read the bracketed form `(8003)…` or `(8004)…`."""
    if text.text.startswith(f"({AI_GRAI})"):
        return read_grai(text.cut(6, len(text.text)), "")
    if text.text.startswith(f"({AI_GIAI})"):
        return read_giai(text.cut(6, len(text.text)), "")
    raise text.error(PayloadFault.unknown_kind, 1)


def read_epc_urn(text: Span) -> Grai | Giai:
    """Read `urn:epc:id:grai:<prefix>.<type>.<serial>` or `urn:epc:id:giai:<prefix>.<reference>`."""
    fields = text.split(":")
    if len(fields) < 5:
        raise text.error(PayloadFault.truncated, len(text.text))
    head = [field.text.lower() for field in fields[:4]]
    value = text.cut(sum(len(part) + 1 for part in head), len(text.text))
    if head == ["urn", "epc", "id", "grai"]:
        return _grai_of_urn(value)
    if head == ["urn", "epc", "id", "giai"]:
        return _giai_of_urn(value)
    raise text.error(PayloadFault.unknown_kind)


def _grai_of_urn(value: Span) -> Grai:
    parts = value.split(".")
    if len(parts) < 3:
        raise value.error(PayloadFault.truncated, len(value.text))
    prefix, asset = parts[0], parts[1]
    prefix.need(DIGITS)
    asset.need(DIGITS)
    prefix.need_length(COMPANY_PREFIX_MIN_DIGITS, 12)
    asset.need_length(12 - len(prefix.text), 12 - len(prefix.text))
    serial = percent_decoded(value.cut(len(prefix.text) + len(asset.text) + 2, len(value.text)))
    serial.need_length(1, GRAI_SERIAL_MAX_CHARS)
    serial.need(GS1_82)
    body = prefix.text + asset.text
    return Grai(body + mod10_check(body), serial.text)


def _giai_of_urn(value: Span) -> Giai:
    prefix, dot, _ = value.text.partition(".")
    if not dot:
        raise value.error(PayloadFault.truncated, len(value.text))
    head = value.cut(0, len(prefix))
    head.need(DIGITS)
    head.need_length(COMPANY_PREFIX_MIN_DIGITS, 12)
    tail = percent_decoded(value.cut(len(prefix) + 1, len(value.text)))
    tail.need_length(1, GIAI_MAX_CHARS - len(prefix))
    tail.need(GS1_82)
    return Giai(prefix + tail.text)
