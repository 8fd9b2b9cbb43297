"""Label sheets as PDF: grids on A4, rolls of single labels; every symbol is read back before the sheet leaves.

The captions' font is a subset of Noto Sans SC (`fonts/OFL.txt`): GB 2312, Latin, and some names of the region. What it
lacks is printed as 〓 and reported, never dropped in silence.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

from qr.decode import decode_image
from qr.render import QUIET_MODULES, Level, Symbol, image, symbol

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

LABELS_MAX = 20_000
CAPTION_LINES_MAX = 5
CAPTION_MAX_CHARS = 60
FONT_MAX_PT = 10.0
FONT_MIN_PT = 4.5
PADDING_MM = 2.0
MODULE_PX = 8
PAGE_MAX_MM = 1_200.0
LABEL_MIN_MM = 10.0
PROGRESS_EVERY = 50
REPLACEMENT = "〓"
_MM_PER_PT = 25.4 / 72
_LINE = 1.35
_WIDE = 1.3
_FONT = "label"
FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Regular-subset.ttf"


class SheetFault(StrEnum):
    """Why no sheet was made."""

    no_labels = "no_labels"
    too_many_labels = "too_many_labels"
    bad_layout = "bad_layout"
    module_too_small = "module_too_small"
    caption_too_long = "caption_too_long"
    unreadable = "unreadable"


class SheetError(ValueError):
    """A sheet that cannot be printed; `fault` says why, `index` which label (0-based; -1: none in particular)."""

    def __init__(self, fault: SheetFault, index: int = -1) -> None:
        super().__init__(f"{fault} at label {index}")
        self.fault = fault
        self.index = index

    @property
    def code(self) -> str:
        """The fault as one of the codes that travel."""
        return f"qr.sheet_{self.fault}"


@dataclass(frozen=True, slots=True)
class Label:
    """What one label shows: the payload's text as a symbol, and lines for people."""

    text: str
    captions: tuple[str, ...] = ()
    level: Level = Level.high


@dataclass(frozen=True, slots=True)
class Layout:
    """A page of equal labels. `module_mm_min`: the smallest module worth printing on it (a body label wants 0.8)."""

    page_width_mm: float
    page_height_mm: float
    label_width_mm: float
    label_height_mm: float
    columns: int = 1
    rows: int = 1
    left_mm: float = 0.0
    top_mm: float = 0.0
    gap_x_mm: float = 0.0
    gap_y_mm: float = 0.0
    module_mm_min: float = 0.5

    @property
    def per_page(self) -> int:
        """Labels on a page."""
        return self.columns * self.rows


def roll(width_mm: float, height_mm: float, module_mm_min: float = 0.5) -> Layout:
    """The layout of a roll printer: one label a page."""
    return Layout(width_mm, height_mm, width_mm, height_mm, module_mm_min=module_mm_min)


# Common label sheets (known sizes, measure your own stock): 21 of 63.5 x 38.1, 14 of 99.1 x 38.1, 12 of 70 x 67.7.
A4_3X7 = Layout(210, 297, 63.5, 38.1, 3, 7, left_mm=7.25, top_mm=15.15, gap_x_mm=2.54)
A4_2X7 = Layout(210, 297, 99.1, 38.1, 2, 7, left_mm=4.65, top_mm=15.15, gap_x_mm=2.54)
A4_3X4 = Layout(210, 297, 70, 67.7, 3, 4, top_mm=13.1)
ROLL_60X40 = roll(60, 40)
ROLL_50X70 = roll(50, 70)


@dataclass(frozen=True, slots=True)
class Sheets:
    """A finished PDF, and what had to be replaced in captions: pairs of label index and character."""

    pdf: bytes
    labels: int
    pages: int
    replaced: tuple[tuple[int, str], ...]


