"""A list of orders as a spreadsheet: CSV or Excel, written row by row."""

from collections.abc import Callable, Iterator
from typing import IO, Any

from backend.kernel.context import Ctx
from backend.kernel.spreadsheets import Cell, Row, write_csv, write_xlsx
from backend.people import queries as people
from backend.workorders import rules
from backend.workorders.queries.forms import scenes
from backend.workorders.queries.lists import listing, rows_of
from backend.workorders.queries.walks import page_of, size_of
from backend.workorders.tables import WorkOrder
from mobile_contract import workorders as wire
from mobile_contract.base import SheetForm
from mobile_contract.texts.names import word_of
from mobile_contract.texts.proof import EVIDENCE, INSPECTION, LACKS

ROWS_A_PAGE = 500
TITLES: dict[str, tuple[str, str]] = {
    "code": ("工单号", "code"),
    "title": ("标题", "title"),
    "scene": ("场景", "scene"),
    "step": ("状态", "state"),
    "area_path": ("区域", "area"),
    "team": ("班组", "team"),
    "assignee": ("负责人", "assignee"),
    "priority": ("优先级", "priority"),
    "window_from_at": ("时段开始", "window from"),
    "due_at": ("期限", "due"),
    "started_at": ("开工", "started"),
    "done_at": ("完工", "done"),
    "doer": ("完工人", "done by"),
    "worked_min": ("作业分钟", "minutes worked"),
    "evidence": ("证据", "evidence"),
    "lacking": ("尚缺", "lacking"),
    "photos": ("照片数", "photos"),
    "inspection": ("检查", "inspection"),
    "rework_count": ("返工次数", "reworks"),
    "longitude": ("经度", "longitude"),
    "latitude": ("纬度", "latitude"),
    "note": ("说明", "note"),
    "crew_note": ("班组备注", "crew's note"),
    "cancel_reason": ("撤销原因", "reason withdrawn"),
}


def size_at_most(ctx: Ctx, wanted: wire.OrderFilter) -> int:
    """How many orders a list has; one that is reached by several ways counts for each."""
    listed = listing(ctx, wanted)
    return size_of(ctx, listed.walk, listed.ways)


def export(
    ctx: Ctx,
    wanted: wire.OrderFilter,
    target: IO[bytes],
    form: SheetForm,
    language: str,
    rows_max: int,
    tell: Callable[[int], Any] = lambda _rows: None,
) -> int:
    """Writes a whole list, a page at a time; gives the number of orders. `tell` hears of each page.

    Refuses with workorders.export_too_long.
    """
    head, lines = _head(language), _lines(ctx, wanted, language, rows_max, tell)
    if form is SheetForm.csv:
        return write_csv(target, head, lines)
    return write_xlsx(target, "orders", head, lines)


def _head(language: str) -> Row:
    return [zh if language == "zh" else en for zh, en in TITLES.values()]


def _lines(
    ctx: Ctx, wanted: wire.OrderFilter, language: str, rows_max: int, tell: Callable[[int], Any]
) -> Iterator[Row]:
    listed, cursor, written = listing(ctx, wanted), None, 0
    imported = {row.code: row.name if language == "zh" else row.name_en for row in scenes(ctx)}
    while True:
        ids, cursor = page_of(ctx, listed.walk, listed.ways, cursor, ROWS_A_PAGE)
        rows = rows_of(ctx, ids)
        written += len(rows)
        if written > rows_max:
            raise rules.ExportTooLong(limit=rows_max)
        names = people.names(ctx, [who for row in rows for who in (row.assignee_id, row.done_by) if who])
        teams = people.team_names(ctx, {row.team_id for row in rows})
        yield from (_cells(row, imported, names, teams, language) for row in rows)
        ctx.session.expunge_all()
        tell(len(rows))
        if cursor is None:
            return


def _cells(
    row: WorkOrder, imported: dict[str, str], names: dict[str, str], teams: dict[str, str], language: str
) -> Row:
    place = 0 if language == "zh" else 1
    told: dict[str, Cell] = {
        "scene": imported.get(row.scene) or word_of("scene", row.scene, language),
        "step": word_of("step", row.step, language),
        "evidence": EVIDENCE[row.evidence][place],
        "inspection": INSPECTION[row.inspection][place],
        "team": teams.get(row.team_id, ""),
        "assignee": names.get(row.assignee_id or "", ""),
        "doer": names.get(row.done_by or "", ""),
        "worked_min": row.worked_s // 60,
        "lacking": rules.joined([LACKS[lack["what"]][place] for lack in row.lacking]),
        "photos": len(row.photos),
        "longitude": "" if row.longitude is None else row.longitude,
        "latitude": "" if row.latitude is None else row.latitude,
    }
    for name in ("window_from_at", "due_at", "started_at", "done_at"):
        told[name] = rules.local(getattr(row, name))
    return [told[name] if name in told else getattr(row, name) for name in TITLES]
