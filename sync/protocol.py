"""The words on the wire: Mutation, Outcome, Push, Pull and their limits."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MUTATIONS_PER_PUSH_MAX = 200
OPS_PER_MUTATION_MAX = 20
NEEDS_PER_MUTATION_MAX = 20
BLOBS_PER_MUTATION_MAX = 20
PUSH_BYTES_MAX = 1_000_000
"""Bytes of a push after decompression."""
MUTATION_BYTES_MAX = 64_000
NESTING_MAX = 100
"""Objects and lists inside each other in a mutation; a deeper one is kept as text."""
PAGE_BYTES_MAX = 1_000_000
PAGE_BYTES_DEFAULT = 256_000
RESULTS_KEPT = 1_000
"""Outcomes kept of one queue; a replay of an older one answers `duplicate` with the row as it stands."""
REPAIR_SCOPES_MAX = 50
REPAIR_RANGES_CHARS_MAX = 200_000
"""Characters of a scope's ranges in one repair."""
REPAIR_ROWS_MAX = 500
"""Rows wanted, and rows doubted, in one repair."""
KEPT_ENTRIES = 10_000
"""Acknowledged mutations of a queue that a phone keeps beyond what a backup covers, unless it is told otherwise."""
KEPT_AGE_S = 30 * 86_400
"""How long it keeps them at most."""
PACKS_PER_OFFER_MAX = 40
PACK_CHUNK_BYTES = 262_144
"""What the reference handset asks of a pack at once; what came before a cut need not come again."""
N_MAX = 2**53 - 1
MS_MAX = 2**53 - 1

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
"""A UUIDv7 in lower case, minted by whoever creates the row."""
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,63}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Ms = Annotated[int, Field(ge=-MS_MAX, le=MS_MAX, strict=True)]
Version = Annotated[int, Field(ge=0, le=N_MAX, strict=True)]


class _Closed(BaseModel):
    """A shape in which an unknown field is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_by_name=True, validate_by_alias=True)


class _Open(BaseModel):
    """A shape inside a mutation: unknown fields are kept, left unapplied and named in the outcome."""

    model_config = ConfigDict(extra="allow", frozen=True)


class DeviceTime(_Open):
    """What the phone's clocks said at an act: claims, never trusted as they are."""

    wall_ms: Ms
    """Milliseconds since 1970 by the phone's wall clock."""
    mono_ms: Annotated[int, Field(ge=0, le=MS_MAX, strict=True)] | None = None
    """Milliseconds since the phone started; null where a phone has no such clock (a browser)."""
    boot: Annotated[str, Field(max_length=64)] | None = None
    """Names one run of the phone since it was switched on."""


Mono = Annotated[int, Field(ge=0, le=MS_MAX, strict=True)]
Shown = Annotated[tuple[Ms, Mono], Field(examples=[[1_788_220_800_000, 81_000]])]
"""What a phone's two clocks showed at one moment: [wall_ms, mono_ms]."""


class Exchange(_Closed):
    """The four timestamps of the last push that was answered: t0 and t3 by the phone's clocks, t1 and t2 by the
    server's, as the answer told them (`received_ms`, `server_ms`)."""

    boot: Annotated[str, Field(max_length=64)]
    """The run of the phone in which it was sent and answered."""
    t0: Shown
    t1: Ms
    t2: Ms
    t3: Shown


class PushClock(_Closed):
    """The phone's clocks at the moment it sent the push, and what it measured of the network."""

    wall_ms: Ms
    mono_ms: Annotated[int, Field(ge=0, le=MS_MAX, strict=True)] | None = None
    boot: Annotated[str, Field(max_length=64)] | None = None
    rtt_ms: Annotated[int, Field(ge=0, le=600_000, strict=True)] | None = None
    """Round trip of the last exchange; where `last` does not help, half of it bounds the error of an estimate."""
    last: Exchange | None = None
    """The last exchange, kept over reboots; times what was done in its boot to the width of its round trip."""


class RowRef(_Open):
    """The row a deed is about, with the field versions that the phone saw when it acted."""

    t: Name
    id: Id
    base: dict[str, Version] = Field(default_factory=dict)


class Op(_Open):
    """An edit of plain registers of one row."""

    t: Name
    id: Id
    base: dict[str, Version] = Field(default_factory=dict)
    was: dict[str, Any] = Field(default_factory=dict)
    """The values the phone saw, shown to whoever must decide a conflict."""
    set: dict[str, Any] = Field(min_length=1, max_length=64)


class First(_Closed):
    """The name under which a mutation was first queued."""

    epoch: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]
    n: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]


