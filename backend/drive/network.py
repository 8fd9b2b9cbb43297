"""Talk with the server: bytes there and back, bounded in size and time, packed on the way."""

import contextlib
import gzip
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
import zstandard

from backend.kernel.clock import SystemClock
from mobile_contract.integrity import HEADER, content_digest, is_whole

TIMEOUT = httpx2.Timeout(30.0, connect=5.0)
ANSWER_BYTES_MAX = 64_000_000
PACK_FROM_BYTES = 1_000
"""Smaller bodies travel as they are."""
TRIES_MAX = 4
PAUSE_FIRST_S = 0.25
PAUSE_MAX_S = 65.0
BUSY = (429, 503)
BAD_REQUEST = 400
DAMAGED = b'"code":"request.damaged"'

_clock = SystemClock()


class Unreachable(Exception):
    """No answer came, or it was cut: the phone is off line, as far as it can tell."""


class Problem(Exception):
    """The server said no, in words for people."""

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(said.get("code") or f"http.{status}")
        params, texts = said.get("params"), said.get("texts")
        self.params: dict[str, Any] = dict(params) if isinstance(params, dict) else {}
        self.texts: dict[str, str] = dict(texts) if isinstance(texts, dict) else {}
        super().__init__(f"{self.code}: {self.texts.get('en') or said.get('title') or status}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    rtt_ms: int

    def json(self) -> Any:
        """What a good answer says; None when it says nothing. Raises Unreachable where that is no JSON: whoever leads
        to the network answered in the server's place."""
        try:
            return orjson.loads(self.body) if self.body else None
        except orjson.JSONDecodeError as fault:
            raise Unreachable("somebody else answered") from fault

    def problem(self) -> Problem:
        """The refusal that this answer is."""
        said: Any = None
        with contextlib.suppress(Unreachable):
            said = self.json()
        return Problem(self.status, said if isinstance(said, dict) else {})


class Network:
    """One server, reached over HTTP."""

    def __init__(self, base_url: str, ca: Path | None = None, *, transport: httpx2.BaseTransport | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        verify: ssl.SSLContext | bool = ssl.create_default_context(cafile=ca) if ca else True
        self._client = httpx2.Client(
            base_url=self.base_url, timeout=TIMEOUT, verify=verify, transport=transport, trust_env=False
        )
        self.tries_max = TRIES_MAX
        self.tell: Callable[[str], None] = lambda _: None
        """Hears when a request is tried again, and why."""

    def close(self) -> None:
        """Lets go of the connections."""
        self._client.close()

    def ask(self, method: str, path: str, said: Any = None, *, token: str = "") -> Any:
        """A question in JSON and its answer; raises Problem or Unreachable."""
        answer = self.send(method, path, None if said is None else orjson.dumps(said), token=token)
        if answer.status >= 400:
            raise answer.problem()
        return answer.json()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        token: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Sends until an answer comes, the same bytes each time: for doors that take a repeat.

        Raises Unreachable after `tries_max` tries without one.
        """
        who = {"authorization": f"Bearer {token}"} if token else {}
        for turn in range(1, self.tries_max + 1):
            last = turn == self.tries_max
            try:
                answer = self.once(method, path, body, headers=who | dict(headers or {}))
            except Unreachable as fault:
                if last:
                    raise
                self.tell(str(fault))
                self.pause(turn)
                continue
            if answer.status not in BUSY or last or pause_s(answer, turn) > PAUSE_MAX_S:
                return answer
            self.tell(answer.problem().code)
            self.pause(turn, answer)
        raise AssertionError("the last try answers or raises")

    def pause(self, turn: int, answer: "Answer | None" = None) -> None:
        """Waits before the next try, longer each time, or as long as the answer asked for."""
        time.sleep(min(pause_s(answer, turn), PAUSE_MAX_S))

    def once(
        self, method: str, path: str, body: bytes | None, *, headers: Mapping[str, str], pack: bool = False
    ) -> Answer:
        """One try. Raises Unreachable when no whole answer came."""
        wanted = {"accept-encoding": "zstd, gzip", "accept-language": "zh"}
        if body is not None:
            wanted["content-type"] = "application/json"
        if pack and body is not None and len(body) >= PACK_FROM_BYTES:
            body, wanted["content-encoding"] = zstandard.compress(body, 3), "zstd"
        if body:
            wanted[HEADER] = content_digest(body)
        began = _clock.monotonic_s()
        try:
            request = self._client.build_request(method, path, content=body, headers=wanted | dict(headers))
            answer = self._client.send(request, stream=True)
            try:
                raw = b"".join(answer.iter_raw())
            finally:
                answer.close()
            if not is_whole(answer.headers.get(HEADER, ""), raw):
                raise Unreachable("the answer was damaged on its way")
            plain = _unpacked(raw, answer.headers.get("content-encoding", ""))
        except (httpx2.TransportError, httpx2.StreamError, zstandard.ZstdError, OSError, EOFError) as fault:
            raise Unreachable(f"{type(fault).__name__}: {fault}") from fault
        rtt_ms = int((_clock.monotonic_s() - began) * 1000)
        if answer.status_code == BAD_REQUEST and DAMAGED in plain:
            raise Unreachable("the request was damaged on its way")
        if answer.is_redirect:
            raise Unreachable("somebody else answered: the server sends nobody elsewhere")
        return Answer(answer.status_code, plain, answer.headers, rtt_ms)


def pause_s(answer: Answer | None, turn: int) -> float:
    """How long to wait before the next try."""
    told = answer.headers.get("retry-after", "") if answer is not None else ""
    return float(told) if told.isdigit() else PAUSE_FIRST_S * 2.0 ** (turn - 1)


def _unpacked(raw: bytes, encoding: str) -> bytes:
    if encoding == "zstd":
        if zstandard.get_frame_parameters(raw).content_size > ANSWER_BYTES_MAX:
            raise EOFError("the answer is too large")
        return zstandard.ZstdDecompressor().decompress(raw)
    return gzip.decompress(raw) if encoding == "gzip" else raw
