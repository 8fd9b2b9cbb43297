"""The frames of an answer as bytes: a JSON object a line."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from sync.journal import Entry


def line(frame: Mapping[str, Any]) -> bytes:
    """A frame as it travels."""
    return orjson.dumps(frame) + b"\n"


def row(entry: Entry, held_by: str) -> bytes:
    """A row frame; `held_by` is its `s`: the places of the scopes that hold it in the page's `scopes` frame."""
    t, row_id, ver, body, _, _ = entry
    assert body is not None
    head = f'{{"f":"row","t":"{t}","id":"{row_id}","ver":{ver},"s":{held_by},"d":'
    return b"".join((head.encode(), body, b"}\n"))


def places(entry: Entry, scopes: Sequence[str]) -> str:
    """Where the entry's scopes stand among the reader's, both sorted, as a frame tells it."""
    return orjson.dumps([bisect_left(scopes, scope) for scope in entry.scopes]).decode()
