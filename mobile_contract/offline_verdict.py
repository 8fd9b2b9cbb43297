"""A cylinder judged without a network: by the rows on the handset, the seal of its fill, and the signed pack. Pure.

Source: brief, gas 3.4. What no row tells, a good seal may; what neither tells is red for a full cylinder.
"""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Any

from mobile_contract.blocked_filter import contains, is_whole
from mobile_contract.gas import Light, ScanStep, Why
from mobile_contract.hand_over import FULL_STEPS, Answer, Known, may_hand_over
from mobile_contract.station_keys import GasPack
from qr.payload import PayloadError, cylinder_key, parse
from qr.signing import KeyRing, SealFault, SealRefused, VerifiedSeal, verify


def short_name(key: str) -> str:
    """How a pack names a cylinder: 16 hexadecimal digits."""
    return sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Pack:
    """A pack, opened once for many scans."""

    told: GasPack

    @cached_property
    def _filter(self) -> bytes:
        return b64decode(self.told.filter)

    @cached_property
    def _recent(self) -> frozenset[str]:
        return frozenset(self.told.recent)

    def blocked(self, key: str) -> bool:
        """Whether a cylinder was blocked in the last days: certain."""
        return short_name(key) in self._recent

    def probably_blocked(self, key: str) -> bool:
        """Whether the filter holds it: one of 256 that are not blocked is held too."""
        return contains(self._filter, key)


class PackFault(StrEnum):
    """Why a pack is not believed."""

    malformed = "malformed"
    """Cut, or no pack at all."""
    forged = "forged"
    """Not signed by the server whose key was told first."""
    older = "older"
    """Signed before one that this handset has opened already."""


class PackRefused(Exception):
    """A pack that is not opened."""

    def __init__(self, fault: PackFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def open_pack(row: Mapping[str, Any], public_key: str, newest_at: datetime | None = None) -> Pack:
    """A pack whose signature was verified by the key that this handset was told first, ready for many scans.

    `row` is the row of `gas_packs`, `newest_at` the `issued_at` of the last pack that was opened. Raises PackRefused.
    """
    try:
        told = GasPack.model_validate(row)
        whole = is_whole(b64decode(told.filter, validate=True))
    except ValueError:
        raise PackRefused(PackFault.malformed) from None
    if not told.is_genuine(public_key):
        raise PackRefused(PackFault.forged)
    if not whole:
        raise PackRefused(PackFault.malformed)
    if newest_at is not None and told.issued_at < newest_at:
        raise PackRefused(PackFault.older)
    return Pack(told)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the camera read: the label on the body, and the seal on the valve where there is one."""

    code: str
    seal: str = ""

    def key(self) -> str | None:
        """The cylinder's name; None where no label could be read."""
        try:
            return cylinder_key(parse(self.code))
        except PayloadError:
            return None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a handset knows where it stands."""

    row: Known | None
    """The cylinder's own row, where the handset holds it."""
    pack: Pack | None
    ring: KeyRing = field(default_factory=KeyRing)
    any_rows: bool = False
    """Whether it holds a register at all."""
    pack_fault: PackFault | None = None
    """Why the pack that it holds was not opened."""


def judge(step: ScanStep, seen: Seen, knows: Knowledge, now: datetime, on: date) -> Answer:
    """The light that a handset shows at a scan, and why, the gravest reason first.

    Without a blocked list that can be believed nothing full is green.
    """
    answer = _judged(step, seen, knows, now, on)
    if knows.pack_fault is None or step not in FULL_STEPS or answer.light not in (Light.green, Light.unknown):
        return answer
    light = Light.amber if answer.light is Light.green else Light.unknown
    return Answer(light, (Why.pack_refused, knows.pack_fault.value))


def _judged(step: ScanStep, seen: Seen, knows: Knowledge, now: datetime, on: date) -> Answer:
    key = seen.key()
    fresh = knows.pack is None or knows.pack.told.is_fresh(now)
    data = knows.any_rows or knows.pack is not None
    if step not in FULL_STEPS or key is None:
        return may_hand_over(step, knows.row, on, readable=key is not None, data=data, fresh=fresh)
    if knows.pack is not None and knows.pack.blocked(key):
        return Answer(Light.red, (Why.blocked,))
    sealed, fault = _sealed(seen.seal, key, knows.ring)
    if fault is not None and fault is not SealFault.unknown_key:
        return Answer(Light.red, (Why.seal_refused, fault.value))
    if knows.row is not None:
        return may_hand_over(step, knows.row, on, fresh=fresh)
    if knows.pack is not None and knows.pack.probably_blocked(key):
        return Answer(Light.red, (Why.probably_blocked,))
    if sealed is None:
        return may_hand_over(step, None, on, data=data and fault is None)
    return _by_seal(sealed, on)


def _sealed(text: str, key: str, ring: KeyRing) -> tuple[VerifiedSeal | None, SealFault | None]:
    if not text:
        return None, None
    try:
        return verify(parse(text), ring, key), None
    except PayloadError:
        return None, SealFault.not_a_seal
    except SealRefused as refused:
        return None, refused.fault


def _by_seal(sealed: VerifiedSeal, on: date) -> Answer:
    """By the certificate of the fill alone: it was in date then, and no other row says where it belongs."""
    month = f"{on:%Y-%m}"
    told = sealed.certificate
    if told.life_end_month is not None and told.life_end_month < month:
        return Answer(Light.red, (Why.life_end,))
    if told.inspection_due_month is not None and told.inspection_due_month < month:
        return Answer(Light.red, (Why.inspection_due,))
    if told.life_end_month is None or told.inspection_due_month is None:
        return Answer(Light.unknown, (Why.dates_unknown,))
    return Answer(Light.amber, (Why.not_on_manifest,))
