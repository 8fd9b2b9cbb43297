"""Weather and incidents: open orders that nobody began are excused, with the reason on record."""

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.workorders import queries, rules
from backend.workorders.actions.lines import DISPATCH, Said, take_step
from mobile_contract import workorders as wire
from mobile_contract.workorders import Act, Effect, Step

EXCUSED_PER_ASK_MAX = 1_000


def excuse(ctx: Ctx, ask: wire.NewExcuse) -> wire.Excused:
    """Excuses the orders of an area whose window meets the time, as many as fit one transaction.

    What a crew did meanwhile without knowing is kept when it comes. Refuses with auth.not_allowed outside the caller's
    areas.
    """
    ctx.principal.require(DISPATCH, ask.area_path)
    found = queries.excusable(ctx, ask, EXCUSED_PER_ASK_MAX + 1)
    reached, more = found[:EXCUSED_PER_ASK_MAX], len(found) > EXCUSED_PER_ASK_MAX
    for order in reached:
        after = rules.next_step(Step(order.step), Act.excuse)
        take_step(ctx, order, Act.excuse, after, Effect.applied, Said(note=ask.reason))
    if reached:
        record(ctx, "workorders.excused", ask.area_path, orders=len(reached), reason=ask.reason)
    ctx.session.flush()
    return wire.Excused(order_ids=[order.id for order in reached], more=more)
