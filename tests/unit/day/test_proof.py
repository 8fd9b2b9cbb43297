"""The proof of the day sees what is missing, twice or strange; the bad network does what it says."""

import random

import httpx2
import pytest

from backend.day.check import compare
from backend.day.network import PUSH, BadNetwork, Fault, Traffic


def test_each_exactly_once_is_good() -> None:
    assert compare("scan", ["a", "b"], ["b", "a"]).good


@pytest.mark.parametrize("known", [["a"], ["a", "b", "b"], ["a", "b", "c"], []])
def test_anything_else_is_not(known: list[str]) -> None:
    count = compare("scan", ["a", "b"], known)
    assert not count.good
    assert count.missing or count.twice or count.strange


class Server(httpx2.BaseTransport):
    """Counts what arrives."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(request.read())
        return httpx2.Response(200, stream=httpx2.ByteStream(b"0123456789"))


@pytest.mark.parametrize(("fault", "arrivals"), [(Fault.lost, 1), (Fault.repeated, 2), (Fault.cut, 1)])
def test_a_fault_happens_once_behind_the_phones_back(fault: Fault, arrivals: int) -> None:
    network, server = BadNetwork(random.Random(1), Traffic()), Server()
    network._inner = server  # type: ignore[assignment]  # a server that is not there
    network.sure = [fault]
    with httpx2.Client(base_url="http://here", transport=network) as client:
        if fault is Fault.repeated:
            assert client.post(PUSH, content=b"x").content == b"0123456789"
        else:
            with pytest.raises(httpx2.TransportError):
                client.post(PUSH, content=b"x")
        assert server.bodies == [b"x"] * arrivals
        assert client.post(PUSH, content=b"y").content == b"0123456789"
    assert network.happened == {fault.value: 1}
