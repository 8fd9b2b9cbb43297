"""Components are registered and corrected by a desk; every change is a version of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.cases import queries as cases
from backend.components import queries, rules
from backend.components.actions.standing import bring_up_others
from backend.components.tables import Component, ComponentProposal, ComponentVersion
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.geo import Datum, bounds, place_on
from backend.kernel.ids import new_id
from backend.people import queries as people
from mobile_contract import components as wire
from mobile_contract.cases import CodeKind
from mobile_contract.components import ComponentField

MANAGE = "components.manage"
KIND = "components"


def register(ctx: Ctx, ask: wire.NewComponent) -> Component:
    """A new component. Refuses with components.area_unknown, .code_elsewhere, .class_unknown, .code_taken,
    .geometry_invalid."""
    ctx.principal.require(MANAGE, ask.area_path)
    geometry = rules.outline(ask.geometry.model_dump(), Datum(ask.datum.value))
    class_name = class_of(ctx, ask.code, ask.area_path)
    if queries.by_codes(ctx, [ask.code]):
        raise rules.CodeTaken(code=ask.code)
    row = add(ctx, ask, geometry, class_name, reason="")
    ctx.session.flush()
    record(ctx, "components.registered", f"component:{row.id}", code=row.code)
    return row


def class_of(ctx: Ctx, code: str, area_path: str) -> str:
    """What the code table in force calls the class of a component; empty where no table of components is in force.

    Refuses with components.area_unknown, .code_elsewhere, .class_unknown.
    """
    if not people.area_exists(ctx, area_path):
        raise rules.AreaUnknown(area=area_path)
    district, big, small = code[:6], code[6:8], code[8:10]
    if area_path.split("/")[1] != district:
        raise rules.CodeElsewhere(code=code, area=area_path)
    found = cases.current_code(ctx, area_path, CodeKind.component, big, small)
    if found is None and cases.any_current(ctx, district, CodeKind.component):
        raise rules.ClassUnknown(code=code, big=big, small=small)
    return found.name if found else ""


def add(ctx: Ctx, ask: wire.NewComponent, geometry: Mapping[str, Any], class_name: str, reason: str) -> Component:
    """The rows of a new component and its first version; the caller flushes."""
    row = Component(
        id=new_id(),
        code=ask.code,
        big=ask.code[6:8],
        small=ask.code[8:10],
        class_name=class_name,
        area_path=ask.area_path,
        surveyed_on=ask.surveyed_on,
        since_at=ctx.now(),
        **_placed(said(ask) | {"geometry": dict(geometry)}),
    )
    ctx.session.add(row)
    ctx.session.add(_version(ctx, row, list(rules.FIELDS), Change(reason)))
    return row


def said(ask: wire.NewComponent | wire.ChangeComponent | wire.ProposeParams) -> dict[str, Any]:
    """The fields that somebody says, as they are kept; the outline as it was drawn."""
    told = {field.value: getattr(ask, field.value) for field in ComponentField}
    return {
        field: value.model_dump() if hasattr(value, "model_dump") else value
        for field, value in told.items()
        if value is not None
    }


def _placed(changed: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from changed fields."""
    if "geometry" not in changed:
        return dict(changed)
    longitude, latitude = place_on(changed["geometry"])
    west, south, east, north = bounds(changed["geometry"])
    box = {"west": west, "south": south, "east": east, "north": north}
    return {**changed, "longitude": longitude, "latitude": latitude, **box}


@dataclass(frozen=True, slots=True)
class Change:
    """Why a component is changed, and by whose proposal."""

    reason: str
    proposal: ComponentProposal | None = None


def change(ctx: Ctx, component_id: str, ask: wire.ChangeComponent) -> Component:
    """The desk's own correction. Refuses with components.component_unknown, .version_moved, .geometry_invalid,
    .nothing_changes."""
    row = queries.component_row(ctx, component_id, MANAGE)
    need_version(row, ask.version)
    wanted = said(ask)
    if "geometry" in wanted:
        wanted["geometry"] = rules.outline(wanted["geometry"], Datum(ask.datum.value))
    if not put(ctx, row, wanted, Change(ask.reason)):
        raise rules.NothingChanges
    bring_up_others(ctx, row)
    record(ctx, "components.changed", f"component:{row.id}", reason=ask.reason, version=row.version)
    return row


def need_version(row: Component, version: int) -> None:
    """Refuses with components.version_moved who looked at another version than the present one."""
    if row.version != version:
        raise rules.VersionMoved(version=row.version)


def put(ctx: Ctx, row: Component, wanted: Mapping[str, Any], why: Change) -> list[str]:
    """Makes the next version of a component where values differ; gives the fields that changed. The caller flushes."""
    now = queries.values(row)
    changed = [field for field in rules.FIELDS if field in wanted and wanted[field] != now[field]]
    if not changed:
        return []
    for name, value in _placed({field: wanted[field] for field in changed}).items():
        setattr(row, name, value)
    row.version += 1
    row.since_at = ctx.now()
    ctx.session.add(row)
    ctx.session.add(_version(ctx, row, changed, why))
    return changed


def _version(ctx: Ctx, row: Component, changed: list[str], why: Change) -> ComponentVersion:
    return ComponentVersion(
        component_id=row.id,
        version=row.version,
        content=queries.values(row),
        changed=changed,
        since_at=row.since_at,
        reason=why.reason,
        by_id=ctx.principal.person_id,
        by_name=ctx.principal.name,
        proposal_id=why.proposal.id if why.proposal else None,
        proposed_by_name=why.proposal.person_name if why.proposal else "",
    )
