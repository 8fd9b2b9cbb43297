"""Files of people, as offices send them."""

import contextlib
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from backend.people.rules import ColumnMissing, FileTooLarge, FileUnreadable, TooManyRows
from backend.people.spreadsheets import FILE_BYTES_MAX, ROWS_MAX, UNPACKED_FACTOR_MAX, read_people_file
from sync.refusal import Refusal

CSV = "姓名,手机号,班组\n李明,13800138000,一班\n\n王红, 139 0013 9000 ,\n"


def book(rows: list[list[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return made.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_csv_is_read_in_the_encodings_of_offices(encoding: str, ending: str) -> None:
    lines = read_people_file("x.csv", CSV.replace("\n", ending).encode(encoding))
    assert [(line.number, line.cells["name"], line.cells["phone"]) for line in lines] == [
        (2, "李明", "13800138000"),
        (4, "王红", "139 0013 9000"),
    ]


def test_a_line_is_named_by_where_it_begins() -> None:
    lines = read_people_file("x.csv", '姓名,手机号\n"李\n明",1\n王红,2\n'.encode())
    assert [line.number for line in lines] == [2, 4]


def test_an_xlsx_is_read_and_a_phone_typed_as_a_number_stays_one() -> None:
    content = book([["Name", "Mobile"], ["李明", 13800138000], ["", ""], ["王红", "13900139000"]])
    lines = read_people_file("people.XLSX", content)
    assert [(line.number, line.cells["phone"]) for line in lines] == [(2, "13800138000"), (4, "13900139000")]


def test_what_is_no_table_of_people_is_refused() -> None:
    for name, content, refusal in [
        ("x.csv", b"", FileUnreadable),
        ("x.csv", b"\xff\xff\xff", FileUnreadable),
        ("x.csv", "姓名,手机号\na\x00b,1\n".encode(), FileUnreadable),
        ("x.csv", '姓名,手机号\n"open,1\n'.encode(), FileUnreadable),
        ("x.csv", "姓名,地址\n李明,x\n".encode(), ColumnMissing),
        ("x.xlsx", b"no zip", FileUnreadable),
        ("x.xlsx", b"PK\x03\x04cut", FileUnreadable),
        ("x.xlsx", book([]), FileUnreadable),
        ("x.csv", b"x" * (FILE_BYTES_MAX + 1), FileTooLarge),
        ("x.csv", ("姓名,手机号\n" + "a,1\n" * (ROWS_MAX + 1)).encode(), TooManyRows),
    ]:
        with pytest.raises(refusal):
            read_people_file(name, content)


def test_a_zip_bomb_is_refused_before_it_is_opened() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (UNPACKED_FACTOR_MAX * FILE_BYTES_MAX + 1))
    with pytest.raises(FileTooLarge):
        read_people_file("x.xlsx", bomb.getvalue())


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("hello.txt", "hello")
    with pytest.raises(FileUnreadable):
        read_people_file("x.xlsx", made.getvalue())


@given(st.binary(max_size=300), st.sampled_from(["x.csv", "x.xlsx"]))
def test_no_bytes_break_the_reading(content: bytes, name: str) -> None:
    with contextlib.suppress(Refusal):
        read_people_file(name, content)
