"""What we keep of attendance."""

from backend.attendance.tables.fences import (
    Fence,
    FenceAssignment,
)
from backend.attendance.tables.punches import (
    Punch,
)

__all__ = [
    "Fence",
    "FenceAssignment",
    "Punch",
]
