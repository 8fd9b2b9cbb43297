"""Who holds what of attendance on a handset. Pure."""

from collections.abc import Sequence

from backend.kernel.scopes import area_scopes


def punch_scopes(person_id: str, area_path: str) -> list[str]:
    """Who holds a clock-in on a handset: the person and the desks around them. Where somebody was is no matter of
    their team's."""
    return [f"user:{person_id}", *area_scopes(area_path)]


def fence_scopes(team_ids: Sequence[str], person_ids: Sequence[str], area_path: str) -> list[str]:
    """Who holds a fence on a handset: those it is set for, and the desks around it."""
    return [*(f"team:{t}" for t in team_ids), *(f"user:{p}" for p in person_ids), *area_scopes(area_path)]
