"""Cylinders and accounts from spreadsheets, 200,000 at a time: good lines are taken, every bad line is told.

Columns come in any order, in English or Chinese (COLUMNS); `area` and `team` may be given for all lines instead. A
line that says what is registered already changes nothing, so an import that broke off is simply run again; papers that
the register did not know yet are entered as an act.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from backend.gas import queries
from backend.gas.actions.accounts import add_accounts
from backend.gas.actions.desk import Deed
from backend.gas.actions.papers import write_papers
from backend.gas.actions.register import PAPERS, name_of, register_cylinders
from backend.gas.rules import AccountTaken, CodeTaken
from backend.gas.rules.refusals import CellInvalid, ColumnMissing, LineTwice
from backend.gas.tables import Cylinder
from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from backend.people import actions as people
from mobile_contract import gas as wire
from mobile_contract.gas import ScanStep
from mobile_contract.gas_papers import CylinderPapers
from mobile_contract.gas_register import NewCylinder
from mobile_contract.problems import say
from mobile_contract.texts.faults import of_column
from sync.refusal import Refusal

A = TypeVar("A", NewCylinder, wire.NewAccount)
B = TypeVar("B")
LINES_PER_TURN = 500
"""What one transaction takes in about a second, so that phones get a turn."""
FILE_BYTES_MAX = 100_000_000
CYLINDER_COLUMNS = {
    "code": ("code", "气瓶码", "二维码", "编码"),
    "serial": ("serial", "钢印号", "瓶号"),
    "certificate_no": ("certificate_no", "使用登记证编号", "使用登记证号"),
    "registration_code": ("registration_code", "使用登记代码", "登记代码"),
    "maker_code": ("maker_code", "制造单位代号", "制造单位代码", "制造单位"),
    "stamped_tare_g": ("tare_kg", "皮重", "皮重kg", "皮重(kg)", "皮重（kg）"),
    "owner": ("owner", "产权单位", "充装单位"),
    "spec": ("spec", "规格", "型号"),
    "made_on": ("made_on", "制造日期", "出厂日期"),
    "inspected_on": ("inspected_on", "检验日期", "上次检验日期"),
    "design_life_months": ("design_life_months", "设计年限月"),
    "station": ("station", "所在站", "气站编号"),
    "account": ("account", "所在用户", "用户编号"),
    "area_path": ("area", "area_path", "区域"),
    "team_id": ("team", "team_id", "班组"),
}
ACCOUNT_COLUMNS = {
    "code": ("code", "用户编号", "户号"),
    "name": ("name", "姓名", "户名", "用户名称"),
    "phone": ("phone", "电话", "手机号", "联系电话"),
    "address": ("address", "地址", "用气地址"),
    "longitude": ("longitude", "经度"),
    "latitude": ("latitude", "纬度"),
    "nature": ("nature", "用户性质"),
    "since_on": ("since_on", "开户日期"),
    "until_on": ("until_on", "销户日期"),
    "identity": ("identity", "实名方式"),
    "identity_on": ("identity_on", "实名日期"),
    "area_path": ("area", "area_path", "区域"),
    "team_id": ("team", "team_id", "班组"),
}
SITE_COLUMNS = {
    "account": ("account", "用户编号", "户号"),
    "teams": ("teams", "team", "班组"),
    "units": ("units", "联合单位"),
}
_COLUMNS_OF = {"cylinders": CYLINDER_COLUMNS, "accounts": ACCOUNT_COLUMNS, "sites": SITE_COLUMNS}
_NEEDED = {
    "cylinders": ("code", "serial", "owner", "spec", "made_on"),
    "accounts": ("code", "name", "address"),
    "sites": ("account", "teams"),
}
_WORDS = {"居民": "household", "非居民": "shop", "商户": "shop", "餐饮": "shop"}
_PROOFS = {"身份证": "id_seen", "证件": "id_seen", "扫码": "customer_qr", "短信": "phone_code", "未实名": "none"}
_KILOGRAMS = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3})?) ?(?:kg|公斤|千克)?", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[ T]00:00:00)?")


def _grams(kilograms: str) -> int:
    if (said := _KILOGRAMS.fullmatch(kilograms)) is None:
        raise ValueError(kilograms)
    return round(float(said[1]) * 1000)


_NUMBERS: Mapping[str, Callable[[str], float]] = {
    "longitude": float,
    "latitude": float,
    "design_life_months": int,
    "stamped_tare_g": _grams,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file; the heading is line 1."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why a line was not taken."""

    number: int
    column: str
    code: str
    zh: str
    en: str


