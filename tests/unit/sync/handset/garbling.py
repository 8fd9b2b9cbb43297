"""Answers that are not what a server of ours says: one that was said, spoilt, or something else in its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from hypothesis import strategies as st

JUNK: tuple[Any, ...] = (
    None, True, 0, 1, 2, 7, -1, 1.5, 2**53, 2**63, 2**64 - 1, "", "x", "applied", "\x00 |\r\n", "长" * 3_000, [], [[]],
    [None], ["x"], {}, {"a": 1}, {"x": None}, {"entries": -1, "age_s": 2**53 - 1}, {"r": "applied"},
)  # fmt: skip
CODES = (
    "sync.gap", "sync.sequence_reused", "sync.stale_epoch", "sync.unknown_epoch", "sync.device_revoked",
    "sync.page_invalid", "sync.cookie_invalid", "sync.scope_not_held", "sync.contract_too_old", "sync.pack_gone",
    "sync.ticket_invalid", "auth.consent_needed", "auth.session_ended", "server.busy", "strange.code",
)  # fmt: skip
PARAMS = ("expected", "epoch", "n", "why")
STATUSES = (100, 200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 502, 503, 504)
KINDS = ("begin", "scopes", "row", "gone", "ack", "more", "restart", "end", "ranges", "mended", "of a later contract")
BODIES = (
    b"",
    b"\n",
    b"null",
    b"[]",
    b"{}",
    b'"x"',
    b"<!doctype html><p>Sign in to this network",
    b"\xff\xfe\x00",
    b"{",
)


@dataclass(frozen=True, slots=True)
class Spoil:
    """One thing done to an answer: `how`, at a `place` of it, with a `what`."""

    how: str
    place: int
    what: Any


HOWS = ("put", "lose", "add", "cut", "bend", "repeat", "drop", "swap", "slip_in", "refuse", "status", "body", "nest")
junk = st.sampled_from(JUNK)
spoils = st.builds(Spoil, st.sampled_from(HOWS), st.integers(0, 400), junk | st.integers(0, 400))


def spoilt(status: int, body: bytes, spoil: Spoil) -> tuple[int, bytes]:
    """The answer, spoilt."""
    place, what = spoil.place, spoil.what
    number = what if type(what) is int else place
    if spoil.how == "status":
        return STATUSES[place % len(STATUSES)], body
    if spoil.how == "body":
        return STATUSES[number % len(STATUSES)] if number % 3 else status, BODIES[place % len(BODIES)]
    if spoil.how == "refuse":
        params = dict.fromkeys(PARAMS, what) if place % 3 else what
        said = {"code": CODES[place % len(CODES)] if place % 11 else what, "params": params}
        return STATUSES[number % len(STATUSES)], orjson.dumps(said)
    if spoil.how == "cut":
        return status, body[: place % (len(body) + 1)]
    if spoil.how == "bend":
        at = place % (len(body) + 1)
        return status, body[:at] + bytes([number % 256]) + body[at + 1 :]
    return status, b"".join(_lines(body, spoil))


def _lines(body: bytes, spoil: Spoil) -> Iterator[bytes]:
    """The answer with one of its lines spoilt; an answer of one object is one line without its end."""
    lines = body.splitlines(keepends=True) or [b""]
    at = spoil.place % len(lines)
    line = lines[at]
    if spoil.how == "drop":
        del lines[at]
    elif spoil.how == "repeat":
        lines.insert(at, line)
    elif spoil.how == "swap":
        lines[at], lines[-1] = lines[-1], lines[at]
    elif spoil.how == "slip_in":
        strange = {"f": KINDS[spoil.place % len(KINDS)]} | dict.fromkeys(("t", "id", "n", "cookie"), spoil.what)
        lines.insert(at, orjson.dumps(strange if spoil.place % 3 else spoil.what) + b"\n")
    else:
        lines[at] = _bent(line, spoil)
    yield from lines


def _bent(line: bytes, spoil: Spoil) -> bytes:
    """One line with one of its values another, gone, or with one more beside it."""
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    places = list(_places(said))
    if not places:
        return line
    holder, key = places[(spoil.place // 7) % len(places)]
    if spoil.how == "lose":
        del holder[key]
    elif spoil.how == "add" and isinstance(holder, dict):
        holder["a later contract's"] = spoil.what
    elif spoil.how == "add":
        holder.append(spoil.what)
    elif spoil.how == "nest":
        holder[key] = "deep"
        return orjson.dumps(said).replace(b'"deep"', b"[" * 300 + b"]" * 300) + line[len(line.rstrip(b"\n")) :]
    else:
        holder[key] = spoil.what
    return orjson.dumps(said) + line[len(line.rstrip(b"\n")) :]


def _places(said: Any) -> Iterator[tuple[Any, Any]]:
    """Every value within, by what holds it and where."""
    inside = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for key, value in inside:
        yield said, key
        yield from _places(value)
