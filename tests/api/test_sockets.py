"""How answers leave a real socket."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from backend.cli.sockets import OneWrite
from backend.kernel.streams import Line, handing

ASKED = b"GET %b HTTP/1.1\r\nHost: here\r\n\r\n"
PATIENCE_S = 5.0


ENDED: list[Line] = []


class Two(Line):
    """Says one thing at once, another when it is spoken to, and hangs up."""

    def take(self, transport: asyncio.Transport, tasks: set[asyncio.Task[None]]) -> None:
        super().take(transport, tasks)
        self.say(b"one\n")

    def data_received(self, _: bytes) -> None:
        self.say(b"two\n")
        self.hang_up()

    def connection_lost(self, _: Exception | None) -> None:
        ENDED.append(self)


class Much(Line):
    """Says more than any socket holds."""

    def take(self, transport: asyncio.Transport, tasks: set[asyncio.Task[None]]) -> None:
        super().take(transport, tasks)
        self.say(bytes(100_000_000))

    def connection_lost(self, _: Exception | None) -> None:
        ENDED.append(self)


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """At `/stream` a head, and its body much later; at `/given` a head, and lines from who is given the connection;
    elsewhere both at once."""
    if scope["path"].startswith("/given"):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        connection = handing(scope)
        assert connection is not None
        heir = Much() if scope["path"].endswith("much") else Two()
        assert connection.hand_over(heir)
        return
    streams = scope["path"] == "/stream"
    length = [] if streams else [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    if streams:
        await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b"body"})


@pytest.fixture(scope="module")
def server() -> Iterator[uvicorn.Server]:
    config = uvicorn.Config(answering, http=OneWrite, port=0, lifespan="off", log_level="error")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running
    running.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def port(server: uvicorn.Server) -> int:
    found: int = server.servers[0].sockets[0].getsockname()[1]
    return found


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
    with asked(port, b"/stream") as connection:
        head = connection.recv(1 << 16)
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"body" not in head
        assert b"body" in connection.recv(1 << 16)


def test_what_is_no_request_is_told_and_hung_up_on(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
        connection.sendall(b"\x16\x03\x01 no HTTP at all\r\n\r\n")
        assert connection.recv(1 << 16).startswith(b"HTTP/1.1 400")
        assert connection.recv(1 << 16) == b""


def test_a_stream_takes_its_connection_and_leaves_nothing_of_the_request(server: uvicorn.Server, port: int) -> None:
    with asked(port, b"/given") as connection, connection.makefile("rb") as answer:
        head = iter(answer.readline, b"\r\n")
        assert next(head) == b"HTTP/1.1 200 OK\r\n"
        assert b"transfer-encoding: chunked\r\n" in list(head)
        assert [answer.readline() for _ in range(3)] == [b"4\r\n", b"one\n", b"\r\n"]
        until = time.monotonic() + PATIENCE_S
        while server.server_state.tasks and time.monotonic() < until:
            time.sleep(0.01)
        assert not server.server_state.tasks
        assert not server.server_state.connections
        connection.sendall(ASKED % b"/whole")
        assert answer.read() == b"4\r\ntwo\n\r\n0\r\n\r\n", "what is asked meanwhile is not listened to"
    assert isinstance(ENDED.pop(), Two)


def test_a_stream_that_is_not_taken_is_dropped_before_it_fills_the_memory(port: int) -> None:
    with asked(port, b"/given/much"):
        until = time.monotonic() + PATIENCE_S
        while not ENDED and time.monotonic() < until:
            time.sleep(0.01)
    assert isinstance(ENDED.pop(), Much)
