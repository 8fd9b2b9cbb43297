"""What contradicts itself about one home: nobody met, yet a cylinder handed over; two whole checks on one day. Pure.

Source: brief, gas 3.10 and 5.4 C10. The later whole check counts; how long a visit lasts is assumed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from backend.gas.rules.conflicts import Question, asked_once
from mobile_contract.custody import CaseKind, Party
from mobile_contract.gas import HolderKind
from mobile_contract.homes import VisitOutcome

SAME_VISIT_MS = 30 * 60_000
"""What one worker does at one door within so long is one visit (assumed)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A visit as this rule looks at it. `counts`: a whole check, as coverage takes it."""

    id: str
    worker: str
    at_ms: int
    on: date
    outcome: VisitOutcome
    counts: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """A full cylinder that was handed over at the home; `visit` is the one its delivery names."""

    id: str
    worker: str
    at_ms: int
    visit: str = ""


def contradictions(account: str, visits: Sequence[Looked], brought: Sequence[Brought]) -> list[Question]:
    """Everything that must be asked about a home, in the order it came up."""
    ordered = sorted(visits, key=lambda visit: (visit.at_ms, visit.id))
    return [*_not_met(account, ordered, brought), *_twice(account, ordered)]


def _not_met(account: str, visits: Sequence[Looked], brought: Sequence[Brought]) -> list[Question]:
    found = []
    for visit in visits:
        if visit.outcome is not VisitOutcome.not_met:
            continue
        against = [one for one in brought if _same_visit(visit, one)]
        if against:
            first = min(against, key=lambda one: (one.at_ms, one.id))
            asked = _asked(account, visit.worker, first.worker)
            found.append(Question(CaseKind.not_met_delivered, visit.id, first.id, asked))
    return found


def _same_visit(visit: Looked, one: Brought) -> bool:
    return one.visit == visit.id or (
        one.worker == visit.worker and not one.visit and abs(one.at_ms - visit.at_ms) <= SAME_VISIT_MS
    )


def _twice(account: str, visits: Sequence[Looked]) -> list[Question]:
    days: dict[date, list[Looked]] = defaultdict(list)
    for visit in visits:
        if visit.outcome is VisitOutcome.completed and visit.counts:
            days[visit.on].append(visit)
    return [
        Question(CaseKind.checked_twice, later.id, before.id, _asked(account, before.worker, later.worker))
        for checks in days.values()
        for before, later in pairwise(checks)
    ]


def _asked(account: str, *workers: str) -> tuple[Party, ...]:
    parties = [Party(kind=HolderKind.worker, id=worker) for worker in workers]
    return asked_once(*parties, Party(kind=HolderKind.customer, id=account))
