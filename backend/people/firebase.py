"""The gateway to Firebase Authentication: is this ID token real, and whose is it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from backend.kernel.settings import Settings
from backend.people.rules import FirebaseOff, FirebaseRefused, FirebaseUnreachable

EMULATOR = "FIREBASE_AUTH_EMULATOR_HOST"
"""With this variable the library believes unsigned tokens."""
APP = "gridcrew"


@dataclass(frozen=True, slots=True)
class FirebaseUser:
    """Who an ID token speaks for. `phone` (E.164) is set only when Firebase has verified it."""

    uid: str
    phone: str | None


class IdTokens(Protocol):
    """Verifies ID tokens."""

    def verify(self, id_token: str) -> FirebaseUser:
        """Whose token it is. Raises FirebaseRefused, FirebaseUnreachable or FirebaseOff."""


class NoIdTokens:
    """This way in is switched off."""

    def verify(self, id_token: str) -> FirebaseUser:
        raise FirebaseOff


class FirebaseIdTokens:
    """By firebase-admin, which checks signature, project, issuer and time. Needs no service account."""

    def __init__(self, project: str) -> None:
        import firebase_admin
        from firebase_admin import credentials
        from google.auth.credentials import AnonymousCredentials

        class Nobody(credentials.Base):  # type: ignore[misc]  # the library has no types
            def get_credential(self) -> Any:
                return AnonymousCredentials()  # type: ignore[no-untyped-call]

        name = f"{APP}:{project}"
        known = firebase_admin._apps.get(name)
        self._app = known or firebase_admin.initialize_app(Nobody(), {"projectId": project, "httpTimeout": 10}, name)

    def verify(self, id_token: str) -> FirebaseUser:
        from firebase_admin import auth

        try:
            said = auth.verify_id_token(id_token, app=self._app, clock_skew_seconds=10)
        except auth.CertificateFetchError as fault:
            raise FirebaseUnreachable from fault
        except (auth.InvalidIdTokenError, ValueError) as fault:
            raise FirebaseRefused from fault
        phone = said.get("phone_number")
        return FirebaseUser(said["uid"], phone if isinstance(phone, str) else None)


def id_tokens(settings: Settings) -> IdTokens:
    """The verifier that the settings ask for."""
    return FirebaseIdTokens(settings.firebase_project) if settings.firebase_project else NoIdTokens()


def refuse_emulator(settings: Settings, environ: Mapping[str, str]) -> None:
    """Refuses to start where forged tokens would be believed: with the emulator's variable, outside tests."""
    if environ.get(EMULATOR) and not settings.testing:
        raise RuntimeError(f"{EMULATOR} is set: unsigned Firebase tokens would be believed. Unset it and start again.")
