"""What the rule about contradicting checks looks at: visits, and full cylinders that were handed over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import col, select

from backend.gas.queries.chains import declared_errors, seen_of
from backend.gas.rules.home_conflicts import SAME_VISIT_MS, Brought, Looked
from backend.gas.tables import Delivery, Scan, Visit
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from mobile_contract.deliveries import DeliveryOutcome
from mobile_contract.gas import ScanStep
from mobile_contract.homes import VisitKind, VisitOutcome

_TELLING = (VisitOutcome.not_met.value, VisitOutcome.completed.value)


def looked_at(ctx: Ctx, codes: Iterable[str]) -> dict[str, list[Looked]]:
    """Account -> its visits that can contradict anything; a re-visit looks at hazards only."""
    telling = (col(Visit.outcome).in_(_TELLING), col(Visit.kind) != VisitKind.revisit.value)
    wanted = sorted(codes)
    who = {
        visit: (person or "", counts)
        for visit, person, counts in ctx.session.exec(
            select(Visit.id, Visit.person_id, Visit.counts).where(col(Visit.account).in_(wanted), *telling)
        )
    }
    query = select(Visit.id, Visit.account, Visit.trusted_at, Visit.outcome)
    found: dict[str, list[Looked]] = defaultdict(list)
    for visit, account, at, outcome in ctx.session.exec(query.where(col(Visit.account).in_(wanted), *telling)):
        worker, counts = who[visit]
        found[account].append(Looked(visit, worker, to_ms(at), local_day(at), VisitOutcome(outcome), counts))
    return found


def brought_to(ctx: Ctx, visits: Mapping[str, Sequence[Looked]]) -> dict[str, list[Brought]]:
    """Account -> full cylinders that were handed over there, of those where nobody was met."""
    unmet = {code: [one for one in seen if one.outcome is VisitOutcome.not_met] for code, seen in visits.items()}
    wanted = sorted(code for code, seen in unmet.items() if seen)
    found: dict[str, list[Brought]] = defaultdict(list)
    if not wanted:
        return found
    given = (col(Delivery.account).in_(wanted), Delivery.outcome == DeliveryOutcome.delivered.value)
    named: set[str] = set()
    for row in ctx.session.exec(select(Delivery).where(*given)):
        found[row.account].append(Brought(row.id, row.person_id or "", to_ms(row.trusted_at), row.visit or ""))
        named |= set(row.fulls)
    loose = _scans_around(ctx, wanted, [one for seen in unmet.values() for one in seen])
    for scan in (scan for scan in loose if scan.id not in named):
        found[scan.account].append(Brought(scan.id, scan.person_id or "", to_ms(scan.trusted_at)))
    return found


def _scans_around(ctx: Ctx, codes: Sequence[str], unmet: Sequence[Looked]) -> list[Scan]:
    """Scans of deliveries by the workers of some visits, about the time of these."""
    first, last = min(one.at_ms for one in unmet), max(one.at_ms for one in unmet)
    query = select(Scan).where(
        col(Scan.person_id).in_(sorted({one.worker for one in unmet})),
        col(Scan.trusted_at) >= from_ms(first - SAME_VISIT_MS),
        col(Scan.trusted_at) <= from_ms(last + SAME_VISIT_MS),
        col(Scan.account).in_(codes),
        Scan.step == ScanStep.deliver.value,
    )
    scans = ctx.session.exec(query).all()
    declared = declared_errors(ctx, [seen_of(scan) for scan in scans])
    return [scan for scan in scans if scan.id not in declared]
