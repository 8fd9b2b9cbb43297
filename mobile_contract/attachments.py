"""Attachments, as a phone knows them: tus 1.0 at `/attachments/v1/uploads`, content at `/attachments/v1/{sha256}`.

A phone posts `Upload-Length` and `Upload-Metadata` (`sha256`, `filename`, `filetype`, and if it likes `mutation` and
`row`), sends chunks by PATCH, and after any cut asks by HEAD where to go on. The last answer carries the header
`Attachment-Sha256`. A mutation names its photos by their SHA-256 and never waits for them.
"""

from enum import StrEnum

TUS_VERSION = "1.0.0"
TUS_EXTENSIONS = ("creation", "creation-with-upload", "termination", "expiration", "checksum")
TUS_CHECKSUMS = ("sha1", "sha256")
CHUNK_BYTES = 262_144
"""What a phone sends in one PATCH: little enough that a cut costs little."""
METADATA_KEYS = ("filename", "filetype", "sha256", "mutation", "row")
METADATA_BYTES_MAX = 4_096
FILENAME_CHARS_MAX = 200
UPLOAD_KEPT_DAYS = 7
"""An upload that nobody has continued for so long is thrown away."""
OPEN_UPLOADS_MAX = 100
"""Unfinished uploads of one person."""
PIXELS_MAX = 80_000_000


class MediaType(StrEnum):
    """What may be attached. The bytes decide, not the name."""

    jpeg = "image/jpeg"
    png = "image/png"
    webp = "image/webp"
    heic = "image/heic"
    pdf = "application/pdf"
    mp4 = "video/mp4"


class ThumbnailSize(StrEnum):
    """The longer side of a thumbnail, pixels."""

    small = "256"
    large = "1024"
