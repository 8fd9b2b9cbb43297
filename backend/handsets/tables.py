"""What we keep of handsets: devices, invitations, conflicts, mutations that wait."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items

WORD = 32
NAME = 100
HASH = 64
PATH = 300


class Device(SQLModel, table=True):
    """A handset. `epoch` numbers the lives of its queues."""

    __tablename__: ClassVar[str] = "handsets_device"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    label: str = Field(max_length=NAME)
    model: str = Field(max_length=NAME)
    app: str = Field(max_length=NAME)
    secret_hash: str = Field(max_length=HASH)
    status: str = Field(max_length=WORD)
    epoch: int = Field(default=1, sa_type=BigInteger)
    person_id: str | None = Field(default=None, sa_type=ID, index=True)
    area: str = Field(max_length=PATH, index=True)
    enrolled_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    wiped_at: datetime | None = Field(default=None, sa_type=Instant)


class Contact(SQLModel, table=True):
    """When a person's queue on a device was last heard; apart from Device, since it changes at every push."""

    __tablename__: ClassVar[str] = "handsets_contact"

    device_id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(primary_key=True, sa_type=ID)
    last_push_at: datetime | None = Field(default=None, sa_type=Instant)
    last_pull_at: datetime | None = Field(default=None, sa_type=Instant)


class Invite(SQLModel, table=True):
    """An invitation to enrol one handset, by the hash of its token."""

    __tablename__: ClassVar[str] = "handsets_invite"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    token_hash: str = Field(max_length=HASH, unique=True)
    label: str = Field(max_length=NAME)
    person_id: str | None = Field(default=None, sa_type=ID)
    area: str = Field(max_length=PATH)
    made_by: str = Field(sa_type=ID)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class Conflict(SQLModel, table=True):
    """A conflict kept whole."""

    __tablename__: ClassVar[str] = "handsets_conflict"
    __table_args__ = (
        Index("ix_handsets_conflict_state", "state", "id"),
        Index("ix_handsets_conflict_row", "t", "row"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    t: str | None = Field(default=None, max_length=64)
    row: str | None = Field(default=None, sa_type=ID)
    device: str = Field(sa_type=ID)
    epoch: int = Field(sa_type=BigInteger)
    person_id: str = Field(sa_type=ID, index=True)
    overruled_id: str | None = Field(default=None, sa_type=ID, index=True)
    """Another person, whose earlier words this one's overrule; they see it too."""
    n: int = Field(sa_type=BigInteger)
    cmd: str = Field(max_length=64)
    severity: str = Field(max_length=WORD)
    state: str = Field(max_length=WORD)
    why: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    fields: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    areas: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Area scopes whose desks see it."""
    area: str = Field(max_length=PATH, index=True)
    """The innermost of them, as a path."""
    sight_ended: bool = Field(default=False)
    """The row had left the crew's scopes: the server's side is withheld from the crew."""
    done_at: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_by: str | None = Field(default=None, sa_type=ID)
    choice: str | None = Field(default=None, max_length=WORD)
    note: str = Field(default="", max_length=2_000)
    team_id: str | None = Field(default=None, sa_type=ID, index=True)
    owner: str = Field(max_length=WORD)
    due_at: datetime | None = Field(default=None, sa_type=Instant, index=True)


class ConflictSide(SQLModel, table=True):
    """The server's side of a conflict that withholds it from its crew: for the phones of the desks."""

    __tablename__: ClassVar[str] = "handsets_conflict_side"

    id: str = Field(primary_key=True, sa_type=ID)
    why: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    fields: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    areas: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))


class Held(SQLModel, table=True):
    """A mutation that waits for a row of another device; the phone sees how it ends."""

    __tablename__: ClassVar[str] = "handsets_held"
    __table_args__ = (Index("ix_handsets_held_waiting", "state", "queue"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    queue: str = Field(max_length=120)
    person_id: str = Field(sa_type=ID)
    device: str = Field(sa_type=ID)
    n: int = Field(sa_type=BigInteger)
    cmd: str = Field(max_length=64)
    needs: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    rows: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    payload: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    claim: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = Field(max_length=WORD)
    outcome: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    until_at: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
