"""Where somebody may register."""

from collections.abc import Sequence

from backend.gas import rules
from backend.kernel.context import Ctx
from backend.people import queries as people

MANAGE = "gas.manage"


def need_places(ctx: Ctx, places: Sequence[tuple[str, str | None]]) -> None:
    """Needs areas in one's charge and teams that exist. Refuses with gas.area_unknown and gas.team_unknown."""
    for area_path in sorted({area for area, _ in places}):
        ctx.principal.require(MANAGE, area_path)
        if not people.area_exists(ctx, area_path):
            raise rules.AreaUnknown
    for team_id in sorted({team for _, team in places if team}):
        if people.team_area(ctx, team_id) is None:
            raise rules.TeamUnknown
