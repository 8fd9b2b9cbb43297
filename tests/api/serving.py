"""An app on a real socket of this process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


@contextmanager
def serving(app: Any, http: Any) -> Iterator[uvicorn.Server]:
    """uvicorn on a free port. `http`: its protocol, `OneWrite` or a name of its own."""
    running = uvicorn.Server(uvicorn.Config(app, http=http, port=0, lifespan="off", log_level="error"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    try:
        yield running
    finally:
        running.should_exit = True
        thread.join()


def port_of(server: uvicorn.Server) -> int:
    """Where it listens."""
    found: int = server.servers[0].sockets[0].getsockname()[1]
    return found
