"""Persons taken on, changed and let go."""

from collections.abc import Sequence

from backend.kernel.audit import record
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.people.actions.roles import end_grant, grant_role, keep_an_admin
from backend.people.actions.secrets import give_code
from backend.people.actions.sessions import end_sessions
from backend.people.actions.standing import settle
from backend.people.actions.teams import existing_team, join
from backend.people.events import PersonJoined
from backend.people.events import PersonLeft as Left
from backend.people.queries.lookups import area_by_path, credential, grants, memberships, own_row, phone_owner
from backend.people.queries.roster import lasting_grants, person_row
from backend.people.rules import (
    FIRST_CODE_LIVES,
    AreaUnknown,
    EndedWhy,
    PersonLeft,
    PhoneTaken,
    check_care,
    check_disposal,
    phone_of,
)
from backend.people.tables import Credential, Person
from mobile_contract.people import OneTimeCode, PersonStatus


def take_on(
    ctx: Ctx,
    name: str,
    phone: str,
    area: str,
    roles: Sequence[Role],
    team_id: str | None = None,
    password_hash: str | None = None,
) -> tuple[Person, OneTimeCode]:
    """A new person, employed in `area` with `roles` there, and the code for their first password.

    Somebody who left and comes back by the same phone is the same person again. `password_hash` is for the demo and the
    command line: the person must change that password.
    """
    check_disposal(ctx.principal.grants, "people.manage", Role.citizen, area)
    if area_by_path(ctx.session, area) is None:
        raise AreaUnknown(area=area)
    number = phone_of(phone)
    before = phone_owner(ctx.session, number)
    if before is not None and before.status == PersonStatus.active:
        raise PhoneTaken
    person, key = _anew(ctx, name, number, area) if before is None else _again(ctx, before, name, area)
    key.password_hash, key.must_change_password = password_hash, password_hash is not None
    for role in dict.fromkeys(roles):
        grant_role(ctx, person, role, area)
    if team_id is not None:
        join(ctx, person, existing_team(ctx, team_id))
    settle(ctx, person)
    code = give_code(ctx, key, FIRST_CODE_LIVES)
    announce(ctx, PersonJoined(person.id))
    record(ctx, deed="people.taken_on", subject=person.id, area=area)
    return person, code


def _anew(ctx: Ctx, name: str, phone: str, area: str) -> tuple[Person, Credential]:
    person = Person(name=name, phone=phone, status=PersonStatus.active.value, area=area, created_at=ctx.now())
    ctx.session.add(person)
    ctx.session.flush()
    key = Credential(person_id=person.id)
    ctx.session.add(key)
    ctx.session.flush()
    return person, key


def _again(ctx: Ctx, person: Person, name: str, area: str) -> tuple[Person, Credential]:
    check_disposal(ctx.principal.grants, "people.manage", Role.citizen, person.area)
    person.name, person.area, person.status, person.left_at = name, area, PersonStatus.active.value, None
    ctx.session.add(person)
    return person, credential(ctx.session, person.id)


def change_me(ctx: Ctx, name: str | None) -> None:
    """People keep their own name right."""
    person = own_row(ctx)
    if name is not None and name != person.name:
        person.name = name
        ctx.session.add(person)
        ctx.session.flush()


def change_person(
    ctx: Ctx, person_id: str, name: str | None = None, phone: str | None = None, area: str | None = None
) -> None:
    """Changes what is given. A new phone is a new way in: a Firebase link and any code end with the old one."""
    person = _cared_for(ctx, person_id)
    if person.status != PersonStatus.active:
        raise PersonLeft
    if name is not None:
        person.name = name
    if area is not None and area != person.area:
        check_disposal(ctx.principal.grants, "people.manage", Role.citizen, area)
        if area_by_path(ctx.session, area) is None:
            raise AreaUnknown(area=area)
        person.area = area
    if phone is not None and (number := phone_of(phone)) != person.phone:
        if phone_owner(ctx.session, number) is not None:
            raise PhoneTaken
        person.phone = number
        key = credential(ctx.session, person.id)
        key.firebase_uid = key.code_mac = key.code_expires_at = None
        ctx.session.add(key)
        end_sessions(ctx, person.id, EndedWhy.revoked)
        record(ctx, deed="people.phone_changed", subject=person.id)
    ctx.session.add(person)
    ctx.session.flush()


def leave(ctx: Ctx, person_id: str) -> None:
    """A person works here no more: out of teams and roles, signed out, unable to sign in. Twice is as once."""
    person = _cared_for(ctx, person_id)
    if person.status != PersonStatus.active:
        return
    held = list(grants(ctx.session, person.id, ctx.now()))
    keep_an_admin(ctx, person, held)
    for grant in held:
        end_grant(ctx, grant)
    for membership in memberships(ctx.session, person.id, ctx.now()):
        membership.until_at = ctx.now()
        membership.since_at = min(membership.since_at, ctx.now())
        ctx.session.add(membership)
    person.status, person.left_at = PersonStatus.left.value, ctx.now()
    ctx.session.add(person)
    _close_ways_in(ctx, person)
    settle(ctx, person)
    announce(ctx, Left(person.id))
    record(ctx, deed="people.left", subject=person.id)


def _close_ways_in(ctx: Ctx, person: Person) -> None:
    key = credential(ctx.session, person.id)
    key.password_hash = key.firebase_uid = key.code_mac = key.code_expires_at = None
    ctx.session.add(key)
    end_sessions(ctx, person.id, EndedWhy.revoked)


def _cared_for(ctx: Ctx, person_id: str) -> Person:
    person = person_row(ctx, person_id, "people.manage")
    check_care(ctx.principal.grants, "people.manage", person.area, lasting_grants(ctx, person.id))
    return person
