"""The gateway to Firebase Cloud Messaging, by firebase-admin (HTTP v1)."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from backend.kernel.ids import token_hash
from backend.kernel.settings import Settings
from backend.notifications.pushes import Answer, Fate, Gateway, NoGateway, Push
from mobile_contract.notices import PushGateway

AT_ONCE = 16
"""Requests under way at a time."""
TIMEOUT_S = 10
NEEDED = ("project_id", "client_email", "private_key", "token_uri")
"""What a key file of a service account holds."""


class Fcm:
    """Sends by the HTTP v1 API. A token that nobody has any more, and rest that is asked for, are answers.

    The library would sleep in the caller's thread while the service asks for rest; that is left to the jobs, so its
    retries are switched off.
    """

    def __init__(self, credentials: Path, url: str) -> None:
        import firebase_admin
        from firebase_admin import credentials as certificates
        from firebase_admin import messaging
        from requests.adapters import HTTPAdapter

        name = f"gridcrew-fcm:{token_hash(f'{credentials}|{url}')[:16]}"
        known = firebase_admin._apps.get(name)
        self._app = known or firebase_admin.initialize_app(
            certificates.Certificate(str(credentials)), {"httpTimeout": TIMEOUT_S}, name
        )
        service = messaging._get_messaging_service(self._app)
        for scheme in ("https://fcm.googleapis.com", "https://", "http://"):
            service._client.session.mount(scheme, HTTPAdapter(pool_maxsize=AT_ONCE, max_retries=0))
        if url:
            service._fcm_url = f"{url.rstrip('/')}/v1/projects/{self._app.project_id}/messages:send"

    def send(self, pushes: Sequence[Push]) -> list[Answer]:
        """One answer a push, in their order."""
        with ThreadPoolExecutor(min(AT_ONCE, max(len(pushes), 1)), thread_name_prefix="gridcrew-fcm") as pool:
            return list(pool.map(self._send, pushes))

    def _send(self, push: Push) -> Answer:
        from firebase_admin import exceptions, messaging
        from google.auth.exceptions import GoogleAuthError, TransportError

        try:
            messaging.send(message_of(push), app=self._app)
        except (messaging.UnregisteredError, messaging.SenderIdMismatchError) as fault:
            return Answer(Fate.gone, why=_told(fault))
        except exceptions.InvalidArgumentError as fault:
            return Answer(Fate.gone if _names_the_token(fault) else Fate.refused, why=_told(fault))
        except exceptions.FirebaseError as fault:
            resting = fault.code in (
                exceptions.RESOURCE_EXHAUSTED,
                exceptions.UNAVAILABLE,
                exceptions.INTERNAL,
                exceptions.DEADLINE_EXCEEDED,
            )
            return (
                Answer(Fate.resting, _rest_s(fault), _told(fault))
                if resting
                else Answer(Fate.refused, None, _told(fault))
            )
        except GoogleAuthError as fault:
            passing = fault.retryable or isinstance(fault, TransportError)
            return Answer(Fate.resting if passing else Fate.refused, why=_told(fault))
        return Answer(Fate.taken)


def message_of(push: Push) -> Any:
    """The push as the library sends it: data only for a poke; shown, and worth waking the phone for, otherwise."""
    from firebase_admin import messaging as m

    shown = push.title is not None
    loud = "high" if shown else "normal"
    aps = m.Aps(sound="default") if push.urgent else m.Aps(content_available=not shown or None)
    headers = {
        "apns-push-type": "alert" if shown else "background",
        "apns-priority": "10" if shown else "5",
        "apns-collapse-id": push.collapse,
    }
    message = m.Message(
        data=dict(push.data),
        notification=m.Notification(title=push.title) if shown else None,
        android=m.AndroidConfig(
            collapse_key=push.collapse,
            priority=loud,
            ttl=timedelta(seconds=push.ttl_s),
            notification=m.AndroidNotification(tag=push.collapse) if shown else None,
        ),
        apns=m.APNSConfig(headers=headers, payload=m.APNSPayload(aps=aps)),
    )
    message.token = push.token  # what phones have; the library would rather be given installation ids, and warns
    return message


def _names_the_token(fault: Any) -> bool:
    """Whether it is the token that is malformed, and not our message."""
    try:
        details = fault.http_response.json()["error"].get("details", [])
        fields = [v.get("field") for d in details for v in d.get("fieldViolations", [])]
    except (AttributeError, KeyError, TypeError, ValueError):
        fields = []
    return "message.token" in fields or "not a valid FCM registration token" in str(fault)


def _rest_s(fault: Any) -> float | None:
    """What Retry-After said, in seconds; dates are left to our own pause."""
    said = fault.http_response.headers.get("Retry-After", "") if fault.http_response is not None else ""
    return float(said) if said.isdecimal() else None


def _told(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:300]


# -- which one ------------------------------------------------------------------------------------------------------


def gateway(settings: Settings) -> Gateway:
    """The gateway that the settings ask for."""
    if settings.push_gateway is PushGateway.fcm:
        assert settings.fcm_credentials is not None, "the settings refuse this"
        return _fcm(settings.fcm_credentials, settings.fcm_url)
    return NoGateway()


@lru_cache(maxsize=8)
def _fcm(credentials: Path, url: str) -> Fcm:
    return Fcm(credentials, url)


def refuse_half_configured(settings: Settings) -> None:
    """Refuses to start with a gateway that could never send; the key file is read, Google is not asked."""
    if settings.push_gateway is not PushGateway.fcm or settings.fcm_credentials is None:
        return
    try:
        key = json.loads(settings.fcm_credentials.read_bytes())
        lacking = [name for name in NEEDED if not key.get(name)]
    except (OSError, ValueError, AttributeError) as fault:
        raise RuntimeError(f"GRIDCREW_FCM_CREDENTIALS cannot be read as a key file: {fault}") from fault
    if lacking:
        raise RuntimeError(f"GRIDCREW_FCM_CREDENTIALS is no service account's key file: {', '.join(lacking)} missing")
    try:
        _fcm(settings.fcm_credentials, settings.fcm_url)
    except ImportError as fault:
        raise RuntimeError("pushing by FCM needs the extra: pip install 'gridcrew[firebase]'") from fault
    except ValueError as fault:
        raise RuntimeError(f"GRIDCREW_FCM_CREDENTIALS is refused: {fault}") from fault
