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

ASKED = b"GET %b HTTP/1.1\r\nHost: here\r\n\r\n"
PATIENCE_S = 5.0


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """At `/stream` a head, and its body much later; elsewhere both at once."""
    streams = scope["path"] == "/stream"
    length = [] if streams else [(b"content-length", b"4")]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    if streams:
        await asyncio.sleep(0.3)
    await send({"type": "http.response.body", "body": b"body"})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    config = uvicorn.Config(answering, http=OneWrite, port=0, lifespan="off", log_level="error")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join()


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
