"""What is right in gas: refusals, due dates, custody, and whether a cylinder may be handed over. Pure."""

from collections.abc import Sequence

from backend.kernel.errors import Clash, Invalid, Unknown
from backend.kernel.scopes import area_scopes
from mobile_contract.gas import HolderKind


class CodeInvalid(Invalid):
    code = "gas.code_invalid"


class CodeNamesNoCylinder(Invalid):
    code = "gas.code_names_no_cylinder"


class CodeTaken(Clash):
    code = "gas.code_taken"


class SpecUnknown(Invalid):
    code = "gas.spec_unknown"


class DatesImpossible(Invalid):
    code = "gas.dates_impossible"


class CylinderUnknown(Unknown):
    code = "gas.cylinder_unknown"


class AccountUnknown(Unknown):
    code = "gas.account_unknown"


class AccountTaken(Clash):
    code = "gas.account_taken"


class AreaUnknown(Invalid):
    code = "gas.area_unknown"


class TeamUnknown(Invalid):
    code = "gas.team_unknown"


class ScanExists(Clash):
    code = "gas.scan_exists"


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


def known_once(names: Sequence[str]) -> str | None:
    """The first name that comes twice, if any does."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
