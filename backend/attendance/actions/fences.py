"""Supervisors draw fences, say whose they are, and end them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from backend.attendance import queries, rules
from backend.attendance.tables import Fence, FenceAssignment
from backend.kernel.clock import to_ms
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.geo import Datum, GeoError, read_geometry
from backend.people import queries as people
from mobile_contract import attendance as wire

MANAGE = "attendance.manage"


def draw_fence(ctx: Ctx, ask: wire.NewFence) -> Fence:
    """A new fence, for teams and persons in the caller's sight.

    Refuses with attendance.fence_invalid (naming fault and place), .radius_needed, .period_invalid, .area_unknown,
    .audience_unknown.
    """
    ctx.principal.require(MANAGE, ask.area_path)
    if not people.area_exists(ctx, ask.area_path):
        raise rules.AreaUnknown
    geometry = _read(ask)
    shape = rules.shape_of(geometry, ask.radius_m)
    since = ask.valid_from_at or ctx.now()
    if ask.valid_until_at is not None and ask.valid_until_at <= since:
        raise rules.PeriodInvalid
    fence = Fence(
        name=ask.name,
        shape=shape.value,
        geometry=geometry,
        radius_m=ask.radius_m,
        area_path=ask.area_path,
        valid_from_at=since,
        valid_until_at=ask.valid_until_at,
    )
    ctx.session.add(fence)
    ctx.session.flush()
    _set_audience(ctx, fence, ask.team_ids, ask.person_ids, since)
    return fence


def _read(ask: wire.NewFence) -> dict[str, Any]:
    try:
        return read_geometry(ask.geometry.model_dump(), Datum(ask.datum.value))
    except GeoError as fault:
        raise rules.FenceInvalid(fault=fault.fault.value, where=fault.where) from None


def set_audience(ctx: Ctx, fence_id: str, team_ids: Sequence[str], person_ids: Sequence[str]) -> Fence:
    """Says whose fence it is from now on; clock-ins done before are judged by what held then."""
    fence = queries.fence(ctx, fence_id, MANAGE)
    _set_audience(ctx, fence, team_ids, person_ids, ctx.now())
    return fence


def _set_audience(ctx: Ctx, fence: Fence, team_ids: Sequence[str], person_ids: Sequence[str], since: datetime) -> None:
    _need_audience(ctx, team_ids, person_ids)
    wanted = {f"team:{t}" for t in team_ids} | {f"user:{p}" for p in person_ids}
    present = queries.assignments(ctx, fence.id)
    for row in present:
        if row.audience not in wanted:
            row.until_at = ctx.now()
            ctx.session.add(row)
    fresh = sorted(wanted - {row.audience for row in present})
    ctx.session.add_all([FenceAssignment(fence_id=fence.id, audience=a, since_at=since) for a in fresh])
    fence.team_ids, fence.person_ids = sorted(set(team_ids)), sorted(set(person_ids))
    ctx.session.add(fence)
    ctx.session.flush()


def _need_audience(ctx: Ctx, team_ids: Iterable[str], person_ids: Iterable[str]) -> None:
    try:
        for team_id in team_ids:
            people.team(ctx, team_id)
        for person_id in person_ids:
            people.person(ctx, person_id)
    except NotFound:
        raise rules.AudienceUnknown from None


def end_fence(ctx: Ctx, fence_id: str, until: datetime | None) -> Fence:
    """Ends a fence. Refuses with attendance.period_invalid when the end lies before its beginning."""
    fence = queries.fence(ctx, fence_id, MANAGE)
    end = until or ctx.now()
    if to_ms(end) < to_ms(fence.valid_from_at):
        raise rules.PeriodInvalid
    fence.valid_until_at = end
    ctx.session.add(fence)
    ctx.session.flush()
    return fence
