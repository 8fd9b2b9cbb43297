"""Reads what a server answered; what is cut, garbled or of another shape counts as no answer.

Fields and frames that nobody knows are passed over; null is as absent.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sync.protocol import MS_MAX, N_MAX, Result, Sha256

Place = Annotated[int, Field(ge=0, le=N_MAX)]
Version = Annotated[int, Field(ge=1, le=N_MAX)]
Moment = Annotated[int, Field(ge=0, le=MS_MAX)]
Token = Annotated[str, Field(min_length=1, max_length=2_000)]
"""A cookie: a longer one would be refused when it is told again."""


class Damaged(Exception):
    """An answer that was cut or garbled: as if it never came."""


def _writable(said: dict[str, Any]) -> dict[str, Any]:
    try:
        orjson.dumps(said)
    except TypeError as fault:  # orjson reads deeper than it writes
        raise ValueError("nested without end") from fault
    return said


class _Shape(BaseModel):
    """What a reader must be able to rely on."""

    model_config = ConfigDict(strict=True)


class _Why(_Shape):
    code: str
    params: Annotated[dict[str, Any], AfterValidator(_writable)] = {}


class _RowVersion(_Shape):
    t: str
    id: str
    ver: Place


class _Outcome(_Shape):
    n: Version
    r: Annotated[Result, Field(strict=False)]
    seq: Place | None = None
    rows: list[_RowVersion] = []
    conflict: str | None = None
    why: _Why | None = None
    ignored: list[str] = []


class _Push(_Shape):
    acked: Place
    results: list[_Outcome]
    received_ms: Moment | None = None
    server_ms: Moment | None = None


class _Held(_Shape):
    """A row of kind `held`."""

    device: str
    epoch: Place
    n: Place
    outcome: _Outcome | None = None


class _Begin(_Shape):
    reconcile: str | None = None


class _Scopes(_Shape):
    names: list[str]


class _Row(_Shape):
    t: str
    id: str
    ver: Version
    s: list[Place]


class _Gone(_Shape):
    t: str
    id: str


class _Ack(_Shape):
    n: Place


class _More(_Shape):
    page: Annotated[str, Field(min_length=1, max_length=4_000)]


class _Keep(_Shape):
    entries: Place
    age_s: Place


class _End(_Shape):
    cookie: Token
    next_poll_s: Any = None
    digests: dict[str, Annotated[tuple[str, int], Field(strict=False)]] | None = None
    left: list[str] | None = None
    safe_through: Place | None = None
    keep: _Keep | None = None
    queues: dict[str, Place] | None = None


class _Ranges(_Shape):
    scope: str
    r: str


class _Bare(_Shape):
    """A frame that says all by its kind."""


_FRAMES: Mapping[Any, type[_Shape]] = {
    "begin": _Begin,
    "scopes": _Scopes,
    "row": _Row,
    "gone": _Gone,
    "ack": _Ack,
    "more": _More,
    "restart": _Bare,
    "end": _End,
    "ranges": _Ranges,
    "mended": _Bare,
}


class _Pack(_Shape):
    scope: str
    contract: int
    generation: str
    seq: Place
    rows: Place
    digest: str
    sha256: Sha256
    bytes: Version
    url: Annotated[str, Field(pattern=r"^/sync/v1/packs/[!-~]+$", max_length=4_000)]


class _Offer(_Shape):
    packs: list[_Pack]
    cookie: Token | None = None


def taken_of(body: bytes) -> dict[str, Any]:
    """The answer to a push. Raises Damaged."""
    answer = _of(_Push, _object(body))
    return answer | {"results": [_of(_Outcome, result) for result in answer["results"]]}


def offer_of(body: bytes) -> dict[str, Any]:
    """Which packs there are. Raises Damaged."""
    offer = _of(_Offer, _object(body))
    return offer | {"packs": [_of(_Pack, pack) for pack in offer["packs"]]}


def frames_of(body: bytes) -> list[dict[str, Any]]:
    """The frames of a whole answer; of a row, `scopes` names those that hold it. Raises Damaged."""
    if not body.endswith(b"\n"):
        raise Damaged
    frames: list[dict[str, Any]] = []
    names: Sequence[str] = ()
    for line in body.split(b"\n"):
        frame = _frame(line) if line else None
        if frame is None:
            continue
        if frame["f"] == "scopes":
            names = frame["names"]
        elif frame["f"] == "row":
            frame["scopes"] = _named(frame["s"], names)
        frames.append(frame)
    if not frames:
        raise Damaged
    return frames


def _frame(line: bytes) -> dict[str, Any] | None:
    """A frame, None of a kind nobody knows; a row's body stays the very bytes that came, since digests are summed over
    them."""
    said = _object(line)
    kind = said.get("f")
    if not isinstance(kind, str):
        raise Damaged
    if kind not in _FRAMES:
        return None
    frame = {"f": kind} | _of(_FRAMES[kind], said)
    if kind == "row":
        at = line.find(b',"d":')
        if at < 0 or not isinstance(said.get("d"), dict):
            raise Damaged
        frame["body"] = line[at + 5 : -1]
    return frame


def _named(places: Sequence[int], names: Sequence[str]) -> list[str]:
    if any(place >= len(names) for place in places):
        raise Damaged
    return [names[place] for place in places]


def problem_of(body: bytes) -> tuple[str, Mapping[str, Any]]:
    """Code and params of a refusal; empty where they cannot be read."""
    try:
        said = _object(body)
    except Damaged:
        return "", {}
    code, params = said.get("code"), said.get("params")
    return code if isinstance(code, str) else "", params if isinstance(params, dict) else {}


def number_of(params: Mapping[str, Any], name: str) -> int:
    """A number that a refusal tells. Raises Damaged."""
    number = params.get(name)
    if type(number) is not int or not 1 <= number <= N_MAX:
        raise Damaged
    return number


def held_of(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a row of kind `held` tells of a mutation; None where it cannot be read."""
    try:
        told = _of(_Held, row)
        return told | {"outcome": _of(_Outcome, told["outcome"]) if "outcome" in told else None}
    except Damaged:
        return None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        raise Damaged from fault
    if not isinstance(said, dict):
        raise Damaged
    return said


def _of(shape: type[_Shape], said: Mapping[str, Any]) -> dict[str, Any]:
    """What a shape knows of an object, as it came."""
    try:
        shape.model_validate(said)
    except ValidationError as fault:
        raise Damaged from fault
    return {name: said[name] for name in shape.model_fields if said.get(name) is not None}
