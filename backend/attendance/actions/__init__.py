"""Deeds of attendance."""

from backend.attendance.actions.clock_ins import (
    CLOCK_IN,
    PUNCHES,
    NewPunch,
    clock_in,
    clock_in_online,
)
from backend.attendance.actions.fences import (
    draw_fence,
    end_fence,
    import_fences,
    revise_fence,
    set_audience,
)

__all__ = [
    "CLOCK_IN",
    "PUNCHES",
    "NewPunch",
    "clock_in",
    "clock_in_online",
    "draw_fence",
    "end_fence",
    "import_fences",
    "revise_fence",
    "set_audience",
]
