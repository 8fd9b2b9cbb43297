"""Labels made by others that the crew meets on cylinders: the qpsafe text, the bare code, the 64-character record.

Source: shapes as seen in working Chinese systems and noted in the project's brief (gas 3.1). No standard number is
stated there; none is claimed here.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from qr.checks import CrcVariant, crc16
from qr.kinds import Kind
from qr.spans import DIGITS, LETTERS_DIGITS, PayloadFault, Span

CYLINDER_CODE_DIGITS = 16
QPSAFE_TAIL = "气瓶安全云www.qpsafe.cn"
QPSAFE_FIELD_MAX_CHARS = 32
RECORD_CHARS = 64
_RECORD_WIDTHS = (1, 16, 16, 16, 6, 4)
_RECORD_CRC_CHARS = 59
_MONTH = re.compile(r"([0-9]{4})年(0[1-9]|1[0-2])月")
_HEX = frozenset("0123456789ABCDEFabcdef")
_STAMP = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-/")


@dataclass(frozen=True, slots=True)
class BareCode:
    """Sixteen digits and nothing else: a cylinder's code without a check character. Whose, only a registry can say."""

    kind: ClassVar[Kind] = Kind.bare_code
    code: str


@dataclass(frozen=True, slots=True)
class QpsafeText:
    """The text body of a qpsafe label. Months are YYYY-MM."""

    kind: ClassVar[Kind] = Kind.qpsafe
    certificate_no: str
    registration_code: str
    maker_code: str
    stamp_no: str
    made_month: str
    scrap_month: str


@dataclass(frozen=True, slots=True)
class CylinderRecord:
    """The 64-character record: five commas, checksum last. `crc_variant`: which CRC of that name fitted."""

    kind: ClassVar[Kind] = Kind.cylinder_record
    version: str
    code: str
    maker: str
    sales: str
    reserved: str
    crc_variant: CrcVariant


@dataclass(frozen=True, slots=True)
class CodeParts:
    """The 16-digit code taken apart: variety 1, province 2, maker 4, year 2, serial 7."""

    variety: str
    province: str
    maker: str
    year: str
    serial: str


def code_parts(code: str) -> CodeParts:
    """Take a 16-digit cylinder code apart."""
    assert len(code) == CYLINDER_CODE_DIGITS, "parse gives only codes of this length"
    return CodeParts(code[0], code[1:3], code[3:7], code[7:9], code[9:])


def read_bare_code(text: Span) -> BareCode:
    """Read exactly sixteen digits."""
    text.need(DIGITS)
    text.need_length(CYLINDER_CODE_DIGITS, CYLINDER_CODE_DIGITS)
    return BareCode(text.text)


def read_qpsafe(text: Span) -> QpsafeText:
    """Read `[certificate,code,maker,stamp,YYYY年MM月,YYYY年MM月]` with or without the site's name behind it."""
    end = text.text.find("]")
    if end < 0:
        raise text.error(PayloadFault.truncated, len(text.text))
    if text.text[end + 1 :] not in ("", QPSAFE_TAIL):
        raise text.error(PayloadFault.bad_character, end + 1)
    fields = text.cut(1, end).split(",")
    if len(fields) != 6:
        raise fields[-1].error(
            PayloadFault.truncated if len(fields) < 6 else PayloadFault.bad_length, len(fields[-1].text)
        )
    for field, allowed in zip(fields[:4], (LETTERS_DIGITS, DIGITS, LETTERS_DIGITS, _STAMP), strict=True):
        field.need(allowed)
        field.need_length(1, QPSAFE_FIELD_MAX_CHARS)
    certificate, code, maker, stamp = (field.text for field in fields[:4])
    return QpsafeText(certificate, code, maker, stamp, _month(fields[4]), _month(fields[5]))


def _month(field: Span) -> str:
    match = _MONTH.fullmatch(field.text)
    if match is None:
        raise field.error(PayloadFault.bad_month)
    return f"{match[1]}-{match[2]}"


def read_record(text: Span) -> CylinderRecord:
    """Read version, code, maker's part, sales part, reserve and CRC, parted by commas."""
    text.need_length(RECORD_CHARS, RECORD_CHARS)
    fields = text.split(",")
    for field, width in zip(fields, _RECORD_WIDTHS, strict=True):
        field.need_length(width, width)
    for field in fields[:5]:
        field.need(DIGITS if field is fields[1] else LETTERS_DIGITS)
    fields[5].need(_HEX)
    variant = _crc_variant(text.text[:_RECORD_CRC_CHARS], int(fields[5].text, 16))
    if variant is None:
        raise fields[5].error(PayloadFault.checksum)
    version, code, maker, sales, reserved = (field.text for field in fields[:5])
    return CylinderRecord(version, code, maker, sales, reserved, variant)


def _crc_variant(text: str, expected: int) -> CrcVariant | None:
    # The source names "CRC-16-CCITT" without its start value: accept any of that name and say which.
    data = text.encode("ascii")
    return next((variant for variant in CrcVariant if crc16(data, variant) == expected), None)


def qpsafe_text(label: QpsafeText) -> str:
    """Write the body of a qpsafe label."""
    months = (f"{month[:4]}年{month[5:]}月" for month in (label.made_month, label.scrap_month))
    head = (label.certificate_no, label.registration_code, label.maker_code, label.stamp_no)
    return f"[{','.join((*head, *months))}]{QPSAFE_TAIL}"


def record_text(label: CylinderRecord) -> str:
    """Write the 64-character record."""
    head = ",".join((label.version, label.code, label.maker, label.sales, label.reserved))
    return f"{head},{crc16(head.encode('ascii', 'replace'), label.crc_variant):04X}"
