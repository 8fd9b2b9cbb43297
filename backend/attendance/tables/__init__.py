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
from backend.attendance.tables.reviews import PunchReview
from backend.attendance.tables.rosters import (
    Absence,
    Post,
    RosterDay,
    ShiftType,
)
from backend.attendance.tables.tracks import (
    TrackBatch,
    TrackDay,
    TrackKey,
    TrackLook,
    TrackPoints,
)

__all__ = [
    "Absence",
    "DayResult",
    "Dispute",
    "Fence",
    "FenceAssignment",
    "MonthSheet",
    "Post",
    "Punch",
    "PunchRequest",
    "PunchReview",
    "RosterDay",
    "SheetEntry",
    "ShiftType",
    "StaleDay",
    "TrackBatch",
    "TrackDay",
    "TrackKey",
    "TrackLook",
    "TrackPoints",
    "Watermark",
]
