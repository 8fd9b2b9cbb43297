"""Which clock-in meets which planned time: by order and nearness, whatever button was pressed. Pure.

What is wanted are slots in the order of the day (in, out, in, out). Clock-ins are taken in the order of trusted time;
the choice with the least sum of minutes between clock-in and plan wins, where an unmet slot costs as much as its part
is long and a button that says otherwise costs an hour. Then first in, last out: within its part a clock-in gives way to
an earlier one, a clock-out to a later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.attendance.rules.facts import PunchFact
from backend.kernel.calendar import MINUTE_MS
from mobile_contract.attendance import Direction

COLLAPSE_MS = 60_000
"""Taps so close together are one."""
HINT_COST = 60
"""Minutes of distance that a contrary button weighs."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A clock-in or clock-out that is wanted, and when it counts."""

    part: int
    direction: Direction
    planned_ms: int
    since_ms: int
    until_ms: int
    miss_cost: int
    """What leaving it unmet costs: the minutes of its part."""


def collapse(punches: Sequence[PunchFact]) -> list[PunchFact]:
    """Clock-ins in the order of time, double taps of one button (or none) made one: the first of them."""
    kept: list[PunchFact] = []
    for punch in sorted(punches, key=lambda p: (p.at_ms, p.id)):
        last = kept[-1] if kept else None
        if last is not None and punch.at_ms - last.at_ms <= COLLAPSE_MS and punch.direction == last.direction:
            continue
        kept.append(punch)
    return kept


def pair(slots: Sequence[Slot], punches: Sequence[PunchFact]) -> list[PunchFact | None]:
    """For each slot its clock-in or None. `punches` as `collapse` gives them."""
    chosen = _nearest(slots, punches)
    return _widened(slots, punches, chosen)


def _nearest(slots: Sequence[Slot], punches: Sequence[PunchFact]) -> list[int | None]:
    """The cheapest assignment in order: rows are slots, columns clock-ins; ties go to the earlier choice."""
    n = len(punches)
    best = [0] * (n + 1)
    steps: list[list[int]] = []
    for slot in slots:
        row, step = [best[0] + slot.miss_cost] + [0] * n, [0] * (n + 1)
        for j in range(1, n + 1):
            row[j], step[j] = best[j] + slot.miss_cost, 0
            if row[j - 1] < row[j]:
                row[j], step[j] = row[j - 1], 1
            cost = _cost(slot, punches[j - 1])
            if cost is not None and best[j - 1] + cost < row[j]:
                row[j], step[j] = best[j - 1] + cost, 2
        steps.append(step)
        best = row
    return _walked(steps, n)


def _walked(steps: list[list[int]], n: int) -> list[int | None]:
    chosen: list[int | None] = [None] * len(steps)
    i, j = len(steps) - 1, n
    while i >= 0:
        step = steps[i][j]
        if step == 1:
            j -= 1
            continue
        if step == 2:
            j -= 1
            chosen[i] = j
        i -= 1
    return chosen


def _cost(slot: Slot, punch: PunchFact) -> int | None:
    if not slot.since_ms <= punch.at_ms <= slot.until_ms:
        return None
    if punch.slot is not None:  # entered for this very slot
        return 0 if punch.slot == (slot.part, slot.direction) else None
    hint = HINT_COST if punch.direction is not None and punch.direction is not slot.direction else 0
    return abs(punch.at_ms - slot.planned_ms) // MINUTE_MS + hint


def _widened(
    slots: Sequence[Slot], punches: Sequence[PunchFact], chosen: Sequence[int | None]
) -> list[PunchFact | None]:
    """First in, last out: each spare clock-in goes to the chosen slot it is nearest to, and may take its place."""
    taken = [(index, slot) for index, slot in zip(chosen, slots, strict=True) if index is not None]
    used = {index for index, _ in taken}
    groups: dict[int, list[int]] = {index: [index] for index, _ in taken}
    for spare in (i for i in range(len(punches)) if i not in used):
        before = max(((i, s) for i, s in taken if i < spare), default=None, key=lambda t: t[0])
        after = min(((i, s) for i, s in taken if i > spare), default=None, key=lambda t: t[0])
        for index, slot in _claims(punches[spare], before, after):
            if _cost(slot, punches[spare]) is not None and punches[index].slot is None:
                groups[index].append(spare)
                break
    return [
        None if i is None else punches[min(groups[i]) if s.direction is Direction.clock_in else max(groups[i])]
        for i, s in zip(chosen, slots, strict=True)
    ]


def _claims(
    punch: PunchFact, before: tuple[int, Slot] | None, after: tuple[int, Slot] | None
) -> list[tuple[int, Slot]]:
    """Who may want a spare clock-in: a clock-out before it, a clock-in after it, the nearer first."""
    claims = [before] if before and before[1].direction is Direction.clock_out else []
    claims += [after] if after and after[1].direction is Direction.clock_in else []
    return sorted(claims, key=lambda claim: abs(punch.at_ms - claim[1].planned_ms))
