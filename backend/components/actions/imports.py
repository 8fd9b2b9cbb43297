"""Components from a file: each good line is taken, each bad line told with its number, column and reason.

A line whose code is registered already brings that component up to what it says, as a new version; columns that the
file leaves out stay as they are. So a file may be sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.components import queries, rules
from backend.components.actions.register import MANAGE, Change, add, class_of, put, said
from backend.components.actions.standing import bring_up_others
from backend.components.tables import Component
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.geo import Datum
from backend.kernel.spreadsheets import as_meant
from backend.people import actions as people
from mobile_contract import components as wire
from mobile_contract.problems import Texts, say
from sync.refusal import Refusal

FEATURES = (".geojson", ".json")
_COLUMNS: dict[type[Refusal], str] = {
    rules.CodeElsewhere: "code",
    rules.ClassUnknown: "code",
    rules.LineTwice: "code",
    rules.GeometryInvalid: "geometry",
}


@dataclass(slots=True)
class _Report:
    added: int = 0
    changed: list[Component] = field(default_factory=list)
    unchanged: int = 0
    faults: list[wire.ComponentFault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Read:
    """A line understood."""

    number: int
    ask: wire.NewComponent
    says: frozenset[str]
    class_name: str


def import_components(
    ctx: Ctx, name: str, content: bytes, area: str, datum: Datum, *, dry_run: bool = False
) -> wire.ComponentImport:
    """Takes the good lines of a .csv, .xlsx or .geojson file; lines that name no area lie in `area`. With `dry_run` the
    report is the same and nothing remains.

    Refuses with people.file_unreadable, people.file_too_large, components.not_features, .column_missing, .file_too_long
    what is no such file.
    """
    ctx.principal.require(MANAGE)
    lines = _lines(name, content)
    report = _Report()
    with ctx.session.begin_nested() as whole:
        _take(ctx, _understood(ctx, lines, area, datum, report), name, report)
        for row in report.changed:
            bring_up_others(ctx, row)
        ctx.session.flush()
        if dry_run:
            whole.rollback()
    if not dry_run:
        counts = {"added": report.added, "changed": len(report.changed), "faults": len(report.faults)}
        record(ctx, "components.imported", f"file:{name}", **counts)
    return wire.ComponentImport(
        added=report.added,
        changed=len(report.changed),
        unchanged=report.unchanged,
        faults=sorted(report.faults, key=lambda fault: fault.line),
    )


def _lines(name: str, content: bytes) -> list[rules.Line]:
    if name.lower().endswith(FEATURES):
        return list(rules.lines_of_features(content))
    rows: Any = people.sheet_rows(name, content)
    if not name.lower().endswith(".xlsx"):
        rows = ((number, [as_meant(cell) for cell in row]) for number, row in rows)
    return list(rules.lines_of_sheet(rows))


def _understood(ctx: Ctx, lines: Sequence[rules.Line], area: str, datum: Datum, report: _Report) -> list[_Read]:
    found: dict[str, _Read] = {}
    classes: dict[tuple[str, str], str] = {}
    for line in lines:
        try:
            ask, says = rules.read(line, area, datum)
            ctx.principal.require(MANAGE, ask.area_path)
            key = ask.code[:10], ask.area_path
            if key not in classes:
                classes[key] = class_of(ctx, ask.code, ask.area_path)
            if ask.code in found:
                raise rules.LineTwice(code=ask.code, line=found[ask.code].number)
        except Refusal as refusal:
            report.faults.append(_fault(line.number, refusal))
            continue
        found[ask.code] = _Read(line.number, ask, says, classes[key])
    return list(found.values())


def _fault(number: int, refusal: Refusal) -> wire.ComponentFault:
    params = dict(refusal.params)
    column = str(params.get("column") or _COLUMNS.get(type(refusal), "area_path"))
    why = Texts(zh=say(refusal.code, params, "zh"), en=say(refusal.code, params, "en"))
    return wire.ComponentFault(line=number, column=column, code=refusal.code, why=why)


def _take(ctx: Ctx, lines: Sequence[_Read], reason: str, report: _Report) -> None:
    known = queries.by_codes(ctx, [line.ask.code for line in lines])
    for line in lines:
        row = known.get(line.ask.code)
        outline = line.ask.geometry.model_dump()
        if row is None:
            add(ctx, line.ask, outline, line.class_name, reason)
            report.added += 1
            continue
        if row.area_path != line.ask.area_path:
            report.faults.append(_fault(line.number, rules.AreaDiffers(code=row.code, area=row.area_path)))
            continue
        wanted = {name: value for name, value in said(line.ask).items() if name in line.says}
        if put(ctx, row, wanted | {"geometry": outline}, Change(reason)):
            report.changed.append(row)
        else:
            report.unchanged += 1
