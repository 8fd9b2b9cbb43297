"""The frames of a pull: one JSON object a line, told apart by `f`."""

from typing import Annotated, Any, Literal

from pydantic import Field

from mobile_contract.base import Id, Wire
from sync.protocol import GoneWhy, Keep

Seq = Annotated[int, Field(ge=0, examples=[981])]
ScopeName = Annotated[str, Field(examples=["team:0199b3a0-0000-7000-8000-000000000002"])]


class Begin(Wire):
    """The first frame of a pull. With `reconcile`, stage what comes as the whole truth: rows not sent are dropped."""

    f: Literal["begin"]
    since: Annotated[Seq, Field(alias="from", examples=[0])]
    """The seq of the cookie; 0 for a first fill."""
    to: Seq
    """The head when the pull began; `end.to` is the one to trust."""
    reconcile: Annotated[Literal["first", "cookie", "generation", "horizon"] | None, Field(examples=["first"])] = None
    """Why it starts from nothing: no cookie, one that is not ours, a server restored from a backup, too long away."""


class Scopes(Wire):
    """The names that `row.s` points into by position; sent once a page, before the first row."""

    f: Literal["scopes"]
    names: list[ScopeName]


class Row(Wire):
    """A row as it stands now. Keep the bytes of `d` as they came: digests are summed over them."""

    f: Literal["row"]
    t: Annotated[str, Field(examples=["workorders"])]
    id: Id
    ver: Annotated[Seq, Field(examples=[977])]
    s: Annotated[list[int], Field(examples=[[0]])]
    """Which scopes hold the row: positions in the page's `scopes.names`."""
    d: Annotated[dict[str, Any], Field(examples=[{"title": "清扫黄石东路", "step": "released"}])]


class Gone(Wire):
    """A row that this handset holds no longer."""

    f: Literal["gone"]
    t: Annotated[str, Field(examples=["workorders"])]
    id: Id
    why: GoneWhy


class Ack(Wire):
    """Every mutation up to `n` is answered, and its effects are in this pull."""

    f: Literal["ack"]
    n: Seq


class More(Wire):
    """The page is full: pull again with `page`."""

    f: Literal["more"]
    page: Annotated[str, Field(examples=["v1.eyJjIjowfQ.c2ln"])]


class Restart(Wire):
    """The ground moved between two pages: drop what is staged and pull again without `page`."""

    f: Literal["restart"]


class End(Wire):
    """Apply what is staged at once, with `cookie`; then check `digests`."""

    f: Literal["end"]
    to: Seq
    cookie: Annotated[str, Field(examples=["v1.eyJnIjoxfQ.c2ln"])]
    next_poll_s: Annotated[int, Field(examples=[67])]
    """Seconds until the next pull, unless a poke comes earlier."""
    digests: Annotated[dict[str, tuple[str, int]] | None, Field(examples=[{"user:0199b3a0": ["9f…e1", 3]}])] = None
    """Of each scope that changed: the checksum of its rows, and how many there are."""
    safe_through: Annotated[int | None, Field(examples=[1057])] = None
    """A durable backup holds this queue's mutations up to here: the phone may forget them."""
    keep: Keep | None = None
    """How much acknowledged work beyond `safe_through` to keep, and how long; told when anything changed."""
    queues: Annotated[dict[str, int] | None, Field(examples=[{"1": 57, "2": 3}])] = None
    """With a reconcile: what the server has of this person's queues on this phone, {epoch: acked}. Less than the phone
    was told before: the server was restored from a backup, and is sent the rest again."""
    left: Annotated[list[str] | None, Field(examples=[["team:0199b3a0-0000-7000-8000-000000000002"]])] = None
    """Scopes that this handset holds no longer."""


class Ranges(Wire):
    """Of a repair: what the server holds of a scope, range by range, as written in sync/README.md."""

    f: Literal["ranges"]
    scope: ScopeName
    r: Annotated[str, Field(examples=["AAGvzdXv2k0f9g"])]


class Mended(Wire):
    """The last frame of a repair's answer."""

    f: Literal["mended"]
    to: Seq
    """The seq of the cookie that was compared with."""


Frame = Annotated[Begin | Scopes | Row | Gone | Ack | More | Restart | End, Field(discriminator="f")]
FRAMES: tuple[type[Wire], ...] = (Begin, Scopes, Row, Gone, Ack, More, Restart, End)
RepairFrame = Annotated[Ranges | Scopes | Row | Gone | Mended, Field(discriminator="f")]
REPAIR_FRAMES: tuple[type[Wire], ...] = (Ranges, Scopes, Row, Gone, Mended)
