"""How bytes come in: one writer an upload, nothing slow inside a transaction, what is told is on disk."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, TypeVar

import anyio
from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from backend.attachments import actions
from backend.attachments.content import content_of
from backend.attachments.parts import Appender, Part
from backend.attachments.pictures import measure
from backend.attachments.rules import (
    BUSY_RETRY_S,
    BeyondLength,
    Checksum,
    ContentUnsupported,
    ImageTooLarge,
    Sha256Mismatch,
    UploadBusy,
    media_type_of,
)
from backend.attachments.tables import Upload
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.http import House, house_of, request_id_of
from mobile_contract.attachments import MediaType

BUFFER_BYTES = 262_144
IDLE_S = 30.0
"""A connection that brings nothing for so long is given up; what came is kept."""
TAKE_OVER_S = 3.0
"""A connection that brings nothing for so long yields to a newer one: the phone has changed networks."""
TAKE_OVER_TRIES = 20
TAKE_OVER_PAUSE_S = 0.1

T = TypeVar("T")


@dataclass(slots=True)
class Receiver:
    """A request that is writing to an upload."""

    scope: anyio.CancelScope
    moved_s: float


async def look(request: Request, caller: Principal, query: Callable[[Ctx], T]) -> T:
    """Asks on a snapshot that is let go at once."""
    house = house_of(request)

    def ask() -> T:
        with house.db.reading() as session:
            return query(house.ctx(session, caller, request_id_of(request)))

    return await run_in_threadpool(ask)


async def write(request: Request, caller: Principal, deed: Callable[[Ctx], T]) -> T:
    """Does a deed in a transaction of its own, shared with others that come at the same moment; durable on return."""
    house = house_of(request)
    done = house.db.submit(lambda session: deed(house.ctx(session, caller, request_id_of(request))))
    return await asyncio.wrap_future(done)


def part_of(house: House, upload: Upload) -> Part:
    """The part file of an upload."""
    return Part(house.settings, upload.id, upload.length_bytes)


@contextlib.asynccontextmanager
async def held(request: Request, part: Part) -> AsyncIterator[BinaryIO]:
    """The part file for this request alone; an older request that has gone quiet is sent away. Raises UploadBusy."""
    with contextlib.ExitStack() as stack:
        tries = 1 + (TAKE_OVER_TRIES if _send_away(request, part) else 0)
        while True:
            tries -= 1
            try:
                file = await run_in_threadpool(stack.enter_context, part.held())
                break
            except UploadBusy:
                if tries == 0:
                    raise
                await anyio.sleep(TAKE_OVER_PAUSE_S)
        yield file


async def receive(request: Request, part: Part, file: BinaryIO, offset: int, checksum: Checksum | None) -> int:
    """Takes the body in from `offset` and gives the offset after it, which is on disk.

    Raises OffsetConflict, ChecksumMismatch, BeyondLength; a body that is cut short counts as far as it came.
    """
    appender = await run_in_threadpool(Appender, part, file, offset, checksum)
    whole, beyond = False, None
    with anyio.CancelScope() as scope, _receiving(request, part, scope) as receiver:
        try:
            whole = await _pour(request, appender, receiver)
        except ClientDisconnect:
            whole = False
        except BeyondLength as refusal:
            beyond = refusal
    stands = await run_in_threadpool(partial(appender.settle, whole=whole))
    if beyond:
        raise beyond
    if scope.cancelled_caught:
        raise UploadBusy(retry_s=BUSY_RETRY_S)
    return stands


async def _pour(request: Request, appender: Appender, receiver: Receiver) -> bool:
    """Whether the body came to its end."""
    clock, body, buffer = house_of(request).clock, request.stream(), bytearray()
    while True:
        with anyio.move_on_after(IDLE_S) as patience:
            piece = await anext(body, None)
        if patience.cancelled_caught:
            piece = None
        else:
            receiver.moved_s = clock.monotonic_s()
        buffer += piece or b""
        if buffer and (piece is None or len(buffer) >= BUFFER_BYTES):
            await run_in_threadpool(appender.take, bytes(buffer))
            buffer.clear()
        if piece is None:
            return not patience.cancelled_caught


def _receivers(request: Request) -> dict[str, Receiver]:
    state = request.app.state
    if not hasattr(state, "receivers"):
        state.receivers = {}
    found: dict[str, Receiver] = state.receivers
    return found


@contextlib.contextmanager
def _receiving(request: Request, part: Part, scope: anyio.CancelScope) -> Iterator[Receiver]:
    receivers, receiver = _receivers(request), Receiver(scope, house_of(request).clock.monotonic_s())
    receivers[part.path.name] = receiver
    try:
        yield receiver
    finally:
        del receivers[part.path.name]


def _send_away(request: Request, part: Part) -> bool:
    """Whether an older request has been told to let go."""
    older = _receivers(request).get(part.path.name)
    if older is None or house_of(request).clock.monotonic_s() - older.moved_s < TAKE_OVER_S:
        return False
    older.scope.cancel()
    return True


# -- the last byte is there ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What the bytes are."""

    sha256: str
    media_type: MediaType
    size: tuple[int, int] | None


async def finish(request: Request, caller: Principal, upload: Upload, part: Part, file: BinaryIO) -> str:
    """Proves, keeps and announces what has come whole; gives its SHA-256. Does no harm when done again.

    Raises Sha256Mismatch (the upload then stands at 0), ContentUnsupported, ImageTooLarge (it has then ended).
    """
    house = house_of(request)
    try:
        found = await run_in_threadpool(_keep, house, upload, part, file)
    except (ContentUnsupported, ImageTooLarge) as refusal:
        await write(request, caller, partial(actions.refuse, upload_id=upload.id, code=refusal.code))
        await run_in_threadpool(part.remove)
        raise
    width, height = found.size or (None, None)
    await write(
        request,
        caller,
        lambda ctx: actions.arrive(ctx, upload.id, found.sha256, found.media_type, width, height),
    )
    await run_in_threadpool(part.remove)
    return found.sha256


def _keep(house: House, upload: Upload, part: Part, file: BinaryIO) -> Found:
    sha256 = part.sha256()
    if upload.claimed_sha256 not in (None, sha256):
        file.truncate(0)
        raise Sha256Mismatch
    media_type = media_type_of(part.head())
    found = Found(sha256, media_type, measure(part.path, media_type))
    content_of(house.settings).put(sha256, part.path)
    return found
