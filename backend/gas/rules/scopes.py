"""Who holds what of gas on a handset. Pure."""

from collections.abc import Mapping, Sequence

from backend.kernel.scopes import area_scopes
from mobile_contract.gas import HolderKind


def cylinder_scopes(area_path: str, team_id: str | None, holder_kind: str, holder_id: str) -> list[str]:
    """Who holds a cylinder on a handset: the desks around it, its station's team, the worker who has it in hand."""
    named = [f"team:{team_id}"] if team_id else []
    if holder_kind == HolderKind.worker and holder_id:
        named.append(f"user:{holder_id}")
    return [*named, *area_scopes(area_path)]


def scan_scopes(area_path: str, person_id: str | None) -> list[str]:
    """Who holds a scan on a handset: who made it, and the desks around."""
    return [*([f"user:{person_id}"] if person_id else []), *area_scopes(area_path)]


def account_scopes(area_path: str, team_id: str | None) -> list[str]:
    """Who holds an account on a handset: the team that serves it, and the desks around."""
    return [*([f"team:{team_id}"] if team_id else []), *area_scopes(area_path)]


def case_scopes(area_path: str, team_id: str | None, asked: Sequence[Mapping[str, str]]) -> list[str]:
    """Who holds a case on a handset: the workers who are asked, the team of its station, the desks around."""
    workers = sorted({party["id"] for party in asked if party["kind"] == HolderKind.worker})
    return [*(f"user:{worker}" for worker in workers), *account_scopes(area_path, team_id)]


def order_scopes(area_path: str, team_id: str | None, person_id: str | None) -> list[str]:
    """Who holds an order on a handset: who brings it, the team that serves the customer, the desks around."""
    return [*([f"user:{person_id}"] if person_id else []), *account_scopes(area_path, team_id)]
