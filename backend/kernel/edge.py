"""What every request passes before it is routed: id, size, time, log, metrics."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily, Metric
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kernel.clock import Clock
from backend.kernel.errors import BodyDamaged, BodyTooLarge, MediaUnsupported
from backend.kernel.http import Ready, SwiftRequest, SwiftRoute, answer_refusal, answered, first_of
from backend.kernel.ids import passing_id
from mobile_contract.integrity import HEADER, content_digest, is_whole
from sync.refusal import Refusal

log = structlog.get_logger("request")
ID_HEADER = b"x-request-id"
DIGEST_HEADER = HEADER.encode()
_GOOD_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
STREAMED = ("/attachments/",)
"""Paths that bound their own bodies, chunk by chunk."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods counted by name: whoever invents others must not fill the memory with counters."""
ENCODED = ("/sync/",)
"""Paths that take compressed bodies, and bound what comes out."""
HUNG_UP = 499
"""Counted where a sender went before its body was whole: nobody is there to be answered."""
WITHIN_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Times to answer that are told apart."""
Headers = Mapping[bytes, bytes]


class Metrics:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.group_commits = Gauge("gridcrew_group_commits", "Commits that pushes shared", registry=self.registry)
        self._tallies: dict[tuple[str, str, int], _Tally] = {}
        self.registry.register(self)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts one answer; on the event loop's thread alone, so without the locks of a counter for threads."""
        named = method, route, status
        tally = self._tallies.get(named)
        if tally is None:
            tally = self._tallies[named] = _Tally()
        tally.seconds += seconds
        tally.within[bisect_left(WITHIN_S, seconds)] += 1

    def collect(self) -> Iterator[Metric]:
        """What was counted, as it is scraped."""
        requests = CounterMetricFamily("gridcrew_requests", "Requests answered", labels=("method", "route", "status"))
        timed = HistogramMetricFamily("gridcrew_request_seconds", "Time to answer", labels=("method", "route"))
        by_route: dict[tuple[str, str], list[_Tally]] = {}
        for (method, route, status), tally in list(self._tallies.items()):
            requests.add_metric((method, route, str(status)), sum(tally.within))
            by_route.setdefault((method, route), []).append(tally)
        for labels, tallies in by_route.items():
            up_to = accumulate(map(sum, zip(*(tally.within for tally in tallies), strict=True)))
            buckets = [(str(bound), float(count)) for bound, count in zip((*WITHIN_S, "+Inf"), up_to, strict=True)]
            timed.add_metric(labels, buckets, sum(tally.seconds for tally in tallies))
        yield requests
        yield timed


class _Tally:
    """Answers of one sort: how long all took, and how many took how long."""

    __slots__ = ("seconds", "within")

    def __init__(self) -> None:
        self.seconds = 0.0
        self.within = [0] * (len(WITHIN_S) + 1)


