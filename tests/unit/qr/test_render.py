"""Symbols: as small as promised, of the size asked for, and read back."""

import xml.etree.ElementTree as ElementTree
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qr import payload as p
from qr.decode import decode
from qr.render import Level, RenderError, RenderFault, image, level_for, png, svg, symbol

BODY = "HTTPS://GAS.EXAMPLE.CN/8003/069012340000161440012260000123"
SEAL = "HTTPS://GAS.EXAMPLE.CN/F/" + "ABCDEFGH" * 18


@pytest.mark.parametrize(
    ("text", "level", "version"),
    [
        (BODY, Level.high, 4),
        (BODY, Level.medium, 3),
        ("HTTPS://GAS.EXAMPLE.CN/C/1440012260000123W", Level.high, 4),
        (SEAL, Level.medium, 7),
        (SEAL, Level.quartile, 9),
    ],
)
def test_a_label_costs_no_more_modules_than_promised(text, level, version):
    drawn = symbol(text, level)
    assert (drawn.version, drawn.side) == (version, 17 + 4 * version)


def test_a_seal_is_drawn_at_medium_and_all_else_at_high():
    assert level_for(p.parse(SEAL)) is Level.medium
    assert level_for(p.parse(BODY)) is Level.high


@given(st.text(st.sampled_from("ABC019:/.-abc%"), min_size=1, max_size=60))
@settings(max_examples=25)
def test_what_is_drawn_is_read(text):
    assert [found.text for found in decode(png(symbol(text, Level.medium), module_px=4))] == [text]


def test_a_png_has_the_pixels_asked_for():
    drawn = symbol(BODY)
    with Image.open(BytesIO(png(drawn, module_px=5, quiet=2))) as picture:
        assert (picture.mode, picture.size) == ("1", (37 * 5, 37 * 5))
    assert image(drawn, 1, 0).size == (33, 33)


def test_an_svg_has_real_size_and_the_same_modules():
    drawn = symbol("A<&>B")
    root = ElementTree.fromstring(svg(drawn, module_mm=0.8))
    side = drawn.side + 8
    assert (root.get("width"), root.get("viewBox")) == (f"{side * 0.8:g}mm", f"0 0 {side} {side}")
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "A<&>B"
    path = root.findall("{http://www.w3.org/2000/svg}path")[1].get("d") or ""
    dark = sum(int(run.split("h")[1].split("v")[0]) for run in path.split("M")[1:])
    assert dark == sum(map(sum, drawn.rows))


def test_an_svg_cannot_be_broken_by_its_text():
    assert ElementTree.fromstring(svg(symbol("]]>\x00\x1b\ud800<script>")))


@pytest.mark.parametrize(
    ("draw", "fault"),
    [
        (lambda: symbol(""), RenderFault.empty),
        (lambda: symbol("A" * 513), RenderFault.too_long),
        (lambda: symbol("门" * 512), RenderFault.too_long),
        (lambda: image(symbol("A"), 0), RenderFault.bad_size),
        (lambda: png(symbol("A"), 65), RenderFault.bad_size),
        (lambda: png(symbol("A"), 8, -1), RenderFault.bad_size),
        (lambda: svg(symbol("A"), 0.0), RenderFault.bad_size),
        (lambda: svg(symbol("A"), float("nan")), RenderFault.bad_size),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, fault):
    with pytest.raises(RenderError) as refused:
        draw()
    assert refused.value.fault is fault
