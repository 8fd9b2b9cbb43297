"""What time alone decides: orders of plans are given out, and what nobody began is missed."""

from datetime import UTC, datetime, timedelta

from backend.attendance import queries as attendance
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.jobs import enqueue
from backend.people import queries as people
from backend.workorders import queries, rules
from backend.workorders.actions.halts import halt_new
from backend.workorders.actions.lines import Said, take_step
from backend.workorders.events import OrdersReleased
from backend.workorders.tables import WorkOrder
from mobile_contract.workorders import Act, Effect, Step

RELEASE_ON, MISS_ON = "workorders.release_on", "workorders.miss_on"
PER_TURN_MAX = 1_000
EARLIEST = (datetime(1970, 1, 1, tzinfo=UTC), "")
GRACE = timedelta(minutes=5)


def release_due(ctx: Ctx) -> None:
    """Gives crews the orders of plans whose time has come, a portion at a time."""
    found = queries.to_release(ctx, ctx.now(), PER_TURN_MAX)
    for order in found:
        take_step(ctx, order, Act.release, rules.next_step(Step.planned, Act.release), Effect.applied, Said())
        order.released_at = ctx.now()
    if found:
        halt_new(ctx, found)
        announce(ctx, OrdersReleased(tuple(order.id for order in found)))
    ctx.session.flush()
    if len(found) == PER_TURN_MAX:
        enqueue(ctx, RELEASE_ON, {})


def miss_due(ctx: Ctx, after: tuple[datetime, str] = EARLIEST) -> None:
    """Calls missed what nobody began within its window, once every phone of the crew was heard of beyond it.

    A phone in a tunnel may hold the work: until it was heard, or silent for as long as the district waits, nothing is
    said. A portion at a time: those that wait for a phone do not keep the later ones from being looked at.
    """
    overdue = queries.past_window(ctx, GRACE, after, PER_TURN_MAX)
    crews = {order.id: _crew(ctx, order) for order in overdue}
    heard = attendance.heard_through(ctx, {person for crew in crews.values() for person in crew})
    given_up = ctx.now() - timedelta(hours=ctx.settings.no_contact_h)
    for order in overdue:
        assert order.due_at is not None
        waited_for = [heard[person] for person in crews[order.id] if person in heard]
        if order.due_at >= given_up and any(through is None or through < order.due_at for through in waited_for):
            continue
        take_step(ctx, order, Act.miss, rules.next_step(Step(order.step), Act.miss), Effect.applied, Said())
    ctx.session.flush()
    if len(overdue) == PER_TURN_MAX and (last := overdue[-1]).due_at is not None:
        enqueue(ctx, MISS_ON, {"due_at": last.due_at.isoformat(), "id": last.id})


def _crew(ctx: Ctx, order: WorkOrder) -> list[str]:
    if order.assignee_id is not None:
        return [order.assignee_id]
    return [member.person_id for member in people.members(ctx.session, order.team_id, ctx.now())]
