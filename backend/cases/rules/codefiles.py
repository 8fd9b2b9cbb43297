"""Files of code tables: lines of named cells read with every fault told, and written out again. Pure."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.casecodes import CaseCode
from mobile_contract.cases import CONDITIONS_MAX, CodeKind
from mobile_contract.limits import AMOUNT_MAX, LimitUnit

CODES_MAX = 5_000
SCENE = "scene:"
"""Begins the standard of a table that a scene file brought."""
FAULTS_TOLD_MAX = 200
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "kind": ("kind", "类别"),
    "big": ("big", "大类代码"),
    "small": ("small", "小类代码"),
    "big_name": ("big_name", "大类名称"),
    "name": ("name", "小类名称"),
    "since_on": ("since_on", "启用日期"),
    "until_on": ("until_on", "停用日期"),
    "self_disposable": ("self_disposable", "可自行处置"),
    "same_time_of_day": ("same_time_of_day", "同时段核查"),
    "conditions": ("conditions", "立案条件"),
    "limits": ("limits", "处置时限"),
}
NEEDED = ("kind", "big", "small", "big_name", "name")
KINDS = {"component": CodeKind.component, "部件": CodeKind.component, "event": CodeKind.event, "事件": CodeKind.event}
FLAGS = {"": False, "no": False, "false": False, "否": False, "yes": True, "true": True, "是": True}
UNITS = {"紧急工作时": LimitUnit.urgent_hour, "工作时": LimitUnit.work_hour, "工作日": LimitUnit.work_day}
UNITS |= {"自然日": LimitUnit.natural_day} | {unit.value: unit for unit in LimitUnit}
ABSENT = ("缺少此项", "it is missing")
NOT_JSON = ("不是有效的 JSON 列表", "it is no JSON list of objects")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line, in which column; (zh, en)."""

    line: int
    column: str
    why: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Code:
    """A line that was understood."""

    kind: CodeKind
    big: str
    small: str
    big_name: str
    name: str
    since_on: date | None
    until_on: date | None
    self_disposable: bool
    same_time_of_day: bool
    conditions: tuple[str, ...]
    limits: tuple[tuple[str, float, LimitUnit], ...]
    """(grade, amount, unit)."""


def of_scene(standard: str) -> bool:
    """Whether a table came with a scene file."""
    return standard.startswith(SCENE)


_GRADE = re.compile(r"[A-Za-z0-9]{0,16}")


