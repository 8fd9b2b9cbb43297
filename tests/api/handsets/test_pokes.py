"""Pokes over a real socket: where the server gives the connection away, and where it carries the stream."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest
from fastapi import FastAPI

from backend.cli.sockets import OneWrite
from backend.handsets.routes import pokes
from tests.api.handsets.conftest import Field
from tests.api.serving import port_of, serving
from tests.phones import Phone

PATIENCE_S = 5.0


@pytest.fixture(params=[OneWrite, "httptools"], ids=["given", "carried"])
def url(request: pytest.FixtureRequest, app: FastAPI) -> Iterator[str]:
    """A server that gives connections away, and one that cannot."""
    with serving(app, request.param) as running:
        yield f"http://127.0.0.1:{port_of(running)}/sync/v1/pokes"


@contextmanager
def listening(url: str, phone: Phone) -> Iterator[Iterator[str]]:
    """What the phone's stream says, line by line."""
    with httpx2.stream("GET", url, headers=phone.headers, timeout=PATIENCE_S) as answer:
        assert answer.status_code == 200
        said = (line for line in answer.iter_lines() if line)
        assert next(said) == "retry: 5000"
        yield said


def nobody_listens(crews: Field) -> bool:
    until = time.monotonic() + PATIENCE_S
    while len(crews.house.watch) and time.monotonic() < until:
        time.sleep(0.01)
    return not len(crews.house.watch)


def test_a_handset_is_poked_at_most_once_a_second(url: str, crews: Field) -> None:
    with listening(url, crews.phone("crew")) as said:
        crews.order()
        first, at = next(said), time.monotonic()
        crews.order()
        second = next(said)
        assert time.monotonic() - at > 0.9 * pokes.POKE_EVERY_S
    seqs = [json.loads(line.removeprefix("data: "))["seq"] for line in (first, second)]
    assert seqs[0] < seqs[1]
    assert nobody_listens(crews)


def test_a_silent_stream_gives_signs_of_life_until_its_sign_in_runs_out(
    url: str, crews: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = crews.phone("crew")
    monkeypatch.setattr(pokes, "POKE_HEARTBEAT_S", 0.2)
    crews.house.settings = crews.house.settings.model_copy(update={"access_token_s": 1})
    with listening(url, phone) as said:
        began = time.monotonic()
        signs = list(said)
        assert time.monotonic() - began > 0.8
    assert set(signs) == {":"}
    assert len(signs) <= 5
    assert nobody_listens(crews)


def test_a_second_stream_of_a_handset_ends_the_first(url: str, crews: Field) -> None:
    phone = crews.phone("crew")
    with listening(url, phone) as first, listening(url, phone):
        assert list(first) == []
    assert nobody_listens(crews)


class Kept:
    """A way that keeps what is said."""

    def __init__(self) -> None:
        self.said: list[bytes] = []

    def say(self, piece: bytes) -> None:
        self.said.append(piece)

    def hang_up(self) -> None:
        pass


def test_a_stream_that_is_closed_says_nothing_of_what_it_hears_then(crews: Field) -> None:
    async def play() -> list[bytes]:
        stream, way = pokes.PokeStream(crews.house, "phone", crews.id("crew"), frozenset(), 1_000_000), Kept()
        stream.begin(way)
        stream.wake(1_000_001)
        await stream.closed()
        await asyncio.sleep(0)
        return way.said

    assert asyncio.run(play()) == [pokes.RETRY]
