"""A bad wire between handsets and the server: a TCP proxy that cuts, delays, flips bits, and sends things twice."""

import asyncio
import random
import threading
from collections import Counter
from typing import Self

PIECE_BYTES = 4_096
FAULTS = ("cut_up", "cut_down", "delay", "flip_up", "flip_down", "repeat")


class BadWire:
    """A proxy in a thread of its own. Each connection may meet one fault, by chance; `calm` ends that."""

    def __init__(self, port: int, seed: int, rate: float) -> None:
        self._target = port
        self._chance = random.Random(seed)
        self._rate = rate
        self.happened: Counter[str] = Counter()
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bad-wire")

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def calm(self) -> None:
        """From now on everything passes as it is."""
        self._rate = 0.0

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._over = asyncio.Event()
        server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await asyncio.wait(others, timeout=5) if others else None

    async def _met(self, phone: asyncio.StreamReader, to_phone: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            to_phone.close()
            return
        self._open |= {to_phone, to_server}
        try:
            ups = self._pass(phone, to_server, "up", [to_server, to_phone])
            downs = self._pass(server, to_phone, "down", [to_server, to_phone])
            await asyncio.gather(ups, downs, return_exceptions=True)
        finally:
            for writer in (to_server, to_phone):
                self._open.discard(writer)
                writer.close()

    async def _pass(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        way: str,
        both: list[asyncio.StreamWriter],
    ) -> None:
        """Passes bytes one way; whatever befalls them befalls one piece at a time."""
        while piece := await source.read(PIECE_BYTES):
            fault = self._chance.choice(FAULTS) if self._chance.random() < self._rate else ""
            if fault == f"cut_{way}":
                self.happened[fault] += 1
                sink.write(piece[: self._chance.randrange(len(piece))])
                for writer in both:
                    writer.close()
                return
            if fault == "delay":
                self.happened[fault] += 1
                await asyncio.sleep(self._chance.uniform(0.01, 0.3))
            elif fault == f"flip_{way}":
                self.happened[fault] += 1
                piece = self._flipped(piece)
            elif fault == "repeat" and way == "up" and piece.startswith(b"POST /sync/v1/push"):
                self.happened[fault] += 1
                await self._send_apart(piece)
            sink.write(piece)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()

    def _flipped(self, piece: bytes) -> bytes:
        """One bit of a body, or of the head's last line: what reaches the reader is not what was sent."""
        body = piece.find(b"\r\n\r\n")
        first = body + 4 if 0 <= body < len(piece) - 4 else 0
        if body >= 0 and first == 0:
            return piece  # a head alone: its length and names are the transport's to guard
        at = self._chance.randrange(first, len(piece))
        return piece[:at] + bytes([piece[at] ^ (1 << self._chance.randrange(8))]) + piece[at + 1 :]

    async def _send_apart(self, piece: bytes) -> None:
        """The same request once more, on a connection of its own; its answer reaches nobody."""
        head, _, body = piece.partition(b"\r\n\r\n")
        length = next(
            (int(x.split(b":")[1]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length")), 0
        )
        if len(body) != length:
            return
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        writer.write(piece)
        await writer.drain()
        await reader.read(PIECE_BYTES)
        writer.close()
