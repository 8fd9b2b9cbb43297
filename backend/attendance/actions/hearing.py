"""Phones are heard of, given up, and stood in for: what moves the watermarks behind which a day is decided."""

from datetime import timedelta

from backend.attendance import queries
from backend.attendance.actions.judging import mark_stale
from backend.attendance.tables import Watermark
from backend.handsets.events import DeviceEnded, QueueHeard
from backend.kernel.calendar import local_day
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.journaling import put_row

GRAIN = timedelta(minutes=1)
"""A watermark is moved by no less: phones push all day."""
RELEASED_DAYS = 10
"""Days that may have waited for a phone that is given up."""


def hear(ctx: Ctx, heard: QueueHeard) -> None:
    """Moves the watermark of a person's phone."""
    known = queries.phone_heard(ctx, heard.person_id, heard.device_id)
    through = from_ms(heard.through_ms) if heard.through_ms is not None else None
    until, heard_at = known or (None, None)
    moved = through is not None and (until is None or through >= until + GRAIN)
    if moved or heard_at is None or ctx.now() >= heard_at + GRAIN:
        phone = {"person_id": heard.person_id, "device_id": heard.device_id}
        put_row(ctx.session, Watermark, phone | {"through_at": through if moved else until, "heard_at": ctx.now()})


def give_up(ctx: Ctx, ended: DeviceEnded) -> None:
    """A phone was lost or revoked: nothing more is waited for from it."""
    today = local_day(ctx.now())
    for row in queries.phones_on(ctx, ended.device_id):
        if row.released_at is None:
            row.released_at = ctx.now()
            ctx.session.add(row)
            ctx.session.flush()
            mark_stale(ctx, ((row.person_id, today - timedelta(days=n)) for n in range(RELEASED_DAYS)))
