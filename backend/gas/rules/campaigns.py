"""How far a site of a campaign is: a fold over a set of visits and the hazards they found. Pure.

Any order of arrival and any repetition give the same site.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from backend.kernel.errors import Clash, Invalid, Unknown
from mobile_contract.campaigns import SiteState
from mobile_contract.homes import HazardState, VisitOutcome


class CampaignUnknown(Unknown):
    code = "gas.campaign_unknown"


class CampaignExists(Clash):
    code = "gas.campaign_exists"


class CampaignClosed(Clash):
    code = "gas.campaign_closed"


class CampaignImpossible(Invalid):
    code = "gas.campaign_impossible"


class CampaignTooLarge(Invalid):
    code = "gas.campaign_too_large"


@dataclass(frozen=True, slots=True)
class Call:
    """A visit that names the campaign."""

    id: str
    at: datetime
    outcome: VisitOutcome
    companions: int


@dataclass(frozen=True, slots=True)
class Trace:
    """A hazard, by which visit it was found, and what it was carried over to."""

    visit: str
    state: HazardState
    successor: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a site is."""

    state: SiteState = SiteState.todo
    visits: int = 0
    last_outcome: VisitOutcome | None = None
    last_at: datetime | None = None
    checked_at: datetime | None = None
    hazards_found: int = 0
    hazards_open: int = 0


def progress(calls: Iterable[Call], hazards: Mapping[str, Trace], companions_min: int) -> Progress:
    """What the visits of a campaign at a site come to. A hazard that was carried over is as open as its last one."""
    once = {call.id: call for call in calls}
    if not once:
        return Progress()
    last = max(once.values(), key=lambda call: (call.at, call.id))
    joint = [call for call in once.values() if _joint(call, companions_min)]
    found = [name for name, hazard in hazards.items() if hazard.visit in once and not _leads_from(name, hazards, once)]
    still = sum(_is_open(name, hazards) for name in found)
    return Progress(
        state=SiteState.tried if not joint else SiteState.checked if still else SiteState.cleared,
        visits=len(once),
        last_outcome=last.outcome,
        last_at=last.at,
        checked_at=min((call.at for call in joint), default=None),
        hazards_found=len(found),
        hazards_open=still,
    )


def _joint(call: Call, companions_min: int) -> bool:
    return call.outcome is VisitOutcome.completed and call.companions >= companions_min


def _leads_from(name: str, hazards: Mapping[str, Trace], calls: Mapping[str, Call]) -> bool:
    """Whether a hazard only goes on with one that the campaign had found before."""
    return any(hazard.successor == name and hazard.visit in calls for hazard in hazards.values())


def _is_open(name: str, hazards: Mapping[str, Trace]) -> bool:
    seen: set[str] = set()
    while name not in seen and (hazard := hazards.get(name)) is not None:
        seen.add(name)
        if hazard.state is not HazardState.carried_over or hazard.successor is None:
            return hazard.state not in (HazardState.verified, HazardState.carried_over)
        name = hazard.successor
    return False
