"""Who has a cylinder: a fold over the sorted set of its acts. Pure.

Any order of arrival and any repetition give the same state. Every act counts; a missing one is named as a gap and
the newer fact is believed (brief, gas 3.5 and 5.4). An act that was declared an error is left out of the fold, but
keeps its place in its device's order.
"""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from backend.gas.rules.acts import EMPTY, Birth, Break, Custody, Holder, Seen, in_order
from backend.gas.rules.evidence import Handed, impossible_travel, stronger
from mobile_contract.gas import Block, GapKind, HolderKind, ScanStep

DOUBLE_TAP_MS = 10 * 60_000
PREFILL_MS = 30 * 60_000
"""How long a check before filling holds (assumed)."""
G = GapKind
_FROM_OUTSIDE = {HolderKind.worker: G.no_unload, HolderKind.customer: G.no_collect}
"""What is missing when a cylinder that somebody had is suddenly at the station."""
EMPTY_BLOCKS: frozenset[Block] = frozenset()
_ON_PAPER = frozenset({ScanStep.block, ScanStep.unblock, ScanStep.change_owner, ScanStep.redate, ScanStep.enter_papers})
"""What changes nothing of where a cylinder is: never a second tap, and no wonder after it was scrapped."""


def fold(birth: Birth, scans: Iterable[Seen], declared: Set[str] = EMPTY) -> Custody:
    """What a cylinder's acts come to; `declared` are the ids of acts that were declared errors."""
    chain = _Chain(birth)
    for scan in in_order(scans):
        if scan.id not in declared:
            chain.take(scan)
    return chain.custody()


def walk(birth: Birth, scans: Iterable[Seen], declared: Set[str] = EMPTY) -> Iterator[tuple[Seen, Custody]]:
    """Every act that counts, in order, and what the cylinder had come to after it."""
    chain = _Chain(birth)
    for scan in in_order(scans):
        if scan.id not in declared:
            chain.take(scan)
            yield scan, chain.custody()


@dataclass(slots=True)
class _Tap:
    """The last act of its sort on one device."""

    at_ms: int
    scan: str


