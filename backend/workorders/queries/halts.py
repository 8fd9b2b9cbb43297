"""Halts, the orders they are about, and what each person gave to an order."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.kernel.context import Ctx
from backend.kernel.sight import desk_areas, in_areas
from backend.workorders import rules
from backend.workorders.tables import HaltAsk, WorkHalt, WorkOrder
from mobile_contract import workhalts as wire

HALTS_LISTED_MAX = 200


def halt_shape(row: WorkHalt) -> wire.WorkHalt:
    """A halt as it travels."""
    return wire.WorkHalt.model_validate(row, from_attributes=True)


def halts(ctx: Ctx) -> list[wire.WorkHalt]:
    """The latest halts in the areas that the caller looks at, newest first."""
    query = select(WorkHalt).where(in_areas(WorkHalt.area_path, desk_areas(ctx.principal)))
    return [
        halt_shape(row) for row in ctx.session.exec(query.order_by(col(WorkHalt.id).desc()).limit(HALTS_LISTED_MAX))
    ]


def halt_ask_shape(row: HaltAsk) -> wire.HaltAsk:
    """What somebody asked for, as it travels."""
    return wire.HaltAsk.model_validate(row, from_attributes=True)


def halt_asks(ctx: Ctx, state: wire.HaltAskState | None) -> list[wire.HaltAsk]:
    """The latest halts asked for by the caller or in the areas they look at, newest first."""
    query = select(HaltAsk).where(_seen(ctx))
    if state is not None:
        query = query.where(HaltAsk.state == state.value)
    rows = ctx.session.exec(query.order_by(col(HaltAsk.id).desc()).limit(HALTS_LISTED_MAX))
    return [halt_ask_shape(row) for row in rows]


def halt_ask_in_sight(ctx: Ctx, ask_id: str) -> HaltAsk:
    """Refuses with workorders.halt_ask_unknown."""
    row = ctx.session.exec(select(HaltAsk).where(HaltAsk.id == ask_id, _seen(ctx))).first()
    if row is None:
        raise rules.HaltAskUnknown
    return row


def _seen(ctx: Ctx) -> ColumnElement[bool]:
    seen = in_areas(HaltAsk.area_path, desk_areas(ctx.principal))
    return or_(col(HaltAsk.person_id) == ctx.principal.person_id, seen)


def halt_in_sight(ctx: Ctx, halt_id: str) -> WorkHalt:
    """Refuses with workorders.halt_unknown."""
    sight = in_areas(WorkHalt.area_path, desk_areas(ctx.principal))
    row = ctx.session.exec(select(WorkHalt).where(WorkHalt.id == halt_id, sight)).first()
    if row is None:
        raise rules.HaltUnknown
    return row


def halt_row(ctx: Ctx, halt_id: str) -> WorkHalt | None:
    """A halt, whoever asks: for the job that spreads it."""
    return ctx.session.get(WorkHalt, halt_id)


def halts_in_force(ctx: Ctx) -> Sequence[WorkHalt]:
    """Halts that last."""
    return ctx.session.exec(select(WorkHalt).where(col(WorkHalt.lifted_at).is_(None)).order_by(col(WorkHalt.id))).all()


def halts_over(ctx: Ctx) -> Sequence[WorkHalt]:
    """Halts that last beyond their time."""
    query = select(WorkHalt).where(col(WorkHalt.lifted_at).is_(None), col(WorkHalt.until_at) <= ctx.now())
    return ctx.session.exec(query.order_by(col(WorkHalt.id))).all()


def to_halt(ctx: Ctx, row: WorkHalt, limit: int) -> Sequence[WorkOrder]:
    """Orders given out in a halt's area and scenes that go on."""
    column, value = rules.level_of(row.area_path)
    query = select(WorkOrder).where(
        getattr(WorkOrder, column) == value,
        col(WorkOrder.step).in_([step.value for step in sorted(rules.AT_WORK)]),
        col(WorkOrder.halt_id).is_(None),
        in_areas(WorkOrder.area_path, [row.area_path]),
    )
    if row.scenes:
        query = query.where(col(WorkOrder.scene).in_(row.scenes))
    return ctx.session.exec(query.order_by(col(WorkOrder.id)).limit(limit)).all()


def halted_by(ctx: Ctx, halt_id: str, limit: int) -> Sequence[WorkOrder]:
    """Orders that a halt stopped."""
    return ctx.session.exec(
        select(WorkOrder).where(WorkOrder.halt_id == halt_id).order_by(col(WorkOrder.id)).limit(limit)
    ).all()
