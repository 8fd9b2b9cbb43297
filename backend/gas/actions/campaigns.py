"""Campaigns: made, given sites and joint teams, reckoned from visits, closed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from backend.gas.actions.places import MANAGE, need_places
from backend.gas.events import HomesReckoned
from backend.gas.queries import campaigns as queries
from backend.gas.queries import homes
from backend.gas.rules.campaigns import (
    CampaignClosed,
    CampaignExists,
    CampaignImpossible,
    CampaignTooLarge,
    progress,
)
from backend.gas.tables import Account
from backend.gas.tables.campaigns import Campaign, CampaignSite
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from mobile_contract import campaigns as wire


def make_campaign(ctx: Ctx, ask: wire.NewCampaign) -> Campaign:
    """Makes a campaign; the same id again answers the same.

    Refuses with gas.area_unknown, .checklist_unknown, .campaign_impossible, .campaign_exists.
    """
    need_places(ctx, [(ask.area_path, None)])
    known = queries.known_campaign(ctx, ask.id)
    if known is not None:
        if (known.title, known.area_path) != (ask.title, ask.area_path):
            raise CampaignExists
        return known
    homes.checklist(ctx, ask.checklist)
    if ask.last_on < ask.first_on:
        raise CampaignImpossible
    row = Campaign(**ask.model_dump(), created_at=ctx.now(), created_by=ctx.principal.person_id or None)
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.campaign_made", f"gas_campaign:{row.id}", title=row.title)
    return row


def add_sites(ctx: Ctx, campaign_id: str, ask: wire.AddSites) -> wire.SitesAdded:
    """Adds sites with their teams. Refuses with gas.campaign_unknown, .campaign_closed, .campaign_too_large,
    .team_unknown."""
    row = open_campaign(ctx, campaign_id)
    _need_teams(ctx, row, ask.team_ids)
    found = _accounts(ctx, ask)
    known = queries.sites_of(ctx, row.id)
    fresh = [account for account in found if account.id not in known]
    if len(known) + len(fresh) > wire.SITES_MAX:
        raise CampaignTooLarge(limit=wire.SITES_MAX)
    ctx.session.add_all(_site(row, account, ask) for account in fresh)
    ctx.session.flush()
    # Visits may have named the campaign before the desk did.
    refold_sites(ctx, HomesReckoned(tuple(account.id for account in fresh)))
    record(ctx, "gas.campaign_sites_added", f"gas_campaign:{row.id}", sites=len(fresh))
    unknown = sorted(set(ask.accounts or ()) - {account.code for account in found})
    return wire.SitesAdded(added=len(fresh), known=len(found) - len(fresh), unknown=unknown)


def _accounts(ctx: Ctx, ask: wire.AddSites) -> Sequence[Account]:
    named = queries.accounts_named(ctx, ask.accounts) if ask.accounts else ()
    like = queries.accounts_like(ctx, ask.wanted, wire.SITES_MAX + 1) if ask.wanted else ()
    return list({account.id: account for account in (*named, *like)}.values())


def _site(campaign: Campaign, account: Account, ask: wire.AddSites) -> CampaignSite:
    return CampaignSite(
        campaign=campaign.id,
        account=account.code,
        account_id=account.id,
        name=account.name,
        address=account.address,
        longitude=account.longitude,
        latitude=account.latitude,
        team_ids=list(dict.fromkeys(ask.team_ids)),
        units=list(dict.fromkeys(ask.units)),
        area_path=account.area_path,
        team_id=account.team_id,
    )


def assign_sites(ctx: Ctx, campaign_id: str, ask: wire.AssignSites) -> list[CampaignSite]:
    """Gives sites of a campaign to other teams; ids that are none of its sites are left aside.

    Refuses with gas.campaign_unknown, .campaign_closed, .team_unknown.
    """
    row = open_campaign(ctx, campaign_id)
    _need_teams(ctx, row, ask.team_ids)
    found = list(queries.sites_named(ctx, row.id, ask.site_ids))
    for site in found:
        site.team_ids, site.units = list(dict.fromkeys(ask.team_ids)), list(dict.fromkeys(ask.units))
        ctx.session.add(site)
    ctx.session.flush()
    return found


def close_campaign(ctx: Ctx, campaign_id: str, note: str) -> Campaign:
    """Closes a campaign. Refuses with gas.campaign_unknown and gas.campaign_closed."""
    row = open_campaign(ctx, campaign_id)
    row.closed_at, row.closed_by, row.closed_note = ctx.now(), ctx.principal.person_id or None, note
    ctx.session.add(row)
    ctx.session.flush()
    record(ctx, "gas.campaign_closed", f"gas_campaign:{row.id}")
    return row


def open_campaign(ctx: Ctx, campaign_id: str) -> Campaign:
    """A campaign in one's charge that is not closed. Refuses with gas.campaign_unknown and gas.campaign_closed."""
    row = queries.campaign_row(ctx, campaign_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.closed_at is not None:
        raise CampaignClosed
    return row


def _need_teams(ctx: Ctx, row: Campaign, team_ids: Iterable[str]) -> None:
    need_places(ctx, [(row.area_path, team_id) for team_id in team_ids])


def refold_sites(ctx: Ctx, event: HomesReckoned) -> None:
    """Reckons the sites at some homes anew from all visits and hazards there."""
    found = queries.sites_at(ctx, event.account_ids)
    if not found:
        return
    calls = queries.calls_at(ctx, [site.account for site, _ in found])
    traces = queries.traces_at(ctx, [site.account_id for site, _ in found])
    for site, companions_min in found:
        now = progress(calls.get((site.campaign, site.account), ()), traces.get(site.account_id, {}), companions_min)
        for name, value in asdict(now).items():
            if getattr(site, name) != value:
                setattr(site, name, value)
        ctx.session.add(site)
    ctx.session.flush()
