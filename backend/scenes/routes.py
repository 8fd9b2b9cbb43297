"""Scene files over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.scenes import actions, queries, rules
from mobile_contract import scenes as wire

router = APIRouter(prefix="/scenes/v1", tags=["scenes"])
READ, MANAGE = needs("workorders.read"), needs("workorders.manage")
Content = Annotated[bytes, Body(media_type="application/octet-stream")]


@router.get("/scenes", dependencies=[READ], responses=refusals(*GUARDED))
def list_scenes(ctx: Reading) -> list[wire.Scene]:
    """Every scene that was taken in."""
    return queries.scenes(ctx)


@router.post("/check", dependencies=[MANAGE], responses=refusals(*GUARDED))
def check_scene_file(ctx: Reading, content: Content) -> list[wire.SceneFault]:
    """What is wrong with a scene file, by line and field; nothing is changed."""
    return actions.faults_of(ctx, content.decode("utf-8-sig", "replace"))


@router.post(
    "/scenes",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.FileInvalid, rules.AreaUnfounded),
)
def take_scene_file(
    ctx: Writing, content: Content, name: Annotated[str, Query(max_length=200)] = "scene.json"
) -> wire.SceneMade:
    """Takes a scene file whole, or nothing of it: codes, forms, limits, plans. The same file again changes nothing."""
    return actions.take_file(ctx, name, content.decode("utf-8-sig", "replace"))
