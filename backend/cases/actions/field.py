"""What is done in the field, on line or off: found, verified, accepted, finished, checked, and asked for."""

from backend.alarms import queries as alarms
from backend.alarms.events import AlarmRaised
from backend.cases import queries
from backend.cases.actions import codes, record, timing
from backend.cases.actions.record import Said
from backend.cases.events import CaseStepped
from backend.cases.rules import late, numbers
from backend.cases.rules.guards import ASKS, Facts, check
from backend.cases.rules.practice import DANGER_OTHER, DANGERS
from backend.cases.rules.refusals import PersonUnfit
from backend.cases.rules.table import MOVES
from backend.cases.tables import Case
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.ids import new_id
from backend.kernel.lateness import Told
from backend.kernel.lots import drawn
from backend.people import queries as people
from mobile_contract import cases as wire
from mobile_contract.caselooks import CaseAudit
from mobile_contract.cases import Act, CaseEffect, Request, Source, State, Supervision
from mobile_contract.texts.names import NAMES
from sync.kinds import Kept, Verdict

LOOKED = {
    wire.VerifyResult.exist: Act.verify_exist,
    wire.VerifyResult.not_exist: Act.verify_not_exist,
    wire.VerifyResult.unable: Act.verify_unable,
    wire.CheckResult.passed: Act.check_pass,
    wire.CheckResult.failed: Act.check_fail,
    wire.CheckResult.unable: Act.check_unable,
}
_UNIT_ASKS = (Request.return_.value, Request.extension.value, Request.suspension.value)


def report(ctx: Ctx, case_id: str, said: wire.ReportParams, photos: list[str], *, disposed: bool) -> Case:
    """Takes a finding; `disposed`: whoever found it has put it right (自行处置)."""
    act = Act.self_dispose if disposed else Act.report
    line = MOVES[act]
    ctx.principal.require(line.permission)
    collects = Role.collector in ctx.principal.roles
    source = Source.collector if collects else Source.crew
    case = _born(ctx, case_id, said, source)
    facts = Facts(
        act=act,
        doer=ctx.principal.person_id,
        at=ctx.done_at(),
        practice=queries.practice(ctx),
        source=source,
        photos=len(photos),
        self_disposable=_self_disposable(ctx, case),
    )
    check(line, facts)
    assert line.after is not None
    case.state = line.after.value
    if disposed:
        case.handled_by, case.handled_at, case.ended_at = facts.doer, facts.at, facts.at
        seed = ctx.settings.secret.get_secret_value()
        case.audit = (CaseAudit.due if drawn(seed, case.id, facts.practice.audit_percent) else CaseAudit.none).value
    ctx.session.add(case)
    ctx.session.flush()
    _begin(ctx, case, act, Said(said.note, photos, said.position))
    return case


def _self_disposable(ctx: Ctx, case: Case) -> bool:
    """What the code table says; where none is in force, what the district is used to."""
    code = queries.code_of_case(ctx, case)
    if code is not None:
        return code.self_disposable
    return queries.practice(ctx).self_disposable and not queries.any_current(
        ctx, case.area_path.split("/")[1], case.kind
    )


def open_for_alarm(ctx: Ctx, event: AlarmRaised) -> None:
    """A danger that was reported is a case at once, so that somebody owns it; one without a place waits for a desk."""
    alarm = alarms.facts_of(ctx, event.alarm_id)
    if alarm.danger is None or alarm.longitude is None or alarm.latitude is None:
        return
    big, small = DANGERS.get(alarm.danger, DANGER_OTHER)
    said = wire.ReportParams(
        kind=wire.CodeKind.event,
        big=big,
        small=small,
        title=NAMES[alarm.danger.value][0],
        note=alarm.note,
        position=wire.Place(longitude=alarm.longitude, latitude=alarm.latitude, accuracy_m=alarm.accuracy_m),
        area_path=alarm.area_path,
    )
    case = _born(ctx, new_id(), said, Source.crew)
    case.alarm_id = alarm.id
    ctx.session.add(case)
    ctx.session.flush()
    _begin(ctx, case, Act.report, Said(said.note, alarm.photos, said.position))


def _born(ctx: Ctx, case_id: str, said: wire.ReportParams, source: Source) -> Case:
    known = said.area_path is not None and people.area_exists(ctx, said.area_path)
    area_path = said.area_path if known and said.area_path else _own_area(ctx)
    case = Case(
        id=case_id,
        code=record.next_code(ctx, area_path),
        source=source.value,
        kind=said.kind.value,
        big=said.big,
        small=said.small,
        title=said.title,
        note=said.note,
        component=said.component or "",
        longitude=said.position.longitude,
        latitude=said.position.latitude,
        address=said.address,
        area_path=area_path,
        street=numbers.street_of(area_path),
        grid=numbers.grid_of(area_path),
        state=State.reported.value,
        supervised=Supervision.none.value,
        reporter_id=ctx.principal.person_id or None,
        reported_at=ctx.done_at(),
    )
    codes.name_code(ctx, case)  # a phone with an older table is not refused: the desk names the code anew
    return case


def _own_area(ctx: Ctx) -> str:
    areas = [grant.area for grant in ctx.principal.grants]
    return max(sorted(areas), key=len, default=f"/{ctx.settings.district}/")


