"""The rows that deeds stand on: the engine or the desk has made sure that the caller may."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlmodel import col, select

from backend.kernel.authority import Principal
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.sight import in_areas, seen_from_desk
from backend.workorders import rules
from backend.workorders.rules import Answered, Line, OrderUnknown
from backend.workorders.tables import CodeSeries, OrderPhoto, WorkAnswer, WorkOrder, WorkOrderStep
from mobile_contract import workorders as wire
from mobile_contract.workorders import Act, Effect, Step

WORKED_ON_MAX = timedelta(days=2)
"""An order that was begun earlier is not looked for when tracks come."""


def order_row(ctx: Ctx, order_id: str) -> WorkOrder:
    """The order a phone's deed is about; the engine has made sure that the phone saw it."""
    row = ctx.session.get(WorkOrder, order_id)
    if row is None:
        raise OrderUnknown
    return row


def moved_at(ctx: Ctx, order_id: str, step: str) -> datetime | None:
    """When an order came to a step, by the trusted time of the act that brought it there."""
    query = select(func.max(WorkOrderStep.id)).where(
        WorkOrderStep.order_id == order_id, WorkOrderStep.to_step == step, col(WorkOrderStep.from_step) != step
    )
    last = ctx.session.exec(query).one()
    row = ctx.session.get(WorkOrderStep, last) if last else None
    return row.done_at if row else None


def parts_of(ctx: Ctx, joint_id: str) -> Sequence[WorkOrder]:
    """The orders of joint work, the leading one first."""
    query = select(WorkOrder).where(WorkOrder.joint_id == joint_id).order_by(col(WorkOrder.joint_no))
    return ctx.session.exec(query).all()


def at_work(ctx: Ctx, order_id: str) -> set[str]:
    """Who has begun on an order and not left off."""
    return rules.at_work(lines_of(ctx, [order_id])[order_id])


def lines_of(ctx: Ctx, order_ids: Sequence[str]) -> dict[str, list[Line]]:
    """The lines of history that hours are counted by."""
    query = select(WorkOrderStep).where(
        col(WorkOrderStep.order_id).in_(order_ids), col(WorkOrderStep.person_id).is_not(None)
    )
    found: dict[str, list[Line]] = {order_id: [] for order_id in order_ids}
    for row in ctx.session.exec(query.order_by(col(WorkOrderStep.id))):
        line = Line(Act(row.act), Effect(row.effect), row.person_id or "", row.done_at, tuple(row.photos))
        found[row.order_id].append(line)
    return found


def series_row(ctx: Ctx, series: str) -> CodeSeries | None:
    """How far a series is counted."""
    return ctx.session.get(CodeSeries, series)


def cited(ctx: Ctx, order_id: str) -> set[str]:
    """Photos that an order is known to cite."""
    return set(ctx.session.exec(select(OrderPhoto.sha256).where(OrderPhoto.order_id == order_id)).all())


def act_citing(ctx: Ctx, order_id: str, sha256: str) -> tuple[str, str, datetime, int] | None:
    """The act on an order that first named a photo: what, who, when, and how sure that is."""
    steps = select(WorkOrderStep).where(WorkOrderStep.order_id == order_id).order_by(col(WorkOrderStep.id))
    for step in ctx.session.exec(steps):
        if step.person_id is not None and sha256 in step.photos:
            return step.act, step.person_id, step.done_at, step.error_ms
    answers = select(WorkAnswer).where(WorkAnswer.order_id == order_id).order_by(col(WorkAnswer.id))
    for one in ctx.session.exec(answers):
        if sha256 in one.photos:
            return "answer", one.person_id, one.answered_at, one.error_ms
    return None


def awaiting(ctx: Ctx, sha256: str) -> Sequence[WorkOrder]:
    """Orders that wait for this photo."""
    query = (
        select(WorkOrder)
        .join(OrderPhoto, col(OrderPhoto.order_id) == col(WorkOrder.id))
        .where(OrderPhoto.sha256 == sha256, WorkOrder.evidence == wire.Evidence.awaiting.value)
        .order_by(col(WorkOrder.id))
    )
    return ctx.session.exec(query).all()


