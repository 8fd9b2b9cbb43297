"""The door of repair: a replica that drifted finds what differs, and is given it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import TypeAdapter

from backend.handsets import queries
from backend.handsets.routes.sync import BODY_REFUSALS, END_TOLD, NDJSON, REF, body_of, reader_of, squeezed
from backend.handsets.rules import ContractTooNew, ContractTooOld, WrongDevice
from backend.kernel.http import GUARDED, Caller, ConsentNeeded, house_of, needs, refusals, request_id_of
from mobile_contract import examples
from mobile_contract.frames import RepairFrame
from sync.cursor import CookieInvalid
from sync.mending import ScopeNotHeld
from sync.mutations import DeviceRevoked
from sync.protocol import Repair
from sync.repair import RangesInvalid

router = APIRouter(prefix="/sync/v1", tags=["sync"])
FRAMES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Frames, one JSON object a line, the last of them `mended`.",
        "content": {
            NDJSON: {
                "schema": {"type": "string"},
                "x-item-schema": TypeAdapter(RepairFrame).json_schema(ref_template=REF, mode="serialization"),
                "example": examples.REPAIR_FRAMES,
            }
        },
    }
}


@router.post(
    "/repair",
    operation_id="sync_repair",
    dependencies=[END_TOLD, needs("sync")],
    responses=refusals(
        *GUARDED,
        ConsentNeeded,
        WrongDevice,
        DeviceRevoked,
        CookieInvalid,
        ScopeNotHeld,
        RangesInvalid,
        ContractTooOld,
        ContractTooNew,
        *BODY_REFUSALS,
    )
    | FRAMES,
    openapi_extra=body_of(Repair, examples.REPAIR),
)
async def repair(request: Request, caller: Caller) -> Response:
    """Compares a scope range by range with what the caller's cookie says it holds, and gives the rows it lacks."""
    house = house_of(request)
    sent = await reader_of(Repair, request)

    def look() -> list[bytes]:
        with house.db.reading() as session:
            ctx = house.ctx(session, caller, request_id_of(request))
            return queries.differences(ctx, sent, house.kept_marks)

    return squeezed(request, b"".join(await run_in_threadpool(look)))
