"""Walks: a list of any length is read along one index, a bounded number of rows a page.

Of what a list is narrowed to, the narrowest is walked, as counts say; the rest is looked at row by row. So no list
depends on what a planner knows of a million rows.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, literal, literal_column, tuple_
from sqlmodel import col, func, select

from backend.kernel.context import Ctx
from backend.kernel.paging import cursor_of, read_cursor
from backend.kernel.prepared import Prepared
from backend.workorders.rules import AT_WORK
from backend.workorders.tables import OrderGram, OrderWords, WorkOrder
from mobile_contract.workorders import Step
from sync.stores.driver import IN_MAX, portions

LOOKED_AT_MAX = 20_000
"""Rows looked at for one page."""
COUNTED_MAX = 10_000
"""Beyond so many, one way is as good as another."""
NARROW = 1_000
"""A way past so few rows is taken without counting others."""
Place = tuple[Any, ...]
"""Where a row comes in the order of a list."""


@dataclass(frozen=True, slots=True)
class Way:
    """Orders that hold a value in a column that is indexed; or, by `gram`, those that say a pair of characters."""

    column: str
    value: str


GRAM = "gram"


@dataclass(frozen=True, slots=True)
class Sorting:
    """An order in which a list is read, and the rows it is about."""

    columns: tuple[str, ...]
    falling: bool
    by_step: bool = False
    only: Callable[[], ColumnElement[bool]] | None = None


def at_work() -> ColumnElement[bool]:
    """As the partial indexes say it, to the letter: a parameter would hide it from the planner."""
    return col(WorkOrder.step).in_([literal_column(f"'{step}'") for step in _AT_WORK])


_AT_WORK = (Step.released.value, Step.started.value, Step.paused.value, Step.rework.value)
assert set(_AT_WORK) == {step.value for step in AT_WORK}
_PARTIAL = frozenset({"evidence", "inspection"})
"""Columns whose index holds one value alone, a word of ours."""
NEWEST = Sorting(("id",), falling=True, by_step=True)
DUE = Sorting(("ranked_at", "id"), falling=False, only=at_work)
"""What is given out and not ended, by when it is due."""
DAY = Sorting(("ranked_at", "id"), falling=False)
"""All of a day, by when it is due."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A list: the ways that lead to it, any of which may be taken, and what is then looked at row by row."""

    sorting: Sorting
    steps: Sequence[str] = ()
    """Only where the sorting goes by step: at least one."""
    rest: Sequence[ColumnElement[bool]] = ()
    between: tuple[datetime, datetime] | None = None
    """Ranks from, and below."""
    few: bool = False
    """Its ways lead past so few rows that each may be looked at for every page."""
    phrase: str = ""
    """What is wanted says this, folded; `rest` asks for it too."""


def narrowest(ctx: Ctx, walk: Walk, choices: Sequence[tuple[Way, ...]]) -> tuple[int, bool]:
    """Which choice leads past the fewest rows, of equal ones the first; and whether all of them may be looked at.

    Counted only so far as it matters: none further than the narrowest before it, and once all of that may be looked at,
    only to see whether another is narrow.
    """
    if len(choices) == 1:
        return 0, False
    best, least = 0, COUNTED_MAX
    for number, ways in enumerate(choices):
        most = least if least == COUNTED_MAX else min(least, NARROW)
        count = 0
        for way in ways:
            count += _counted(ctx, walk, way, most - count)
            if count >= most:
                break
        if count < most:
            best, least = number, count
        if least <= NARROW:
            break
    return best, least < COUNTED_MAX


def leading(ctx: Ctx, ways: Sequence[Way]) -> tuple[Way, ...]:
    """Of several ways those that lead to anything."""
    return tuple(ways) if len(ways) == 1 else tuple(way for way in ways if _leads(ctx, way))


