"""A page of text as PDF, with a symbol in its corner: what is printed, left at a door and signed.

The font is that of the labels; what it lacks is printed as 〓.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qr.render import Level, image, symbol
from qr.sheets import FONT_FILE, REPLACEMENT, SheetError, SheetFault, read_back

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

MARGIN_MM, SYMBOL_MM, LABEL_MM = 20.0, 28.0, 34.0
TITLE_PT, TEXT_PT, LINE_MM = 18.0, 11.0, 7.0
SIGN_MM = 16.0
PAGE_CHARS_MAX = 60_000
MODULE_PX = 8
_FONT = "page"


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says, from top to bottom."""

    title: str
    number: str
    """In the symbol, and below the title."""
    facts: Sequence[tuple[str, str]]
    """What it is about: a caption and what stands beside it."""
    paragraphs: Sequence[str]
    signed: Sequence[str] = ()
    """Captions of lines that are signed by hand."""
    by_letter: bool = False
    """Lines break between any two characters, as in Chinese."""


def make_page(said: PageText, made_at: datetime) -> bytes:
    """The page as PDF, more pages where it is long. `made_at` dates the file: the same text gives the same bytes.

    Raises SheetError where it is too long or its symbol cannot be read back.
    """
    from fpdf import FPDF  # here: a printer of PDF takes 27 MB, and most servers are seldom asked for one
    from fpdf.fonts import TTFFont

    length = sum(len(text) for pair in said.facts for text in pair) + sum(map(len, said.paragraphs))
    if length > PAGE_CHARS_MAX:
        raise SheetError(SheetFault.caption_too_long)
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_margin(MARGIN_MM)
    pdf.set_auto_page_break(True, MARGIN_MM)
    pdf.set_creation_date(made_at)
    pdf.add_font(_FONT, fname=FONT_FILE)
    pdf.set_font(_FONT, size=TEXT_PT)
    font = pdf.fonts[_FONT]
    assert isinstance(font, TTFFont), "the font was added from a file"
    with closing(font):
        _Writer(pdf, font, said).write()
        return bytes(pdf.output())


@dataclass(slots=True)
class _Writer:
    pdf: "FPDF"
    font: "TTFFont"
    said: PageText

    def write(self) -> None:
        """Title and symbol, facts, paragraphs, lines to sign on."""
        self.pdf.add_page()
        self._head()
        for caption, text in self.said.facts:
            self._cell(LABEL_MM, caption, beside=True)
            self._cell(0, text)
        self.pdf.ln(LINE_MM / 2)
        for paragraph in self.said.paragraphs:
            self._cell(0, paragraph)
            self.pdf.ln(LINE_MM / 3)
        for caption in self.said.signed:
            self.pdf.ln(SIGN_MM - LINE_MM)
            self._cell(LABEL_MM, caption, beside=True)
            at = self.pdf.get_y() + LINE_MM - 1
            self.pdf.line(self.pdf.get_x(), at, self.pdf.w - MARGIN_MM - SYMBOL_MM, at)
            self.pdf.ln(LINE_MM)

    def _head(self) -> None:
        drawn = symbol(self.said.number, Level.medium)
        picture = image(drawn, MODULE_PX)
        if not read_back(drawn, picture):
            raise SheetError(SheetFault.unreadable)
        x = self.pdf.w - MARGIN_MM - SYMBOL_MM
        self.pdf.image(picture, x=x, y=MARGIN_MM, w=SYMBOL_MM, h=SYMBOL_MM)
        self.pdf.set_font_size(TITLE_PT)
        self._cell(x - MARGIN_MM, self.said.title, height=LINE_MM * 1.5)
        self.pdf.set_font_size(TEXT_PT)
        self._cell(x - MARGIN_MM, self.said.number)
        self.pdf.set_y(max(self.pdf.get_y(), MARGIN_MM + SYMBOL_MM) + LINE_MM / 2)

    def _cell(self, width: float, text: str, height: float = LINE_MM, *, beside: bool = False) -> None:
        from fpdf.enums import WrapMode, XPos, YPos

        then, below = (XPos.RIGHT, YPos.TOP) if beside else (XPos.LMARGIN, YPos.NEXT)
        wrap = WrapMode.CHAR if self.said.by_letter else WrapMode.WORD
        self.pdf.multi_cell(width, height, self._printable(text), align="L", new_x=then, new_y=below, wrapmode=wrap)

    def _printable(self, text: str) -> str:
        return "".join(c if c == "\n" or ord(c) in self.font.cmap else REPLACEMENT for c in text)
