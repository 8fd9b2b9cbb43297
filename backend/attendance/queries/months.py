"""Month sheets within sight: as frozen with what came later, or as they stand; and their spreadsheet for payroll."""

from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

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
from backend.kernel.spreadsheets import PLAIN
from backend.people import queries as people
from mobile_contract import days as wire
from mobile_contract.base import Page
from mobile_contract.days import DayWord
from mobile_contract.reasons import WORDS

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

NAME_WIDTH = 16
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
    ("手机号 phone", "phone"),
    ("月份 month", "month"),
    ("应出勤天数 days_due", "days_due"),
    ("出勤天数 days_worked", "days_worked"),
    ("请假公出天数 days_excused", "days_excused"),
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
    ("未定天数 open_days", "open_days"),
    ("更正条数 entries", "entries"),
    ("封账时间 frozen_at", "frozen_at"),
)
DAY_COLUMNS = {
    "word": "结果 word",
    "shift_name": "班次 shift_name",
    "kind": "日期类型 kind",
    "times_late": "迟到次数 times_late",
    "times_early": "早退次数 times_early",
    "times_missing": "缺卡次数 times_missing",
    "late_min": "迟到(分) late_min",
    "early_min": "早退(分) early_min",
    "worked_min": "班内工时(分) worked_min",
    "credited_min": "公出培训应急(分) credited_min",
    "leave_min": "请假(分) leave_min",
    "overtime_workday_min": "工作日加班(分) overtime_workday_min",
    "overtime_rest_day_min": "休息日加班(分) overtime_rest_day_min",
    "overtime_holiday_min": "节假日加班(分) overtime_holiday_min",
    "work_on_leave": "假期上班 work_on_leave",
}
ENTRY_COLUMNS = ("姓名 name", "日期 on", "原结果 before", "更正为 after", "原因 why", "时间 made_at")
REASONS = {"late_fact": "后到的数据 late_fact"}
TITLES = {
    DayWord.normal: "正常",
    DayWord.late: "迟到",
    DayWord.serious_late: "严重迟到",
    DayWord.absent_late: "旷工迟到",
    DayWord.early: "早退",
    DayWord.missing: "缺卡",
    DayWord.absent: "旷工",
    DayWord.excused: "请假公出",
    DayWord.not_required: "休息日加班",
    DayWord.pending: "未定",
}
SIGNS = {
    DayWord.normal: "√",
    DayWord.late: "迟",
    DayWord.serious_late: "严迟",
    DayWord.absent_late: "旷迟",
    DayWord.early: "早",
    DayWord.missing: "缺",
    DayWord.absent: "旷",
    DayWord.excused: "假",
    DayWord.not_required: "加",
    DayWord.pending: "?",
}
"""A day in one cell, as crews have it on their wall; 加 is work on a day off."""
LEGEND = "  ".join(f"{sign} {TITLES[word]}" for word, sign in SIGNS.items())


def month_xlsx(ctx: Ctx, month: str) -> bytes:
    """The month of the caller's areas as payroll takes it: a line a person; the wall's sheet of signs; the single days;
    and what came after the freeze."""
    import xlsxwriter  # here: a server that makes no spreadsheet does without it

    persons = [person_id for person_id, _ in persons_of_month(ctx, month, desk_areas(ctx.principal))][:SHEETS_MAX]
    made, phones, target = _sheets(ctx, persons, month), people.phones(ctx, persons), BytesIO()
    with xlsxwriter.Workbook(target, PLAIN | {"in_memory": True}) as book:
        totals, wall, single, later = (book.add_worksheet(name) for name in ("月报", "考勤表", "明细", "更正"))
        totals.write_row(0, 0, [title for title, _ in COLUMNS])
        for number, sheet in enumerate(made, 1):
            totals.write_row(number, 0, _line(sheet, phones.get(sheet.person_id, "").removeprefix("+86")))
        _write_wall(wall, month, made)
        _write_days(single, made)
        _write_entries(later, made)
        for page in (totals, wall, single, later):
            page.freeze_panes(1, 2)
            page.set_column(0, 1, NAME_WIDTH)
    return target.getvalue()


def _standing(sheet: wire.MonthSheet) -> list[wire.MonthDay]:
    return rules.applied(sheet.days, [(entry.on, entry.after) for entry in sheet.entries])


def _write_wall(page: "Worksheet", month: str, made: Sequence[wire.MonthSheet]) -> None:
    first_on, last_on = month_span(month)
    page.write_row(0, 0, ["姓名 name", "工号 person_id", *range(first_on.day, last_on.day + 1)])
    for line, sheet in enumerate(made, 1):
        page.write_row(line, 0, [sheet.name, sheet.person_id])
        for day in _standing(sheet):
            page.write(line, 1 + day.on.day, SIGNS[day.word])
    page.write(len(made) + 2, 0, LEGEND)


def _write_days(page: "Worksheet", made: Sequence[wire.MonthSheet]) -> None:
    page.write_row(0, 0, ["姓名 name", "日期 on", *DAY_COLUMNS.values()])
    rows = ((sheet.name, day) for sheet in made for day in _standing(sheet))
    for line, (name, day) in enumerate(rows, 1):
        told = day.model_dump(mode="json") | {"word": TITLES[day.word], "kind": WORDS[day.kind.value][0]}
        page.write_row(line, 0, [name, told["on"], *(told[column] for column in DAY_COLUMNS)])


def _write_entries(page: "Worksheet", made: Sequence[wire.MonthSheet]) -> None:
    page.write_row(0, 0, ENTRY_COLUMNS)
    rows = ((sheet.name, entry) for sheet in made for entry in sheet.entries)
    for line, (name, entry) in enumerate(rows, 1):
        words = [TITLES[day.word] if day else "" for day in (entry.before, entry.after)]
        why = REASONS.get(entry.why, entry.why)
        page.write_row(line, 0, [name, entry.on.isoformat(), *words, why, rules.local_time(entry.made_at)])


def _line(sheet: wire.MonthSheet, phone: str) -> list[str | int]:
    told: dict[str, str | int] = sheet.totals.model_dump(mode="json")
    told |= {"person_id": sheet.person_id, "name": sheet.name, "month": sheet.month, "entries": len(sheet.entries)}
    told |= {"open_days": sheet.open_days, "frozen_at": rules.local_time(sheet.frozen_at) if sheet.frozen_at else ""}
    told["phone"] = phone
    return [told[key] for _, key in COLUMNS]
