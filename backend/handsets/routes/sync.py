"""The door of sync: push and pull. Bytes in, bytes out; the writer's turn is shared by group commit."""

import asyncio
import gzip
import io
import json
import math
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar

import orjson
import zstandard
from fastapi import APIRouter, Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlmodel import Session

from backend.handsets import actions, queries
from backend.handsets.rules import (
    PULL_NOTED_EVERY_S,
    ContractTooNew,
    ContractTooOld,
    DeviceUnknown,
    UnknownEpoch,
    WrongDevice,
    WrongUser,
)
from backend.kernel.authority import Principal
from backend.kernel.clock import to_ms
from backend.kernel.errors import BodyInvalid, BodyNotJson, BodyTooLarge, MediaUnsupported, NotSignedIn
from backend.kernel.http import (
    GUARDED,
    Caller,
    ConsentNeeded,
    House,
    bearer,
    house_of,
    needs,
    refusals,
    request_id_of,
)
from backend.kernel.shapes import told
from mobile_contract import examples
from mobile_contract.frames import Frame
from mobile_contract.handsets import Hello
from mobile_contract.version import CONTRACT, CONTRACT_OLDEST, may_push
from sync import protocol
from sync.cursor import PageInvalid
from sync.mutations import DeviceRevoked, Gap, MutationInvalid, SequenceReused
from sync.protocol import Mutation, Pull, Push, PushAnswer, Repair, Snapshots
from sync.refusal import Refusal

T = TypeVar("T", Pull, Repair, Snapshots)
router = APIRouter(prefix="/sync/v1", tags=["sync"])
SESSION_ENDED = "auth.session_ended"
NDJSON = "application/x-ndjson"
SQUEEZE_FROM_BYTES = 1_000
LIMITS = {
    "mutations_per_push": protocol.MUTATIONS_PER_PUSH_MAX,
    "ops_per_mutation": protocol.OPS_PER_MUTATION_MAX,
    "needs_per_mutation": protocol.NEEDS_PER_MUTATION_MAX,
    "blobs_per_mutation": protocol.BLOBS_PER_MUTATION_MAX,
    "push_bytes": protocol.PUSH_BYTES_MAX,
    "mutation_bytes": protocol.MUTATION_BYTES_MAX,
    "mutation_nesting": protocol.NESTING_MAX,
    "page_bytes": protocol.PAGE_BYTES_MAX,
    "packs_per_offer": protocol.PACKS_PER_OFFER_MAX,
    "repair_scopes": protocol.REPAIR_SCOPES_MAX,
    "repair_ranges_chars": protocol.REPAIR_RANGES_CHARS_MAX,
    "repair_rows": protocol.REPAIR_ROWS_MAX,
    "results_kept": protocol.RESULTS_KEPT,
}


@router.get("/hello", response_model=Hello, operation_id="sync_hello")
async def hello(request: Request) -> Hello:
    """The server's time, contract and limits. Public: a phone asks before it signs in."""
    house = house_of(request)
    return Hello(
        server_ms=to_ms(house.clock.now()),
        contract=CONTRACT,
        contract_oldest=CONTRACT_OLDEST,
        district=house.settings.district,
        limits=LIMITS,
    )


REF = "#/components/schemas/{model}"


def body_of(shape: type[BaseModel], example: dict[str, Any]) -> dict[str, Any]:
    """The body as OpenAPI tells it. Mutations are told by their shape, though each is read by itself."""
    schema = shape.model_json_schema(ref_template=REF)
    if "muts" in schema["properties"]:
        mutation = Mutation.model_json_schema(ref_template=REF)
        schema["$defs"] |= mutation.pop("$defs") | {"Mutation": mutation}
        schema["properties"]["muts"]["items"] = {"$ref": REF.format(model="Mutation")}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}}


FRAMES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Frames, one JSON object a line, the last of them `end`, `more` or `restart`.",
        "content": {
            NDJSON: {
                "schema": {"type": "string"},
                "x-item-schema": TypeAdapter(Frame).json_schema(ref_template=REF, mode="serialization"),
                "example": examples.FRAMES,
            }
        },
    }
}


