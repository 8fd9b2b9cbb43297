"""The least a server can do to give rows: read stored bytes and join them."""

import os
import sqlite3
from typing import Any

_DB = sqlite3.connect(os.environ.get("GRIDCREW_BENCH_ROWS", ":memory:"), check_same_thread=False)


async def joined(scope: Any, receive: Any, send: Any) -> None:
    """Every row, a line each."""
    if scope["type"] != "http":
        return
    rows = _DB.execute("SELECT body FROM rows ORDER BY ver").fetchall()
    body = b"".join([row[0] + b"\n" for row in rows])
    head = [(b"content-length", str(len(body)).encode()), (b"content-type", b"application/x-ndjson")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
