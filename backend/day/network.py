"""A bad network between a phone and the server: answers lost or cut, requests repeated, uploads cut in the middle."""

import random
import ssl
import threading
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import httpx2

PUSH, PULL, UPLOADS = "/sync/v1/push", "/sync/v1/pull", "/attachments/v1/uploads/"


class Fault(StrEnum):
    """What a network does to an exchange."""

    lost = "lost"
    """The server has done it, and the answer never comes."""
    repeated = "repeated"
    """The request arrives twice."""
    cut = "cut"
    """The answer ends in the middle."""
    cut_upload = "cut_upload"
    """The request ends in the middle."""


FITS = {
    Fault.lost: (PUSH, PULL, UPLOADS),
    Fault.repeated: (PUSH, UPLOADS),
    Fault.cut: (PUSH, PULL),
    Fault.cut_upload: (UPLOADS,),
}


class Traffic:
    """All phones' requests of the day, counted; whoever waits for a moment under load is woken."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.requests = 0

    def passed(self) -> None:
        """One more request is on its way."""
        with self._changed:
            self.requests += 1
            self._changed.notify_all()

    def wait_for(self, count: int, timeout_s: float) -> bool:
        """Waits until so many requests have passed in all; False when they did not come."""
        with self._changed:
            return self._changed.wait_for(lambda: self.requests >= count, timeout_s)


class BadNetwork(httpx2.BaseTransport):
    """Plays the network of one phone. `sure` faults come once each at the first exchange they fit; others by chance."""

    def __init__(self, chance: random.Random, traffic: Traffic, ca: Path | None = None) -> None:
        self._inner = httpx2.HTTPTransport(verify=ssl.create_default_context(cafile=ca) if ca else True)
        self._chance = chance
        self._traffic = traffic
        self.rate = 0.0
        self.sure: list[Fault] = []
        self.happened: Counter[str] = Counter()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One exchange, as this network lets it happen."""
        self._traffic.passed()
        fault = self._fault(request)
        if fault is None:
            return self._inner.handle_request(request)
        self.happened[fault.value] += 1
        if fault is Fault.cut_upload:
            return self._cut_upload(request)
        body = request.read()
        answer = self._whole(request, body)
        if fault is Fault.repeated:
            return self._whole(request, body)
        if fault is Fault.lost:
            raise httpx2.ReadError("the answer was lost", request=request)
        raw = b"".join(answer.iter_raw())
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=_Cut(raw[: len(raw) // 2]))

    def _whole(self, request: httpx2.Request, body: bytes) -> httpx2.Response:
        sent = httpx2.Request(request.method, request.url, headers=request.headers, content=body)
        sent.extensions = request.extensions
        answer = self._inner.handle_request(sent)
        try:
            raw = b"".join(answer.iter_raw())
        finally:
            answer.close()
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(raw))

    def _cut_upload(self, request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        request.stream = _Cut(body[: len(body) // 2])
        return self._inner.handle_request(request)

    def _fault(self, request: httpx2.Request) -> Fault | None:
        path = request.url.path
        fitting = [f for f, doors in FITS.items() if path.startswith(doors) and _bears(f, request)]
        for fault in self.sure:
            if fault in fitting:
                self.sure.remove(fault)
                return fault
        if fitting and self._chance.random() < self.rate:
            return self._chance.choice(fitting)
        return None

    def close(self) -> None:
        """Lets go of the connections."""
        self._inner.close()


def _bears(fault: Fault, request: httpx2.Request) -> bool:
    return fault is not Fault.cut_upload or request.method == "PATCH"


class _Cut(httpx2.SyncByteStream):
    """Bytes that stop before their end, as a connection that breaks."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content
        raise httpx2.ReadError("the connection broke")
