"""Cylinders and accounts from spreadsheets: good lines are taken, every bad one is told, twice changes nothing."""

import io

import xlsxwriter

from backend.gas.actions.imports import Report, import_accounts, import_cylinders, read_lines
from backend.kernel.context import Ctx
from tests.api.people.conftest import GRID, Town

CYLINDERS = """气瓶码,钢印号,产权单位,规格,制造日期
1440012260000001,0001,白云燃气,YSP35.5,2024-03-15
1440012260000002,0002,白云燃气,YSP35.5,2024年03月
1440012260000003,0003,白云燃气,YSP99,2024/3/15
144001226000000X,0004,白云燃气,YSP35.5,2024-03-15
1440012260000001,0005,白云燃气,YSP35.5,2024-03-15
1440012260000006,0006,白云燃气,YSP35.5,不详

1440012260000007,0007,白云燃气,YSP35.5,2031-01-01
1440012260000008,0008,白云燃气,YSP118,2024-03-15
"""


def told(report: Report) -> list[tuple[int, str, str]]:
    return sorted((bad.number, bad.column, bad.code) for bad in report.bad)


def test_every_bad_line_is_told_with_its_column_and_the_others_are_taken(town: Town, writing: Ctx) -> None:
    lines = list(read_lines("cylinders", "瓶.csv", CYLINDERS.encode("gb18030")))
    report = Report()
    import_cylinders(writing, lines, report, GRID)
    assert (report.taken, report.unchanged) == (3, 0)
    assert told(report) == [
        (4, "spec", "gas.spec_unknown"),
        (5, "code", "gas.code_invalid"),
        (6, "code", "gas.line_twice"),
        (7, "made_on", "gas.cell_invalid"),
        (9, "made_on", "gas.dates_impossible"),
    ]
    again = Report()
    import_cylinders(writing, lines, again, GRID)
    assert (again.taken, again.unchanged, told(again)) == (0, 3, told(report))
    other = Report()
    import_cylinders(writing, [type(lines[0])(2, {**lines[0].cells, "serial": "9999"})], other, GRID)
    assert told(other) == [(2, "code", "gas.code_taken")]


def test_accounts_come_from_a_workbook(town: Town, writing: Ctx) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["用户编号", "姓名", "地址", "电话", "经度", "纬度", "用户性质", "区域"])
        sheet.write_row(1, 0, ["BY-0000001", "陈女士", "松洲路 1 号", 13900000001, 113.27, 23.18, "居民", ""])
        sheet.write_row(2, 0, ["BY-0000002", "李记餐馆", "松洲路 2 号", "", "", "", "餐饮", "/440111/nowhere/"])
        sheet.write_row(3, 0, ["by 3", "王", "松洲路 3 号"])
    report = Report()
    import_accounts(writing, list(read_lines("accounts", "户.xlsx", out.getvalue())), report, GRID)
    assert (report.taken, told(report)) == (1, [(3, "area_path", "gas.area_unknown"), (4, "code", "gas.cell_invalid")])
    assert "不" in report.bad[0].zh or "有误" in report.bad[0].zh
