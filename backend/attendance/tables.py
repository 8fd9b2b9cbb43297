"""What we keep of attendance: fences, whose they are, and clock-ins."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
SHA256 = 64


class Fence(SQLModel, table=True):
    """A place to be at. Its geometry never changes: a new outline is a new fence."""

    __tablename__: ClassVar[str] = "attendance_fence"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    shape: str = Field(max_length=WORD)
    geometry: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    radius_m: float = Field(default=0)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    valid_from_at: datetime = Field(sa_type=Instant)
    valid_until_at: datetime | None = Field(default=None, sa_type=Instant)
    team_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Kept from the assignments, so that handsets learn of a change by this row."""
    person_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class FenceAssignment(SQLModel, table=True):
    """That a fence was set for a team or a person for a time: late clock-ins are judged by what held then."""

    __tablename__: ClassVar[str] = "attendance_fence_assignment"
    __table_args__ = (Index("ix_attendance_fence_assignment_audience", "audience", "fence_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    fence_id: str = Field(sa_type=ID, foreign_key="attendance_fence.id", index=True)
    audience: str = Field(max_length=64)
    """`team:<id>` or `user:<id>`."""
    since_at: datetime = Field(sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)


class Punch(SQLModel, table=True):
    """A clock-in: a fact."""

    __tablename__: ClassVar[str] = "attendance_punch"
    __table_args__ = (
        Index("ix_attendance_punch_person", "person_id", "trusted_at"),
        Index("ix_attendance_punch_team", "team_id", "trusted_at"),
        Index("ix_attendance_punch_day", "trusted_at", "id"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    team_id: str | None = Field(default=None, sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    trusted_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    quality: str = Field(max_length=WORD)
    wall_at: datetime | None = Field(default=None, sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    direction: str | None = Field(default=None, max_length=WORD)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    accuracy_m: float | None = Field(default=None)
    datum: str = Field(max_length=WORD)
    fix_age_s: float | None = Field(default=None)
    place: str = Field(max_length=WORD)
    fence_id: str | None = Field(default=None, sa_type=ID)
    distance_m: float | None = Field(default=None)
    photo: str | None = Field(default=None, max_length=SHA256)
    note: str = Field(default="", sa_type=Text)
    mock: bool | None = Field(default=None)
    marks: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    review: bool = Field(default=False)
