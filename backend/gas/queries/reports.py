"""Reports of gas within the reader's sight: lists and sums, read row by row as they are written."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import IO, Any

from sqlalchemy import and_, case, func, or_
from sqlmodel import col, select

from backend.gas.queries.campaigns import campaign_row
from backend.gas.queries.coverage import coverage
from backend.gas.queries.cylinders import cylinders_in_sight
from backend.gas.queries.homes import OPEN_STATES, checklists
from backend.gas.queries.sight import in_sight, lasts, today
from backend.gas.rules.half_years import CHECK_MONTHS_MAX, midnight, months_after
from backend.gas.rules.homes import overdue_days
from backend.gas.rules.report_refusals import ReportTooLong
from backend.gas.rules.report_words import TITLES, age_bounds, due_bounds, heading, said, word
from backend.gas.tables import Account, CampaignSite, Cylinder, Hazard, Home
from backend.kernel.calendar import local_day
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.sight import in_areas
from backend.kernel.spreadsheets import Row, write_csv, write_xlsx
from backend.people import queries as people
from mobile_contract.base import SheetForm
from mobile_contract.gas import HolderKind
from mobile_contract.gas_reports import ReportAsk, ReportKind
from mobile_contract.homes import HazardState

ROWS_A_STEP = 500
"""Rows that are read, written and told of together."""


def report(
    ctx: Ctx,
    ask: ReportAsk,
    target: IO[bytes],
    language: str,
    rows_max: int,
    tell: Callable[[int], Any] = lambda _rows: None,
) -> int:
    """Writes a report; gives the number of its lines. `tell` hears of every so many of them.

    Refuses with gas.report_too_long.
    """
    lines = _bounded(_LINES[ask.kind](ctx, ask, language), rows_max, tell)
    head = heading(ask.kind, language)
    if ask.form is SheetForm.csv:
        return write_csv(target, head, lines)
    return write_xlsx(target, said(TITLES[ask.kind], language), head, lines)


def report_size(ctx: Ctx, ask: ReportAsk) -> int | None:
    """How many lines a list will have; None for sums, which are short."""
    counted = {
        ReportKind.overdue: _overdue,
        ReportKind.hazards: _hazards,
        ReportKind.cylinders: _cylinders,
        ReportKind.campaign: _sites,
    }
    found = counted.get(ask.kind)
    return int(ctx.session.exec(found(ctx, ask, func.count())).one()) if found else None


def _bounded(lines: Iterator[Row], rows_max: int, tell: Callable[[int], Any]) -> Iterator[Row]:
    count = 0
    for count, line in enumerate(lines, 1):
        if count > rows_max:
            raise ReportTooLong(limit=rows_max)
        yield line
        if count % ROWS_A_STEP == 0:
            tell(ROWS_A_STEP)
    tell(count % ROWS_A_STEP)


def _streamed(ctx: Ctx, query: Any) -> Iterator[Any]:
    return iter(ctx.session.exec(query.execution_options(yield_per=ROWS_A_STEP)))


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(DISTRICT_ZONE):%Y-%m-%d %H:%M}" if at else ""


def _day(on: date | None) -> str:
    return on.isoformat() if on else ""


def _whether(fact: bool, language: str) -> str:
    return word("yes" if fact else "no", language)


# -- homes ---------------------------------------------------------------------------------------------------------


def _coverage(ctx: Ctx, ask: ReportAsk, _language: str) -> Iterator[Row]:
    told = coverage(ctx, ask.half, ask.area)
    for street in told.streets:
        share = round(100 * street.checked / street.accounts, 1) if street.accounts else 0.0
        yield [street.area_path, told.half, street.accounts, street.checked, share, street.not_met, street.refused]


def _overdue(ctx: Ctx, ask: ReportAsk, *columns: Any) -> Any:
    on = today(ctx)
    query: Any = select(*columns).select_from(Account)
    return query.join(Home, col(Home.id) == col(Account.id), isouter=True).where(
        in_sight(ctx.principal, Account),
        lasts(on, on),
        or_(col(Home.exempt).is_(None), col(Home.exempt).is_(False)),
        or_(col(Home.due_on).is_(None), col(Home.due_on) < on),
        *([in_areas(Account.area_path, [ask.area])] if ask.area else []),
    )


_OVERDUE = (
    Account.code, Account.name, Account.phone, Account.address, Account.area_path, Account.nature,
    Home.checked_at, Home.due_on, Home.not_met, Home.refused, Home.open_hazards, Home.worst,
)  # fmt: skip
"""Columns, not whole rows: 100,000 lines take 3 s instead of 16."""


def _overdue_lines(ctx: Ctx, ask: ReportAsk, language: str) -> Iterator[Row]:
    on = today(ctx)
    query = _overdue(ctx, ask, *_OVERDUE).order_by(
        col(Account.area_path), col(Home.due_on).asc().nulls_first(), col(Account.address), col(Account.id)
    )
    for row in _streamed(ctx, query):
        beyond = row.checked_at is None or months_after(local_day(row.checked_at), CHECK_MONTHS_MAX) < on
        yield [
            row.code,
            row.name,
            row.phone,
            row.address,
            row.area_path,
            word(row.nature, language),
            _local(row.checked_at),
            _day(row.due_on),
            (on - row.due_on).days if row.due_on else "",
            _whether(beyond, language),
            row.not_met or 0,
            _whether(bool(row.refused), language),
            row.open_hazards or 0,
            row.worst or "",
        ]


# -- hazards -------------------------------------------------------------------------------------------------------


def _hazards(ctx: Ctx, ask: ReportAsk, *columns: Any) -> Any:
    query: Any = select(*columns).select_from(Hazard)
    return query.where(
        in_sight(ctx.principal, Hazard),
        col(Hazard.state).in_(OPEN_STATES),
        *([in_areas(Hazard.area_path, [ask.area])] if ask.area else []),
    )


def _hazard_lines(ctx: Ctx, ask: ReportAsk, language: str) -> Iterator[Row]:
    on, names = today(ctx), _item_names(ctx, language)
    query = _hazards(ctx, ask, Hazard, Account.name, Account.phone, Account.address)
    query = query.join(Account, col(Account.id) == col(Hazard.account_id))
    for row, name, phone, address in _streamed(ctx, query.order_by(col(Hazard.first_found_at), col(Hazard.id))):
        yield [
            row.notice,
            row.account,
            name,
            phone,
            address,
            row.area_path,
            row.item,
            names.get(row.item, ""),
            row.grade,
            word(row.state, language),
            _local(row.first_found_at),
            _local(row.found_at),
            (on - local_day(row.first_found_at)).days,
            _local(row.notified_at),
            _day(row.due_on),
            overdue_days(row.due_on, HazardState(row.state), on),
            word(row.told, language),
            _whether(row.stops_supply, language),
            row.measure,
        ]


def _item_names(ctx: Ctx, language: str) -> dict[str, str]:
    """Item -> what is wrong with it, as the newest checklist that has it says."""
    found: dict[str, str] = {}
    for checklist in checklists(ctx):
        for item in checklist.items:
            found.setdefault(item.code, said((item.zh, item.en), language))
    return found


def _hazard_ages(ctx: Ctx, ask: ReportAsk, language: str) -> Iterator[Row]:
    names = _item_names(ctx, language)
    for line in ctx.session.exec(hazard_sums(ctx, ask)):
        yield [line[0], names.get(line[0], ""), *line[1:]]


def hazard_sums(ctx: Ctx, ask: ReportAsk) -> Any:
    """The query of (item, grade, one count for every band of age, all, those past their day), by grade and item."""
    on = today(ctx)
    since = [midnight(bound).astimezone(UTC) for bound in age_bounds(on)]
    found_at = col(Hazard.first_found_at)
    bands = [found_at >= since[0]]
    bands += [and_(found_at < newer, found_at >= older) for newer, older in pairwise(since)]
    bands += [found_at < since[-1]]
    late = col(Hazard.due_on) < on
    query = _hazards(ctx, ask, Hazard.item, Hazard.grade, *map(_count, bands), func.count(), _count(late))
    return query.group_by(Hazard.item, Hazard.grade).order_by(Hazard.grade, Hazard.item)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


# -- cylinders -----------------------------------------------------------------------------------------------------


def _cylinders(ctx: Ctx, ask: ReportAsk, *columns: Any) -> Any:
    query: Any = select(*columns).select_from(Cylinder)
    return query.where(
        cylinders_in_sight(ctx.principal),
        *([in_areas(Cylinder.area_path, [ask.area])] if ask.area else []),
        *([col(Cylinder.next_inspection_on) < ask.due_before_on] if ask.due_before_on else []),
    )


_CYLINDER = (
    Cylinder.key, Cylinder.serial, Cylinder.certificate_no, Cylinder.registration_code, Cylinder.maker_code,
    Cylinder.stamped_tare_g, Cylinder.owner, Cylinder.spec, Cylinder.place, Cylinder.holder_kind, Cylinder.holder_id,
    Cylinder.next_inspection_on, Cylinder.life_end_on, Cylinder.blocked, Cylinder.gap_count,
    Cylinder.last_at, Cylinder.area_path,
)  # fmt: skip


def _cylinder_lines(ctx: Ctx, ask: ReportAsk, language: str) -> Iterator[Row]:
    query = _cylinders(ctx, ask, *_CYLINDER).order_by(
        col(Cylinder.place), col(Cylinder.next_inspection_on).asc().nulls_first(), col(Cylinder.id)
    )
    names: dict[str, str] = {}
    for row in _streamed(ctx, query):
        if row.holder_kind == HolderKind.worker and row.holder_id not in names:
            names |= {row.holder_id: row.holder_id} | people.names(ctx, [row.holder_id])
        yield [
            row.key,
            row.serial,
            row.certificate_no,
            row.registration_code,
            row.maker_code,
            row.stamped_tare_g / 1000 if row.stamped_tare_g else "",
            row.owner,
            row.spec,
            word(row.place, language),
            word(row.holder_kind, language),
            names.get(row.holder_id, row.holder_id),
            _day(row.next_inspection_on),
            _day(row.life_end_on),
            ", ".join(word(reason, language) for reason in row.blocked),
            row.gap_count,
            _local(row.last_at),
            row.area_path,
        ]


def _cylinder_dues(ctx: Ctx, ask: ReportAsk, language: str) -> Iterator[Row]:
    for line in ctx.session.exec(cylinder_sums(ctx, ask)):
        yield [word(line[0], language), *line[1:]]


def cylinder_sums(ctx: Ctx, ask: ReportAsk) -> Any:
    """The query of (place, spec, one count for every band of due dates, all, those blocked), by place and spec."""
    bounds = due_bounds(today(ctx))
    due_on = col(Cylinder.next_inspection_on)
    bands = [due_on < bounds[0]]
    bands += [and_(due_on >= first, due_on < until) for first, until in pairwise(bounds)]
    bands += [due_on >= bounds[-1], due_on.is_(None)]
    blocked = _count(col(Cylinder.block_count) > 0)
    query = _cylinders(ctx, ask, Cylinder.place, Cylinder.spec, *map(_count, bands), func.count(), blocked)
    return query.group_by(Cylinder.place, Cylinder.spec).order_by(Cylinder.place, Cylinder.spec)


# -- campaigns -----------------------------------------------------------------------------------------------------


def _sites(ctx: Ctx, ask: ReportAsk, *columns: Any) -> Any:
    assert ask.campaign is not None
    query: Any = select(*columns).select_from(CampaignSite)
    return query.where(
        CampaignSite.campaign == campaign_row(ctx, ask.campaign).id,
        *([in_areas(CampaignSite.area_path, [ask.area])] if ask.area else []),
    )


def _site_lines(ctx: Ctx, ask: ReportAsk, language: str) -> Iterator[Row]:
    query = _sites(ctx, ask, CampaignSite).order_by(col(CampaignSite.area_path), col(CampaignSite.id))
    names: dict[str, str] = {}
    for row in _streamed(ctx, query):
        if fresh := set(row.team_ids) - set(names):
            names |= people.team_names(ctx, fresh)
        yield [
            row.account,
            row.name,
            row.address,
            row.area_path,
            ", ".join(names.get(team_id, "") for team_id in row.team_ids),
            ", ".join(row.units),
            word(row.state, language),
            row.visits,
            word(row.last_outcome or "", language),
            _local(row.last_at),
            _local(row.checked_at),
            row.hazards_found,
            row.hazards_open,
        ]


_LINES: dict[ReportKind, Callable[[Ctx, ReportAsk, str], Iterator[Row]]] = {
    ReportKind.coverage: _coverage,
    ReportKind.overdue: _overdue_lines,
    ReportKind.hazards: _hazard_lines,
    ReportKind.hazard_ages: _hazard_ages,
    ReportKind.cylinders: _cylinder_lines,
    ReportKind.cylinder_dues: _cylinder_dues,
    ReportKind.campaign: _site_lines,
}
