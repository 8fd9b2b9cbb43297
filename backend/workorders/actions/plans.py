"""Plans: made, ended, and their orders generated, each once."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from backend.kernel.audit import record
from backend.kernel.calendar import local_day, minute_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.ids import named_id, new_id
from backend.kernel.jobs import enqueue
from backend.kernel.journaling import Fact, add_facts, add_rows
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.actions import forms
from backend.workorders.actions.desk import Roster, need_crew, placed
from backend.workorders.actions.lines import DISPATCH, Named, Said, count_joint, line_of, take_step
from backend.workorders.actions.words import index_again, index_new, texts_of
from backend.workorders.tables import WorkOrder, WorkOrderStep, WorkPlan, WorkTemplate
from mobile_contract import workorders
from mobile_contract import workplans as wire
from mobile_contract.workorders import Act, Effect, Evidence, Inspection, Step
from mobile_contract.worktemplates import EvidenceRule

GENERATE = "workorders.generate_plan"
GENERATED_PER_TURN_MAX = 2_000
ENDED_PER_TURN_MAX = 1_000
REVISED_PER_TURN_MAX = 500
PLAN_CHANGED = "计划已调整 / the plan was changed"
AHEAD = timedelta(days=31)
"""So far ahead the nightly job makes orders."""
_FOLLOWS = (
    "title",
    "scene",
    "template_id",
    "note",
    "area_path",
    "team_id",
    "assignee_id",
    "window_from_at",
    "due_at",
    "route_place",
    "plan_version",
)
"""What an order has from its plan."""
_NEW = Named("", Step.planned.value)


def make_plan(ctx: Ctx, ask: wire.NewPlan) -> WorkPlan:
    """Makes a plan; its orders are made in the background.

    Refuses with workorders.rule_invalid, workorders.plan_endless, workorders.plan_empty, workorders.area_unknown,
    workorders.team_unknown, workorders.assignee_not_in_team, workorders.scene_unknown, workorders.template_unknown,
    workorders.line_invalid, workorders.line_too_long, workorders.plan_over, workorders.date_too_far.
    """
    _check(ctx, ask)
    made = WorkPlan(**_said(ask), state=wire.PlanState.active.value, created_at=ctx.now())
    last_on = _check_days(ctx, made)[-1].worked_on
    if last_on < local_day(ctx.now()) - timedelta(days=1):
        raise rules.PlanOver(on=last_on.isoformat())
    ctx.session.add(made)
    ctx.session.flush()
    record(ctx, "workorders.plan_made", f"plan:{made.id}", title=made.title)
    enqueue(ctx, GENERATE, {"plan_id": made.id})
    return made


def _check(ctx: Ctx, ask: wire.NewPlan) -> None:
    ctx.principal.require(DISPATCH, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise rules.AreaUnknown
    roster = Roster()
    for assignee in {place.assignee_id for place in ask.places}:
        need_crew(ctx, ask.team_id, assignee, roster)
    for part in ask.parts:
        need_crew(ctx, part.team_id, part.assignee_id, roster)
    forms.need_scene(ctx, ask.scene)
    if ask.template is not None and queries.current_template(ctx, _district(ask), ask.scene, ask.template) is None:
        raise rules.TemplateUnknown


def _check_days(ctx: Ctx, plan: WorkPlan) -> list[wire.PlanDay]:
    """A plan's days; refuses one without a day, and one that begins in years."""
    days = queries.plan_days(ctx, plan)
    if days[0].worked_on > local_day(ctx.now()) + timedelta(days=wire.PLAN_DAYS_MAX):
        raise rules.DateTooFar(on=days[0].worked_on.isoformat(), days=wire.PLAN_DAYS_MAX)
    return days


def _said(ask: wire.NewPlan) -> dict[str, Any]:
    """The columns that a plan's words fill; refuses a recurrence that cannot be."""
    rule = rules.read_rule(ask.rule, ask.starts_on)
    plain = ask.model_dump(mode="python", include=set(wire.NewPlan.model_fields) - {"rule", "policy", "places"})
    return {**plain, "rule": rule.text, "policy": ask.policy.value, "places": [_placed(one) for one in ask.places]}


