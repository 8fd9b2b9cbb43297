"""Files of components: lines of named cells read with every fault told. Pure.

A spreadsheet has a line a component: its place is `longitude` and `latitude`, or `geometry` as WKT (longitude first) or
GeoJSON. A GeoJSON feature collection has a feature a component, and the other columns as properties. Headings are ours,
Chinese, or those of the records that districts exchange (ObjName, DeptCode1 …).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from backend.components.rules.refusals import CellInvalid, ColumnMissing, FileTooLong, GeometryInvalid, NotFeatures
from backend.kernel.geo import AxisOrder, Datum, GeoError, GeoFault, read_geometry, read_wkt
from mobile_contract.components import IMPORT_LINES_MAX, POSITIONS_MAX, ComponentState, NewComponent
from mobile_contract.texts.faults import of_column

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "objcode", "部件编码", "部件标识码", "标识码"),
    "name": ("name", "objname", "部件名称", "名称"),
    "area_path": ("area", "area_path", "网格", "区域"),
    "longitude": ("longitude", "lon", "lng", "经度"),
    "latitude": ("latitude", "lat", "纬度"),
    "geometry": ("geometry", "shape", "wkt", "geojson", "图形"),
    "state": ("state", "objstate", "状态"),
    "authority.code": ("authority_code", "deptcode1", "主管部门代码"),
    "authority.name": ("authority_name", "deptname1", "主管部门"),
    "owner.code": ("owner_code", "deptcode2", "权属单位代码"),
    "owner.name": ("owner_name", "deptname2", "权属单位"),
    "upkeep.code": ("upkeep_code", "deptcode3", "养护单位代码"),
    "upkeep.name": ("upkeep_name", "deptname3", "养护单位"),
    "note": ("note", "备注"),
    "surveyed_on": ("surveyed_on", "ordate", "普查日期"),
}
WORDS = {word: column for column, words in COLUMNS.items() for word in words}
NEEDED = ("code", "name")
STATES = {
    "完好": ComponentState.intact,
    "破损": ComponentState.damaged,
    "丢失": ComponentState.lost,
    "占用": ComponentState.occupied,
    "移除": ComponentState.removed,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file; the heading is line 1, features are counted from 1."""

    number: int
    cells: Mapping[str, Any]
    """By the names of COLUMNS; empty cells are left out."""


def lines_of_sheet(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Line]:
    """Lines of a spreadsheet. Refuses with components.column_missing, components.file_too_long."""
    heading: dict[int, str] | None = None
    count = 0
    for number, row in rows:
        if not any(row):
            continue
        if heading is None:
            heading = {i: WORDS[cell.lower()] for i, cell in enumerate(row) if cell.lower() in WORDS}
            for column in NEEDED:
                if column not in heading.values():
                    raise ColumnMissing(**of_column(COLUMNS, column))
            continue
        count += 1
        _need_few(count)
        yield Line(number, {column: row[i] for i, column in heading.items() if i < len(row) and row[i]})
    if heading is None:
        raise ColumnMissing(**of_column(COLUMNS, NEEDED[0]))


def lines_of_features(content: bytes) -> Iterator[Line]:
    """Lines of a GeoJSON feature collection. Refuses with components.not_features, components.file_too_long."""
    try:
        raw = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotFeatures from None
    features = raw.get("features") if isinstance(raw, dict) and raw.get("type") == "FeatureCollection" else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise NotFeatures
    _need_few(len(features))
    for number, feature in enumerate(features, 1):
        said = feature.get("properties")
        named = said if isinstance(said, dict) else {}
        yield Line(number, dict(_cells(named)) | {"geometry": feature.get("geometry")})


def _cells(properties: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in properties.items():
        if isinstance(value, dict) and key in ("authority", "owner", "upkeep"):
            yield from ((f"{key}.{part}", str(value[part])) for part in ("code", "name") if value.get(part))
        elif key.lower() in WORDS and value not in (None, ""):
            yield WORDS[key.lower()], str(value).strip()


def _need_few(count: int) -> None:
    if count > IMPORT_LINES_MAX:
        raise FileTooLong(limit=IMPORT_LINES_MAX)


def read(line: Line, area: str, datum: Datum) -> tuple[NewComponent, frozenset[str]]:
    """The component of a line, its outline in WGS-84, and which of its fields the line says.

    Refuses with components.cell_invalid, components.geometry_invalid.
    """
    said: dict[str, Any] = {"area_path": area} if area else {}
    for column, cell in line.cells.items():
        whole, _, part = column.partition(".")
        if part:
            said.setdefault(whole, {})[part] = cell
        elif column not in ("longitude", "latitude", "geometry"):
            said[column] = STATES.get(cell, cell) if column == "state" else cell
    if "surveyed_on" in said:
        said["surveyed_on"] = said["surveyed_on"].replace("/", "-")[:10]
    said["geometry"] = outline(_drawn(line.cells), datum)
    try:
        return NewComponent.model_validate(said), frozenset(said)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        raise CellInvalid(**of_column(COLUMNS, ".".join(map(str, first["loc"][:2])), first)) from None


def _drawn(cells: Mapping[str, Any]) -> Any:
    given = cells.get("geometry")
    if isinstance(given, str) and not given.startswith("{"):
        try:
            return read_wkt(given, AxisOrder.longitude_latitude)
        except GeoError as fault:
            raise GeometryInvalid(fault=fault.fault.value, where=fault.where) from None
    if given is not None:
        return _parsed(given) if isinstance(given, str) else given
    place = [_degrees(cells, column) for column in ("longitude", "latitude")]
    return {"type": "Point", "coordinates": place}


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise GeometryInvalid(fault=GeoFault.not_geojson.value, where="geometry") from None


def _degrees(cells: Mapping[str, Any], column: str) -> float:
    try:
        return float(cells[column])
    except KeyError:
        raise CellInvalid(column=column, why="longitude + latitude, geometry") from None
    except ValueError:
        raise CellInvalid(column=column, why=str(cells[column])[:100]) from None


def outline(raw: Any, datum: Datum) -> dict[str, Any]:
    """A drawn geometry in WGS-84, checked; refuses with components.geometry_invalid, which names fault and place."""
    if not isinstance(raw, Mapping):
        raise GeometryInvalid(fault=GeoFault.not_geojson.value, where="geometry")
    try:
        read = read_geometry(raw, datum)
    except GeoError as fault:
        raise GeometryInvalid(fault=fault.fault.value, where=fault.where) from None
    if _positions(read["coordinates"]) > POSITIONS_MAX:
        raise GeometryInvalid(fault=GeoFault.too_many.value, where=f"> {POSITIONS_MAX}")
    return read


def _positions(nested: Any) -> int:
    return sum(map(_positions, nested)) if isinstance(nested[0], list) else 1
