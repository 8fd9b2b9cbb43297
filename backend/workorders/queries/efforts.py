"""What each person gave to an order, and joint work as the reader sees it."""

from collections.abc import Sequence

from sqlmodel import col, select

from backend.kernel.context import Ctx
from backend.people import queries as people
from backend.workorders import rules
from backend.workorders.queries.deeds import lines_of
from backend.workorders.queries.orders import in_sight, order_in_sight, shape
from backend.workorders.tables import WorkOrder
from mobile_contract import workjoints as wire


def efforts(ctx: Ctx, order_id: str) -> list[wire.WorkEffort]:
    """Hours and photos of each who worked on an order in sight, in the order they came to it."""
    return _efforts(ctx, [order_in_sight(ctx, order_id).id])


def _efforts(ctx: Ctx, order_ids: Sequence[str]) -> list[wire.WorkEffort]:
    given = {order_id: rules.efforts(lines) for order_id, lines in lines_of(ctx, order_ids).items()}
    names = people.names(ctx, sorted({one.person_id for each in given.values() for one in each}))
    return [
        wire.WorkEffort(
            order_id=order_id,
            person_id=one.person_id,
            person_name=names.get(one.person_id, ""),
            worked_s=one.worked_s,
            since_at=one.since_at,
            photos=one.photos,
            kept=one.kept,
        )
        for order_id, each in given.items()
        for one in each
    ]


def joint_in_sight(ctx: Ctx, joint_id: str) -> Sequence[WorkOrder]:
    """The orders of joint work that are in sight, the leading one first."""
    query = select(WorkOrder).where(WorkOrder.joint_id == joint_id, in_sight(ctx.principal))
    return ctx.session.exec(query.order_by(col(WorkOrder.joint_no))).all()


def joint(ctx: Ctx, joint_id: str) -> wire.JointWork:
    """Joint work, with the orders in sight; refuses with workorders.joint_unknown."""
    parts = joint_in_sight(ctx, joint_id)
    if not parts:
        raise rules.JointUnknown
    given = _efforts(ctx, [part.id for part in parts])
    return wire.JointWork(id=joint_id, left=parts[0].joint_left, orders=[shape(part) for part in parts], efforts=given)
