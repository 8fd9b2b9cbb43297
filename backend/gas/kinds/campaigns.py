"""Campaigns and their sites on handsets."""

from typing import Any

from backend.gas.queries import campaigns as queries
from backend.gas.tables.campaigns import Campaign, CampaignSite
from backend.kernel.scopes import area_scopes
from mobile_contract import campaigns as wire
from sync.kinds import Kind, Policy


def _campaign_body(row: Campaign) -> dict[str, Any]:
    return queries.campaign_shape(row).model_dump(mode="json")


def _campaign_scopes(row: Campaign) -> list[str]:
    """Whoever works with gas in the district: joint teams come from anywhere."""
    return [f"gas:{row.area_path.split('/')[1]}", *area_scopes(row.area_path)]


def _site_body(row: CampaignSite) -> dict[str, Any]:
    return queries.site_shape(row).model_dump(mode="json")


def _site_scopes(row: CampaignSite) -> list[str]:
    """The teams that go there together, and the desks around."""
    return [*(f"team:{team_id}" for team_id in row.team_ids), *area_scopes(row.area_path)]


CAMPAIGN_KIND = Kind(
    name="gas_campaigns",
    table=Campaign,
    fields=dict.fromkeys(wire.Campaign.model_fields, Policy.server),
    body=_campaign_body,
    scopes=_campaign_scopes,
    priority=3,
)
SITE_KIND = Kind(
    name="gas_campaign_sites",
    table=CampaignSite,
    fields=dict.fromkeys(wire.CampaignSite.model_fields, Policy.server),
    body=_site_body,
    scopes=_site_scopes,
    priority=4,
)
CAMPAIGN_KINDS = (CAMPAIGN_KIND, SITE_KIND)
