"""Month sheets within sight: as frozen with what came later, or as they stand; and their spreadsheet for payroll."""

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO

import xlsxwriter

from backend.attendance import rules
from backend.attendance.queries.days import (
    day_shape,
    days_of,
    entries_of,
    frozen_of,
    month_span,
    persons_of_month,
    results_of,
)
from backend.attendance.tables import DayResult, MonthSheet, SheetEntry
from backend.kernel.context import Ctx
from backend.kernel.paging import cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas
from backend.people import queries as people
from mobile_contract import days as wire
from mobile_contract.base import Page

SHEETS_MAX = 20_000
"""Persons in one spreadsheet."""


def own_sheet(ctx: Ctx, month: str) -> wire.MonthSheet:
    """The caller's own month."""
    return _sheets(ctx, [ctx.principal.person_id], month)[0]


def sheets(ctx: Ctx, month: str, cursor: str | None, limit: int) -> Page[wire.MonthSheet]:
    """A page of the month sheets of the caller's areas, by person."""
    persons = [person_id for person_id, _ in persons_of_month(ctx, month, desk_areas(ctx.principal))]
    if cursor:
        after = read_cursor(cursor, str)[0]
        persons = [person_id for person_id in persons if person_id > after]
    page, following = cut(persons[: limit + 1], limit, cursor_of)
    return Page(items=_sheets(ctx, page, month), next=following)


def _sheets(ctx: Ctx, person_ids: Sequence[str], month: str) -> list[wire.MonthSheet]:
    names = people.names(ctx, person_ids)
    rows: dict[str, list[DayResult]] = defaultdict(list)
    for row in results_of(ctx, person_ids, *month_span(month)):
        rows[row.person_id].append(row)
    frozen = {sheet.person_id: sheet for sheet in frozen_of(ctx, person_ids, [month])}
    later: dict[str, list[SheetEntry]] = defaultdict(list)
    for entry in entries_of(ctx, person_ids, [month]):
        later[entry.person_id].append(entry)
    return [_sheet(p, names.get(p, ""), month, rows[p], frozen.get(p), later[p]) for p in person_ids]


def _sheet(
    person_id: str, name: str, month: str, rows: list[DayResult], frozen: MonthSheet | None, later: list[SheetEntry]
) -> wire.MonthSheet:
    entries = [wire.SheetEntry.model_validate(entry, from_attributes=True) for entry in later]
    found = [rules.month_day(day_shape(row)) for row in rows]
    days = days_of(frozen) if frozen else [day for day in found if day is not None]
    stands = rules.applied(days, [(entry.on, entry.after) for entry in entries])
    return wire.MonthSheet(
        person_id=person_id,
        name=name,
        month=month,
        frozen_at=frozen.frozen_at if frozen else None,
        open_days=sum(1 for row in rows if row.state == wire.DayState.provisional),
        days=days,
        entries=entries,
        totals=rules.totals(stands),
        digest=frozen.digest if frozen else rules.digest(days),
    )


# -- the spreadsheet -----------------------------------------------------------------------------------------------

COLUMNS = (
    ("工号 person_id", "person_id"),
    ("姓名 name", "name"),
    ("月份 month", "month"),
    ("出勤天数 days_worked", "days_worked"),
    ("旷工天数 days_absent", "days_absent"),
    ("迟到次数 times_late", "times_late"),
    ("迟到分钟 late_min", "late_min"),
    ("早退次数 times_early", "times_early"),
    ("早退分钟 early_min", "early_min"),
    ("缺卡次数 times_missing", "times_missing"),
    ("班内工时(分) worked_min", "worked_min"),
    ("公出培训应急(分) credited_min", "credited_min"),
    ("请假(分) leave_min", "leave_min"),
    ("工作日加班(分) overtime_workday_min", "overtime_workday_min"),
    ("休息日加班(分) overtime_rest_day_min", "overtime_rest_day_min"),
    ("节假日加班(分) overtime_holiday_min", "overtime_holiday_min"),
    ("假期上班天数 days_work_on_leave", "days_work_on_leave"),
    ("更正条数 entries", "entries"),
    ("封账时间 frozen_at", "frozen_at"),
)
DAY_COLUMNS = ("姓名 name", "日期 on", *(f"{name}" for name in wire.MonthDay.model_fields if name != "on"))


def month_xlsx(ctx: Ctx, month: str) -> bytes:
    """The month of the caller's areas as payroll takes it: a line a person, and a sheet of the single days."""
    persons = [person_id for person_id, _ in persons_of_month(ctx, month, desk_areas(ctx.principal))][:SHEETS_MAX]
    made, target = _sheets(ctx, persons, month), BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        totals, single = book.add_worksheet("月报"), book.add_worksheet("明细")
        totals.write_row(0, 0, [title for title, _ in COLUMNS])
        single.write_row(0, 0, DAY_COLUMNS)
        line = 0
        for number, sheet in enumerate(made, 1):
            totals.write_row(number, 0, _line(sheet))
            for day in rules.applied(sheet.days, [(entry.on, entry.after) for entry in sheet.entries]):
                line += 1
                told = day.model_dump(mode="json")
                single.write_row(line, 0, [sheet.name, told.pop("on"), *told.values()])
    return target.getvalue()


def _line(sheet: wire.MonthSheet) -> list[str | int]:
    told: dict[str, str | int] = sheet.totals.model_dump(mode="json")
    told |= {"person_id": sheet.person_id, "name": sheet.name, "month": sheet.month, "entries": len(sheet.entries)}
    told["frozen_at"] = sheet.frozen_at.isoformat() if sheet.frozen_at else ""
    return [told[key] for _, key in COLUMNS]
