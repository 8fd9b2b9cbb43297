"""Pages of a list: a cursor names the last row given, so rows that arrive meanwhile shift nothing."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, and_, or_

from backend.kernel.errors import Invalid

T = TypeVar("T")
CURSOR_CHARS_MAX = 500


class BadCursor(Invalid):
    code = "request.bad_cursor"


def cursor_of(*parts: str | datetime) -> str:
    """An opaque cursor that holds a row's place in the order of its list."""
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def read_cursor(text: str, *kinds: type) -> tuple[Any, ...]:
    """The parts of a cursor, each `str` or `datetime`; refuses with request.bad_cursor."""
    if len(text) > CURSOR_CHARS_MAX:
        raise BadCursor
    try:
        parts = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        if not isinstance(parts, list) or len(parts) != len(kinds) or not all(isinstance(p, str) for p in parts):
            raise BadCursor
        read = tuple(datetime.fromisoformat(p) if k is datetime else p for p, k in zip(parts, kinds, strict=True))
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if any(isinstance(p, datetime) and p.tzinfo is None for p in read) or any("\x00" in str(p) for p in read):
        raise BadCursor
    return read


def beyond(columns: Sequence[Any], values: Sequence[Any], *, falling: bool = False) -> ColumnElement[bool]:
    """Rows after `values` in the order of `columns`, all rising or all falling."""
    choices = []
    for i, column in enumerate(columns):
        equal = [c == v for c, v in zip(columns[:i], values[:i], strict=True)]
        choices.append(and_(*equal, column < values[i] if falling else column > values[i]))
    return or_(*choices)


def cut(rows: Sequence[T], limit: int, place: Callable[[T], str]) -> tuple[list[T], str | None]:
    """The page of at most `limit` of `rows` (asked for with one more), and the cursor of the next."""
    if len(rows) <= limit:
        return list(rows), None
    return list(rows[:limit]), place(rows[limit - 1])
