"""Photo back to payload texts: zxing-cpp first; when it sees nothing, zbar where it is installed, then zxing once more
on the picture enlarged and smoothed.

A photo is bounded before its pixels are touched: bytes, then the size its header claims.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from io import BytesIO
from statistics import median
from typing import Any, Final

import zxingcpp
from PIL import Image, ImageFilter, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

PHOTO_MAX_BYTES = 20_000_000
PHOTO_MAX_PIXELS = 25_000_000
# A JPEG is read at a half, a quarter or an eighth of its size where that is enough: phones make large ones.
JPEG_MAX_PIXELS = 50_000_000
READ_MAX_SIDE_PX = 4_000
TEXTS_MAX = 64
ENLARGE_MAX_PIXELS = 2_000_000
# Importing a reader registers it; all other formats Pillow knows stay closed.
_FORMATS = (
    JpegImagePlugin.JpegImageFile.format,
    PngImagePlugin.PngImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
)
_ORIENTATION_TAG = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class DecodeFault(StrEnum):
    """Why a photo was not looked at."""

    empty = "empty"
    too_many_bytes = "too_many_bytes"
    too_many_pixels = "too_many_pixels"
    not_an_image = "not_an_image"
    damaged_image = "damaged_image"


class DecodeError(ValueError):
    """A photo that was refused; `fault` says why. A good photo without a code is no error: it gives no texts."""

    def __init__(self, fault: DecodeFault) -> None:
        super().__init__(fault)
        self.fault = fault

    @property
    def code(self) -> str:
        """The fault as one of the codes that travel."""
        return f"qr.photo_{self.fault}"


class Decoder(StrEnum):
    """Who read a code."""

    zxing = "zxing"
    zbar = "zbar"


@dataclass(frozen=True, slots=True)
class Found:
    """One code in a picture: its text and the box it stands in, as shares (0…1) of the upright picture."""

    text: str
    decoder: Decoder
    left: float
    top: float
    right: float
    bottom: float


def decode(photo: bytes) -> tuple[Found, ...]:
    """All QR codes of a photo (JPEG, PNG or WebP) in reading order. Raises DecodeError and nothing else."""
    if not photo:
        raise DecodeError(DecodeFault.empty)
    if len(photo) > PHOTO_MAX_BYTES:
        raise DecodeError(DecodeFault.too_many_bytes)
    return decode_image(_grey(_opened(photo)))


def decode_image(picture: Image.Image) -> tuple[Found, ...]:
    """All QR codes of a grey picture in reading order: the first reading that sees any decides."""
    # Each next reading sees what the former do not: scratches; strong blur; a dim picture full of noise.
    for reading in (_read_zxing, _read_zbar, _read_enlarged, _read_smoothed):
        found = list(reading(picture))[:TEXTS_MAX]
        if found:
            return _in_reading_order(found)
    return ()


def _opened(photo: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(photo), formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise DecodeError(DecodeFault.too_many_pixels) from bomb
    except Exception as error:  # Pillow's readers raise whatever a hostile header makes them stumble over.
        raise DecodeError(DecodeFault.not_an_image) from error
    limit = JPEG_MAX_PIXELS if picture.format in ("JPEG", "MPO") else PHOTO_MAX_PIXELS
    if picture.width * picture.height > limit:
        raise DecodeError(DecodeFault.too_many_pixels)
    return picture


def _grey(picture: Image.Image) -> Image.Image:
    try:
        turn = _TURNS.get(_orientation(picture))
        shrunk = max(1, max(picture.size) // READ_MAX_SIDE_PX)
        picture.draft("L", (picture.width // shrunk, picture.height // shrunk))
        if picture.width * picture.height > PHOTO_MAX_PIXELS:
            raise DecodeError(DecodeFault.too_many_pixels)
        grey = _flattened(picture)
        return grey if turn is None else grey.transpose(turn)
    except DecodeError:
        raise
    except Exception as error:  # as above: a truncated or lying body may raise anything
        raise DecodeError(DecodeFault.damaged_image) from error


def _flattened(picture: Image.Image) -> Image.Image:
    """Grey; what is transparent becomes white paper."""
    if not picture.has_transparency_data:
        return picture.convert("L")
    coloured = picture.convert("LA")
    paper = Image.new("L", coloured.size, 255)
    paper.paste(coloured.getchannel("L"), mask=coloured.getchannel("A"))
    return paper


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # a broken EXIF block must not cost us the picture
        return 1
    return value if isinstance(value, int) else 1


def _read_zxing(picture: Image.Image) -> Iterator[Found]:
    codes = zxingcpp.read_barcodes(
        picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode), text_mode=zxingcpp.TextMode.Plain
    )
    for code in codes:
        where = code.position
        corners = (where.top_left, where.top_right, where.bottom_right, where.bottom_left)
        yield _found(code.text, Decoder.zxing, [(corner.x, corner.y) for corner in corners], picture)


def _read_enlarged(picture: Image.Image) -> Iterator[Found]:
    if picture.width * picture.height > ENLARGE_MAX_PIXELS:
        return iter(())
    return _read_zxing(picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC))


def _read_smoothed(picture: Image.Image) -> Iterator[Found]:
    return _read_zxing(picture.filter(ImageFilter.MedianFilter(5)))


def _read_zbar(picture: Image.Image) -> Iterator[Found]:
    read = _zbar()
    if read is None:
        return
    for code in read(picture):
        text = code.data.decode("utf-8", "replace")
        yield _found(text, Decoder.zbar, [(point.x, point.y) for point in code.polygon], picture)


@cache
def _zbar() -> Callable[[Image.Image], list[Any]] | None:
    """The second decoder, or None where the package or its shared library is missing."""
    try:
        from pyzbar import pyzbar
    except ImportError:
        return None
    return lambda picture: list(pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE]))


def _found(text: str, decoder: Decoder, corners: list[tuple[int, int]], picture: Image.Image) -> Found:
    across = [x / picture.width for x, _ in corners] or [0.0]
    down = [y / picture.height for _, y in corners] or [0.0]
    return Found(text, decoder, min(across), min(down), max(across), max(down))


def _in_reading_order(found: list[Found]) -> tuple[Found, ...]:
    """Rows from the top, each from the left; a row is what begins within half a code's height."""
    half = median(code.bottom - code.top for code in found) / 2
    rows: list[list[Found]] = []
    for code in sorted(found, key=lambda code: code.top):
        if rows and code.top - rows[-1][0].top <= half:
            rows[-1].append(code)
        else:
            rows.append([code])
    return tuple(code for row in rows for code in sorted(row, key=lambda code: code.left))
