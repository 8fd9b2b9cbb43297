"""The door of pokes: server-sent events that say `{seq}` and nothing else, when something of the reader's moved."""

import asyncio
from datetime import datetime, timedelta

import anyio
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from backend.handsets.events import StreamClosed, StreamOpened
from backend.handsets.routes.sync import looked
from backend.handsets.rules import (
    POKE_EVERY_S,
    POKE_HEARTBEAT_S,
    POKE_SLOW_S,
    POKES_MAX,
    PokesFull,
    WrongDevice,
)
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.http import GUARDED, House, SwiftRoute, house_of, needs, refusals
from backend.kernel.journaling import journal_of
from backend.kernel.streams import Line, handing
from backend.kernel.watching import Reader
from mobile_contract.notices import PushGateway

router = APIRouter(prefix="/sync/v1", tags=["sync"], route_class=SwiftRoute)
STREAM = "text/event-stream"
RETRY = b"retry: 5000\n\n"
HEADERS = [
    (b"content-type", STREAM.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


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
async def pokes(request: Request) -> Response:
    """Says that there is something to pull, at most once a second. Losing a poke costs latency only.

    One stream a handset and person; a second one ends the first. It ends with the sign-in it was opened by.
    """
    house = house_of(request)

    def look(ctx: Ctx) -> tuple[str, str, frozenset[str], int]:
        device, user, journal = ctx.principal.device_id, ctx.principal.person_id, journal_of(ctx.session)
        if device is None:
            raise WrongDevice
        if len(house.watch) >= POKES_MAX:
            raise PokesFull(retry_s=60)
        return device, user, frozenset(m.scope for m in journal.user_scopes(user) if m.seq_out is None), journal.head()

    device, user, scopes, head = await looked(request, look)
    stream = PokeStream(house, device, Reader(user, scopes, head))
    await stream.open()
    return stream


class PokeStream(Response):
    """A stream that holds neither thread nor connection of the database while nothing moves, and little memory."""

    def __init__(self, house: House, device: str, reader: Reader) -> None:
        self.house, self.device, self.reader = house, device, reader
        self.until_at = house.clock.now() + timedelta(seconds=house.settings.access_token_s)
        self.background = None
        self.status_code = 200
        self.body = b""
        self.raw_headers = HEADERS

    async def open(self) -> None:
        """Tells that it is open, before the answer begins: what goes wrong can still be said."""
        await _announce(self.house, StreamOpened(self.device, self.until_at))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.house.watch.join(self.device, self.reader)
        given = False
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            connection = handing(scope)
            if connection is None:
                await self._pokes(receive, send)
            else:
                given = connection.hand_over(PokeLine(self.house, self.device, self.reader, self.until_at))
        finally:
            if not given:
                self.house.watch.leave(self.device, self.reader)
                with anyio.CancelScope(shield=True):
                    await _announce(self.house, StreamClosed(self.device, self.until_at))

    async def _pokes(self, receive: Receive, send: Send) -> None:
        """Until the sign-in has run out: no stream outlives the access token that it was opened by."""
        reader, loop = self.reader, asyncio.get_running_loop()
        until_s = loop.time() + self.house.settings.access_token_s
        line = RETRY
        gone = asyncio.create_task(_gone(receive, reader))
        try:
            while not reader.over and loop.time() < until_s:
                async with asyncio.timeout(POKE_SLOW_S):
                    await send({"type": "http.response.body", "body": line, "more_body": True})
                await asyncio.sleep(POKE_EVERY_S if line.startswith(b"data") else 0)
                moved = await reader.moved(_wait_s(until_s - loop.time()))
                line = _said(reader, moved)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except TimeoutError:
            pass  # a reader too slow to take a line: it will ask again
        finally:
            gone.cancel()


class PokeLine(Line):
    """The same stream where the server gives its connection away: it holds 3 KB instead of 19."""

    __slots__ = ("_device", "_house", "_loop", "_reader", "_resting", "_timer", "_until_at", "_until_s")

    def __init__(self, house: House, device: str, reader: Reader, until_at: datetime) -> None:
        self._house, self._device, self._reader, self._until_at = house, device, reader, until_at
        self._loop = asyncio.get_running_loop()
        self._until_s = self._loop.time() + house.settings.access_token_s
        self._resting = False

    def take(self, transport: asyncio.Transport, tasks: set[asyncio.Task[None]]) -> None:
        """Begins to wait on the connection."""
        super().take(transport, tasks)
        self.say(RETRY)
        self._timer = self._loop.call_later(_wait_s(self._until_s - self._loop.time()), self._go_on)
        self._reader.heard = self._heard
        if self._reader.over:
            self.hang_up()

    def connection_lost(self, _: Exception | None) -> None:
        """The stream is over, whoever ended it."""
        self._timer.cancel()
        self._reader.heard = None
        self._house.watch.leave(self._device, self._reader)
        self.before_end(_announce(self._house, StreamClosed(self._device, self._until_at)))

    def _heard(self) -> None:
        if self._reader.over or not self._resting:
            self._timer.cancel()
            self._go_on()

    def _go_on(self) -> None:
        left_s = self._until_s - self._loop.time()
        if self._reader.over or left_s <= 0:
            self.hang_up()
            return
        moved = self._reader.taken()
        if moved or not self._resting:
            self.say(_said(self._reader, moved))
        self._resting = moved
        self._timer = self._loop.call_later(POKE_EVERY_S if moved else _wait_s(left_s), self._go_on)


def _said(reader: Reader, moved: bool) -> bytes:
    return b'data: {"seq":%d}\n\n' % reader.seq if moved else b":\n\n"


def _wait_s(left_s: float) -> float:
    """How long a stream may say nothing, when its sign-in has so long left."""
    return min(POKE_HEARTBEAT_S, max(left_s, 0.01))


async def _announce(house: House, event: StreamOpened | StreamClosed) -> None:
    """Tells whoever pushes by a vendor; where nobody does, a stream costs no write."""
    if house.settings.push_gateway is PushGateway.none:
        return

    def tell() -> None:
        with house.db.transaction() as session:
            announce(house.ctx(session), event)

    async with house.write_gate:
        await run_in_threadpool(tell)


async def _gone(receive: Receive, reader: Reader) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    reader.end()
