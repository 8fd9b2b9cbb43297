"""What people give to sync: teammates, teams, areas. Only the server writes them."""

from collections.abc import Iterable
from typing import Any

import orjson

from backend.kernel.scopes import area_scopes
from backend.people.tables import Area, Person, Team
from mobile_contract.people import PersonStatus
from sync.kinds import Kind, Policy


def _person_body(person: Person) -> dict[str, Any]:
    return {"name": person.name, "team_ids": list(person.team_ids), "status": person.status}


def _person_scopes(person: Person) -> Iterable[str]:
    """Oneself, one's teammates, and the desks over the area where one is employed. Nobody holds who has left."""
    if person.status != PersonStatus.active:
        return ()
    teams = [f"team:{team_id}" for team_id in person.team_ids]
    return [f"user:{person.id}", *teams, *area_scopes(person.area)]


def _team_body(team: Team) -> dict[str, Any]:
    return {"name": team.name, "area": team.area, "trade": team.trade, "dissolved": team.dissolved_at is not None}


def _team_scopes(team: Team) -> Iterable[str]:
    return [f"team:{team.id}", *area_scopes(team.area)]


def _area_body(area: Area) -> dict[str, Any]:
    return {
        "path": area.path,
        "name": area.name,
        "kind": area.kind,
        "parent": area.parent,
        "outline": orjson.loads(area.outline) if area.outline else None,
    }


def _area_scopes(area: Area) -> Iterable[str]:
    """Reference data of the whole district."""
    return [f"district:{area.path.split('/')[1]}"]


def _served(*names: str) -> dict[str, Policy]:
    return dict.fromkeys(names, Policy.server)


KINDS = (
    Kind(
        name="areas",
        table=Area,
        fields=_served("path", "name", "kind", "parent", "outline"),
        body=_area_body,
        scopes=_area_scopes,
        priority=2,
    ),
    Kind(
        name="teams",
        table=Team,
        fields=_served("name", "area", "trade", "dissolved"),
        body=_team_body,
        scopes=_team_scopes,
        priority=1,
    ),
    Kind(
        name="people",
        table=Person,
        fields=_served("name", "team_ids", "status"),
        body=_person_body,
        scopes=_person_scopes,
        priority=1,
    ),
)
