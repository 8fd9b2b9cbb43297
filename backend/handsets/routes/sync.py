"""The door of sync: push and pull. Bytes in, bytes out; the writer's turn is shared by group commit."""

import asyncio
import gzip
import io
import json
import math
import re
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, TypeVar

import orjson
import zstandard
from anyio import to_thread
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
from backend.kernel.context import Ctx
from backend.kernel.errors import BodyInvalid, BodyNotJson, BodyTooLarge, MediaUnsupported, NotSignedIn
from backend.kernel.http import (
    GUARDED,
    ConsentNeeded,
    House,
    Ready,
    SwiftRoute,
    admit,
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
from sync.mutations import DeviceRevoked, Gap, NumberInvalid, SequenceReused, StaleEpoch
from sync.protocol import Mutation, Pull, Push, PushAnswer, Repair, Snapshots
from sync.refusal import Refusal

T = TypeVar("T")
S = TypeVar("S", Pull, Repair, Snapshots)
router = APIRouter(prefix="/sync/v1", tags=["sync"])
swift = APIRouter(prefix="/sync/v1", tags=["sync"], route_class=SwiftRoute)
"""Push and pull: handsets knock there all day."""
SESSION_ENDED = "auth.session_ended"
NDJSON = "application/x-ndjson"
SQUEEZE_FROM_BYTES = 1_000
DEPTH_MAX = 500
"""Levels of a body that are read as they are; the limit of a mutation is far below."""
DIGITS_MAX = 1_000
"""Of a whole number that is read as one."""
MARKS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
"""Strings and brackets of JSON."""
FRAMED = ((b"content-type", NDJSON.encode()), (b"cache-control", b"no-store"), (b"vary", b"Accept-Encoding"))
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
        push=house.settings.push_gateway,
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


@asynccontextmanager
async def _telling_end(request: Request) -> AsyncIterator[None]:
    """Tells a handset that was ended to hand in its queue and wipe itself, rather than to sign in again."""
    try:
        yield
    except NotSignedIn as refused:
        await _tell_end(request, refused)
        raise


async def _tell_end(request: Request, refused: NotSignedIn) -> None:
    if refused.code == SESSION_ENDED and await run_in_threadpool(_is_ended, request):
        raise DeviceRevoked from None


async def _end_told(request: Request) -> AsyncIterator[None]:
    async with _telling_end(request):
        yield


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
    StaleEpoch,
    Gap,
    SequenceReused,
    NumberInvalid,
    ContractTooOld,
    ContractTooNew,
)
BODY_REFUSALS = (BodyNotJson, MediaUnsupported)


@swift.post(
    "/push",
    response_model=PushAnswer,
    operation_id="sync_push",
    dependencies=[needs("sync", before_consent=True)],
    responses=refusals(*GUARDED, *PUSH_REFUSALS, *BODY_REFUSALS),
    openapi_extra=body_of(Push, examples.PUSH),
)
async def push(request: Request) -> Response:
    """Takes a queue's mutations, once each and in order; the answer leaves after the durable commit.

    A body may be compressed with zstd or gzip. Whatever is wrong with one mutation harms no other.
    """
    house, token = house_of(request), bearer(request)

    def work(session: Session) -> PushAnswer | Refusal:
        caller = house.identify(session, house.settings, house.clock, token)
        return actions.push(house.ctx(session, caller, request_id_of(request)), sent, received_ms)

    async with _telling_end(request):
        await looked(request, lambda _: None)  # a forged token never waits for the writers' turn
        sent, received_ms = await _read_push(request, house)
        if not may_push(sent.contract, house.clock.now().date()):
            raise ContractTooOld
        return await _taken(house, work)


async def looked(request: Request, look: Callable[[Ctx], T]) -> T:
    """What a look on a snapshot finds, for a caller whom the route lets in; at once where the database is at hand."""
    house, token = house_of(request), bearer(request)

    def admitted() -> T:
        with house.db.glance() if house.db.at_hand else house.db.reading() as session:
            caller = house.identify(session, house.settings, house.clock, token)
            admit(request, caller)
            return look(house.ctx(session, caller, request_id_of(request)))

    return admitted() if house.db.at_hand else await run_in_threadpool(admitted)


