"""Orders in the field: claimed, started, paused, finished, and what is kept of work on an order that had moved on."""

from collections.abc import Mapping
from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.workorders import queries, rules
from backend.workorders.actions.lines import DISPATCH, WORK, Said, line_of, take_step
from backend.workorders.actions.proofs import cite
from backend.workorders.actions.words import index_again, texts_of
from backend.workorders.events import EffortKept, OrderReassigned
from backend.workorders.tables import WorkOrder
from mobile_contract.workorders import Act, Effect, Inspection, Step
from sync.kinds import Verdict


def work(ctx: Ctx, order_id: str, act: Act, said: Said, verdict: Verdict = Verdict.apply) -> WorkOrder:
    """Takes a crew's claim, start, pause, resume or finish of an order they saw.

    `verdict` is what the table of late acts said: beyond `apply` and `supersede` the order stays as it is and the
    effort is kept. Refuses with workorders.step_out_of_order; with workorders.order_withdrawn or
    workorders.done_by_other when the order had moved on in a way no table foresaw; with workorders.claimed_by_other,
    workorders.material_unknown.
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
    _mark(ctx, order, act, said)
    take_step(ctx, order, act, ruling.step, ruling.effect, said)
    if act is Act.finish:
        _draw(ctx, order)
    if said.photos or act is Act.finish:
        cite(ctx, order, [*said.photos, *([said.signature] if said.signature else [])])
    return order


def _draw(ctx: Ctx, order: WorkOrder) -> None:
    """Finished work may be drawn for an inspection; work done again after a failed one always is."""
    form = queries.form_of(ctx, order)
    seed = ctx.settings.secret.get_secret_value()
    drawn = form is not None and rules.drawn(seed, order.id, form.inspection_percent)
    order.inspection = (Inspection.due if drawn or order.rework_count else Inspection.none).value


def _standing(order: WorkOrder) -> rules.Standing:
    return rules.Standing(Step(order.step), order.assignee_id, order.started_by, order.done_by)


def _keep_effort(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    line = line_of(ctx, order, act, Effect.kept, Step(order.step), said)
    ctx.session.add(line)
    if said.photos:
        cite(ctx, order, said.photos)
    announce(ctx, EffortKept(order.id, ctx.principal.person_id, line.id))


def _take_over(ctx: Ctx, order: WorkOrder) -> None:
    me, was = ctx.principal.person_id, order.assignee_id
    order.assignee_id = me
    announce(ctx, OrderReassigned(order.id, order.team_id, was, me, me))


def _mark(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    me, at = ctx.principal.person_id, ctx.done_at()
    if act is Act.claim:
        order.assignee_id = me
    if act in (Act.start, Act.finish) and order.started_at is None:
        order.started_at, order.started_by = at, me
    if act in (Act.start, Act.resume):
        order.working_since_at = at
    if act in (Act.pause, Act.finish) and order.working_since_at is not None:
        order.worked_s += max(0, int((at - order.working_since_at).total_seconds()))
        order.working_since_at = None
    if act is Act.finish:
        order.done_at, order.done_by = at, me
        order.signature = said.signature or order.signature
        order.materials = [*order.materials, *_used(ctx, order, said)]


def _used(ctx: Ctx, order: WorkOrder, said: Said) -> list[dict[str, Any]]:
    """Refuses with workorders.material_unknown what the template does not name."""
    if not said.materials:
        return []
    form = queries.form_of(ctx, order)
    known = {material.code for material in form.materials} if form else set()
    for used in said.materials:
        if used.code not in known:
            raise rules.MaterialUnknown(code=used.code)
    return [used.model_dump(include={"code", "quantity"}) for used in said.materials]


def edit(ctx: Ctx, order_id: str, values: Mapping[str, Any]) -> WorkOrder:
    """Takes merged registers of an order: note, crew_note, priority, photos. From a phone, or from a desk that settles
    what two phones wrote."""
    order = queries.order_row(ctx, order_id)
    if not ctx.principal.may(DISPATCH, order.area_path):
        ctx.principal.require(WORK)
    before = texts_of(order)
    for name in ("note", "crew_note", "priority"):
        if name in values:
            setattr(order, name, values[name])
    ctx.session.add(order)
    index_again(ctx, order, before)
    if "photos" in values:
        cite(ctx, order, values["photos"])
    return order