def _placed(place: wire.NewPlace) -> dict[str, Any]:
    return place.model_dump() | queries.spot_of(place)


def _spot(plan: WorkPlan, one: rules.Wanted) -> rules.Spot:
    place = plan.places[one.place_no]
    return rules.Spot(
        longitude=place["longitude"],
        latitude=place["latitude"],
        line=place.get("line"),
        buffer_m=place.get("buffer_m"),
    )


def revise_plan(ctx: Ctx, plan_id: str, ask: wire.RevisedPlan) -> WorkPlan:
    """A new version of a plan. What crews were given stays as it is, done or not; what nobody was given follows in the
    background: it is changed where the plan still wants its day, place and window, and withdrawn where not.

    Refuses as `make_plan` does; with workorders.plan_unknown; with workorders.plan_moved when somebody else changed it
    meanwhile or it is over.
    """
    plan = queries.plan_in_sight(ctx, plan_id)
    ctx.principal.require(DISPATCH, plan.area_path)
    if plan.version != ask.version or plan.state != wire.PlanState.active:
        raise rules.PlanMoved(version=plan.version, state=plan.state)
    _check(ctx, ask)
    for name, value in _said(ask).items():
        setattr(plan, name, value)
    _check_days(ctx, plan)
    plan.version += 1
    plan.generated_until_on = None
    ctx.session.add(plan)
    ctx.session.flush()
    record(ctx, "workorders.plan_revised", f"plan:{plan.id}", version=plan.version)
    if not follow(ctx, plan):
        enqueue(ctx, GENERATE, {"plan_id": plan.id})
    return plan


def follow(ctx: Ctx, plan: WorkPlan) -> bool:
    """Brings a portion of the orders that nobody was given to the plan's version; whether there may be more."""
    found = queries.of_older_version(ctx, plan, REVISED_PER_TURN_MAX)
    if not found:
        return False
    wanted = {one.key: one for day in queries.plan_days(ctx, plan) for one in _wanted(ctx, plan, day)}
    template = _template(ctx, plan)
    for order in found:
        assert order.occurrence_on is not None
        one = wanted.get((order.occurrence_on, order.place, order.window_no, order.joint_no))
        if one is None:
            order.withdrawn_by, order.plan_version = plan.version, plan.version
            order.cancel_reason = PLAN_CHANGED
            take_step(ctx, order, Act.cancel, Step.cancelled, Effect.applied, Said(note=PLAN_CHANGED))
        else:
            _replan(ctx, plan, order, one, template)
    ctx.session.flush()
    if len(found) == REVISED_PER_TURN_MAX:
        enqueue(ctx, GENERATE, {"plan_id": plan.id})
        return True
    return False


def _replan(ctx: Ctx, plan: WorkPlan, order: WorkOrder, one: rules.Wanted, template: WorkTemplate | None) -> None:
    before = texts_of(order)
    rule = EvidenceRule.model_validate(template.evidence_rule if template else {})
    shape = _shape(plan, one, order.code, template.id if template else None, rule)
    for name in _FOLLOWS:
        setattr(order, name, getattr(shape, name))
    for name, value in placed(_spot(plan, one), shape.area_path, shape.due_at).items():
        setattr(order, name, value)
    order.evidence_rule = rule.model_dump()
    order.release_at = one.from_at - timedelta(hours=plan.release_ahead_h)
    take_step(ctx, order, Act.replan, Step.planned, Effect.applied, Said(note=f"v{plan.version}"))
    ctx.session.flush()
    index_again(ctx, order, before)


def _template(ctx: Ctx, plan: WorkPlan) -> WorkTemplate | None:
    return queries.current_template(ctx, _district(plan), plan.scene, plan.template) if plan.template else None


def _district(of: wire.NewPlan | WorkPlan) -> str:
    return of.area_path.split("/")[1]


