"""Pictures: how large they are, and small copies. The original is evidence and stays as it came, byte for byte."""

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from backend.attachments.rules import PICTURES, ImageTooLarge, check_pixels
from mobile_contract.attachments import PIXELS_MAX, MediaType, ThumbnailSize

QUALITY = 80
FORMATS: Mapping[MediaType, str] = {MediaType.jpeg: "JPEG", MediaType.png: "PNG", MediaType.webp: "WEBP"}
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError)
"""What Pillow raises for damaged files."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def measure(path: Path, media_type: MediaType) -> tuple[int, int] | None:
    """Width and height from the header, nothing unpacked; None for what cannot be looked into. Raises ImageTooLarge."""
    if media_type not in PICTURES:
        return None
    try:
        with Image.open(path, formats=[FORMATS[media_type]]) as picture:
            size = picture.size
    except BOMBS:
        raise ImageTooLarge(limit_pixels=PIXELS_MAX) from None
    except BROKEN:
        return None  # a torn photo is still what the phone has: kept, without thumbnail
    check_pixels(*size)
    return size


def thumbnails(data: bytes) -> dict[ThumbnailSize, bytes]:
    """WebP copies by the length of their longer side, upright, without EXIF; empty when the picture cannot be read."""
    made: dict[ThumbnailSize, bytes] = {}
    try:
        for size in sorted(ThumbnailSize, key=int, reverse=True):
            made[size] = _thumbnail(data, int(size))
    except (*BROKEN, *BOMBS, ImageTooLarge):
        return {}
    return made


def _thumbnail(data: bytes, side: int) -> bytes:
    with Image.open(io.BytesIO(data), formats=list(FORMATS.values())) as picture:
        check_pixels(*picture.size)
        picture.draft("RGB", (side * 2, side * 2))  # a JPEG is unpacked no larger than needed
        upright = ImageOps.exif_transpose(picture)
        mode = "RGBA" if "transparency" in upright.info or "A" in upright.getbands() else "RGB"
        small = upright.convert(mode)
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        bare = Image.frombytes(mode, small.size, small.tobytes())
    out = io.BytesIO()
    bare.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
