"""Sites of a campaign from a spreadsheet: each good line is taken, every bad one told with its column and reason.

A line: account 用户编号, teams 班组 (names or ids, several with 、 or ; between), units 联合单位 (may be left out). The
report of a campaign has these columns too, so that one campaign's sites are another's file.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from pydantic import ValidationError

from backend.gas import rules
from backend.gas.actions.campaigns import add_sites, open_campaign
from backend.gas.actions.imports import SITE_COLUMNS, BadLine, Line, bad_line, read_lines
from backend.gas.queries import campaigns as queries
from backend.gas.rules.campaigns import CampaignTooLarge
from backend.gas.rules.refusals import CellInvalid, LineTwice
from backend.kernel.context import Ctx
from backend.people import queries as people
from mobile_contract import campaigns as wire
from mobile_contract.texts.faults import of_column
from sync.refusal import Refusal
from sync.stores.driver import portions

_BETWEEN = re.compile(r"[、,，;；]")
_FIELDS = {"accounts": "account", "team_ids": "teams", "units": "units"}
Group = tuple[tuple[str, ...], tuple[str, ...]]
"""The teams and units of a site."""


def import_sites(ctx: Ctx, campaign_id: str, name: str, content: bytes, *, dry_run: bool = False) -> wire.SitesImport:
    """Adds the sites of the good lines; repeating it changes nothing more. With `dry_run` the report is the same and
    nothing remains.

    Refuses with gas.campaign_unknown, .campaign_closed, .campaign_too_large, .column_missing, and as files of
    people do.
    """
    open_campaign(ctx, campaign_id)
    lines = list(read_lines("sites", name, content))
    if len(lines) > wire.SITES_MAX:
        raise CampaignTooLarge(limit=wire.SITES_MAX)
    bad: list[BadLine] = []
    groups = _groups(ctx, lines, bad)
    added = known = 0
    with ctx.session.begin_nested() as whole:
        for (teams, units), codes in groups.items():
            for part in portions(codes, wire.SITES_PER_ASK_MAX):
                ask = wire.AddSites(accounts=list(part), team_ids=list(teams), units=list(units))
                came = add_sites(ctx, campaign_id, ask)
                added, known = added + came.added, known + came.known
        if dry_run:
            whole.rollback()
    faults = [
        wire.SiteFault(line=one.number, column=one.column, code=one.code, zh=one.zh, en=one.en)
        for one in sorted(bad, key=lambda one: one.number)
    ]
    return wire.SitesImport(added=added, known=known, faults=faults)


def _groups(ctx: Ctx, lines: Iterable[Line], bad: list[BadLine]) -> dict[Group, list[str]]:
    """The accounts of the good lines by who goes there; the others go to `bad`."""
    teams: dict[str, str | None] = {}
    asks = [(line, ask) for line in lines if (ask := _ask(ctx, line, teams, bad)) is not None]
    parts = portions([line.cells["account"] for line, _ in asks], wire.SITES_PER_ASK_MAX)
    here = {account.code for part in parts for account in queries.accounts_named(ctx, part)}
    groups: dict[Group, list[str]] = defaultdict(list)
    first: dict[str, int] = {}
    for line, ask in asks:
        code = line.cells["account"]
        if first.setdefault(code, line.number) != line.number:
            bad.append(bad_line(line, "account", LineTwice(line=first[code])))
        elif code not in here:
            bad.append(bad_line(line, "account", rules.AccountUnknown()))
        else:
            groups[tuple(ask.team_ids), tuple(ask.units)].append(code)
    return groups


def _ask(ctx: Ctx, line: Line, teams: dict[str, str | None], bad: list[BadLine]) -> wire.AddSites | None:
    """What a line asks for; `teams`: those that other lines named, so that each is looked up once."""
    named = {column: _parts(line.cells.get(column, "")) for column in ("teams", "units")}
    try:
        team_ids = [_team(ctx, team, teams) for team in named["teams"]]
        given = {"accounts": [line.cells.get("account", "")], "team_ids": team_ids, "units": named["units"]}
        return wire.AddSites.model_validate(given)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        column = _FIELDS[str(first["loc"][0])]
        bad.append(bad_line(line, column, CellInvalid(**of_column(SITE_COLUMNS, column, first))))
    except Refusal as refusal:
        bad.append(bad_line(line, "teams", refusal))
    return None


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def _team(ctx: Ctx, name: str, teams: dict[str, str | None]) -> str:
    """The team of an id, or the only one of a name; refuses with gas.team_unknown."""
    if name not in teams:
        found = [name] if people.team_area(ctx, name) is not None else people.team_ids_named(ctx, name)
        teams[name] = found[0] if len(found) == 1 else None
    if (team := teams[name]) is None:
        raise rules.TeamUnknown
    return team
