"""Acts with a cylinder as the fold looks at them, their order, and what they come to. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from json import dumps

from mobile_contract.gas import Block, GapKind, HolderKind, Place, ScanStep

EMPTY: frozenset[str] = frozenset()
Holder = tuple[HolderKind, str]
"""Who has a cylinder: the kind of party and its name."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What a cylinder's papers and its stamp say; empty: not known."""

    certificate_no: str = ""
    registration_code: str = ""
    maker_code: str = ""
    stamped_tare_g: int | None = None


NO_PAPERS = Papers()


@dataclass(frozen=True, slots=True)
class Seen:
    """An act as the fold looks at it."""

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
    on: date | None = None
    """The district's day of the act."""
    error_ms: int = 0
    clock_poor: bool = False
    giver: str = ""
    """Who gave the cylinder, at a hand-over between workers."""
    seal: str = ""
    """Names the seal of the fill where it proved good; else empty."""
    photo: bool = False
    longitude: float | None = None
    latitude: float | None = None
    passed: bool = True
    """Whether a check before filling, or after it, was passed."""
    net_g: int | None = None
    """What was filled in."""
    reason: Block | None = None
    due_on: date | None = None
    """The next inspection, after one was passed or the cylinder was dated anew."""
    life_end_on: date | None = None
    """The end of life, after it was dated anew."""
    owner: str = ""
    """Who owns it from then on."""
    weighed: bool = True
    """Whether a check before filling says how much was left in it."""
    papers: tuple[tuple[str, str | int], ...] = ()
    """What was entered of its papers: name and value."""


@dataclass(frozen=True, slots=True)
class Filler:
    """A station that may fill a cylinder, and when; both days are in it."""

    station: str
    since_on: date
    until_on: date | None
    owner: str = ""
    """Whose cylinders it may fill then."""


@dataclass(frozen=True, slots=True)
class Birth:
    """How a cylinder was registered; `full` None for one that never was."""

    full: bool | None
    station: str = ""
    next_inspection_on: date | None = None
    life_end_on: date | None = None
    owner: str = ""
    fillers: tuple[Filler, ...] = ()
    """Of every owner, since owners change."""
    held_since_on: date | None = None
    """From this day on only its fillers may fill it; None: the district has said of no station whose it fills."""
    max_fill_g: int | None = None
    later_fills_g: tuple[tuple[date, int], ...] = ()
    """What later tables allow, each from its day on, the oldest first."""
    customer: str = ""
    """Who had it when it was registered, where it was not at the station."""
    papers: Papers = NO_PAPERS

    def max_fill_on(self, on: date | None) -> int | None:
        """How much may be filled in on a day."""
        later = [grams for since_on, grams in self.later_fills_g if on is not None and since_on <= on]
        return later[-1] if later else self.max_fill_g

    def may_fill(self, owner: str, station: str, on: date | None) -> bool:
        """Whether a station may fill an owner's cylinder on a day (R1: nobody fills cylinders of others)."""
        if self.held_since_on is None or on is None or on < self.held_since_on:
            return True
        held = (one for one in self.fillers if (one.station, one.owner) == (station, owner))
        return any(one.since_on <= on and (one.until_on is None or on <= one.until_on) for one in held)

    @property
    def holder(self) -> Holder:
        """Who has it before anything happens."""
        if self.full is None:
            return HolderKind.nobody, self.station
        return (HolderKind.customer, self.customer) if self.customer else (HolderKind.station, self.station)


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain is broken: between which two acts, who had the cylinder, from whom the next one took it."""

    kind: GapKind
    last_scan: str | None
    next_scan: str
    holder_kind: HolderKind
    holder_id: str
    from_kind: HolderKind
    from_id: str
    unsure: bool = False
    """The clocks do not prove the order of the two: nobody is blamed."""


@dataclass(frozen=True, slots=True)
class Custody:
    """What the acts with a cylinder come to."""

    holder_kind: HolderKind
    holder_id: str
    full: bool | None
    last: Seen | None = None
    claimants: frozenset[str] = EMPTY
    """Workers who say that they have it; one of them will unload it."""
    gaps: tuple[Break, ...] = ()
    merged: frozenset[str] = EMPTY
    """Acts that said nothing new."""
    untouched: bool = True
    blocked: frozenset[Block] = frozenset()
    next_inspection_on: date | None = None
    life_end_on: date | None = None
    owner: str = ""
    papers: Papers = NO_PAPERS
    checked_until_ms: int | None = None
    lost: bool = False
    scrapped: bool = False

    @property
    def place(self) -> Place:
        """Where the cylinder is."""
        if self.scrapped or self.lost:
            return Place.scrapped if self.scrapped else Place.lost
        if self.holder_kind is HolderKind.station:
            return self._at_station()
        if self.holder_kind is HolderKind.worker:
            return Place.on_vehicle_empty if self.full is False else Place.on_vehicle_full
        return _PLACES[self.holder_kind]

    def _at_station(self) -> Place:
        if self.full:
            return Place.full_at_station
        if self.checked_until_ms is not None:
            return Place.prefill_ok
        return Place.registered if self.untouched else Place.empty_at_station

    def place_at(self, now_ms: int) -> Place:
        """Where the cylinder is now: a check before filling has run out after half an hour."""
        ran_out = self.place is Place.prefill_ok and now_ms > (self.checked_until_ms or 0)
        return Place.empty_at_station if ran_out else self.place

    def digest(self) -> str:
        """A hash that two custodies share exactly when they say the same."""
        said = asdict(self) | {
            "claimants": sorted(self.claimants),
            "merged": sorted(self.merged),
            "blocked": sorted(self.blocked),
        }
        return sha256(dumps(said, sort_keys=True, default=str).encode()).hexdigest()


_PLACES = {
    HolderKind.nobody: Place.unseen,
    HolderKind.customer: Place.at_customer,
    HolderKind.inspection: Place.sent_for_inspection,
}


def in_order(scans: Iterable[Seen]) -> list[Seen]:
    """The acts as they happened: inside a device by its own count, between devices by corrected time.

    An act is never earlier than the one its device made before, whatever the clock said: so the order is acyclic.
    An act of an unusable clock stands beside its neighbours in its device's order, and moves none of them.
    """
    once = {scan.id: scan for scan in scans}
    if len(once) == 1:
        return list(once.values())
    by_device = sorted(once.values(), key=lambda s: (s.device, s.epoch, s.n, s.trusted_ms, s.id))
    timed: list[tuple[int, str, int, int, str, Seen]] = []
    device, latest = "", 0
    for at, scan in enumerate(by_device):
        # What a desk entered has no count of its own: only its time orders it.
        same = scan.device == device and scan.device != ""
        if not scan.clock_poor:
            latest = max(latest, scan.trusted_ms) if same else scan.trusted_ms
        elif not same:
            latest = _next_sure_ms(by_device, at)
        device = scan.device
        timed.append((latest, scan.device, scan.epoch, scan.n, scan.id, scan))
    return [entry[-1] for entry in sorted(timed, key=lambda entry: entry[:-1])]


def _next_sure_ms(by_device: Sequence[Seen], at: int) -> int:
    """The time of the next act of the same device whose clock is believed; the act's own claim where there is none."""
    first = by_device[at]
    for scan in by_device[at + 1 :] if first.device else ():
        if scan.device != first.device:
            break
        if not scan.clock_poor:
            return scan.trusted_ms
    return first.trusted_ms
