"""People from a spreadsheet: each good line is taken, each bad line is told with its number, column and reason.

Columns, in any order, in English or Chinese: name 姓名, phone 手机号, and where wished area 区域 (a path or the name of
an area), team 班组 (by name), roles 角色 (several with 、or ;). What is not named for a new person comes from the
call: `area`, and the role crew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.people.actions.persons import change_person, take_on
from backend.people.actions.roles import grant_role
from backend.people.actions.standing import settle
from backend.people.actions.teams import join
from backend.people.queries.lookups import area_by_path, areas_named, grants, memberships, phone_owner, teams_named
from backend.people.rules import (
    AreaUnknown,
    NameInvalid,
    NameMissing,
    PersonLeft,
    PhoneTwice,
    RoleUnknown,
    TeamUnknown,
    phone_of,
)
from backend.people.spreadsheets import Line
from backend.people.tables import Person, Team
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import PersonStatus
from mobile_contract.problems import say
from sync.refusal import Refusal

ROLE_WORDS = {
    "环卫工": Role.crew,
    "作业员": Role.crew,
    "队员": Role.crew,
    "收运员": Role.collector,
    "燃气送气工": Role.gas_worker,
    "送气工": Role.gas_worker,
    "站点操作员": Role.station_operator,
    "处置员": Role.handler,
    "受理员": Role.acceptor,
    "班长": Role.ganger,
    "派遣员": Role.dispatcher,
    "调度员": Role.dispatcher,
    "核查员": Role.checker,
    "评价员": Role.evaluator,
    "主管": Role.supervisor,
    "领导": Role.leader,
    "管理员": Role.admin,
    "市民": Role.citizen,
}


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why a line was not taken."""

    number: int
    column: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class NewHand:
    """Somebody new, and the code for their first password."""

    number: int
    name: str
    phone: str
    code: str


@dataclass(slots=True)
class Report:
    """What came of each line."""

    created: list[NewHand] = field(default_factory=list)
    updated: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    bad: list[BadLine] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    """Phones met so far, and the line of each."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """A line understood."""

    name: str
    phone: str
    area: str | None
    team: Team | None
    roles: tuple[Role, ...]


# -- the deed -----------------------------------------------------------------------------------------------------


LINES_PER_TURN = 200
"""What one transaction takes in a second or two: a longer list is given in such portions, so that phones get a turn."""


def import_people(
    ctx: Ctx,
    lines: Sequence[Line],
    area: str | None = None,
    *,
    dry_run: bool = False,
    report: Report | None = None,
) -> Report:
    """Takes on, or brings up to date, everybody in `lines`; repeating it changes nothing more.

    With `dry_run` the report is the same and nothing remains (its codes open nothing).

    `area` (default: the whole district) is where people of lines without an area are employed. Teams and roles are
    added, never taken. Each line is a savepoint, so a bad one takes no other with it. A `report` of earlier portions is
    carried on.
    """
    report = report or Report()
    home = area or f"/{ctx.settings.district}/"
    with ctx.session.begin_nested() as whole:
        for line in lines:
            column = ["name"]
            try:
                with ctx.session.begin_nested():
                    _take(ctx, line, home, report, column)
            except Refusal as refusal:
                report.bad.append(_bad(line, column[0], refusal))
        if dry_run:
            whole.rollback()
    return report


def _take(ctx: Ctx, line: Line, home: str, report: Report, column: list[str]) -> None:
    wish = _read(ctx, line, report.seen, column)
    column[0] = "phone"
    known = phone_owner(ctx.session, wish.phone)
    if known is None:
        column[0] = "roles"
        team_id = wish.team.id if wish.team else None
        _, code = take_on(ctx, wish.name, wish.phone, wish.area or home, wish.roles or (Role.crew,), team_id)
        ctx.session.flush()
        report.created.append(NewHand(line.number, wish.name, wish.phone, code.code))
        return
    if known.status != PersonStatus.active:
        raise PersonLeft
    changed = _bring_up_to_date(ctx, known, wish, column)
    (report.updated if changed else report.unchanged).append(line.number)


def _bring_up_to_date(ctx: Ctx, known: Person, wish: _Wish, column: list[str]) -> bool:
    changed = False
    area = wish.area or known.area
    if (wish.name, area) != (known.name, known.area):
        column[0] = "name" if wish.name != known.name else "area"
        change_person(ctx, known.id, name=wish.name, area=area)
        changed = True
    held = {(g.role, g.area) for g in grants(ctx.session, known.id, ctx.now())}
    column[0] = "roles"
    for role in wish.roles:
        if (role.value, area) not in held:
            grant_role(ctx, known, role, area)
            changed = True
    teams = {m.team_id for m in memberships(ctx.session, known.id, ctx.now())}
    column[0] = "team"
    if wish.team is not None and wish.team.id not in teams:
        join(ctx, known, wish.team)
        changed = True
    if changed:
        settle(ctx, known)
    return changed


def _read(ctx: Ctx, line: Line, seen: dict[str, int], column: list[str]) -> _Wish:
    name = line.cells.get("name", "")
    if not name:
        raise NameMissing
    if len(name) > NAME_CHARS_MAX or any(ord(c) < 32 or ord(c) == 0x7F for c in name):
        raise NameInvalid
    column[0] = "phone"
    phone = phone_of(line.cells.get("phone", ""))
    if phone in seen:
        raise PhoneTwice(line=seen[phone])
    seen[phone] = line.number
    column[0] = "area"
    area = _area(ctx, line.cells.get("area", ""))
    column[0] = "team"
    team = _team(ctx, line.cells.get("team", ""), area)
    column[0] = "roles"
    return _Wish(name, phone, area or (team.area if team else None), team, tuple(_roles(line.cells.get("roles", ""))))


def _area(ctx: Ctx, text: str) -> str | None:
    if not text:
        return None
    if area_by_path(ctx.session, text) is not None:
        return text
    named = areas_named(ctx.session, text)
    if len(named) != 1:
        raise AreaUnknown(area=text[:100])
    return named[0].path


def _team(ctx: Ctx, text: str, area: str | None) -> Team | None:
    if not text:
        return None
    found = [team for team in teams_named(ctx.session, text) if area is None or team.area.startswith(area)]
    if len(found) != 1:
        raise TeamUnknown(team=text[:100])
    return found[0]


def _roles(text: str) -> Iterator[Role]:
    for mark in "、，；,/ ":
        text = text.replace(mark, ";")
    for word in dict.fromkeys(filter(None, text.split(";"))):
        if word in ROLE_WORDS:
            yield ROLE_WORDS[word]
        elif word in Role.__members__:
            yield Role(word)
        else:
            raise RoleUnknown(role=word[:100])


def _bad(line: Line, column: str, refusal: Refusal) -> BadLine:
    params = dict(refusal.params)
    return BadLine(line.number, column, refusal.code, say(refusal.code, params, "zh"), say(refusal.code, params, "en"))