class _Wrong(Exception):
    def __init__(self, column: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.column, self.why = column, (zh, en)


def lines_of_sheet(rows: Iterable[tuple[int, list[str]]]) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """Lines of a spreadsheet by the names of its columns, in Chinese or English."""
    columns = {word: column for column, words in HEADINGS.items() for word in words}
    heading: dict[int, str] | None = None
    lines = []
    for number, row in rows:
        if not any(row):
            continue
        if heading is None:
            heading = {i: columns[cell.lower()] for i, cell in enumerate(row) if cell.lower() in columns}
            lacking = [column for column in NEEDED if column not in heading.values()]
            if lacking:
                return [], [Fault(number, column, ABSENT) for column in lacking]
            continue
        lines.append((number, {column: row[i] for i, column in heading.items() if i < len(row)}))
    return lines, [] if heading is not None else [Fault(1, "", ABSENT)]


def lines_of_json(text: str) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """Lines of a JSON list of objects whose values are as in a spreadsheet; a line's number is its place, 1 first."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return [], [Fault(1, "", NOT_JSON)]
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        return [], [Fault(1, "", NOT_JSON)]
    return [(n, {str(k): _cell(v) for k, v in one.items() if v is not None}) for n, one in enumerate(raw, 1)], []


def _cell(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value).strip()


def read(lines: Sequence[tuple[int, Mapping[str, str]]]) -> tuple[list[Code], list[Fault]]:
    """The codes of the lines, and every line that could not be understood, or that says a code twice."""
    codes: list[Code] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str, str], int] = {}
    if len(lines) > CODES_MAX:
        return [], [Fault(lines[CODES_MAX][0], "", (f"最多 {CODES_MAX} 行", f"no more than {CODES_MAX} lines"))]
    for number, cells in lines:
        try:
            code = _code(cells)
        except _Wrong as wrong:
            faults.append(Fault(number, wrong.column, wrong.why))
            continue
        first = seen.setdefault((code.kind, code.big, code.small), number)
        if first != number:
            faults.append(Fault(number, "small", (f"与第 {first} 行重复", f"line {first} says the same code")))
        codes.append(code)
    if not lines:
        faults.append(Fault(1, "", ABSENT))
    return codes, faults[:FAULTS_TOLD_MAX]


def _code(cells: Mapping[str, str]) -> Code:
    kind = KINDS.get(cells.get("kind", "").lower())
    if kind is None:
        raise _Wrong("kind", "应为 部件 或 事件", "it is component or event")
    since, until = _day(cells, "since_on"), _day(cells, "until_on")
    if since and until and until < since:
        raise _Wrong("until_on", "早于启用日期", "it is before since_on")
    return Code(
        kind=kind,
        big=_digits(cells, "big"),
        small=_digits(cells, "small"),
        big_name=_name(cells, "big_name"),
        name=_name(cells, "name"),
        since_on=since,
        until_on=until,
        self_disposable=_flag(cells, "self_disposable"),
        same_time_of_day=_flag(cells, "same_time_of_day"),
        conditions=_conditions(cells.get("conditions", "")),
        limits=tuple(_limits(cells.get("limits", ""))),
    )


def _flag(cells: Mapping[str, str], column: str) -> bool:
    flag = FLAGS.get(cells.get(column, "").lower())
    if flag is None:
        raise _Wrong(column, "应为 是 或 否", "it is yes or no")
    return flag


def _digits(cells: Mapping[str, str], column: str) -> str:
    # A spreadsheet takes 01 for the number 1.
    digits = cells.get(column, "").zfill(2)
    if len(digits) != 2 or not (digits.isascii() and digits.isdigit()):
        raise _Wrong(column, "应为两位数字", "it is two digits")
    return digits


def _name(cells: Mapping[str, str], column: str) -> str:
    name = cells.get(column, "").strip()
    if not name or len(name) > NAME_CHARS_MAX or not name.isprintable():
        raise _Wrong(column, f"应为 1 到 {NAME_CHARS_MAX} 个字", f"it is 1 to {NAME_CHARS_MAX} characters")
    return name


def _day(cells: Mapping[str, str], column: str) -> date | None:
    said = cells.get(column, "").strip()[:10]
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise _Wrong(column, "日期应写作 2026-09-01", "a day is written 2026-09-01") from None


def _conditions(said: str) -> tuple[str, ...]:
    parts = [part.strip() for part in said.replace("；", ";").split(";") if part.strip()]
    if len(parts) > CONDITIONS_MAX or any(len(part) > NAME_CHARS_MAX or not part.isprintable() for part in parts):
        raise _Wrong("conditions", f"最多 {CONDITIONS_MAX} 条", f"no more than {CONDITIONS_MAX}, each short")
    return tuple(dict.fromkeys(parts))


def _limits(said: str) -> Iterable[tuple[str, float, LimitUnit]]:
    grades = set()
    for part in filter(None, (p.strip() for p in said.replace("；", ";").replace("：", ":").split(";"))):
        grade, _, rest = (piece.strip() for piece in part.rpartition(":"))
        amount, _, unit = rest.partition(" ")
        try:
            number = float(amount)
        except ValueError:
            number = 0.0
        if unit.strip() not in UNITS or not 0 < number <= AMOUNT_MAX or grade in grades or not _GRADE.fullmatch(grade):
            raise _Wrong("limits", "应写作 A: 4 工作时; B: 1 工作日", "it is written A: 4 work_hour; B: 1 work_day")
        grades.add(grade)
        yield grade, number, UNITS[unit.strip()]


# -- written out -------------------------------------------------------------------------------------------------------


def written(codes: Iterable[CaseCode]) -> list[dict[str, str]]:
    """The lines of a table, by the English names of the columns, as `read` takes them."""
    return [
        {
            "kind": code.kind.value,
            "big": code.big,
            "small": code.small,
            "big_name": code.big_name,
            "name": code.name,
            "since_on": code.since_on.isoformat() if code.since_on else "",
            "until_on": code.until_on.isoformat() if code.until_on else "",
            "self_disposable": "yes" if code.self_disposable else "no",
            "same_time_of_day": "yes" if code.same_time_of_day else "no",
            "conditions": "; ".join(code.conditions),
            "limits": "; ".join(
                f"{limit.grade}: {limit.amount:g} {limit.unit}" if limit.grade else f"{limit.amount:g} {limit.unit}"
                for limit in code.limits
            ),
        }
        for code in codes
    ]
