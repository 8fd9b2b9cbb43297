"""The frames of an answer as bytes: a JSON object a line."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from sync.journal import Entry


def line(frame: Mapping[str, Any]) -> bytes:
    """A frame as it travels."""
    return orjson.dumps(frame) + b"\n"


def row(entry: Entry, held_by: bytes) -> bytes:
    """A row frame; `held_by` is its `s`: the places of the scopes that hold it in the page's `scopes` frame."""
    assert entry.body is not None
    return b'{"f":"row","t":"%b","id":"%b","ver":%d,"s":%b,"d":%b}\n' % (
        entry.t.encode(),
        entry.id.encode(),
        entry.ver,
        held_by,
        entry.body,
    )


def places(entry: Entry, scopes: Sequence[str]) -> list[int]:
    """Where the entry's scopes stand among the reader's, both sorted."""
    return [bisect_left(scopes, scope) for scope in entry.scopes]