def make_sheets(
    labels: Iterable[Label],
    layout: Layout,
    made_at: datetime,
    first_cell: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Sheets:
    """Print labels to a PDF, from `first_cell` of the first page on (for a sheet begun before).

    `progress` hears the number of labels done, now and then and at the end. Raises SheetError, or RenderError for a
    text that fits no symbol; `made_at` dates the file, so that the same labels give the same bytes.
    """
    _need_layout(layout, first_cell)
    with closing(_Press(layout, made_at)) as press:
        count = 0
        for index, label in enumerate(labels):
            if index >= LABELS_MAX:
                raise SheetError(SheetFault.too_many_labels, index)
            press.put(index, first_cell + index, label)
            count = index + 1
            if progress is not None and count % PROGRESS_EVERY == 0:
                progress(count)
        if count == 0:
            raise SheetError(SheetFault.no_labels)
        if progress is not None and count % PROGRESS_EVERY:
            progress(count)
        return press.finished(count)


def _need_layout(layout: Layout, first_cell: int) -> None:
    across = layout.left_mm + layout.columns * (layout.label_width_mm + layout.gap_x_mm) - layout.gap_x_mm
    down = layout.top_mm + layout.rows * (layout.label_height_mm + layout.gap_y_mm) - layout.gap_y_mm
    # Said as what must hold, so that a NaN does not slip through.
    good = (
        min(layout.columns, layout.rows) >= 1
        and min(layout.label_width_mm, layout.label_height_mm) >= LABEL_MIN_MM
        and min(layout.left_mm, layout.top_mm, layout.gap_x_mm, layout.gap_y_mm) >= 0
        and across <= layout.page_width_mm + 0.01 <= PAGE_MAX_MM
        and down <= layout.page_height_mm + 0.01 <= PAGE_MAX_MM
    )
    if not good:
        raise SheetError(SheetFault.bad_layout)
    if not 0 <= first_cell < layout.per_page:
        raise SheetError(SheetFault.bad_layout)


def read_back(drawn: Symbol, picture: Image.Image) -> bool:
    """True if a picture of a symbol gives its text, clean and also scratched and blurred a little."""
    return all(
        [found.text for found in decode_image(seen)] == [drawn.text] for seen in (picture, _scratched(drawn, picture))
    )


def _scratched(drawn: Symbol, picture: Image.Image) -> Image.Image:
    """The picture with a white scratch of one module across its lower right part, and a blur of a third of a module."""
    module_px = picture.width // (drawn.side + 2 * QUIET_MODULES)
    worn = picture.copy()
    side = picture.width
    ImageDraw.Draw(worn).line((side * 0.45, side * 0.85, side * 0.85, side * 0.5), fill=255, width=module_px)
    return worn.filter(ImageFilter.BoxBlur(module_px / 3))


@dataclass(frozen=True, slots=True)
class _Box:
    """A place on the page, in mm."""

    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class _Press:
    """A PDF in the making."""

    layout: Layout
    made_at: datetime
    replaced: list[tuple[int, str]] = field(default_factory=list)
    pdf: "FPDF" = field(init=False)
    font: "TTFFont" = field(init=False)

    def __post_init__(self) -> None:
        from fpdf import FPDF  # here: a printer of PDF takes 27 MB, and most servers are seldom asked for one
        from fpdf.fonts import TTFFont

        pdf = FPDF(unit="mm", format=(self.layout.page_width_mm, self.layout.page_height_mm))
        pdf.set_auto_page_break(False)
        pdf.set_margin(0)
        pdf.c_margin = 0
        pdf.set_creation_date(self.made_at)
        pdf.add_font(_FONT, fname=FONT_FILE)
        pdf.set_font(_FONT, size=FONT_MAX_PT)
        font = pdf.fonts[_FONT]
        assert isinstance(font, TTFFont), "the font was added from a file"
        self.pdf, self.font = pdf, font

    def close(self) -> None:
        """Let go of the font's file."""
        self.font.close()

    def put(self, index: int, cell: int, label: Label) -> None:
        """Draw, read back and place one label."""
        if cell % self.layout.per_page == 0 or index == 0:
            self.pdf.add_page()
        drawn = symbol(label.text, label.level)
        picture = image(drawn, MODULE_PX)
        if not read_back(drawn, picture):
            raise SheetError(SheetFault.unreadable, index)
        place, captions = self._split(self._cell_box(cell % self.layout.per_page), len(label.captions))
        if place.width / (drawn.side + 2 * QUIET_MODULES) < self.layout.module_mm_min:
            raise SheetError(SheetFault.module_too_small, index)
        self.pdf.image(picture, x=place.x, y=place.y, w=place.width, h=place.height)
        self._write(index, captions, label.captions)

    def finished(self, count: int) -> Sheets:
        """The PDF's bytes."""
        return Sheets(bytes(self.pdf.output()), count, self.pdf.pages_count, tuple(self.replaced))

    def _cell_box(self, cell: int) -> _Box:
        row, column = divmod(cell, self.layout.columns)
        x = self.layout.left_mm + column * (self.layout.label_width_mm + self.layout.gap_x_mm) + PADDING_MM
        y = self.layout.top_mm + row * (self.layout.label_height_mm + self.layout.gap_y_mm) + PADDING_MM
        return _Box(x, y, self.layout.label_width_mm - 2 * PADDING_MM, self.layout.label_height_mm - 2 * PADDING_MM)

    def _split(self, box: _Box, lines: int) -> tuple[_Box, _Box]:
        """The symbol's square and the captions' box: beside it on a wide label, else below it."""
        if box.width >= box.height * _WIDE:
            side = box.height
            beside = _Box(box.x + side + 1, box.y + side * 0.1, box.width - side - 1, side * 0.9)
            return _Box(box.x, box.y, side, side), beside
        side = min(box.width, box.height - lines * FONT_MAX_PT * _MM_PER_PT * 0.7 * _LINE)
        square = _Box(box.x + (box.width - side) / 2, box.y, side, side)
        return square, _Box(box.x, box.y + side, box.width, box.height - side)

    def _write(self, index: int, box: _Box, captions: tuple[str, ...]) -> None:
        if len(captions) > CAPTION_LINES_MAX or any(len(line) > CAPTION_MAX_CHARS for line in captions):
            raise SheetError(SheetFault.caption_too_long, index)
        lines = [self._printable(index, line) for line in captions]
        if not any(lines):
            return
        self.pdf.set_font_size(FONT_MAX_PT)
        widest = max(self.pdf.get_string_width(line) for line in lines)
        tallest = len(lines) * FONT_MAX_PT * _MM_PER_PT * _LINE
        size_pt = FONT_MAX_PT * min(1.0, box.width / widest, box.height / tallest)
        if size_pt < FONT_MIN_PT:
            raise SheetError(SheetFault.caption_too_long, index)
        self.pdf.set_font_size(size_pt)
        step = size_pt * _MM_PER_PT * _LINE
        for number, line in enumerate(lines):
            self.pdf.text(box.x, box.y + step * (number + 0.8), line)

    def _printable(self, index: int, line: str) -> str:
        return "".join(self._glyphs(index, line))

    def _glyphs(self, index: int, line: str) -> Iterator[str]:
        for char in line:
            if ord(char) in self.font.cmap:
                yield char
            else:
                self.replaced.append((index, char))
                yield REPLACEMENT
