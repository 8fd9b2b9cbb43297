"""Campaigns and their sites within the reader's sight, and what a site is reckoned from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from backend.gas.queries.sight import in_sight, lasts, today
from backend.gas.rules.campaigns import Call, CampaignUnknown, Trace
from backend.gas.tables import Account, Hazard, Home, Visit
from backend.gas.tables.campaigns import Campaign, CampaignSite
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from mobile_contract import campaigns as wire
from mobile_contract.base import Page
from mobile_contract.homes import HazardState, VisitOutcome
from sync.stores.driver import portions

STREET_PARTS = 2
_select: Any = select
"""For more columns than its types know of."""


def campaigns(ctx: Ctx, closed: bool | None, cursor: str | None, limit: int) -> Page[wire.Campaign]:
    """A page of the campaigns in sight, newest first."""
    query = select(Campaign).where(in_sight(ctx.principal, Campaign))
    if closed is not None:
        query = query.where(col(Campaign.closed_at).is_not(None) if closed else col(Campaign.closed_at).is_(None))
    if cursor:
        query = query.where(beyond([col(Campaign.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(Campaign.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[campaign_shape(row) for row in page], next=following)


def campaign_row(ctx: Ctx, campaign_id: str) -> Campaign:
    """A campaign in sight; refuses with gas.campaign_unknown."""
    row = ctx.session.exec(
        select(Campaign).where(Campaign.id == campaign_id, in_sight(ctx.principal, Campaign))
    ).first()
    if row is None:
        raise CampaignUnknown
    return row


def known_campaign(ctx: Ctx, campaign_id: str) -> Campaign | None:
    """A campaign by the id its maker gave it."""
    return ctx.session.get(Campaign, campaign_id)


def campaign(ctx: Ctx, campaign_id: str) -> wire.CampaignView:
    """A campaign in sight and how far it is; refuses with gas.campaign_unknown."""
    row = campaign_row(ctx, campaign_id)
    asked: Any = _select(
        CampaignSite.area_path,
        CampaignSite.state,
        func.count(),
        func.sum(CampaignSite.hazards_found),
        func.sum(CampaignSite.hazards_open),
    )
    grouped = asked.where(CampaignSite.campaign == row.id).group_by(CampaignSite.area_path, CampaignSite.state)
    total: dict[str, int] = defaultdict(int)
    streets: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    found = still = 0
    for path, state, count, hazards_found, hazards_open in ctx.session.exec(grouped):
        total[state] += count
        streets[_street(path)][state] += count
        found, still = found + int(hazards_found), still + int(hazards_open)
    return wire.CampaignView(
        **campaign_shape(row).model_dump(),
        sites=wire.SiteCounts(**total),
        hazards_found=found,
        hazards_open=still,
        streets=[
            wire.StreetSites(area_path=path, sites=wire.SiteCounts(**counts))
            for path, counts in sorted(streets.items())
        ],
    )


def _street(path: str) -> str:
    return f"/{'/'.join(path.strip('/').split('/')[:STREET_PARTS])}/"


def sites(
    ctx: Ctx, campaign_id: str, state: wire.SiteState | None, cursor: str | None, limit: int
) -> Page[wire.CampaignSite]:
    """A page of the sites of a campaign in sight; refuses with gas.campaign_unknown."""
    query = select(CampaignSite).where(CampaignSite.campaign == campaign_row(ctx, campaign_id).id)
    if state is not None:
        query = query.where(CampaignSite.state == state.value)
    if cursor:
        query = query.where(beyond([col(CampaignSite.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(CampaignSite.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[site_shape(row) for row in page], next=following)


def campaign_shape(row: Campaign) -> wire.Campaign:
    """A campaign as it travels."""
    return wire.Campaign.model_validate(row, from_attributes=True)


def site_shape(row: CampaignSite) -> wire.CampaignSite:
    """A site as it travels."""
    return wire.CampaignSite.model_validate(row, from_attributes=True)


# -- what is added and assigned ------------------------------------------------------------------------------------


def accounts_like(ctx: Ctx, wanted: wire.SiteFilter, limit: int) -> Sequence[Account]:
    """Active accounts in sight that are like this, by code."""
    return ctx.session.exec(
        select(Account)
        .join(Home, col(Home.id) == col(Account.id), isouter=True)
        .where(in_sight(ctx.principal, Account), *_narrowed(ctx, wanted))
        .order_by(col(Account.code))
        .limit(limit)
    ).all()


def _narrowed(ctx: Ctx, wanted: wire.SiteFilter) -> Iterable[ColumnElement[bool]]:
    on = today(ctx)
    yield lasts(on, on)
    if wanted.area:
        yield in_areas(Account.area_path, [wanted.area])
    if wanted.nature:
        yield col(Account.nature) == wanted.nature.value
    if wanted.overdue:
        yield or_(col(Home.due_on).is_(None), col(Home.due_on) < on)
    if wanted.hazards:
        yield col(Home.open_hazards) > 0


def accounts_named(ctx: Ctx, codes: Iterable[str]) -> Sequence[Account]:
    """Accounts in sight of these codes."""
    query = select(Account).where(in_sight(ctx.principal, Account), col(Account.code).in_(sorted(set(codes))))
    return ctx.session.exec(query.order_by(col(Account.code))).all()


def sites_of(ctx: Ctx, campaign_id: str) -> set[str]:
    """The accounts of a campaign, by id."""
    return set(ctx.session.exec(select(CampaignSite.account_id).where(CampaignSite.campaign == campaign_id)))


def sites_named(ctx: Ctx, campaign_id: str, site_ids: Iterable[str]) -> Sequence[CampaignSite]:
    """Sites of a campaign by id."""
    query = select(CampaignSite).where(
        CampaignSite.campaign == campaign_id, col(CampaignSite.id).in_(sorted(set(site_ids)))
    )
    return ctx.session.exec(query).all()


# -- what a site is reckoned from ----------------------------------------------------------------------------------


def sites_at(ctx: Ctx, account_ids: Iterable[str]) -> list[tuple[CampaignSite, int]]:
    """Every site at some accounts, of any campaign, and how many come along there."""
    found: list[tuple[CampaignSite, int]] = []
    for part in portions(sorted(set(account_ids))):
        query = select(CampaignSite, Campaign.companions_min).join(
            Campaign, col(Campaign.id) == col(CampaignSite.campaign)
        )
        found += ctx.session.exec(query.where(col(CampaignSite.account_id).in_(part))).all()
    return found


def calls_at(ctx: Ctx, accounts: Iterable[str]) -> Mapping[tuple[str, str], list[Call]]:
    """(campaign, account's code) -> the visits there that name the campaign."""
    found: dict[tuple[str, str], list[Call]] = defaultdict(list)
    for part in portions(sorted(set(accounts))):
        query: Any = _select(Visit.campaign, Visit.account, Visit.id, Visit.trusted_at, Visit.outcome, Visit.companions)
        for campaign_id, account, visit, at, outcome, companions in ctx.session.exec(
            query.where(col(Visit.account).in_(part), col(Visit.campaign).is_not(None))
        ):
            found[campaign_id or "", account].append(Call(visit, at, VisitOutcome(outcome), len(set(companions))))
    return found


def traces_at(ctx: Ctx, account_ids: Iterable[str]) -> Mapping[str, dict[str, Trace]]:
    """Account -> its hazards by id."""
    found: dict[str, dict[str, Trace]] = defaultdict(dict)
    for part in portions(sorted(set(account_ids))):
        for row in ctx.session.exec(select(Hazard).where(col(Hazard.account_id).in_(part))):
            found[row.account_id][row.id] = Trace(row.visit, HazardState(row.state), row.successor)
    return found