@dataclass(slots=True)
class Report:
    """What came of the lines so far."""

    taken: int = 0
    unchanged: int = 0
    bad: list[BadLine] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    """Names met so far, and the line of each."""


def read_lines(what: str, name: str, content: bytes) -> Iterator[Line]:
    """The lines of a .csv (UTF-8 or GB 18030) or .xlsx file of `cylinders`, `accounts` or `sites`, but for empty ones.

    Refuses with gas.column_missing, and as files of people do.
    """
    words = {word: column for column, said in _COLUMNS_OF[what].items() for word in said}
    heading: dict[int, str] | None = None
    for number, row in people.sheet_rows(name, content, bytes_max=FILE_BYTES_MAX):
        if not any(row):
            continue
        if heading is None:
            heading = {i: words[cell.lower()] for i, cell in enumerate(row) if cell.lower() in words}
            for column in _NEEDED[what]:
                if column not in heading.values():
                    raise ColumnMissing(**of_column(_COLUMNS_OF[what], column))
            continue
        yield Line(number, {column: row[i] for i, column in heading.items() if i < len(row)})
    if heading is None:
        raise ColumnMissing(**of_column(_COLUMNS_OF[what], _NEEDED[what][0]))


def import_cylinders(ctx: Ctx, lines: Sequence[Line], report: Report, area: str = "", team: str = "") -> None:
    """Registers the cylinders of some lines in the caller's transaction, and carries the report on."""
    asks = list(_asks(NewCylinder, lines, report, area, team))
    named = [(line, ask, key) for line, ask in asks if (key := _key(ctx, line, ask, report)) is not None]
    known = queries.cylinders_by_key(ctx, [key for _, _, key in named])
    fresh: list[tuple[Line, NewCylinder]] = []
    entering: list[tuple[Line, tuple[Cylinder, CylinderPapers]]] = []
    for line, ask, key in named:
        row = known.get(key)
        if row is None or not row.registered:
            fresh.append((line, ask))
        elif not _says_the_same(ask, row):
            report.bad.append(bad_line(line, "code", CodeTaken(code=key)))
        elif (papers := _unknown_papers(ask, row)) is not None:
            entering.append((line, (row, papers)))
        else:
            report.unchanged += 1
    _take(ctx, fresh, report, lambda asked: register_cylinders(ctx, asked))
    _take(ctx, entering, report, lambda told: write_papers(ctx, told, Deed("", ScanStep.enter_papers)))


def _says_the_same(ask: NewCylinder, row: Cylinder) -> bool:
    """Whether a line says what is registered; what it leaves out contradicts nothing."""
    papers = [(getattr(ask, name), getattr(row, name)) for name in PAPERS]
    same = (row.serial, row.spec, row.made_on) == (ask.serial, ask.spec, ask.made_on)
    return same and all(said == kept for said, kept in papers if said and kept)


def _unknown_papers(ask: NewCylinder, row: Cylinder) -> CylinderPapers | None:
    """What a line tells of a registered cylinder's papers that the register does not know yet."""
    said = {name: value for name in PAPERS if (value := getattr(ask, name)) and not getattr(row, name)}
    return CylinderPapers(id=new_id(), cylinder_id=row.id, **said) if said else None


