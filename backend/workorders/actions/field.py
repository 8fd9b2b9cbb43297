"""Orders in the field: claimed, started, paused, finished, and what is kept of work on an order that had moved on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.actions.lines import DISPATCH, KIND, WORK, Said, line_of, take_step
from backend.workorders.actions.proofs import cite, weigh
from backend.workorders.actions.words import index_again, texts_of
from backend.workorders.events import EffortKept, OrderReassigned
from backend.workorders.tables import WorkOrder
from mobile_contract.workorders import Act, Effect, Inspection, Step
from sync.kinds import Kept, Verdict


def work(ctx: Ctx, order_id: str, act: Act, said: Said, *, seen: bool) -> Kept | None:
    """Takes a crew's claim, start, pause, resume or finish of an order they saw, `seen` also as it stands now,
    and tells what became of it when that was not what they meant.

    The table of late acts comes first, the table of moves next. Refuses with workorders.step_out_of_order,
    workorders.material_unknown.
    """
    ctx.principal.require(WORK)
    order = queries.order_row(ctx, order_id)
    me = ctx.principal.person_id
    row = rules.late(_standing(ctx, order, seen), act, ctx.done_at(), me, _teams(ctx, order))
    if row is None:
        _do(ctx, order, act, said, Effect.applied)
        return None
    if row.verdict is Verdict.noop:
        return None
    told = Kept(row.code, _params(order), decide=row.told is rules.ToldTo.decide)
    if row.verdict is Verdict.compensate:
        _keep_effort(ctx, order, act, said)
        return told if row.told is not rules.ToldTo.nobody else None
    if row.verdict is Verdict.supersede:
        _take_over(ctx, order)
    _do(ctx, order, act, said, rules.effect_of(row.verdict))
    return told


def _teams(ctx: Ctx, order: WorkOrder) -> frozenset[str]:
    """The teams of whoever acts, now and when it was done, as far as that is known: what was theirs, they might do."""
    if order.team_id in ctx.principal.team_ids:
        return ctx.principal.team_ids
    held, at = people.holdings(ctx.session, ctx.principal.person_id), ctx.done_at()
    earliest = at - timedelta(milliseconds=ctx.claim.error_ms if ctx.claim else 0)
    return ctx.principal.team_ids.union(*(held.at(instant)[1] for instant in (earliest, at)))


def _standing(ctx: Ctx, order: WorkOrder, seen: bool) -> rules.Standing:
    since_at = queries.moved_at(ctx, order.id, order.step) or order.created_at
    return rules.Standing(
        Step(order.step), since_at, order.assignee_id, order.team_id, order.started_by, order.halted_at, seen
    )


def _params(order: WorkOrder) -> dict[str, str]:
    return {"code": order.code, "state": order.step, "reason": order.halt_reason or order.cancel_reason}


def _keep_effort(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    """What was done is on record with the order, and with the one it was merged into."""
    kept = [order]
    if order.master_id is not None and act is Act.finish:
        kept.append(queries.order_row(ctx, order.master_id))
    for one in kept:
        line = line_of(ctx, one, act, Effect.kept, Step(one.step), said)
        ctx.session.add(line)
        if said.photos:
            cite(ctx, one, said.photos)
        announce(ctx, EffortKept(one.id, ctx.principal.person_id, line.id, act.value))


def _take_over(ctx: Ctx, order: WorkOrder) -> None:
    """Work that was done before the others began counts: theirs is withdrawn, and they are told."""
    me, was = ctx.principal.person_id, order.assignee_id
    others = [was] if was else [member.person_id for member in people.members(ctx.session, order.team_id, ctx.now())]
    mine = sorted(f"team:{team}" for team in ctx.principal.team_ids)
    before = [scope for scope in order.former if scope in mine]
    if order.team_id not in ctx.principal.team_ids and before:
        order.former = sorted({*order.former, f"team:{order.team_id}"} - {before[0]})
        order.team_id = before[0].removeprefix("team:")
    order.assignee_id = me
    params = {"code": order.code, "title": order.title, "name": ctx.principal.name}
    cause = f"order:{order.id}:taken_over:{me}"
    notify(ctx, [one for one in others if one != me], Word("workorders.taken_over", cause, params, (KIND, order.id)))
    announce(ctx, OrderReassigned(order.id, order.team_id, was, me, me))


# -- what goes as it was meant -------------------------------------------------------------------------------------


def _do(ctx: Ctx, order: WorkOrder, act: Act, said: Said, effect: Effect) -> None:
    """Refuses with workorders.step_out_of_order."""
    if _says_nothing_new(ctx, order, act):
        return
    if effect is Effect.applied and _joins(ctx, order, act):
        _join(ctx, order, act, said)
        return
    after = rules.TAKEN_OVER[act] if effect is Effect.took_over else rules.next_step(Step(order.step), act)
    _mark(ctx, order, act, said)
    take_step(ctx, order, act, after, effect, said)
    if act is Act.finish:
        _draw(ctx, order)
    _prove(ctx, order, act, said)


def _prove(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    """What came with an act is weighed; where it was done also, as soon as somebody begins."""
    if said.photos or act is Act.finish:
        cite(ctx, order, [*said.photos, *([said.signature] if said.signature else [])])
    elif act is Act.start and said.position is not None:
        weigh(ctx, order)


def _says_nothing_new(ctx: Ctx, order: WorkOrder, act: Act) -> bool:
    me = ctx.principal.person_id
    begun = order.step in (Step.started, Step.paused) and order.started_by == me
    return (act is Act.claim and order.assignee_id == me) or (act is Act.start and begun)


def _joins(ctx: Ctx, order: WorkOrder, act: Act) -> bool:
    """Whether a mate is at the same order: what one of a crew does leaves the others at work."""
    if act is Act.start:
        return order.step in (Step.started, Step.paused)
    if (act, order.step) in ((Act.resume, Step.started), (Act.pause, Step.paused)):
        return True
    if act is not Act.pause or order.step != Step.started:
        return False
    return bool(queries.at_work(ctx, order.id) - {ctx.principal.person_id})


def _join(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    """Their hours are theirs; an order that was paused goes on, and one that was handed over is begun by them."""
    after = Step(order.step)
    if act is Act.start and after is Step.paused:
        after, order.working_since_at = Step.started, ctx.done_at()
    if act is Act.start and order.assignee_id == ctx.principal.person_id:
        order.started_by = ctx.principal.person_id
    take_step(ctx, order, act, after, Effect.joined, said)
    _prove(ctx, order, act, said)


def _draw(ctx: Ctx, order: WorkOrder) -> None:
    """Finished work may be drawn for an inspection; work done again after a failed one always is."""
    form = queries.form_of(ctx, order)
    seed = ctx.settings.secret.get_secret_value()
    drawn = form is not None and rules.drawn(seed, order.id, form.inspection_percent)
    order.inspection = (Inspection.due if drawn or order.rework_count else Inspection.none).value


def _mark(ctx: Ctx, order: WorkOrder, act: Act, said: Said) -> None:
    me, at = ctx.principal.person_id, ctx.done_at()
    if act is Act.claim:
        order.assignee_id = me
    if act in (Act.start, Act.finish) and order.started_at is None:
        order.started_at, order.started_by = at, me
    if act is Act.start:
        order.started_by = me
    if act in (Act.start, Act.resume):
        order.working_since_at = at
    if act in (Act.pause, Act.finish) and order.working_since_at is not None:
        order.worked_s += max(0, round((at - order.working_since_at).total_seconds()))
        order.working_since_at = None
    if act is Act.finish:
        order.done_at, order.done_by = at, me
        order.halt_id, order.halted_at, order.halt_reason = None, None, ""
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
    index_again(ctx, order, before)
    if "photos" in values:
        cite(ctx, order, values["photos"])
    return order
