"""Shift types, rosters, absences."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32


class ShiftType(SQLModel, table=True):
    """A shift. Its times never change: other times are another shift."""

    __tablename__: ClassVar[str] = "attendance_shift_type"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    parts: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    serious_from_min: int
    absent_from_min: int
    overtime_from_min: int
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Post(SQLModel, table=True):
    """A named place of work (岗位): a stretch of road, a gate. Fences may be set for it."""

    __tablename__: ClassVar[str] = "attendance_post"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class RosterDay(SQLModel, table=True):
    """Which shift a person has on a day; without one it is a day off."""

    __tablename__: ClassVar[str] = "attendance_roster_day"
    __table_args__ = (
        UniqueConstraint("person_id", "on"),
        Index("ix_attendance_roster_day_area", "on", "area_path"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date = Field(sa_type=Date)
    shift_type_id: str | None = Field(default=None, sa_type=ID, foreign_key="attendance_shift_type.id")
    shift_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    parts: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Of the shift, for handsets."""
    post_id: str | None = Field(default=None, sa_type=ID, foreign_key="attendance_post.id")
    post_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    note: str = Field(default="", sa_type=Text)
    set_by: str = Field(sa_type=ID)
    set_at: datetime = Field(sa_type=Instant)


class Absence(SQLModel, table=True):
    """A time for which somebody may be away."""

    __tablename__: ClassVar[str] = "attendance_absence"
    __table_args__ = (Index("ix_attendance_absence_person", "person_id", "until_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    kind: str = Field(max_length=WORD)
    since_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    entered_by: str = Field(sa_type=ID)
    entered_at: datetime = Field(sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
