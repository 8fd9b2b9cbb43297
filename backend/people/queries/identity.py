"""Who asks: from a bearer token to a Principal, and the keys behind it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, bindparam, func, literal, or_, select, union_all
from sqlmodel import Session, col

from backend.kernel.authority import Grant, Principal, Role
from backend.kernel.clock import Clock
from backend.kernel.context import Ctx
from backend.kernel.errors import NotSignedIn
from backend.kernel.settings import Settings
from backend.people.rules import ACCESS_LEEWAY_S, EndedWhy, SessionEnded
from backend.people.tables import Membership, Notice, Person, RoleGrant, SigningKey, SignInSession
from backend.people.tokens import Access, access_lives, key_id, public_key, read_access
from mobile_contract.people import PersonStatus, PublicKey

KEY_BELIEVED_S = 60.0
"""How long a key is believed without looking it up again: so long may a withdrawn key still open a door."""
KEYS_KEPT_MAX = 64
TEAM = "team"
LATEST = datetime.max.replace(tzinfo=UTC)

_keys: WeakKeyDictionary[Engine | Connection, dict[str, tuple[Ed25519PublicKey, float]]] = WeakKeyDictionary()
"""Public keys by database and kid. Not a state: a kid names one key for ever."""


def identify(session: Session, settings: Settings, clock: Clock, token: str, allow_ended: bool = False) -> Principal:
    """Who a bearer token speaks for, with the roles and teams valid now: two indexed reads.

    Raises NotSignedIn, TokenExpired or SessionEnded. With `allow_ended` the Principal of an ended session is given,
    its `ended` saying why: for doors that tell a revoked handset what to do.
    """
    key = _key(session, clock, key_id(token))
    access = read_access(settings, token, key, clock.now())
    return _principal(session, access, clock.now(), allow_ended)


def _key(session: Session, clock: Clock, kid: str) -> Ed25519PublicKey:
    known = _keys.setdefault(session.get_bind(), {})
    if (found := known.get(kid)) and clock.monotonic_s() - found[1] < KEY_BELIEVED_S:
        return found[0]
    row = session.scalars(
        select(col(SigningKey.public_x)).where(col(SigningKey.kid) == kid, col(SigningKey.withdrawn_at).is_(None))
    ).first()
    if row is None:
        known.pop(kid, None)
        raise NotSignedIn
    if len(known) >= KEYS_KEPT_MAX:
        known.clear()
    known[kid] = (public_key(row), clock.monotonic_s())
    return known[kid][0]


_SESSION = (
    select(
        col(SignInSession.person_id),
        col(SignInSession.device_id),
        col(SignInSession.ended_why),
        col(Person.name),
        col(Person.status),
        col(Person.consent_version),
        select(func.max(col(Notice.version))).scalar_subquery(),
    )
    .join(Person, col(Person.id) == col(SignInSession.person_id))
    .where(col(SignInSession.id) == bindparam("session_id"))
)
# Statements of every request are built once and executed past the ORM: building them cost more than running them.


def _principal(session: Session, access: Access, now: datetime, allow_ended: bool) -> Principal:
    row = session.connection().execute(_SESSION, {"session_id": access.session_id}).first()
    if row is None:
        raise NotSignedIn
    person_id, device_id, ended_why, name, status, consent_version, in_force = row
    if person_id != access.person_id or device_id != access.device_id:
        raise NotSignedIn
    ended = ended_why or (None if status == PersonStatus.active else EndedWhy.revoked.value)
    if ended and not allow_ended:
        raise SessionEnded(why=ended)
    grants, team_ids = held_now(session, access.person_id, now)
    return Principal(
        person_id=access.person_id,
        name=name,
        session_id=access.session_id,
        device_id=access.device_id,
        grants=grants,
        team_ids=team_ids,
        consent_due=consent_due(consent_version, in_force),
        ended=ended,
    )


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that a person holds, held or will hold; `at` tells what of it at an instant, without another read."""

    spans: tuple[tuple[str, str, datetime, datetime | None], ...]
    """(role or TEAM, area or team id, since, until)."""

    def at(self, now: datetime) -> tuple[tuple[Grant, ...], frozenset[str]]:
        """(roles with their areas, team ids) at `now`."""
        held = {
            (what, where) for what, where, since, until in self.spans if since <= now and (not until or now < until)
        }
        grants = sorted({Grant(Role(what), where) for what, where in held if what != TEAM}, key=_place)
        return tuple(grants), frozenset(where for what, where in held if what == TEAM)


_HOLDINGS = union_all(
    select(col(RoleGrant.role), col(RoleGrant.area), col(RoleGrant.since_at), col(RoleGrant.until_at)).where(
        col(RoleGrant.person_id) == bindparam("person_id")
    ),
    select(literal(TEAM), col(Membership.team_id), col(Membership.since_at), col(Membership.until_at)).where(
        col(Membership.person_id) == bindparam("person_id")
    ),
)


def holdings(session: Session, person_id: str) -> Holdings:
    """What a person holds over all time, in one read."""
    rows = session.connection().execute(_HOLDINGS, {"person_id": person_id})
    return Holdings(tuple((r[0], r[1], r[2], r[3]) for r in rows))


def held_now(session: Session, person_id: str, now: datetime) -> tuple[tuple[Grant, ...], frozenset[str]]:
    """(roles with their areas, team ids) of a person at `now`, in one read."""
    return holdings(session, person_id).at(now)


def _place(grant: Grant) -> tuple[str, str]:
    return grant.area, grant.role.value


def consent_due(accepted: int | None, in_force: int | None) -> bool:
    """Whether a notice is in force that the person has not accepted."""
    return in_force is not None and (accepted or 0) < in_force


def operator(settings: Settings) -> Principal:
    """Whoever holds the server's shell: acts as an admin of the whole district, and is no person."""
    everywhere = (Grant(Role.admin, f"/{settings.district}/"),)
    return Principal(person_id="", name="operator", session_id="", device_id=None, grants=everywhere)


def public_keys(ctx: Ctx) -> list[PublicKey]:
    """The keys whose tokens may still be alive, newest first."""
    oldest = ctx.now() - access_lives(ctx.settings) - timedelta(seconds=ACCESS_LEEWAY_S)
    rows = ctx.session.scalars(
        select(SigningKey)
        .where(
            col(SigningKey.withdrawn_at).is_(None),
            or_(col(SigningKey.retired_at).is_(None), col(SigningKey.retired_at) > oldest),
        )
        .order_by(col(SigningKey.kid).desc())
    ).all()
    return [PublicKey(kid=row.kid, x=row.public_x) for row in rows]
