"""What is done to work orders: planned and given out at the desk, worked in the field, proved by photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.attachments import actions as attachments
from backend.attachments import queries as arrived
from backend.attachments.events import AttachmentArrived
from backend.kernel.clock import DISTRICT_ZONE, from_ms
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.events import announce
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.events import (
    EffortKept,
    EvidenceComplete,
    OrderReassigned,
    OrdersReleased,
    OrderStepped,
)
from backend.workorders.tables import CodeSeries, OrderPhoto, WorkOrder, WorkOrderStep
from mobile_contract import workorders as wire
from mobile_contract.workorders import Act, Effect, Evidence, Step
from sync.kinds import Verdict

DISPATCH = "workorders.dispatch"
WORK = "workorders.work"
KIND = "workorders"


@dataclass(frozen=True, slots=True)
class Said:
    """What came with an act."""

    note: str = ""
    photos: Sequence[str] = ()
    position: wire.Where | None = None


@dataclass(slots=True)
class _Roster:
    """Teams and areas already asked for while a plan is taken."""

    members: dict[str, frozenset[str]] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)


# -- at the desk ---------------------------------------------------------------------------------------------------


def plan_orders(ctx: Ctx, asks: Sequence[wire.NewWorkOrder], *, release: bool) -> list[WorkOrder]:
    """Plans orders, all or none, and gives them to their crews when `release`.

    Refuses with auth.not_allowed outside the caller's areas, workorders.area_unknown, workorders.team_unknown,
    workorders.assignee_not_in_team, workorders.due_in_the_past.
    """
    roster = _Roster()
    for ask in asks:
        _check_ask(ctx, ask, roster)
    planned = [_plan(ctx, ask) for ask in asks]
    ctx.session.add_all(planned)
    ctx.session.flush()
    ctx.session.add_all([_line(ctx, row, Act.plan, Effect.applied, Step.planned, Said()) for row in planned])
    if release:
        _give_out(ctx, planned)
    ctx.session.flush()
    return planned


def _check_ask(ctx: Ctx, ask: wire.NewWorkOrder, roster: _Roster) -> None:
    ctx.principal.require(DISPATCH, ask.area_path)
    if ask.area_path not in roster.areas:
        if not people.area_exists(ctx, ask.area_path):
            raise rules.AreaUnknown
        roster.areas.add(ask.area_path)
    _need_crew(ctx, ask.team_id, ask.assignee_id, roster)
    if ask.due_at is not None and ask.due_at < ctx.now():
        raise rules.DueInThePast


def _need_crew(ctx: Ctx, team_id: str, assignee_id: str | None, roster: _Roster) -> None:
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


def _plan(ctx: Ctx, ask: wire.NewWorkOrder) -> WorkOrder:
    return WorkOrder(
        **ask.model_dump(exclude={"photos_min", "scene"}),
        scene=ask.scene.value,
        code=_next_code(ctx, ask.area_path),
        step=Step.planned.value,
        evidence=Evidence.none.value,
        evidence_rule=wire.EvidenceRule(photos_min=ask.photos_min).model_dump(),
        created_at=ctx.now(),
    )


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
    found = [_order_of_desk(ctx, order_id) for order_id in dict.fromkeys(order_ids)]
    _give_out(ctx, found)
    ctx.session.flush()
    return found


def _give_out(ctx: Ctx, orders: Sequence[WorkOrder]) -> None:
    for order in orders:
        _step(ctx, order, Act.release, rules.next_step(Step(order.step), Act.release), Effect.applied, Said())
        order.released_at = ctx.now()
    announce(ctx, OrdersReleased(tuple(order.id for order in orders)))


def reassign(ctx: Ctx, order_id: str, ask: wire.Reassign) -> WorkOrder:
    """Gives an open order to another team or person; the step stays."""
    order = _order_of_desk(ctx, order_id)
    step = rules.next_step(Step(order.step), Act.reassign)
    _need_crew(ctx, ask.team_id, ask.assignee_id, _Roster())
    was = order.assignee_id
    order.team_id, order.assignee_id = ask.team_id, ask.assignee_id
    _step(ctx, order, Act.reassign, step, Effect.applied, Said(note=ask.note))
    _show_photos(ctx, order)
    announce(ctx, OrderReassigned(order.id, order.team_id, was, order.assignee_id, ctx.principal.person_id))
    ctx.session.flush()
    return order


def cancel(ctx: Ctx, order_id: str, reason: str) -> WorkOrder:
    """Withdraws an order that is not done."""
    order = _order_of_desk(ctx, order_id)
    step = rules.next_step(Step(order.step), Act.cancel)
    order.cancel_reason = reason
    _step(ctx, order, Act.cancel, step, Effect.applied, Said(note=reason))
    ctx.session.flush()
    return order


def close(ctx: Ctx, order_id: str, reason: str) -> WorkOrder:
    """Accepts the work. Refuses with workorders.reason_needed when it is not done, or not proved, and none is given."""
    order = _order_of_desk(ctx, order_id)
    before = Step(order.step)
    after = rules.next_step(before, Act.close)
    if not reason and (before is not Step.done or order.evidence == Evidence.awaiting):
        raise rules.ReasonNeeded
    _step(ctx, order, Act.close, after, Effect.applied, Said(note=reason))
    ctx.session.flush()
    return order


def _order_of_desk(ctx: Ctx, order_id: str) -> WorkOrder:
    order = queries.order_in_sight(ctx, order_id)
    ctx.principal.require(DISPATCH, order.area_path)
    return order


# -- in the field --------------------------------------------------------------------------------------------------


def work(ctx: Ctx, order_id: str, act: Act, said: Said, verdict: Verdict = Verdict.apply) -> WorkOrder:
    """Takes a crew's start, pause, resume or finish of an order they saw.

    `verdict` is what the table of late acts said: beyond `apply` and `supersede` the order stays as it is and the
    effort is kept. Refuses with workorders.step_out_of_order; with workorders.order_withdrawn or
    workorders.done_by_other when the order had moved on in a way no table foresaw.
    """
    ctx.principal.require(WORK)
    order = queries.order_row(ctx, order_id)
    if verdict in (Verdict.compensate, Verdict.conflict):
        _keep_effort(ctx, order, act, said)
        return order
    ruling = rules.rule(_standing(order), act, ctx.principal.person_id)
    if ruling.refusal is not None:
        raise ruling.refusal(step=order.step)
    if ruling.effect is None:
        return order
    if ruling.effect is Effect.took_over:
        _take_over(ctx, order)
    _mark(ctx, order, act)
    _step(ctx, order, act, ruling.step, ruling.effect, said)
    if said.photos or act is Act.finish:
        _cite(ctx, order, said.photos)
    return order


def _standing(order: WorkOrder) -> rules.Standing:
    return rules.Standing(Step(order.step), order.assignee_id, order.started_by, order.done_by)


def _keep_effort(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    line = _line(ctx, order, act, Effect.kept, Step(order.step), said)
    ctx.session.add(line)
    if said.photos:
        _cite(ctx, order, said.photos)
    announce(ctx, EffortKept(order.id, ctx.principal.person_id, line.id))


def _take_over(ctx: Ctx, order: WorkOrder) -> None:
    me, was = ctx.principal.person_id, order.assignee_id
    order.assignee_id = me
    announce(ctx, OrderReassigned(order.id, order.team_id, was, me, me))


def _mark(ctx: Ctx, order: WorkOrder, act: Act) -> None:
    me, at = ctx.principal.person_id, ctx.done_at()
    if act in (Act.start, Act.finish) and order.started_at is None:
        order.started_at, order.started_by = at, me
    if act is Act.finish:
        order.done_at, order.done_by = at, me


def _step(ctx: Ctx, order: WorkOrder, act: Act, after: Step, effect: Effect, said: Said) -> None:
    line = _line(ctx, order, act, effect, after, said)
    order.step = after.value
    ctx.session.add_all([order, line])
    announce(ctx, OrderStepped(order.id, after.value, line.person_id))


def _line(ctx: Ctx, order: WorkOrder, act: Act, effect: Effect, after: Step, said: Said) -> WorkOrderStep:
    claim = ctx.claim
    return WorkOrderStep(
        order_id=order.id,
        act=act.value,
        effect=effect.value,
        from_step=order.step,
        to_step=after.value,
        person_id=ctx.principal.person_id or None,
        device_id=claim.device if claim else ctx.principal.device_id,
        done_at=ctx.done_at(),
        error_ms=claim.error_ms if claim else 0,
        quality=claim.quality if claim else "server",
        received_at=from_ms(claim.received_ms) if claim else ctx.now(),
        note=said.note,
        photos=list(said.photos),
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
    )


def edit(ctx: Ctx, order_id: str, values: Mapping[str, Any]) -> WorkOrder:
    """Takes merged registers of an order: note, crew_note, priority, photos. From a phone, or from a desk that settles
    what two phones wrote."""
    order = queries.order_row(ctx, order_id)
    if not ctx.principal.may(DISPATCH, order.area_path):
        ctx.principal.require(WORK)
    for name in ("note", "crew_note", "priority"):
        if name in values:
            setattr(order, name, values[name])
    ctx.session.add(order)
    if "photos" in values:
        _cite(ctx, order, values["photos"])
    return order


# -- evidence ------------------------------------------------------------------------------------------------------


def _cite(ctx: Ctx, order: WorkOrder, photos: Sequence[str]) -> None:
    order.photos = rules.with_photos(order.photos, photos)
    fresh = [sha256 for sha256 in order.photos if sha256 not in queries.cited(ctx, order.id)]
    ctx.session.add_all([OrderPhoto(order_id=order.id, sha256=sha256) for sha256 in fresh])
    _show_photos(ctx, order)
    _weigh(ctx, order)


def _show_photos(ctx: Ctx, order: WorkOrder) -> None:
    """Whoever holds the order may see its photos."""
    if order.photos:
        attachments.cite(ctx, order.photos, KIND, order.id, scopes_of(order))


def _weigh(ctx: Ctx, order: WorkOrder) -> None:
    present = arrived.present(ctx, order.photos) if order.photos else set()
    photos_min = int(order.evidence_rule.get("photos_min", 0))
    was, now = order.evidence, rules.evidence(photos_min, order.photos, present, Step(order.step))
    order.evidence = now.value
    ctx.session.add(order)
    if now is Evidence.complete and was != now:
        announce(ctx, EvidenceComplete(order.id))


def photo_arrived(ctx: Ctx, event: AttachmentArrived) -> None:
    """Looks again at the orders that wait for this photo."""
    for order in queries.awaiting(ctx, event.sha256):
        _weigh(ctx, order)
    ctx.session.flush()


def scopes_of(order: WorkOrder) -> list[str]:
    """Who holds an order on a handset."""
    return rules.scopes(order.area_path, order.team_id, [order.assignee_id, order.done_by], Step(order.step))
