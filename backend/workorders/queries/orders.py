"""Work orders within the reader's sight, and the rows that deeds stand on."""

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select

from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from backend.workorders import rules
from backend.workorders.rules import OrderUnknown
from backend.workorders.tables import WorkOrder, WorkOrderStep
from mobile_contract import workorders as wire
from mobile_contract.workplans import NewPlace


def in_sight(principal: Principal) -> ColumnElement[bool]:
    """Own orders, one's teams' orders once they are released, and from a desk every order in one's areas."""
    me = principal.person_id
    own = or_(
        col(WorkOrder.assignee_id) == me,
        col(WorkOrder.done_by) == me,
        col(WorkOrder.team_id).in_(sorted(principal.team_ids)),
    )
    released = col(WorkOrder.step) != wire.Step.planned.value
    return or_(and_(released, own), in_areas(WorkOrder.area_path, desk_areas(principal)))


def order(ctx: Ctx, order_id: str) -> wire.WorkOrder:
    """One order in sight; refuses with workorders.order_unknown."""
    return shape(order_in_sight(ctx, order_id))


def order_in_sight(ctx: Ctx, order_id: str) -> WorkOrder:
    """The row of an order in sight; refuses with workorders.order_unknown."""
    row = ctx.session.exec(select(WorkOrder).where(WorkOrder.id == order_id, in_sight(ctx.principal))).first()
    if row is None:
        raise OrderUnknown
    return row


def history(ctx: Ctx, order_id: str) -> list[wire.OrderStep]:
    """Every act on an order in sight, in the order the server learned of them."""
    order_in_sight(ctx, order_id)
    query = select(WorkOrderStep).where(WorkOrderStep.order_id == order_id).order_by(col(WorkOrderStep.id))
    rows = ctx.session.exec(query).all()
    names = people.names(ctx, [row.person_id for row in rows if row.person_id])
    return [_line(row, names) for row in rows]


def _line(row: WorkOrderStep, names: dict[str, str]) -> wire.OrderStep:
    name = names.get(row.person_id or "", "")
    return wire.OrderStep.model_validate(row.model_dump() | {"person_name": name})


def spot_of(place: wire.NewWorkOrder | NewPlace) -> rules.Spot:
    """Where that is; refuses with workorders.line_invalid, workorders.line_too_long."""
    line = place.line.model_dump() if place.line else None
    return rules.read_spot(place.longitude, place.latitude, line, place.buffer_m)


def shape(row: WorkOrder) -> wire.WorkOrder:
    """An order as it travels."""
    return wire.WorkOrder.model_validate(row, from_attributes=True)
