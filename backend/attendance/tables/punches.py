"""Clock-ins."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
SHA256 = 64


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
    marks: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    review: bool = Field(default=False)
    source: str = Field(default="user", max_length=WORD)
    entered_by: str | None = Field(default=None, sa_type=ID)
    """Who entered or approved it on somebody's behalf."""
    said_hash: str | None = Field(default=None, max_length=SHA256)
    """Of all that was said with it, to know the same again; gone with the place."""
    part: int | None = Field(default=None)
    """With `direction` the very clock-in of the day that it stands for, when it was entered for that."""
