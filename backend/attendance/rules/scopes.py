"""Who holds what of attendance on a handset. Pure."""

from collections.abc import Iterable, Sequence

from backend.kernel.scopes import area_scopes


def punch_scopes(person_id: str, area_path: str) -> list[str]:
    """Who holds a clock-in on a handset: the person and the desks around them. Where somebody was is no matter of
    their team's."""
    return [f"user:{person_id}", *area_scopes(area_path)]


def fence_scopes(team_ids: Sequence[str], person_ids: Iterable[str], area_path: str) -> list[str]:
    """Who holds a fence on a handset: those it is set for, and the desks around it."""
    persons = (f"user:{p}" for p in sorted(set(person_ids)))
    return [*(f"team:{t}" for t in team_ids), *persons, *area_scopes(area_path)]


def audiences(person_id: str, team_ids: Iterable[str], duties: Iterable[str]) -> list[str]:
    """For whom a fence may be set so that it is this person's. `duties`: `shift:<id>` and `post:<id>` of the roster."""
    return [f"user:{person_id}", *(f"team:{t}" for t in sorted(team_ids)), *sorted(duties)]


def duty_words(shift_ids: Iterable[str], post_ids: Iterable[str]) -> list[str]:
    """Shifts and posts as audiences of fences."""
    return [*(f"shift:{s}" for s in sorted(shift_ids)), *(f"post:{p}" for p in sorted(post_ids))]