def awaiting_coverage(ctx: Ctx, person_id: str, since: datetime, until: datetime) -> Sequence[WorkOrder]:
    """Orders with a line that lack proof and that a person had a hand in, worked on at some time between these."""
    begun = select(WorkOrderStep.order_id).where(
        WorkOrderStep.person_id == person_id,
        col(WorkOrderStep.done_at) <= until,
        col(WorkOrderStep.done_at) >= since - WORKED_ON_MAX,
    )
    query = select(WorkOrder).where(
        col(WorkOrder.id).in_(begun),
        WorkOrder.evidence == wire.Evidence.awaiting.value,
        col(WorkOrder.line).is_not(None),
        col(WorkOrder.started_at) <= until,
        col(WorkOrder.done_at) >= since,
    )
    return ctx.session.exec(query.order_by(col(WorkOrder.id))).all()


def cited_before(ctx: Ctx, order_id: str, photos: Sequence[str]) -> frozenset[str]:
    """Those of an order's photos that another order had cited before it; one that was merged into it is no other."""
    if not photos:
        return frozenset()
    merged = select(WorkOrder.id).where(WorkOrder.master_id == order_id)
    query = select(OrderPhoto).where(col(OrderPhoto.sha256).in_(photos), col(OrderPhoto.order_id).not_in(merged))
    own, first = dict[str, tuple[object, str]](), dict[str, tuple[object, str]]()
    for row in ctx.session.exec(query):
        place = (row.cited_at, row.order_id)
        if row.order_id == order_id:
            own[row.sha256] = place
        first[row.sha256] = min(first.get(row.sha256, place), place)
    return frozenset(sha256 for sha256 in photos if sha256 in own and first[sha256] != own[sha256])


def acts_in_force(ctx: Ctx, order_id: str) -> Sequence[WorkOrderStep]:
    """Starts and finishes that took effect since the last inspection failed, in the order they came."""
    query = select(WorkOrderStep).where(WorkOrderStep.order_id == order_id).order_by(col(WorkOrderStep.id))
    acts: list[WorkOrderStep] = []
    for row in ctx.session.exec(query):
        if row.act == Act.inspected_bad:
            acts = [act for act in acts if act.act == Act.start]
        elif row.act in (Act.start, Act.finish) and row.effect != Effect.kept:
            acts.append(row)
    return acts


def answers_of(ctx: Ctx, order_id: str) -> list[Answered]:
    """Every answer to an order's checklist, in the order they came."""
    query = select(WorkAnswer).where(WorkAnswer.order_id == order_id).order_by(col(WorkAnswer.id))
    rows = ctx.session.exec(query).all()
    return [Answered(r.id, r.item, r.value, r.reading, r.photos, to_ms(r.answered_at)) for r in rows]


def ever_reached(principal: Principal, order: WorkOrder) -> bool:
    """Whether the order is or was the principal's, their team's, or under their desk's eye."""
    if order.step == Step.planned:
        return seen_from_desk(principal, order.area_path)
    mine = {f"user:{principal.person_id}", *(f"team:{team}" for team in principal.team_ids)}
    held = {f"user:{order.assignee_id}", f"user:{order.done_by}", f"user:{order.started_by}", f"team:{order.team_id}"}
    return bool(mine & (held | set(order.former))) or seen_from_desk(principal, order.area_path)


def excusable(ctx: Ctx, ask: wire.NewExcuse, limit: int) -> Sequence[WorkOrder]:
    """Orders that nobody began, in the area and scenes, whose window meets the time."""
    begins = or_(col(WorkOrder.window_from_at).is_(None), col(WorkOrder.window_from_at) < ask.until_at)
    query = select(WorkOrder).where(
        in_areas(WorkOrder.area_path, [ask.area_path]),
        col(WorkOrder.step).in_([Step.planned.value, Step.released.value]),
        begins,
        col(WorkOrder.due_at) > ask.from_at,
    )
    if ask.scenes:
        query = query.where(col(WorkOrder.scene).in_(ask.scenes))
    return ctx.session.exec(query.order_by(col(WorkOrder.due_at), col(WorkOrder.id)).limit(limit)).all()
