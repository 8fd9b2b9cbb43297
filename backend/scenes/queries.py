"""Scenes that were taken in, and the plans of their files."""

from sqlmodel import select

from backend.kernel.context import Ctx
from backend.scenes.tables import ScenePlanMade
from backend.workorders import queries as workorders
from mobile_contract import scenes as wire


def scenes(ctx: Ctx) -> list[wire.Scene]:
    """Every scene that was taken in, by its code."""
    return [wire.Scene(scene=row.code, name=row.name, name_en=row.name_en) for row in workorders.scenes(ctx)]


# -- for deeds -----------------------------------------------------------------------------------------------------


def plans_made(ctx: Ctx, scene: str) -> dict[tuple[str, str], ScenePlanMade]:
    """The plans of a scene's file, by their code in it and their team."""
    rows = ctx.session.exec(select(ScenePlanMade).where(ScenePlanMade.scene == scene)).all()
    return {(row.code, row.team_id): row for row in rows}
