"""What is right for attachments: the words of tus, limits, what a file is by its bytes, ranges."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar

from backend.kernel.errors import Clash, Gone, Invalid, TooLarge, TooMany, Unknown, Unsupported
from mobile_contract.attachments import (
    FILENAME_CHARS_MAX,
    METADATA_BYTES_MAX,
    METADATA_KEYS,
    OPEN_UPLOADS_MAX,
    PIXELS_MAX,
    TUS_CHECKSUMS,
    UPLOAD_KEPT_DAYS,
    MediaType,
)
from sync.refusal import Refusal

UPLOAD_KEPT = timedelta(days=UPLOAD_KEPT_DAYS)
SNIFF_BYTES = 64
OFFSET_DIGITS_MAX = 15
THUMBNAIL_RETRY_S = 5
BUSY_RETRY_S = 2


class UploadState(StrEnum):
    """Where an upload stands."""

    open = "open"
    arrived = "arrived"
    cancelled = "cancelled"
    expired = "expired"
    refused = "refused"


class TusVersionUnknown(Refusal):
    code = "attachments.tus_version"
    status: ClassVar[int] = 412


class LengthInvalid(Invalid):
    code = "attachments.length_invalid"


class FileTooLarge(TooLarge):
    code = "attachments.too_large"


class MetadataInvalid(Invalid):
    code = "attachments.metadata_invalid"


class OffsetInvalid(Invalid):
    code = "attachments.offset_invalid"


class OffsetConflict(Clash):
    code = "attachments.offset_conflict"


class BeyondLength(TooLarge):
    code = "attachments.beyond_length"


class UploadBusy(Refusal):
    """423, as other tus servers answer: clients come again."""

    code = "attachments.busy"
    status: ClassVar[int] = 423


class ChecksumInvalid(Refusal):
    code = "attachments.checksum_invalid"
    status: ClassVar[int] = 400


class ChecksumMismatch(Refusal):
    """460 is the protocol's own number."""

    code = "attachments.checksum_mismatch"
    status: ClassVar[int] = 460


class Sha256Mismatch(Refusal):
    code = "attachments.sha256_mismatch"
    status: ClassVar[int] = 460


class ContentUnsupported(Unsupported):
    code = "attachments.content_unsupported"


class ImageTooLarge(Invalid):
    code = "attachments.image_too_large"


class UploadUnknown(Unknown):
    code = "attachments.upload_unknown"


class UploadExpired(Gone):
    code = "attachments.upload_expired"


class UploadEnded(Gone):
    code = "attachments.upload_ended"


class UploadFinished(Clash):
    code = "attachments.upload_finished"


class TooManyOpen(TooMany):
    code = "attachments.too_many_open"


class AttachmentUnknown(Unknown):
    code = "attachments.unknown"


class NoThumbnail(Unknown):
    code = "attachments.no_thumbnail"


class ThumbnailPending(Unknown):
    code = "attachments.thumbnail_pending"


class RangeUnsatisfiable(Refusal):
    code = "attachments.range_unsatisfiable"
    status: ClassVar[int] = 416


@dataclass(frozen=True, slots=True)
class Metadata:
    """Upload-Metadata, read and checked."""

    sent: str = ""
    filename: str = ""
    filetype: str = ""
    sha256: str | None = None
    mutation: str | None = None
    row: str | None = None


@dataclass(slots=True)
class Checksum:
    """Upload-Checksum of one request: what is expected, and the hash of what came so far."""

    algorithm: str
    expected: bytes
    _hash: "hashlib._Hash" = field(init=False)

    def __post_init__(self) -> None:
        self._hash = hashlib.new(self.algorithm, usedforsecurity=False)

    def add(self, data: bytes) -> None:
        """Takes in what came."""
        self._hash.update(data)

    def holds(self) -> bool:
        """Whether what came is what was meant."""
        return hmac.compare_digest(self._hash.digest(), self.expected)


def length_of(header: str | None, limit_bytes: int) -> int:
    """Upload-Length in bytes; refuses what is no number, nothing, or more than the limit."""
    if header is None or not _is_number(header) or int(header) == 0:
        raise LengthInvalid(limit_bytes=limit_bytes)
    if int(header) > limit_bytes:
        raise FileTooLarge(limit_bytes=limit_bytes)
    return int(header)


def offset_of(header: str | None) -> int:
    """Upload-Offset in bytes."""
    if header is None or not _is_number(header):
        raise OffsetInvalid
    return int(header)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= OFFSET_DIGITS_MAX


def check_open_uploads(count: int) -> None:
    """Refuses one more than OPEN_UPLOADS_MAX."""
    if count >= OPEN_UPLOADS_MAX:
        raise TooManyOpen(limit=OPEN_UPLOADS_MAX)


