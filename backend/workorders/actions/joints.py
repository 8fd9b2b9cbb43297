"""Work that is shared: joint work of several crews, and orders that turn out to be the same work."""

from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from backend.workorders import queries, rules
from backend.workorders.actions.desk import close, plan_orders, release_orders
from backend.workorders.actions.lines import DISPATCH, Said, line_of, order_of_desk, take_step
from backend.workorders.actions.proofs import cite
from backend.workorders.tables import WorkOrder
from mobile_contract import workjoints as wire
from mobile_contract.workorders import Act, Effect, Step


def plan_joint(ctx: Ctx, ask: wire.NewJointWork) -> list[WorkOrder]:
    """Plans an order for each crew of joint work, the leading one first; refuses as `plan_orders` does.

    Each has hours and proof of its own; the work is done when every part that is asked for is done.
    """
    asks = [ask.lead, *(ask.lead.model_copy(update=_own(ask, part)) for part in ask.parts)]
    joint_id = new_id()
    planned = plan_orders(ctx, asks, release=False)
    for no, order in enumerate(planned, start=1):
        order.joint_id, order.joint_no = joint_id, no
        order.joint_parts = order.joint_left = len(planned)
        ctx.session.add(order)
    ctx.session.flush()
    return release_orders(ctx, [order.id for order in planned]) if ask.release else planned


def _own(ask: wire.NewJointWork, part: wire.NewPart) -> dict[str, object]:
    return {
        "team_id": part.team_id,
        "assignee_id": part.assignee_id,
        "title": part.title or ask.lead.title,
        "note": part.note or ask.lead.note,
    }


def close_joint(ctx: Ctx, joint_id: str, reason: str) -> list[WorkOrder]:
    """The leader ends joint work: finished parts are accepted, the others closed as they are, and those that nobody
    began withdrawn. Refuses with workorders.joint_unknown; with workorders.reason_needed while a part is not done or
    not proved."""
    parts = [part for part in _in_sight(ctx, joint_id) if Step(part.step) not in rules.ENDED]
    for part in parts:
        ctx.principal.require(DISPATCH, part.area_path)
        if part.step in (Step.planned, Step.released):
            if not reason:
                raise rules.ReasonNeeded
            part.cancel_reason = reason
            take_step(ctx, part, Act.cancel, Step.cancelled, Effect.applied, Said(note=reason))
        else:
            close(ctx, part.id, reason)
    ctx.session.flush()
    return list(queries.parts_of(ctx, joint_id))


def _in_sight(ctx: Ctx, joint_id: str) -> list[WorkOrder]:
    """Refuses with workorders.joint_unknown."""
    parts = queries.joint_in_sight(ctx, joint_id)
    if not parts:
        raise rules.JointUnknown
    return list(parts)


def merge(ctx: Ctx, order_id: str, ask: wire.Merge) -> WorkOrder:
    """The order is the same work as another, which stands for both and gets its photos; what a crew did meanwhile is
    kept with both. Refuses with workorders.master_unfit."""
    order, master = order_of_desk(ctx, order_id), order_of_desk(ctx, ask.master_id)
    step = rules.next_step(Step(order.step), Act.merge)
    if master.id == order.id or Step(master.step) in rules.ENDED:
        raise rules.MasterUnfit(state=master.step)
    order.master_id, order.cancel_reason = master.id, ask.reason
    take_step(ctx, order, Act.merge, step, Effect.applied, Said(note=f"{master.code} {ask.reason}"))
    said = Said(note=f"{order.code} {ask.reason}", photos=order.photos)
    ctx.session.add(line_of(ctx, master, Act.absorb, Effect.applied, Step(master.step), said))
    if order.photos:
        cite(ctx, master, order.photos)
    ctx.session.flush()
    return order
