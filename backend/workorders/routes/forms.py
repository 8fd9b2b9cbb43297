"""Templates and scenes over HTTP."""

from fastapi import APIRouter

from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.workorders import actions, queries, rules
from mobile_contract import worktemplates as wire

router = APIRouter(prefix="/workorders/v1", tags=["work orders"])
READ, MANAGE = needs("workorders.read"), needs("workorders.manage")


@router.get("/templates", dependencies=[READ], responses=refusals(*GUARDED))
def list_work_templates(
    ctx: Reading, scene: wire.SceneCode | None = None, every_version: bool = False
) -> list[wire.WorkTemplate]:
    """Templates of the caller's districts, by scene and code."""
    return queries.templates(ctx, scene, every_version)


@router.post(
    "/districts/{district}/templates",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.SceneUnknown),
)
def add_work_template(ctx: Writing, district: wire.DistrictCode, ask: wire.NewTemplate) -> wire.WorkTemplate:
    """The first version of a template, or its next; orders keep the version they were made with."""
    return queries.template_shape(actions.add_template(ctx, district, ask))