# -- metadata -----------------------------------------------------------------------------------------------------

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILETYPE = re.compile(r"[a-zA-Z0-9.+-]{1,30}/[a-zA-Z0-9.+-]{1,30}")
_NAME = re.compile(r"[A-Za-z0-9:._-]{1,128}")


def metadata_of(header: str | None) -> Metadata:
    """Upload-Metadata: pairs of a key and a base64 value, parted by commas. Unknown keys are refused by name."""
    sent = header or ""
    if len(sent) > METADATA_BYTES_MAX:
        raise MetadataInvalid(where=f"> {METADATA_BYTES_MAX}")
    pairs: dict[str, str] = {}
    for part in sent.split(",") if sent.strip() else ():
        key, _, value = part.strip().partition(" ")
        if key not in METADATA_KEYS or key in pairs:
            raise MetadataInvalid(where=key[:40])
        pairs[key] = _decoded(key, value.strip())
    return _checked(sent, pairs)


def _checked(sent: str, pairs: Mapping[str, str]) -> Metadata:
    for key, pattern in (("sha256", _SHA256), ("filetype", _FILETYPE), ("mutation", _NAME), ("row", _NAME)):
        if pairs.get(key) and not pattern.fullmatch(pairs[key]):
            raise MetadataInvalid(where=key)
    return Metadata(
        sent,
        filename_of(pairs.get("filename", "")),
        pairs.get("filetype", ""),
        pairs.get("sha256") or None,
        pairs.get("mutation") or None,
        pairs.get("row") or None,
    )


def _decoded(key: str, value: str) -> str:
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        raise MetadataInvalid(where=key) from None
    if any(ord(c) < 32 or ord(c) == 0x7F for c in text):
        raise MetadataInvalid(where=key)
    return text


def filename_of(claimed: str) -> str:
    """The last part of a claimed path; it is only ever shown, never used to open a file."""
    name = re.split(r"[/\\]", claimed)[-1].strip()
    return "" if name in (".", "..") else name[-FILENAME_CHARS_MAX:]


# -- checksums ----------------------------------------------------------------------------------------------------


def checksum_of(header: str | None) -> Checksum | None:
    """Upload-Checksum: `sha1 <base64>` or `sha256 <base64>`; None when there is none."""
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in TUS_CHECKSUMS:
        raise ChecksumInvalid
    try:
        expected = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise ChecksumInvalid from None
    checksum = Checksum(algorithm, expected)
    if len(expected) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise ChecksumInvalid
    return checksum


# -- what a file is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """How a type of file begins."""

    media_type: MediaType
    offset: int
    starts: tuple[bytes, ...]
    also_offset: int = 0
    also: tuple[bytes, ...] = (b"",)


SIGNATURES = (
    Signature(MediaType.jpeg, 0, (b"\xff\xd8\xff",)),
    Signature(MediaType.png, 0, (b"\x89PNG\r\n\x1a\n",)),
    Signature(MediaType.webp, 0, (b"RIFF",), 8, (b"WEBP",)),
    Signature(MediaType.heic, 4, (b"ftyp",), 8, (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")),
    Signature(MediaType.mp4, 4, (b"ftyp",), 8, (b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"3gp")),
    Signature(MediaType.pdf, 0, (b"%PDF-1.", b"%PDF-2.")),
)
PICTURES = frozenset({MediaType.jpeg, MediaType.png, MediaType.webp})
"""What we can look into and make thumbnails of. HEIC is kept as it is."""
ENDINGS = {
    MediaType.jpeg: "jpg",
    MediaType.png: "png",
    MediaType.webp: "webp",
    MediaType.heic: "heic",
    MediaType.pdf: "pdf",
    MediaType.mp4: "mp4",
}


def media_type_of(head: bytes) -> MediaType:
    """What a file is by its first SNIFF_BYTES; refuses what is not on the list."""
    for mark in SIGNATURES:
        if head.startswith(mark.starts, mark.offset) and head.startswith(mark.also, mark.also_offset):
            return mark.media_type
    raise ContentUnsupported


def check_pixels(width: int, height: int) -> None:
    """Refuses pictures that would fill the memory once unpacked."""
    if width * height > PIXELS_MAX:
        raise ImageTooLarge(limit_pixels=PIXELS_MAX)


# -- ranges -------------------------------------------------------------------------------------------------------

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def range_of(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """The bytes asked for, as [start, end); None for the whole: no range, or one that RFC 9110 lets us ignore."""
    match = _RANGE.fullmatch((header or "").replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(size_bytes - int(last), 0), size_bytes
    else:
        start, end = int(first), min(int(last) + 1 if last else size_bytes, size_bytes)
        if last and int(last) < start:
            return None
    if start >= end:
        raise RangeUnsatisfiable(size_bytes=size_bytes)
    return start, end
