"""Label sheets: every label is on the page, in order, and is read back before the sheet leaves."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from qr import sheets
from qr.decode import decode_image
from qr.pages import PageText, make_page
from qr.render import Level, RenderError, image, symbol
from qr.sheets import A4_2X7, A4_3X4, A4_3X7, ROLL_50X70, ROLL_60X40, Label, Layout, SheetError, SheetFault, make_sheets

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def body(number: int) -> Label:
    text = f"HTTPS://GAS.EXAMPLE.CN/8003/06901234000016144001226{number:07d}"
    return Label(text, ("广州市白云区石井街", "YSP35.5 液化石油气钢瓶", f"1440 0122 6{number:07d}"))


def refusal(*args, **options) -> tuple[SheetFault, int]:
    with pytest.raises(SheetError) as refused:
        make_sheets(*args, **options)
    return refused.value.fault, refused.value.index


def test_labels_fill_page_after_page_while_progress_is_told(monkeypatch):
    monkeypatch.setattr(sheets, "PROGRESS_EVERY", 20)
    heard = []
    made = make_sheets((body(number) for number in range(23)), A4_3X7, NOW, progress=heard.append)
    assert made.pdf.startswith(b"%PDF-")
    assert (made.labels, made.pages, made.replaced, heard) == (23, 2, (), [20, 23])


def test_a_sheet_begun_before_is_used_up():
    assert make_sheets([body(1)], A4_3X7, NOW, first_cell=20).pages == 1
    assert make_sheets([body(1), body(2)], A4_3X7, NOW, first_cell=20).pages == 2


@pytest.mark.parametrize("layout", [A4_2X7, A4_3X4, ROLL_60X40, ROLL_50X70])
def test_every_ready_layout_holds_a_body_label(layout):
    assert make_sheets([body(1)], layout, NOW).labels == 1


def test_the_same_labels_give_the_same_bytes():
    assert make_sheets([body(1)], ROLL_60X40, NOW).pdf == make_sheets([body(1)], ROLL_60X40, NOW).pdf


def test_a_character_without_a_shape_is_reported():
    made = make_sheets([body(0), Label("A", ("滘心村 \u202e😀",))], ROLL_60X40, NOW)
    assert made.replaced == ((1, "\u202e"), (1, "😀"))


def test_the_page_itself_is_read_back():
    pdfium = pytest.importorskip("pypdfium2", reason="the page is rastered only where pypdfium2 is installed")
    labels = [body(number) for number in range(21)]
    made = make_sheets(labels, A4_3X7, NOW)
    page = pdfium.PdfDocument(BytesIO(made.pdf))[0].render(scale=150 / 72).to_pil().convert("L")
    assert [found.text for found in decode_image(page)] == [label.text for label in labels]
    rolled = pdfium.PdfDocument(BytesIO(make_sheets(labels[:3], ROLL_60X40, NOW).pdf))
    pages = [one.render(scale=150 / 72).to_pil().convert("L") for one in rolled]
    assert [[found.text for found in decode_image(one)] for one in pages] == [[label.text] for label in labels[:3]]


def test_the_read_back_sees_a_symbol_that_says_something_else():
    drawn = symbol("RIGHT")
    assert sheets.read_back(drawn, image(drawn))
    assert not sheets.read_back(drawn, image(symbol("WRONG")))


def test_no_sheet_leaves_with_an_unreadable_label(monkeypatch):
    monkeypatch.setattr(sheets, "decode_image", lambda picture: ())
    assert refusal([body(0)], A4_3X7, NOW) == (SheetFault.unreadable, 0)


@pytest.mark.parametrize("level", list(Level))
def test_labels_of_every_level_survive_the_scratch(level):
    for number in range(5):
        for drawn in (
            symbol(body(number).text, level),
            symbol(f"HTTPS://GAS.EXAMPLE.CN/F/{number}" + "A7" * 72, level),
        ):
            assert sheets.read_back(drawn, image(drawn))


def test_what_cannot_be_printed_is_refused(monkeypatch):
    assert refusal([], A4_3X7, NOW) == (SheetFault.no_labels, -1)
    assert refusal([body(0), Label("A", ("字" * 61,))], A4_3X7, NOW) == (SheetFault.caption_too_long, 1)
    assert refusal([Label("A", ("字",) * 6)], A4_3X7, NOW) == (SheetFault.caption_too_long, 0)
    assert refusal([Label("A", ("字" * 40,))], ROLL_60X40, NOW) == (SheetFault.caption_too_long, 0)
    assert refusal([body(0)], sheets.roll(20, 20), NOW) == (SheetFault.module_too_small, 0)
    monkeypatch.setattr(sheets, "LABELS_MAX", 1)
    assert refusal([Label("A"), Label("B")], ROLL_60X40, NOW) == (SheetFault.too_many_labels, 1)
    with pytest.raises(RenderError):
        make_sheets([Label("")], A4_3X7, NOW)


@pytest.mark.parametrize(
    "layout",
    [
        sheets.roll(9, 40),
        sheets.roll(2000, 2000),
        Layout(210, 297, 110, 40, columns=2),
        Layout(210, 297, 70, 40, rows=8),
        Layout(210, 297, 70, 40, columns=0),
        Layout(210, 297, 70, 40, left_mm=-1),
        Layout(float("nan"), 297, 70, 40),
    ],
)
def test_a_layout_that_does_not_fit_its_page_is_refused(layout):
    assert refusal([body(0)], layout, NOW) == (SheetFault.bad_layout, -1)


def test_a_first_cell_beyond_the_page_is_refused():
    assert refusal([body(0)], A4_3X7, NOW, first_cell=21) == (SheetFault.bad_layout, -1)


def test_a_page_of_text_is_printed_and_its_symbol_is_on_it():
    pdfium = pytest.importorskip("pypdfium2", reason="the page is rastered only where pypdfium2 is installed")
    said = PageText(
        "整改通知书", "BY-1-20260901-ABCDEF", [("户名", "陈\u2603")], ["更换软管。" * 400], ["签名"], by_letter=True
    )
    made = make_page(said, NOW)
    assert made == make_page(said, NOW), "the same text gives the same bytes"
    pages = pdfium.PdfDocument(BytesIO(made))
    seen = decode_image(pages[0].render(scale=150 / 72).to_pil().convert("L"))
    assert [found.text for found in seen] == ["BY-1-20260901-ABCDEF"]
    assert "陈〓" in pages[0].get_textpage().get_text_range(), "what the font lacks is not dropped"
    assert len(pages) == 2
    with pytest.raises(SheetError):
        make_page(PageText("字", "A", [], ["字" * 60_001]), NOW)