def _begin(ctx: Ctx, case: Case, act: Act, said: Said) -> None:
    after = State(case.state)
    record.write(ctx, case, act, CaseEffect.applied, said, None, after)
    record.index(ctx, case)
    timing.turn(ctx, case, None, after, act)
    ctx.session.add(case)
    record.put_ahead(ctx, case)
    record.show_photos(ctx, case)
    announce(ctx, CaseStepped(case.id, act.value, case.state, case.reporter_id))


def act_on(ctx: Ctx, case_id: str, act: Act, said: Said) -> Kept | None:
    """Takes an act of a phone on a case it saw: by the table of late acts first, then by the table of moves."""
    ctx.principal.require(MOVES[act].permission)
    case = queries.case_row(ctx, case_id)
    row = _late(ctx, case, act)
    if row is not None and row.verdict is Verdict.noop:
        return None
    if row is not None and row.verdict is Verdict.compensate:
        return _keep(ctx, case, act, said, row)
    if row is not None:
        _take_over(ctx, case)
    effect = CaseEffect.applied if row is None else CaseEffect.took_over
    _do(ctx, case, act, said, effect)
    record.show_photos(ctx, case)
    return _kept(case, row) if row is not None else None


def _late(ctx: Ctx, case: Case, act: Act) -> late.Row | None:
    state = State(case.state)
    moved_at = queries.moved_at(ctx, case.id, state.value) or case.reported_at
    mine = ctx.principal.team_ids
    units = queries.units(ctx, case.id)
    had = any(team in mine for team in units)
    has = any(team in mine and not unit.withdrawn for team, unit in units.items())
    return late.row(act, state, ctx.done_at(), moved_at, given_away=had and not has)


def _kept(case: Case, row: late.Row) -> Kept:
    params = {"state": case.state, "code": case.code}
    return Kept(row.code, params, decide=row.told is Told.decide)


def _keep(ctx: Ctx, case: Case, act: Act, said: Said, row: late.Row) -> Kept:
    record.keep(ctx, case, act, said)
    if case.master_id is not None and case.state == State.merged:
        master = queries.case_row(ctx, case.master_id)
        record.keep(ctx, master, act, said)
    return _kept(case, row)


def _take_over(ctx: Ctx, case: Case) -> None:
    """Work that was done before the next unit began counts: theirs is withdrawn."""
    ours = sorted(team for team in queries.units(ctx, case.id) if team in ctx.principal.team_ids)
    record.give_to(ctx, case, ours[0], [])
    ctx.session.flush()


def _do(ctx: Ctx, case: Case, act: Act, said: Said, effect: CaseEffect) -> None:
    if act is Act.finish and _part_of(ctx, case):
        _finish_part(ctx, case, said)
        return
    if act is Act.finish and case.suspended:
        timing.resume(ctx, case)
    record.take(ctx, case, act, said, effect=effect)
    if act is Act.finish:
        case.handled_by, case.handled_at = ctx.principal.person_id, ctx.done_at()
        case.units_done = [team for team in (case.team_id, *case.helpers) if team]
        case.pending = [name for name in case.pending if name not in _UNIT_ASKS]
    if act is Act.rework:
        case.handler_id, case.units_done = ctx.principal.person_id, []
    if act is Act.check_fail:
        case.reworks += 1
    if act is Act.check_unable:
        case.checker_id = None
    if act in ASKS:
        case.pending = [*case.pending, ASKS[act].value]
    ctx.session.add(case)


def _part_of(ctx: Ctx, case: Case) -> bool:
    """Whether other units still owe their part of a joint case."""
    ours = ctx.principal.team_ids
    owed = {team for team in (case.team_id, *case.helpers) if team} - set(case.units_done)
    return bool(owed & ours) and bool(owed - ours)


def _finish_part(ctx: Ctx, case: Case, said: Said) -> None:
    """Our part of a joint case is done; it is handled when the last unit has finished."""
    check(MOVES[Act.finish], record.facts(ctx, case, Act.finish, said))
    record.write(ctx, case, Act.finish, CaseEffect.applied, said, State(case.state), State.handling)
    ours = [team for team in (case.team_id, *case.helpers) if team in ctx.principal.team_ids]
    case.units_done = [*case.units_done, *(team for team in ours if team and team not in case.units_done)]
    case.state = State.handling.value
    ctx.session.add(case)
    announce(ctx, CaseStepped(case.id, Act.finish.value, case.state, ctx.principal.person_id))


def accept(ctx: Ctx, case_id: str, person_id: str | None, said: Said) -> Kept | None:
    """A unit takes a case in hand, for oneself or for somebody of the unit. Refuses with cases.person_unfit."""
    case = queries.case_row(ctx, case_id)
    before = case.state
    kept = act_on(ctx, case_id, Act.accept, said)
    if kept is None and before == State.dispatched:
        handler = person_id or ctx.principal.person_id
        if person_id is not None and not _of_units(ctx, case, person_id):
            raise PersonUnfit
        case.handler_id = handler
        ctx.session.add(case)
    return kept


def _of_units(ctx: Ctx, case: Case, person_id: str) -> bool:
    teams = people.principal_of(ctx, person_id, None).team_ids if people.is_active(ctx, person_id) else frozenset()
    return bool(teams & record.held_by(ctx, case))
