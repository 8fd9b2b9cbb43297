"""When evidence comes too late to be taken without a look. Pure."""

from datetime import datetime, timedelta

from backend.kernel.errors import Invalid


class ListTooLong(Invalid):
    """More rows than one file may hold."""

    code = "evidence.export_too_long"


def grace_until(done_at: datetime, shift_ended_at: datetime | None, grace_h: int) -> datetime:
    """Until when evidence of an act comes in time: so long after the shift in which it was done, or after the act
    itself where that was later or nobody had a shift."""
    return max(done_at, shift_ended_at or done_at) + timedelta(hours=grace_h)


def surely_in_time(done_at: datetime, arrived_at: datetime, grace_h: int) -> bool:
    """Whether it came in time whatever the shift was, so that no roster needs to be read."""
    return arrived_at <= done_at + timedelta(hours=grace_h)
