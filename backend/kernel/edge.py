"""What every request passes before it is routed: id, size, time, log, metrics."""

import re
from collections.abc import Mapping
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kernel.clock import Clock
from backend.kernel.errors import BodyDamaged, BodyTooLarge, MediaUnsupported
from backend.kernel.http import SwiftRoute, answer_refusal, answered
from backend.kernel.ids import new_id
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


class Metrics:
    """The counters of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("gridcrew_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram(
            "gridcrew_request_seconds", "Time to answer", ("method", "route"), registry=self.registry
        )
        self.group_commits = Gauge("gridcrew_group_commits", "Commits that pushes shared", registry=self.registry)


class Edge:
    """ASGI middleware, outermost."""

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
        self._limit = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = self._clock.monotonic_s()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        begun: Message | None = None

        async def sending(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (ID_HEADER, request_id.encode()), *SAFE_HEADERS]
                if scope["method"] != "HEAD" and any(name == b"content-length" for name, _ in message["headers"]):
                    begun = message  # waits for the body, which is to be named by its digest
                    return
            if begun is not None:
                start, begun = begun, None
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    start["headers"].append((DIGEST_HEADER, content_digest(message.get("body", b"")).encode()))
                await send(start)
            await send(message)

        try:
            await self._bounded(scope, receive, sending)
        finally:
            self._count(scope, status, self._clock.monotonic_s() - started, request_id)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        headers = dict(scope["headers"])
        if path.startswith(STREAMED):
            await self.app(scope, receive, send)
            return
        encoding = headers.get(b"content-encoding", b"identity").decode("latin-1").lower()
        if encoding != "identity" and not path.startswith(ENCODED):
            await answer_refusal(Request(scope), MediaUnsupported(media=encoding[:40]))(scope, receive, send)
            return
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._limit:
            await answer_refusal(Request(scope), BodyTooLarge(limit_bytes=self._limit))(scope, receive, send)
            return
        digest = headers.get(DIGEST_HEADER)
        if b"content-length" not in headers or digest is not None:
            receive = await self._gathered(receive, digest)
            refusal = REFUSED.get(receive)
            if refusal is not None:
                await answer_refusal(Request(scope), refusal(limit_bytes=self._limit))(scope, receive, send)
                return
        await self._passed_on(scope, receive, send)

    async def _passed_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self._swift.get(scope["path"])
        if route is None or scope["method"] not in (route.methods or ()):
            await self.app(scope, receive, send)
            return
        scope["app"] = self._asgi
        answer = await answered(route, Request(scope, receive))
        await answer(scope, receive, send)

    async def _gathered(self, receive: Receive, digest: bytes | None) -> Receive:
        """Reads a body up to the limit, to be given again as one piece, when it is what its digest says."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            if len(body) > self._limit:
                return TOO_LARGE
            if not message.get("more_body"):
                break
        if digest is not None and not is_whole(digest.decode("latin-1"), bytes(body)):
            return DAMAGED
        pieces: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def again() -> Message:
            return pieces.pop() if pieces else await receive()

        return again

    def _count(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route: Any = scope.get("route")
        name = getattr(route, "path_format", None) or getattr(route, "path", None) or "unrouted"
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method, name, str(status)).inc()
        self._metrics.seconds.labels(method, name).observe(seconds)
        log.info(
            "answered",
            request_id=request_id,
            method=method,
            route=name,
            status=status,
            ms=round(seconds * 1000, 1),
        )


async def TOO_LARGE() -> Message:  # noqa: N802 - a mark, not a deed
    """Stands for a body beyond the limit."""
    return {"type": "http.disconnect"}


async def DAMAGED() -> Message:  # noqa: N802 - a mark, not a deed
    """Stands for a body that is not what its digest says."""
    return {"type": "http.disconnect"}


REFUSED: dict[Receive, type[Refusal]] = {TOO_LARGE: BodyTooLarge, DAMAGED: BodyDamaged}


SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(ID_HEADER, b"").decode("latin-1")
    return given if _GOOD_ID.match(given) else new_id()
