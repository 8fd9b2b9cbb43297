"""Seals of scans are verified: only a good one is evidence, and a good one is evidence once."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.gas.queries import keys as queries
from backend.kernel.context import Ctx
from mobile_contract.gas import ScanMark, ScanStep
from mobile_contract.scan_faults import ScanFault
from qr.payload import PayloadError, parse
from qr.signing import KeyRing, SealRefused, verify


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a scan's seal came to. `name` names a seal that proved good; else empty."""

    name: str
    marks: tuple[ScanMark, ...] = ()
    fault: ScanFault | None = None


def sealed_of(ctx: Ctx, scans: Sequence[tuple[str, str, str | None, ScanStep]]) -> dict[str, Sealed]:
    """Scan -> its seal, of (scan, seal as read, cylinder, step); scans without a seal are left out."""
    given = [scan for scan in scans if scan[1]]
    if not given:
        return {}
    ring = queries.ring(ctx)
    read = {scan: _read(text, key, ring) for scan, text, key, _ in given}
    used = queries.used_seals(ctx, (name for name, _ in read.values() if name))
    found: dict[str, Sealed] = {}
    for scan, _, _, step in given:
        name, fault = read[scan]
        again = step is ScanStep.deliver and name in used
        found[scan] = Sealed(name, (ScanMark.seal_used,) if again else () if name else (ScanMark.seal_refused,), fault)
        used |= {name} if name and step is ScanStep.deliver else set()
    return found


def _read(text: str, key: str | None, ring: KeyRing) -> tuple[str, ScanFault | None]:
    """The name of a good seal; else what is wrong with it, and where."""
    try:
        verified = verify(parse(text), ring, key or "")
    except PayloadError as error:
        return "", ScanFault(of="seal", fault=error.fault.value, position=error.position)
    except SealRefused as refused:
        return "", ScanFault(of="seal", fault=refused.fault.value)
    return f"{verified.key_id}-{verified.certificate.nonce}", None
