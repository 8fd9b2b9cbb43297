"""Answers that go on for hours, by one of two ways: a connection of their own, or a task that carries them.

A server that can give a connection away says so in the request's extensions; a stream then holds no task, no request
and little memory. By a task it costs 16 KB.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol
from weakref import ref

import anyio

EXTENSION = "gridcrew.connection"
SLOW_S = 10.0
"""A reader that does not take a piece in this time is dropped by the task that carries it."""
_END = b"0\r\n\r\n"


class Way(Protocol):
    """How what a stream says leaves."""

    def say(self, piece: bytes) -> None:
        """Sends a piece of the answer."""

    def hang_up(self) -> None:
        """Ends the answer."""


class Stream(Protocol):
    """What is said and when; what the other side says meanwhile is not listened to."""

    def begin(self, way: Way) -> None:
        """The answer has begun: it goes on by `way`."""

    def closed(self) -> Coroutine[Any, Any, None]:
        """It is over, whoever ended it, even before it began; gives what is left to do before the server may end."""


class Handing(Protocol):
    """A connection that the server can give away."""

    def hand_over(self, stream: Stream) -> bool:
        """Gives it to `stream` once its answer has begun; false when the other side has hung up meanwhile."""


def extension(connection: Handing) -> dict[str, Any]:
    """What a server puts into the extensions of a request. Weak: a request must not hold its own connection."""
    return {EXTENSION: ref(connection)}


async def answer(
    stream: Stream,
    headers: Sequence[tuple[bytes, bytes]],
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """Answers with a stream: until it is over, or only until the connection is its own."""
    given = False
    try:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        connection = _handing(scope)
        if connection is None:
            await _carry(stream, receive, send)
        else:
            given = connection.hand_over(stream)
    finally:
        if not given:
            with anyio.CancelScope(shield=True):
                await stream.closed()


def _handing(scope: Mapping[str, Any]) -> Handing | None:
    found = scope.get("extensions", {}).get(EXTENSION)
    return found() if found is not None else None


class Given(asyncio.Protocol):
    """A connection that was given away: what is said leaves in chunks."""

    __slots__ = ("_stream", "_tasks", "_transport")

    def __init__(self, stream: Stream, transport: asyncio.Transport, tasks: set[asyncio.Task[None]]) -> None:
        """Takes the connection. `tasks`: what the server waits for before it ends."""
        self._stream, self._transport, self._tasks = stream, transport, tasks
        transport.set_protocol(self)
        stream.begin(self)

    def say(self, piece: bytes) -> None:
        self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def hang_up(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_END)
            self._transport.close()

    def pause_writing(self) -> None:
        """What was said before is not taken: a reader so slow is dropped, before what waits for it fills the memory."""
        self._transport.abort()

    def connection_lost(self, _: Exception | None) -> None:
        """The stream is over."""
        task = asyncio.get_running_loop().create_task(self._stream.closed())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        del self._stream  # the two hold each other


class _Carried:
    """A task that carries pieces on; an empty one ends it."""

    def __init__(self) -> None:
        self.pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def say(self, piece: bytes) -> None:
        self.pieces.put_nowait(piece)

    def hang_up(self) -> None:
        self.pieces.put_nowait(b"")


async def _carry(stream: Stream, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
    way = _Carried()
    stream.begin(way)
    gone = asyncio.create_task(_gone(receive, way))
    more = True
    try:
        while more:
            piece = await way.pieces.get()
            more = piece != b""
            async with asyncio.timeout(SLOW_S):
                await send({"type": "http.response.body", "body": piece, "more_body": more})
    except TimeoutError:
        pass  # it will ask again
    finally:
        gone.cancel()


async def _gone(receive: Callable[[], Awaitable[Any]], way: Way) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    way.hang_up()
