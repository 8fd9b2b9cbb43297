"""Fences on handsets."""

from typing import Any

from backend.attendance import queries, rules
from backend.attendance.tables import Fence
from mobile_contract import attendance as wire
from sync.kinds import Kind, Policy


def _fence_body(row: Fence) -> dict[str, Any]:
    return queries.fence_shape(row).model_dump(mode="json")


def _fence_scopes(row: Fence) -> list[str]:
    return rules.fence_scopes(row.team_ids, [*row.person_ids, *row.holder_ids], row.area_path)


FENCE_KIND = Kind(
    name="fences",
    table=Fence,
    fields=dict.fromkeys(wire.Fence.model_fields, Policy.server),
    body=_fence_body,
    scopes=_fence_scopes,
    priority=1,
)
