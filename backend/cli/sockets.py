"""Answers in one piece: head and body leave by one call of the system, not by two, which wake the other side twice.

A stream that waits takes its connection over: nothing of the request or of HTTP's machinery then stays in memory.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from backend.kernel import streams

_HEAD = b"HTTP/1.1 "


class OneWrite(HttpToolsProtocol):
    """uvicorn's protocol on a transport that holds the head of an answer until the body comes."""

    def connection_made(self, transport: Any) -> None:
        """Begins a connection."""
        super().connection_made(_Joining(transport, self.loop.call_soon))  # type: ignore[arg-type]  # acts as the transport that it holds

    def on_message_begin(self) -> None:
        """Begins a request, which may ask for its connection."""
        super().on_message_begin()
        self.scope["extensions"] = streams.extension(self)

    def hand_over(self, stream: streams.Stream) -> bool:
        """Gives the connection to `stream` for good; false when the other side has hung up meanwhile."""
        assert self.cycle.response_started, "a stream goes on with an answer that has begun"
        if self.cycle.disconnected:
            return False
        transport = self.transport.let_go()  # type: ignore[attr-defined]  # a _Joining
        self.cycle.disconnected = True  # what its app still does concerns nobody
        self.flow.resume_reading()
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        self.parser = None  # type: ignore[assignment]  # as when a connection is lost: the two hold each other
        streams.Given(stream, transport, self.tasks)
        return True


class _Joining:
    """A transport. What it holds leaves with what follows, or when the loop turns."""

    __slots__ = ("_held", "_soon", "_transport")

    def __init__(self, transport: asyncio.Transport, soon: Callable[[Callable[[], None]], Any]) -> None:
        self._transport = transport
        self._soon = soon
        self._held: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, piece: bytes) -> None:
        """Writes a piece; a head waits."""
        if self._held is not None:
            held, self._held = self._held, None
            self._transport.writelines((held, piece))
        elif piece.startswith(_HEAD):
            self._held = piece
            self._soon(self._let_go)
        else:
            self._transport.write(piece)

    def close(self) -> None:
        """Closes it once all that was written has left."""
        self._let_go()
        self._transport.close()

    def let_go(self) -> asyncio.Transport:
        """The transport itself, with nothing held back."""
        self._let_go()
        return self._transport

    def _let_go(self) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            self._transport.write(held)
