"""Reads: who asks, who works here within sight, and the rows that deeds stand on."""

from backend.people.queries.acting import (
    area_of,
    employed,
    owners,
    principal_of,
    was_signed_in,
)
from backend.people.queries.identity import (
    Holdings,
    held_now,
    holdings,
    identify,
    operator,
    public_keys,
)
from backend.people.queries.lookups import (
    area_exists,
    grants_of,
    is_active,
    names,
    outline_around,
    team_area,
)
from backend.people.queries.roster import (
    PersonFilter,
    area,
    areas,
    me,
    notice,
    person,
    persons,
    portrait,
    team,
    teams,
)

__all__ = [
    "Holdings",
    "PersonFilter",
    "area",
    "area_exists",
    "area_of",
    "areas",
    "employed",
    "grants_of",
    "held_now",
    "holdings",
    "identify",
    "is_active",
    "me",
    "names",
    "notice",
    "operator",
    "outline_around",
    "owners",
    "person",
    "persons",
    "portrait",
    "principal_of",
    "public_keys",
    "team",
    "team_area",
    "teams",
    "was_signed_in",
]
