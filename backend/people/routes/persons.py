"""Doors to persons and their roles: /people/v1/persons, /people/v1/grants."""

from typing import Annotated

from fastapi import APIRouter, Query, status

from backend.kernel.authority import Role
from backend.kernel.errors import NotFound
from backend.kernel.http import Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.people import actions, queries
from backend.people.routes.auth import SIGNED_IN
from backend.people.rules import (
    AboveOwnRole,
    AreaUnknown,
    LastAdmin,
    OutsideArea,
    PersonLeft,
    PhoneInvalid,
    PhoneTaken,
    RoleAlreadyHeld,
    TeamDissolved,
    TeamUnknown,
    TimesReversed,
    TooManyRoles,
)
from mobile_contract import people as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id

router = APIRouter(prefix="/people/v1", tags=["people"])
MANAGED = (*SIGNED_IN, NotFound, OutsideArea, AboveOwnRole)
MANAGE = [needs("people.manage")]
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


@router.get("/persons", dependencies=[needs("people.read")], responses=refusals(*SIGNED_IN, BadCursor))
def persons(
    ctx: Reading,
    area: wire.AreaPath | None = None,
    team: Id | None = None,
    role: wire.RoleName | None = None,
    person_status: Annotated[wire.PersonStatus | None, Query(alias="status")] = None,
    q: wire.SearchText | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> wire.PersonPage:
    """Persons in one's areas, oldest first; `q` is part of a name or phone number."""
    wanted = queries.PersonFilter(area, team, Role(role) if role else None, person_status, q)
    return queries.persons(ctx, wanted, cursor, limit)


@router.post(
    "/persons",
    status_code=status.HTTP_201_CREATED,
    dependencies=MANAGE,
    responses=refusals(*MANAGED, PhoneInvalid, PhoneTaken, AreaUnknown, TeamUnknown, TeamDissolved),
)
def take_on(ask: wire.NewPerson, ctx: Writing) -> wire.PersonTakenOn:
    """Takes a person on. The code in the answer is shown only once: hand it over, it sets the first password."""
    roles = [Role(role) for role in ask.roles]
    person, code = actions.take_on(ctx, ask.name, ask.phone, ask.area, roles, ask.team_id)
    return wire.PersonTakenOn(**queries.person(ctx, person.id).model_dump(), first_code=code)


@router.get("/persons/{person_id}", dependencies=[needs("people.read")], responses=refusals(*SIGNED_IN, NotFound))
def person(person_id: Id, ctx: Reading) -> wire.Person:
    """One person in one's areas."""
    return queries.person(ctx, person_id)


@router.patch(
    "/persons/{person_id}",
    dependencies=MANAGE,
    responses=refusals(*MANAGED, PhoneInvalid, PhoneTaken, AreaUnknown, PersonLeft),
)
def change_person(person_id: Id, ask: wire.ChangePerson, ctx: Writing) -> wire.Person:
    """Changes what is named. A new phone number signs the person out."""
    actions.change_person(ctx, person_id, ask.name, ask.phone, ask.area)
    return queries.person(ctx, person_id)


@router.post(
    "/persons/{person_id}/leave",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=MANAGE,
    responses=refusals(*MANAGED, LastAdmin),
)
def leave(person_id: Id, ctx: Writing) -> None:
    """The person works here no more: out of all teams and roles, and signed out."""
    actions.leave(ctx, person_id)


@router.post(
    "/persons/{person_id}/reset-password",
    dependencies=[needs("people.reset_password")],
    responses=refusals(*MANAGED, PersonLeft),
)
def reset_password(person_id: Id, ctx: Writing) -> wire.OneTimeCode:
    """Ends the person's password and sessions; the code in the answer, shown only once, sets a new one."""
    return actions.reset_password(ctx, person_id)


@router.post(
    "/persons/{person_id}/grants",
    status_code=status.HTTP_201_CREATED,
    dependencies=MANAGE,
    responses=refusals(*MANAGED, AreaUnknown, TimesReversed, RoleAlreadyHeld, TooManyRoles, PersonLeft),
)
def give_role(person_id: Id, ask: wire.GiveRole, ctx: Writing) -> wire.Person:
    """Gives a role in an area: none above one's own, and none outside one's areas."""
    actions.give_role(ctx, person_id, Role(ask.role), ask.area, ask.since_at, ask.until_at)
    return queries.person(ctx, person_id)


@router.delete(
    "/grants/{grant_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=MANAGE,
    responses=refusals(*MANAGED, LastAdmin),
)
def take_role(grant_id: Id, ctx: Writing) -> None:
    """Ends a role now."""
    actions.take_role(ctx, grant_id)
