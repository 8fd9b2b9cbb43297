"""Halts: weather or an incident stops the work of an area, and lets it go on."""

from collections.abc import Sequence

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.jobs import enqueue
from backend.notifications.actions import Word, notify_all
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.actions.lines import DISPATCH, KIND, Said, take_step
from backend.workorders.tables import WorkHalt, WorkOrder
from mobile_contract import workhalts as wire
from mobile_contract.workorders import Act, Effect, Step

SPREAD = "workorders.spread_halt"
HALTED_PER_TURN_MAX = 500


def halt(ctx: Ctx, ask: wire.NewHalt) -> WorkHalt:
    """Stops what is open in an area, the first portion at once and the rest in the background; steps and hours stay.

    An order that was halted is not missed; a crew that works on nevertheless, not having heard, loses nothing. Refuses
    with workorders.area_unknown, workorders.halt_too_long.
    """
    ctx.principal.require(DISPATCH, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise rules.AreaUnknown
    until_at = ask.until_at or ctx.now() + wire.HALT_MAX
    if not ctx.now() < until_at <= ctx.now() + wire.HALT_MAX:
        raise rules.HaltTooLong(days=wire.HALT_MAX.days)
    made = WorkHalt(
        area_path=ask.area_path,
        scenes=list(ask.scenes),
        reason=ask.reason,
        from_at=ctx.now(),
        until_at=until_at,
        made_by=ctx.principal.person_id,
    )
    ctx.session.add(made)
    ctx.session.flush()
    record(ctx, "workorders.halted", f"halt:{made.id}", area=ask.area_path, reason=ask.reason)
    spread(ctx, made.id)
    return made


def spread(ctx: Ctx, halt_id: str) -> None:
    """Halts a portion of the orders that a halt is about, or lets them go on once it was lifted."""
    row = queries.halt_row(ctx, halt_id)
    if row is None:
        return
    if row.lifted_at is None:
        found = queries.to_halt(ctx, row, HALTED_PER_TURN_MAX)
        _stop(ctx, found, row)
    else:
        found = queries.halted_by(ctx, halt_id, HALTED_PER_TURN_MAX)
        for order in found:
            _go_on(ctx, order, row)
    ctx.session.flush()
    if len(found) == HALTED_PER_TURN_MAX:
        enqueue(ctx, SPREAD, {"halt_id": halt_id})


def _stop(ctx: Ctx, orders: Sequence[WorkOrder], row: WorkHalt) -> None:
    for order in orders:
        order.halt_id, order.halted_at, order.halt_reason = row.id, ctx.now(), row.reason
        take_step(ctx, order, Act.halt, Step(order.step), Effect.applied, Said(note=row.reason))
    at_it = [order for order in orders if order.step in (Step.started, Step.paused) and order.started_by]
    notify_all(ctx, [([str(order.started_by)], _word(order, row)) for order in at_it])


def _word(order: WorkOrder, row: WorkHalt) -> Word:
    params = {"code": order.code, "title": order.title, "reason": row.reason}
    return Word("workorders.halted", f"halt:{row.id}:{order.id}", params, (KIND, order.id), urgent=True)


def lift(ctx: Ctx, halt_id: str, note: str) -> WorkHalt:
    """Lets the work go on; what was to be done by a time has so much longer. Refuses with workorders.halt_unknown,
    workorders.halt_over."""
    row = queries.halt_in_sight(ctx, halt_id)
    ctx.principal.require(DISPATCH, row.area_path)
    if row.lifted_at is not None:
        raise rules.HaltOver
    record(ctx, "workorders.lifted", f"halt:{row.id}", note=note)
    _lift(ctx, row)
    return row


def lift_due(ctx: Ctx) -> None:
    """Lifts halts whose time is over."""
    for row in queries.halts_over(ctx):
        _lift(ctx, row)


def _lift(ctx: Ctx, row: WorkHalt) -> None:
    row.lifted_at = ctx.now()
    ctx.session.add(row)
    ctx.session.flush()
    spread(ctx, row.id)


def _go_on(ctx: Ctx, order: WorkOrder, row: WorkHalt) -> None:
    assert order.halted_at is not None
    if order.due_at is not None and order.due_at > order.halted_at:
        order.due_at += ctx.now() - order.halted_at
        order.ranked_at = order.due_at
    order.halt_id, order.halted_at, order.halt_reason = None, None, ""
    take_step(ctx, order, Act.lift, Step(order.step), Effect.applied, Said(note=row.reason))


def halt_new(ctx: Ctx, orders: Sequence[WorkOrder]) -> None:
    """Halts what is given out while a halt lasts."""
    for row in queries.halts_in_force(ctx):
        free = [order for order in orders if order.halt_id is None and meant(row, order.area_path, order.scene)]
        _stop(ctx, free, row)


def meant(row: WorkHalt, area_path: str, scene: str | None) -> bool:
    """Whether a halt is about the work of a scene in an area; `scene` None: about all of the work there."""
    return area_path.startswith(row.area_path) and (not row.scenes or scene in row.scenes)
