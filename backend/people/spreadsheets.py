"""Spreadsheets of people: bytes of a .csv or .xlsx file to lines of named cells."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineWorkbook

from backend.people.rules import ColumnMissing, FileTooLarge, FileUnreadable, TooManyRows
from mobile_contract.texts.faults import of_column

FILE_BYTES_MAX = 5_000_000
UNPACKED_FACTOR_MAX = 10
"""So many times its limit of bytes a file may have when unpacked."""
ROWS_MAX = 20_000
CELL_CHARS_MAX = 500
COLUMNS_MAX = 50

HEADINGS = {
    "name": ("name", "姓名", "名字"),
    "phone": ("phone", "mobile", "手机号", "手机", "手机号码", "电话", "联系电话"),
    "area": ("area", "区域", "网格", "片区"),
    "team": ("team", "班组", "队伍"),
    "roles": ("roles", "role", "角色", "岗位"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file as it stood there; `number` counts the heading as line 1."""

    number: int
    cells: dict[str, str]


def read_people_file(name: str, content: bytes) -> list[Line]:
    """The lines of a .csv (UTF-8, or GB 18030 as Chinese spreadsheets write it) or .xlsx file, but for empty ones.

    Raises FileTooLarge, FileUnreadable, TooManyRows or ColumnMissing.
    """
    rows = sheet_rows(name, content)
    heading: dict[int, str] | None = None
    lines: list[Line] = []
    for number, row in rows:
        if not any(row):
            continue
        if heading is None:
            heading = _heading(row)
            continue
        if len(lines) >= ROWS_MAX:
            raise TooManyRows(max=ROWS_MAX)
        lines.append(Line(number, {column: row[i] for i, column in heading.items() if i < len(row)}))
    if heading is None:
        raise FileUnreadable(why="empty")
    return lines


def sheet_rows(name: str, content: bytes, bytes_max: int = FILE_BYTES_MAX) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of the first sheet, cells trimmed. Raises FileTooLarge or FileUnreadable."""
    if len(content) > bytes_max:
        raise FileTooLarge(limit_bytes=bytes_max)
    return (
        _xlsx_rows(content, UNPACKED_FACTOR_MAX * bytes_max) if name.lower().endswith(".xlsx") else _csv_rows(content)
    )


def _heading(row: Sequence[str]) -> dict[int, str]:
    columns = {word: column for column, words in HEADINGS.items() for word in words}
    found = {i: columns[cell.lower()] for i, cell in enumerate(row[:COLUMNS_MAX]) if cell.lower() in columns}
    for column in ("name", "phone"):
        if column not in found.values():
            raise ColumnMissing(**of_column(HEADINGS, column))
    return found


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    if "\x00" in text:
        raise FileUnreadable(why="NUL")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        last = 0
        for row in reader:
            # A quoted cell may span lines: a row is named by the line on which it begins.
            yield last + 1, [cell.strip()[:CELL_CHARS_MAX] for cell in row]
            last = reader.line_num
    except csv.Error as fault:
        raise FileUnreadable(why=str(fault)[:200]) from fault


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileUnreadable(why="UTF-8, GB 18030")


def _xlsx_rows(content: bytes, unpacked_bytes_max: int) -> Iterator[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
        if unpacked > unpacked_bytes_max:
            raise FileTooLarge(limit_bytes=unpacked_bytes_max)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        for number, row in enumerate(sheet.iter_rows(), start=1 + (sheet.start[0] if sheet.start else 0)):
            yield number, [_cell(value) for value in row]
    except zipfile.BadZipFile as fault:
        raise FileUnreadable(why="not_xlsx") from fault
    except (CalamineError, ValueError) as fault:
        raise FileUnreadable(why=str(fault)[:200]) from fault


def _cell(value: object) -> str:
    # A phone number typed as a number comes as a float.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()[:CELL_CHARS_MAX]
