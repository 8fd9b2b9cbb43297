"""Listening: free ports, two servers over one app, an end that loses nothing."""

import asyncio
import contextlib
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backend.kernel import heap

if TYPE_CHECKING:
    import uvicorn

    from backend.kernel.tls import Certificates

PORTS_TRIED = 50
TURN_S = 0.0005
"""How long a thread may go on while another wants the interpreter. Python's own 5 ms is what the writer would wait
after each answer of the database while a request is read, and a small request while an import is worked on."""
CLOSE_WAIT_S = 10
"""How long answers under way may take once the end was asked for."""


def listen(host: str, port: int, *, exact: bool) -> socket.socket:
    """A socket bound to `port`, or to the next free one when it need not be `exact`. Raises OSError."""
    fault: OSError | None = None
    for wanted in [port] if exact or port == 0 else range(port, port + PORTS_TRIED):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, wanted))
            return found  # it listens once the app can answer: nobody is kept waiting meanwhile
        except OSError as taken:
            found.close()
            fault = taken
    assert fault is not None
    raise fault


def port_of(listening: socket.socket) -> int:
    """The port of a listening socket."""
    return int(listening.getsockname()[1])


def serve(
    app: Any,
    plain: socket.socket | None,
    secure: socket.socket | None,
    certificates: "Certificates | None",
    *,
    ready: Callable[[], None],
    before_end: Callable[[], None],
) -> None:
    """Serves one app on a plain and a secure socket until SIGINT or SIGTERM.

    `ready` is called once all of them answer; `before_end` when no more requests come and the house is still open.
    """
    heap.share_heaps()
    heap.keep_what_stands()
    sys.setswitchinterval(TURN_S)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(app, plain, secure, certificates, ready, before_end))


def _loop_factory() -> Any:
    """What makes the quickest loop that this machine has."""
    from uvicorn.loops.auto import auto_loop_factory

    return auto_loop_factory()


async def _serve(
    app: Any,
    plain: socket.socket | None,
    secure: socket.socket | None,
    certificates: "Certificates | None",
    ready: Callable[[], None],
    before_end: Callable[[], None],
) -> None:
    first = plain or secure
    assert first is not None
    main = _server(app, certificates if plain is None else None, lifespan=True)
    others = [(_server(app, certificates, lifespan=False), secure)] if plain and secure else []
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(server.serve([listening])) for server, listening in [(main, first), *others]]
    servers = [main, *(server for server, _ in others)]
    while not all(server.started for server in servers) and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    ready()
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    app.state.house.watch.close()  # streams of pokes would keep their server from ending
    for server, task in zip(servers[1:], tasks[1:], strict=True):
        server.should_exit = True
        await task
    await asyncio.to_thread(before_end)  # the main server's end closes the house
    main.should_exit = True
    await tasks[0]


def _server(app: Any, certificates: "Certificates | None", *, lifespan: bool) -> "uvicorn.Server":
    import uvicorn

    from backend.cli.sockets import OneWrite

    class Server(uvicorn.Server):
        """Leaves the signals to us."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app,
        http=OneWrite,
        lifespan="on" if lifespan else "off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CLOSE_WAIT_S,
        ssl_certfile=certificates.leaf if certificates else None,
        ssl_keyfile=certificates.leaf_key if certificates else None,
        ssl_version=ssl.PROTOCOL_TLS_SERVER,
    )
    return Server(config)


def certificates_in(folder: Path) -> "Certificates":
    """The certificates of this machine, made or renewed as needed."""
    from backend.kernel.clock import SystemClock
    from backend.kernel.tls import ensure_certificates, machine_names

    return ensure_certificates(folder / "certificates", machine_names(), SystemClock().now())
