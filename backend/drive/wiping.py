"""A phone's end: it wipes itself only by an order that its own server has signed, and says when it has."""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_genuine(order: Mapping[str, Any], wipe_key: str, device_id: str) -> bool:
    """Whether the order is for this phone and signed with the key it was given at enrolment."""
    device, status, ended_ms, signature = (order.get(name) for name in ("device_id", "status", "ended_ms", "signature"))
    said = f"gridcrew wipe 1|{device}|{status}|{ended_ms}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(_raw(wipe_key)).verify(_raw(str(signature)), said)
    except (InvalidSignature, ValueError):
        return False
    return bool(device == device_id)


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
