"""Components within the reader's areas: lists, what is near, versions, and the cases that name one."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import col, select

from backend.cases import queries as cases
from backend.components import rules
from backend.components.tables import Component, ComponentProposal, ComponentVersion
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.geo import LonLat, box_around, distance_m, zone
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from mobile_contract import components as wire
from mobile_contract.base import Page
from mobile_contract.cases import Case

READ = "components.read"
NEAR_LOOKED_AT_MAX, NEAR_LEAST_M = 1_000, 10.0


def in_sight(principal: Principal, permission: str = READ) -> ColumnElement[bool]:
    """Components where the principal holds a role that may."""
    return in_areas(Component.area_path, principal.areas(permission))


def component_shape(row: Component) -> wire.Component:
    """A component as it travels."""
    return wire.Component.model_validate(row, from_attributes=True)


def component_row(ctx: Ctx, component_id: str, permission: str = READ) -> Component:
    """Refuses with components.component_unknown what is not there or out of sight."""
    query = select(Component).where(Component.id == component_id, in_sight(ctx.principal, permission))
    row = ctx.session.exec(query).first()
    if row is None:
        raise rules.ComponentUnknown
    return row


def component(ctx: Ctx, component_id: str) -> wire.Component:
    """One component in sight."""
    return component_shape(component_row(ctx, component_id))


def components(ctx: Ctx, wanted: wire.ComponentFilter, cursor: str | None, limit: int) -> Page[wire.Component]:
    """A page of the components in sight, by their codes."""
    query = select(Component).where(in_sight(ctx.principal), *_narrowed(wanted))
    if cursor:
        query = query.where(beyond([col(Component.code)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(Component.code)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.code))
    return Page(items=[component_shape(row) for row in page], next=following)


def _narrowed(wanted: wire.ComponentFilter) -> Iterable[ColumnElement[bool]]:
    for name in ("state", "big", "small"):
        if (value := getattr(wanted, name)) is not None:
            yield getattr(Component, name) == value
    if wanted.area:
        yield in_areas(Component.area_path, [wanted.area])
    if wanted.q:
        named = col(Component.name).contains(wanted.q, autoescape=True)
        yield or_(named, col(Component.code).startswith(wanted.q, autoescape=True))
    if wanted.bbox:
        yield from _in_box(*wanted.bbox)
    if wanted.contested:
        yield exists().where(
            col(ComponentProposal.component_id) == col(Component.id),
            col(ComponentProposal.state) == wire.ProposalState.open.value,
        )


def _in_box(west: float, south: float, east: float, north: float) -> Iterable[ColumnElement[bool]]:
    yield col(Component.west) <= east
    yield col(Component.east) >= west
    yield col(Component.south) <= north
    yield col(Component.north) >= south


def near(ctx: Ctx, place: LonLat, within_m: int, limit: int) -> list[wire.NearComponent]:
    """Components in sight around a place, the nearest first, measured to their edges; where very many stand, only the
    nearest."""
    reach_m = float(within_m)
    rows = _around(ctx, place, reach_m)
    while len(rows) > NEAR_LOOKED_AT_MAX and reach_m > NEAR_LEAST_M:
        reach_m /= 2
        rows = _around(ctx, place, reach_m)
    found = sorted((_away_m(row, place), row.code, row) for row in rows)
    return [
        wire.NearComponent(component=component_shape(row), distance_m=round(metres, 1))
        for metres, _, row in found[:limit]
        if metres <= reach_m
    ]


def _away_m(row: Component, place: LonLat) -> float:
    if row.geometry["type"] == "Point":
        return distance_m(place, (row.longitude, row.latitude))
    return max(0.0, zone(row.geometry, 0).distance_m(*place))


def _around(ctx: Ctx, place: LonLat, reach_m: float) -> Sequence[Component]:
    """What reaches into the box around a place, one more than is looked at where there are too many."""
    query = select(Component).where(in_sight(ctx.principal), *_in_box(*box_around(place, reach_m)))
    return ctx.session.exec(query.limit(NEAR_LOOKED_AT_MAX + 1)).all()


def history(ctx: Ctx, component_id: str) -> list[wire.ComponentVersion]:
    """The latest versions of a component in sight, newest first."""
    row = component_row(ctx, component_id)
    query = select(ComponentVersion).where(ComponentVersion.component_id == row.id)
    order = col(ComponentVersion.version).desc()
    found = ctx.session.exec(query.order_by(order).limit(wire.VERSIONS_SHOWN_MAX)).all()
    ends = [None, *(one.since_at for one in found)]
    return [
        wire.ComponentVersion.model_validate(one.content | one.model_dump() | {"until_at": until})
        for one, until in zip(found, ends, strict=False)
    ]


def cases_naming(ctx: Ctx, component_id: str) -> list[Case]:
    """The latest cases in sight that name a component in sight, newest first."""
    return cases.naming(ctx, component_row(ctx, component_id).code, wire.CASES_SHOWN_MAX)


# -- for deeds -----------------------------------------------------------------------------------------------------


def held_by_crews(ctx: Ctx, component_id: str) -> Component:
    """A component that the caller's handset may have held, wherever they work by now.

    Refuses with components.component_unknown.
    """
    row = ctx.session.get(Component, component_id)
    districts = {grant.area.split("/")[1] for grant in ctx.principal.grants}
    if row is None or row.area_path.split("/")[1] not in districts:
        raise rules.ComponentUnknown
    return row


def by_codes(ctx: Ctx, codes: Collection[str]) -> dict[str, Component]:
    """Components registered under these codes, whoever asks."""
    rows = ctx.session.exec(select(Component).where(col(Component.code).in_(sorted(codes)))).all()
    return {row.code: row for row in rows}


def versions(ctx: Ctx, component_id: str) -> Sequence[ComponentVersion]:
    """Every version of a component, oldest first."""
    query = select(ComponentVersion).where(ComponentVersion.component_id == component_id)
    return ctx.session.exec(query.order_by(col(ComponentVersion.version))).all()


def past(ctx: Ctx, component_id: str) -> list[tuple[int, list[str]]]:
    """Which fields each version of a component changed, oldest first."""
    return [(one.version, one.changed) for one in versions(ctx, component_id)]


def values(row: Component) -> dict[str, Any]:
    """What may change of a component, as it is."""
    return {field: getattr(row, field) for field in rules.FIELDS}
