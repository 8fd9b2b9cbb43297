"""Tracks: points and sums for deeds, and what a person may read of their own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.queries.facts import facts_of
from backend.attendance.rules import Span
from backend.attendance.rules.coverage import covered_together
from backend.attendance.rules.tracks import RAW_KEPT_DAYS, Track
from backend.attendance.tables import TrackBatch, TrackDay, TrackKey, TrackLook, TrackPoints
from backend.kernel.calendar import local_day
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from mobile_contract import tracks as wire
from mobile_contract.attendance import Place
from mobile_contract.base import Page

NEIGHBOUR_DAYS = timedelta(days=2)
Walk = tuple[str, datetime, datetime]
"""A person, and a time of theirs."""


def shifts_near(ctx: Ctx, person_id: str, first_on: date, last_on: date) -> list[tuple[date, list[Span]]]:
    """The stretches of a person's planned shifts that could hold an instant of these days: as the roster stood when
    points of the shift first came, else as it stands. A later change brings back nothing."""
    low, high = first_on - NEIGHBOUR_DAYS, last_on + NEIGHBOUR_DAYS
    facts = facts_of(ctx, [person_id], low, high)
    days = [low + timedelta(days=n) for n in range((high - low).days + 1)]
    stretches = {on: rules.stretches(shift, on) for on in days if (shift := facts.shift(person_id, on))}
    seen = select(TrackDay).where(TrackDay.person_id == person_id, col(TrackDay.on) >= low, col(TrackDay.on) <= high)
    for row in ctx.session.exec(seen):
        if row.since_at is not None and row.until_at is not None:
            stretches[row.on] = _stretches_then(to_ms(row.since_at), to_ms(row.until_at), row.breaks)
    return sorted(stretches.items())


def _stretches_then(since_ms: int, until_ms: int, breaks: Sequence[Sequence[int]]) -> list[Span]:
    edges = [since_ms, *(edge for span in breaks for edge in span), until_ms]
    return list(zip(edges[::2], edges[1::2], strict=True))


def point_rows(ctx: Ctx, person_id: str, days: Iterable[date]) -> Sequence[TrackPoints]:
    """The stored portions of a person's shifts."""
    wanted = select(TrackPoints).where(TrackPoints.person_id == person_id, col(TrackPoints.on).in_(sorted(days)))
    return ctx.session.exec(wanted.order_by(col(TrackPoints.id))).all()


def track_of(ctx: Ctx, person_id: str, on: date) -> Track:
    """One track of all portions."""
    return Track.read(row.points for row in point_rows(ctx, person_id, [on]))


def line_covered(ctx: Ctx, line: Mapping[str, Any], half_width_m: float, walks: Sequence[Walk]) -> tuple[float, float]:
    """Percent of a LineString (GeoJSON, WGS-84) that people's tracks covered together, each in a time of theirs; and
    percent of which nobody can tell, because a track is silent or poor."""
    found = []
    for person_id, since_at, until_at in walks:
        first_on, last_on = local_day(since_at - NEIGHBOUR_DAYS / 2), local_day(until_at)
        days = [first_on + timedelta(days=n) for n in range((last_on - first_on).days + 1)]
        track = Track.read(row.points for row in point_rows(ctx, person_id, days))
        found.append((track, (to_ms(since_at), to_ms(until_at))))
    return covered_together(line, half_width_m, found)


def track_day(ctx: Ctx, person_id: str, on: date) -> TrackDay | None:
    """The sums of a person's shift."""
    return ctx.session.exec(select(TrackDay).where(TrackDay.person_id == person_id, TrackDay.on == on)).first()


def days_without_results(ctx: Ctx, before: date, limit: int) -> Sequence[TrackDay]:
    """Days with points that are over and not worked out yet."""
    wanted = select(TrackDay).where(
        col(TrackDay.on) < before,
        TrackDay.kept > 0,
        col(TrackDay.results).is_(None),
        col(TrackDay.since_at).is_not(None),
    )
    return ctx.session.exec(wanted.order_by(col(TrackDay.on)).limit(limit)).all()


def days_off_post(ctx: Ctx, since: datetime, limit: int) -> Sequence[TrackDay]:
    """Shifts whose newest point, not older than `since`, was outside, and of which nobody was told yet."""
    wanted = select(TrackDay).where(
        col(TrackDay.on) >= local_day(since) - timedelta(days=1),
        col(TrackDay.seen_at) >= since,
        TrackDay.seen_place == Place.outside.value,
        col(TrackDay.off_since_at).is_(None),
    )
    return ctx.session.exec(wanted.order_by(col(TrackDay.seen_at)).limit(limit)).all()


def old_points(ctx: Ctx, today: date, limit: int) -> Sequence[TrackPoints]:
    """Portions past their days."""
    last_on = today - timedelta(days=RAW_KEPT_DAYS)
    return ctx.session.exec(select(TrackPoints).where(col(TrackPoints.on) < last_on).limit(limit)).all()


def batch_shape(row: TrackBatch) -> wire.TrackBatch:
    """A receipt as it travels."""
    return wire.TrackBatch.model_validate(row, from_attributes=True)


def look_shape(row: TrackLook) -> wire.TrackLook:
    """A look as it travels."""
    return wire.TrackLook.model_validate(row, from_attributes=True)


def looks_at_me(ctx: Ctx, cursor: str | None, limit: int) -> Page[wire.TrackLook]:
    """Who looked at one's own tracks, latest first."""
    query = select(TrackLook).where(TrackLook.person_id == ctx.principal.person_id)
    if cursor:
        query = query.where(beyond([col(TrackLook.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(TrackLook.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[look_shape(row) for row in page], next=following)


def track_key(ctx: Ctx, key_id: str) -> TrackKey | None:
    """A key that is not ended."""
    row = ctx.session.get(TrackKey, key_id)
    return row if row is not None and row.ended_at is None else None


def own_keys(ctx: Ctx) -> Sequence[TrackKey]:
    """The caller's keys that are not ended."""
    mine = select(TrackKey).where(TrackKey.person_id == ctx.principal.person_id, col(TrackKey.ended_at).is_(None))
    return ctx.session.exec(mine).all()
