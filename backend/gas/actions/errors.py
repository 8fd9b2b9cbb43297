"""Acts are declared errors: kept for ever, and left out of the chain. Cases are confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.gas import queries, rules
from backend.gas.actions.folding import refold
from backend.gas.actions.home_questions import ask_about_homes
from backend.gas.actions.places import MANAGE
from backend.gas.actions.questions import about_unread, settle_cases
from backend.gas.events import CaseConfirmed, ScanDeclaredError
from backend.gas.rules.conflicts import agreed
from backend.gas.tables import CustodyCase, ScanError
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from mobile_contract import custody as wire
from mobile_contract.gas import HolderKind
from sync.kinds import Claim

SCAN = "gas.scan"
ANSWERS_KEPT_MAX = 20


@dataclass(frozen=True, slots=True)
class NewError:
    """A declaration as somebody made it. `claim` None: on line, at the server's own time."""

    id: str
    said: wire.DeclareErrorParams
    claim: Claim | None = None


def declare_error(ctx: Ctx, new: NewError) -> ScanError:
    """Leaves an act out of its chain: one's own; at the desk, anybody's in sight. The same id again answers the same.

    The act may be unknown yet: the declaration waits for it. Refuses with gas.scan_not_yours and .scan_exists.
    """
    known = queries.scan_error_row(ctx, new.id)
    if known is not None:
        if (known.scan_id, known.reason) != (new.said.scan_id, new.said.reason.value):
            raise rules.ScanExists
        return known
    scan = queries.scan_row(ctx, new.said.scan_id)
    area = scan.area_path if scan else max(_areas(ctx), key=len)
    at_desk = new.claim is None and ctx.principal.may(MANAGE, area)
    if not at_desk:
        ctx.principal.require(SCAN)
        if scan is not None and scan.person_id != ctx.principal.person_id:
            raise rules.ScanNotYours
    row = ScanError(
        id=new.id,
        scan_id=new.said.scan_id,
        cylinder_id=scan.cylinder_id if scan else None,
        reason=new.said.reason.value,
        corrective_ids=list(new.said.corrective_ids),
        note=new.said.note,
        person_id=ctx.principal.person_id or None,
        at_desk=at_desk,
        declared_at=_at(ctx, new),
        area_path=area,
    )
    ctx.session.add(row)
    ctx.session.flush()
    if scan is not None and scan.cylinder_id is not None:
        refold(ctx, queries.cylinders_by_id(ctx, [scan.cylinder_id]))
        ask_about_homes(ctx, {scan.account})
    elif scan is not None:
        settle_cases(ctx, [(about_unread(scan, None), [])])
    announce(ctx, ScanDeclaredError(row.id, row.scan_id))
    return row


def _areas(ctx: Ctx) -> Sequence[str]:
    return sorted({grant.area for grant in ctx.principal.grants} | {f"/{ctx.settings.district}/"})


def _at(ctx: Ctx, new: NewError) -> datetime:
    return from_ms(new.claim.trusted_ms) if new.claim else ctx.now()


def answer_case(ctx: Ctx, case_id: str, said: wire.AnswerCaseParams) -> CustodyCase:
    """Keeps the word of a worker who is asked; where all agree and only a scan was forgotten, the case ends with it.

    Refuses with gas.case_unknown and gas.case_not_yours.
    """
    row = queries.case_by_id(ctx, case_id)
    if row is None:
        raise rules.CaseUnknown
    me = ctx.principal.person_id
    asked = [wire.Party.model_validate(party) for party in row.asked]
    if (HolderKind.worker, me) not in {(party.kind, party.id) for party in asked}:
        raise rules.CaseNotYours
    answer = wire.CaseAnswer(person_id=me, agrees=said.agrees, note=said.note, answered_at=ctx.done_at())
    row.answers = [*row.answers, answer.model_dump(mode="json")][-ANSWERS_KEPT_MAX:]
    last_words = {one["person_id"]: one["agrees"] for one in row.answers}
    if row.state == wire.CaseState.open and agreed(wire.CaseKind(row.kind), asked, last_words):
        row.state, row.ended_at, row.ended_by = wire.CaseState.confirmed.value, ctx.now(), me
        announce(ctx, CaseConfirmed(row.id))
    ctx.session.add(row)
    ctx.session.flush()
    return row


def confirm_case(ctx: Ctx, case_id: str, note: str) -> CustodyCase:
    """Ends a case with somebody's word that the chain is right. Refuses with gas.case_unknown and .case_ended."""
    row = queries.case_row(ctx, case_id)
    ctx.principal.require(MANAGE, row.area_path)
    if row.state != wire.CaseState.open:
        raise rules.CaseEnded
    row.state, row.ended_at = wire.CaseState.confirmed.value, ctx.now()
    row.ended_by, row.note = ctx.principal.person_id or None, note
    ctx.session.add(row)
    ctx.session.flush()
    announce(ctx, CaseConfirmed(row.id))
    return row
