"""Signed labels that are checked without a network: the seal of one fill, and the check of a customer code. Pure.

A seal is `HTTPS://HOST/F/` and the Base32 (no padding needed) of 90 bytes, all integers big-endian:

    byte   bits  what
    0      8     version of this layout, 1
    1-2    16    key id of the filling station's key, 1 to 65535
    3-9    2     form of the cylinder: 0 = its 16-digit code as a number, 1 = hash of its name
           54    the code, or the first 54 bits of SHA-256 over the UTF-8 name (`qr.payload.cylinder_key`)
    10-12  24    filled at, minutes since 2024-01-01T00:00Z (until 2055)
    13-14  16    net content in steps of 10 g
    15-16  16    tare in steps of 10 g
    17-19  12    inspection due, months since 2000-01, 4095 = not stated
           12    end of life, likewise
    20-21  16    station number
    22-25  32    seal nonce: the same nonce delivered twice is a copied or re-used seal
    26-89  512   Ed25519 signature over `b"gridcrew seal 1\\0"` and bytes 0 to 25

Source: the layout is the project's own (brief, gas 5.1; its hash was to have 64 bits, which 90 bytes do not hold).
Ed25519 is that of the `cryptography` package. Limit known to us: who steals a key chooses the fill time he writes, so a
revocation should reach as far back as the theft may; a copied seal is only found by its nonce.
"""

import hmac
import re
from base64 import b32decode, b32encode
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from qr.payload import CUSTOMER_CHECK_CHARS, Payload, Seal, cylinder_key

SEAL_VERSION = 1
SEAL_DATA_BYTES = 26
SEAL_BYTES = 90
KEY_BYTES = 32
KEY_ID_MAX = 0xFFFF
STATION_MAX = 0xFFFF
NONCE_MAX = 0xFFFF_FFFF
WEIGHT_STEP_G = 10
WEIGHT_MAX_G = 0xFFFF * WEIGHT_STEP_G
KEYS_PER_RING_MAX = 1_000
REVOCATIONS_PER_KEY_MAX = 100
SECRET_MIN_BYTES = 16
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_MINUTES_MAX = (1 << 24) - 1
_MONTHS_FROM_YEAR = 2000
_MONTH_UNKNOWN = 0xFFF
_HASH_BITS = 54
_CODE_MAX = 10**16 - 1
_SEAL_CONTEXT = b"gridcrew seal 1\x00"
_CUSTOMER_CONTEXT = b"gridcrew customer 1\x00"


class SealFault(StrEnum):
    """Why a seal was refused. The values are for ever."""

    not_a_seal = "not_a_seal"
    malformed = "malformed"
    unsupported_version = "unsupported_version"
    unknown_key = "unknown_key"
    bad_signature = "bad_signature"
    wrong_station = "wrong_station"
    outside_key_validity = "outside_key_validity"
    revoked = "revoked"
    other_cylinder = "other_cylinder"


class SealRefused(ValueError):
    """A seal that proves nothing. `certificate` is what it claims where a known key did sign it, else None.

    `unknown_key` means "no data" rather than "false": the key pack may be old.
    """

    def __init__(self, fault: SealFault, certificate: "SealCertificate | None" = None) -> None:
        super().__init__(fault)
        self.fault = fault
        self.certificate = certificate

    @property
    def code(self) -> str:
        """The fault as one of the codes that travel."""
        return f"qr.seal_{self.fault}"


@dataclass(frozen=True, slots=True)
class SealCertificate:
    """What a filling station certifies about one fill.

    `cylinder` is a 16-digit code, or any other name (it then comes back from a seal as its mark, see `cylinder_mark`).
    Weights are multiples of 10 g, `filled_at` is a whole minute, months are YYYY-MM or None.
    """

    cylinder: str
    filled_at: datetime
    net_g: int
    tare_g: int
    inspection_due_month: str | None
    life_end_month: str | None
    station: int
    nonce: int


@dataclass(frozen=True, slots=True)
class VerifiedSeal:
    """A seal that a valid key signed; whether its dates are still good is for the rules of the gas trade."""

    key_id: int
    certificate: SealCertificate


@dataclass(frozen=True, slots=True)
class Revocation:
    """Fills from `since` until before `until` (None: for ever) are not believed."""

    since: datetime
    until: datetime | None = None

    def covers(self, instant: datetime) -> bool:
        """True if a fill at this instant is not believed."""
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True)
class StationKey:
    """A station's public key, good for fills from `valid_from` until before `valid_until` (None: open)."""

    key_id: int
    station: int
    public_key: bytes
    valid_from: datetime
    valid_until: datetime | None = None
    revocations: tuple[Revocation, ...] = ()


