"""Whether work is proved: what the evidence rule and the checklist ask for, against what has come. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.kernel.geo import LonLat
from backend.workorders.rules.checklist import Answered, asked
from backend.workorders.rules.lines import away_m
from backend.workorders.rules.refusals import PhotosTooMany
from backend.workorders.rules.scans import names_place
from mobile_contract.workorders import PHOTOS_PER_ORDER_MAX, Evidence, Lack, Lacking, Step
from mobile_contract.worktemplates import ChecklistItem, EvidenceRule

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Proof:
    """All that has come for an order."""

    cited: Sequence[str] = ()
    """Every photo of the order; `before` and `after` are those of its starts and finishes."""
    before: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    present: frozenset[str] = frozenset()
    """Photos whose bytes are here."""
    reused: frozenset[str] = frozenset()
    """Photos that another order cited before."""
    items: Sequence[ChecklistItem] = ()
    answers: Mapping[str, Answered] = field(default_factory=dict)
    finish_ms: int = 0
    finish_place: LonLat | None = None
    finish_accuracy_m: float = 0
    starts: Sequence[tuple[LonLat, float]] = ()
    """Where each who began last did so, as far as they told, and how exact that is in metres."""
    place: LonLat | None = None
    line: Mapping[str, Any] | None = None
    """Where the place is one; `place` is its middle then."""
    buffer_m: float | None = None
    covered_percent: float = 0
    unknown_percent: float = 0
    worked_s: int = 0
    signature: str | None = None
    scans: Sequence[str] = ()
    """What the labels said that were scanned at starts and finishes."""
    label: str = ""
    """The place whose label it must be; empty: any."""


def evidence(rule: EvidenceRule, proof: Proof, step: Step) -> tuple[Evidence, list[Lacking]]:
    """How far an order is proved, and what is lacking. Before it is done only a start elsewhere is told."""
    if step not in (Step.done, Step.closed):
        begun = step in (Step.started, Step.paused)
        return Evidence.none, list(_start_lacks(rule, proof)) if begun else []
    lacks = list(dict.fromkeys((lack.what, lack.item) for lack in _lacks(rule, proof)))
    if lacks:
        return Evidence.awaiting, [Lacking(what=what, item=item) for what, item in lacks]
    nothing = rule == EvidenceRule() and not proof.cited and not proof.items
    return (Evidence.none if nothing else Evidence.complete), []


def _lacks(rule: EvidenceRule, proof: Proof) -> Iterator[Lacking]:
    fresh = [sha256 for sha256 in proof.cited if sha256 not in proof.reused]
    if any(sha256 not in proof.present for sha256 in [*proof.cited, *([proof.signature] if proof.signature else [])]):
        yield Lacking(what=Lack.photo_bytes)
    if len(fresh) < len(proof.cited):
        yield Lacking(what=Lack.photo_reused)
    for least, kept, lack in (
        (rule.photos_min, set(fresh), Lack.photos),
        (rule.before_min, proof.before & set(fresh), Lack.photos_before),
        (rule.after_min, (proof.after - proof.before) & set(fresh), Lack.photos_after),
    ):
        if len(kept) < least:
            yield Lacking(what=lack)
    yield from _item_lacks(rule, proof)
    yield from _start_lacks(rule, proof)
    yield from _place_lacks(rule, proof)
    yield from _coverage_lacks(rule, proof)
    if rule.dwell_min is not None and proof.worked_s < rule.dwell_min * 60:
        yield Lacking(what=Lack.too_short)
    if rule.signature and not proof.signature:
        yield Lacking(what=Lack.signature)
    if rule.scan and not any(not proof.label or names_place(scan, proof.label) for scan in proof.scans):
        yield Lacking(what=Lack.scan_elsewhere if proof.scans else Lack.scan)


def _item_lacks(rule: EvidenceRule, proof: Proof) -> Iterator[Lacking]:
    for item in asked(proof.items, proof.answers):
        answer = proof.answers.get(item.key)
        if answer is None:
            if item.required:
                yield Lacking(what=Lack.item, item=item.key)
            continue
        if len(set(answer.photos) - proof.reused) < item.photos_min:
            yield Lacking(what=Lack.item_photo, item=item.key)
        oldest = rule.photo_age_max_min
        if oldest is not None and answer.photos and abs(proof.finish_ms - answer.at_ms) > oldest * MINUTE_MS:
            yield Lacking(what=Lack.photo_old, item=item.key)


def _start_lacks(rule: EvidenceRule, proof: Proof) -> Iterator[Lacking]:
    """A phone may find its place only after a while, so that a start without a position is no fault."""
    if any(_is_far(rule, proof, here, accuracy_m) for here, accuracy_m in proof.starts):
        yield Lacking(what=Lack.start_too_far)


def _place_lacks(rule: EvidenceRule, proof: Proof) -> Iterator[Lacking]:
    if rule.within_m is None or proof.place is None:
        return
    if proof.finish_place is None:
        yield Lacking(what=Lack.place_unknown)
    elif _is_far(rule, proof, proof.finish_place, proof.finish_accuracy_m):
        yield Lacking(what=Lack.too_far)


def _is_far(rule: EvidenceRule, proof: Proof, here: LonLat, accuracy_m: float) -> bool:
    """Whether somebody was certainly elsewhere; the doubt of a fix counts for the crew."""
    if rule.within_m is None or proof.place is None:
        return False
    return away_m(proof.line, proof.buffer_m, proof.place, here) > rule.within_m + accuracy_m


def _coverage_lacks(rule: EvidenceRule, proof: Proof) -> Iterator[Lacking]:
    """What nobody can know proves nothing, and is told apart from what was left bare."""
    if rule.coverage_min is None or proof.line is None or proof.covered_percent >= rule.coverage_min:
        return
    may_be = proof.covered_percent + proof.unknown_percent
    yield Lacking(what=Lack.coverage if may_be < rule.coverage_min else Lack.coverage_unknown)


def with_photos(photos: Sequence[str], more: Sequence[str]) -> list[str]:
    """The photos of an order with more of them; each once, in the order they came."""
    joined = list(dict.fromkeys([*photos, *more]))
    if len(joined) > PHOTOS_PER_ORDER_MAX:
        raise PhotosTooMany(limit=PHOTOS_PER_ORDER_MAX)
    return joined