async def _end_told(request: Request) -> AsyncIterator[None]:
    """Tells a handset that was ended to hand in its queue and wipe itself, rather than to sign in again."""
    try:
        yield
    except NotSignedIn as refused:
        if refused.code == SESSION_ENDED and await run_in_threadpool(_is_ended, request):
            raise DeviceRevoked from None
        raise


def _is_ended(request: Request) -> bool:
    house = house_of(request)
    with house.db.reading() as session:
        return queries.is_ended(house.ctx(session), bearer(request))


END_TOLD = Depends(_end_told)
PUSH_REFUSALS = (
    WrongUser,
    WrongDevice,
    DeviceRevoked,
    UnknownEpoch,
    Gap,
    SequenceReused,
    MutationInvalid,
    ContractTooOld,
    ContractTooNew,
)
BODY_REFUSALS = (BodyNotJson, MediaUnsupported)


@router.post(
    "/push",
    response_model=PushAnswer,
    operation_id="sync_push",
    dependencies=[END_TOLD, needs("sync", before_consent=True)],
    responses=refusals(*GUARDED, *PUSH_REFUSALS, *BODY_REFUSALS),
    openapi_extra=body_of(Push, examples.PUSH),
)
async def push(request: Request) -> Response:
    """Takes a queue's mutations, once each and in order; the answer leaves after the durable commit.

    A body may be compressed with zstd or gzip. Whatever is wrong with one mutation harms no other.
    """
    house, token = house_of(request), bearer(request)
    sent, received_ms = await _read_push(request, house)
    if not may_push(sent.contract, house.clock.now().date()):
        raise ContractTooOld

    def work(session: Session) -> PushAnswer | Refusal:
        caller = house.identify(session, house.settings, house.clock, token)
        return actions.push(house.ctx(session, caller, request_id_of(request)), sent, received_ms)

    return await _taken(house, work)


@router.post(
    "/drain",
    response_model=PushAnswer,
    operation_id="sync_drain",
    responses=refusals(DeviceUnknown, WrongUser, UnknownEpoch, Gap, SequenceReused, MutationInvalid, *BODY_REFUSALS),
    openapi_extra=body_of(Push, examples.PUSH),
)
async def drain(request: Request, device_secret: Annotated[str, Header(max_length=200)]) -> Response:
    """Takes what a handset still holds when nobody can sign in on it any more: all of it goes to the conflict desk.

    Public: the device's secret is the right.
    """
    house = house_of(request)
    sent, received_ms = await _read_push(request, house)

    def work(session: Session) -> PushAnswer | Refusal:
        return actions.drain(
            house.ctx(session, _nobody(sent), request_id_of(request)), sent, received_ms, device_secret
        )

    return await _taken(house, work)


def _nobody(sent: Push) -> Principal:
    return Principal(sent.user, "", session_id="", device_id=sent.device, grants=())


async def _taken(house: House, work: Callable[[Session], PushAnswer | Refusal]) -> Response:
    answer = await asyncio.wrap_future(house.db.submit(work))
    if isinstance(answer, Refusal):
        raise answer
    timed = answer.model_copy(update={"server_ms": max(answer.received_ms, to_ms(house.clock.now()))})
    return Response(timed.model_dump_json(exclude_none=True), media_type="application/json")


@router.post(
    "/pull",
    operation_id="sync_pull",
    dependencies=[END_TOLD, needs("sync")],
    responses=refusals(
        *GUARDED, ConsentNeeded, WrongDevice, DeviceRevoked, PageInvalid, ContractTooOld, ContractTooNew, *BODY_REFUSALS
    )
    | FRAMES,
    openapi_extra=body_of(Pull, examples.PULL),
)
async def pull(request: Request, caller: Caller) -> Response:
    """Gives what changed within the caller's scopes since the cookie, as frames, a page at a time."""
    house = house_of(request)
    sent = await reader_of(Pull, request)

    def look() -> list[bytes]:
        with house.db.reading() as session:
            return queries.changes(house.ctx(session, caller, request_id_of(request)), sent)

    frames = await run_in_threadpool(look)
    _note_pull(house, caller)
    return squeezed(request, b"".join(frames))