class KeyRingError(ValueError):
    """A key ring that would be wrong: a key id used twice, too many keys, an unknown key id, a bad key."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys ever used: they are bounded in time and revoked, never taken out."""

    keys: tuple[StationKey, ...] = ()

    def get(self, key_id: int) -> StationKey | None:
        """The key of this id."""
        return next((key for key in self.keys if key.key_id == key_id), None)

    def add(self, key: StationKey) -> "KeyRing":
        """The ring with one key more; a key id is never used again."""
        if self.get(key.key_id) is not None or len(self.keys) >= KEYS_PER_RING_MAX:
            raise KeyRingError(f"key id {key.key_id} is taken, or the ring is full")
        if len(key.public_key) != KEY_BYTES or not 1 <= key.key_id <= KEY_ID_MAX or not 0 <= key.station <= STATION_MAX:
            raise KeyRingError(f"key {key.key_id} is out of bounds")
        if any(instant is not None and instant.tzinfo is None for instant in (key.valid_from, key.valid_until)):
            raise KeyRingError(f"key {key.key_id} needs time zones")
        return KeyRing((*self.keys, key))

    def retire(self, key_id: int, until: datetime) -> "KeyRing":
        """The ring in which a key is good for fills before `until` only."""
        return self._with(replace(self._need(key_id), valid_until=until))

    def rotate(self, old_key_id: int, new: StationKey) -> "KeyRing":
        """The ring in which `new` follows the old key at `new.valid_from`, without a gap."""
        return self.retire(old_key_id, new.valid_from).add(new)

    def revoke(self, key_id: int, since: datetime, until: datetime | None = None) -> "KeyRing":
        """The ring in which fills of this key in a range of time are not believed."""
        key = self._need(key_id)
        if len(key.revocations) >= REVOCATIONS_PER_KEY_MAX:
            raise KeyRingError(f"key {key_id} has too many revocations")
        return self._with(replace(key, revocations=(*key.revocations, Revocation(since, until))))

    def _need(self, key_id: int) -> StationKey:
        key = self.get(key_id)
        if key is None:
            raise KeyRingError(f"key {key_id} is unknown")
        return key

    def _with(self, changed: StationKey) -> "KeyRing":
        return KeyRing(tuple(changed if key.key_id == changed.key_id else key for key in self.keys))


