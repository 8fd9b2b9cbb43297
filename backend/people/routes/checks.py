"""What is looked at before the turn to write: passwords, codes, refresh tokens, Firebase tokens.

Each check reads on a reader's snapshot and hashes in its own turn. The action looks again, inside the transaction, at
what may have moved meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from backend.kernel.http import Caller, House, house_of
from backend.people.actions import Checked, Device
from backend.people.firebase import FirebaseUser
from backend.people.passwords import code_mac, same
from backend.people.queries.lookups import Standing, own_standing, sign_in_session, standing
from backend.people.routes.doorkeeper import doorkeeper_of
from backend.people.rules import RefreshRefused, SignInLocked, check_password, phone_of
from backend.people.tokens import mint_refresh, read_refresh
from mobile_contract import people as wire

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PasswordTry:
    """A phone number, what came of its password, and the device it came from."""

    phone: str
    checked: Checked
    device: Device


@dataclass(frozen=True, slots=True)
class NewPasswordTry:
    """Leave to set a new password; `new_hash` is None when there is none."""

    phone: str
    checked: Checked
    new_hash: str | None
    code: str = ""


@dataclass(frozen=True, slots=True)
class FirebaseTry:
    """Whose ID token it was, and the device it came from."""

    user: FirebaseUser
    device: Device


async def _password_try(request: Request, ask: wire.SignIn) -> PasswordTry:
    keeper, phone = await doorkeeper_of(request), phone_of(ask.phone)
    keeper.admit(_address(request), phone)
    known = await _standing(request, phone)
    checked = await keeper.check(ask.password, known.password_hash)
    if checked.right:
        keeper.forgive(phone)
    return PasswordTry(phone, checked, Device(ask.device_id, ask.device_secret))


async def _code_try(request: Request, ask: wire.SetPassword) -> NewPasswordTry:
    keeper, phone = await doorkeeper_of(request), phone_of(ask.phone)
    keeper.admit(_address(request), phone)
    check_password(ask.new_password, phone)
    known = await _standing(request, phone)
    settings = house_of(request).settings
    right = bool(
        known.person_id and known.code_mac and same(code_mac(settings, known.person_id, ask.code), known.code_mac)
    )
    new_hash = await keeper.hash(ask.new_password) if right else None
    return NewPasswordTry(phone, Checked(right, known.password_hash), new_hash, ask.code)


async def _change_try(request: Request, caller: Caller, ask: wire.ChangePassword) -> NewPasswordTry:
    keeper = await doorkeeper_of(request)
    now = house_of(request).clock.now()
    phone, known = await _read(request, lambda _house, session: own_standing(session, caller.person_id, now))
    keeper.admit(_address(request), phone)
    check_password(ask.new_password, phone)
    _refuse_locked(known)
    checked = await keeper.check(ask.password, known.password_hash)
    new_hash = await keeper.hash(ask.new_password) if checked.right else None
    return NewPasswordTry(phone, checked, new_hash)


async def _firebase_try(request: Request, ask: wire.FirebaseSignIn) -> FirebaseTry:
    keeper = await doorkeeper_of(request)
    keeper.admit(_address(request))
    return FirebaseTry(await keeper.whose(ask.id_token), Device(ask.device_id, ask.device_secret))


async def _refresh_try(request: Request, ask: wire.Refresh) -> str:
    """A forged token is refused here, before it takes a turn to write."""
    named = read_refresh(ask.refresh_token)
    if named is None:
        raise RefreshRefused
    session_id, turn = named

    def is_ours(house: House, session: Session) -> bool:
        row = sign_in_session(session, session_id)
        return row is not None and same(ask.refresh_token, mint_refresh(house.settings, row.id, row.seed, turn))

    if not await _read(request, is_ours):
        raise RefreshRefused
    return ask.refresh_token


PasswordChecked = Annotated[PasswordTry, Depends(_password_try)]
CodeChecked = Annotated[NewPasswordTry, Depends(_code_try)]
ChangeChecked = Annotated[NewPasswordTry, Depends(_change_try)]
FirebaseChecked = Annotated[FirebaseTry, Depends(_firebase_try)]
RefreshChecked = Annotated[str, Depends(_refresh_try)]


async def _standing(request: Request, phone: str) -> Standing:
    now = house_of(request).clock.now()
    known = await _read(request, lambda house, session: standing(session, house.settings, phone, now))
    _refuse_locked(known)
    return known


def _refuse_locked(known: Standing) -> None:
    if known.locked_s:
        raise SignInLocked(retry_s=known.locked_s)


async def _read(request: Request, look: Callable[[House, Session], T]) -> T:
    house = house_of(request)

    def read() -> T:
        with house.db.reading() as session:
            return look(house, session)

    return await run_in_threadpool(read)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
