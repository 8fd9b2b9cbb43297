"""What workers and customers have: moves out of chains, balances that cannot go below nothing, the close of a shift.

Pure. A balance is a set of cylinders, never a number that is counted up and down: so it cannot be negative, and two
parties never have the same cylinder. Source: brief, gas 3.5 (shift-close equation) and 5.4 (invariants).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from backend.gas.rules.acts import EMPTY, Birth, Custody, Holder, Seen
from backend.gas.rules.custody import walk
from mobile_contract.gas import HolderKind, ScanStep


@dataclass(frozen=True, slots=True)
class Move:
    """A cylinder went from one hand to another. `inferred`: nobody scanned it, a later act proves it."""

    cylinder: str
    scan: str
    at_ms: int
    source: Holder
    to: Holder
    inferred: bool


def moves(cylinder: str, birth: Birth, scans: Iterable[Seen], declared: frozenset[str] = EMPTY) -> list[Move]:
    """Every move of a cylinder: those that were scanned, and before them those that must have been."""
    holder = birth.holder
    found = []
    gaps = 0
    for scan, custody in walk(birth, scans, declared):
        for gap in custody.gaps[gaps:]:
            missing = (gap.from_kind, gap.from_id)
            if missing != holder and custody.holder_kind is not HolderKind.nobody:
                found.append(Move(cylinder, scan.id, scan.trusted_ms, holder, missing, inferred=True))
                holder = missing
        gaps = len(custody.gaps)
        now: Holder = (custody.holder_kind, custody.holder_id)
        if now != holder:
            found.append(Move(cylinder, scan.id, scan.trusted_ms, holder, now, inferred=False))
            holder = now
    return found


def held(customers: Mapping[str, Custody]) -> dict[str, frozenset[str]]:
    """Account -> the cylinders there, out of cylinder -> its custody."""
    there: dict[str, set[str]] = defaultdict(set)
    for cylinder, custody in customers.items():
        if custody.holder_kind is HolderKind.customer:
            there[custody.holder_id].add(cylinder)
    return {account: frozenset(cylinders) for account, cylinders in there.items()}


class Side(StrEnum):
    """Where a cylinder stands in the close of a shift."""

    carried = "carried"
    """It was on the vehicle before the shift began."""
    loaded = "loaded"
    collected = "collected"
    received = "received"
    delivered = "delivered"
    unloaded = "unloaded"
    given = "given"
    still = "still"
    missing = "missing"
    """It was taken and neither given nor brought back: nobody knows."""
    surplus = "surplus"
    """It was given or brought back and never taken."""


_IN = {ScanStep.load: Side.loaded, ScanStep.collect: Side.collected, ScanStep.hand_over: Side.received}
_OUT = {ScanStep.deliver: Side.delivered, ScanStep.unload: Side.unloaded}


@dataclass(slots=True)
class Close:
    """A worker's shift, cylinder by cylinder.

    carried + loaded + collected + received = delivered + unloaded + given + still.
    """

    sides: dict[Side, list[str]] = field(default_factory=lambda: {side: [] for side in Side})

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing and nothing too much; a cylinder that is still on the vehicle is named."""
        return not self.sides[Side.missing] and not self.sides[Side.surplus]


def close_of(
    worker: str,
    chains: Mapping[str, tuple[Sequence[Seen], frozenset[str], Custody]],
    carried: frozenset[str] = EMPTY,
) -> Close:
    """The close of a shift out of cylinder -> (its acts of the shift in order, those merged, what it came to).

    `carried` are the cylinders that were on the vehicle before.
    """
    close = Close()
    for cylinder, (acts, merged, custody) in sorted(chains.items()):
        taken = int(cylinder in carried)
        if taken:
            close.sides[Side.carried].append(cylinder)
        for act in acts:
            if act.id in merged:
                continue
            side = _side(worker, act)
            if side is None:
                continue
            close.sides[side].append(cylinder)
            taken += 1 if side in _IN.values() else -1
        still = custody.holder_kind is HolderKind.worker and custody.holder_id == worker
        if still:
            close.sides[Side.still].append(cylinder)
        rest = taken - still
        if rest:
            close.sides[Side.missing if rest > 0 else Side.surplus].append(cylinder)
    return close


def _side(worker: str, act: Seen) -> Side | None:
    if act.worker == worker:
        return _IN.get(act.step) or _OUT.get(act.step)
    return Side.given if act.step is ScanStep.hand_over and act.giver == worker else None
