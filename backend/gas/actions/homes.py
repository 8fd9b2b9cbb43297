"""Homes are visited: every visit is a fact, and how the home stands is reckoned anew from all of them.

What a visit says of itself (who was met, what was seen) is taken as it is and marked; refused is only a completed
check that leaves an item open or a hazard without its proof.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backend.attachments import actions as attachments
from backend.gas import queries as gas
from backend.gas.actions.home_questions import ask_about_homes
from backend.gas.events import HazardsFound, HomesReckoned, HomesUnmet, HomesVisited
from backend.gas.queries import homes as queries
from backend.gas.queries.deliveries import papers
from backend.gas.rules import account_scopes, scan_scopes
from backend.gas.rules.home_refusals import (
    AnswersFaulty,
    ChecklistNeeded,
    DeedNotForPhones,
    HazardActExists,
    HazardTaken,
    ProofNeeded,
)
from backend.gas.rules.homes import Came, Danger, Done, Standing, fold, notice_number
from backend.gas.rules.papers import Paper, is_certified
from backend.gas.tables import Account
from backend.gas.tables.homes import Hazard, HazardAct, Home, Visit
from backend.kernel.authority import PERMISSIONS
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.geo import distance_m
from backend.kernel.journaling import Fact, add_facts
from mobile_contract import home_check
from mobile_contract import homes as wire
from mobile_contract.checklists import Checklist
from mobile_contract.gas import ScanPosition
from mobile_contract.homes import HazardDeed, VisitMark, VisitOutcome
from sync.kinds import Claim

INSPECT, MANAGE = "gas.inspect", "gas.manage"
VISITS, HAZARDS, HAZARD_ACTS = "gas_visits", "gas_hazards", "gas_hazard_acts"
FAR_M = 100.0
"""A home where nobody was met was reached within so many metres; assumed."""
FAULTS_TOLD_MAX = 20


@dataclass(frozen=True, slots=True)
class NewVisit:
    """A visit as somebody made it."""

    id: str
    said: wire.VisitParams
    claim: Claim


def record_visits(ctx: Ctx, news: Sequence[NewVisit]) -> list[wire.Visit]:
    """Takes visits of the caller and reckons the homes anew.

    Refuses with gas.checklist_needed, gas.checklist_unknown, gas.answers_faulty, gas.hazard_taken. Raises
    sqlalchemy.exc.IntegrityError when an id is taken; the caller holds the savepoint.
    """
    ctx.principal.require(INSPECT)
    accounts = gas.accounts_by_code(ctx, [new.said.account for new in news])
    _need_own_hazards(ctx, news)
    held = papers(ctx, ctx.principal.person_id)
    rows = [_visit(ctx, new, accounts.get(new.said.account), held) for new in news]
    columns = [_queue(new.claim) | {"answers": _plain(new.said.answers)} for new in news]
    add_facts(ctx.session, Visit, [Fact(row, more) for row, more in zip(rows, columns, strict=True)])
    for row in rows:
        shown = {*row.photos, *(photo for answer in row.answers for photo in answer.photos)}
        shown |= {row.signature} if row.signature else set()
        if shown:
            attachments.cite(ctx, shown, VISITS, row.id, scan_scopes(row.area_path, row.person_id))
    refold(ctx, accounts.values())
    ask_about_homes(ctx, accounts)
    announce(ctx, HomesVisited(tuple(row.id for row in rows)))
    return rows


def _need_own_hazards(ctx: Ctx, news: Sequence[NewVisit]) -> None:
    """A hazard's id names one hazard of one account, for ever."""
    named = [(answer.hazard, new.said.account) for new in news for answer in new.said.answers if answer.hazard]
    owners = queries.hazard_owners(ctx, [hazard for hazard, _ in named])
    for hazard, account in named:
        if owners.setdefault(hazard, account) != account:
            raise HazardTaken(hazard=hazard)


