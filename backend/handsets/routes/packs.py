"""The door of first fills: which packs there are, and their bytes, by ranges, so that a cut costs little."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, Response, StreamingResponse
from sqlmodel import Session

from backend.handsets import actions, queries
from backend.handsets.routes.sync import BODY_REFUSALS, END_TOLD, NDJSON, body_of, reader_of
from backend.handsets.rules import ContractTooNew, ContractTooOld, PackGone, WrongDevice
from backend.kernel.http import GUARDED, Caller, ConsentNeeded, house_of, needs, refusals, request_id_of
from mobile_contract import examples
from mobile_contract.snapshots import SnapshotOffer
from sync.cursor import TicketInvalid
from sync.mutations import DeviceRevoked
from sync.protocol import N_MAX, Snapshots
from sync.snapshot import lines_of

router = APIRouter(prefix="/sync/v1", tags=["sync"])
PACK = "application/vnd.gridcrew.pack+zstd"
ONE_RANGE = re.compile(r"bytes=(?=.*\d)([0-9]{0,15})-([0-9]{0,15})")
BYTES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The pack; with `Accept: application/x-ndjson` its rows, a JSON object a line.",
        "content": {
            PACK: {"schema": {"type": "string", "format": "binary"}, "example": "(zstd)"},
            NDJSON: {"schema": {"type": "string"}, "example": examples.PACK_LINES},
        },
    },
    206: {
        "description": "The bytes asked for.",
        "content": {PACK: {"schema": {"type": "string", "format": "binary"}, "example": "(zstd)"}},
    },
    304: {"description": "The caller has it: a pack never changes."},
}


@router.post(
    "/snapshots",
    response_model=SnapshotOffer,
    operation_id="sync_snapshots",
    dependencies=[END_TOLD, needs("sync")],
    responses=refusals(
        *GUARDED, ConsentNeeded, WrongDevice, DeviceRevoked, ContractTooOld, ContractTooNew, *BODY_REFUSALS
    ),
    openapi_extra=body_of(Snapshots, examples.SNAPSHOTS),
)
async def snapshots(request: Request, caller: Caller) -> Response:
    """Offers the packs of the caller's large scopes, and the cookie for the pull that follows them."""
    house = house_of(request)
    sent = await reader_of(Snapshots, request)
    request_id = request_id_of(request)

    def look() -> SnapshotOffer:
        with house.db.reading() as session:
            return queries.packs(house.ctx(session, caller, request_id), sent, house.shelf)

    def wish(session: Session) -> None:
        actions.wish_packs(house.ctx(session, caller, request_id), made.building, sent.contract)

    made = await run_in_threadpool(look)
    if made.building:
        house.db.submit(wish)
    return Response(made.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/packs/{sha256}",
    operation_id="sync_pack",
    dependencies=[END_TOLD, needs("sync")],
    responses=refusals(*GUARDED, ConsentNeeded, WrongDevice, DeviceRevoked, TicketInvalid, PackGone) | BYTES,
    response_class=Response,
)
async def pack(
    request: Request,
    caller: Caller,
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    epoch: Annotated[int, Query(ge=1, le=N_MAX)],
    ticket: Annotated[str, Query(max_length=2_000)],
) -> Response:
    """Gives a pack, or the range of it that is asked for; its strong ETag is the hash of its bytes.

    Only the person and handset it was offered to may fetch it, before the ticket runs out and while they hold its
    scope. With `Accept: application/x-ndjson` a browser gets the same rows as lines.
    """
    house = house_of(request)

    def look() -> Any:
        with house.db.reading() as session:
            ctx = house.ctx(session, caller, request_id_of(request))
            return queries.pack_path(ctx, sha256, epoch, ticket, house.shelf)

    path = await run_in_threadpool(look)
    as_lines = NDJSON in request.headers.get("accept", "")
    etag = f'"{sha256}-lines"' if as_lines else f'"{sha256}"'
    headers = {"ETag": etag, "Cache-Control": "private, max-age=604800, immutable", "Vary": "Accept"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if as_lines:
        return StreamingResponse(_lines(path.read_bytes()), media_type=NDJSON, headers=headers)
    if not _may_be_cut(request.headers.get("range", ""), path.stat().st_size):
        request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
    return FileResponse(path, media_type=PACK, headers=headers)


def _may_be_cut(asked: str, size: int) -> bool:
    """Whether one range of bytes that there are is asked for. What else is asked brings the whole pack."""
    said = ONE_RANGE.fullmatch(asked.strip())
    first, last = said.groups() if said else ("", "0")
    return 0 <= int(first) < size and int(first) <= int(last or size) if first else int(last) > 0


def _lines(packed: bytes) -> Iterator[bytes]:
    about, rows = lines_of(packed)
    yield orjson.dumps({"f": "pack"} | about) + b"\n"
    yield from rows
