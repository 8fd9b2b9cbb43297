"""A list of components as a file that can be taken in again: CSV, Excel or GeoJSON."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import orjson

from backend.components import rules
from backend.components.queries.components import components
from backend.kernel.context import Ctx
from backend.kernel.spreadsheets import Cell, Row, write_csv, write_xlsx
from mobile_contract import components as wire
from mobile_contract.base import PAGE_ITEMS_MAX
from mobile_contract.components import ComponentForm

HEAD = {column: words[0] for column, words in rules.COLUMNS.items()}
"""The columns of a spreadsheet and what they are headed."""


def export(ctx: Ctx, wanted: wire.ComponentFilter, form: ComponentForm) -> bytes:
    """The components of a list; refuses with components.export_too_long beyond EXPORT_ROWS_MAX."""
    if form is ComponentForm.geojson:
        features = [feature(one).model_dump(mode="json") for one in _all(ctx, wanted)]
        return orjson.dumps({"type": "FeatureCollection", "features": features})
    target, head = BytesIO(), list[Cell](HEAD.values())
    lines = map(_cells, _all(ctx, wanted))
    if form is ComponentForm.csv:
        write_csv(target, head, lines)
    else:
        write_xlsx(target, "部件", head, lines)
    return target.getvalue()


def _all(ctx: Ctx, wanted: wire.ComponentFilter) -> Iterator[wire.Component]:
    cursor, count = None, 0
    while True:
        page = components(ctx, wanted, cursor, PAGE_ITEMS_MAX)
        count += len(page.items)
        if count > wire.EXPORT_ROWS_MAX:
            raise rules.ExportTooLong(limit=wire.EXPORT_ROWS_MAX)
        yield from page.items
        ctx.session.expunge_all()
        if page.next is None:
            return
        cursor = page.next


def feature(one: wire.Component) -> wire.ComponentFeature:
    """A component as a GeoJSON feature."""
    said = one.model_dump(mode="json", exclude={"geometry", "id"})
    return wire.ComponentFeature(id=one.id, properties=said, geometry=one.geometry)


def _cells(one: wire.Component) -> Row:
    return [_cell(one, column) for column in HEAD]


def _cell(one: wire.Component, column: str) -> Cell:
    name, _, part = column.partition(".")
    if name == "geometry":
        return "" if one.geometry["type"] == "Point" else orjson.dumps(one.geometry).decode()
    if name in ("longitude", "latitude") and one.geometry["type"] != "Point":
        return ""
    value: Any = getattr(one, name)
    value = getattr(value, part) if part else value
    return value if isinstance(value, float) else "" if value is None else str(value)
