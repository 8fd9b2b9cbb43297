"""Finished work that was drawn by lot is looked at, and done again where it must be."""

from backend.kernel.context import Ctx
from backend.workorders import queries, rules
from backend.workorders.actions.lines import INSPECT, Said, order_of_desk, take_step
from backend.workorders.actions.proofs import cite, weigh
from backend.workorders.tables import WorkOrder
from mobile_contract import workorders as wire
from mobile_contract.workorders import Act, Effect, Inspection, Step

FIELD = frozenset({Act.start, Act.pause, Act.resume, Act.finish})


def inspect(ctx: Ctx, order_id: str, ask: wire.Inspect) -> WorkOrder:
    """Passes finished work, or gives it back to its crew. Refuses with workorders.own_work whoever did it."""
    order = order_of_desk(ctx, order_id, INSPECT)
    act = Act.inspected_ok if ask.passed else Act.inspected_bad
    after = rules.next_step(Step(order.step), act)
    doers = {line.person_id for line in queries.lines_of(ctx, [order.id])[order.id] if line.act in FIELD}
    if ctx.principal.person_id in doers:
        raise rules.OwnWork
    order.inspection = (Inspection.passed if ask.passed else Inspection.failed).value
    order.inspected_at, order.inspected_by = ctx.now(), ctx.principal.person_id
    if not ask.passed:
        order.rework_count += 1
    take_step(ctx, order, act, after, Effect.applied, Said(note=ask.note, photos=ask.photos))
    if ask.photos:
        cite(ctx, order, ask.photos)
    else:
        weigh(ctx, order)
    ctx.session.flush()
    return order
