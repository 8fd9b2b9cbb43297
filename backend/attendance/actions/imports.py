"""Rosters from a spreadsheet: each good line is taken, each bad line told with its number, column and reason.

A line is a day: phone 手机号, date 日期, shift 班次, and post 岗位 where it matters. Or a line is a person and days are
columns, headed 2026-09-01 or, when the month is named, 1 to 31. An empty cell says nothing; 休, 休息 and off are a day
off; 早班@东门 names shift and post in one cell.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend.attendance import queries, rules
from backend.attendance.actions.judging import PersonDay
from backend.attendance.actions.rosters import MANAGE, OFF, Duty, set_roster
from backend.attendance.tables import Post, ShiftType
from backend.kernel.context import Ctx
from backend.people import actions as people_deeds
from backend.people import queries as people
from mobile_contract import rosters as wire
from mobile_contract.problems import say
from sync.refusal import Refusal

PHONE = ("phone", "mobile", "手机号", "手机", "手机号码", "电话")
DATE = ("date", "day", "日期")
SHIFT = ("shift", "班次", "排班")
POST = ("post", "岗位", "点位", "路段")
OFF_WORDS = frozenset({"休", "休息", "off", "-", "/"})


@dataclass(slots=True)
class _Sheet:
    """A spreadsheet's heading understood."""

    phone: int
    on: int | None
    shift: int | None
    post: int | None
    days: dict[int, date]
    """Column -> day, in a sheet of one line a person."""


@dataclass(slots=True)
class _Line:
    number: int
    phone: str
    post: str = ""
    """Of all its days, unless a cell names another."""
    cells: list[tuple[str, str, str]] = field(default_factory=list)
    """(column, day as written, shift as written)."""


_Planned = tuple[_Line, dict[PersonDay, Duty]]
"""A line understood: the shifts and posts that it states."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What words of a sheet may name."""

    persons: Mapping[str, str]
    types: Mapping[str, ShiftType]
    posts: Mapping[str, Post]


def import_roster(
    ctx: Ctx, name: str, content: bytes, month: str | None, *, dry_run: bool = False
) -> wire.RosterImport:
    """Takes the good lines of a roster's file; repeating it changes nothing more. With `dry_run` the report is the same
    and nothing remains.

    Refuses with people.file_unreadable, people.file_too_large, attendance.column_missing or .roster_too_long what is no
    such file.
    """
    lines = list(_lines(people_deeds.sheet_rows(name, content), month))
    if sum(len(line.cells) for line in lines) > rules.CELLS_MAX:
        raise rules.RosterTooLong(max=rules.CELLS_MAX)
    faults: list[wire.RosterFault] = []
    planned = list(_planned(ctx, lines, faults))
    with ctx.session.begin_nested() as whole:
        made = _take(ctx, planned, faults)
        if dry_run:
            whole.rollback()
    told = sorted(faults, key=lambda fault: fault.line)
    return wire.RosterImport(set_days=made.set_days, unchanged_days=made.unchanged_days, faults=told)


def _planned(ctx: Ctx, lines: Sequence[_Line], faults: list[wire.RosterFault]) -> Iterator[_Planned]:
    owners = people.owners(ctx, {phone for line in lines if (phone := kept_phone(line.phone))})
    homes = people.employed(ctx, set(owners.values()))
    mine = {phone: who for phone, who in owners.items() if who in homes and ctx.principal.may(MANAGE, homes[who][1])}
    known = _Known(mine, queries.shift_types_named(ctx), queries.posts_named(ctx))
    for line in lines:
        column = ["phone"]
        try:
            yield line, _plan(line, known, column)
        except Refusal as refusal:
            faults.append(fault_of(line.number, column[0], refusal))


def _take(ctx: Ctx, planned: Sequence[_Planned], faults: list[wire.RosterFault]) -> wire.RosterMade:
    """Takes lines together; when some are refused, each half by itself: a few bad lines cost a few tries more."""
    plan: dict[PersonDay, Duty] = {}
    for _, cells in planned:
        plan |= cells
    if not plan:
        return wire.RosterMade(set_days=0, unchanged_days=0)
    try:
        with ctx.session.begin_nested():
            return set_roster(ctx, plan)
    except Refusal as refusal:
        if len(planned) == 1:
            faults.append(fault_of(planned[0][0].number, _column_of(planned[0][0], refusal), refusal))
            return wire.RosterMade(set_days=0, unchanged_days=0)
    half = len(planned) // 2
    first, second = _take(ctx, planned[:half], faults), _take(ctx, planned[half:], faults)
    return wire.RosterMade(
        set_days=first.set_days + second.set_days, unchanged_days=first.unchanged_days + second.unchanged_days
    )