class SealSigner:
    """A station's private key: makes seals. Keep it at the station, never on a handset."""

    def __init__(self, key_id: int, seed: bytes) -> None:
        assert 1 <= key_id <= KEY_ID_MAX, "a key id has 16 bits"
        assert len(seed) == KEY_BYTES, "the seed is 32 random bytes"
        self._key_id = key_id
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """The 32 bytes for the key ring."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, certificate: SealCertificate, origin: str) -> Seal:
        """The seal of a certificate; `qr.payload.format` makes it the text to print. ValueError if a field is out of
        bounds."""
        data = _packed(self._key_id, certificate)
        return Seal(b32encode(data + self._key.sign(_SEAL_CONTEXT + data)).decode("ascii"), origin)


def verify(label: Payload, ring: KeyRing, cylinder: Payload | str | None = None) -> VerifiedSeal:
    """Check a seal without a network; with `cylinder` (its label or name) also that it was made for that cylinder.

    Raises SealRefused. Without `cylinder` the caller has to compare `certificate.cylinder` himself.
    """
    data, signature = _raw(label)
    key = ring.get(int.from_bytes(data[1:3]))
    if key is None:
        raise SealRefused(SealFault.unknown_key)
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, _SEAL_CONTEXT + data)
    except InvalidSignature as wrong:
        raise SealRefused(SealFault.bad_signature) from wrong
    certificate = _unpacked(data)
    _need_good_key(key, certificate)
    if cylinder is not None:
        name = cylinder if isinstance(cylinder, str) else cylinder_key(cylinder)
        if name is None or cylinder_mark(name) != cylinder_mark(certificate.cylinder):
            raise SealRefused(SealFault.other_cylinder, certificate)
    return VerifiedSeal(key.key_id, certificate)


def cylinder_mark(name: str) -> str:
    """How a seal names a cylinder: its 16-digit code itself, or `#` and 14 hexadecimal digits of a hash of its name."""
    if _is_code(name) or _is_mark(name):
        return name
    return f"#{_hash(name):014x}"


def _raw(label: Payload) -> tuple[bytes, bytes]:
    if not isinstance(label, Seal):
        raise SealRefused(SealFault.not_a_seal)
    try:
        raw = b32decode(label.body)
    except ValueError as wrong:
        raise SealRefused(SealFault.malformed) from wrong
    if len(raw) != SEAL_BYTES:
        raise SealRefused(SealFault.malformed)
    if raw[0] != SEAL_VERSION:
        raise SealRefused(SealFault.unsupported_version)
    return raw[:SEAL_DATA_BYTES], raw[SEAL_DATA_BYTES:]


def _need_good_key(key: StationKey, certificate: SealCertificate) -> None:
    filled_at = certificate.filled_at
    if certificate.station != key.station:
        raise SealRefused(SealFault.wrong_station, certificate)
    if filled_at < key.valid_from or (key.valid_until is not None and filled_at >= key.valid_until):
        raise SealRefused(SealFault.outside_key_validity, certificate)
    if any(revocation.covers(filled_at) for revocation in key.revocations):
        raise SealRefused(SealFault.revoked, certificate)


def _packed(key_id: int, certificate: SealCertificate) -> bytes:
    months = _month_number(certificate.inspection_due_month) << 12 | _month_number(certificate.life_end_month)
    return b"".join(
        (
            SEAL_VERSION.to_bytes(1),
            key_id.to_bytes(2),
            _cylinder_bits(certificate.cylinder).to_bytes(7),
            _minutes(certificate.filled_at).to_bytes(3),
            _weight_steps(certificate.net_g).to_bytes(2),
            _weight_steps(certificate.tare_g).to_bytes(2),
            months.to_bytes(3),
            _bounded("station", certificate.station, STATION_MAX).to_bytes(2),
            _bounded("nonce", certificate.nonce, NONCE_MAX).to_bytes(4),
        )
    )


def _unpacked(data: bytes) -> SealCertificate:
    number = int.from_bytes(data[3:10])
    form, value = number >> _HASH_BITS, number & ((1 << _HASH_BITS) - 1)
    if form > 1 or (form == 0 and value > _CODE_MAX):
        raise SealRefused(SealFault.malformed)
    months = int.from_bytes(data[17:20])
    return SealCertificate(
        cylinder=f"#{value:014x}" if form else f"{value:016d}",
        filled_at=_EPOCH + timedelta(minutes=int.from_bytes(data[10:13])),
        net_g=int.from_bytes(data[13:15]) * WEIGHT_STEP_G,
        tare_g=int.from_bytes(data[15:17]) * WEIGHT_STEP_G,
        inspection_due_month=_month_text(months >> 12),
        life_end_month=_month_text(months & 0xFFF),
        station=int.from_bytes(data[20:22]),
        nonce=int.from_bytes(data[22:26]),
    )


def _cylinder_bits(name: str) -> int:
    if _is_code(name):
        return int(name)
    return 1 << _HASH_BITS | (int(name[1:], 16) if _is_mark(name) else _hash(name))


def _is_code(name: str) -> bool:
    return len(name) == 16 and name.isascii() and name.isdecimal()


def _is_mark(name: str) -> bool:
    is_hex = set(name[1:]) <= set("0123456789abcdef")
    return len(name) == 15 and name[0] == "#" and is_hex and int(name[1:], 16) >> _HASH_BITS == 0


def _hash(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:8]) >> (64 - _HASH_BITS)


def _minutes(filled_at: datetime) -> int:
    if filled_at.tzinfo is None or filled_at.second or filled_at.microsecond:
        raise ValueError("filled_at must be a whole minute with a time zone")
    return _bounded("filled_at", int((filled_at - _EPOCH).total_seconds()) // 60, _MINUTES_MAX)


def _weight_steps(weight_g: int) -> int:
    if weight_g % WEIGHT_STEP_G:
        raise ValueError("weights come in steps of 10 g")
    return _bounded("weight", weight_g // WEIGHT_STEP_G, 0xFFFF)


def _month_number(month: str | None) -> int:
    if month is None:
        return _MONTH_UNKNOWN
    match = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", month)
    if match is None:
        raise ValueError(f"month is not YYYY-MM: {month}")
    number = (int(match[1]) - _MONTHS_FROM_YEAR) * 12 + int(match[2]) - 1
    return _bounded("month", number, _MONTH_UNKNOWN - 1)


def _month_text(number: int) -> str | None:
    if number == _MONTH_UNKNOWN:
        return None
    return f"{_MONTHS_FROM_YEAR + number // 12:04d}-{number % 12 + 1:02d}"


def _bounded(name: str, value: int, most: int) -> int:
    if not 0 <= value <= most:
        raise ValueError(f"{name} is out of bounds: {value}")
    return value


def customer_check(account: str, secret: bytes) -> str:
    """The four characters (20 bits) that only the server can add to an account: against typing errors and guessing.

    Never checked on a handset, where the secret would leak; limit the tries per door, 20 bits alone do not resist.
    """
    assert len(secret) >= SECRET_MIN_BYTES, "a short secret can be tried out"
    digest = hmac.digest(secret, _CUSTOMER_CONTEXT + account.encode(), "sha256")
    return b32encode(digest[:5]).decode("ascii")[:CUSTOMER_CHECK_CHARS]


def customer_check_fits(account: str, check: str, secret: bytes) -> bool:
    """True if the check belongs to the account; takes equally long for every wrong one."""
    return hmac.compare_digest(customer_check(account, secret).encode(), check.encode())
