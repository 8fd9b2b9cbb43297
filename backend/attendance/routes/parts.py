"""What the doors of attendance share."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import Query

from backend.attendance import rules
from backend.kernel.http import needs
from backend.kernel.paging import CURSOR_CHARS_MAX
from mobile_contract.base import PAGE_ITEMS_MAX, Day

READ, CLOCK_IN, MANAGE = needs("attendance.read"), needs("attendance.clock_in"), needs("attendance.manage")
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]
SPAN_DAYS_MAX = 366


def span(first_on: Day, last_on: Day) -> tuple[date, date]:
    """A period that was asked for. Refuses with attendance.period_invalid."""
    if last_on < first_on or last_on - first_on > timedelta(days=SPAN_DAYS_MAX):
        raise rules.PeriodInvalid
    return first_on, last_on
