"""Whether a cylinder may be handed over: the same answer on a handset without a network and at the desk. Pure.

Source: brief, gas 3.4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mobile_contract.gas import Block, Light, ScanStep, Why

FULL_STEPS = frozenset({ScanStep.load, ScanStep.deliver, ScanStep.refuse})
"""Steps at which somebody is about to get a full cylinder, or does not get it."""
FILL_STEPS = frozenset({ScanStep.prefill, ScanStep.fill})
"""Steps at which a cylinder is about to be filled (fill interlock, R1 to R3)."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a cylinder where it is scanned."""

    next_inspection_on: date | None
    life_end_on: date | None
    blocked: frozenset[Block]
    on_manifest: bool
    own: bool = True
    """Whether the station that scans it may fill it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A light and its reasons, the gravest first."""

    light: Light
    why: tuple[str, ...]


def may_hand_over(
    step: ScanStep, known: Known | None, on: date, *, readable: bool = True, data: bool = True, fresh: bool = True
) -> Answer:
    """Green, amber, red or unknown for a scan on a day.

    `known` None: the code is in no register. `readable`: a label was read. `data`: the handset has a register at all.
    `fresh`: it has not run out.
    """
    if step in FILL_STEPS:
        return _filled(step, known, on, readable=readable, data=data)
    if step not in FULL_STEPS:
        return _taken_back(known, readable)
    if not readable:
        return Answer(Light.red, (Why.manual_id,))
    if not data:
        return Answer(Light.unknown, (Why.no_data,))
    if known is None:
        return Answer(Light.red, (Why.unknown_full,))
    if reasons := tuple(_reasons(known, on)):
        return Answer(Light.red, reasons)
    if known.next_inspection_on is None or known.life_end_on is None:
        return Answer(Light.unknown, (Why.dates_unknown,))
    if step is ScanStep.deliver and not known.on_manifest:
        return Answer(Light.amber, (Why.not_on_manifest,))
    if not fresh:
        return Answer(Light.amber, (Why.pack_expired,))
    return Answer(Light.green, (Why.in_order,))


def _filled(step: ScanStep, known: Known | None, on: date, *, readable: bool, data: bool) -> Answer:
    """What is not known to be the station's own, registered and in date is not filled."""
    if not readable:
        return Answer(Light.red, (Why.manual_id,))
    if not data:
        return Answer(Light.unknown, (Why.no_data,))
    if known is None:
        return Answer(Light.red, (Block.unregistered.value,))
    # A fill that went wrong is mended at the next check, and what was not weighed is weighed then: they do not stop it.
    mended = {Block.overfilled, Block.postfill_failed}
    mended |= {Block.residual_missing} if step is ScanStep.prefill else set()
    reasons = [reason for reason in _reasons(known, on) if reason not in mended]
    foreign = [] if known.own or Block.foreign_owner in known.blocked else [Block.foreign_owner.value]
    if reasons or foreign:
        return Answer(Light.red, (*foreign, *reasons))
    if known.next_inspection_on is None or known.life_end_on is None:
        return Answer(Light.unknown, (Why.dates_unknown,))
    return Answer(Light.green, (Why.in_order,))


def _taken_back(known: Known | None, readable: bool) -> Answer:
    """An empty is always taken: what is wrong with it is found out at the station."""
    if not readable:
        return Answer(Light.amber, (Why.manual_id,))
    if known is None:
        return Answer(Light.amber, (Why.unknown_empty,))
    return Answer(Light.green, (Why.in_order,))


def _reasons(known: Known, on: date) -> Iterable[str]:
    yield from sorted(block.value for block in known.blocked)
    if known.life_end_on is not None and on > known.life_end_on:
        yield Why.life_end.value
    if known.next_inspection_on is not None and on > known.next_inspection_on:
        yield Why.inspection_due.value
