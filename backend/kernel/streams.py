"""Connections that outlive their requests: a stream that waits for hours holds no task, no request and little memory.

A server that can hand a connection over says so in the request's extensions; where it cannot, a stream is answered as
any other, and costs 16 KB.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol
from weakref import ref

EXTENSION = "gridcrew.connection"
_END = b"0\r\n\r\n"


class Handing(Protocol):
    """A connection that the server can give away."""

    def hand_over(self, heir: "Line") -> bool:
        """Gives it to `heir` once its answer has begun; false when the other side has hung up meanwhile."""


def extension(connection: Handing) -> dict[str, Any]:
    """What a server puts into the extensions of a request. Weak: a request must not hold its own connection."""
    return {EXTENSION: ref(connection)}


def handing(scope: Mapping[str, Any]) -> Handing | None:
    """The connection of a request, where its server can give it away."""
    found = scope.get("extensions", {}).get(EXTENSION)
    return found() if found is not None else None


class Line(asyncio.Protocol):
    """A connection whose answer has begun and goes on in chunks; what the other side says is not listened to."""

    __slots__ = ("_tasks", "_transport")

    def take(self, transport: asyncio.Transport, tasks: set[asyncio.Task[None]]) -> None:
        """Takes the connection. `tasks`: what the server waits for before it ends."""
        self._transport, self._tasks = transport, tasks
        transport.set_protocol(self)

    def before_end(self, work: Coroutine[Any, Any, None]) -> None:
        """Does what is left to do when the stream is over; the server does not end before."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def say(self, piece: bytes) -> None:
        """Sends a piece of the answer."""
        self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def hang_up(self) -> None:
        """Ends the answer and the connection."""
        if not self._transport.is_closing():
            self._transport.write(_END)
            self._transport.close()

    def pause_writing(self) -> None:
        """What was said before is not taken: a reader so slow is dropped, before what waits for it fills the memory."""
        self._transport.abort()
