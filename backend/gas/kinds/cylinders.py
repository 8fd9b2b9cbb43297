"""Cylinders and scans on handsets."""

from collections.abc import Sequence
from typing import Any

from backend.gas import actions, queries, rules
from backend.gas.tables import Cylinder, Scan
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import gas as wire
from sync.kinds import Command, Deed, Kind, Policy


def _accept(ctx: Ctx, deed: Deed) -> None:
    _accept_many(ctx, [deed])


def _accept_many(ctx: Ctx, deeds: Sequence[Deed]) -> None:
    actions.record_scans(ctx, [actions.NewScan(deed.row_id, deed.params, deed.claim) for deed in deeds])


def _cylinder_body(row: Cylinder) -> dict[str, Any]:
    return queries.shape(row).model_dump(mode="json")


def _cylinder_scopes(row: Cylinder) -> list[str]:
    return rules.cylinder_scopes(row.area_path, row.team_id, row.holder_kind, row.holder_id)


def _scan_body(row: Scan) -> dict[str, Any]:
    return queries.scan_shape(row).model_dump(mode="json")


def _scan_scopes(row: Scan) -> list[str]:
    return rules.scan_scopes(row.area_path, row.person_id)


SCAN = Command(
    name="gas.scan",
    kind="scans",
    read=reader(wire.ScanParams),
    accept=_accept,
    accept_many=_accept_many,
    fact=True,
    creates=True,
    known=known(wire.ScanParams),
)
SCAN_KIND = Kind(
    name="scans",
    table=Scan,
    fields=dict.fromkeys(wire.Scan.model_fields, Policy.server),
    body=_scan_body,
    scopes=_scan_scopes,
    commands=[SCAN],
    priority=6,
    facts=True,
)
CYLINDER_KIND = Kind(
    name="cylinders",
    table=Cylinder,
    fields=dict.fromkeys(wire.Cylinder.model_fields, Policy.server),
    body=_cylinder_body,
    scopes=_cylinder_scopes,
    priority=3,
)
