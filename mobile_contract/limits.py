"""What time limits are counted in."""

from enum import StrEnum

AMOUNT_MAX = 1_000
"""Of any unit: a limit beyond is a slip of the pen."""


class LimitUnit(StrEnum):
    """The four units of city management."""

    urgent_hour = "urgent_hour"
    """紧急工作时: on through nights and holidays."""
    work_hour = "work_hour"
    """工作时: inside working sessions only."""
    work_day = "work_day"
    """工作日."""
    natural_day = "natural_day"
    """自然日."""
