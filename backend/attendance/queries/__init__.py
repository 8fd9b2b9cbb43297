"""Reads of attendance within the reader's sight, and the rows that its deeds stand on."""

from backend.attendance.queries.fences import (
    assignments,
    feature,
    fence,
    fence_shape,
    fences,
    fences_in_sight,
    fences_set,
    latest_version,
    versions_after,
)
from backend.attendance.queries.punches import (
    punch_row,
    punch_shape,
    punches,
    punches_in_sight,
)

__all__ = [
    "assignments",
    "feature",
    "fence",
    "fence_shape",
    "fences",
    "fences_in_sight",
    "fences_set",
    "latest_version",
    "punch_row",
    "punch_shape",
    "punches",
    "punches_in_sight",
    "versions_after",
]
