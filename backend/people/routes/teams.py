"""Doors to teams: /people/v1/teams."""

from fastapi import APIRouter, status

from backend.kernel.errors import NotFound
from backend.kernel.http import Reading, Writing, needs, refusals
from backend.kernel.paging import BadCursor
from backend.people import actions, queries
from backend.people.routes.auth import SIGNED_IN
from backend.people.routes.persons import MANAGE, MANAGED, Cursor, Limit
from backend.people.rules import (
    AlreadyMember,
    AreaUnknown,
    NotMember,
    PersonLeft,
    TeamDissolved,
    TimesReversed,
    TooManyTeams,
)
from mobile_contract import people as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Id

router = APIRouter(prefix="/people/v1", tags=["people"])
LED = (*MANAGED, TeamDissolved)


@router.get("/teams", dependencies=[needs("teams.read")], responses=refusals(*SIGNED_IN, BadCursor))
def teams(
    ctx: Reading,
    area: wire.AreaPath | None = None,
    dissolved: bool = False,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> wire.TeamPage:
    """One's own teams; from a desk, all in one's areas. Dissolved ones only when asked for."""
    return queries.teams(ctx, area, dissolved, cursor, limit)


@router.post(
    "/teams",
    status_code=status.HTTP_201_CREATED,
    dependencies=MANAGE,
    responses=refusals(*MANAGED, AreaUnknown),
)
def form_team(ask: wire.NewTeam, ctx: Writing) -> wire.Team:
    """Forms a team in an area."""
    return queries.team(ctx, actions.form_team(ctx, ask.name, ask.area, ask.trade).id)


@router.get("/teams/{team_id}", dependencies=[needs("teams.read")], responses=refusals(*SIGNED_IN, NotFound))
def team(team_id: Id, ctx: Reading) -> wire.Team:
    """One team and its members."""
    return queries.team(ctx, team_id)


@router.patch("/teams/{team_id}", dependencies=MANAGE, responses=refusals(*LED, AreaUnknown))
def change_team(team_id: Id, ask: wire.ChangeTeam, ctx: Writing) -> wire.Team:
    """Changes what is named."""
    actions.change_team(ctx, team_id, ask.name, ask.area)
    return queries.team(ctx, team_id)


@router.post(
    "/teams/{team_id}/dissolve",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=MANAGE,
    responses=refusals(*MANAGED),
)
def dissolve_team(team_id: Id, ctx: Writing) -> None:
    """Ends a team and every membership in it."""
    actions.dissolve_team(ctx, team_id)


@router.post(
    "/teams/{team_id}/members",
    status_code=status.HTTP_201_CREATED,
    dependencies=MANAGE,
    responses=refusals(*LED, AlreadyMember, TooManyTeams, TimesReversed, PersonLeft),
)
def add_member(team_id: Id, ask: wire.JoinTeam, ctx: Writing) -> wire.Team:
    """Takes a person into the team, from now or from an instant on."""
    actions.add_member(ctx, team_id, ask.person_id, ask.since_at, ask.until_at)
    return queries.team(ctx, team_id)


@router.post(
    "/teams/{team_id}/members/{person_id}/leave",
    dependencies=MANAGE,
    responses=refusals(*LED, NotMember),
)
def remove_member(team_id: Id, person_id: Id, ask: wire.LeaveTeam, ctx: Writing) -> wire.Team:
    """Ends a membership, now or at an instant."""
    actions.remove_member(ctx, team_id, person_id, ask.at)
    return queries.team(ctx, team_id)


@router.post(
    "/persons/{person_id}/move",
    dependencies=MANAGE,
    responses=refusals(*LED, NotMember, AlreadyMember, TooManyTeams, TimesReversed, PersonLeft),
)
def move_member(person_id: Id, ask: wire.MoveTeam, ctx: Writing) -> wire.Person:
    """Moves a person from one team to another at one instant."""
    actions.move_member(ctx, person_id, ask.from_team_id, ask.to_team_id, ask.at)
    return queries.person(ctx, person_id)
