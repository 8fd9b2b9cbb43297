"""Lists people use: newest first, by when they are due, of a day, by what they say, and by how near they lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from backend.kernel.authority import Principal
from backend.kernel.calendar import midnight_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.geo import LonLat, box_around
from backend.kernel.paging import cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas, seen_from_desk
from backend.workorders import rules
from backend.workorders.queries.orders import in_sight, shape
from backend.workorders.queries.walks import DAY, DUE, GRAM, NEWEST, Walk, Way, at_work, leading, narrowest, page_of
from backend.workorders.tables import OrderWords, WorkOrder
from mobile_contract import workorders as wire
from mobile_contract.base import Page
from mobile_contract.workorders import Sort, Step

NEAR_LOOKED_AT_MAX = 2_000
NEAR_LEAST_M = 10.0


def orders(ctx: Ctx, wanted: wire.OrderFilter, cursor: str | None, limit: int) -> Page[wire.WorkOrder]:
    """A page of the orders in sight: newest first, or by when they are due."""
    listed = listing(ctx, wanted)
    ids, following = page_of(ctx, listed.walk, listed.ways, cursor, limit)
    return Page(items=[shape(row) for row in rows_of(ctx, ids)], next=following)


def rows_of(ctx: Ctx, ids: Sequence[str]) -> list[WorkOrder]:
    """The rows of a page, in its order."""
    found = {row.id: row for row in ctx.session.exec(select(WorkOrder).where(col(WorkOrder.id).in_(ids)))}
    return [found[id_] for id_ in ids]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list ready to be read, page by page."""

    walk: Walk
    ways: tuple[Way, ...]


def listing(ctx: Ctx, wanted: wire.OrderFilter) -> Listing:
    """How a list is read: along the narrowest of what it names and of what the reader sees."""
    sorting = DAY if wanted.on else DUE if _by_due(wanted) else NEWEST
    walk = Walk(sorting, _steps(ctx.principal, wanted), between=_between(ctx, wanted))
    if sorting is DAY:
        choices = [_Choice(_ways_of_day(ctx.principal, wanted))]
    else:
        choices = _choices(ctx, wanted, newest=sorting is NEWEST)
    best, few = narrowest(ctx, walk, [one.ways for one in choices])
    choice = choices[best]
    rest = [look for name, look in _looks(ctx, wanted).items() if name not in choice.says]
    return Listing(replace(walk, rest=rest, few=few, phrase=rules.folded(wanted.q or "")), choice.ways)


def _steps(principal: Principal, wanted: wire.OrderFilter) -> list[str]:
    """Steps that are looked at; who sits at no desk is shown nothing that is only planned."""
    steps = set(Step) if wanted.step is None else {wanted.step}
    if wanted.open is not None:
        steps &= rules.AT_WORK | {Step.planned} if wanted.open else set(Step) - rules.OPEN
    if not desk_areas(principal):
        steps -= {Step.planned}
    return sorted(step.value for step in steps)


def _between(ctx: Ctx, wanted: wire.OrderFilter) -> tuple[datetime, datetime] | None:
    if wanted.on is not None:
        return from_ms(midnight_ms(wanted.on)), from_ms(midnight_ms(wanted.on + timedelta(days=1)))
    if wanted.overdue:
        return from_ms(0), ctx.now()
    return None


# -- ways ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Choice:
    """Ways that lead to all that is wanted, and the looks that they make needless."""

    ways: tuple[Way, ...]
    says: frozenset[str] = frozenset()


def _choices(ctx: Ctx, wanted: wire.OrderFilter, *, newest: bool) -> list[_Choice]:
    """Whoever sits at no desk sees little: what they search for is counted only where that is less."""
    said = list(_said(wanted)) if newest else []
    sight = _in_sight(ctx, newest=newest)
    around = [*said, sight] if desk_areas(ctx.principal) else [sight, *said]
    return [*_named(ctx.principal, wanted, newest=newest), *around]


def _named(principal: Principal, wanted: wire.OrderFilter, *, newest: bool) -> Iterator[_Choice]:
    """What the list names, first what is likely to be narrow."""
    columns = ("evidence", "inspection", "plan_id") if newest else ()
    for column in (*columns, "assignee_id", "team_id"):
        value = getattr(wanted, column)
        if value is not None and _INDEXED.get(column, value) == value:
            yield _Choice((Way(column, str(value)),), frozenset({column}))
    if wanted.mine:
        own = [Way("team_id", team) for team in sorted(principal.team_ids)]
        yield _Choice((Way("assignee_id", principal.person_id), *own), frozenset({"sight"}))
    if wanted.area is not None:
        said = frozenset({"area"} if rules.told_by_level(wanted.area) else ())
        seen = frozenset({"sight"} if seen_from_desk(principal, wanted.area) else ())
        yield _Choice((Way(*rules.level_of(wanted.area)),), said | seen)


def _said(wanted: wire.OrderFilter) -> Iterator[_Choice]:
    """What the list is searched for, by pairs of characters; and the scene, which is never narrow."""
    if wanted.q:
        said = frozenset({"q"} if len(rules.folded(wanted.q)) == rules.GRAM_CHARS else ())
        yield from (_Choice((Way(GRAM, gram),), said) for gram in rules.grams_asked(wanted.q))
    if wanted.scene is not None:
        yield _Choice((Way("scene", wanted.scene),), frozenset({"scene"}))


