"""Keys of filling stations and the blocked list, signed: what a handset needs to judge a cylinder without a network."""

from base64 import b64decode
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field

from mobile_contract.base import Ask, At, Id, Wire
from qr.signing import KEY_BYTES, KEY_ID_MAX, REVOCATIONS_PER_KEY_MAX, STATION_MAX, KeyRing, Revocation, StationKey

PACK_CONTEXT = b"gridcrew gas pack 1\x00"
RECENT_MAX = 5_000


class RevokedFills(Wire):
    """Fills in a range of time that are not believed. `until_at` null: for ever."""

    since_at: At
    until_at: At | None = None


class GasStationKey(Wire):
    """A filling station's public key as it travels; never taken away, only bounded in time."""

    id: Id
    key_id: int
    station: int
    public_key: str
    """32 bytes in hexadecimal digits."""
    valid_from_at: At
    valid_until_at: At | None
    revoked: list[RevokedFills]
    area_path: str


class GasPack(Wire):
    """Every cylinder that must not be handed over, in few bytes, signed by the server.

    `filter` is a binary fuse filter (see blocked_filter.py) in Base64: a hit means "probably blocked", one of 256 is
    false. `recent` names exactly what was blocked in the last days. After `expires_at` a green light turns amber.
    """

    id: Id
    issued_at: At
    expires_at: At
    rule_version: str
    blocked: int
    """How many cylinders the filter holds."""
    filter: str
    recent: list[str]
    """The first 16 hexadecimal digits of SHA-256 over each cylinder's name."""
    public_key: str
    """The server's; a phone keeps the first one it was told over its own connection and takes no other."""
    signature: str
    area_path: str

    def signed_bytes(self) -> bytes:
        """What the signature is made over."""
        told = (
            self.id,
            self.issued_at.isoformat(),
            self.expires_at.isoformat(),
            self.rule_version,
            str(self.blocked),
            self.filter,
            ",".join(self.recent),
        )
        return PACK_CONTEXT + "\n".join(told).encode()

    def is_genuine(self, public_key: str) -> bool:
        """Whether the server that holds this key made the pack."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
            key.verify(b64decode(self.signature), self.signed_bytes())
        except (InvalidSignature, ValueError):
            return False
        return True

    def is_fresh(self, now: datetime) -> bool:
        """Whether it has not run out."""
        return now < self.expires_at


def ring_of(keys: Iterable[GasStationKey]) -> KeyRing:
    """The key ring by which seals are verified, on a handset and at the desk alike."""
    made = [
        StationKey(
            key.key_id,
            key.station,
            bytes.fromhex(key.public_key),
            key.valid_from_at,
            key.valid_until_at,
            tuple(Revocation(each.since_at, each.until_at) for each in key.revoked),
        )
        for key in keys
    ]
    return KeyRing(tuple(sorted(made, key=lambda key: key.key_id)))


# -- what the desk asks --------------------------------------------------------------------------------------------


class NewStationKey(Ask):
    """`POST /gas/v1/station-keys`: a key id is never used again."""

    key_id: Annotated[int, Field(ge=1, le=KEY_ID_MAX, strict=True)]
    station: Annotated[int, Field(ge=0, le=STATION_MAX, strict=True)]
    public_key: Annotated[str, Field(pattern=rf"^[0-9a-f]{{{2 * KEY_BYTES}}}$")]
    valid_from_at: At
    valid_until_at: At | None = None


class BoundStationKey(Ask):
    """`POST /gas/v1/station-keys/{id}/bound`: ends a key, or says which of its fills are not believed."""

    valid_until_at: At | None = None
    revoke_since_at: At | None = None
    revoke_until_at: At | None = None


REVOCATIONS_MAX = REVOCATIONS_PER_KEY_MAX
