"""Reads what a server answered; what is cut or garbled counts as no answer."""

from typing import Any

import orjson


class Damaged(Exception):
    """An answer that was cut or garbled: as if it never came."""


def object_of(raw: bytes) -> dict[str, Any]:
    """A JSON object. Raises Damaged."""
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise Damaged from fault
    if not isinstance(said, dict):
        raise Damaged
    return said


def frames_of(body: bytes) -> list[dict[str, Any]]:
    """The frames of a whole answer. Raises Damaged."""
    frames = [frame_of(line) for line in body.split(b"\n") if line]
    if not frames or not body.endswith(b"\n"):
        raise Damaged
    return frames


def frame_of(line: bytes) -> dict[str, Any]:
    """A frame; a row's body stays the very bytes that came, since digests are summed over them."""
    frame = object_of(line)
    if frame.get("f") == "row":
        frame["body"] = line[line.index(b',"d":') + 5 : -1]
    return frame


def problem_of(body: bytes) -> dict[str, Any]:
    """A refusal; empty when it cannot be read."""
    try:
        return object_of(body)
    except Damaged:
        return {}
