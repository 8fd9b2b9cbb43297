"""Plans within the reader's sight, and what of them stands already."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import literal, tuple_
from sqlmodel import col, select

from backend.kernel.calendar import read_calendar
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from backend.kernel.tables import Instant
from backend.workorders import rules
from backend.workorders.tables import CodeSeries, WorkOrder, WorkPlan
from mobile_contract import workplans as wire
from mobile_contract.base import Page
from mobile_contract.workorders import Step

Key = tuple[date, str, int, int]
"""A day by the rule, a place, and the numbers of a window and of a part of joint work."""


def plans(ctx: Ctx, scene: str | None, state: str | None, cursor: str | None, limit: int) -> Page[wire.WorkPlan]:
    """A page of the plans in the areas that the caller looks at, newest first."""
    query = select(WorkPlan).where(in_areas(WorkPlan.area_path, desk_areas(ctx.principal)))
    if scene is not None:
        query = query.where(WorkPlan.scene == scene)
    if state is not None:
        query = query.where(WorkPlan.state == state)
    if cursor:
        query = query.where(beyond([col(WorkPlan.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(WorkPlan.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[plan_shape(row) for row in page], next=following)


def plan_shape(row: WorkPlan) -> wire.WorkPlan:
    """A plan as it travels."""
    return wire.WorkPlan.model_validate(row, from_attributes=True)


def plan_in_sight(ctx: Ctx, plan_id: str) -> WorkPlan:
    """The row of a plan in sight; refuses with workorders.plan_unknown."""
    sight = in_areas(WorkPlan.area_path, desk_areas(ctx.principal))
    row = ctx.session.exec(select(WorkPlan).where(WorkPlan.id == plan_id, sight)).first()
    if row is None:
        raise rules.PlanUnknown
    return row


def plan_row(ctx: Ctx, plan_id: str) -> WorkPlan | None:
    """A plan, whoever asks: for the job that makes its orders."""
    return ctx.session.get(WorkPlan, plan_id)


def plan_days(ctx: Ctx, row: WorkPlan) -> list[wire.PlanDay]:
    """Every day of a plan by the calendar in force."""
    return days_of_rule(ctx, row.rule, row.starts_on, wire.CalendarPolicy(row.policy))


def days_of_rule(ctx: Ctx, rule: str, starts_on: date, policy: wire.CalendarPolicy) -> list[wire.PlanDay]:
    """The same of a plan that is not made yet. Refuses with workorders.rule_invalid, .plan_endless, .plan_empty."""
    return rules.days_of(rules.read_rule(rule, starts_on), policy, read_calendar(ctx.settings.calendar_file))


def active_plans(ctx: Ctx, before_on: date) -> Sequence[str]:
    """Plans whose orders are not made up to the day."""
    query = select(WorkPlan.id).where(
        WorkPlan.state == wire.PlanState.active.value,
        (col(WorkPlan.generated_until_on).is_(None)) | (col(WorkPlan.generated_until_on) < before_on),
    )
    return ctx.session.exec(query.order_by(col(WorkPlan.id))).all()


def made_on(ctx: Ctx, plan_id: str, on: date) -> set[Key]:
    """What of a day of a plan has its order."""
    query = select(WorkOrder.place, WorkOrder.window_no, WorkOrder.joint_no).where(
        WorkOrder.plan_id == plan_id, col(WorkOrder.occurrence_on) == on, WorkOrder.withdrawn_by == 0
    )
    return {(on, place, window, part) for place, window, part in ctx.session.exec(query)}


def of_older_version(ctx: Ctx, plan: WorkPlan, limit: int) -> Sequence[WorkOrder]:
    """Orders that nobody was given yet and that an older version of the plan made."""
    query = select(WorkOrder).where(
        WorkOrder.plan_id == plan.id,
        WorkOrder.step == Step.planned.value,
        col(WorkOrder.plan_version) < plan.version,
    )
    return ctx.session.exec(query.order_by(col(WorkOrder.id)).limit(limit)).all()


def ahead_of(ctx: Ctx, plan_id: str, limit: int) -> Sequence[WorkOrder]:
    """Orders of a plan that nobody was given yet."""
    query = select(WorkOrder).where(WorkOrder.plan_id == plan_id, WorkOrder.step == Step.planned.value)
    return ctx.session.exec(query.order_by(col(WorkOrder.id)).limit(limit)).all()


def to_release(ctx: Ctx, now: datetime, limit: int) -> Sequence[WorkOrder]:
    """Planned orders of plans whose time to be given out has come."""
    query = select(WorkOrder).where(WorkOrder.step == Step.planned.value, col(WorkOrder.release_at) <= now)
    return ctx.session.exec(query.order_by(col(WorkOrder.release_at), col(WorkOrder.id)).limit(limit)).all()


def past_window(ctx: Ctx, grace: timedelta, after: tuple[datetime, str], limit: int) -> Sequence[WorkOrder]:
    """Orders that nobody began and whose window is over, the oldest first, beyond a place."""
    place = tuple_(col(WorkOrder.due_at), col(WorkOrder.id))
    beyond_it = tuple_(literal(after[0], Instant), literal(after[1]))
    query = select(WorkOrder).where(
        WorkOrder.step == Step.released.value,
        col(WorkOrder.halt_id).is_(None),
        col(WorkOrder.window_from_at).is_not(None),
        col(WorkOrder.due_at) < ctx.now() - grace,
        place > beyond_it,
    )
    return ctx.session.exec(query.order_by(col(WorkOrder.due_at), col(WorkOrder.id)).limit(limit)).all()


def counted(ctx: Ctx, series: str, many: int) -> tuple[CodeSeries, int]:
    """The row of a series, and the first of `many` numbers that are free in it."""
    row = ctx.session.get(CodeSeries, series) or CodeSeries(id=series)
    return row, row.last + 1