def _plain(answers: Sequence[wire.Answer]) -> list[dict[str, Any]]:
    return [answer.model_dump(mode="json") for answer in answers]


def _queue(claim: Claim | None) -> dict[str, Any]:
    if claim is None:
        return {"queue_device": "", "queue_epoch": 0, "queue_n": 0}
    return {"queue_device": claim.device, "queue_epoch": claim.epoch, "queue_n": claim.n}


def _visit(ctx: Ctx, new: NewVisit, account: Account | None, held: Sequence[Paper]) -> wire.Visit:
    said, claim = new.said, new.claim
    answered = _answered(ctx, said)
    marks = _marks(ctx, new, account, answered, held)
    return wire.Visit(
        **said.model_dump(
            include={
                "account", "kind", "outcome", "took_s", "cylinders_found", "signature", "signed_by", "companions",
                "order", "campaign", "note",
            }
        ),
        id=new.id,
        account_id=account.id if account else None,
        checklist=answered.version if answered else "",
        answers=said.answers,
        counts=answered is not None and VisitMark.short not in marks,
        proven=not home_check.PROOFS & set(marks),
        marks=marks,
        person_id=ctx.principal.person_id,
        device_id=claim.device,
        trusted_at=from_ms(claim.trusted_ms),
        error_ms=claim.error_ms,
        quality=claim.quality,
        received_at=from_ms(claim.received_ms),
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
        photos=list(dict.fromkeys(said.photos)),
        area_path=account.area_path if account else _area(ctx),
        team_id=account.team_id if account else min(ctx.principal.team_ids, default=None),
    )  # fmt: skip


def _answered(ctx: Ctx, said: wire.VisitParams) -> Checklist | None:
    """The checklist that a completed visit answers whole; None for all other outcomes."""
    if said.outcome is not VisitOutcome.completed:
        return None
    if said.checklist is None:
        raise ChecklistNeeded
    found = queries.checklist(ctx, said.checklist)
    if faults := home_check.faults(found.items, said.answers):
        raise AnswersFaulty(items=[str(fault) for fault in faults[:FAULTS_TOLD_MAX]])
    return found


def _marks(
    ctx: Ctx, new: NewVisit, account: Account | None, answered: Checklist | None, held: Sequence[Paper]
) -> list[VisitMark]:
    short_min = answered.short_min if answered else 0
    marks = home_check.marks(new.said, short_min, _distance_m(account, new.said.position), FAR_M)
    if account is None:
        marks.append(VisitMark.account_unknown)
    on = local_day(from_ms(new.claim.trusted_ms))
    if answered and queries.checklist_on(ctx, on) not in (None, answered.version):
        marks.append(VisitMark.checklist_old)
    if not is_certified(held, on, ctx.settings.gas_papers.get("inspect", ())):
        marks.append(VisitMark.certificate_missing)
    if new.claim.quality == "poor":
        marks.append(VisitMark.clock_poor)
    return marks


def _distance_m(account: Account | None, seen: ScanPosition | None) -> float | None:
    if seen is None or account is None or account.longitude is None or account.latitude is None:
        return None
    return distance_m((account.longitude, account.latitude), (seen.longitude, seen.latitude))


def _area(ctx: Ctx) -> str:
    areas = [grant.area for grant in ctx.principal.grants if grant.role in PERMISSIONS[INSPECT]]
    return max(sorted(areas), key=len, default=f"/{ctx.settings.district}/")


# -- hazards between visits ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewDeed:
    """A deed about a hazard. `claim` None: at a desk, at the server's own time."""

    id: str
    said: wire.HazardDeedParams
    claim: Claim | None = None
    told: wire.EscalatedTo = wire.EscalatedTo.nobody