def _leads(ctx: Ctx, way: Way) -> bool:
    """In the order of the index: where most rows are meant, a planner would read the table itself for the first."""
    keys = [col(WorkOrder.step), col(WorkOrder.id)]
    found = select(literal(1)).where(*_on(ANY, way)).order_by(*[key.desc() for key in keys]).limit(1)
    return ctx.session.exec(found).first() is not None


ANY = Walk(NEWEST)


def _counted(ctx: Ctx, walk: Walk, way: Way, most: int) -> int:
    conditions = _on(walk, way)
    if walk.sorting.by_step and way.column != GRAM:
        conditions.append(col(WorkOrder.step).in_(walk.steps))
    few = select(literal(1)).select_from(_table(way)).where(*conditions).limit(most).subquery()
    return int(ctx.session.exec(select(func.count()).select_from(few)).one())


def _table(way: Way) -> type[OrderGram] | type[WorkOrder]:
    return OrderGram if way.column == GRAM else WorkOrder


def _on(walk: Walk, way: Way) -> list[ColumnElement[bool]]:
    """The rows of a way."""
    value = literal_column(f"'{way.value}'") if way.column in _PARTIAL else way.value
    conditions: list[ColumnElement[bool]] = [getattr(_table(way), way.column) == value]
    if walk.sorting.only is not None:
        conditions.append(walk.sorting.only())
    if walk.between is not None:
        conditions += [col(WorkOrder.ranked_at) >= walk.between[0], col(WorkOrder.ranked_at) < walk.between[1]]
    return conditions


