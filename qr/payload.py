"""What a label says: the grammar of our own labels, GS1 keys and foreign formats; parse and format. Pure.

Grammar, version 1 (a later version takes new letters, an old letter never changes its meaning):

    HTTPS://HOST/8003/<0 + 13 digits + serial>   GRAI          HTTPS://HOST/8004/<reference>    GIAI
    HTTPS://HOST/C/<16 digits + check>           cylinder      HTTPS://HOST/F/<144 Base32>      seal of one fill
    HTTPS://HOST/K/<16 digits>                   component     HTTPS://HOST/P/<code + check>    punch point
    HTTPS://HOST/U/<account + 4 check chars>     customer      HTTPS://HOST/E/<token>           handset enrolment

Printed in upper case, so that a QR code needs no byte mode; read in either case, with whitespace around it, with one
trailing slash, with percent-encoding, over http too (`origin` then says so; who hands secrets to it must look).
A GS1 key may stand under a path of up to four segments and before a query, which is ignored. `check` is mod 37,36; the
check of a customer code is a matter of `qr.signing`. Foreign: see `qr.foreign`; brackets and EPC URNs: see `qr.gs1`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar
from urllib.parse import quote
from uuid import UUID

from qr.checks import mod10_check, mod37_36_check
from qr.foreign import (
    CYLINDER_CODE_DIGITS,
    BareCode,
    CylinderRecord,
    QpsafeText,
    qpsafe_text,
    read_bare_code,
    read_qpsafe,
    read_record,
    record_text,
)
from qr.gs1 import AI_GIAI, AI_GRAI, Giai, Grai, read_element_string, read_epc_urn, read_giai, read_grai
from qr.kinds import Kind
from qr.spans import (
    BASE32,
    DIGITS,
    LETTERS_DIGITS,
    PayloadError,
    PayloadFault,
    Span,
    fault_of,
    need_visible,
    percent_decoded,
    whole,
)

__all__ = [
    "BareCode",
    "Component",
    "Customer",
    "Cylinder",
    "CylinderRecord",
    "Enrolment",
    "Giai",
    "Grai",
    "Kind",
    "Payload",
    "PayloadError",
    "PayloadFault",
    "PunchPoint",
    "QpsafeText",
    "Seal",
    "cylinder_key",
    "format",
    "parse",
    "url",
]

GRAMMAR_VERSION = 1
PAYLOAD_MAX_CHARS = 512
HOST_MAX_CHARS = 253
STEM_SEGMENTS_MAX = 4
SEAL_CHARS = 144
TOKEN_MIN_CHARS = 16
TOKEN_MAX_CHARS = 64
COMPONENT_CODE_DIGITS = 16
PUNCH_CODE_MAX_CHARS = 32
ACCOUNT_MAX_CHARS = 24
CUSTOMER_CHECK_CHARS = 4


@dataclass(frozen=True, slots=True)
class Cylinder:
    """A cylinder under its 16-digit code where the owner has no GS1 prefix."""

    kind: ClassVar[Kind] = Kind.cylinder
    code: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """The signed certificate of one fill, still unverified: `qr.signing.verify` opens it."""

    kind: ClassVar[Kind] = Kind.seal
    body: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A one-time token that enrols a handset at the server `origin`."""

    kind: ClassVar[Kind] = Kind.enrolment
    token: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """A component of the city: district 6, big class 2, small class 2, serial 6."""

    kind: ClassVar[Kind] = Kind.component
    code: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class PunchPoint:
    """A place to punch: a code of letters and digits, or a uuid as 32 hexadecimal characters."""

    kind: ClassVar[Kind] = Kind.punch_point
    code: str
    origin: str = ""

    @property
    def uuid(self) -> UUID | None:
        """The code as a uuid, when it is one."""
        return UUID(self.code) if re.fullmatch("[0-9A-F]{32}", self.code) else None


@dataclass(frozen=True, slots=True)
class Customer:
    """A household's account with the check that only the server can make (`qr.signing.customer_check`)."""

    kind: ClassVar[Kind] = Kind.customer
    account: str
    check: str
    origin: str = ""


Owned = Grai | Giai | Cylinder | Seal | Enrolment | Component | PunchPoint | Customer
Foreign = BareCode | QpsafeText | CylinderRecord
Payload = Owned | Foreign

