"""Lists of cases: each is read along an index, whoever asks and however it is narrowed.

Sight is a choice of ways to a row: my hand in it, my units, my areas. As one OR a database would sort whole districts,
so each way is asked by itself for no more than a page, along its own index, and the pages are merged.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, true, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from backend.cases.queries.cases import in_box, in_sight, shape
from backend.cases.rules.numbers import grid_of, street_of
from backend.cases.tables import Case, CaseAhead, CaseGram, CaseUnit, CaseWords
from backend.kernel import words
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.geo import box_around, distance_m
from backend.kernel.paging import BadCursor, beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas
from mobile_contract import caselists as lists
from mobile_contract import cases as wire
from mobile_contract.base import PAGE_ITEMS_MAX, Page
from mobile_contract.caselooks import CaseAudit

RARE = 5_000
"""A pair of characters in fewer cases than this is rare enough to search by."""
NEAR_LOOKED_AT = 2_000
AHEAD = "ahead"
"""Begins the cursor of a page that ended among the emergencies."""
STREET_PARTS, GRID_PARTS = 2, 3


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: newest first, or, of what is overdue, the longest first."""

    by_due: bool

    def columns(self, id_: Any = None) -> list[Any]:
        last = col(Case.id) if id_ is None else id_
        return [col(Case.due_at), last] if self.by_due else [last]

    def sorted(self, query: Any, id_: Any = None) -> Any:
        columns = self.columns(id_)
        return query.order_by(*(columns if self.by_due else [c.desc() for c in columns]))

    def after(self, cursor: str | None, id_: Any = None) -> Iterable[ColumnElement[bool]]:
        if cursor is not None:
            kinds: tuple[type, ...] = (datetime, str) if self.by_due else (str,)
            yield beyond(self.columns(id_), read_cursor(cursor, *kinds), falling=not self.by_due)

    def place(self, row: Case) -> str:
        return cursor_of(row.due_at, row.id) if self.by_due and row.due_at else cursor_of(row.id)


def cases(ctx: Ctx, wanted: lists.CaseFilter, cursor: str | None, limit: int) -> Page[wire.Case]:
    """A page of the cases in sight, newest first; what is overdue, longest overdue first. Of what is open or overdue,
    emergencies go ahead of all others."""
    order = Order(by_due=wanted.overdue is True and wanted.q is None)
    if wanted.q is None and (wanted.open or wanted.overdue):
        return _queue(ctx, wanted, order, cursor, limit)
    rows = ctx.session.exec(page_query(ctx, wanted, order, cursor, limit + 1)).all()
    page, following = cut(rows, limit, order.place)
    return Page(items=[shape(row) for row in page], next=following)


def _queue(ctx: Ctx, wanted: lists.CaseFilter, order: Order, cursor: str | None, limit: int) -> Page[wire.Case]:
    """Emergencies, newest first; then all others in their own order."""
    last = _last_ahead(cursor)
    urgent: Sequence[Case] = []
    if cursor is None or last is not None:
        urgent, cursor = ctx.session.exec(_urgent(ctx, wanted, last, limit + 1)).all(), None
    rows: Sequence[Case] = []
    if len(urgent) <= limit:
        others = page_query(ctx, wanted, order, cursor, limit + 1 - len(urgent), [col(Case.id).not_in(_ahead())])
        rows = ctx.session.exec(others).all()
    many = len(urgent)
    page, following = cut([*urgent, *rows], limit, order.place)
    if following is not None and many >= limit:
        following = cursor_of(AHEAD, page[-1].id)
    return Page(items=[shape(row) for row in page], next=following)


def _last_ahead(cursor: str | None) -> str | None:
    """The emergency that a page ended with."""
    try:
        mark, last = read_cursor(cursor or "", str, str)
    except BadCursor:
        return None
    return str(last) if mark == AHEAD else None


def _ahead() -> Any:
    return select(CaseAhead.case_id)


def _urgent(ctx: Ctx, wanted: lists.CaseFilter, last: str | None, limit: int) -> Any:
    """Of the few emergencies, those that are asked for and in sight."""
    mine = [way for way in _ways(ctx.principal, wanted) if not isinstance(way, str)] if wanted.mine else []
    seen = [in_sight(ctx.principal), *([_any(mine)] if mine else []), *([_ours(ctx.principal)] if wanted.ours else [])]
    query: Any = select(Case).where(col(Case.id).in_(_ahead()), *seen, *_narrowed(ctx, wanted))
    if last is not None:
        query = query.where(col(Case.id) < last)
    return query.order_by(col(Case.id).desc()).limit(limit)