def page_of(ctx: Ctx, walk: Walk, ways: Sequence[Way], cursor: str | None, limit: int) -> tuple[list[str], str | None]:
    """Ids of a page in the order of the list, and the cursor of the next. A page may hold fewer than `limit`, even
    none, and not be the last: then it looked at as many rows as it may."""
    kinds = [datetime if name == "ranked_at" else str for name in walk.sorting.columns]
    after: Place | None = read_cursor(cursor, *kinds) if cursor else None
    if walk.few and walk.phrase and all(_by_step(walk, way) for way in ways):
        return _page_that_says(ctx, walk, ways, after, limit)
    stretches = [(way, step) for way in ways for step in (walk.steps if _by_step(walk, way) else [None])]
    share = max(limit + 1, LOOKED_AT_MAX // max(len(stretches), 1))
    found: set[Place] = set()
    stops: list[Place] = []
    for way, step in stretches:
        places, stop = _stretch(ctx, walk, way, step, after, share, limit + 1)
        found.update(places)
        if stop is not None:
            stops.append(stop)
    return _cut(walk.sorting, found, stops, limit)


def _page_that_says(
    ctx: Ctx, walk: Walk, ways: Sequence[Way], after: Place | None, limit: int
) -> tuple[list[str], str | None]:
    """The page when all rows may be looked at: the words of all first, which lie close together, then what says it."""
    met = sorted({id_ for way in ways for id_ in _met(ctx, walk, way, after)}, reverse=True)
    found: list[str] = []
    for part in portions(met, IN_MAX):
        says = [id_ for (id_,) in _SAYING.rows(ctx.session, ids=part, pattern=_pattern(walk.phrase))]
        if says:
            wanted = select(WorkOrder.id).where(col(WorkOrder.id).in_(says), *walk.rest)
            found += sorted(ctx.session.exec(wanted).all(), reverse=True)
        if len(found) > limit:
            break
    return found[:limit], cursor_of(found[limit - 1]) if len(found) > limit else None


def _met(ctx: Ctx, walk: Walk, way: Way, after: Place | None) -> Sequence[str]:
    beyond = [_beyond(_keys(walk.sorting), after, falling=walk.sorting.falling)] if after is not None else []
    steps = col(WorkOrder.step).in_(walk.steps)
    return ctx.session.exec(select(WorkOrder.id).where(*_on(walk, way), steps, *beyond)).all()


_SAYING: Prepared[tuple[str]] = Prepared(
    select(col(OrderWords.order_id)).where(
        col(OrderWords.order_id).in_(bindparam("ids", expanding=True)),
        col(OrderWords.words).like(bindparam("pattern"), escape="/"),
    )
)


def _pattern(phrase: str) -> str:
    return "%" + _SIGNS.sub(r"/\g<0>", phrase) + "%"


_SIGNS = re.compile("[/%_]")
"""What means something to LIKE."""


def size_of(ctx: Ctx, walk: Walk, ways: Sequence[Way]) -> int:
    """How many rows a list has; one that is reached by several ways counts for each."""
    count = 0
    for way in ways:
        conditions = [*_on(walk, way), *([_said_by_one_that(walk)] if way.column == GRAM else walk.rest)]
        if _by_step(walk, way):
            conditions.append(col(WorkOrder.step).in_(walk.steps))
        count += ctx.session.exec(select(func.count()).select_from(_table(way)).where(*conditions)).one()
    return count


def _by_step(walk: Walk, way: Way) -> bool:
    return walk.sorting.by_step and way.column != GRAM


def _cut(sorting: Sorting, found: set[Place], stops: Sequence[Place], limit: int) -> tuple[list[str], str | None]:
    """What lies before every stop: beyond one, a stretch may hold what was not looked at."""
    falling = sorting.falling
    stop = None if not stops else (max if falling else min)(stops)
    if stop is not None:
        found = {place for place in found if (place >= stop if falling else place <= stop)}
    places = sorted(found, reverse=falling)
    if len(places) > limit:
        return [place[-1] for place in places[:limit]], cursor_of(*places[limit - 1])
    return [place[-1] for place in places], cursor_of(*stop) if stop is not None else None


def _stretch(
    ctx: Ctx, walk: Walk, way: Way, step: str | None, after: Place | None, share: int, limit: int
) -> tuple[list[Place], Place | None]:
    """Places found on one stretch of an index, and where it stopped looking; None at its end, or with a page full."""
    keys = [col(OrderGram.order_id)] if way.column == GRAM else _keys(walk.sorting)
    falling = walk.sorting.falling
    falls = [key.desc() if falling else key for key in keys]
    conditions = _on(walk, way)
    if step is not None:
        conditions.append(col(WorkOrder.step) == step)
    if after is not None:
        conditions.append(_beyond(keys, after, falling=falling))
    looks = [_said_by_one_that(walk)] if way.column == GRAM else [*walk.rest]
    last = None
    if looks and not walk.few:
        last = _places(ctx, select(*keys).where(*conditions).order_by(*falls).offset(share - 1).limit(1))
        conditions += [_beyond(keys, place, falling=not falling, itself=True) for place in last]
    places = _places(ctx, select(*keys).where(*conditions, *looks).order_by(*falls).limit(limit))
    return places, last[0] if last and len(places) < limit else None


def _said_by_one_that(walk: Walk) -> ColumnElement[bool]:
    """Whether the order that says a pair is wanted: asked row by row, lest a planner begin with the orders instead."""
    its = col(WorkOrder.id) == col(OrderGram.order_id)
    return select(literal(1)).where(its, col(WorkOrder.step).in_(walk.steps), *walk.rest).correlate(OrderGram).exists()


def _places(ctx: Ctx, query: Select[Any]) -> list[Place]:
    return [tuple(row) for row in ctx.session.connection().execute(query)]


def _keys(sorting: Sorting) -> list[Any]:
    return [getattr(WorkOrder, name) for name in sorting.columns]


def _beyond(keys: Sequence[Any], place: Place, *, falling: bool, itself: bool = False) -> ColumnElement[bool]:
    """Rows beyond a place in the order of an index, in one comparison that the index answers."""
    mine: Any = keys[0] if len(keys) == 1 else tuple_(*keys)
    values = [literal(value, key.type) for key, value in zip(keys, place, strict=True)]
    theirs: Any = values[0] if len(keys) == 1 else tuple_(*values)
    compared: ColumnElement[bool]
    if itself:
        compared = mine <= theirs if falling else mine >= theirs
    else:
        compared = mine < theirs if falling else mine > theirs
    return compared
