"""Areas drawn and renamed."""

from typing import Any

import orjson

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.geo import GeoError, read_geometry
from backend.people.queries.lookups import area_by_path
from backend.people.queries.roster import area_row
from backend.people.rules import AreaExists, AreaUnknown, OutlineInvalid, child_path
from backend.people.tables import Area
from mobile_contract.people import AreaKind, GivenOutline


def draw_area(ctx: Ctx, parent: str, code: str, kind: AreaKind, name: str, outline: GivenOutline | None = None) -> Area:
    """A new area inside another."""
    ctx.principal.require("areas.manage", parent)
    around = area_by_path(ctx.session, parent)
    if around is None:
        raise AreaUnknown(area=parent)
    path = child_path(parent, AreaKind(around.kind), code, kind)
    if area_by_path(ctx.session, path) is not None:
        raise AreaExists(area=path)
    area = Area(path=path, parent=parent, kind=kind.value, name=name, outline=_text(outline))
    ctx.session.add(area)
    ctx.session.flush()
    record(ctx, deed="people.area_drawn", subject=area.id, area=path)
    return area


def change_area(ctx: Ctx, area_id: str, name: str | None = None, outline: GivenOutline | None = None) -> None:
    """Renames or redraws; the path stays for ever."""
    area = area_row(ctx, area_id)
    ctx.principal.require("areas.manage", area.path)
    if name is not None:
        area.name = name
    if outline is not None:
        area.outline = _text(outline)
        record(ctx, deed="people.area_redrawn", subject=area.id, area=area.path)
    ctx.session.add(area)
    ctx.session.flush()


def outline_text(raw: dict[str, Any]) -> str:
    """A GeoJSON polygon as stored; refuses one that cannot be drawn."""
    try:
        return orjson.dumps(read_geometry(raw)).decode()
    except GeoError as error:
        raise OutlineInvalid(fault=error.fault.value, where=error.where[:100]) from None


def _text(outline: GivenOutline | None) -> str | None:
    return outline_text(outline.model_dump()) if outline is not None else None
