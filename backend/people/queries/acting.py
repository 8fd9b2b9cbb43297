"""Who a person is to other features: where employed, and as whom they act when they are not here to ask."""

from collections.abc import Collection

from sqlmodel import col, select

from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.people.queries.identity import held_now
from backend.people.tables import Person, SignInSession
from mobile_contract.people import PersonStatus


def area_of(ctx: Ctx, person_id: str) -> str | None:
    """The path of the area where a person is employed."""
    found = ctx.session.get(Person, person_id)
    return found.area if found else None


def employed(ctx: Ctx, person_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """{person: (name, path of the area)} of those of `person_ids` who work here: ask whether the area is in sight."""
    rows = ctx.session.exec(
        select(Person.id, Person.name, Person.area).where(
            col(Person.id).in_(sorted(person_ids)), Person.status == PersonStatus.active.value
        )
    )
    return {person_id: (name, area) for person_id, name, area in rows}


def owners(ctx: Ctx, phones: Collection[str]) -> dict[str, str]:
    """{phone: person} of those who work here, phones as they are kept: ask whether the person is in sight."""
    rows = ctx.session.exec(
        select(Person.phone, Person.id).where(
            col(Person.phone).in_(sorted(phones)), Person.status == PersonStatus.active.value
        )
    )
    return dict(rows.all())


def principal_of(ctx: Ctx, person_id: str, device_id: str | None) -> Principal:
    """The person as they stand now, for work of theirs that is taken up without them."""
    found = ctx.session.get(Person, person_id)
    grants, team_ids = held_now(ctx.session, person_id, ctx.now())
    name = found.name if found else ""
    return Principal(person_id, name, session_id="", device_id=device_id, grants=grants, team_ids=team_ids)


def was_signed_in(ctx: Ctx, person_id: str, device_id: str) -> bool:
    """Whether the person was ever signed in on the device, over or not."""
    theirs = select(SignInSession.id).where(
        col(SignInSession.device_id) == device_id, col(SignInSession.person_id) == person_id
    )
    return ctx.session.exec(theirs.limit(1)).first() is not None
