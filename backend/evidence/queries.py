"""What came late, within the reader's sight, and the same as a spreadsheet."""

from collections.abc import Iterator
from typing import IO

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from backend.evidence.rules import ListTooLong
from backend.evidence.tables import LateUpload
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.paging import cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from backend.kernel.spreadsheets import Cell, Row, write_csv, write_xlsx
from backend.people import queries as people
from mobile_contract import evidence as wire
from mobile_contract.base import PAGE_ITEMS_MAX, Page, SheetForm
from mobile_contract.texts.names import NAMES, word_of

READ = "evidence.read"
TITLES: dict[str, tuple[str, str]] = {
    "arrived_at": ("收到时间", "received"),
    "late_min": ("超过宽限（分钟）", "minutes after the grace"),
    "what": ("迟到内容", "what came late"),
    "about": ("类型", "of"),
    "code": ("编号", "code"),
    "title": ("标题", "title"),
    "act": ("动作", "act"),
    "person_name": ("人员", "person"),
    "team": ("班组", "team"),
    "area_path": ("区域", "area"),
    "done_at": ("作业时间", "done"),
    "shift_ended_at": ("下班时间", "end of the shift"),
    "grace_until_at": ("宽限至", "grace until"),
    "sha256": ("照片", "photo"),
}
WORDS: dict[str, tuple[str, str]] = {
    wire.LateWhat.act: ("记录", "record"),
    wire.LateWhat.photo: ("照片", "photo"),
    wire.LateAbout.workorders: ("作业工单", "work order"),
    wire.LateAbout.cases: ("案卷", "case"),
}


def late_uploads(ctx: Ctx, wanted: wire.LateFilter, cursor: str | None, limit: int) -> Page[wire.LateUpload]:
    """A page of what came late in one's areas, the last that came first."""
    query = select(LateUpload).where(in_areas(LateUpload.area_path, ctx.principal.areas(READ)), *_narrowed(wanted))
    if cursor:
        query = query.where(col(LateUpload.id) < read_cursor(cursor, str)[0])
    rows = ctx.session.exec(query.order_by(col(LateUpload.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    names = people.names(ctx, [row.person_id for row in page])
    return Page(items=[_shape(row, names.get(row.person_id, "")) for row in page], next=following)


def _narrowed(wanted: wire.LateFilter) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (LateUpload.what, wanted.what),
        (LateUpload.about, wanted.about),
        (LateUpload.about_id, wanted.about_id),
        (LateUpload.team_id, wanted.team_id),
        (LateUpload.person_id, wanted.person_id),
    ):
        if value is not None:
            yield col(column) == str(value)
    if wanted.area is not None:
        yield in_areas(LateUpload.area_path, [wanted.area])
    if wanted.since_at is not None:
        yield col(LateUpload.arrived_at) >= wanted.since_at
    if wanted.until_at is not None:
        yield col(LateUpload.arrived_at) < wanted.until_at


def _shape(row: LateUpload, name: str) -> wire.LateUpload:
    late_s = round((row.arrived_at - row.grace_until_at).total_seconds())
    return wire.LateUpload.model_validate(row.model_dump() | {"person_name": name, "late_s": late_s})


def export(ctx: Ctx, wanted: wire.LateFilter, target: IO[bytes], form: SheetForm, language: str) -> int:
    """Writes a whole list, a page at a time; gives its rows. Refuses with evidence.export_too_long."""
    head: Row = [zh if language == "zh" else en for zh, en in TITLES.values()]
    lines = _lines(ctx, wanted, language)
    return write_csv(target, head, lines) if form is SheetForm.csv else write_xlsx(target, "late", head, lines)


def _lines(ctx: Ctx, wanted: wire.LateFilter, language: str) -> Iterator[Row]:
    cursor, written = None, 0
    while True:
        page = late_uploads(ctx, wanted, cursor, PAGE_ITEMS_MAX)
        written += len(page.items)
        if written > wire.EXPORT_ROWS_MAX:
            raise ListTooLong(limit=wire.EXPORT_ROWS_MAX)
        teams = people.team_names(ctx, {one.team_id for one in page.items if one.team_id})
        yield from ([_cell(one, name, teams, language) for name in TITLES] for one in page.items)
        ctx.session.expunge_all()
        cursor = page.next
        if cursor is None:
            return


def _cell(one: wire.LateUpload, name: str, teams: dict[str, str], language: str) -> Cell:
    match name:
        case "what" | "about":
            return WORDS[getattr(one, name)][0 if language == "zh" else 1]
        case "act":
            return _act(one, language)
        case "late_min":
            return one.late_s // 60
        case "team":
            return teams.get(one.team_id or "", "")
    value = getattr(one, name)
    if hasattr(value, "astimezone"):
        return f"{value.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M}"
    return value or ""


def _act(one: wire.LateUpload, language: str) -> str:
    if one.about is wire.LateAbout.cases:
        return word_of("act", one.act, language, "cases.")
    return NAMES.get(f"workorders.{one.act}", (one.act, one.act))[0 if language == "zh" else 1]


def is_known(ctx: Ctx, about: wire.LateAbout, about_id: str, sha256: str) -> bool:
    """Whether a late photo of an order or a case is listed already."""
    query = select(LateUpload.id).where(
        LateUpload.about == about.value, LateUpload.about_id == about_id, LateUpload.sha256 == sha256
    )
    return ctx.session.exec(query.limit(1)).first() is not None
