"""What every deed on an order shares: what came with it, its line of history, and who holds the order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.workorders import queries, rules
from backend.workorders.events import OrderStepped
from backend.workorders.tables import WorkOrder, WorkOrderStep
from mobile_contract import workorders as wire
from mobile_contract.workorders import Act, Effect, Step
from mobile_contract.worktemplates import MaterialUsed

DISPATCH = "workorders.dispatch"
WORK = "workorders.work"
INSPECT = "workorders.inspect"
KIND = "workorders"


@dataclass(frozen=True, slots=True)
class Said:
    """What came with an act."""

    note: str = ""
    photos: Sequence[str] = ()
    position: wire.Where | None = None
    scan: str = ""
    signature: str | None = None
    materials: Sequence[MaterialUsed] = ()


class Named(NamedTuple):
    """As much of an order as a line of history needs, where there is no row yet."""

    id: str
    step: str


def take_step(ctx: Ctx, order: WorkOrder, act: Act, after: Step, effect: Effect, said: Said) -> None:
    """Takes an order to a step, and writes the line of its history."""
    line = line_of(ctx, order, act, effect, after, said)
    order.step = after.value
    ctx.session.add_all([order, line])
    if order.joint_id is not None:
        count_joint(ctx, order.joint_id)
    announce(ctx, OrderStepped(order.id, after.value, line.person_id, said.note, tuple(said.photos), act.value))


def count_joint(ctx: Ctx, joint_id: str) -> None:
    """Every part says how many are still to be done: none of them, and the joint work is."""
    ctx.session.flush()
    parts = queries.parts_of(ctx, joint_id)
    asked = [part for part in parts if part.step not in rules.NOT_ASKED]
    left = sum(part.step not in (Step.done, Step.closed) for part in asked)
    for part in parts:
        part.joint_parts, part.joint_left = len(asked), left
        ctx.session.add(part)


def line_of(ctx: Ctx, order: WorkOrder | Named, act: Act, effect: Effect, after: Step, said: Said) -> WorkOrderStep:
    """A line of an order's history, not added yet."""
    claim = ctx.claim
    return WorkOrderStep(
        order_id=order.id,
        act=act.value,
        effect=effect.value,
        from_step=order.step,
        to_step=after.value,
        person_id=(ctx.caller.person_id if ctx.caller else None) or None,
        device_id=claim.device if claim else ctx.caller.device_id if ctx.caller else None,
        done_at=ctx.done_at(),
        error_ms=claim.error_ms if claim else 0,
        quality=claim.quality if claim else "server",
        received_at=from_ms(claim.received_ms) if claim else ctx.now(),
        note=said.note,
        photos=list(said.photos),
        longitude=said.position.longitude if said.position else None,
        latitude=said.position.latitude if said.position else None,
        accuracy_m=said.position.accuracy_m if said.position else None,
        scan=said.scan,
    )


def order_of_desk(ctx: Ctx, order_id: str, permission: str = DISPATCH) -> WorkOrder:
    """An order in sight that the caller has the permission for."""
    order = queries.order_in_sight(ctx, order_id)
    ctx.principal.require(permission, order.area_path)
    return order


def scopes_of(order: WorkOrder) -> list[str]:
    """Who holds an order on a handset."""
    return rules.scopes(order.area_path, order.team_id, [order.assignee_id, order.done_by], Step(order.step))
