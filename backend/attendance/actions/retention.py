"""What is kept no longer than it is needed: the coordinates of old clock-ins go, their verdicts stay."""

from datetime import timedelta

from backend.attendance import queries
from backend.kernel.audit import record
from backend.kernel.context import Ctx

ROWS_PER_TURN = 1_000


def forget_places(ctx: Ctx) -> int:
    """Removes the coordinates of clock-ins past their time; returns of how many. The audit chain names the count."""
    before = ctx.now() - timedelta(days=ctx.settings.punch_place_days)
    rows = queries.punches_with_place(ctx, before, ROWS_PER_TURN)
    for row in rows:
        row.longitude = row.latitude = row.accuracy_m = row.said_hash = None
        ctx.session.add(row)
    ctx.session.flush()
    if rows:
        record(ctx, "attendance.places_forgotten", None, count=len(rows), before=before.isoformat())
    return len(rows)