_LETTERS = {
    "C": Kind.cylinder,
    "E": Kind.enrolment,
    "F": Kind.seal,
    "K": Kind.component,
    "P": Kind.punch_point,
    "U": Kind.customer,
}
_FAST_GRAI = re.compile(
    r"\s*(https?)://([a-z0-9.:-]+)/8003/0([0-9]{13})([a-z0-9._-]{0,16})/?\s*", re.ASCII | re.IGNORECASE
)
_LINK = re.compile(r"(https?)://([^/?#]*)", re.ASCII | re.IGNORECASE)
_AUTHORITY = re.compile(
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:[1-9][0-9]{0,4})?", re.ASCII
)
_AUTHORITY_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-:")
_ACCOUNT_CHARS = LETTERS_DIGITS | {"-"}
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
_PORT_MAX = 65_535


def parse(text: str) -> Payload:
    """Read what a label says. Raises PayloadError (fault, position) for anything else, and nothing but that."""
    if len(text) > PAYLOAD_MAX_CHARS:
        raise PayloadError(PayloadFault.too_long, PAYLOAD_MAX_CHARS)
    match = _FAST_GRAI.fullmatch(text)
    if match is not None:
        scheme, authority, asset_type, serial = match.groups()
        origin = _origin(scheme, authority)
        if origin is not None and mod10_check(asset_type[:12]) == asset_type[12]:
            return Grai(asset_type, serial, origin)
    span = whole(text)
    if not span.text:
        raise span.error(PayloadFault.empty)
    need_visible(span)
    return _parse_by_shape(span)


def _parse_by_shape(span: Span) -> Payload:
    text = span.text
    link = _LINK.match(text)
    if link is not None:
        return _parse_link(span, link)
    if text.startswith("["):
        return read_qpsafe(span)
    if text.startswith("("):
        return read_element_string(span)
    if text[:4].lower() == "urn:":
        return read_epc_urn(span)
    if text.count(",") == 5:
        return read_record(span)
    if text[0].isdigit():
        return read_bare_code(span)
    raise _shapeless(span)


def _shapeless(span: Span) -> PayloadError:
    # Full-width "ＨＴＴＰＳ" is the likely accident: say so, where it begins.
    for index, char in enumerate(span.text):
        if fault_of(char, frozenset()) is PayloadFault.look_alike:
            return span.error(PayloadFault.look_alike, index)
    return span.error(PayloadFault.unknown_format)


def _parse_link(span: Span, link: re.Match[str]) -> Owned:
    origin = _origin(link[1], link[2])
    if origin is None:
        raise _authority_error(span.cut(link.start(2), link.end(2)))
    tail = span.cut(link.end(), len(span.text))
    length = min((i for i in (tail.text.find("?"), tail.text.find("#")) if i >= 0), default=len(tail.text))
    path = tail.cut(0, length)
    if path.text.endswith("/"):
        path = path.cut(0, length - 1)
    segments = [percent_decoded(segment) for segment in path.split("/")[1:]]
    if len(segments) < 2:
        raise path.error(PayloadFault.truncated, len(path.text))
    key, value = segments[-2], segments[-1]
    if key.text in (AI_GRAI, AI_GIAI):
        _need_stem(segments[:-2])
        return read_grai(value, origin) if key.text == AI_GRAI else read_giai(value, origin)
    letter = segments[0].upper().text
    if letter not in _LETTERS:
        raise segments[0].error(PayloadFault.unknown_kind)
    if len(segments) > 2:
        raise segments[2].error(PayloadFault.bad_path)
    if length < len(tail.text):
        raise tail.error(PayloadFault.bad_path, length)
    return _parse_own(_LETTERS[letter], value.upper(), origin)


def _need_stem(stem: list[Span]) -> None:
    for index, segment in enumerate(stem):
        if not segment.text or index >= STEM_SEGMENTS_MAX:
            raise segment.error(PayloadFault.bad_path)


@lru_cache(maxsize=256)
def _origin(scheme: str, authority: str) -> str | None:
    scheme, authority = scheme.lower(), authority.lower()
    if not _AUTHORITY.fullmatch(authority):
        return None
    host, colon, port = authority.partition(":")
    if len(host) > HOST_MAX_CHARS or (colon and int(port) > _PORT_MAX):
        return None
    return f"{scheme}://{authority.removesuffix(_DEFAULT_PORTS[scheme])}"


def _authority_error(authority: Span) -> PayloadError:
    for index, char in enumerate(authority.text):
        if not char.isascii():
            return authority.error(fault_of(char, _AUTHORITY_CHARS), index)
        if char.lower() not in _AUTHORITY_CHARS:
            return authority.error(PayloadFault.bad_host, index)
    return authority.error(PayloadFault.bad_host)


