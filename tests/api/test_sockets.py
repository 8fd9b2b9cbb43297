"""How answers leave a real socket."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from backend.cli.sockets import OneWrite
from backend.kernel import streams
from backend.kernel.streams import Way, answer
from tests.api.serving import port_of, serving

ASKED = b"GET %b HTTP/1.1\r\nHost: here\r\n\r\n"
PATIENCE_S = 5.0


class Two:
    """Says one thing at once, another soon after, and hangs up."""

    def begin(self, way: Way) -> None:
        way.say(b"one\n")
        self._timer = asyncio.get_running_loop().call_later(0.3, self._end, way)

    def _end(self, way: Way) -> None:
        way.say(b"two\n")
        way.hang_up()

    async def closed(self) -> None:
        self._timer.cancel()
        CLOSED.append(self)


class Much:
    """Says more than any socket holds."""

    def begin(self, way: Way) -> None:
        for _ in range(2):
            way.say(bytes(50_000_000))

    async def closed(self) -> None:
        CLOSED.append(self)


CLOSED: list[Two | Much] = []


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """At `/late` a head, and its body much later; at `/two` and `/much` a stream; elsewhere head and body at once."""
    if scope["path"] in ("/two", "/much"):
        await answer(Two() if scope["path"] == "/two" else Much(), [], scope, receive, send)
        return
    late = scope["path"] == "/late"
    length = [] if late else [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    if late:
        await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b"body"})


@pytest.fixture(scope="module")
def server() -> Iterator[uvicorn.Server]:
    with serving(answering, OneWrite) as running:
        yield running


@pytest.fixture(scope="module")
def other() -> Iterator[uvicorn.Server]:
    """One that cannot give a connection away."""
    with serving(answering, "httptools") as running:
        yield running


@pytest.fixture(scope="module")
def port(server: uvicorn.Server) -> int:
    return port_of(server)


def asked(port: int, path: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
    connection.sendall(ASKED % path)
    return connection


def test_an_answer_leaves_in_one_piece(port: int) -> None:
    for _ in range(20):
        with asked(port, b"/whole") as connection:
            assert connection.recv(1 << 16).endswith(b"\r\n\r\nbody")


def test_a_connection_serves_one_answer_after_another(port: int) -> None:
    with asked(port, b"/whole") as connection:
        for _ in range(3):
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 OK\r\n")
            connection.sendall(ASKED % b"/whole")


def test_the_head_of_a_stream_does_not_wait_for_its_body(port: int) -> None:
    with asked(port, b"/late") as connection:
        head = connection.recv(1 << 16)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"body" not in head
        assert b"body" in connection.recv(1 << 16)


def test_what_is_no_request_is_told_and_hung_up_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
        connection.sendall(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400")
        assert connection.recv(1 << 16) == b""


def comes(true: Callable[[], object]) -> bool:
    until = time.monotonic() + PATIENCE_S
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return bool(true())


def closed(server: uvicorn.Server) -> Two | Much:
    """The stream that was closed, once the server holds nothing of it."""
    assert comes(lambda: CLOSED and not server.server_state.tasks)
    return CLOSED.pop()


def test_a_stream_takes_its_connection_and_leaves_nothing_of_the_request(server: uvicorn.Server, port: int) -> None:
    with asked(port, b"/two") as connection, connection.makefile("rb") as told:
        head = iter(told.readline, b"\r\n")
        assert next(head) == b"HTTP/1.1 200 OK\r\n"
        assert b"transfer-encoding: chunked\r\n" in list(head)
        assert [told.readline() for _ in range(3)] == [b"4\r\n", b"one\n", b"\r\n"]
        assert comes(lambda: not server.server_state.tasks)
        assert not server.server_state.connections
        connection.sendall(ASKED % b"/whole")
        assert told.read() == b"4\r\ntwo\n\r\n0\r\n\r\n", "what is asked meanwhile is not listened to"
    assert isinstance(closed(server), Two)


def test_a_stream_is_carried_where_the_server_gives_no_connection_away(other: uvicorn.Server) -> None:
    with asked(port_of(other), b"/two") as connection, connection.makefile("rb") as told:
        assert list(iter(told.readline, b"\r\n"))
        assert [told.readline() for _ in range(3)] == [b"4\r\n", b"one\n", b"\r\n"]
        assert len(other.server_state.tasks) == 1
        assert [told.readline() for _ in range(5)] == [b"4\r\n", b"two\n", b"\r\n", b"0\r\n", b"\r\n"]
    assert isinstance(closed(other), Two)


def test_a_stream_whose_reader_hangs_up_is_closed(server: uvicorn.Server, other: uvicorn.Server) -> None:
    for each in (server, other):
        with asked(port_of(each), b"/two") as connection:
            assert connection.recv(1 << 16)
        assert isinstance(closed(each), Two)


def test_a_stream_that_is_not_taken_is_dropped_before_it_fills_the_memory(
    server: uvicorn.Server, other: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SLOW_S", 0.3)
    for each in (server, other):
        with asked(port_of(each), b"/much"):
            assert isinstance(closed(each), Much)
