"""Fences within the reader's sight, and those by which a clock-in is judged."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Text, bindparam, cast, literal, or_
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.rules import FenceUnknown
from backend.attendance.tables import Fence, FenceAssignment, RosterDay
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.geo import Zone
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.prepared import Prepared
from backend.kernel.sight import desk_areas, in_areas
from mobile_contract import attendance as wire


def fences_in_sight(principal: Principal, permission: str) -> ColumnElement[bool]:
    """From a desk every fence in the areas where one may; besides, those set for oneself or one's teams."""
    areas = in_areas(Fence.area_path, principal.areas(permission))
    if permission != "attendance.read":
        return areas
    audiences = rules.audiences(principal.person_id, principal.team_ids, ())
    mine = RosterDay.person_id == principal.person_id
    rostered = select(literal("shift:") + col(RosterDay.shift_type_id)).where(
        mine, col(RosterDay.shift_type_id).is_not(None)
    )
    posted = select(literal("post:") + col(RosterDay.post_id)).where(mine, col(RosterDay.post_id).is_not(None))
    set_for = col(FenceAssignment.audience)
    held = select(FenceAssignment.fence_id).where(
        or_(set_for.in_(audiences), set_for.in_(rostered), set_for.in_(posted)), col(FenceAssignment.until_at).is_(None)
    )
    return or_(in_areas(Fence.area_path, desk_areas(principal)), col(Fence.id).in_(held))


def fences(ctx: Ctx, wanted: wire.FenceFilter, cursor: str | None, limit: int) -> wire.FenceCollection:
    """A page of the fences in sight as GeoJSON, oldest first."""
    query = select(Fence).where(fences_in_sight(ctx.principal, "attendance.read"), *_narrowed(wanted))
    if cursor:
        query = query.where(beyond([col(Fence.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(Fence.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return wire.FenceCollection(features=[feature(row) for row in page], next=following)


def _narrowed(wanted: wire.FenceFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.area:
        yield in_areas(Fence.area_path, [wanted.area])
    if wanted.at:
        yield col(Fence.valid_from_at) <= wanted.at
        yield or_(col(Fence.valid_until_at).is_(None), col(Fence.valid_until_at) > wanted.at)
    if wanted.lineage_id:
        yield col(Fence.lineage_id) == wanted.lineage_id
    if wanted.q:
        yield col(Fence.name).contains(wanted.q, autoescape=True)
    if wanted.team_id:
        yield _set_for(f"team:{wanted.team_id}")
    if wanted.person_id:
        yield _set_for(f"user:{wanted.person_id}")


def _set_for(audience: str) -> ColumnElement[bool]:
    chosen = select(FenceAssignment.fence_id).where(
        FenceAssignment.audience == audience, col(FenceAssignment.until_at).is_(None)
    )
    return col(Fence.id).in_(chosen)


def fence(ctx: Ctx, fence_id: str, permission: str = "attendance.read") -> Fence:
    """The row of a fence in sight; refuses with attendance.fence_unknown."""
    query = select(Fence).where(Fence.id == fence_id, fences_in_sight(ctx.principal, permission))
    row = ctx.session.exec(query).first()
    if row is None:
        raise FenceUnknown
    return row


def latest_version(ctx: Ctx, lineage_id: str) -> Fence:
    """The newest version of a fence; the caller has one of its versions in sight."""
    newest = select(Fence).where(Fence.lineage_id == lineage_id).order_by(col(Fence.version).desc()).limit(1)
    return ctx.session.exec(newest).one()


def versions_after(ctx: Ctx, fence: Fence) -> Sequence[Fence]:
    """The versions that follow one, in order."""
    later = select(Fence).where(Fence.lineage_id == fence.lineage_id, col(Fence.version) > fence.version)
    return ctx.session.exec(later.order_by(col(Fence.version))).all()


def feature(row: Fence) -> wire.FenceFeature:
    """A fence as a GeoJSON feature."""
    facts = wire.FenceFacts.model_validate(row, from_attributes=True)
    return wire.FenceFeature(id=row.id, properties=facts, geometry=row.geometry)


def fence_shape(row: Fence) -> wire.Fence:
    """A fence as it travels to phones."""
    return wire.Fence.model_validate(row, from_attributes=True)


def assignments(ctx: Ctx, fence_id: str) -> Sequence[FenceAssignment]:
    """For whom a fence is set at present."""
    query = select(FenceAssignment).where(FenceAssignment.fence_id == fence_id, col(FenceAssignment.until_at).is_(None))
    return ctx.session.exec(query).all()


def fences_of_duties(ctx: Ctx, duties: Collection[str]) -> Sequence[Fence]:
    """The fences that are set for any of these shifts and posts (`shift:…`, `post:…`) at present, whoever asks."""
    chosen = select(FenceAssignment.fence_id).where(
        col(FenceAssignment.audience).in_(sorted(duties)), col(FenceAssignment.until_at).is_(None)
    )
    return ctx.session.exec(select(Fence).where(col(Fence.id).in_(chosen)).order_by(col(Fence.id))).all()


class JudgingFence(NamedTuple):
    """A fence as it was set for an audience: what a clock-in or a track is judged by."""

    audience: str
    since_at: datetime
    until_at: datetime | None
    id: str
    name: str
    shape: str
    lineage_id: str
    purpose: str
    geometry: str
    """As GeoJSON text."""
    radius_m: float
    area_path: str
    valid_from_at: datetime
    valid_until_at: datetime | None

    def holds_at(self, instant: datetime) -> bool:
        """Whether it was set for its audience, and valid, at an instant."""
        return (
            self.since_at <= instant
            and (self.until_at is None or instant < self.until_at)
            and self.valid_from_at <= instant
            and (self.valid_until_at is None or instant < self.valid_until_at)
        )

    def outline(self) -> dict[str, Any]:
        """Its geometry, GeoJSON."""
        read: dict[str, Any] = orjson.loads(self.geometry)
        return read

    def zone(self) -> Zone:
        """Its zone, drawn once and then remembered."""
        return rules.zone_of(self.geometry, self.radius_m)


_JUDGING: Prepared[tuple[Any, ...]] = Prepared(
    select(
        col(FenceAssignment.audience),
        col(FenceAssignment.since_at),
        col(FenceAssignment.until_at),
        col(Fence.id),
    )
    .add_columns(
        col(Fence.name),
        col(Fence.shape),
        col(Fence.lineage_id),
        col(Fence.purpose),
        cast(Fence.geometry, Text),
        col(Fence.radius_m),
        col(Fence.area_path),
        col(Fence.valid_from_at),
        col(Fence.valid_until_at),
    )
    .join(Fence, col(Fence.id) == col(FenceAssignment.fence_id))
    .where(
        col(FenceAssignment.audience).in_(bindparam("audiences", expanding=True)),
        col(FenceAssignment.since_at) <= bindparam("until"),
        or_(col(FenceAssignment.until_at).is_(None), col(FenceAssignment.until_at) > bindparam("since")),
    )
    .order_by(col(Fence.id))
)


def fences_judging(ctx: Ctx, audiences: Sequence[str], since: datetime, until: datetime) -> list[JudgingFence]:
    """What was set for any of `audiences` at some time between two instants, in a fixed order, as it is judged by."""
    return [JudgingFence(*row) for row in _JUDGING.rows(ctx.session, audiences=audiences, since=since, until=until)]