def import_accounts(ctx: Ctx, lines: Sequence[Line], report: Report, area: str = "", team: str = "") -> None:
    """Takes the customers of some lines on in the caller's transaction, and carries the report on."""
    asks = [(line, ask) for line, ask in _asks(wire.NewAccount, lines, report, area, team)]
    once = [(line, ask) for line, ask in asks if _once(line, ask.code, report)]
    known = {row.code: row for row in queries.accounts_by_code(ctx, [ask.code for _, ask in once]).values()}
    fresh: list[tuple[Line, wire.NewAccount]] = []
    for line, ask in once:
        row = known.get(ask.code)
        if row is None:
            fresh.append((line, ask))
        elif (row.name, row.address) == (ask.name, ask.address):
            report.unchanged += 1
        else:
            report.bad.append(bad_line(line, "code", AccountTaken(code=ask.code)))
    _take(ctx, fresh, report, lambda asked: add_accounts(ctx, asked))


def _asks(shape: type[A], lines: Sequence[Line], report: Report, area: str, team: str) -> Iterator[tuple[Line, A]]:
    columns = CYLINDER_COLUMNS if shape is NewCylinder else ACCOUNT_COLUMNS
    for line in lines:
        cells = {column: _value(column, text) for column, text in line.cells.items() if text}
        given: dict[str, Any] = {"area_path": area} | ({"team_id": team} if team else {}) | cells
        try:
            yield line, shape.model_validate(given)
        except ValidationError as fault:
            first = fault.errors(include_url=False, include_input=False)[0]
            column = str(first["loc"][0]) if first["loc"] else ""
            report.bad.append(bad_line(line, column, CellInvalid(**of_column(columns, column, first))))


def _value(column: str, text: str) -> Any:
    if column in _NUMBERS:
        try:
            return _NUMBERS[column](text)
        except ValueError:
            return text
    if column.endswith("_on") and (day := _DAY.fullmatch(text)):
        return f"{day[1]}-{int(day[2]):02d}-{int(day[3] or 1):02d}"
    words = {"nature": _WORDS, "identity": _PROOFS}.get(column, {})
    return words.get(text, text)


def _key(ctx: Ctx, line: Line, ask: NewCylinder, report: Report) -> str | None:
    try:
        key, _ = name_of(ctx, ask.code)
    except Refusal as refusal:
        report.bad.append(bad_line(line, "code", refusal))
        return None
    return key if _once(line, key, report) else None


def _once(line: Line, name: str, report: Report) -> bool:
    first = report.seen.setdefault(name, line.number)
    if first != line.number:
        report.bad.append(bad_line(line, "code", LineTwice(line=first)))
    return first == line.number


def _take(ctx: Ctx, asks: Sequence[tuple[Line, B]], report: Report, deed: Callable[[Sequence[B]], object]) -> None:
    """Takes all together; where that is refused, each half by itself, down to the lines that are to blame."""
    if not asks:
        return
    try:
        with ctx.session.begin_nested():
            deed([ask for _, ask in asks])
        report.taken += len(asks)
    except Refusal as refusal:
        if len(asks) == 1:
            report.bad.append(
                bad_line(asks[0][0], str(refusal.params.get("field", _COLUMNS.get(refusal.code, ""))), refusal)
            )
            return
        half = len(asks) // 2
        _take(ctx, asks[:half], report, deed)
        _take(ctx, asks[half:], report, deed)


_COLUMNS = {
    "gas.registration_code_taken": "registration_code",
    "gas.spec_unknown": "spec",
    "gas.dates_impossible": "made_on",
    "gas.account_unknown": "account",
    "gas.area_unknown": "area_path",
    "gas.team_unknown": "team_id",
}


def bad_line(line: Line, column: str, refusal: Refusal) -> BadLine:
    """Why a line was not taken, in both languages."""
    params = dict(refusal.params)
    return BadLine(line.number, column, refusal.code, say(refusal.code, params, "zh"), say(refusal.code, params, "en"))