def report_deeds(ctx: Ctx, news: Sequence[NewDeed]) -> list[wire.HazardAct]:
    """Takes from phones that a customer was told, or says that a hazard is mended.

    Refuses with gas.deed_not_for_phones and gas.proof_needed. Raises sqlalchemy.exc.IntegrityError when an id is
    taken; the caller holds the savepoint.
    """
    ctx.principal.require(INSPECT)
    for new in news:
        if new.said.deed not in (HazardDeed.notify, HazardDeed.claim_fixed):
            raise DeedNotForPhones
        _need_proof(new.said)
    return add_deeds(ctx, news)


def _need_proof(said: wire.HazardDeedParams) -> None:
    if said.deed is HazardDeed.claim_fixed and not said.photos:
        raise ProofNeeded


def act_at_desk(ctx: Ctx, hazard_id: str, ask: wire.HazardDeedAsk) -> wire.HazardAct:
    """A deed of the desk about a hazard in sight; the same again answers the same.

    Refuses with gas.hazard_unknown, gas.proof_needed, gas.deed_not_for_phones (for what only the house does),
    gas.hazard_act_exists.
    """
    row = queries.hazard_row(ctx, hazard_id)
    ctx.principal.require(MANAGE, row.area_path)
    if ask.deed is HazardDeed.escalate:
        raise DeedNotForPhones
    said = wire.HazardDeedParams(account=row.account, hazard=row.id, **ask.model_dump(exclude={"id"}))
    _need_proof(said)
    known = queries.hazard_act_row(ctx, ask.id)
    if known is None:
        return add_deeds(ctx, [NewDeed(ask.id, said)])[0]
    if (known.hazard, known.deed, known.person_id) != (row.id, ask.deed.value, ctx.principal.person_id):
        raise HazardActExists
    return queries.hazard_act_shape(known)


def add_deeds(ctx: Ctx, news: Sequence[NewDeed]) -> list[wire.HazardAct]:
    """Writes deeds and reckons the homes anew; for the doors of this room and its jobs."""
    accounts = gas.accounts_by_code(ctx, [new.said.account for new in news])
    rows = [_deed(ctx, new, accounts.get(new.said.account)) for new in news]
    add_facts(ctx.session, HazardAct, [Fact(row, _queue(new.claim)) for row, new in zip(rows, news, strict=True)])
    for row in rows:
        if row.photos:
            attachments.cite(ctx, row.photos, HAZARD_ACTS, row.id, scan_scopes(row.area_path, row.person_id))
    refold(ctx, accounts.values())
    return rows


def _deed(ctx: Ctx, new: NewDeed, account: Account | None) -> wire.HazardAct:
    said, claim = new.said, new.claim
    by = ctx.caller
    return wire.HazardAct(
        id=new.id,
        account=said.account,
        hazard=said.hazard,
        deed=said.deed,
        told=new.told,
        person_id=(by.person_id or None) if by else None,
        device_id=claim.device if claim else (by.device_id if by else None),
        trusted_at=from_ms(claim.trusted_ms) if claim else ctx.now(),
        error_ms=claim.error_ms if claim else 0,
        quality=claim.quality if claim else "server",
        received_at=from_ms(claim.received_ms) if claim else ctx.now(),
        photos=list(dict.fromkeys(said.photos)),
        signed_by=said.signed_by,
        note=said.note,
        area_path=account.area_path if account else (_area(ctx) if by else f"/{ctx.settings.district}/"),
    )


# -- how homes stand -----------------------------------------------------------------------------------------------