class _Chain:
    """A cylinder while its acts are told one after the other."""

    __slots__ = (
        "birth", "blocked", "checked_ms", "claimants", "due_on", "failed", "filling", "full", "gaps", "handed",
        "holder", "last", "life_end_on", "loaders", "lost", "merged", "outdated", "owner", "papers", "scrapped",
        "seals", "taps", "untouched",
    )  # fmt: skip

    def __init__(self, birth: Birth) -> None:
        self.birth = birth
        self.holder: Holder = birth.holder
        self.full = birth.full
        self.blocked: frozenset[Block] = frozenset({Block.unregistered}) if birth.full is None else frozenset()
        self.filling: frozenset[Block] = frozenset()
        """What the last check and fill say against it."""
        self.outdated: frozenset[Block] = frozenset()
        """What the last rule table that came into force says against it."""
        self.failed = False
        self.owner = birth.owner
        self.papers = birth.papers
        self.due_on: date | None = birth.next_inspection_on
        self.life_end_on: date | None = birth.life_end_on
        self.last: Seen | None = None
        self.checked_ms: int | None = None
        self.claimants: frozenset[str] = EMPTY
        self.loaders: frozenset[str] = EMPTY
        self.seals: frozenset[str] = EMPTY
        self.handed: Handed | None = None
        self.gaps: list[Break] = []
        self.merged: list[str] = []
        self.taps: dict[tuple[object, ...], _Tap] = {}
        self.lost = self.scrapped = False
        self.untouched = True

    def take(self, scan: Seen) -> None:
        """Reckons with one act more."""
        if self._tapped_twice(scan):
            self.merged.append(scan.id)
            return
        if self.scrapped:
            if scan.step not in _ON_PAPER:
                self._break(G.after_scrap, scan, self.holder)
            self.last = scan
            return
        _STEPS[scan.step](self, scan)

    def custody(self) -> Custody:
        """What it has come to."""
        return Custody(
            holder_kind=self.holder[0],
            holder_id=self.holder[1],
            full=self.full,
            last=self.last,
            claimants=self.claimants,
            gaps=tuple(self.gaps),
            merged=frozenset(self.merged),
            untouched=self.untouched,
            blocked=self.blocked | self.filling | self.outdated,
            next_inspection_on=self.due_on,
            life_end_on=self.life_end_on,
            owner=self.owner,
            papers=self.papers,
            checked_until_ms=None if self.checked_ms is None else self.checked_ms + PREFILL_MS,
            lost=self.lost,
            scrapped=self.scrapped,
        )

    # -- what acts share -------------------------------------------------------------------------------------------

    def _tapped_twice(self, scan: Seen) -> bool:
        """The same act on the same device within ten minutes, nothing of another sort between.

        A look or a fill that says otherwise than the last is another one.
        """
        if scan.step in _ON_PAPER:
            return False
        key = scan.device, scan.step, scan.worker, scan.customer, scan.order, scan.passed, scan.weighed, scan.net_g
        tapped = self.taps.get(key)
        self.taps[key] = _Tap(scan.trusted_ms, scan.id)
        again = self.last is not None and self.last.step is scan.step
        return again and tapped is not None and abs(scan.trusted_ms - tapped.at_ms) <= DOUBLE_TAP_MS

    def _break(self, kind: GapKind, scan: Seen, source: Holder) -> None:
        last = self.last
        between_ms = scan.error_ms + (last.error_ms if last else 0)
        elsewhere = last is not None and last.device != scan.device
        unsure = last is not None and elsewhere and abs(scan.trusted_ms - last.trusted_ms) <= between_ms
        self.gaps.append(
            Break(
                kind=kind,
                last_scan=last.id if last else None,
                next_scan=scan.id,
                holder_kind=self.holder[0],
                holder_id=self.holder[1],
                from_kind=source[0],
                from_id=source[1],
                unsure=unsure or scan.clock_poor or (last is not None and last.clock_poor),
            )
        )

    def _move(self, scan: Seen, gap: GapKind | None, source: Holder, to: Holder, full: bool) -> None:
        if gap is not None and self.holder[0] is not HolderKind.nobody:
            self._break(gap, scan, source)
        if to[0] is not HolderKind.customer and self.handed is not None:
            self.seals |= self.handed.seals
            self.handed, self.loaders = None, EMPTY
        if to[0] is HolderKind.station:
            self.loaders = EMPTY
        self.holder, self.full, self.last = to, full, scan
        self.claimants = frozenset({to[1]}) if to[0] is HolderKind.worker else EMPTY
        self.checked_ms = None
        self.lost = self.untouched = False

    def _nothing_new(self, scan: Seen) -> None:
        self.merged.append(scan.id)
        self.last, self.untouched = scan, False

    def _fit(self, scan: Seen) -> bool:
        """Whether it may be filled or handed over on the day of an act (fill interlock, R1 to R3)."""
        return not (self.blocked or self.filling or self.outdated or self._past(scan))

    def _past(self, scan: Seen) -> frozenset[Block]:
        """What its dates say against it on the day of an act."""
        ends = ((Block.inspection_due, self.due_on), (Block.life_end, self.life_end_on))
        return frozenset(why for why, end in ends if end is not None and scan.on is not None and scan.on > end)

    # -- at the station ---------------------------------------------------------------------------------------------

    def prefill(self, scan: Seen) -> None:
        """Checked: fit to be filled for half an hour, if it is fit at all."""
        here = (HolderKind.station, scan.station)
        self._move(scan, _FROM_OUTSIDE.get(self.holder[0]), here, here, bool(self.full))
        self._look_at_owner(scan)
        if not scan.weighed:
            self.filling |= {Block.residual_missing}
        self.failed = not scan.passed
        if scan.passed and self._fit(scan):
            self.checked_ms = scan.trusted_ms

    def _look_at_owner(self, scan: Seen) -> None:
        own = self.birth.may_fill(self.owner, scan.station, scan.on)
        unweighed = self.filling & {Block.residual_missing} if scan.step is ScanStep.fill else EMPTY_BLOCKS
        self.filling = unweighed if own else unweighed | {Block.foreign_owner}

    def fill(self, scan: Seen) -> None:
        """Full at the station."""
        here = (HolderKind.station, scan.station)
        gap = _FROM_OUTSIDE.get(self.holder[0])
        checked = self.checked_ms is not None and 0 <= scan.trusted_ms - self.checked_ms <= PREFILL_MS
        checked = checked or self._just_filled(scan)
        self._look_at_owner(scan)
        if self.failed or not self._fit(scan):
            self._break(G.filled_unfit, scan, here)
        elif gap is None and not checked:
            gap = G.skipped_check
        most_g = self.birth.max_fill_on(scan.on)
        if scan.net_g is not None and most_g is not None and scan.net_g > most_g:
            self.filling |= {Block.overfilled}
        if not scan.passed:
            self.filling |= {Block.postfill_failed}
        self._move(scan, gap, here, here, True)

    def _just_filled(self, scan: Seen) -> bool:
        """Whether it was filled here minutes ago: bled or topped up, it needs no check of its own."""
        last = self.last
        if last is None or last.step is not ScanStep.fill or last.station != scan.station:
            return False
        return scan.trusted_ms - last.trusted_ms <= DOUBLE_TAP_MS

    def load(self, scan: Seen) -> None:
        """Full on a worker's vehicle."""
        if self.holder == (HolderKind.worker, scan.worker) and self.full:
            return self._nothing_new(scan)
        gap = _FROM_OUTSIDE.get(self.holder[0])
        if self.holder[0] is HolderKind.station and self.full is False:
            gap = G.no_fill
        self._move(scan, gap, (HolderKind.station, scan.station), (HolderKind.worker, scan.worker), True)
        self.loaders |= {scan.worker}
        return None

    def unload(self, scan: Seen) -> None:
        """Back at the station."""
        source, here = (HolderKind.worker, scan.worker), (HolderKind.station, scan.station)
        if self.holder[0] is HolderKind.station and not self.untouched:
            return self._nothing_new(scan)
        if self.holder[0] is HolderKind.worker:
            gap = None if scan.worker in self.claimants else G.no_handover
            return self._move(scan, gap, source, here, bool(self.full))
        missing = {HolderKind.customer: G.no_collect, HolderKind.station: G.no_load}.get(self.holder[0])
        return self._move(scan, missing, source, here, self.holder[0] is HolderKind.station and bool(self.full))

    # -- on the way -------------------------------------------------------------------------------------------------

    def hand_over(self, scan: Seen) -> None:
        """From one worker's vehicle onto another's."""
        source, to = (HolderKind.worker, scan.giver), (HolderKind.worker, scan.worker)
        if self.holder == to:
            return self._nothing_new(scan)
        gap = {HolderKind.station: G.no_load, HolderKind.customer: G.no_collect}.get(self.holder[0])
        if self.holder[0] is HolderKind.worker and scan.giver not in self.claimants:
            gap = G.no_handover
        full = self.full is not False and self.holder[0] is not HolderKind.customer
        return self._move(scan, gap, source, to, full)

    def deliver(self, scan: Seen) -> None:
        """Full at a customer's."""
        source, to = (HolderKind.worker, scan.worker), (HolderKind.customer, scan.customer)
        if self.holder == to:
            return self._nothing_new(scan)
        if not self._fit(scan):
            self._break(G.blocked_delivered, scan, source)
        new = Handed(scan, scan.worker in self.loaders, bool(scan.seal) and scan.seal not in self.seals)
        if self.holder[0] is HolderKind.customer:
            return self._deliver_again(scan, new)
        gap: GapKind | None = None
        if self.holder[0] is HolderKind.station:
            gap = G.no_load
        elif self.holder[0] is HolderKind.worker and scan.worker not in self.claimants:
            gap = G.no_handover
        elif self.full is False:
            gap = G.no_fill
        self._move(scan, gap, source, to, True)
        self.handed = new
        return None

    def _deliver_again(self, scan: Seen, new: Handed) -> None:
        """Two say that they gave it to a customer, and nobody took it back between: the better evidence is believed."""
        before, kept = self.handed, self.holder
        if before is not None and impossible_travel(before.scan, scan):
            self.blocked |= {Block.label_clone}
        self._move(
            scan, G.double_delivery, (HolderKind.worker, scan.worker), (HolderKind.customer, scan.customer), True
        )
        self.handed = new
        if before is not None and stronger(before, new):
            self.holder, self.handed = kept, before
        if before is not None:
            self.handed = self.handed.beside(before.seals | new.seals)

    def collect(self, scan: Seen) -> None:
        """Taken back from a customer: always accepted."""
        source, to = (HolderKind.customer, scan.customer), (HolderKind.worker, scan.worker)
        if self.holder[0] is HolderKind.customer:
            same = self.holder[1] == scan.customer
            return self._move(scan, None if same else G.cross_customer, source, to, False)
        if self.holder[0] is HolderKind.worker and self.full is False:
            if scan.worker in self.claimants:
                return self._nothing_new(scan)
            # Two say that they took the same empty: the first holds it until one of them unloads it.
            claimants = self.claimants | {scan.worker}
            self._move(scan, G.double_collection, source, self.holder, False)
            self.claimants = claimants
            return None
        return self._move(scan, G.no_deliver, source, to, False)

    def refuse(self, scan: Seen) -> None:
        """Not handed over: it stays where it is, and the chain knows that it was looked at."""
        self.last = scan

    # -- at the desk ------------------------------------------------------------------------------------------------

    def send_for_inspection(self, scan: Seen) -> None:
        """At an inspection station."""
        here = (HolderKind.station, scan.station)
        self._move(scan, _FROM_OUTSIDE.get(self.holder[0]), here, (HolderKind.inspection, scan.station), False)

    def inspect(self, scan: Seen) -> None:
        """Passed, and at the station again until its new date."""
        here = (HolderKind.station, scan.station)
        self._move(scan, _FROM_OUTSIDE.get(self.holder[0]), here, here, False)
        self.due_on = scan.due_on or self.due_on
        if self.life_end_on is not None and scan.due_on is not None:
            # A table may let a passed inspection carry a cylinder beyond its life: then it ends with the inspection.
            self.life_end_on = max(self.life_end_on, scan.due_on)
        self.blocked -= {Block.inspection_due}
        self.outdated &= self._past(scan)

    def scrap(self, scan: Seen) -> None:
        """For ever."""
        self._move(scan, _FROM_OUTSIDE.get(self.holder[0]), self.holder, (HolderKind.nobody, ""), False)
        self.scrapped = True

    def lose(self, scan: Seen) -> None:
        """Nobody knows where it is."""
        self._move(scan, None, self.holder, (HolderKind.nobody, ""), bool(self.full))
        self.lost = True

    def recover(self, scan: Seen) -> None:
        """At a station again, empty until it is filled."""
        here = (HolderKind.station, scan.station)
        self._move(scan, _FROM_OUTSIDE.get(self.holder[0]), here, here, False)

    def block(self, scan: Seen) -> None:
        """Must not be handed over; where it is stays as it is."""
        self.blocked |= _reasons(scan)
        self.last = scan

    def unblock(self, scan: Seen) -> None:
        """A block is taken away."""
        reasons = _reasons(scan)
        self.blocked, self.filling, self.outdated = (
            against - reasons for against in (self.blocked, self.filling, self.outdated)
        )
        self.last = scan

    def change_owner(self, scan: Seen) -> None:
        """Another unit owns it: who may fill it changes, where it is does not."""
        self.owner = scan.owner or self.owner

    def enter_papers(self, scan: Seen) -> None:
        """What its papers say is known now; of what the act does not speak, it changes nothing."""
        said: dict[str, Any] = dict(scan.papers)
        self.papers = replace(self.papers, **said)

    def redate(self, scan: Seen) -> None:
        """By the rule table of the day. What is past by it is blocked, beside whatever blocked it before."""
        self.due_on = scan.due_on or self.due_on
        self.life_end_on = scan.life_end_on or self.life_end_on
        self.outdated = self._past(scan)


def _reasons(scan: Seen) -> frozenset[Block]:
    return frozenset() if scan.reason is None else frozenset({scan.reason})


_STEPS = {step: getattr(_Chain, step.value) for step in ScanStep}