def _note_pull(house: House, caller: Principal) -> None:
    """Keeps, not at every pull and after the answer was made, when this person's handset last pulled."""
    name, now_s = f"pull:{caller.device_id}:{caller.person_id}", house.clock.monotonic_s()
    if now_s - house.noted.get(name, -PULL_NOTED_EVERY_S) < PULL_NOTED_EVERY_S or caller.device_id is None:
        return
    house.noted[name] = now_s
    house.db.submit(lambda session: actions.note_pull(house.ctx(session, caller)))


async def reader_of(shape: type[T], request: Request) -> T:
    """What a handset that reads sent. Refuses contracts that are not served."""
    sent: T = shaped(shape, await json_of(request, protocol.PUSH_BYTES_MAX))
    if sent.contract < CONTRACT_OLDEST:
        raise ContractTooOld
    if sent.contract > CONTRACT:
        raise ContractTooNew(contract=sent.contract)
    return sent


def squeezed(request: Request, body: bytes) -> Response:
    """Frames as an answer, compressed where the caller reads it and it pays."""
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if len(body) >= SQUEEZE_FROM_BYTES and "zstd" in request.headers.get("accept-encoding", ""):
        body = zstandard.compress(body, 3)
        headers["Content-Encoding"] = "zstd"
    return Response(body, media_type=NDJSON, headers=headers)


# -- bodies -------------------------------------------------------------------------------------------------------


async def _read_push(request: Request, house: House) -> tuple[Push, int]:
    """The push, and when the last of it had come: not how long it then waited for the writer."""
    raw = await json_of(request, protocol.PUSH_BYTES_MAX)
    received_ms = to_ms(house.clock.now())
    sent: Push = shaped(Push, raw)
    if sent.contract > CONTRACT:
        raise ContractTooNew(contract=sent.contract)
    return sent, received_ms


def shaped(shape: Any, raw: Any) -> Any:
    """`raw` as its shape. Refuses with request.invalid."""
    try:
        return shape.model_validate(raw)
    except ValidationError as fault:
        raise BodyInvalid(where=told(fault)) from None


async def json_of(request: Request, limit: int) -> Any:
    """The JSON of a body, which may be compressed. Refuses what is none, or beyond `limit` bytes."""
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media != "application/json":
        raise MediaUnsupported(media=media[:40])
    body = _unpacked(await request.body(), request.headers.get("content-encoding", "identity").lower(), limit)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        return _forgiven(body, fault)


def _forgiven(body: bytes, fault: orjson.JSONDecodeError) -> Any:
    """Reads what strict JSON does not have, halves of characters and numbers that are none, as some phones write it.

    So a mutation that holds such a thing is named broken by itself, and the others of its push are taken.
    """
    try:
        return json.loads(body.decode(), parse_constant=_NoNumber, parse_float=_float)
    except (ValueError, RecursionError):
        raise BodyNotJson(str(fault)) from None


class _NoNumber(float):
    """NaN or an infinity: no encoder of ours takes it for a number."""


def _float(text: str) -> float:
    read = float(text)
    return read if math.isfinite(read) else _NoNumber(text)


def _unpacked(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its compression, never more than `limit` bytes of it: a bomb is refused half-way."""
    try:
        if encoding == "identity":
            plain = body
        elif encoding == "zstd":
            plain = zstandard.ZstdDecompressor(max_window_size=1 << 23).stream_reader(io.BytesIO(body)).read(limit + 1)
        elif encoding == "gzip":
            plain = gzip.GzipFile(fileobj=io.BytesIO(body)).read(limit + 1)
        else:
            raise MediaUnsupported(media=encoding[:40])
    except (zstandard.ZstdError, OSError, EOFError, zlib.error) as fault:
        raise BodyNotJson(f"the {encoding} body is damaged") from fault
    if len(plain) > limit:
        raise BodyTooLarge(limit_bytes=limit)
    return plain
