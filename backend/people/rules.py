"""What is right among people: phones and passwords, who may dispose of whom, lock-out, and what a handset may hold."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.kernel.authority import OVERSIGHT, PERMISSIONS, STAFF, Grant, Role, outermost
from backend.kernel.errors import Clash, Forbidden, Invalid, NotReady, NotSignedIn, TooMany, Unauthenticated, Unknown
from mobile_contract.people import (
    AREA_PATH_CHARS_MAX,
    PASSWORD_BYTES_MAX,
    PASSWORD_CHARS_MAX,
    PASSWORD_CHARS_MIN,
    AreaKind,
)

ACCESS_LEEWAY_S = 30
"""A retired key is served this much longer than its last token lives."""
REFRESH_RETRY_S = 60
"""Within this time a used refresh token is taken as a repeated request, if what it was given was never used."""
FIRST_CODE_LIVES = timedelta(days=30)
RESET_CODE_LIVES = timedelta(days=1)
STRANGER_BUCKETS = 4_096
MEMBERSHIPS_PER_PERSON_MAX = 8
GRANTS_PER_PERSON_MAX = 40
SESSIONS_PER_PERSON_MAX = 20


class EndedWhy(StrEnum):
    """Why a session is over."""

    signed_out = "signed_out"
    reuse = "reuse"
    revoked = "revoked"
    password_reset = "password_reset"  # noqa: S105 - a reason, not a secret
    expired = "expired"
    lost = "lost"


class Phase(StrEnum):
    """Where a membership or grant stands, as the handsets were last told."""

    coming = "coming"
    current = "current"
    past = "past"


class Way(StrEnum):
    """How a session was begun."""

    password = "password"  # noqa: S105 - a way in, not a secret
    firebase = "firebase"


# -- refusals -----------------------------------------------------------------------------------------------------


class TokenExpired(NotSignedIn):
    code = "auth.token_expired"


class SessionEnded(NotSignedIn):
    code = "auth.session_ended"


class SignInRefused(Unauthenticated):
    code = "people.sign_in_refused"


class SignInLocked(TooMany):
    code = "people.sign_in_locked"


class RefreshRefused(Unauthenticated):
    code = "people.refresh_refused"


class RefreshReused(Unauthenticated):
    code = "people.refresh_reused"


class CodeRefused(Unauthenticated):
    code = "people.code_refused"


class PasswordWrong(Forbidden):
    code = "people.password_wrong"


class PasswordTooShort(Invalid):
    code = "people.password_too_short"


class PasswordTooLong(Invalid):
    code = "people.password_too_long"


class PasswordGuessable(Invalid):
    code = "people.password_guessable"


class FirebaseOff(Unknown):
    code = "people.firebase_off"


class FirebaseRefused(Unauthenticated):
    code = "people.firebase_refused"


class FirebaseUnknown(Unauthenticated):
    code = "people.firebase_unknown"


class FirebaseUnreachable(NotReady):
    code = "people.firebase_unreachable"


class PhoneInvalid(Invalid):
    code = "people.phone_invalid"


class PhoneTaken(Clash):
    code = "people.phone_taken"


class PersonLeft(Clash):
    code = "people.person_left"


class OutsideArea(Forbidden):
    code = "people.outside_area"


class AboveOwnRole(Forbidden):
    code = "people.above_own_role"


class LastAdmin(Clash):
    code = "people.last_admin"


class RoleAlreadyHeld(Clash):
    code = "people.role_already_held"


class TooManyRoles(Clash):
    code = "people.too_many_roles"


class AreaUnknown(Invalid):
    code = "people.area_unknown"


class AreaExists(Clash):
    code = "people.area_exists"


class AreaMisplaced(Invalid):
    code = "people.area_misplaced"


class OutlineInvalid(Invalid):
    code = "people.outline_invalid"


class TeamUnknown(Invalid):
    code = "people.team_unknown"


class TeamDissolved(Clash):
    code = "people.team_dissolved"


class AlreadyMember(Clash):
    code = "people.already_member"


class NotMember(Clash):
    code = "people.not_member"


class TooManyTeams(Clash):
    code = "people.too_many_teams"


class TimesReversed(Invalid):
    code = "people.times_reversed"


class NoticeExists(Clash):
    code = "people.notice_exists"


class NoticeNotInForce(Clash):
    code = "people.notice_not_in_force"


class DistrictExists(Clash):
    code = "people.district_exists"


class FileUnreadable(Invalid):
    code = "people.file_unreadable"


class FileTooLarge(Invalid):
    code = "people.file_too_large"


class TooManyRows(Invalid):
    code = "people.too_many_rows"


class ColumnMissing(Invalid):
    code = "people.column_missing"


class NameMissing(Invalid):
    code = "people.name_missing"


class NameInvalid(Invalid):
    code = "people.name_invalid"


class PhoneTwice(Invalid):
    code = "people.phone_twice"


class RoleUnknown(Invalid):
    code = "people.role_unknown"


# -- phones and passwords -----------------------------------------------------------------------------------------

_MOBILE = re.compile(r"(?:\+|00)?(?:86)?(1[3-9][0-9]{9})")


def phone_of(text: str) -> str:
    """A mainland mobile as `+8613800138000`; spaces, hyphens, full-width digits and +86 are understood.

    Raises PhoneInvalid. Numbering: Telecommunication Network Numbering Plan (MIIT, 2017), mobiles 13x to 19x.
    """
    plain = re.sub(r"[\s()\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", text))
    found = _MOBILE.fullmatch(plain)
    if not found:
        raise PhoneInvalid
    return f"+86{found[1]}"


def check_password(password: str, phone: str) -> None:
    """Refuses a password that is too short, too long or easily guessed (NIST SP 800-63B-4, 3.1.1.2: length counts,
    composition rules do not)."""
    if len(password) < PASSWORD_CHARS_MIN:
        raise PasswordTooShort(min=PASSWORD_CHARS_MIN)
    if len(password) > PASSWORD_CHARS_MAX or len(password.encode()) > PASSWORD_BYTES_MAX:
        raise PasswordTooLong(max=PASSWORD_CHARS_MAX)
    plain = unicodedata.normalize("NFKC", password)
    digits, letters = re.sub(r"\D", "", plain), re.sub(r"[\d\W_]", "", plain)
    rests_on_phone = digits in (phone[3:], phone[1:]) and len(letters) < 4
    if rests_on_phone or len(set(password)) < 3 or any(password in run for run in _RUNS):
        raise PasswordGuessable


_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop")


# -- lock-out -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tries:
    """Wrong passwords of late."""

    failed: int = 0
    since_at: datetime | None = None
    locked_until_at: datetime | None = None

    def locked_s(self, now: datetime) -> int:
        """Seconds until another try is allowed; 0 when it is."""
        if self.locked_until_at is None or self.locked_until_at <= now:
            return 0
        return max(1, int((self.locked_until_at - now).total_seconds()))


def after_failure(tries: Tries, now: datetime, tries_max: int, lock_s: int) -> Tries:
    """One more wrong password: `tries_max` of them within `lock_s` lock the account for `lock_s`."""
    window = timedelta(seconds=lock_s)
    fresh = tries.since_at is None or now - tries.since_at >= window
    failed = 1 if fresh else tries.failed + 1
    return Tries(failed, now if fresh else tries.since_at, now + window if failed >= tries_max else None)


# -- who may dispose of whom --------------------------------------------------------------------------------------

RANK: dict[Role, int] = {
    Role.citizen: 0,
    Role.crew: 1,
    Role.collector: 1,
    Role.gas_worker: 1,
    Role.handler: 1,
    Role.checker: 2,
    Role.station_operator: 2,
    Role.acceptor: 2,
    Role.ganger: 3,
    Role.dispatcher: 4,
    Role.evaluator: 4,
    Role.supervisor: 5,
    Role.leader: 6,
    Role.admin: 7,
}
"""Who stands above whom: a role is given, taken and looked after by an equal or a higher one."""


def check_disposal(own: Iterable[Grant], permission: str, role: Role, area: str) -> None:
    """Refuses unless a role that holds `permission` is held over `area` and stands no lower than `role`."""
    here = [g for g in own if g.role in PERMISSIONS[permission] and area.startswith(g.area)]
    if not here:
        raise OutsideArea(area=area)
    if all(RANK[g.role] < RANK[role] for g in here):
        raise AboveOwnRole(role=role.value)


def check_care(own: Sequence[Grant], permission: str, home: str, theirs: Iterable[Grant]) -> None:
    """Refuses unless the asker may look after a person: where the person is employed, and for every role they hold."""
    check_disposal(own, permission, Role.citizen, home)
    for grant in theirs:
        check_disposal(own, permission, grant.role, grant.area)


def check_times(since_at: datetime, until_at: datetime | None) -> None:
    """Refuses an end that is not after its beginning."""
    if until_at is not None and until_at <= since_at:
        raise TimesReversed


def phase_of(since_at: datetime, until_at: datetime | None, now: datetime) -> Phase:
    """Where a span of time stands at `now`."""
    if until_at is not None and until_at <= now:
        return Phase.past
    return Phase.current if since_at <= now else Phase.coming


# -- areas and scopes ---------------------------------------------------------------------------------------------

_LEVELS = list(AreaKind)


def child_path(parent: str, parent_kind: AreaKind, code: str, kind: AreaKind) -> str:
    """The path of an area inside another; refuses one that is not of a lower level, or too deep."""
    path = f"{parent}{code}/"
    if _LEVELS.index(kind) <= _LEVELS.index(parent_kind) or len(path) > AREA_PATH_CHARS_MAX:
        raise AreaMisplaced(kind=kind.value, parent=parent_kind.value)
    return path


def scopes_of(person_id: str, grants: Iterable[Grant], team_ids: Iterable[str], district: str) -> frozenset[str]:
    """All that a person's handsets may hold: their own rows, their teams', the areas they look over from a desk, the
    district's reference data, what cylinders are verified by for whoever scans them, and the components where they work
    for whoever may propose to change one. Nothing for somebody without a role and team: pass none for one who left."""
    grants, teams = list(grants), [f"team:{team_id}" for team_id in team_ids]
    if not teams and not any(g.role in STAFF for g in grants):
        return frozenset({f"user:{person_id}"} if grants else ())
    desks = outermost(g.area for g in grants if g.role in OVERSIGHT)
    gas = [f"gas:{district}"] if any(g.role in PERMISSIONS["gas.scan"] for g in grants) else []
    walks = outermost(g.area for g in grants if g.role in PERMISSIONS["components.propose"])
    places = [*(f"area:{path}" for path in desks), *(f"components:{path}" for path in walks)]
    return frozenset({f"user:{person_id}", f"district:{district}", *gas, *teams, *places})
