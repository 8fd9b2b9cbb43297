"""The edge, spoken to below HTTP: bodies of no declared length, methods that nobody knows."""

import anyio
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.types import Message, Scope

from tests.makers import District


def scope_of(path: str) -> Scope:
    headers = [(b"content-type", b"application/json"), (b"host", b"testserver")]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "2",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "https",
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 443),
    }


def test_a_body_of_no_declared_length_is_bounded_in_http_2_too(app: FastAPI, district: District) -> None:
    """HTTP/2 knows no Transfer-Encoding: a body without Content-Length was read whole, however long."""
    taken, answered = 0, list[Message]()

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": taken < 1_000}

    async def send(message: Message) -> None:
        answered.append(message)

    anyio.run(app, scope_of("/auth/v1/sign-in"), receive, send)
    assert answered[0]["status"] == 413
    assert taken <= 12


def test_methods_that_nobody_knows_do_not_fill_the_memory(client: TestClient) -> None:
    for i in range(20):
        answer = client.request(f"STRANGE{i}", "/healthz")
        assert answer.status_code == 405
        assert answer.json()["code"] == "request.method_not_allowed"
    told = client.get("/metrics").text
    assert "STRANGE" not in told
    assert 'method="other",route="/healthz",status="405"' in told


@pytest.mark.parametrize("path", ["/sync/v1/pull", "/workorders/v1/orders"])
def test_nobody_is_answered_who_hung_up_in_the_middle_of_a_body(app: FastAPI, district: District, path: str) -> None:
    pieces: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": b"{", "more_body": True}]
    answered = list[Message]()

    async def receive() -> Message:
        return pieces.pop()

    async def send(message: Message) -> None:
        answered.append(message)

    anyio.run(lambda: app(scope_of(path), receive, send))
    assert answered == []