def refold(ctx: Ctx, accounts: Collection[Account]) -> None:
    """Reckons hazards and homes anew from all visits and deeds of these accounts, and announces what is new."""
    known = {account.code: account for account in accounts}
    events = queries.events_of(ctx, known)
    ids = [known[code].id for code in events]
    homes, hazards = queries.homes_by_id(ctx, ids), queries.hazards_of(ctx, ids)
    owners = _owners(ctx, events)
    fresh: list[Hazard] = []
    unmet: list[tuple[str, str]] = []
    for code, (visits, deeds) in sorted(events.items()):
        mine = [_own(visit, code, owners) for visit in visits]
        account, standing = known[code], fold(mine, deeds, ctx.settings.gas_not_met_max)
        fresh += _keep_hazards(ctx, account, standing, hazards)
        kept = homes.get(account.id)
        if standing.missed and not (kept and kept.unmet_notice):
            unmet.append((account.id, standing.missed))
        ctx.session.add(_home(ctx, account, standing, kept))
    ctx.session.flush()
    for row in fresh:
        if row.photos:
            attachments.cite(ctx, row.photos, HAZARDS, row.id, account_scopes(row.area_path, row.team_id))
    announce(ctx, HomesReckoned(tuple(ids)))
    if unmet:
        announce(ctx, HomesUnmet(tuple(unmet)))
    if fresh:
        announce(ctx, HazardsFound(tuple(row.id for row in fresh)))


def _owners(ctx: Ctx, events: Mapping[str, tuple[Sequence[Came], Sequence[Done]]]) -> dict[str, str]:
    found = [finding.hazard for visits, _ in events.values() for visit in visits for finding in visit.findings]
    return queries.hazard_owners(ctx, found)


def _own(visit: Came, account: str, owners: dict[str, str]) -> Came:
    """Without findings whose ids another account had first: visits from before an account was known may bring such."""
    kept = tuple(f for f in visit.findings if owners.setdefault(f.hazard, account) == account)
    return visit if len(kept) == len(visit.findings) else replace(visit, findings=kept)


def _keep_hazards(ctx: Ctx, account: Account, standing: Standing, kept: Mapping[str, Hazard]) -> list[Hazard]:
    fresh: list[Hazard] = []
    for danger in standing.dangers.values():
        values = _hazard(account, danger)
        row = kept.get(danger.finding.hazard)
        if row is None:
            row = Hazard(**values)
            fresh.append(row)
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        ctx.session.add(row)
    return fresh


def _hazard(account: Account, danger: Danger) -> dict[str, Any]:
    finding = danger.finding
    return {
        "id": finding.hazard,
        "account": account.code,
        "account_id": account.id,
        "item": finding.item,
        "grade": finding.grade.value,
        "state": danger.state.value,
        "visit": danger.visit,
        "found_at": danger.found_at,
        "first_found_at": danger.first_found_at,
        "notice": notice_number(account.code, danger.found_at, finding.hazard),
        "notified_at": danger.notified_at,
        "due_on": danger.due_on,
        "closed_at": danger.closed_at,
        "predecessor": danger.predecessor,
        "successor": danger.successor,
        "told": danger.told.value,
        "stops_supply": finding.stops_supply,
        "measure": finding.measure,
        "photos": list(finding.photos),
        "area_path": account.area_path,
        "team_id": account.team_id,
    }


def _home(ctx: Ctx, account: Account, standing: Standing, kept: Home | None) -> Home:
    values: dict[str, Any] = {
        "account": account.code,
        "checked_at": standing.checked_at,
        "due_on": standing.due_on,
        "warn_on": standing.warn_on(ctx.settings.gas_warn_months),
        "revisit_on": standing.revisit_on,
        "unmet_notice": _unmet_notice(account, standing),
        "not_met": standing.not_met,
        "booked_check": standing.booked_check,
        "refused": standing.refused,
        "exempt": standing.exempt,
        "winter_first": standing.winter_first,
        "open_hazards": len(standing.open),
        "worst": standing.worst.value if standing.worst else None,
        "supply_stopped": standing.supply_stopped,
        "area_path": account.area_path,
        "team_id": account.team_id,
    }
    if kept is None:
        return Home(id=account.id, **values)
    for name, value in values.items():
        if getattr(kept, name) != value:
            setattr(kept, name, value)
    return kept


def _unmet_notice(account: Account, standing: Standing) -> str:
    if standing.missed is None or standing.missed_at is None:
        return ""
    return notice_number(account.code, standing.missed_at, standing.missed)
