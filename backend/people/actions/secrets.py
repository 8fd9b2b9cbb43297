"""Passwords set and reset. Hashes are made by the doors, before the turn to write."""

from datetime import timedelta

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.ids import new_code
from backend.people.actions.sessions import Checked, count_failure, end_sessions, forget_failures
from backend.people.passwords import code_mac, same
from backend.people.queries.lookups import credential, person_by_phone, tries_of
from backend.people.queries.roster import lasting_grants, person_row
from backend.people.rules import (
    RESET_CODE_LIVES,
    CodeRefused,
    EndedWhy,
    PasswordWrong,
    PersonLeft,
    SignInLocked,
    check_care,
)
from backend.people.tables import Credential
from mobile_contract.people import OneTimeCode, PersonStatus
from sync.refusal import Refusal


def reset_password(ctx: Ctx, person_id: str) -> OneTimeCode:
    """Ends the person's password and sessions; gives the code with which they set a new one.

    Only for persons employed in the asker's areas, none of whose roles stands above the asker's or outside the areas.
    """
    person = person_row(ctx, person_id, "people.reset_password")
    if person.status != PersonStatus.active:
        raise PersonLeft
    check_care(ctx.principal.grants, "people.reset_password", person.area, lasting_grants(ctx, person.id))
    key = credential(ctx.session, person.id)
    key.password_hash = None
    forget_failures(ctx, key)
    end_sessions(ctx, person.id, EndedWhy.password_reset)
    record(ctx, deed="people.password_reset", subject=person.id)
    return give_code(ctx, key, RESET_CODE_LIVES)


def give_code(ctx: Ctx, key: Credential, lives: timedelta) -> OneTimeCode:
    """A new one-time code in place of any earlier one. The only time it is seen."""
    code, expires_at = new_code(), ctx.now() + lives
    key.code_mac, key.code_expires_at = code_mac(ctx.settings, key.person_id, code), expires_at
    ctx.session.add(key)
    ctx.session.flush()
    return OneTimeCode(person_id=key.person_id, code=code, expires_at=expires_at)


def set_password(ctx: Ctx, phone: str, code: str, new_hash: str | None) -> Refusal | None:
    """Sets the password of whoever has the phone and the code; the code is used up, other sessions end.

    `new_hash` is None when the door already saw that the code is wrong. Wrong codes count as wrong passwords do, so
    the refusal is returned and what was counted is kept.
    """
    found = person_by_phone(ctx.session, phone)
    key = found[1] if found else None
    if key is not None and (wait_s := tries_of(key).locked_s(ctx.now())):
        return SignInLocked(retry_s=wait_s)
    if key is None or new_hash is None or not _is_code(ctx, key, code):
        refusal = count_failure(ctx, phone)
        return refusal if isinstance(refusal, SignInLocked) else CodeRefused()
    _replace(ctx, key, new_hash)
    end_sessions(ctx, key.person_id, EndedWhy.password_reset)
    record(ctx, deed="people.password_set_by_code", subject=key.person_id)
    return None


def change_password(ctx: Ctx, phone: str, checked: Checked, new_hash: str | None) -> Refusal | None:
    """Changes the asker's password if the present one was right; their other sessions end."""
    key = credential(ctx.session, ctx.principal.person_id)
    if wait_s := tries_of(key).locked_s(ctx.now()):
        return SignInLocked(retry_s=wait_s)
    if not checked.right or new_hash is None or key.password_hash != checked.kept:
        refusal = count_failure(ctx, phone)
        return refusal if isinstance(refusal, SignInLocked) else PasswordWrong()
    _replace(ctx, key, new_hash)
    end_sessions(ctx, key.person_id, EndedWhy.password_reset, besides=ctx.principal.session_id)
    record(ctx, deed="people.password_changed", subject=key.person_id)
    return None


def _replace(ctx: Ctx, key: Credential, new_hash: str) -> None:
    key.password_hash, key.must_change_password = new_hash, False
    key.code_mac = key.code_expires_at = None
    forget_failures(ctx, key)


def _is_code(ctx: Ctx, key: Credential, code: str) -> bool:
    if key.code_mac is None or key.code_expires_at is None or key.code_expires_at <= ctx.now():
        return False
    return same(code_mac(ctx.settings, key.person_id, code), key.code_mac)
