"""Orders at the desk: planned, given out, reassigned, withdrawn, accepted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.kernel.calendar import local_day
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.events import announce
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.actions import forms
from backend.workorders.actions.halts import halt_new
from backend.workorders.actions.lines import DISPATCH, Said, line_of, order_of_desk, take_step
from backend.workorders.actions.proofs import show_photos
from backend.workorders.actions.words import index_new
from backend.workorders.events import OrderReassigned, OrdersReleased
from backend.workorders.tables import CodeSeries, WorkOrder, WorkTemplate
from mobile_contract import workorders as wire
from mobile_contract.workorders import Act, Effect, Evidence, Inspection, Step
from mobile_contract.workplans import PLAN_DAYS_MAX
from mobile_contract.worktemplates import EvidenceRule


@dataclass(slots=True)
class Roster:
    """Teams and areas already asked for while a plan is taken."""

    members: dict[str, frozenset[str]] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)
    templates: dict[str, WorkTemplate] = field(default_factory=dict)


def plan_orders(ctx: Ctx, asks: Sequence[wire.NewWorkOrder], *, release: bool) -> list[WorkOrder]:
    """Plans orders, all or none, and gives them to their crews when `release`.

    Refuses with auth.not_allowed outside the caller's areas, workorders.area_unknown, workorders.team_unknown,
    workorders.assignee_not_in_team, workorders.due_in_the_past, workorders.window_invalid, workorders.scene_unknown,
    workorders.template_unknown, workorders.template_of_other_scene, workorders.line_invalid, workorders.line_too_long,
    workorders.date_too_far.
    """
    roster = Roster()
    for ask in asks:
        _check_ask(ctx, ask, roster)
    planned = [_plan(ctx, ask, roster) for ask in asks]
    ctx.session.add_all(planned)
    ctx.session.flush()
    ctx.session.add_all([line_of(ctx, row, Act.plan, Effect.applied, Step.planned, Said()) for row in planned])
    index_new(ctx, planned)
    if release:
        _give_out(ctx, planned)
    ctx.session.flush()
    return planned


def _check_ask(ctx: Ctx, ask: wire.NewWorkOrder, roster: Roster) -> None:
    ctx.principal.require(DISPATCH, ask.area_path)
    if ask.area_path not in roster.areas:
        if not people.area_exists(ctx, ask.area_path):
            raise rules.AreaUnknown
        roster.areas.add(ask.area_path)
    need_crew(ctx, ask.team_id, ask.assignee_id, roster)
    if ask.due_at is not None and ask.due_at < ctx.now():
        raise rules.DueInThePast
    need_near(ctx, ask.due_at)
    if ask.window_from_at is not None and (ask.due_at is None or ask.due_at <= ask.window_from_at):
        raise rules.WindowInvalid
    if ask.template_id is None:
        forms.need_scene(ctx, ask.scene)
    elif ask.template_id not in roster.templates:
        roster.templates[ask.template_id] = forms.template_for(ctx, ask.template_id, ask.scene, ask.area_path)


def need_near(ctx: Ctx, at: datetime | None) -> None:
    """Refuses with workorders.date_too_far what nobody plans so far ahead."""
    if at is not None and at > ctx.now() + timedelta(days=PLAN_DAYS_MAX):
        raise rules.DateTooFar(on=local_day(at).isoformat(), days=PLAN_DAYS_MAX)


def need_crew(ctx: Ctx, team_id: str, assignee_id: str | None, roster: Roster) -> None:
    """Refuses with workorders.team_unknown or workorders.assignee_not_in_team."""
    if team_id not in roster.members:
        roster.members[team_id] = _members(ctx, team_id)
    if assignee_id is not None and assignee_id not in roster.members[team_id]:
        raise rules.AssigneeNotInTeam


def _members(ctx: Ctx, team_id: str) -> frozenset[str]:
    try:
        team = people.team(ctx, team_id)
    except NotFound:
        raise rules.TeamUnknown from None
    if team.dissolved_at is not None:
        raise rules.TeamUnknown
    return frozenset(member.person_id for member in team.members)


def _plan(ctx: Ctx, ask: wire.NewWorkOrder, roster: Roster) -> WorkOrder:
    template = roster.templates.get(ask.template_id or "")
    rule = EvidenceRule.model_validate(template.evidence_rule if template else {})
    spot = queries.spot_of(ask)
    return WorkOrder(
        **ask.model_dump(exclude={"photos_min", *spot}),
        **placed(spot, ask.area_path, ask.due_at),
        code=_next_code(ctx, ask.area_path),
        step=Step.planned.value,
        evidence=Evidence.none.value,
        evidence_rule=rule.model_copy(update={"photos_min": max(rule.photos_min, ask.photos_min)}).model_dump(),
        created_at=ctx.now(),
    )


def placed(spot: rules.Spot, area_path: str, due_at: datetime | None) -> dict[str, Any]:
    """Where an order is, and the columns that lists of orders are read along."""
    levels = rules.area_levels(area_path)
    return {**spot, **levels, **rules.found_by(spot), "ranked_at": due_at or rules.NO_DUE}


def _next_code(ctx: Ctx, area_path: str) -> str:
    name = rules.series(area_path, ctx.now().astimezone(DISTRICT_ZONE).date())
    series = queries.series_row(ctx, name)
    if series is None:
        series = CodeSeries(id=name)
        ctx.session.add(series)
        ctx.session.flush()
    series.last += 1
    return rules.code(name, series.last)


def release_orders(ctx: Ctx, order_ids: Sequence[str]) -> list[WorkOrder]:
    """Gives planned orders to their crews, all or none."""
    found = [order_of_desk(ctx, order_id) for order_id in dict.fromkeys(order_ids)]
    _give_out(ctx, found)
    ctx.session.flush()
    return found


def _give_out(ctx: Ctx, orders: Sequence[WorkOrder]) -> None:
    for order in orders:
        order.released_at = ctx.now()
        take_step(ctx, order, Act.release, rules.next_step(Step(order.step), Act.release), Effect.applied, Said())
    halt_new(ctx, orders)
    announce(ctx, OrdersReleased(tuple(order.id for order in orders)))


def reassign(ctx: Ctx, order_id: str, ask: wire.Reassign) -> WorkOrder:
    """Gives an open order to another team or person; the step stays."""
    order = order_of_desk(ctx, order_id)
    step = rules.next_step(Step(order.step), Act.reassign)
    need_crew(ctx, ask.team_id, ask.assignee_id, Roster())
    was = order.assignee_id
    order.former = sorted({*order.former, f"team:{order.team_id}", *([f"user:{was}"] if was else [])})
    order.team_id, order.assignee_id = ask.team_id, ask.assignee_id
    take_step(ctx, order, Act.reassign, step, Effect.applied, Said(note=ask.note))
    show_photos(ctx, order)
    announce(ctx, OrderReassigned(order.id, order.team_id, was, order.assignee_id, ctx.principal.person_id))
    ctx.session.flush()
    return order


def cancel(ctx: Ctx, order_id: str, reason: str) -> WorkOrder:
    """Withdraws an order that is not done."""
    order = order_of_desk(ctx, order_id)
    step = rules.next_step(Step(order.step), Act.cancel)
    order.cancel_reason = reason
    take_step(ctx, order, Act.cancel, step, Effect.applied, Said(note=reason))
    ctx.session.flush()
    return order


def extend(ctx: Ctx, order_id: str, ask: wire.Extend) -> WorkOrder:
    """Gives an open order more time; what it had is told in its history. Refuses with workorders.due_not_later,
    workorders.date_too_far."""
    order = order_of_desk(ctx, order_id)
    step = rules.next_step(Step(order.step), Act.extend)
    if order.due_at is None or ask.due_at <= max(order.due_at, ctx.now()):
        raise rules.DueNotLater(due_at=order.due_at.isoformat() if order.due_at else "-")
    need_near(ctx, ask.due_at)
    note = f"{rules.local(order.due_at)} → {rules.local(ask.due_at)} {ask.reason}"
    order.due_at = order.ranked_at = ask.due_at
    take_step(ctx, order, Act.extend, step, Effect.applied, Said(note=note))
    ctx.session.flush()
    return order


def reopen(ctx: Ctx, order_id: str, ask: wire.Reopen) -> WorkOrder:
    """Gives a crew again what had been called missed or was excused, by a new time. Refuses with
    workorders.due_in_the_past, workorders.date_too_far."""
    order = order_of_desk(ctx, order_id)
    step = rules.next_step(Step(order.step), Act.reopen)
    if ask.due_at <= ctx.now():
        raise rules.DueInThePast
    need_near(ctx, ask.due_at)
    order.due_at = order.ranked_at = ask.due_at
    note = f"{rules.local(ask.due_at)} {ask.reason}"
    take_step(ctx, order, Act.reopen, step, Effect.applied, Said(note=note))
    order.released_at = ctx.now()
    halt_new(ctx, [order])
    announce(ctx, OrdersReleased((order.id,)))
    ctx.session.flush()
    return order


def close(ctx: Ctx, order_id: str, reason: str) -> WorkOrder:
    """Accepts the work. Refuses with workorders.reason_needed when it is not done, not proved or not
    inspected, and none is given."""
    order = order_of_desk(ctx, order_id)
    before = Step(order.step)
    after = rules.next_step(before, Act.close)
    proved = before is Step.done and order.evidence != Evidence.awaiting and order.inspection != Inspection.due
    if not reason and not proved:
        raise rules.ReasonNeeded
    take_step(ctx, order, Act.close, after, Effect.applied, Said(note=reason))
    ctx.session.flush()
    return order
