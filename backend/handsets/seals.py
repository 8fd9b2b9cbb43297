"""The order to wipe, sealed by the server: a phone wipes itself for nobody else. Pure."""

import base64
import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def _key(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"gridcrew wipe orders" + secret.encode()).digest())


def wipe_key(secret: str) -> str:
    """The public key that a phone is given at enrolment: 32 bytes, base64url without padding."""
    return _spelled(_key(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def signed_order(secret: str, device_id: str, status: str, ended_ms: int) -> str:
    """The signature of an order to wipe, base64url without padding."""
    return _spelled(_key(secret).sign(words(device_id, status, ended_ms)))


def is_ours(secret: str, device_id: str, status: str, ended_ms: int, signature: str) -> bool:
    """Whether the server gave this order."""
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        _key(secret).public_key().verify(raw, words(device_id, status, ended_ms))
    except (InvalidSignature, ValueError):
        return False
    return True


def words(device_id: str, status: str, ended_ms: int) -> bytes:
    """What is signed."""
    return f"gridcrew wipe 1|{device_id}|{status}|{ended_ms}".encode()


def _spelled(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
