"""Signing in and out: sessions, their refresh tokens, and what happens when one is stolen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.events import announce
from backend.kernel.ids import new_token
from backend.people.actions.keys import present_key
from backend.people.events import SessionsEnded, SigningIn
from backend.people.passwords import same
from backend.people.queries.lookups import (
    open_sessions,
    open_sessions_on,
    person_by_firebase,
    person_by_id,
    person_by_phone,
    run_out_sessions,
    sign_in_session,
    stranger,
    stranger_bucket,
    tries_of,
)
from backend.people.rules import (
    REFRESH_RETRY_S,
    SESSIONS_PER_PERSON_MAX,
    EndedWhy,
    FirebaseUnknown,
    RefreshRefused,
    RefreshReused,
    SessionEnded,
    SignInLocked,
    SignInRefused,
    Tries,
    Way,
    after_failure,
)
from backend.people.tables import Credential, Person, SignInSession, StrangerTries
from backend.people.tokens import Access, access_lives, mint_access, mint_refresh, read_refresh
from mobile_contract.people import PersonStatus
from sync.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of looking at a password, before the turn to write: `kept` is the hash it was held against."""

    right: bool
    kept: str | None
    renewed: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """The handset a sign-in comes from; both None at a desk."""

    id: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A session and the tokens that speak for it."""

    session_id: str
    person_id: str
    device_id: str | None
    access_token: str
    refresh_token: str


# -- in -----------------------------------------------------------------------------------------------------------


def sign_in(ctx: Ctx, phone: str, checked: Checked, device: Device) -> Entry | Refusal:
    """A session for whoever has the phone, if the password was right.

    A refusal is returned and not raised where what was counted must be kept. Announces SigningIn, whose listeners may
    refuse the device.
    """
    found = person_by_phone(ctx.session, phone)
    person, key = found or (None, None)
    tries = _tries(ctx, phone, key)
    if wait_s := tries.locked_s(ctx.now()):
        return SignInLocked(retry_s=wait_s)
    if person is None or key is None or not checked.right or key.password_hash != checked.kept:
        return count_failure(ctx, phone)
    forget_failures(ctx, key)
    if checked.renewed:
        key.password_hash = checked.renewed
    return _enter(ctx, person, Way.password, device)


def sign_in_by_firebase(ctx: Ctx, uid: str, phone: str | None, device: Device) -> Entry:
    """A session for the person linked to a verified Firebase account. The first time they are found by the verified
    phone number and linked; a link is never moved by signing in. Raises FirebaseUnknown."""
    found = person_by_firebase(ctx.session, uid)
    if found is None and phone is not None:
        found = person_by_phone(ctx.session, phone)
        if found is not None and found[1].firebase_uid is not None:
            raise FirebaseUnknown
        if found is not None:
            found[1].firebase_uid = uid
            ctx.session.add(found[1])
            record(ctx, deed="people.firebase_linked", subject=found[0].id)
    if found is None:
        raise FirebaseUnknown
    return _enter(ctx, found[0], Way.firebase, device)


def count_failure(ctx: Ctx, phone: str) -> Refusal:
    """Counts a wrong password or code, on the person or on the stranger; gives the refusal to answer with."""
    found = person_by_phone(ctx.session, phone)
    key = found[1] if found else None
    limits = ctx.settings
    tries = after_failure(_tries(ctx, phone, key), ctx.now(), limits.sign_in_tries_max, limits.sign_in_lock_s)
    row: Credential | StrangerTries = key or _stranger(ctx, phone)
    _keep(ctx, row, tries)
    if tries.locked_until_at is None:
        return SignInRefused()
    if key is not None:
        record(ctx, deed="people.locked_out", subject=key.person_id)
    return SignInLocked(retry_s=tries.locked_s(ctx.now()))


def forget_failures(ctx: Ctx, key: Credential) -> None:
    """The right password was given: earlier wrong ones no longer count."""
    _keep(ctx, key, Tries())


def _tries(ctx: Ctx, phone: str, key: Credential | None) -> Tries:
    return tries_of(key or _stranger(ctx, phone))


def _stranger(ctx: Ctx, phone: str) -> StrangerTries:
    return stranger(ctx.session, stranger_bucket(ctx.settings, phone))


def _keep(ctx: Ctx, row: Credential | StrangerTries, tries: Tries) -> None:
    row.failed_tries, row.tries_since_at, row.locked_until_at = tries.failed, tries.since_at, tries.locked_until_at
    ctx.session.add(row)
    ctx.session.flush()


def _enter(ctx: Ctx, person: Person, way: Way, device: Device) -> Entry:
    announce(ctx, SigningIn(person.id, device.id, device.secret))
    _make_room(ctx, person, device)
    session = SignInSession(
        person_id=person.id,
        device_id=device.id,
        way=way.value,
        seed=new_token(),
        turned_at=ctx.now(),
        expires_at=ctx.now() + timedelta(seconds=ctx.settings.refresh_token_s),
        started_at=ctx.now(),
    )
    ctx.session.add(session)
    ctx.session.flush()
    return _entry(ctx, session)


def _make_room(ctx: Ctx, person: Person, device: Device) -> None:
    """One session of a person on a device; not more than SESSIONS_PER_PERSON_MAX in all, the oldest go."""
    opened = sorted(open_sessions(ctx.session, person.id), key=lambda row: row.turned_at)
    same_device = [row for row in opened if device.id is not None and row.device_id == device.id]
    others = [row for row in opened if row not in same_device]
    _end(ctx, same_device, EndedWhy.signed_out)
    _end(ctx, others[: max(0, len(others) + 1 - SESSIONS_PER_PERSON_MAX)], EndedWhy.expired)


def _entry(ctx: Ctx, session: SignInSession) -> Entry:
    kid, key = present_key(ctx)
    access = Access(session.person_id, session.id, session.device_id, ctx.now() + access_lives(ctx.settings))
    return Entry(
        session_id=session.id,
        person_id=session.person_id,
        device_id=session.device_id,
        access_token=mint_access(ctx.settings, kid, key, access, ctx.now()),
        refresh_token=mint_refresh(ctx.settings, session.id, session.seed, session.turn),
    )


# -- on -----------------------------------------------------------------------------------------------------------


def refresh(ctx: Ctx, text: str) -> Entry | Refusal:
    """New tokens for a refresh token; the old one is used up.

    Rotation with reuse detection (RFC 9700, 4.14.2): every token of a session but the newest is dead, and whoever shows
    a dead one proves that two parties hold the chain, so the whole session ends: the thief's tokens with the owner's.

    One reuse is innocent and common in the field: the answer was lost on the way and the phone asks again. It is told
    apart by this: the token is the last but one, it was used at most REFRESH_RETRY_S ago, and what it was given has
    never been used. Then the *same* successor is given again, not another, so the chain never forks: if a thief made
    that request, either of the two who now hold the successor uses it first, and the other is caught by the rule above.
    """
    named = read_refresh(text)
    session = sign_in_session(ctx.session, named[0]) if named else None
    if named is None or session is None:
        return RefreshRefused()
    if not same(text, mint_refresh(ctx.settings, session.id, session.seed, named[1])) or named[1] > session.turn:
        return RefreshRefused()
    if session.ended_at is not None:
        # A handset that was off line when it was ended learns it here: then it hands in its queue and wipes itself.
        gone = session.ended_why in (EndedWhy.revoked, EndedWhy.lost)
        return SessionEnded(why=session.ended_why) if gone else RefreshRefused()
    if person_by_id(ctx.session, session.person_id).status != PersonStatus.active:
        return RefreshRefused()
    if named[1] == session.turn:
        return _turn(ctx, session)
    if named[1] == session.turn - 1 and ctx.now() - session.turned_at <= timedelta(seconds=REFRESH_RETRY_S):
        return _entry(ctx, session)
    _end(ctx, [session], EndedWhy.reuse)
    record(ctx, deed="people.refresh_reused", subject=session.person_id, session=session.id)
    return RefreshReused()


def _turn(ctx: Ctx, session: SignInSession) -> Entry | Refusal:
    if session.expires_at <= ctx.now():
        _end(ctx, [session], EndedWhy.expired)
        return RefreshRefused()
    session.turn += 1
    session.turned_at = ctx.now()
    session.expires_at = ctx.now() + timedelta(seconds=ctx.settings.refresh_token_s)
    ctx.session.add(session)
    ctx.session.flush()
    return _entry(ctx, session)


# -- out ----------------------------------------------------------------------------------------------------------


def sign_out(ctx: Ctx) -> None:
    """Ends the session of the asker."""
    session = sign_in_session(ctx.session, ctx.principal.session_id)
    if session is None:
        raise NotFound
    _end(ctx, [session], EndedWhy.signed_out)


def sign_out_everywhere(ctx: Ctx) -> None:
    """Ends every session of the asker, this one too."""
    end_sessions(ctx, ctx.principal.person_id, EndedWhy.signed_out)


def end_sessions(ctx: Ctx, person_id: str, why: EndedWhy, besides: str | None = None) -> None:
    """Ends every session of a person, but for `besides`."""
    _end(ctx, [row for row in open_sessions(ctx.session, person_id) if row.id != besides], why)


def end_device_sessions(ctx: Ctx, device_id: str, why: str) -> None:
    """Ends every session on a device, whosoever: it was `lost` or `revoked`."""
    _end(ctx, open_sessions_on(ctx.session, device_id), EndedWhy(why))


def end_run_out_sessions(ctx: Ctx) -> int:
    """Ends sessions whose refresh token ran out unused; gives their number."""
    over = run_out_sessions(ctx.session, ctx.now())
    _end(ctx, over, EndedWhy.expired)
    return len(over)


def _end(ctx: Ctx, sessions: Iterable[SignInSession], why: EndedWhy) -> None:
    ended: dict[str, list[str]] = {}
    for session in sessions:
        if session.ended_at is None:
            session.ended_at, session.ended_why = ctx.now(), why.value
            ctx.session.add(session)
            ended.setdefault(session.person_id, []).append(session.id)
    ctx.session.flush()
    for person_id, ids in ended.items():
        announce(ctx, SessionsEnded(person_id, tuple(ids), why.value))
