"""Photos: worn, turned and crowded ones are read, hostile ones are refused."""

import random
import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from qr import decode as decoding
from qr.decode import DecodeError, DecodeFault, decode, decode_image
from qr.render import Level, image, png, symbol

BODY = "HTTPS://GAS.EXAMPLE.CN/8003/069012340000161440012260000123"
LABEL = image(symbol(BODY), 8).resize((200, 200), Image.Resampling.LANCZOS)


def on_paper(label: Image.Image) -> Image.Image:
    paper = Image.new("L", (label.width + 80, label.height + 80), 200)
    paper.paste(label, (40, 40))
    return paper


def encoded(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def texts(picture: Image.Image) -> list[str]:
    return [found.text for found in decode(encoded(picture))]


def noisy(label: Image.Image) -> Image.Image:
    dim = label.point(lambda value: int(128 + (value - 128) * 0.2))
    grain = Image.frombytes("L", label.size, random.Random(5).randbytes(label.width * label.height))
    return ImageChops.add(dim, grain.point(lambda value: 108 + value * 40 // 255), 1, -128)


def curved(label: Image.Image) -> Image.Image:
    """The label as it looks round a cylinder: its sides pressed together."""
    strips = 20
    width = label.width // strips
    bent = Image.new("L", label.size, 255)
    x = 0
    for number in range(strips):
        narrow = max(4, round(width * (1 - ((number - 9.5) / 9.5) ** 2 * 0.35)))
        strip = label.crop((number * width, 0, (number + 1) * width, label.height))
        bent.paste(strip.resize((narrow, label.height)), (x, 0))
        x += narrow
    return bent


def patched(label: Image.Image) -> Image.Image:
    worn = label.copy()
    ImageDraw.Draw(worn).rectangle((100, 90, 130, 120), fill=90)
    return worn


@pytest.mark.parametrize(
    "wear",
    [
        lambda label: label.filter(ImageFilter.GaussianBlur(1.5)),
        lambda label: label.filter(ImageFilter.GaussianBlur(2.3)),
        lambda label: label.rotate(33, expand=True, fillcolor=200),
        lambda label: ImageChops.invert(label),
        noisy,
        curved,
        patched,
    ],
    ids=["blurred", "very blurred", "turned", "inverted", "dim and noisy", "curved", "patched"],
)
def test_a_worn_label_is_read(wear):
    assert texts(on_paper(wear(LABEL))) == [BODY]


def test_several_codes_come_in_reading_order():
    sheet = Image.new("L", (900, 640), 255)
    for number in range(6):
        row, column = divmod(number, 3)
        # a hand-held photo: rows are not quite level
        sheet.paste(image(symbol(f"LABEL {number}"), 6), (20 + column * 280, 20 + row * 300 + (2 - column) * 15))
    assert texts(sheet) == [f"LABEL {number}" for number in range(6)]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_camera_may_be_held_any_way(orientation):
    upright = Image.new("L", (500, 250), 255)
    upright.paste(image(symbol("LEFT"), 6), (20, 20))
    upright.paste(image(symbol("RIGHT"), 6), (270, 20))
    undo = {**decoding._TURNS, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert [found.text for found in decode(encoded(stored, "JPEG", exif=exif))] == ["LEFT", "RIGHT"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_formats_of_phones_are_read(kind):
    assert [found.text for found in decode(encoded(on_paper(LABEL).convert("RGB"), kind))] == [BODY]


def test_a_transparent_ground_counts_as_paper():
    glass = Image.new("LA", (320, 320), (0, 0))
    glass.paste(Image.new("LA", (200, 200), (0, 255)), (60, 60), ImageChops.invert(LABEL))
    assert texts(glass) == [BODY]


def test_a_place_is_told_as_a_share_of_the_picture():
    (found,) = decode_image(image(symbol("A"), 8))
    assert found.left == pytest.approx(4 / 29, abs=0.03)
    assert found.bottom == pytest.approx(25 / 29, abs=0.03)


def test_a_photo_without_a_code_gives_nothing():
    assert decode(encoded(Image.new("L", (300, 200), 128))) == ()


def test_the_first_decoder_is_enough(monkeypatch):
    monkeypatch.setattr(decoding, "_zbar", lambda: None)
    assert texts(on_paper(LABEL)) == [BODY]


def test_the_second_decoder_reads_what_the_first_does_not(monkeypatch):
    class Point:
        x, y = 10, 20

    class Code:
        data = "门".encode()
        polygon = (Point(), Point())

    monkeypatch.setattr(decoding, "_zbar", lambda: lambda picture: [Code()])
    (found,) = decode_image(Image.new("L", (100, 100), 128))
    assert (found.text, found.decoder, found.left, found.top) == ("门", decoding.Decoder.zbar, 0.1, 0.2)


def png_head(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("photo", "fault"),
    [
        (b"", DecodeFault.empty),
        (b"no picture", DecodeFault.not_an_image),
        (b"GIF89a" + bytes(100), DecodeFault.not_an_image),
        (bytes(decoding.PHOTO_MAX_BYTES + 1), DecodeFault.too_many_bytes),
        (png_head(5_001, 5_000), DecodeFault.too_many_pixels),
        (png_head(10_000, 10_000), DecodeFault.too_many_pixels),
        (png_head(2**31 - 1, 2**31 - 1), DecodeFault.too_many_pixels),
        (png_head(100, 100), DecodeFault.damaged_image),
        (png(symbol(BODY))[:200], DecodeFault.damaged_image),
    ],
)
def test_a_hostile_photo_is_refused_before_its_pixels_are_touched(photo, fault):
    with pytest.raises(DecodeError) as refused:
        decode(photo)
    assert refused.value.fault is fault
    assert refused.value.code == f"qr.photo_{fault}"


def test_a_large_jpeg_is_read_smaller():
    big = Image.new("L", (8_000, 6_000), 255)
    big.paste(image(symbol(BODY, Level.high), 60), (500, 500))
    assert [found.text for found in decode(encoded(big, "JPEG"))] == [BODY]


@given(st.data())
@settings(max_examples=40)
def test_a_mutilated_photo_is_read_or_refused(data):
    photo = bytearray(data.draw(st.sampled_from([PNG, JPEG, WEBP])))
    for place in data.draw(st.lists(st.integers(0, len(photo) - 1), min_size=1, max_size=8)):
        photo[place] = data.draw(st.integers(0, 255))
    with suppress(DecodeError):
        decode(bytes(photo))


SMALL = image(symbol("A"), 3)
PNG, JPEG, WEBP = (encoded(SMALL, kind) for kind in ("PNG", "JPEG", "WEBP"))
