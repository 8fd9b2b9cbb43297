"""Seals of scans are verified: only a good one is evidence, and a good one is evidence once."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.gas.queries import keys as queries
from backend.kernel.context import Ctx
from mobile_contract.gas import ScanMark, ScanStep
from qr.payload import PayloadError, parse
from qr.signing import KeyRing, SealRefused, verify


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a scan's seal came to. `name` names a seal that proved good; else empty."""

    name: str
    marks: tuple[ScanMark, ...] = ()


def sealed_of(ctx: Ctx, scans: Sequence[tuple[str, str, str | None, ScanStep]]) -> dict[str, Sealed]:
    """Scan -> its seal, of (scan, seal as read, cylinder, step); scans without a seal are left out."""
    given = [scan for scan in scans if scan[1]]
    if not given:
        return {}
    ring = queries.ring(ctx)
    names = {scan: _name(text, key, ring) for scan, text, key, _ in given}
    used = queries.used_seals(ctx, (name for name in names.values() if name))
    found: dict[str, Sealed] = {}
    for scan, _, _, step in given:
        name = names[scan]
        again = step is ScanStep.deliver and name in used
        found[scan] = Sealed(name, (ScanMark.seal_used,) if again else () if name else (ScanMark.seal_refused,))
        used |= {name} if name and step is ScanStep.deliver else set()
    return found


def _name(text: str, key: str | None, ring: KeyRing) -> str:
    try:
        verified = verify(parse(text), ring, key or "")
    except (PayloadError, SealRefused):
        return ""
    return f"{verified.key_id}-{verified.certificate.nonce}"
