"""Who has a cylinder: a fold over the sorted set of its scans. Pure.

Any order of arrival and any repetition give the same state. Every scan counts; a missing one is named as a gap and
the newer fact is believed (brief, gas 3.5 and 5.4).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mobile_contract.gas import GapKind, HolderKind, Place, ScanStep

DOUBLE_TAP_MS = 10 * 60_000
H, G = HolderKind, GapKind


@dataclass(frozen=True, slots=True)
class Seen:
    """A scan as the fold looks at it."""

    id: str
    step: ScanStep
    worker: str
    customer: str
    station: str
    order: str
    trusted_ms: int
    device: str
    epoch: int
    n: int


@dataclass(frozen=True, slots=True)
class Birth:
    """How a cylinder was registered; None of both for one that never was."""

    full: bool | None
    station: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken: between which two scans, who had the cylinder, from whom the next one took it."""

    kind: GapKind
    last_scan: str | None
    next_scan: str
    holder_kind: HolderKind
    holder_id: str
    from_kind: HolderKind
    from_id: str


@dataclass(frozen=True, slots=True)
class Custody:
    """What the scans of a cylinder come to."""

    holder_kind: HolderKind
    holder_id: str
    full: bool | None
    last: Seen | None = None
    claimants: frozenset[str] = frozenset()
    """Workers who say that they collected it; one of them will unload it."""
    gaps: tuple[Break, ...] = ()
    merged: frozenset[str] = frozenset()
    """Scans that said nothing new."""
    untouched: bool = True

    @property
    def place(self) -> Place:
        """Where the cylinder is."""
        if self.holder_kind is H.nobody:
            return Place.unseen
        if self.holder_kind is H.customer:
            return Place.at_customer
        if self.holder_kind is H.worker:
            return Place.on_vehicle_empty if self.full is False else Place.on_vehicle_full
        if self.full:
            return Place.full_at_station
        return Place.registered if self.untouched else Place.empty_at_station


def in_order(scans: Iterable[Seen]) -> list[Seen]:
    """The scans as they happened: inside a device by its own count, between devices by corrected time.

    A scan is never earlier than the one its device made before, whatever the clock said: so the order is acyclic.
    """
    once = {scan.id: scan for scan in scans}
    by_device = sorted(once.values(), key=lambda s: (s.device, s.epoch, s.n, s.trusted_ms, s.id))
    timed: list[tuple[int, str, int, int, str, Seen]] = []
    device, latest = "", 0
    for scan in by_device:
        # What a desk entered has no count of its own: only its time orders it.
        latest = max(latest, scan.trusted_ms) if scan.device == device and scan.device else scan.trusted_ms
        device = scan.device
        timed.append((latest, scan.device, scan.epoch, scan.n, scan.id, scan))
    return [entry[-1] for entry in sorted(timed, key=lambda entry: entry[:-1])]


def fold(birth: Birth, scans: Iterable[Seen]) -> Custody:
    """What a cylinder's scans come to."""
    start = H.nobody if birth.full is None else H.station
    custody = Custody(start, birth.station, birth.full)
    taps: dict[tuple[str, ScanStep, str, str, str], int] = {}
    for scan in in_order(scans):
        key = (scan.device, scan.step, scan.worker, scan.customer, scan.order)
        tapped = taps.get(key)
        taps[key] = scan.trusted_ms
        again = custody.last is not None and custody.last.step is scan.step
        if again and tapped is not None and abs(scan.trusted_ms - tapped) <= DOUBLE_TAP_MS:
            custody = replace(custody, merged=custody.merged | {scan.id})
        else:
            custody = _STEPS[scan.step](custody, scan)
    return custody


def _moved(
    custody: Custody, scan: Seen, gap: GapKind | None, source: tuple[HolderKind, str], to: tuple[HolderKind, str, bool]
) -> Custody:
    gaps = custody.gaps
    if gap is not None and custody.holder_kind is not H.nobody:
        missing = Break(
            kind=gap,
            last_scan=custody.last.id if custody.last else None,
            next_scan=scan.id,
            holder_kind=custody.holder_kind,
            holder_id=custody.holder_id,
            from_kind=source[0],
            from_id=source[1],
        )
        gaps = (*gaps, missing)
    claimants = frozenset({to[1]}) if to[0] is H.worker else frozenset[str]()
    return Custody(to[0], to[1], to[2], scan, claimants, gaps, custody.merged, untouched=False)


def _nothing_new(custody: Custody, scan: Seen) -> Custody:
    return replace(custody, last=scan, merged=custody.merged | {scan.id}, untouched=False)


def _fill(custody: Custody, scan: Seen) -> Custody:
    gap = {H.worker: G.no_unload, H.customer: G.no_collect}.get(custody.holder_kind)
    return _moved(custody, scan, gap, (H.station, scan.station), (H.station, scan.station, True))


def _load(custody: Custody, scan: Seen) -> Custody:
    gap = {H.worker: G.no_unload, H.customer: G.no_collect}.get(custody.holder_kind)
    if custody.holder_kind is H.worker and custody.holder_id == scan.worker and custody.full:
        return _nothing_new(custody, scan)
    if custody.holder_kind is H.station and custody.full is False:
        gap = G.no_fill
    return _moved(custody, scan, gap, (H.station, scan.station), (H.worker, scan.worker, True))


def _deliver(custody: Custody, scan: Seen) -> Custody:
    if custody.holder_kind is H.customer and custody.holder_id == scan.customer:
        return _nothing_new(custody, scan)
    gap: GapKind | None = None
    if custody.holder_kind is H.station:
        gap = G.no_load
    elif custody.holder_kind is H.customer:
        gap = G.double_delivery
    elif custody.holder_id != scan.worker:
        gap = G.no_handover
    elif custody.full is False:
        gap = G.no_fill
    return _moved(custody, scan, gap, (H.worker, scan.worker), (H.customer, scan.customer, True))


def _collect(custody: Custody, scan: Seen) -> Custody:
    source, to = (H.customer, scan.customer), (H.worker, scan.worker, False)
    if custody.holder_kind is H.customer:
        same = custody.holder_id == scan.customer
        return _moved(custody, scan, None if same else G.cross_customer, source, to)
    if custody.holder_kind is H.worker and custody.full is False:
        if scan.worker in custody.claimants:
            return _nothing_new(custody, scan)
        # Two say that they took the same empty: the first holds it until one of them unloads it.
        kept = (H.worker, custody.holder_id, False)
        both = _moved(custody, scan, G.double_collection, source, kept)
        return replace(both, claimants=custody.claimants | {scan.worker})
    return _moved(custody, scan, G.no_deliver, source, to)


def _unload(custody: Custody, scan: Seen) -> Custody:
    source = (H.worker, scan.worker)
    if custody.holder_kind is H.station and not custody.untouched:
        return _nothing_new(custody, scan)
    if custody.holder_kind is H.worker:
        gap = None if scan.worker in custody.claimants else G.no_handover
        return _moved(custody, scan, gap, source, (H.station, scan.station, bool(custody.full)))
    gap = {H.customer: G.no_collect, H.station: G.no_load}.get(custody.holder_kind)
    full = custody.holder_kind is H.station and bool(custody.full)
    return _moved(custody, scan, gap, source, (H.station, scan.station, full))


_STEPS = {
    ScanStep.fill: _fill,
    ScanStep.load: _load,
    ScanStep.deliver: _deliver,
    ScanStep.collect: _collect,
    ScanStep.unload: _unload,
}
