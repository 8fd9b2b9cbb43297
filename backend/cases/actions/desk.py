"""What the desks do with cases: verify, register, dispatch, decide, check, close."""

from backend.cases import queries
from backend.cases.actions import codes, record, timing
from backend.cases.actions.record import Said
from backend.cases.events import CaseDispatched, CaseStepped
from backend.cases.rules import numbers
from backend.cases.rules.refusals import (
    AreaUnknown,
    CodeUnknown,
    MasterUnfit,
    NothingAsked,
    PersonUnfit,
    UnitElsewhere,
    UnitIncompetent,
    UnitUnknown,
)
from backend.cases.rules.table import MOVES
from backend.cases.tables import Case
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.people import queries as people
from mobile_contract import caselooks as looks
from mobile_contract import cases as wire
from mobile_contract.cases import Act, CaseEffect, Request, State, Supervision

ENTER = "cases.enter"
GRANT = {
    Request.return_: (Act.grant_return, Act.deny_return),
    Request.extension: (Act.grant_extension, Act.deny_extension),
    Request.suspension: (Act.grant_suspension, Act.deny_suspension),
    Request.appeal: (Act.grant_appeal, Act.deny_appeal),
}
MASTERS_MAX = 20
"""How long a chain of merged cases may be."""


def enter(ctx: Ctx, ask: wire.NewCase) -> Case:
    """Takes down what a desk heard of. Refuses with auth.not_allowed, cases.area_unknown, cases.code_unknown."""
    ctx.principal.require(ENTER, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise AreaUnknown
    case = Case(
        **ask.model_dump(exclude={"component", "kind", "source"}),
        kind=ask.kind.value,
        source=ask.source.value,
        component=ask.component or "",
        street=numbers.street_of(ask.area_path),
        grid=numbers.grid_of(ask.area_path),
        code=record.next_code(ctx, ask.area_path),
        state=State.reported.value,
        supervised=Supervision.none.value,
        reported_at=ctx.done_at(),
    )
    if not codes.name_code(ctx, case):
        raise CodeUnknown(code=case.big + case.small)
    ctx.session.add(case)
    ctx.session.flush()
    record.write(ctx, case, Act.report, CaseEffect.applied, Said(ask.note), None, State.reported)
    record.index(ctx, case)
    timing.turn(ctx, case, None, State.reported, Act.report)
    record.put_ahead(ctx, case)
    announce(ctx, CaseStepped(case.id, Act.report.value, case.state, ctx.principal.person_id))
    ctx.session.flush()
    return case


def _case_of_desk(ctx: Ctx, case_id: str, act: Act) -> Case:
    case = queries.case_in_sight(ctx, case_id)
    ctx.principal.require(MOVES[act].permission, case.area_path)
    return case


def _done(ctx: Ctx, case: Case) -> Case:
    ctx.session.add(case)
    record.show_photos(ctx, case)
    return case


def ask_verify(ctx: Ctx, case_id: str, ask: wire.ToPerson) -> Case:
    """Sends somebody to see whether it is so. Refuses with cases.person_unfit, cases.out_of_order."""
    case = _case_of_desk(ctx, case_id, Act.ask_verify)
    _need_looker(ctx, ask.person_id)
    record.take(ctx, case, Act.ask_verify, Said(ask.note))
    case.verifier_id = ask.person_id
    return _done(ctx, case)


def send_check(ctx: Ctx, case_id: str, ask: wire.ToPerson) -> Case:
    """Sends somebody to check the work; never whoever did it, and rather nobody of a unit that found or handled it: a
    case whose checker is of one says so. Refuses with cases.checker_is_handler."""
    case = _case_of_desk(ctx, case_id, Act.send_check)
    _need_looker(ctx, ask.person_id)
    record.take(ctx, case, Act.send_check, Said(ask.note, more={"sent": ask.person_id}))
    case.checker_id = ask.person_id
    case.checker_of_unit = queries.of_unit(ctx, ask.person_id, queries.units_near(ctx, case))
    return _done(ctx, case)


def _need_looker(ctx: Ctx, person_id: str) -> None:
    if not people.is_active(ctx, person_id):
        raise PersonUnfit
    if not people.principal_of(ctx, person_id, None).may("cases.look"):
        raise PersonUnfit


def register(ctx: Ctx, case_id: str, ask: wire.Register) -> Case:
    """Registers a case (立案). Refuses with cases.similar_unseen while near cases were not looked at,
    cases.conditions_unticked, cases.code_unknown."""
    case = _case_of_desk(ctx, case_id, Act.register)
    near = queries.similar(ctx, case_id)
    unseen = tuple(one.case.id for one in near if one.case.id not in ask.similar_seen)
    _name_code(ctx, case, ask)
    code = queries.code_of_case(ctx, case)
    missing = tuple(one for one in (code.conditions if code else ()) if one not in ask.conditions)
    more = {"similar_unseen": unseen, "conditions_missing": missing}
    record.take(ctx, case, Act.register, Said(ask.note, more=more))
    return _done(ctx, case)


def _name_code(ctx: Ctx, case: Case, ask: wire.Register) -> None:
    """What it really is, and of which grade; from here on the case stays with this version of the table."""
    if ask.code is not None:
        case.kind, case.big, case.small = ask.code.kind.value, ask.code.big, ask.code.small
    known = codes.name_code(ctx, case) if ask.code is not None or case.code_id is None else True
    if not known:
        raise CodeUnknown(code=case.big + case.small)
    case.grade = ask.grade


def _end(ctx: Ctx, case_id: str, act: Act, reason: str) -> Case:
    case = _case_of_desk(ctx, case_id, act)
    record.take(ctx, case, act, Said(reason))
    case.reason = reason
    return _done(ctx, case)


def reject(ctx: Ctx, case_id: str, reason: str) -> Case:
    """Does not take it up; whoever reported it reads why."""
    return _end(ctx, case_id, Act.reject, reason)


def transfer(ctx: Ctx, case_id: str, reason: str) -> Case:
    """Hands it to an agency outside."""
    return _end(ctx, case_id, Act.transfer, reason)


def cancel(ctx: Ctx, case_id: str, reason: str) -> Case:
    """Withdraws an open case; what a crew did meanwhile is kept."""
    return _end(ctx, case_id, Act.cancel, reason)


def force_close(ctx: Ctx, case_id: str, reason: str) -> Case:
    """Ends an open case against the order of steps."""
    return _end(ctx, case_id, Act.force_close, reason)


def merge(ctx: Ctx, case_id: str, ask: wire.Merge) -> Case:
    """Merges a case into another that is open. Refuses with cases.master_unfit."""
    case = _case_of_desk(ctx, case_id, Act.merge)
    master = queries.case_in_sight(ctx, ask.master_id)
    more = {"master": State(master.state), "master_loops": _loops(ctx, case, master)}
    record.take(ctx, case, Act.merge, Said(ask.reason, more=more))
    case.master_id, case.reason = master.id, ask.reason
    record.support(ctx, case, master)
    return _done(ctx, case)


def _loops(ctx: Ctx, case: Case, master: Case) -> bool:
    above: Case | None = master
    for _ in range(MASTERS_MAX):
        if above is None:
            return False
        if above.id == case.id:
            return True
        above = queries.case_row(ctx, above.master_id) if above.master_id else None
    raise MasterUnfit


def dispatch(ctx: Ctx, case_id: str, ask: wire.Dispatch) -> Case:
    """Gives a case to a unit; its limit is counted now and stands. Refuses with cases.unit_unknown, .unit_elsewhere,
    .unit_incompetent."""
    act = Act.force_dispatch if ask.force else Act.dispatch
    case = _case_of_desk(ctx, case_id, act)
    helpers = [team for team in dict.fromkeys(ask.helpers) if team != ask.team_id]
    for team in (ask.team_id, *helpers):
        _need_unit(ctx, case, team)
    competent = queries.competent(ctx, case)
    if competent and ask.team_id not in competent and not ask.force:
        raise UnitIncompetent(teams=competent)
    record.take(ctx, case, act, Said(ask.note))
    record.give_to(ctx, case, ask.team_id, helpers)
    case.dispatched_at, case.pending, case.in_time = ctx.done_at(), [], None
    timing.wake(case)
    announce(ctx, CaseDispatched(case.id, (ask.team_id, *helpers)))
    return _done(ctx, case)


def _need_unit(ctx: Ctx, case: Case, team_id: str) -> None:
    area = people.team_area(ctx, team_id)
    if area is None:
        raise UnitUnknown
    if area.split("/")[1] != case.area_path.split("/")[1]:
        raise UnitElsewhere


def decide(ctx: Ctx, case_id: str, what: Request, ask: wire.Decide) -> Case:
    """Grants or denies what a unit asked for. Refuses with cases.nothing_asked."""
    act = GRANT[what][0 if ask.grant else 1]
    case = _case_of_desk(ctx, case_id, act)
    if what.value not in case.pending:
        raise NothingAsked
    record.take(ctx, case, act, Said(ask.reason))
    case.pending = [name for name in case.pending if name != what.value]
    if ask.grant:
        _grant(ctx, case, what)
    case.reason = ask.reason
    return _done(ctx, case)


def _grant(ctx: Ctx, case: Case, what: Request) -> None:
    if what is Request.return_:
        case.returns += 1
        record.give_to(ctx, case, None, [])
        case.pending = []
        timing.wake(case)
    elif what is Request.extension:
        case.extensions += 1
        timing.extend(ctx, case)
    elif what is Request.suspension:
        timing.pause(ctx, case)
    else:
        case.deduction = 0


def resume(ctx: Ctx, case_id: str, reason: str) -> Case:
    """Takes up a suspended case again; its clock goes on with what was left."""
    case = _case_of_desk(ctx, case_id, Act.resume)
    record.take(ctx, case, Act.resume, Said(reason))
    timing.resume(ctx, case)
    return _done(ctx, case)


def review_suspension(ctx: Ctx, case_id: str, reason: str) -> Case:
    """A suspension was looked at and goes on; it is looked at again some days later."""
    case = _case_of_desk(ctx, case_id, Act.review_suspension)
    record.take(ctx, case, Act.review_suspension, Said(reason))
    timing.review_next(ctx, case)
    return _done(ctx, case)


def audit(ctx: Ctx, case_id: str, ask: looks.AuditCase) -> Case:
    """Looks at what a finder put right at once and the lot has drawn; what was not put right is registered again.

    Refuses with cases.no_audit_due; with cases.checker_is_handler whoever put it right.
    """
    act = Act.audit_ok if ask.passed else Act.audit_bad
    case = _case_of_desk(ctx, case_id, act)
    record.take(ctx, case, act, Said(ask.reason))
    case.audit = (looks.CaseAudit.passed if ask.passed else looks.CaseAudit.failed).value
    if not ask.passed:
        case.reworks, case.ended_at, case.reason = case.reworks + 1, None, ask.reason
    return _done(ctx, case)


def close(ctx: Ctx, case_id: str, ask: wire.CloseCase) -> Case:
    """Closes a case whose check was passed; a citizen's needs a reply."""
    case = _case_of_desk(ctx, case_id, Act.close)
    record.take(ctx, case, Act.close, Said(ask.note, more={"reply": ask.reply}))
    case.reply = ask.reply
    return _done(ctx, case)


def reopen(ctx: Ctx, case_id: str, reason: str) -> Case:
    """Opens a closed case again; it counts as rework."""
    case = _case_of_desk(ctx, case_id, Act.reopen)
    record.take(ctx, case, Act.reopen, Said(reason))
    case.reopens, case.reworks, case.ended_at, case.reason = case.reopens + 1, case.reworks + 1, None, reason
    record.give_to(ctx, case, None, [])
    return _done(ctx, case)


def supervise(ctx: Ctx, case_id: str, ask: wire.Supervise) -> Case:
    """Watches a case (督办)."""
    case = _case_of_desk(ctx, case_id, Act.supervise)
    record.take(ctx, case, Act.supervise, Said(ask.reason))
    case.supervised = ask.why.value
    return _done(ctx, case)


def answer_supervision(ctx: Ctx, case_id: str, reason: str) -> Case:
    """The unit says why, and what it will do; nobody watches any more."""
    case = queries.case_in_sight(ctx, case_id)
    ctx.principal.require(MOVES[Act.answer_supervision].permission)
    record.take(ctx, case, Act.answer_supervision, Said(reason))
    case.supervised = Supervision.none.value
    return _done(ctx, case)


def evaluate(ctx: Ctx, case_id: str, ask: wire.Evaluate) -> Case:
    """Says what a closed case is worth."""
    case = _case_of_desk(ctx, case_id, Act.evaluate)
    record.take(ctx, case, Act.evaluate, Said(ask.reason))
    case.deduction = ask.deduction
    return _done(ctx, case)