def page_query(
    ctx: Ctx,
    wanted: lists.CaseFilter,
    order: Order,
    cursor: str | None,
    limit: int,
    but: Sequence[ColumnElement[bool]] = (),
) -> Any:
    """The statement of a page."""
    narrow = [*_narrowed(ctx, wanted), *but]
    grams = words.grams_asked(wanted.q) if wanted.q else []
    if wanted.q and grams:
        ids: Any = _found(ctx, wanted, grams, narrow, cursor, limit)
    else:
        ways = [_way(order, way, narrow, cursor, limit) for way in _ways(ctx.principal, wanted)]
        ids = union_all(*(select(way.subquery().c.id) for way in ways)).subquery()
        ids = select(ids.c.id)
    return order.sorted(select(Case).where(col(Case.id).in_(ids))).limit(limit)


def _way(
    order: Order, way: ColumnElement[bool] | str, narrow: Sequence[ColumnElement[bool]], cursor: str | None, limit: int
) -> Any:
    """A page of one way to a row; a unit's cases are read along the unit's own index."""
    if not isinstance(way, str):
        return order.sorted(select(col(Case.id).label("id")).where(way, *narrow, *order.after(cursor))).limit(limit)
    id_ = col(CaseUnit.case_id)
    query: Any = select(id_.label("id")).join(Case, col(Case.id) == id_)
    ours = query.where(CaseUnit.team_id == way, col(CaseUnit.withdrawn).is_(False), *narrow, *order.after(cursor, id_))
    return order.sorted(ours, id_).limit(limit)


def _ways(principal: Principal, wanted: lists.CaseFilter) -> Iterator[ColumnElement[bool] | str]:
    """The ways by which a row comes into the reader's sight: conditions, or the id of a unit."""
    me, areas = principal.person_id, desk_areas(principal)
    hands = [col(column) == me for column in (Case.handler_id, Case.verifier_id, Case.checker_id)]
    if wanted.mine:
        yield from hands
        return
    if wanted.area and any(wanted.area.startswith(area) for area in areas) and not wanted.ours:
        yield true()  # the area is narrowed to already, and lies in sight
        return
    yield from sorted(principal.team_ids)
    if wanted.ours:
        yield col(Case.id) == ""
        return
    yield from hands
    yield col(Case.reporter_id) == me
    for area in areas:
        yield within(area)


def within(area: str) -> ColumnElement[bool]:
    """Cases of an area and all below it, by the column that an index has."""
    depth = len(area.strip("/").split("/"))
    if depth < STREET_PARTS:
        return col(Case.area_path).startswith(area, autoescape=True)
    if depth == STREET_PARTS:
        return col(Case.street) == street_of(area)
    grid = col(Case.grid) == grid_of(area)
    return grid if depth == GRID_PARTS else and_(grid, col(Case.area_path).startswith(area, autoescape=True))


def _narrowed(ctx: Ctx, wanted: lists.CaseFilter) -> Iterable[ColumnElement[bool]]:
    for column, value in (
        (Case.state, wanted.state),
        (Case.source, wanted.source),
        (Case.kind, wanted.kind),
        (Case.big, wanted.big),
        (Case.small, wanted.small),
        (Case.team_id, wanted.team_id),
        (Case.handler_id, wanted.handler_id),
        (Case.reporter_id, wanted.reporter_id),
    ):
        if value is not None:
            yield col(column) == str(value)
    # As the partial indexes say it, to the letter.
    if wanted.audit is not None:
        due = wanted.audit is CaseAudit.due
        yield col(Case.audit) == (literal_column("'due'") if due else wanted.audit.value)
    if wanted.in_time is not None:
        unsure = wanted.in_time is wire.InTime.in_time_unsure
        yield col(Case.in_time) == (literal_column("'in_time_unsure'") if unsure else wanted.in_time.value)
    if wanted.supervised:
        yield col(Case.supervised) != literal_column("'none'")
    if wanted.area:
        yield within(wanted.area)
    if wanted.open is not None:
        yield col(Case.ended_at).is_(None) if wanted.open else col(Case.ended_at).is_not(None)
    if wanted.overdue is not None:
        yield col(Case.due_at) < ctx.now() if wanted.overdue else col(Case.due_at) >= ctx.now()
    if wanted.q and not words.grams_asked(wanted.q):
        yield col(Case.title).contains(wanted.q, autoescape=True)


