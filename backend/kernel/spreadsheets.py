"""Spreadsheets in which nothing that people wrote becomes a formula, a link or a number."""

import csv
import io
from collections.abc import Iterable
from typing import IO, Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would reckon."""
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
Cell = str | int | float
Row = list[Cell]


def harmless(cell: Any) -> Any:
    """A cell of a CSV; text that could begin a formula is led by an apostrophe, and so is what begins with one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith((*FORMULA, "'")) else cell


def as_meant(cell: str) -> str:
    """What a cell of a CSV said before `harmless`."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*FORMULA, "'")) else cell


def write_csv(target: IO[bytes], head: Row, lines: Iterable[Row]) -> int:
    """Writes row by row, UTF-8 with its mark, as Chinese spreadsheets open it; gives the number of lines."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    writer.writerow(head)
    for line in lines:
        count += 1
        writer.writerow([harmless(cell) for cell in line])
    text.detach()
    return count


def write_xlsx(target: IO[bytes], name: str, head: Row, lines: Iterable[Row]) -> int:
    """Writes a book of one sheet row by row, the heading kept in view; gives the number of lines."""
    import xlsxwriter  # here: a server that makes no spreadsheet does without it

    count = 0
    with xlsxwriter.Workbook(target, PLAIN | {"constant_memory": True}) as book:
        page = book.add_worksheet(name)
        page.freeze_panes(1, 2)
        page.write_row(0, 0, head)
        for count, line in enumerate(lines, 1):
            for column, cell in enumerate(line):
                if isinstance(cell, str):
                    page.write_string(count, column, cell)
                else:
                    page.write_number(count, column, cell)
    return count
