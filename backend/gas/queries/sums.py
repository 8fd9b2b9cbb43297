"""Sums of what is in sight, page by page: what a console shows beside the spreadsheets."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import col

from backend.gas.queries.homes import checklists
from backend.gas.queries.reports import cylinder_sums, hazard_sums
from backend.gas.tables import Cylinder, Hazard
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from mobile_contract import gas_reports as wire
from mobile_contract.base import Page
from mobile_contract.gas_reports import ReportAsk, ReportKind

S = TypeVar("S", wire.HazardSum, wire.CylinderSum)


def hazards_summed(ctx: Ctx, area: str | None, cursor: str | None, limit: int) -> Page[wire.HazardSum]:
    """A page of the open hazards in sight, summed by grade and item."""
    query = hazard_sums(ctx, ReportAsk(kind=ReportKind.hazard_ages, area=area))
    page, following = _page(ctx, query, (col(Hazard.grade), col(Hazard.item)), (1, 0), cursor, limit)
    names: dict[str, tuple[str, str]] = {}
    for listed in checklists(ctx):
        for item in listed.items:
            names.setdefault(item.code, (item.zh, item.en))
    told = [(*line[:2], *names.get(line[0], ("", "")), *line[2:]) for line in page]
    return Page(items=[_said(wire.HazardSum, line) for line in told], next=following)


def cylinders_summed(ctx: Ctx, area: str | None, cursor: str | None, limit: int) -> Page[wire.CylinderSum]:
    """A page of the cylinders in sight, summed by place and spec."""
    query = cylinder_sums(ctx, ReportAsk(kind=ReportKind.cylinder_dues, area=area))
    page, following = _page(ctx, query, (col(Cylinder.place), col(Cylinder.spec)), (0, 1), cursor, limit)
    return Page(items=[_said(wire.CylinderSum, line) for line in page], next=following)


def _said(shape: type[S], line: Sequence[Any]) -> S:
    """A line as a shape whose fields come in its order."""
    return shape.model_validate(dict(zip(shape.model_fields, line, strict=True)))


def _page(
    ctx: Ctx, query: Any, columns: tuple[Any, Any], places: tuple[int, int], cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """A page of grouped lines, and the cursor of the next; `places` say where a line has its `columns`."""
    if cursor:
        query = query.where(beyond(columns, read_cursor(cursor, str, str)))
    lines = ctx.session.exec(query.limit(limit + 1)).all()
    return cut(lines, limit, lambda line: cursor_of(*(str(line[at]) for at in places)))
