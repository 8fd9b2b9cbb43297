"""Lists and stories for people to take along: spreadsheets, and a case told in sentences."""

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from typing import IO, Any

from backend.cases.queries.cases import history
from backend.cases.queries.lists import pages
from backend.cases.rules.refusals import ExportTooLong
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.spreadsheets import Row, write_csv, write_xlsx
from backend.people import queries as people
from mobile_contract import caselists as lists
from mobile_contract import cases as wire
from mobile_contract.base import SheetForm
from mobile_contract.problems import Texts
from mobile_contract.texts.casestory import KEPT, STORY
from mobile_contract.texts.names import word_of

COLUMNS = (
    ("案卷号", "code"),
    ("标题", "title"),
    ("状态", "state"),
    ("来源", "source"),
    ("类别", "kind"),
    ("代码", "number"),
    ("代码版本", "code_version"),
    ("区域", "area_path"),
    ("地址", "address"),
    ("说明", "note"),
    ("处置单位", "team"),
    ("处置人", "handler"),
    ("上报时间", "reported_at"),
    ("派遣时间", "dispatched_at"),
    ("处理时间", "handled_at"),
    ("结束时间", "ended_at"),
    ("当前时限", "due_at"),
    ("是否按时", "in_time"),
    ("回退次数", "returns"),
    ("返工次数", "reworks"),
    ("经度", "longitude"),
    ("纬度", "latitude"),
    ("照片数", "photos"),
)


def list_file(ctx: Ctx, wanted: lists.CaseFilter, form: SheetForm) -> bytes:
    """The cases of a list as a spreadsheet; refuses with cases.export_too_long beyond EXPORT_ROWS_MAX."""
    target = BytesIO()
    if export(ctx, wanted, target, form, lists.EXPORT_ROWS_MAX + 1) > lists.EXPORT_ROWS_MAX:
        raise ExportTooLong(limit=lists.EXPORT_ROWS_MAX)
    return target.getvalue()


def export(
    ctx: Ctx,
    wanted: lists.CaseFilter,
    target: IO[bytes],
    form: SheetForm,
    rows_max: int,
    tell: Callable[[int], Any] = lambda _rows: None,
) -> int:
    """Writes a list, a page at a time, up to so many rows; gives their number. `tell` hears of each page."""
    head: Row = [title for title, _ in COLUMNS]
    lines = _lines(ctx, wanted, rows_max, tell)
    return write_csv(target, head, lines) if form is SheetForm.csv else write_xlsx(target, "案卷", head, lines)


def _lines(ctx: Ctx, wanted: lists.CaseFilter, rows_max: int, tell: Callable[[int], Any]) -> Iterator[Row]:
    for page in pages(ctx, wanted, rows_max):
        yield from table_rows(ctx, page)
        ctx.session.expunge_all()
        tell(len(page))


def table_rows(ctx: Ctx, cases: Sequence[wire.Case]) -> list[Row]:
    """A row of cells a case."""
    names = people.names(ctx, [case.handler_id for case in cases if case.handler_id])
    teams = people.team_names(ctx, [case.team_id for case in cases if case.team_id])
    return [[_cell(_value(case, name, names, teams)) for _, name in COLUMNS] for case in cases]


def _value(case: wire.Case, name: str, names: dict[str, str], teams: dict[str, str]) -> Any:
    match name:
        case "team":
            return teams.get(case.team_id or "", "")
        case "handler":
            return names.get(case.handler_id or "", "")
        case "number":
            return f"{case.big}-{case.small}"
        case "photos":
            return len(case.photos)
        case "state":
            return word_of("state", case.state.value, "zh", "cases.")
        case _:
            return getattr(case, name)


def _cell(value: Any) -> str | float | int:
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    if hasattr(value, "astimezone"):
        return f"{value.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M:%S}"
    return str(value)


def story(ctx: Ctx, case_id: str) -> list[lists.StoryLine]:
    """A case in sight as a story: a sentence an act, with its photos, in the order in which things were done."""
    lines = sorted(history(ctx, case_id), key=lambda line: (line.done_at, line.id))
    return [lists.StoryLine(at=line.done_at, texts=_sentence(line), photos=line.photos) for line in lines]


def _sentence(line: wire.CaseLine) -> Texts:
    told = []
    for place, (stop, colon, someone) in enumerate((("。", "：", "系统"), (".", ": ", "The system"))):
        kept = KEPT[place] if line.effect is wire.CaseEffect.kept else ""
        note = f"{colon}{line.note}" if line.note else stop
        gap = "" if place == 0 else " "
        told.append(f"{line.person_name or someone}{gap}{STORY[line.act.value][place]}{kept}{note}")
    return Texts(zh=told[0], en=told[1])