def _column_of(line: _Line, refusal: Refusal) -> str:
    """The column of the day that was refused."""
    on = refusal.params.get("on")
    return next(
        (heading for heading, day, _ in line.cells if (read := day_of(day, None)) and read.isoformat() == on), ""
    )


def _lines(rows: Iterable[tuple[int, list[str]]], month: str | None) -> Iterator[_Line]:
    sheet: _Sheet | None = None
    heading: list[str] = []
    for number, row in rows:
        if not any(row):
            continue
        if sheet is None:
            heading, sheet = row, _heading(row, month)
            continue
        line = _Line(number, cell(row, sheet.phone), cell(row, sheet.post) if sheet.post is not None else "")
        if sheet.on is not None and sheet.shift is not None:
            line.cells.append((heading[sheet.on], cell(row, sheet.on), cell(row, sheet.shift)))
        else:
            told = ((heading[i], on.isoformat(), cell(row, i)) for i, on in sheet.days.items())
            line.cells += [cell for cell in told if cell[2]]
        yield line
    if sheet is None:
        raise rules.ColumnMissing(column="phone")


def cell(row: list[str], index: int) -> str:
    """What stands in a line at a column; lines may be short."""
    return row[index] if index < len(row) else ""


def _heading(row: list[str], month: str | None) -> _Sheet:
    words = [cell.lower() for cell in row]
    phone = next((i for i, word in enumerate(words) if word in PHONE), None)
    if phone is None:
        raise rules.ColumnMissing(column="phone 手机号")
    day = next((i for i, word in enumerate(words) if word in DATE), None)
    shift = next((i for i, word in enumerate(words) if word in SHIFT), None)
    post = next((i for i, word in enumerate(words) if word in POST), None)
    days = {i: on for i, word in enumerate(words) if (on := day_of(word, month)) is not None}
    if not days and (day is None or shift is None):
        raise rules.ColumnMissing(column="date 日期 + shift 班次")
    return _Sheet(phone, None if days else day, None if days else shift, post, days)


def day_of(text: str, month: str | None) -> date | None:
    """A day as people write it: 2026-09-01, 2026/9/1, 2026-09-01 00:00:00, or 1 to 31 of a named month."""
    if month is not None and text.isdecimal() and 1 <= int(text) <= 31:
        first_on, last_on = queries.month_span(month)
        on = first_on + timedelta(days=int(text) - 1)
        return on if on <= last_on else None
    parts = text.split(" ")[0].replace("/", "-").split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None


def kept_phone(text: str) -> str | None:
    """A phone as it is kept; None for what is none."""
    try:
        return people_deeds.phone_of(text)
    except Refusal:
        return None


def _plan(line: _Line, known: _Known, column: list[str]) -> dict[PersonDay, Duty]:
    person_id = known.persons.get(people_deeds.phone_of(line.phone))
    if person_id is None:
        raise rules.PersonUnknown(person=line.phone)
    plan: dict[PersonDay, Duty] = {}
    for heading, day, words in line.cells:
        column[0] = heading
        on = day_of(day, None)
        if on is None:
            raise rules.LineInvalid(column=heading, value=day[:100])
        plan[person_id, on] = _duty(words, line.post, known, column)
    return plan


def _duty(words: str, post: str, known: _Known, column: list[str]) -> Duty:
    """What a cell wants: `早班`, `早班@东门`, `休`."""
    shift, at, here = (part.strip() for part in words.replace("＠", "@").partition("@"))
    if shift.lower() in OFF_WORDS:
        return OFF
    if shift not in known.types:
        raise rules.LineInvalid(column=column[0], value=words[:100])
    wanted = here if at else post
    if wanted and wanted not in known.posts:
        column[0] = column[0] if at else "post"
        raise rules.LineInvalid(column=column[0], value=wanted[:100])
    return Duty(known.types[shift], known.posts[wanted] if wanted else None)


def fault_of(number: int, column: str, refusal: Refusal) -> wire.RosterFault:
    """A line's refusal, worded."""
    params = dict(refusal.params)
    return wire.RosterFault(
        line=number,
        column=column,
        code=refusal.code,
        zh=say(refusal.code, params, "zh"),
        en=say(refusal.code, params, "en"),
    )
