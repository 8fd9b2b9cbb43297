"""Plans over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.workorders import actions, queries, rules
from mobile_contract import workplans as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page
from mobile_contract.worktemplates import SceneCode

router = APIRouter(prefix="/workorders/v1", tags=["work orders"])
READ, DISPATCH = needs("workorders.read"), needs("workorders.dispatch")


_REFUSED = (
    rules.AreaUnknown,
    rules.TeamUnknown,
    rules.AssigneeNotInTeam,
    rules.SceneUnknown,
    rules.TemplateUnknown,
    rules.RuleInvalid,
    rules.PlanEndless,
    rules.PlanEmpty,
    rules.PlanOver,
    rules.DateTooFar,
    rules.LineInvalid,
    rules.LineTooLong,
)


@router.get("/plans", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_work_plans(
    ctx: Reading,
    scene: SceneCode | None = None,
    state: wire.PlanState | None = None,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[wire.WorkPlan]:
    """Plans in the areas that the caller looks at, newest first."""
    return queries.plans(ctx, scene, state, cursor, limit)


@router.post(
    "/plans",
    status_code=201,
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, *_REFUSED),
)
def make_work_plan(ctx: Writing, ask: wire.NewPlan) -> wire.WorkPlan:
    """Makes a plan; its orders are made in the background, a month ahead, and given out shortly before their window."""
    return queries.plan_shape(actions.make_plan(ctx, ask))


@router.put(
    "/plans/{plan_id}",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, *_REFUSED, rules.PlanUnknown, rules.PlanMoved),
)
def revise_work_plan(ctx: Writing, plan_id: Id, ask: wire.RevisedPlan) -> wire.WorkPlan:
    """A new version of a plan: what crews were given stays, what nobody was given follows it."""
    return queries.plan_shape(actions.revise_plan(ctx, plan_id, ask))


@router.get("/plans/{plan_id}/days", dependencies=[READ], responses=refusals(*GUARDED, rules.PlanUnknown))
def show_work_plan_days(ctx: Reading, plan_id: Id) -> list[wire.PlanDay]:
    """Every day of a plan by the calendar in force."""
    return queries.plan_days(ctx, queries.plan_in_sight(ctx, plan_id))


@router.post(
    "/plans/{plan_id}/generate",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, rules.PlanUnknown, rules.PeriodInvalid),
)
def generate_work_orders(ctx: Writing, plan_id: Id, ask: wire.Generate) -> wire.Generated:
    """Makes the orders of a plan that do not stand yet, up to a day; as often as one likes."""
    return actions.generate(ctx, plan_id, ask)


@router.post("/plans/{plan_id}/end", dependencies=[DISPATCH], responses=refusals(*GUARDED, rules.PlanUnknown))
def end_work_plan(ctx: Writing, plan_id: Id) -> wire.WorkPlan:
    """Makes no more orders; those that no crew was given are withdrawn."""
    return queries.plan_shape(actions.end_plan(ctx, plan_id))
