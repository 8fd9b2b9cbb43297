"""Cylinders over HTTP: the register, chains, labels, scans on line."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import Response

from backend.gas import actions, queries, rules
from backend.gas.actions.owners import change_owner
from backend.gas.actions.papers import enter_papers
from backend.gas.routes.parts import EPCIS_ANSWER, JSON_LD, MANAGE, READ, SCAN, Cursor, Limit
from backend.gas.rules.pictures import chain_svg
from backend.gas.rules.ruling_refusals import OwnerUnchanged
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import gas as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Day, Id, Page
from mobile_contract.custody import Chain
from mobile_contract.gas_desk import DeskAct
from mobile_contract.gas_lists import CylinderFilter
from mobile_contract.gas_owners import ChangeOwner
from mobile_contract.gas_papers import EnterPapers
from mobile_contract.gas_register import NewCylinders
from mobile_contract.people import AreaPath, SearchText
from qr import payload, render

router = APIRouter(prefix="/gas/v1", tags=["gas"])
_ONE = refusals(*GUARDED, rules.CylinderUnknown)


@router.get("/cylinders", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_cylinders(
    ctx: Reading,
    place: wire.Place | None = None,
    holder_kind: wire.HolderKind | None = None,
    holder_id: wire.PartyName | None = None,
    spec: wire.Spec | None = None,
    area: AreaPath | None = None,
    due_before_on: Day | None = None,
    seen_before_on: Day | None = None,
    blocked: bool | None = None,
    gaps: bool | None = None,
    q: SearchText | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Cylinder]:
    """Cylinders in sight, oldest first. `q` is looked for in code, serial and use-registration code.

    `seen_before_on` finds what nobody has scanned for long: to be looked for, and said to be lost.
    """
    wanted = CylinderFilter(
        place=place,
        holder_kind=holder_kind,
        holder_id=holder_id,
        spec=spec,
        area=area,
        due_before_on=due_before_on,
        seen_before_on=seen_before_on,
        blocked=blocked,
        gaps=gaps,
        q=q,
    )
    return queries.cylinders(ctx, wanted, cursor, limit)


@router.post(
    "/cylinders",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.CodeInvalid,
        rules.CodeNamesNoCylinder,
        rules.CodeTaken,
        rules.RegistrationCodeTaken,
        rules.LabelDisagrees,
        rules.SpecUnknown,
        rules.DatesImpossible,
        rules.AccountUnknown,
        rules.AreaUnknown,
        rules.TeamUnknown,
    ),
)
def register_cylinders(ctx: Writing, ask: NewCylinders) -> list[wire.Cylinder]:
    """Registers cylinders, all or none; a code is never used again."""
    return [queries.shape(row) for row in actions.register_cylinders(ctx, ask.cylinders)]


@router.get("/cylinders/{cylinder_id}", dependencies=[READ], responses=_ONE)
def show_cylinder(ctx: Reading, cylinder_id: Id) -> wire.CylinderView:
    """One cylinder in sight, and whether it may be handed over today."""
    return queries.cylinder(ctx, cylinder_id)


@router.get("/cylinders/{cylinder_id}/chain", dependencies=[READ], responses=_ONE)
def show_chain(ctx: Reading, cylinder_id: Id) -> Chain:
    """Everything that happened to a cylinder, and where a scan is missing."""
    return queries.chain(ctx, cylinder_id)


@router.get(
    "/cylinders/{cylinder_id}/chain.svg",
    dependencies=[READ],
    response_class=Response,
    responses=_ONE | {200: {"content": {"image/svg+xml": {}}, "description": "The chain, one line an act."}},
)
def show_chain_svg(ctx: Reading, cylinder_id: Id) -> Response:
    """The chain as a picture: one line an act, what is missing in red."""
    return Response(chain_svg(queries.chain(ctx, cylinder_id)), media_type="image/svg+xml")


@router.get(
    "/cylinders/{cylinder_id}/chain.epcis",
    dependencies=[READ],
    response_class=Response,
    responses=_ONE | EPCIS_ANSWER,
)
def show_chain_epcis(ctx: Reading, cylinder_id: Id) -> Response:
    """The chain as EPCIS 2.0 events in JSON-LD; no conformity is claimed."""
    return Response(orjson.dumps(queries.epcis_document(ctx, cylinder_id)), media_type=JSON_LD)


@router.post("/cylinders/{cylinder_id}/block", dependencies=[MANAGE], responses=_ONE)
def set_cylinder_block(ctx: Writing, cylinder_id: Id, ask: wire.SetBlock) -> wire.Cylinder:
    """Blocks a cylinder for a reason, or takes that block away."""
    return queries.shape(actions.set_block(ctx, cylinder_id, ask.reason, blocked=ask.blocked, note=ask.note))


@router.post(
    "/cylinders/owner",
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.CylinderUnknown,
        rules.CylinderScrapped,
        rules.NotRegistered,
        OwnerUnchanged,
        rules.ScanExists,
    ),
)
def change_cylinders_owner(ctx: Writing, ask: ChangeOwner) -> list[wire.Cylinder]:
    """Another unit owns these cylinders from now on, all or none: an act of each chain, with its document."""
    return [queries.shape(row) for row in change_owner(ctx, ask)]


@router.post(
    "/cylinders/papers",
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.CylinderUnknown,
        rules.CylinderScrapped,
        rules.NotRegistered,
        rules.RegistrationCodeTaken,
        rules.ScanExists,
    ),
)
def enter_cylinder_papers(ctx: Writing, ask: EnterPapers) -> list[wire.Cylinder]:
    """Enters papers of registered cylinders, or puts them right, all or none: an act of each chain."""
    return [queries.shape(row) for row in enter_papers(ctx, ask)]


@router.post(
    "/cylinders/{cylinder_id}/acts",
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.CylinderUnknown,
        rules.CylinderScrapped,
        rules.NotRegistered,
        rules.InspectionNotPassed,
        rules.ScanExists,
    ),
)
def enter_act(ctx: Writing, cylinder_id: Id, ask: DeskAct) -> wire.Cylinder:
    """Sends a cylinder to inspection, takes it back passed, scraps it, says that it is lost or found."""
    return queries.shape(actions.act_at_desk(ctx, cylinder_id, ask))


@router.get(
    "/cylinders/{cylinder_id}/label.svg",
    dependencies=[READ],
    response_class=Response,
    responses=_ONE | {200: {"content": {"image/svg+xml": {}}, "description": "The label."}},
)
def show_label_svg(ctx: Reading, cylinder_id: Id) -> Response:
    """The label as SVG of real size: one module is a millimetre."""
    drawn = _symbol(queries.cylinder_row(ctx, cylinder_id).code)
    return Response(render.svg(drawn), media_type="image/svg+xml")


@router.get(
    "/cylinders/{cylinder_id}/label.png",
    dependencies=[READ],
    response_class=Response,
    responses=_ONE | {200: {"content": {"image/png": {}}, "description": "The label."}},
)
def show_label_png(
    ctx: Reading, cylinder_id: Id, module_px: Annotated[int, Query(ge=1, le=render.MODULE_PX_MAX)] = 8
) -> Response:
    """The label as PNG, `module_px` pixels a module."""
    drawn = _symbol(queries.cylinder_row(ctx, cylinder_id).code)
    return Response(render.png(drawn, module_px), media_type="image/png")


def _symbol(code: str) -> render.Symbol:
    return render.symbol(code, render.level_for(payload.parse(code)))


@router.post("/scans", status_code=201, dependencies=[SCAN], responses=refusals(*GUARDED, rules.ScanExists))
def scan_online(ctx: Writing, ask: wire.ScanAsk) -> wire.Scan:
    """One's own scan, on line. Taken and marked, never refused for what the label says."""
    said = wire.ScanParams.model_validate(ask.model_dump(exclude={"id"}))
    return actions.record_scan_online(ctx, actions.NewScan(ask.id, said))