def end_plan(ctx: Ctx, plan_id: str) -> WorkPlan:
    """Makes no more orders; those that no crew was given are withdrawn, the rest in the background."""
    plan = queries.plan_in_sight(ctx, plan_id)
    ctx.principal.require(DISPATCH, plan.area_path)
    if plan.state != wire.PlanState.ended:
        plan.state = wire.PlanState.ended.value
        ctx.session.add(plan)
        record(ctx, "workorders.plan_ended", f"plan:{plan.id}", title=plan.title)
        withdraw_ahead(ctx, plan.id)
    return plan


def withdraw_ahead(ctx: Ctx, plan_id: str) -> None:
    """Withdraws orders of an ended plan that nobody was given, a portion at a time."""
    found = queries.ahead_of(ctx, plan_id, ENDED_PER_TURN_MAX)
    for order in found:
        take_step(ctx, order, Act.cancel, rules.next_step(Step.planned, Act.cancel), Effect.applied, Said())
    ctx.session.flush()
    if len(found) == ENDED_PER_TURN_MAX:
        enqueue(ctx, GENERATE, {"plan_id": plan_id})


# -- generation ---------------------------------------------------------------------------------------------------


def generate(ctx: Ctx, plan_id: str, ask: wire.Generate) -> wire.Generated:
    """Makes a plan's orders up to a day, at the desk's wish. Refuses with workorders.period_invalid."""
    plan = queries.plan_in_sight(ctx, plan_id)
    ctx.principal.require(DISPATCH, plan.area_path)
    if ask.until_on > local_day(ctx.now()) + timedelta(days=wire.GENERATE_DAYS_MAX):
        raise rules.PeriodInvalid
    return generate_orders(ctx, plan, ask.until_on)


def generate_ahead(ctx: Ctx) -> None:
    """Wishes the orders of every active plan for the days to come."""
    until_on = local_day(ctx.now()) + AHEAD
    for plan_id in queries.active_plans(ctx, until_on):
        enqueue(ctx, GENERATE, {"plan_id": plan_id}, key=f"{GENERATE}:{plan_id}:{until_on}")


def generate_plan(ctx: Ctx, plan_id: str) -> None:
    """Makes a plan's orders for the days to come, a portion at a time; of an ended plan, withdraws them."""
    plan = queries.plan_row(ctx, plan_id)
    if plan is None:
        return
    if plan.state == wire.PlanState.ended:
        withdraw_ahead(ctx, plan_id)
    elif follow(ctx, plan):
        return
    elif generate_orders(ctx, plan, local_day(ctx.now()) + AHEAD).more:
        enqueue(ctx, GENERATE, {"plan_id": plan_id})


def generate_orders(ctx: Ctx, plan: WorkPlan, until_on: date, limit: int = GENERATED_PER_TURN_MAX) -> wire.Generated:
    """Makes the orders of a plan that do not stand yet: those whose window is not over, up to a day.

    Day, place and window name an order: however often it is asked, each is made once, and one that stands is never
    touched.
    """
    if plan.state != wire.PlanState.active:
        return wire.Generated(made=0, stood=0, more=False)
    missing: list[rules.Wanted] = []
    stood = 0
    for day in queries.plan_days(ctx, plan):
        if day.worked_on > until_on or len(missing) > limit:
            break
        wanted = list(_wanted(ctx, plan, day))
        made = queries.made_on(ctx, plan.id, day.on) if wanted else set()
        stood += len(made)
        missing += [one for one in wanted if one.key not in made]
    more = len(missing) > limit
    _write(ctx, plan, missing[:limit])
    if not more and (plan.generated_until_on is None or plan.generated_until_on < until_on):
        plan.generated_until_on = until_on
        ctx.session.add(plan)
    ctx.session.flush()
    return wire.Generated(made=min(len(missing), limit), stood=stood, more=more)


