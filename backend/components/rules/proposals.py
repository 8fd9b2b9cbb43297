"""What a proposal comes to on a component that moved on: the fields it still may change, and those overtaken. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.components.rules.refusals import AllOvertaken, FieldNotProposed
from backend.kernel.scopes import area_scopes, user_scope
from mobile_contract.components import ComponentField, ProposalState

FIELDS = tuple(field.value for field in ComponentField)


@dataclass(frozen=True, slots=True)
class Rebase:
    """The fields of a proposal, each in one of three lots, in the order of ComponentField."""

    applies: tuple[str, ...]
    """Nobody touched them since, and they would change."""
    overtaken: tuple[str, ...]
    """Changed since to something else than is proposed."""
    same: tuple[str, ...]
    """As proposed already."""


def rebase(proposed: Mapping[str, Any], now: Mapping[str, Any], changed_since: Collection[str]) -> Rebase:
    """Sorts the fields of a proposal by what became of them since the version that it is based on."""
    lots: dict[str, list[str]] = {"applies": [], "overtaken": [], "same": []}
    for field in FIELDS:
        if field in proposed:
            same = proposed[field] == now[field]
            lots["same" if same else "overtaken" if field in changed_since else "applies"].append(field)
    return Rebase(**{lot: tuple(fields) for lot, fields in lots.items()})


def taken(found: Rebase, wanted: Collection[str] | None) -> tuple[str, ...]:
    """The fields that an approval changes: all that nobody touched since, or those that the desk names.

    None where all is so already. Refuses with components.field_not_proposed, components.all_overtaken.
    """
    if wanted is None:
        if found.overtaken and not found.applies:
            raise AllOvertaken(fields=", ".join(found.overtaken))
        return found.applies
    stray = set(wanted) - {*found.applies, *found.overtaken, *found.same}
    if stray or not wanted:
        raise FieldNotProposed(fields=", ".join(sorted(stray)) or "-")
    return tuple(field for field in FIELDS if field in wanted and field not in found.same)


def changed_since(base_version: int, versions: Iterable[tuple[int, Collection[str]]]) -> frozenset[str]:
    """Every field that some version after `base_version` changed, whatever its value is now."""
    return frozenset(field for version, changed in versions if version > base_version for field in changed)


def holders(area_path: str) -> list[str]:
    """Scopes of who works where a component stands: their handsets hold it."""
    return [f"components:{scope.removeprefix('area:')}" for scope in area_scopes(area_path)]


def proposal_scopes(area_path: str, person_id: str, state: str) -> list[str]:
    """Who holds a proposal: while it is open the desks around it and all who work there, and always whoever made it."""
    if state != ProposalState.open:
        return [user_scope(person_id)]
    return [*area_scopes(area_path), *holders(area_path), user_scope(person_id)]
