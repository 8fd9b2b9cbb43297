"""Leave and trips from a spreadsheet: each good line is taken, each bad line told with its number, column and reason.

A line: phone 手机号, kind 类型, since 开始, until 结束, note 备注 (may be left out). A time is 2026-09-01 08:30, or
a day alone: then from its beginning, or until its end. Kinds are those of the contract and the words of leave forms.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from backend.attendance import queries, rules
from backend.attendance.actions.imports import PHONE, cell, day_of, fault_of, kept_phone
from backend.attendance.actions.rosters import MANAGE, add_absence
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.people import actions as people_deeds
from backend.people import queries as people
from mobile_contract import rosters as wire
from mobile_contract.rosters import AbsenceKind
from sync.refusal import Refusal

COLUMNS = {
    "phone": PHONE,
    "kind": ("kind", "type", "类型", "类别", "假别", "请假类型"),
    "since": ("since", "start", "from", "开始", "开始时间", "开始日期", "起始时间"),
    "until": ("until", "end", "to", "结束", "结束时间", "结束日期", "截止时间"),
    "note": ("note", "remark", "reason", "备注", "事由", "原因"),
}
OPTIONAL = frozenset({"note"})
KINDS = {
    "请假": AbsenceKind.leave,
    "休假": AbsenceKind.leave,
    "事假": AbsenceKind.leave,
    "病假": AbsenceKind.leave,
    "年假": AbsenceKind.leave,
    "年休假": AbsenceKind.leave,
    "调休": AbsenceKind.leave,
    "婚假": AbsenceKind.leave,
    "产假": AbsenceKind.leave,
    "陪产假": AbsenceKind.leave,
    "丧假": AbsenceKind.leave,
    "工伤假": AbsenceKind.leave,
    "公出": AbsenceKind.trip,
    "外出": AbsenceKind.trip,
    "出差": AbsenceKind.trip,
    "培训": AbsenceKind.training,
    "应急": AbsenceKind.incident,
    "应急任务": AbsenceKind.incident,
} | {kind.value: kind for kind in AbsenceKind}


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: Mapping[str, str]
    """By column, as written."""


def import_absences(ctx: Ctx, name: str, content: bytes, *, dry_run: bool = False) -> wire.AbsenceImport:
    """Takes the good lines of a file of leave and trips; repeating it changes nothing more. With `dry_run` the report
    is the same and nothing remains.

    Refuses with people.file_unreadable, people.file_too_large, attendance.column_missing or .import_too_long what is no
    such file.
    """
    lines = list(_lines(people_deeds.sheet_rows(name, content)))
    if len(lines) > rules.ABSENCE_LINES_MAX:
        raise rules.ImportTooLong(max=rules.ABSENCE_LINES_MAX)
    owners = _mine(ctx, lines)
    faults: list[wire.RosterFault] = []
    added = unchanged = 0
    with ctx.session.begin_nested() as whole:
        for line in lines:
            column = ["phone"]
            try:
                fresh = _take(ctx, _ask(line, owners, column))
            except Refusal as refusal:
                faults.append(fault_of(line.number, column[0], refusal))
                continue
            added, unchanged = added + fresh, unchanged + (not fresh)
        if dry_run:
            whole.rollback()
    return wire.AbsenceImport(added=added, unchanged=unchanged, faults=faults)


def _lines(rows: Iterator[tuple[int, list[str]]]) -> Iterator[_Line]:
    columns: dict[str, int] | None = None
    for number, row in rows:
        if not any(row):
            continue
        if columns is None:
            columns = _heading(row)
            continue
        yield _Line(number, {column: cell(row, index) for column, index in columns.items()})
    if columns is None:
        raise rules.ColumnMissing(column="phone")


def _heading(row: list[str]) -> dict[str, int]:
    words = [each.lower() for each in row]
    found = {
        column: index
        for column, names in COLUMNS.items()
        if (index := next((i for i, word in enumerate(words) if word in names), None)) is not None
    }
    for column in COLUMNS:
        if column not in found and column not in OPTIONAL:
            raise rules.ColumnMissing(column=f"{column} {COLUMNS[column][-1]}")
    return found


def _mine(ctx: Ctx, lines: Sequence[_Line]) -> dict[str, str]:
    """{phone: person} of those whom the caller may plan."""
    owners = people.owners(ctx, {phone for line in lines if (phone := kept_phone(line.cells["phone"]))})
    homes = people.employed(ctx, set(owners.values()))
    return {phone: who for phone, who in owners.items() if who in homes and ctx.principal.may(MANAGE, homes[who][1])}


def _ask(line: _Line, owners: Mapping[str, str], column: list[str]) -> wire.NewAbsence:
    person_id = owners.get(people_deeds.phone_of(line.cells["phone"]))
    if person_id is None:
        raise rules.PersonUnknown(person=line.cells["phone"])
    column[0] = "kind"
    word = line.cells["kind"]
    kind = KINDS.get(word.lower())
    if kind is None:
        raise rules.LineInvalid(column="kind", value=word[:100])
    column[0] = "since"
    since = _instant(line, "since", timedelta())
    column[0] = "until"
    until = _instant(line, "until", timedelta(days=1))
    said = [word] if word.lower() not in AbsenceKind.__members__ else []
    note = " ".join([*said, *([line.cells["note"]] if line.cells.get("note") else [])])
    return wire.NewAbsence(person_id=person_id, kind=kind, since_at=since, until_at=until, note=note)


def _instant(line: _Line, column: str, whole_day: timedelta) -> datetime:
    """A time as people write it, of the district; a day alone is `whole_day` after its beginning."""
    text = line.cells[column].replace("T", " ")
    day, _, clock = text.partition(" ")
    on = day_of(day, None)
    if on is None:
        raise rules.LineInvalid(column=column, value=text[:100])
    if not clock.strip():
        return datetime.combine(on, time(), DISTRICT_ZONE) + whole_day
    try:
        hour, minute, *_ = (int(part) for part in [*clock.strip().split(":"), "0"][:3])
        return datetime.combine(on, time(hour, minute), DISTRICT_ZONE)
    except ValueError:
        raise rules.LineInvalid(column=column, value=text[:100]) from None


def _take(ctx: Ctx, ask: wire.NewAbsence) -> bool:
    """Whether it was not there before."""
    for row in queries.absences_over(ctx, ask.person_id, ask.since_at, ask.until_at):
        if (row.kind, row.since_at, row.until_at) == (ask.kind.value, ask.since_at, ask.until_at):
            return False
    add_absence(ctx, ask)
    return True