_INDEXED = {"evidence": wire.Evidence.awaiting, "inspection": wire.Inspection.due}
"""The one value of a column that has an index."""


def _in_sight(ctx: Ctx, *, newest: bool) -> _Choice:
    me, areas = ctx.principal.person_id, desk_areas(ctx.principal)
    own = [Way("team_id", team) for team in sorted(ctx.principal.team_ids)]
    if me:
        own += [Way("assignee_id", me), *([Way("done_by", me)] if newest else [])]
    desk = [Way(*rules.level_of(area)) for area in areas]
    ways = leading(ctx, [*own, *desk])
    alone = (not desk) or (set(ways) <= set(desk) and all(map(rules.told_by_level, areas)))
    return _Choice(ways, frozenset({"sight"} if alone else ()))


def _ways_of_day(principal: Principal, wanted: wire.OrderFilter) -> tuple[Way, ...]:
    if wanted.team_id is not None:
        return (Way("team_id", wanted.team_id),)
    areas = [wanted.area] if wanted.area else desk_areas(principal)
    if areas and not wanted.mine:
        own = () if wanted.area else tuple(Way("team_id", team) for team in sorted(principal.team_ids))
        districts = {rules.area_levels(area)[rules.LEVELS[0]] for area in areas}
        return (*own, *(Way(rules.LEVELS[0], district) for district in sorted(districts)))
    return tuple(Way("team_id", team) for team in sorted(principal.team_ids))


# -- what is looked at row by row ----------------------------------------------------------------------------------


def _looks(ctx: Ctx, wanted: wire.OrderFilter) -> dict[str, ColumnElement[bool]]:
    looks = {"sight": in_sight(ctx.principal)}
    for column in ("scene", "team_id", "assignee_id", "plan_id", "evidence", "inspection"):
        if getattr(wanted, column) is not None:
            looks[column] = getattr(WorkOrder, column) == str(getattr(wanted, column))
    if wanted.mine:
        free = and_(col(WorkOrder.assignee_id).is_(None), col(WorkOrder.team_id).in_(sorted(ctx.principal.team_ids)))
        looks["mine"] = or_(col(WorkOrder.assignee_id) == ctx.principal.person_id, free)
    if wanted.area is not None:
        looks["area"] = in_areas(WorkOrder.area_path, [wanted.area])
    if wanted.due_before is not None:
        looks["due"] = col(WorkOrder.due_at) < wanted.due_before
    if wanted.step is not None or wanted.open is not None:
        looks["step"] = col(WorkOrder.step).in_(_steps(ctx.principal, wanted))
    if wanted.q:
        said = col(OrderWords.words).contains(rules.folded(wanted.q), autoescape=True)
        looks["q"] = select(OrderWords.order_id).where(OrderWords.order_id == WorkOrder.id, said).exists()
    if not _by_due(wanted):
        looks.pop("step", None)
    return looks


def _by_due(wanted: wire.OrderFilter) -> bool:
    return wanted.on is not None or wanted.sort is Sort.due or wanted.overdue


# -- near ----------------------------------------------------------------------------------------------------------


def near(ctx: Ctx, place: LonLat, within_m: float, cursor: str | None, limit: int) -> Page[wire.NearOrder]:
    """Orders at work in sight around a place, the nearest first; where very many lie there, only the nearest."""
    after = read_cursor(cursor, str, str) if cursor else None
    found = sorted((f"{metres * 1_000:012.0f}", row.id, metres, row) for metres, row in _around(ctx, place, within_m))
    left = [(metres, row) for text, id_, metres, row in found if after is None or (text, id_) > after]
    page, following = cut(left[: limit + 1], limit, lambda one: cursor_of(f"{one[0] * 1_000:012.0f}", one[1].id))
    return Page(
        items=[wire.NearOrder(order=shape(row), distance_m=round(metres, 1)) for metres, row in page], next=following
    )


def _around(ctx: Ctx, place: LonLat, within_m: float) -> list[tuple[float, WorkOrder]]:
    while True:
        rows = ctx.session.exec(_in_box(ctx.principal, rules.Box(*box_around(place, within_m)))).all()
        if len(rows) <= NEAR_LOOKED_AT_MAX or within_m <= NEAR_LEAST_M:
            break
        within_m /= 2
    measured = [
        (rules.away_m(row.line, row.buffer_m, (row.longitude or 0.0, row.latitude or 0.0), place), row) for row in rows
    ]
    return [(metres, row) for metres, row in measured if metres <= within_m]


def _in_box(principal: Principal, box: rules.Box) -> SelectOfScalar[WorkOrder]:
    reach = col(WorkOrder.reach_degrees)
    return (
        select(WorkOrder)
        .where(
            at_work(),
            col(WorkOrder.cell).in_([*box.cells(), *box.line_cells()]),
            col(WorkOrder.longitude).between(box.west - reach, box.east + reach),
            col(WorkOrder.latitude).between(box.south - reach, box.north + reach),
            in_sight(principal),
        )
        .limit(NEAR_LOOKED_AT_MAX + 1)
    )
