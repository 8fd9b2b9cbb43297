"""Cases that are handled by work orders: given out, and handled when the last of them is done.

Work orders know nothing of cases: they are planned by their own deed, and listened to.
"""

from backend.cases import queries
from backend.cases.actions import desk, record
from backend.cases.actions.record import Said
from backend.cases.events import CaseStepped
from backend.cases.rules.refusals import OrdersOpen
from backend.cases.rules.table import ENDED, MOVES, WITH_UNIT
from backend.cases.tables import Case, CaseOrder
from backend.kernel.context import Ctx
from backend.workorders import actions as workorders
from backend.workorders import queries as work
from backend.workorders.events import OrderStepped
from mobile_contract import cases as wire
from mobile_contract.caselists import CaseOrderState, GiveOrders, NewCaseOrder
from mobile_contract.cases import Act, CaseEffect, State
from mobile_contract.workorders import NewWorkOrder, Step

DONE = frozenset({Step.done.value, Step.closed.value})
GONE = frozenset({Step.cancelled.value, Step.missed.value, Step.excused.value})
OPEN_STEPS = frozenset({Step.planned, Step.released, Step.started, Step.paused, Step.rework})


def give_orders(ctx: Ctx, case_id: str, ask: GiveOrders) -> Case:
    """Handles a case by work orders, all of them or none; a case that no unit has is dispatched by it, to the first
    order's team with the others as helpers. Refuses with cases.orders_open, and with whatever refuses an order."""
    case = queries.case_in_sight(ctx, case_id)
    ctx.principal.require(MOVES[Act.give_orders].permission, case.area_path)
    if any(row.state == CaseOrderState.open for row in queries.orders_of(ctx, case_id)):
        raise OrdersOpen
    if State(case.state) not in WITH_UNIT:
        teams = [one.team_id for one in ask.orders]
        case = desk.dispatch(ctx, case_id, wire.Dispatch(team_id=teams[0], helpers=teams[1 : wire.HELPERS_MAX]))
    planned = workorders.plan_orders(ctx, [_order(ctx, case, one) for one in ask.orders], release=True)
    ctx.session.add_all(
        [
            CaseOrder(order_id=row.id, case_id=case.id, team_id=row.team_id, state=CaseOrderState.open.value)
            for row in planned
        ]
    )
    record.take(ctx, case, Act.give_orders, Said("、".join(row.code for row in planned)))
    ctx.session.flush()
    return case


def _order(ctx: Ctx, case: Case, one: NewCaseOrder) -> NewWorkOrder:
    due = case.due_at if case.due_at is not None and case.due_at > ctx.now() else None
    return NewWorkOrder(
        title=one.title or case.title,
        scene=one.scene,
        template_id=one.template_id,
        area_path=case.area_path,
        team_id=one.team_id,
        assignee_id=one.assignee_id,
        note=one.note or case.note,
        longitude=case.longitude,
        latitude=case.latitude,
        due_at=due,
        photos_min=0 if one.template_id else 1,
    )


def order_stepped(ctx: Ctx, event: OrderStepped) -> None:
    """An order of a case moved: with the last one done the case is handled, and its photos are the case's."""
    row = queries.order_of(ctx, event.order_id)
    if row is None:
        return
    if event.step in DONE:
        row.state = CaseOrderState.done.value
    elif event.step in GONE:
        row.state = CaseOrderState.withdrawn.value
    else:
        row.state = CaseOrderState.open.value
    ctx.session.add(row)
    ctx.session.flush()
    if event.step == Step.done:
        _settle(ctx, queries.case_row(ctx, row.case_id), event)


def _settle(ctx: Ctx, case: Case, last: OrderStepped) -> None:
    rows = queries.orders_of(ctx, case.id)
    if any(row.state == CaseOrderState.open for row in rows):
        return
    done = [work.order_row(ctx, row.order_id).photos for row in rows if row.state == CaseOrderState.done]
    photos = dict.fromkeys(sha for each in (*done, last.photos) for sha in each)
    said = Said(last.note, list(photos)[-wire.PHOTOS_PER_ACT_MAX :])
    if State(case.state) not in WITH_UNIT:
        record.keep(ctx, case, Act.orders_done, said)
        return
    record.take(ctx, case, Act.orders_done, said, effect=CaseEffect.applied)
    case.handled_by, case.handled_at = ctx.principal.person_id, ctx.done_at()
    case.units_done, case.pending = [team for team in (case.team_id, *case.helpers) if team], []
    ctx.session.add(case)
    record.show_photos(ctx, case)


def case_stepped(ctx: Ctx, event: CaseStepped) -> None:
    """A case is over: what is still open of its orders is withdrawn, by whoever may."""
    if State(event.state) not in ENDED:
        return
    case = queries.case_row(ctx, event.case_id)
    if ctx.caller is None or not ctx.principal.may(workorders.DISPATCH, case.area_path):
        return
    for row in queries.orders_of(ctx, case.id):
        if row.state == CaseOrderState.open and Step(work.order_row(ctx, row.order_id).step) in OPEN_STEPS:
            workorders.cancel(ctx, row.order_id, f"{case.code}: {event.act}")
