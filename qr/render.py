"""Payload text to a QR symbol, and the symbol to SVG or PNG."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from xml.sax.saxutils import escape

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.util import QRData, optimal_data_chunks

from qr.payload import PAYLOAD_MAX_CHARS, Kind, Payload

QUIET_MODULES = 4
QUIET_MODULES_MAX = 40
MODULE_PX_MAX = 64
MODULE_MM_MIN = 0.2
MODULE_MM_MAX = 20.0
# Below this a run of digits in the middle (or at an end) costs more in headers than it saves.
_SPLIT_MINIMUMS = (7, 13)


class Level(StrEnum):
    """How much of a symbol may be lost: about 7, 15, 25 or 30 %."""

    low = "low"
    medium = "medium"
    quartile = "quartile"
    high = "high"


_LEVELS = {
    Level.low: ERROR_CORRECT_L,
    Level.medium: ERROR_CORRECT_M,
    Level.quartile: ERROR_CORRECT_Q,
    Level.high: ERROR_CORRECT_H,
}


class RenderFault(StrEnum):
    """Why nothing was drawn."""

    empty = "empty"
    too_long = "too_long"
    bad_size = "bad_size"


class RenderError(ValueError):
    """A symbol that cannot be drawn as asked; `fault` says why."""

    def __init__(self, fault: RenderFault) -> None:
        super().__init__(fault)
        self.fault = fault

    @property
    def code(self) -> str:
        """The fault as one of the codes that travel."""
        return f"qr.render_{self.fault}"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol without its quiet zone; `rows` hold one byte a module, 1 is dark."""

    text: str
    version: int
    level: Level
    rows: tuple[bytes, ...]

    @property
    def side(self) -> int:
        """Modules along one side."""
        return len(self.rows)


def level_for(payload: Payload) -> Level:
    """Labels that live for years get level H, which costs a body code one version; a seal lives for one fill: M."""
    return Level.medium if payload.kind is Kind.seal else Level.high


def symbol(text: str, level: Level = Level.high) -> Symbol:
    """The smallest symbol of this level for a text. A GRAI body code comes to version 4-H, a seal to 7-M."""
    if not text:
        raise RenderError(RenderFault.empty)
    if len(text) > PAYLOAD_MAX_CHARS:
        raise RenderError(RenderFault.too_long)
    code = qrcode.QRCode(error_correction=_LEVELS[level], border=0)
    for segment in _segments(text.encode("utf-8", "replace")):
        code.add_data(segment, optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as overflow:  # qrcode says "Invalid version" where it means "too much"
        raise RenderError(RenderFault.too_long) from overflow
    rows = tuple(bytes(map(bool, row)) for row in code.modules)
    return Symbol(text, code.version, level, rows)


def _segments(data: bytes) -> list[QRData]:
    candidates = [[QRData(data)], *(list(optimal_data_chunks(data, minimum)) for minimum in _SPLIT_MINIMUMS)]
    return min(candidates, key=_bits)


def _bits(segments: list[QRData]) -> float:
    # Header and cost per character in numeric, alphanumeric and byte mode (versions 1 to 9), by qrcode's mode numbers.
    costs = {1: (14, 10 / 3), 2: (13, 5.5), 4: (12, 8.0)}
    return sum(costs[segment.mode][0] + costs[segment.mode][1] * len(segment.data) for segment in segments)


def svg(drawn: Symbol, module_mm: float = 1.0, quiet: int = QUIET_MODULES) -> str:
    """The symbol as an SVG document of real size, black on white, with its text as title."""
    if not MODULE_MM_MIN <= module_mm <= MODULE_MM_MAX or not 0 <= quiet <= QUIET_MODULES_MAX:
        raise RenderError(RenderFault.bad_size)
    side = drawn.side + 2 * quiet
    size_mm = f"{side * module_mm:g}mm"
    path = "".join(
        f"M{start + quiet} {y + quiet}h{length}v1h-{length}z"
        for y, row in enumerate(drawn.rows)
        for start, length in _dark_runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size_mm}" height="{size_mm}" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges"><title>{_xml_text(drawn.text)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def _xml_text(text: str) -> str:
    # XML has no way to write control characters or lone surrogates.
    return escape("".join(char if char.isprintable() else "�" for char in text))


def _dark_runs(row: bytes) -> Iterator[tuple[int, int]]:
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = row.find(1, end)


def image(drawn: Symbol, module_px: int = 8, quiet: int = QUIET_MODULES) -> Image.Image:
    """The symbol as a grey image of 0 and 255, `module_px` pixels a module."""
    if not 1 <= module_px <= MODULE_PX_MAX or not 0 <= quiet <= QUIET_MODULES_MAX:
        raise RenderError(RenderFault.bad_size)
    inked = b"".join(drawn.rows).translate(_INK)
    picture = Image.new("L", (drawn.side + 2 * quiet,) * 2, 255)
    picture.paste(Image.frombytes("L", (drawn.side,) * 2, inked), (quiet, quiet))
    return picture.resize((picture.width * module_px,) * 2, Image.Resampling.NEAREST)


_INK = bytes([255, 0]) + bytes(254)


def png(drawn: Symbol, module_px: int = 8, quiet: int = QUIET_MODULES) -> bytes:
    """The symbol as a PNG of one bit a pixel."""
    out = BytesIO()
    image(drawn, module_px, quiet).convert("1", dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()