class Edge:
    """What is called first with every request, outside all of the framework."""

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        metrics: Metrics,
        body_bytes_max: int,
        swift: Mapping[str, SwiftRoute],
        asgi: ASGIApp,
    ) -> None:
        """`swift`: by path, the routes that are called past the framework; `asgi`: the whole app, for its state."""
        self.app = app
        self._swift = swift
        self._asgi = asgi
        self._clock = clock
        self._metrics = metrics
        self._log = log.bind()
        self._limit = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = self._clock.monotonic_s()
        headers = first_of(scope["headers"])
        request_id = _request_id(headers)
        scope.setdefault("state", {})["request_id"] = request_id
        route = self._swift.get(scope["path"])
        reply = _Reply(scope["method"], send, request_id)
        try:
            if refusal := self._refused(scope["path"], headers):
                await answer_refusal(Request(scope), refusal)(scope, receive, reply)
            elif route is not None and scope["method"] in (route.methods or ()):
                await self._swiftly(route, scope, headers, receive, reply)
            else:
                await self._bounded(scope, headers, receive, reply)
        finally:
            self._count(scope, reply.status, self._clock.monotonic_s() - started, request_id)

    def _refused(self, path: str, headers: Headers) -> Refusal | None:
        """What is wrong with a request before its body is looked at."""
        if path.startswith(STREAMED):
            return None
        encoding = headers.get(b"content-encoding", b"identity")
        if encoding != b"identity" and not path.startswith(ENCODED):
            media = encoding.decode("latin-1").lower()
            return MediaUnsupported(media=media[:40]) if media != "identity" else None
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            return BodyTooLarge(limit_bytes=self._limit)
        return None

    async def _bounded(self, scope: Scope, headers: Headers, receive: Receive, reply: "_Reply") -> None:
        digest = headers.get(DIGEST_HEADER)
        if scope["path"].startswith(STREAMED) or (b"content-length" in headers and digest is None):
            await self.app(scope, receive, reply)
            return
        body = await self._whole(scope, receive, digest, reply)
        if body is None:
            return
        pieces: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return pieces.pop() if pieces else await receive()

        await self.app(scope, again, reply)

    async def _swiftly(
        self, route: SwiftRoute, scope: Scope, headers: Headers, receive: Receive, reply: "_Reply"
    ) -> None:
        """Answers at a swift route, past the framework."""
        body = await self._whole(scope, receive, headers.get(DIGEST_HEADER), reply)
        if body is None:
            return
        scope["app"] = self._asgi
        answer = await answered(route, SwiftRequest(scope, receive, headers, body))
        if isinstance(answer, Ready):
            await reply.at_once(answer)
        else:
            await answer(scope, receive, reply)

    async def _whole(self, scope: Scope, receive: Receive, digest: bytes | None, reply: "_Reply") -> bytes | None:
        """A whole body; None when there is nothing more to answer."""
        try:
            body = await self._gathered(receive, digest)
        except Refusal as refusal:
            await answer_refusal(Request(scope), refusal)(scope, receive, reply)
            return None
        if body is None:
            reply.status = HUNG_UP
        return body

    async def _gathered(self, receive: Receive, digest: bytes | None) -> bytes | None:
        """A whole body, None when its sender hung up. Refuses one beyond the limit, and one that is not what its digest
        says."""
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body"):
            pieces = bytearray(body)
            while message.get("more_body") and len(pieces) <= self._limit:
                message = await receive()
                pieces += message.get("body", b"")
            body = bytes(pieces)
        if message["type"] == "http.disconnect":
            return None
        if len(body) > self._limit:
            raise BodyTooLarge(limit_bytes=self._limit)
        if digest is not None and not is_whole(digest.decode("latin-1"), body):
            raise BodyDamaged
        return body

    def _count(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path_format", None) or getattr(route, "path", None) or "unrouted"
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.count(method, name, status, seconds)
        self._log.info(
            "answered",
            request_id=request_id,
            method=method,
            route=name,
            status=status,
            ms=round(seconds * 1000, 1),
        )


class _Reply:
    """How an answer leaves: with its request's id, the safe headers and the digest of a body that is whole."""

    __slots__ = ("_begun", "_more", "_names_body", "_send", "status")

    def __init__(self, method: str, send: Send, request_id: str) -> None:
        self.status = 500
        self._send = send
        self._more = ((ID_HEADER, request_id.encode()), *SAFE_HEADERS)
        self._names_body = method != "HEAD"
        self._begun: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *self._more]
            if self._names_body and any(name == b"content-length" for name, _ in message["headers"]):
                self._begun = message  # waits for the body, which is to be named by its digest
                return
        if self._begun is not None:
            start, self._begun = self._begun, None
            if message["type"] == "http.response.body" and not message.get("more_body"):
                start["headers"].append((DIGEST_HEADER, content_digest(message.get("body", b"")).encode()))
            await self._send(start)
        await self._send(message)

    async def at_once(self, answer: Ready) -> None:
        """An answer that is whole."""
        self.status = answer.status_code
        named = (DIGEST_HEADER, content_digest(answer.whole).encode())
        headers = [*answer.raw_headers, *self._more, named]
        await self._send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        await self._send({"type": "http.response.body", "body": answer.whole})


SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


def _request_id(headers: Headers) -> str:
    given = headers.get(ID_HEADER)
    wanted = given.decode("latin-1") if given is not None else ""
    return wanted if given is not None and _GOOD_ID.match(wanted) else passing_id()
