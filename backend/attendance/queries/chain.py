"""A dispute with everything that made its day what it is, oldest first."""

from collections.abc import Iterator
from datetime import timedelta

from backend.attendance import rules
from backend.attendance.queries.days import (
    day_shape,
    day_with_facts,
    dispute_in_sight,
    dispute_shape,
    entries_on,
    requests_on,
    results_of,
)
from backend.attendance.queries.rosters import absences_over, roster_rows
from backend.attendance.tables import Dispute
from backend.kernel.calendar import midnight_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from mobile_contract import days as wire


def dispute_chain(ctx: Ctx, dispute_id: str) -> wire.DisputeChain:
    """A dispute in sight with its chain; refuses with attendance.dispute_unknown."""
    row = dispute_in_sight(ctx, dispute_id)
    days = results_of(ctx, [row.person_id], row.on, row.on)
    links = sorted(_links(ctx, row), key=lambda link: (link.at, link.what, link.id))
    return wire.DisputeChain(dispute=dispute_shape(row), day=day_shape(days[0]) if days else None, links=links)


def _links(ctx: Ctx, row: Dispute) -> Iterator[wire.ChainLink]:
    for planned in roster_rows(ctx, [row.person_id], row.on, row.on):
        text = " · ".join(word for word in (planned.shift_name, planned.post_name) if word) or "-"
        yield wire.ChainLink(at=planned.set_at, what="roster", by=planned.set_by or None, id=planned.id, text=text)
    since, until = from_ms(midnight_ms(row.on)), from_ms(midnight_ms(row.on + timedelta(days=1)))
    for away in absences_over(ctx, row.person_id, since, until):
        yield wire.ChainLink(at=away.entered_at, what="absence", by=away.entered_by or None, id=away.id, text=away.kind)
    for punch in day_with_facts(ctx, row.person_id, row.on).punches:
        text = f"{rules.local_time(punch.trusted_at)} {punch.source.value} {punch.place.value}"
        by = punch.entered_by or row.person_id
        yield wire.ChainLink(at=punch.received_at, what="punch", by=by, id=punch.id, text=text)
    for request in requests_on(ctx, row.person_id, row.on):
        yield wire.ChainLink(
            at=request.asked_at, what="request", by=request.person_id, id=request.id, text=request.reason
        )
        if request.decided_at is not None:
            text = f"{request.state} {request.decision}".strip()
            yield wire.ChainLink(at=request.decided_at, what="request", by=request.decided_by, id=request.id, text=text)
    for entry in entries_on(ctx, row.person_id, row.on):
        yield wire.ChainLink(at=entry.made_at, what="entry", by=None, id=entry.id, text=entry.why)
    for word in dispute_shape(row).words:
        yield wire.ChainLink(at=word.at, what="word", by=word.by, id=row.id, text=f"{word.deed}: {word.text}")
