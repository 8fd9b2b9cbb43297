"""Who holds an order on a handset, and how orders are numbered. Pure."""

from collections.abc import Sequence
from datetime import date

from backend.kernel.scopes import area_scopes, user_scope
from mobile_contract.workorders import Step


def scopes(area_path: str, team_id: str, people: Sequence[str | None], step: Step) -> list[str]:
    """Who holds an order on a handset: the desks around it, and once it is released its team and its people."""
    desks = area_scopes(area_path)
    if step is Step.planned:
        return desks
    return [*desks, f"team:{team_id}", *(f"user:{person}" for person in people if person)]


def ask_scopes(area_path: str, person_id: str, team_id: str | None) -> list[str]:
    """Who holds what somebody in the field asked of the desk."""
    return [*area_scopes(area_path), user_scope(person_id), *([f"team:{team_id}"] if team_id else [])]


def series(area_path: str, on: date) -> str:
    """The series an order's code is counted in: two letters of the street, and the day in the district's zone."""
    parts = area_path.strip("/").split("/")
    street = parts[1] if len(parts) > 1 else parts[0]
    head, _, tail = street.partition("-")
    letters = head[:1] + tail[:1] if tail else head[:2]
    return f"{letters.upper()}-{on:%Y%m%d}"


def code(in_series: str, number: int) -> str:
    """`SZ-20261121-0007`."""
    return f"{in_series}-{number:04d}"
