"""Whether a visit may be closed: the same answer on a handset without a network and at the desk. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mobile_contract.checklists import Item
from mobile_contract.homes import Answer, AnswerKind, VisitKind, VisitMark, VisitOutcome, VisitParams

FIXED_PHOTOS_MIN = 2
"""One before, one after."""
REFUSED_COMPANIONS_MIN = 1


class FaultKind(StrEnum):
    """What keeps a visit from being closed."""

    unknown = "unknown"
    """The checklist has no such item."""
    twice = "twice"
    unanswered = "unanswered"
    all_na = "all_na"
    no_id = "no_id"
    no_grade = "no_grade"
    no_measure = "no_measure"
    no_photo = "no_photo"


@dataclass(frozen=True, slots=True)
class Fault:
    """Which item, and what is wrong with its answer."""

    item: str
    kind: FaultKind

    def __str__(self) -> str:
        return f"{self.item}: {self.kind}" if self.item else self.kind.value


def faults(items: Sequence[Item], answers: Sequence[Answer]) -> list[Fault]:
    """All that is missing or wrong in the answers of a completed visit; none when it may be closed."""
    known = {item.code for item in items}
    found = [Fault(a.item, FaultKind.unknown) for a in answers if a.item not in known]
    given = [a.item for a in answers]
    found += [Fault(code, FaultKind.twice) for code in sorted({code for code in given if given.count(code) > 1})]
    found += [Fault(item.code, FaultKind.unanswered) for item in items if item.code not in given]
    if answers and all(a.answer is AnswerKind.na for a in answers):
        found.append(Fault("", FaultKind.all_na))
    return found + [fault for a in answers if a.answer is AnswerKind.hazard for fault in _of_hazard(a)]


def _of_hazard(answer: Answer) -> Iterator[Fault]:
    if answer.hazard is None:
        yield Fault(answer.item, FaultKind.no_id)
    if answer.grade is None:
        yield Fault(answer.item, FaultKind.no_grade)
    if not answer.measure.strip():
        yield Fault(answer.item, FaultKind.no_measure)
    if len(set(answer.photos)) < (FIXED_PHOTOS_MIN if answer.fixed else 1):
        yield Fault(answer.item, FaultKind.no_photo)


def contradicts(outcome: VisitOutcome, *, brought: bool) -> bool:
    """Whether a phone must not close a visit so: nobody was met, and yet a full cylinder was `brought` in it."""
    return brought and outcome is VisitOutcome.not_met


def marks(said: VisitParams, short_min: int, distance_m: float | None, far_m: float) -> list[VisitMark]:
    """What is missing of a visit's proof. `distance_m` None: where the home or the phone was is not known."""
    found: list[VisitMark] = []
    if said.outcome is VisitOutcome.completed:
        return [VisitMark.short] if _short(said, short_min) else []
    if not said.photos:
        found.append(VisitMark.no_photo)
    if said.outcome is VisitOutcome.not_met and said.position is None:
        found.append(VisitMark.no_position)
    if said.outcome is VisitOutcome.not_met and distance_m is not None and distance_m > far_m:
        found.append(VisitMark.far_from_home)
    if said.outcome is VisitOutcome.refused and len(said.companions) < REFUSED_COMPANIONS_MIN:
        found.append(VisitMark.alone)
    return found


def _short(said: VisitParams, short_min: int) -> bool:
    """A check with a delivery counts when it took its time, or shows every part of the home that is there."""
    if said.kind is not VisitKind.with_delivery or said.took_s >= short_min * 60:
        return False
    there = {answer.item[0] for answer in said.answers if answer.answer is not AnswerKind.na}
    shown = {*said.photos, *(photo for answer in said.answers for photo in answer.photos)}
    return len(shown) < len(there)


PROOFS = frozenset(
    {VisitMark.no_photo, VisitMark.no_position, VisitMark.far_from_home, VisitMark.alone, VisitMark.account_unknown}
)
"""Marks with which an outcome is not proved."""