def _wanted(ctx: Ctx, plan: WorkPlan, day: wire.PlanDay) -> Iterator[rules.Wanted]:
    """The orders of a day whose window is not over."""
    now = ctx.now()
    for number, window in enumerate(plan.windows):
        until_at = from_ms(minute_ms(day.worked_on, window["until_min"]))
        if until_at <= now:
            continue
        from_at = from_ms(minute_ms(day.worked_on, window["from_min"]))
        parts = range(1, len(plan.parts) + 2) if plan.parts else [0]
        for place, part in itertools.product(range(len(plan.places)), parts):
            yield rules.Wanted(day.on, number, place, plan.places[place]["code"], from_at, until_at, part)


def _write(ctx: Ctx, plan: WorkPlan, wanted: Sequence[rules.Wanted]) -> None:
    """Rows, journal and history of many new orders together."""
    if not wanted:
        return
    template = _template(ctx, plan)
    series = rules.series(plan.area_path, local_day(ctx.now()))
    counter, first = queries.counted(ctx, series, len(wanted))
    counter.last += len(wanted)
    ctx.session.add(counter)
    ctx.session.flush()
    rule = EvidenceRule.model_validate(template.evidence_rule if template else {})
    kept = _kept(ctx) | {"evidence_rule": rule.model_dump()}
    ahead = timedelta(hours=plan.release_ahead_h)
    shapes = [
        _shape(plan, one, rules.code(series, first + n), template.id if template else None, rule)
        for n, one in enumerate(wanted)
    ]
    facts = [
        Fact(
            shape,
            kept
            | placed(_spot(plan, one), plan.area_path, one.until_at)
            | {"window_no": one.window_no, "release_at": one.from_at - ahead},
        )
        for one, shape in zip(wanted, shapes, strict=True)
    ]
    add_facts(ctx.session, WorkOrder, facts)
    line = line_of(ctx, _NEW, Act.plan, Effect.applied, Step.planned, Said()).model_dump()
    lines = [line | {"id": new_id(), "order_id": shape.id} for shape in shapes]
    index_new(ctx, shapes)
    add_rows(ctx.session, WorkOrderStep, lines)
    if plan.parts and plan.version > 1:
        # A part that came with a new version joins the ones that stand.
        for joint_id in dict.fromkeys(shape.joint_id for shape in shapes if shape.joint_id):
            count_joint(ctx, joint_id)


def _kept(ctx: Ctx) -> dict[str, object]:
    """Columns that do not travel."""
    return {"withdrawn_by": 0, "working_since_at": None, "former": [], "created_at": ctx.now()}


def _shape(
    plan: WorkPlan, one: rules.Wanted, code: str, template_id: str | None, rule: EvidenceRule
) -> workorders.WorkOrder:
    place = plan.places[one.place_no]
    parts = len(plan.parts) + 1 if plan.parts else 0
    part = plan.parts[one.joint_no - 2] if one.joint_no > 1 else None
    return workorders.WorkOrder(
        id=new_id(),
        code=code,
        title=f"{plan.title}：{place['label']}"[: workorders.TITLE_CHARS_MAX],
        scene=plan.scene,
        template_id=template_id,
        note=(part and part["note"]) or plan.note,
        crew_note="",
        priority=0,
        **_spot(plan, one),
        area_path=plan.area_path,
        team_id=part["team_id"] if part else plan.team_id,
        assignee_id=part["assignee_id"] if part else place["assignee_id"],
        step=Step.planned,
        window_from_at=one.from_at,
        due_at=one.until_at,
        released_at=None,
        started_at=None,
        started_by=None,
        done_at=None,
        done_by=None,
        worked_s=0,
        evidence_rule=rule,
        evidence=Evidence.none,
        lacking=[],
        covered_percent=None,
        photos=[],
        signature=None,
        materials=[],
        inspection=Inspection.none,
        inspected_at=None,
        inspected_by=None,
        rework_count=0,
        cancel_reason="",
        master_id=None,
        joint_id=named_id(plan.id, one.on.isoformat(), one.place, str(one.window_no)) if parts else None,
        joint_no=one.joint_no,
        joint_parts=parts,
        joint_left=parts,
        halt_id=None,
        halted_at=None,
        halt_reason="",
        plan_id=plan.id,
        plan_version=plan.version,
        occurrence_on=one.on,
        place=one.place,
        route_place=one.place_no + 1,
    )