class Mutation(_Open):
    """One intent, all of it or none: a deed (`cmd`, `row`, `params`) or an edit (`cmd: "edit"`, `ops`) or a void."""

    n: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]
    first: First | None = None
    """Said by what was queued anew under a later epoch, never changed again: what the server has done under that name
    or any since is answered, and not done again."""
    at: DeviceTime
    held_cookie: Annotated[str, Field(max_length=2_000)] | None = None
    needs: list[Id] = Field(default_factory=list, max_length=NEEDS_PER_MUTATION_MAX)
    blobs: list[Sha256] = Field(default_factory=list, max_length=BLOBS_PER_MUTATION_MAX)
    cmd: Name
    row: RowRef | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    ops: list[Op] = Field(default_factory=list, max_length=OPS_PER_MUTATION_MAX)

    def rows(self) -> list[tuple[str, str]]:
        """The (t, id) this mutation speaks of, in its order."""
        row = [(self.row.t, self.row.id)] if self.row and self.cmd != EDIT else []
        return row + [(op.t, op.id) for op in self.ops if self.cmd in (EDIT, VOID)]


EDIT = "edit"
VOID = "void"


class Push(_Closed):
    """`POST /sync/v1/push`. Mutations stay raw here: each is parsed by itself, so one broken entry harms no other."""

    device: Id
    epoch: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]
    user: Id
    contract: Annotated[int, Field(ge=0, le=1_000_000, strict=True, alias="schema")]
    clock: PushClock
    through_ms: Ms | None = None
    """The phone's word that every fact before this moment of its wall clock has been sent."""
    muts: list[dict[str, Any]] = Field(max_length=MUTATIONS_PER_PUSH_MAX)


class Result(StrEnum):
    """What became of a mutation."""

    applied = "applied"
    merged = "merged"
    conflict = "conflict"
    rejected = "rejected"
    held = "held"
    duplicate = "duplicate"


class Why(_Closed):
    """A stable refusal code with what its texts need."""

    code: str
    params: dict[str, Any] = Field(default_factory=dict)


class RowVersion(_Closed):
    """A row as a mutation left it."""

    t: str
    id: str
    ver: int


class Outcome(_Closed):
    """The one answer to one mutation; stored, and answered again word for word when the mutation comes again."""

    n: int
    r: Result
    seq: int | None = None
    rows: list[RowVersion] = Field(default_factory=list)
    conflict: str | None = None
    why: Why | None = None
    ignored: list[str] = Field(default_factory=list)


class PushAnswer(_Closed):
    """`acked` is the last n that this queue need never send again."""

    acked: int
    results: list[Outcome]
    received_ms: int
    """The server's clock when the last byte of the push had come: t1 of the exchange."""
    server_ms: int
    """The server's clock when it answered: t2."""


class Pull(_Closed):
    """`POST /sync/v1/pull`: give me what changed since `cookie`, or the next page of such an answer."""

    device: Id
    epoch: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]
    contract: Annotated[int, Field(ge=0, le=1_000_000, strict=True, alias="schema")]
    cookie: Annotated[str, Field(max_length=2_000)] | None = None
    page: Annotated[str, Field(max_length=4_000)] | None = None
    max_bytes: Annotated[int, Field(ge=1_000, le=PAGE_BYTES_MAX, strict=True)] = PAGE_BYTES_DEFAULT


class Keep(_Closed):
    """How much acknowledged work that no backup covers a phone keeps, and how long: whichever ends first."""

    entries: int = KEPT_ENTRIES
    age_s: int = KEPT_AGE_S


class Snapshots(_Closed):
    """`POST /sync/v1/snapshots`: which packs are there to fill an empty replica with?"""

    device: Id
    epoch: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]
    contract: Annotated[int, Field(ge=0, le=1_000_000, strict=True, alias="schema")]


class GoneWhy(StrEnum):
    """Why a row leaves a replica."""

    deleted = "deleted"
    scope = "scope"
    purged = "purged"


ScopeName = Annotated[str, Field(min_length=1, max_length=128)]
Ranges = Annotated[str, Field(max_length=REPAIR_RANGES_CHARS_MAX, pattern=r"^[A-Za-z0-9_-]*$", examples=["AAM"])]
"""Ranges of versions as `sync/repair.py` writes them."""


class Doubt(_Closed):
    """A row of the replica of which its holder wants to know how it stands."""

    t: Name
    id: Id


class Repair(_Closed):
    """`POST /sync/v1/repair`: find where my replica of a scope differs, and give me the rows."""

    device: Id
    epoch: Annotated[int, Field(ge=1, le=N_MAX, strict=True)]
    contract: Annotated[int, Field(ge=0, le=1_000_000, strict=True, alias="schema")]
    cookie: Annotated[str, Field(max_length=2_000)]
    ranges: dict[ScopeName, Ranges] = Field(default_factory=dict, max_length=REPAIR_SCOPES_MAX)
    want: dict[ScopeName, Annotated[list[Version], Field(max_length=REPAIR_ROWS_MAX)]] = Field(
        default_factory=dict, max_length=REPAIR_SCOPES_MAX
    )
    """Versions of rows that are missing here."""
    doubt: list[Doubt] = Field(default_factory=list, max_length=REPAIR_ROWS_MAX)


FrameKind = Literal["begin", "scopes", "gone", "row", "ack", "more", "restart", "end", "ranges", "mended"]
