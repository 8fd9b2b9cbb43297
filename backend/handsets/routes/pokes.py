"""The door of pokes: server-sent events that say `{seq}` and nothing else, when something of the reader's moved."""

import asyncio
from datetime import timedelta

import anyio
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from backend.handsets.events import StreamClosed, StreamOpened
from backend.handsets.rules import (
    POKE_EVERY_S,
    POKE_HEARTBEAT_S,
    POKE_SLOW_S,
    POKES_MAX,
    PokesFull,
    WrongDevice,
)
from backend.kernel.events import announce
from backend.kernel.http import GUARDED, Caller, House, house_of, needs, refusals
from backend.kernel.journaling import journal_of
from backend.kernel.watching import Reader
from mobile_contract.notices import PushGateway

router = APIRouter(prefix="/sync/v1", tags=["sync"])
STREAM = "text/event-stream"


@router.get(
    "/pokes",
    operation_id="sync_pokes",
    dependencies=[needs("sync")],
    responses=refusals(*GUARDED, WrongDevice, PokesFull)
    | {
        200: {
            "description": 'Server-sent events: `data: {"seq":981}` when something of the reader\'s moved.',
            "content": {STREAM: {"schema": {"type": "string"}, "example": 'data: {"seq":981}\n\n'}},
        }
    },
)
async def pokes(request: Request, caller: Caller) -> Response:
    """Says that there is something to pull, at most once a second. Losing a poke costs latency only.

    One stream a handset and person; a second one ends the first. It ends with the sign-in it was opened by.
    """
    house = house_of(request)
    if caller.device_id is None:
        raise WrongDevice
    if len(house.watch) >= POKES_MAX:
        raise PokesFull(retry_s=60)
    user = caller.person_id

    def look() -> tuple[frozenset[str], int]:
        with house.db.reading() as session:
            journal = journal_of(session)
            return frozenset(m.scope for m in journal.user_scopes(user) if m.seq_out is None), journal.head()

    scopes, head = await run_in_threadpool(look)
    return PokeStream(house, caller.device_id, Reader(user, scopes, head))


class PokeStream(Response):
    """A stream that holds neither thread nor connection while nothing moves."""

    def __init__(self, house: House, device: str, reader: Reader) -> None:
        self.house, self.device, self.reader = house, device, reader
        self.background = None
        self.status_code = 200
        self.body = b""
        self.init_headers({"content-type": STREAM, "cache-control": "no-store", "x-accel-buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        until_at = self.house.clock.now() + timedelta(seconds=self.house.settings.access_token_s)
        await self._announce(StreamOpened(self.device, until_at))
        self.house.watch.join(self.device, self.reader)
        gone = asyncio.create_task(_gone(receive, self.reader))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._pokes(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            pass  # a reader too slow to take a line: it will ask again
        finally:
            gone.cancel()
            self.house.watch.leave(self.device, self.reader)
            with anyio.CancelScope(shield=True):
                await self._announce(StreamClosed(self.device, until_at))

    async def _announce(self, event: StreamOpened | StreamClosed) -> None:
        """Tells whoever pushes by a vendor; where nobody does, a stream costs no write."""
        house = self.house
        if house.settings.push_gateway is PushGateway.none:
            return

        def tell() -> None:
            with house.db.transaction() as session:
                announce(house.ctx(session), event)

        async with house.write_gate:
            await run_in_threadpool(tell)

    async def _pokes(self, send: Send) -> None:
        """Until the sign-in has run out: no stream outlives the access token that it was opened by."""
        reader, loop = self.reader, asyncio.get_running_loop()
        until_s = loop.time() + self.house.settings.access_token_s
        line = b"retry: 5000\n\n"
        while not reader.over and loop.time() < until_s:
            async with asyncio.timeout(POKE_SLOW_S):
                await send({"type": "http.response.body", "body": line, "more_body": True})
            await asyncio.sleep(POKE_EVERY_S if line.startswith(b"data") else 0)
            moved = await reader.moved(min(POKE_HEARTBEAT_S, max(until_s - loop.time(), 0.01)))
            line = b'data: {"seq":%d}\n\n' % reader.seq if moved else b":\n\n"


async def _gone(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.end()
