"""What we keep of attendance."""

from backend.attendance.tables.days import (
    DayResult,
    Dispute,
    MonthSheet,
    PunchRequest,
    SheetEntry,
    StaleDay,
    Watermark,
)
from backend.attendance.tables.fences import (
    Fence,
    FenceAssignment,
)
from backend.attendance.tables.punches import (
    Punch,
)
from backend.attendance.tables.rosters import (
    Absence,
    RosterDay,
    ShiftType,
)

__all__ = [
    "Absence",
    "DayResult",
    "Dispute",
    "Fence",
    "FenceAssignment",
    "MonthSheet",
    "Punch",
    "PunchRequest",
    "RosterDay",
    "SheetEntry",
    "ShiftType",
    "StaleDay",
    "Watermark",
]
