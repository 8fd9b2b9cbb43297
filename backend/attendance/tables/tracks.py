"""Tracks: receipts, the points for a while, a day's sums and results, who looked, and keys of OwnTracks apps."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Date, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
HASH = 64


class TrackBatch(SQLModel, table=True):
    """What became of a reported batch: a fact."""

    __tablename__: ClassVar[str] = "attendance_track_batch"

    id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, index=True)
    received_at: datetime = Field(sa_type=Instant)
    kept: int
    outside: int
    invalid: int
    known: int


class TrackPoints(SQLModel, table=True):
    """Points of one shift, many in few bytes; gone after their days."""

    __tablename__: ClassVar[str] = "attendance_track_points"
    __table_args__ = (Index("ix_attendance_track_points_shift", "person_id", "on"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date = Field(sa_type=Date, index=True)
    source: str = Field(max_length=WORD)
    count: int
    points: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TrackDay(SQLModel, table=True):
    """Sums of a person's shift: what was kept, what was only counted; and in the end what it came to."""

    __tablename__: ClassVar[str] = "attendance_track_day"
    __table_args__ = (UniqueConstraint("person_id", "on"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date = Field(sa_type=Date, index=True)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    since_at: datetime | None = Field(default=None, sa_type=Instant)
    """Of the shift, as the roster stood when its first points came."""
    until_at: datetime | None = Field(default=None, sa_type=Instant)
    breaks: list[list[int]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Of that shift: since and until, ms."""
    kept: int = Field(default=0)
    outside: int = Field(default=0)
    invalid: int = Field(default=0)
    seen_at: datetime | None = Field(default=None, sa_type=Instant)
    """Of the newest point, and where it was: for the board."""
    seen_place: str | None = Field(default=None, max_length=WORD)
    off_since_at: datetime | None = Field(default=None, sa_type=Instant)
    """Since when the person is off their post, once that was proved and told; None again when they are back."""
    results: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))


class TrackLook(SQLModel, table=True):
    """That somebody looked at a person's track."""

    __tablename__: ClassVar[str] = "attendance_track_look"
    __table_args__ = (Index("ix_attendance_track_look_person", "person_id", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    looker_id: str = Field(sa_type=ID)
    looker_name: str = Field(max_length=NAME_CHARS_MAX)
    at: datetime = Field(sa_type=Instant)
    on: date = Field(sa_type=Date)
    reason: str = Field(max_length=200)


class TrackKey(SQLModel, table=True):
    """A key with which an OwnTracks app reports for a person."""

    __tablename__: ClassVar[str] = "attendance_track_key"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, index=True)
    name: str = Field(max_length=NAME_CHARS_MAX)
    key_hash: str = Field(max_length=HASH)
    made_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
