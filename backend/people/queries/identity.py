"""Who asks: from a bearer token to a Principal, and the keys behind it."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from weakref import WeakKeyDictionary

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, Engine, or_, select
from sqlmodel import Session, col

from backend.kernel.authority import Grant, Principal, Role
from backend.kernel.clock import Clock
from backend.kernel.context import Ctx
from backend.kernel.db import driver_of
from backend.kernel.errors import NotSignedIn
from backend.kernel.settings import Settings
from backend.people.rules import ACCESS_LEEWAY_S, EndedWhy, SessionEnded
from backend.people.tables import SigningKey
from backend.people.tokens import Access, access_lives, key_id, public_key, read_access
from mobile_contract.people import PersonStatus, PublicKey
from sync.stores.driver import Row

KEY_BELIEVED_S = 60.0
"""How long a key is believed without looking it up again: so long may a withdrawn key still open a door."""
KEYS_KEPT_MAX = 64
HOLDINGS_KEPT_MAX = 4_096
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


# What every request asks goes straight to the driver: building a statement costs more than running it.
_SESSION = (
    "SELECT s.person_id, s.device_id, s.ended_why, p.name, p.status, p.consent_version,"
    " (SELECT MAX(version) FROM people_notice)"
    " FROM people_session AS s JOIN people_person AS p ON p.id = s.person_id WHERE s.id = ?"
)


def _principal(session: Session, access: Access, now: datetime, allow_ended: bool) -> Principal:
    row = driver_of(session).first(_SESSION, access.session_id)
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


Held = tuple[tuple[Grant, ...], frozenset[str]]
"""(roles with their areas, team ids)."""


class Holdings:
    """All that a person holds, held or will hold; `at` tells what of it at an instant, without another read."""

    def __init__(self, spans: Sequence[tuple[str, str, datetime, datetime | None]]) -> None:
        """`spans`: (role or TEAM, area or team id, since, until)."""
        self._spans = spans
        self._turns = sorted({turn for _, _, since, until in spans for turn in (since, until) if turn is not None})
        self._told: dict[int, Held] = {}

    def at(self, now: datetime) -> Held:
        """(roles with their areas, team ids) at `now`; between two turns it is the same."""
        turn = bisect_right(self._turns, now)
        if turn not in self._told:
            self._told[turn] = self._look(now)
        return self._told[turn]

    def _look(self, now: datetime) -> Held:
        held = {
            (what, where) for what, where, since, until in self._spans if since <= now and (not until or now < until)
        }
        grants = sorted({Grant(Role(what), where) for what, where in held if what != TEAM}, key=_place)
        return tuple(grants), frozenset(where for what, where in held if what == TEAM)


_HOLDINGS = (
    "SELECT role, area, since_at, until_at FROM people_role_grant WHERE person_id = ?"
    " UNION ALL SELECT 'team', team_id, since_at, until_at FROM people_membership WHERE person_id = ?"
)


def holdings(session: Session, person_id: str) -> Holdings:
    """What a person holds over all time, in one read."""
    return _holdings(tuple(driver_of(session).rows(_HOLDINGS, person_id, person_id)))


@lru_cache(maxsize=HOLDINGS_KEPT_MAX)
def _holdings(rows: tuple[Row, ...]) -> Holdings:
    return Holdings(
        [(what, where, _instant(since), _instant(until) if until else None) for what, where, since, until in rows]
    )


def _instant(kept: datetime | str) -> datetime:
    """SQLite keeps an instant as a text without a zone."""
    return datetime.fromisoformat(kept).replace(tzinfo=UTC) if isinstance(kept, str) else kept.astimezone(UTC)


def held_now(session: Session, person_id: str, now: datetime) -> Held:
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