def _parse_own(kind: Kind, body: Span, origin: str) -> Owned:
    if kind is Kind.cylinder:
        return _cylinder(body, origin)
    if kind is Kind.seal:
        body.need(BASE32)
        body.need_length(SEAL_CHARS, SEAL_CHARS)
        return Seal(body.text, origin)
    if kind is Kind.enrolment:
        body.need(LETTERS_DIGITS)
        body.need_length(TOKEN_MIN_CHARS, TOKEN_MAX_CHARS)
        return Enrolment(body.text, origin)
    if kind is Kind.component:
        body.need(DIGITS)
        body.need_length(COMPONENT_CODE_DIGITS, COMPONENT_CODE_DIGITS)
        return Component(body.text, origin)
    if kind is Kind.punch_point:
        body.need(LETTERS_DIGITS)
        body.need_length(2, PUNCH_CODE_MAX_CHARS + 1)
        _need_check(body)
        return PunchPoint(body.text[:-1], origin)
    return _customer(body, origin)


def _cylinder(body: Span, origin: str) -> Cylinder:
    body.cut(0, CYLINDER_CODE_DIGITS).need(DIGITS)
    body.need(LETTERS_DIGITS)
    body.need_length(CYLINDER_CODE_DIGITS + 1, CYLINDER_CODE_DIGITS + 1)
    _need_check(body)
    return Cylinder(body.text[:-1], origin)


def _customer(body: Span, origin: str) -> Customer:
    body.need(_ACCOUNT_CHARS)
    body.need_length(CUSTOMER_CHECK_CHARS + 1, ACCOUNT_MAX_CHARS + CUSTOMER_CHECK_CHARS)
    split = len(body.text) - CUSTOMER_CHECK_CHARS
    body.cut(split, len(body.text)).need(BASE32)
    return Customer(body.text[:split], body.text[split:], origin)


def _need_check(body: Span) -> None:
    if mod37_36_check(body.text[:-1]) != body.text[-1]:
        raise body.error(PayloadFault.check_digit, len(body.text) - 1)


def format(payload: Payload) -> str:
    """The text to print; `parse` gives the payload back. Raises PayloadError if its fields are not lawful."""
    if isinstance(payload, BareCode):
        text = payload.code
    elif isinstance(payload, QpsafeText):
        text = qpsafe_text(payload)
    elif isinstance(payload, CylinderRecord):
        text = record_text(payload)
    elif payload.origin:
        text = f"{payload.origin.upper()}/{_path(payload)}"
    elif isinstance(payload, (Grai, Giai)):
        text = f"({AI_GRAI if isinstance(payload, Grai) else AI_GIAI}){payload.key}"
    else:
        raise PayloadError(PayloadFault.bad_host, 0)
    read = parse(text)
    # Lower-case letters in a field of our own kinds, or an origin with a path, would come back changed.
    if read != payload:
        raise PayloadError(PayloadFault.bad_character, 0)
    return text


def url(payload: Payload) -> str:
    """The canonical URL of a payload that has an origin: scheme and host in lower case, the rest as printed."""
    if isinstance(payload, (BareCode, QpsafeText, CylinderRecord)) or not payload.origin:
        raise PayloadError(PayloadFault.not_a_url, 0)
    text = format(payload)
    return payload.origin + text[len(payload.origin) :]


def _path(payload: Owned) -> str:
    if isinstance(payload, (Grai, Giai)):
        return f"{AI_GRAI if isinstance(payload, Grai) else AI_GIAI}/{quote(payload.key, safe='', errors='replace')}"
    if isinstance(payload, Cylinder):
        return f"C/{payload.code}{_check(payload.code)}"
    if isinstance(payload, Seal):
        return f"F/{payload.body}"
    if isinstance(payload, Enrolment):
        return f"E/{payload.token}"
    if isinstance(payload, Component):
        return f"K/{payload.code}"
    if isinstance(payload, PunchPoint):
        return f"P/{payload.code}{_check(payload.code)}"
    return f"U/{payload.account}{payload.check}"


def _check(code: str) -> str:
    for index, char in enumerate(code):
        if char not in LETTERS_DIGITS:
            raise PayloadError(PayloadFault.bad_character, index)
    return mod37_36_check(code)


def cylinder_key(payload: Payload) -> str | None:
    """The name of the cylinder on a label, the same for every format which carries it; None if it names no cylinder.

    The 16-digit code where there is one; else a name in the number space of its maker (`grai:…`, `giai:…`, `qpsafe:…`).
    """
    if isinstance(payload, (Cylinder, BareCode, CylinderRecord)):
        return payload.code
    if isinstance(payload, Grai) and payload.serial:
        is_code = len(payload.serial) == CYLINDER_CODE_DIGITS and payload.serial.isdecimal()
        return payload.serial if is_code else f"grai:{payload.asset_type}.{payload.serial}"
    if isinstance(payload, Giai):
        return f"giai:{payload.reference}"
    if isinstance(payload, QpsafeText):
        return f"qpsafe:{payload.registration_code}"
    return None