def _found(
    ctx: Ctx,
    wanted: lists.CaseFilter,
    grams: Sequence[str],
    narrow: Sequence[ColumnElement[bool]],
    cursor: str | None,
    limit: int,
) -> Any:
    """Cases that say what is asked, along the rarest of its pairs of characters; or the one case of that number."""
    assert wanted.q is not None
    first = min(grams, key=lambda gram: _how_many(ctx, gram))
    id_ = col(CaseGram.case_id)
    said = col(CaseWords.words).contains(words.folded(wanted.q), autoescape=True)
    ways = [way for way in _ways(ctx.principal, wanted) if not isinstance(way, str)] if wanted.mine else []
    seen = [in_sight(ctx.principal), *([_any(ways)] if ways else []), *([_ours(ctx.principal)] if wanted.ours else [])]
    query: Any = select(id_.label("id")).where(CaseGram.gram == first, *Order(by_due=False).after(cursor, id_))
    for gram in grams:
        if gram != first:
            query = query.where(_also(id_, gram))
    query = query.where(
        select(CaseWords.case_id).where(CaseWords.case_id == id_, said).exists(),
        select(Case.id).where(Case.id == id_, *seen, *narrow).exists(),
    )
    found = query.order_by(id_.desc()).limit(limit).subquery()
    numbered: Any = select(col(Case.id).label("id")).where(Case.code == wanted.q, *seen, *narrow)
    exact = numbered.where(*Order(by_due=False).after(cursor)).subquery()
    both = union_all(select(found.c.id), select(exact.c.id)).subquery()
    return select(both.c.id)


def _any(ways: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    either = ways[0]
    for way in ways[1:]:
        either = either | way
    return either


def _ours(principal: Principal) -> ColumnElement[bool]:
    mine = col(CaseUnit.team_id).in_(sorted(principal.team_ids))
    return exists().where(col(CaseUnit.case_id) == col(Case.id), mine, col(CaseUnit.withdrawn).is_(False))


def _also(id_: Any, gram: str) -> ColumnElement[bool]:
    other = aliased(CaseGram)
    return select(col(other.case_id)).where(col(other.gram) == gram, col(other.case_id) == id_).exists()


def _how_many(ctx: Ctx, gram: str) -> int:
    some = select(CaseGram.case_id).where(CaseGram.gram == gram).limit(RARE).subquery()
    return int(ctx.session.exec(select(func.count()).select_from(some)).one())


def near(ctx: Ctx, longitude: float, latitude: float, within_m: int, limit: int) -> list[lists.NearCase]:
    """Open cases in sight around a place, nearest first."""
    here = (longitude, latitude)
    query = select(Case).where(
        *in_box(box_around(here, within_m)),
        col(Case.ended_at).is_(None),
        in_sight(ctx.principal),
    )
    rows = ctx.session.exec(query.limit(NEAR_LOOKED_AT)).all()
    found = sorted((distance_m(here, (row.longitude, row.latitude)), row.id, row) for row in rows)
    return [lists.NearCase(case=shape(row), distance_m=round(m, 1)) for m, _, row in found[:limit] if m <= within_m]


def pages(ctx: Ctx, wanted: lists.CaseFilter, rows_max: int) -> Iterator[list[wire.Case]]:
    """The cases of a list, page by page, up to so many."""
    cursor: str | None = None
    left = rows_max
    while left > 0:
        page = cases(ctx, wanted, cursor, min(PAGE_ITEMS_MAX, left))
        yield page.items
        left -= len(page.items)
        if page.next is None:
            return
        cursor = page.next


def size_at_most(ctx: Ctx, wanted: lists.CaseFilter, rows_max: int) -> int:
    """How many cases a list has, up to so many."""
    found = page_query(ctx, wanted, Order(by_due=False), None, rows_max).with_only_columns(col(Case.id)).subquery()
    return int(ctx.session.exec(select(func.count()).select_from(found)).one())