@router.post(
    "/drain",
    response_model=PushAnswer,
    operation_id="sync_drain",
    responses=refusals(DeviceUnknown, WrongUser, UnknownEpoch, Gap, NumberInvalid, *BODY_REFUSALS),
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


@swift.post(
    "/pull",
    operation_id="sync_pull",
    dependencies=[needs("sync")],
    responses=refusals(
        *GUARDED, ConsentNeeded, WrongDevice, DeviceRevoked, PageInvalid, ContractTooOld, ContractTooNew, *BODY_REFUSALS
    )
    | FRAMES,
    openapi_extra=body_of(Pull, examples.PULL),
)
async def pull(request: Request) -> Response:
    """Gives what changed within the caller's scopes since the cookie, as frames, a page at a time."""
    body = await request.body()

    def first_look(ctx: Ctx) -> tuple[Principal, Pull, list[bytes] | None]:
        asked = _read_by(Pull, request, body)
        return ctx.principal, asked, queries.no_changes(ctx, asked)

    try:
        caller, sent, frames = await looked(request, first_look)
    except NotSignedIn as refused:
        await _tell_end(request, refused)
        raise
    if frames is None:
        frames = await to_thread.run_sync(_changes, request, caller, sent, limiter=house_of(request).pulls)
    _note_pull(house_of(request), caller)
    return squeezed(request, b"".join(frames))


def _changes(request: Request, caller: Principal, sent: Pull) -> list[bytes]:
    house = house_of(request)
    with house.db.reading() as session:
        return queries.changes(house.ctx(session, caller, request_id_of(request)), sent)


def _note_pull(house: House, caller: Principal) -> None:
    """Keeps, not at every pull and after the answer was made, when this person's handset last pulled."""
    name, now_s, noted = f"pull:{caller.device_id}:{caller.person_id}", house.clock.monotonic_s(), house.noted
    while noted and now_s - noted[oldest := next(iter(noted))] >= PULL_NOTED_EVERY_S:
        del noted[oldest]
    if name in noted or caller.device_id is None:
        return
    noted[name] = now_s
    house.db.submit(lambda session: actions.note_pull(house.ctx(session, caller)))


async def reader_of(shape: type[S], request: Request) -> S:
    """What a handset that reads sent. Refuses contracts that are not served."""
    return _read_by(shape, request, await request.body())


def _read_by(shape: type[S], request: Request, body: bytes) -> S:
    sent: S = shaped(shape, json_of(request, body, protocol.PUSH_BYTES_MAX))
    if sent.contract < CONTRACT_OLDEST:
        raise ContractTooOld
    if sent.contract > CONTRACT:
        raise ContractTooNew(contract=sent.contract)
    return sent


def squeezed(request: Request, body: bytes) -> Response:
    """Frames as an answer, compressed where the caller reads it and it pays."""
    if len(body) >= SQUEEZE_FROM_BYTES and "zstd" in request.headers.get("accept-encoding", ""):
        return Ready(zstandard.compress(body, 3), [*FRAMED, (b"content-encoding", b"zstd")])
    return Ready(body, FRAMED)


# -- bodies -------------------------------------------------------------------------------------------------------


async def _read_push(request: Request, house: House) -> tuple[Push, int]:
    """The push, and when the last of it had come: not how long it then waited for the writer."""
    raw = json_of(request, await request.body(), protocol.PUSH_BYTES_MAX)
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
        raise BodyInvalid(**told(fault)) from None


def json_of(request: Request, packed: bytes, limit: int) -> Any:
    """The JSON of a body, which may be compressed. Refuses what is none, or beyond `limit` bytes."""
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if media != "application/json":
        raise MediaUnsupported(media=media[:40])
    body = _unpacked(packed, request.headers.get("content-encoding", "identity").lower(), limit)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        return _forgiven(body, fault)


def _forgiven(body: bytes, fault: orjson.JSONDecodeError) -> Any:
    """Reads what strict JSON does not have, halves of characters and numbers that are none, as some phones write it.

    So a mutation that holds such a thing is named broken by itself, and the others of its push are taken.
    """
    try:
        return json.loads(_shallow(body.decode()), parse_constant=_NoNumber, parse_float=_float, parse_int=_whole)
    except (ValueError, RecursionError):
        raise BodyNotJson(str(fault)) from None


def _shallow(text: str) -> str:
    """The text, with what lies deeper than parsers go as a string of its own words; what is not closed stays."""
    parts, depth, upto = [], 0, 0
    for token in MARKS.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth == DEPTH_MAX + 1:
                parts.append(text[upto : token.start()])
                upto = token.start()
        elif mark in "]}":
            depth -= 1
            if depth == DEPTH_MAX:
                parts.append(json.dumps(text[upto : token.end()]))
                upto = token.end()
    return "".join([*parts, text[upto:]])


class _NoNumber(float):
    """NaN or an infinity: no encoder of ours takes it for a number."""


def _float(text: str) -> float:
    read = float(text)
    return read if math.isfinite(read) else _NoNumber(text)


def _whole(text: str) -> float:
    return int(text) if len(text) <= DIGITS_MAX else _NoNumber(text)


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
