"""The door of pokes: server-sent events that say `{seq}` and nothing else, when something of the reader's moved."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from backend.handsets.events import StreamClosed, StreamOpened
from backend.handsets.routes.sync import looked
from backend.handsets.rules import POKE_EVERY_S, POKE_HEARTBEAT_S, POKES_MAX, PokesFull, WrongDevice
from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.http import GUARDED, House, SwiftRoute, house_of, needs, refusals
from backend.kernel.journaling import journal_of
from backend.kernel.streams import Stream, Way, answer
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

    stream = PokeStream(house, *await looked(request, look))
    await stream.open()
    return Streamed(stream)


class Streamed(Response):
    """An answer that goes on. What is said for hours is not held by it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await answer(self._stream, HEADERS, scope, receive, send)


class PokeStream(Reader):
    """What one handset's stream says, and when. No stream outlives the access token that it was opened by.

    While nothing moves it holds neither thread nor connection of the database, and little memory.
    """

    __slots__ = ("_device", "_house", "_resting", "_said", "_timer", "_until_at", "_until_s", "_way")

    def __init__(self, house: House, device: str, user: str, scopes: frozenset[str], seq: int) -> None:
        super().__init__(user, scopes, seq)
        self._house, self._device, self._said = house, device, seq
        lasts_s = house.settings.access_token_s
        self._until_at, self._until_s = house.clock.now() + timedelta(seconds=lasts_s), self.loop.time() + lasts_s
        self._resting = False
        """Whether a poke was said less than POKE_EVERY_S ago."""
        self._timer: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Tells that it is open, before the answer begins: what goes wrong can still be said."""
        await _announce(self._house, StreamOpened(self._device, self._until_at))

    def begin(self, way: Way) -> None:
        """Begins to listen, and says so."""
        self._way = way
        self._house.watch.join(self._device, self)
        way.say(RETRY)
        self._rest(POKE_HEARTBEAT_S)

    def heard(self) -> None:
        """Goes on at once, or where it rests, after that."""
        if self.over or not self._resting:
            self._go_on()

    def _go_on(self) -> None:
        if self.over or self.loop.time() >= self._until_s:
            self._way.hang_up()
            return
        moved = self.seq > self._said
        if moved:
            self._said = self.seq
            self._way.say(b'data: {"seq":%d}\n\n' % self._said)
        elif not self._resting:
            self._way.say(b":\n\n")
        self._resting = moved
        self._rest(POKE_EVERY_S if moved else POKE_HEARTBEAT_S)

    def _rest(self, for_s: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        left_s = max(self._until_s - self.loop.time(), 0.01)
        self._timer = self.loop.call_later(min(for_s, left_s), self._go_on)

    def closed(self) -> Coroutine[Any, Any, None]:
        """Listens no more; it remains to tell so."""
        self.over = True
        if self._timer is not None:
            self._timer.cancel()
        self._house.watch.leave(self._device, self)
        return _announce(self._house, StreamClosed(self._device, self._until_at))


async def _announce(house: House, event: StreamOpened | StreamClosed) -> None:
    """Tells whoever pushes by a vendor; where nobody does, a stream costs no write."""
    if house.settings.push_gateway is PushGateway.none:
        return

    def tell() -> None:
        with house.db.transaction() as session:
            announce(house.ctx(session), event)

    async with house.write_gate:
        await run_in_threadpool(tell)
