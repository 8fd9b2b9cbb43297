"""What a phone or console knows of campaigns (专项): many sites, joint teams, and how far each site is."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from mobile_contract.base import Ask, At, Day, Id, Label, Latitude, Longitude, Text, Wire
from mobile_contract.checklists import ChecklistVersion
from mobile_contract.gas import AccountCode, AccountNature
from mobile_contract.homes import COMPANIONS_MAX, VisitOutcome
from mobile_contract.params import Flag
from mobile_contract.people import AreaPath

SITES_PER_ASK_MAX = 500
SITES_MAX = 20_000
"""Of one campaign."""
TEAMS_PER_SITE_MAX = 8
UNITS_PER_SITE_MAX = 8


class SiteState(StrEnum):
    """How far a site is, by the visits that name the campaign and the hazards that they found."""

    todo = "todo"
    tried = "tried"
    """Somebody came, and it was not checked as the campaign asks."""
    checked = "checked"
    """Checked; a hazard that was found is still open."""
    cleared = "cleared"
    """Checked, and nothing that was found is open."""


# -- what travels --------------------------------------------------------------------------------------------------


class Campaign(Wire):
    """A campaign as it travels."""

    id: Id
    title: str
    checklist: str
    """The version by which its sites are checked."""
    first_on: Day
    last_on: Day
    companions_min: int
    """A check counts only with so many who came along, of the other teams and units."""
    note: str
    closed_at: At | None
    closed_note: str
    area_path: str


class CampaignSite(Wire):
    """A site of a campaign. State and counts are reckoned from visits and hazards, and anew when one comes late."""

    id: Id
    campaign: Id
    account: str
    account_id: Id
    name: str
    address: str
    longitude: Longitude | None
    latitude: Latitude | None
    team_ids: list[Id]
    """Who goes there together; each of them holds the site on its phones."""
    units: list[str]
    """Who comes along from outside: the street, the fire brigade, the market bureau."""
    state: SiteState
    visits: int
    last_outcome: VisitOutcome | None
    last_at: At | None
    checked_at: At | None
    hazards_found: int
    hazards_open: int
    area_path: str


class SiteCounts(Wire):
    """How many sites are how far."""

    todo: int = 0
    tried: int = 0
    checked: int = 0
    cleared: int = 0


class StreetSites(Wire):
    """The sites of a street."""

    area_path: str
    sites: SiteCounts


class CampaignView(Campaign):
    """A campaign and how far it is."""

    sites: SiteCounts
    hazards_found: int
    hazards_open: int
    streets: list[StreetSites]


# -- what the desk asks --------------------------------------------------------------------------------------------

Teams = Annotated[list[Id], Field(min_length=1, max_length=TEAMS_PER_SITE_MAX)]
Units = Annotated[list[Label], Field(max_length=UNITS_PER_SITE_MAX)]


class NewCampaign(Ask):
    """`POST /gas/v1/campaigns`."""

    id: Id
    """Minted by the caller: the same id twice is one campaign."""
    title: Label
    checklist: ChecklistVersion
    first_on: Day
    last_on: Day
    companions_min: Annotated[int, Field(ge=0, le=COMPANIONS_MAX, strict=True)] = 0
    note: Text = ""
    area_path: AreaPath


class SiteFilter(Ask):
    """All accounts in sight that are like this; each part narrows."""

    area: AreaPath | None = None
    nature: AccountNature | None = None
    overdue: Flag = False
    """Only where the check is past its day, or nobody ever looked."""
    hazards: Flag = False
    """Only where a hazard is open."""


class AddSites(Ask):
    """`POST /gas/v1/campaigns/{campaign_id}/sites`: by codes, as out of a list, by a filter, or by both."""

    accounts: Annotated[list[AccountCode], Field(min_length=1, max_length=SITES_PER_ASK_MAX)] | None = None
    wanted: SiteFilter | None = None
    team_ids: Teams
    units: Units = Field(default_factory=list)

    @model_validator(mode="after")
    def _says_which(self) -> "AddSites":
        if self.accounts is None and self.wanted is None:
            raise ValueError("neither accounts nor wanted")
        return self


class SitesAdded(Wire):
    """What came of it."""

    added: int
    known: int
    """Sites of the campaign already: their teams stay as they are."""
    unknown: list[str]
    """Codes that are no account in sight."""


class SiteFault(Wire):
    """A line of a file of sites that was not taken."""

    line: int
    column: str
    code: str
    zh: str
    en: str


class SitesImport(Wire):
    """What came of each line of a file of sites."""

    added: int
    known: int
    """Sites of the campaign already: their teams stay as they are."""
    faults: list[SiteFault]


class AssignSites(Ask):
    """`POST /gas/v1/campaigns/{campaign_id}/assign`: these teams in place of those before."""

    site_ids: Annotated[list[Id], Field(min_length=1, max_length=SITES_PER_ASK_MAX)]
    team_ids: Teams
    units: Units = Field(default_factory=list)


class CloseCampaign(Ask):
    """`POST /gas/v1/campaigns/{campaign_id}/close`. What phones still hold is taken, and reckoned, after that too."""

    note: Text = ""
