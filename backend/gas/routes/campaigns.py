"""Campaigns over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from backend.gas import rules
from backend.gas.actions import campaigns as actions
from backend.gas.actions.campaign_imports import import_sites
from backend.gas.queries import campaigns as queries
from backend.gas.routes.parts import MANAGE, READ, Cursor, Limit
from backend.gas.rules import campaigns as refusing
from backend.gas.rules.home_refusals import ChecklistUnknown
from backend.gas.rules.refusals import ColumnMissing
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from backend.people.actions import FILE_REFUSALS
from mobile_contract import campaigns as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Id, Page

router = APIRouter(prefix="/gas/v1", tags=["gas"])
_OPEN = (refusing.CampaignUnknown, refusing.CampaignClosed)


@router.get("/campaigns", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_campaigns(
    ctx: Reading, closed: bool | None = None, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT
) -> Page[wire.Campaign]:
    """Campaigns in sight, newest first."""
    return queries.campaigns(ctx, closed, cursor, limit)


@router.post(
    "/campaigns",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED, rules.AreaUnknown, ChecklistUnknown, refusing.CampaignImpossible, refusing.CampaignExists
    ),
)
def make_campaign(ctx: Writing, ask: wire.NewCampaign) -> wire.Campaign:
    """Makes a campaign for an area, with the checklist by which its sites are checked."""
    return queries.campaign_shape(actions.make_campaign(ctx, ask))


@router.get("/campaigns/{campaign_id}", dependencies=[READ], responses=refusals(*GUARDED, refusing.CampaignUnknown))
def show_campaign(ctx: Reading, campaign_id: Id) -> wire.CampaignView:
    """One campaign in sight, and how far its sites are, street by street."""
    return queries.campaign(ctx, campaign_id)


@router.get(
    "/campaigns/{campaign_id}/sites",
    dependencies=[READ],
    responses=refusals(*GUARDED, BadCursor, refusing.CampaignUnknown),
)
def list_campaign_sites(
    ctx: Reading,
    campaign_id: Id,
    state: wire.SiteState | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.CampaignSite]:
    """The sites of a campaign."""
    return queries.sites(ctx, campaign_id, state, cursor, limit)


@router.post(
    "/campaigns/{campaign_id}/sites",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, *_OPEN, refusing.CampaignTooLarge, rules.TeamUnknown, rules.AreaUnknown),
)
def add_campaign_sites(ctx: Writing, campaign_id: Id, ask: wire.AddSites) -> wire.SitesAdded:
    """Adds sites by codes or by a filter, with the teams that go there together."""
    return actions.add_sites(ctx, campaign_id, ask)


@router.post(
    "/campaigns/{campaign_id}/sites/import",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, *_OPEN, refusing.CampaignTooLarge, ColumnMissing, *FILE_REFUSALS),
)
def import_campaign_sites(
    ctx: Writing,
    campaign_id: Id,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    name: Annotated[str, Query(max_length=200)] = "sites.xlsx",
    dry_run: bool = False,
) -> wire.SitesImport:
    """Sites from a spreadsheet: good lines are taken, every bad line is told.

    `.xlsx` or `.csv` with account, teams, units. With `dry_run` the report is the same and nothing is kept.
    """
    return import_sites(ctx, campaign_id, name, content, dry_run=dry_run)


@router.post(
    "/campaigns/{campaign_id}/assign",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, *_OPEN, rules.TeamUnknown, rules.AreaUnknown),
)
def assign_campaign_sites(ctx: Writing, campaign_id: Id, ask: wire.AssignSites) -> list[wire.CampaignSite]:
    """Gives sites to other teams."""
    return [queries.site_shape(row) for row in actions.assign_sites(ctx, campaign_id, ask)]


@router.post("/campaigns/{campaign_id}/close", dependencies=[MANAGE], responses=refusals(*GUARDED, *_OPEN))
def close_campaign(ctx: Writing, campaign_id: Id, ask: wire.CloseCampaign) -> wire.Campaign:
    """Closes a campaign; visits that come late are reckoned all the same."""
    return queries.campaign_shape(actions.close_campaign(ctx, campaign_id, ask.note))
