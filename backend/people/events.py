"""What people announce: facts and ids, told in the transaction that makes them true."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SigningIn:
    """Somebody has shown who they are; a listener may still refuse the device. Told before a session exists."""

    person_id: str
    device_id: str | None
    device_secret: str | None


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    """These sessions are over; `why` is one of signed_out, reuse, revoked, password_reset, expired, lost."""

    person_id: str
    session_ids: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class PersonJoined:
    """Somebody was taken on."""

    person_id: str


@dataclass(frozen=True, slots=True)
class PersonLeft:
    """Somebody works here no more."""

    person_id: str


@dataclass(frozen=True, slots=True)
class TeamsChanged:
    """A person is in other teams than before, from now on."""

    person_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """A person holds other roles than before, from now on."""

    person_id: str
