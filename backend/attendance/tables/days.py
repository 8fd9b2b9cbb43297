"""Day results, watermarks, month sheets, corrections and disputes."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Date, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
SHA256 = 64


class Watermark(SQLModel, table=True):
    """Until when a person's phone has said that it delivered everything. Released: nothing more is waited for."""

    __tablename__: ClassVar[str] = "attendance_watermark"

    person_id: str = Field(primary_key=True, sa_type=ID)
    device_id: str = Field(primary_key=True, sa_type=ID, index=True)
    through_at: datetime | None = Field(default=None, sa_type=Instant)
    heard_at: datetime = Field(sa_type=Instant)
    released_at: datetime | None = Field(default=None, sa_type=Instant)


class StaleDay(SQLModel, table=True):
    """A day whose facts changed since it was judged."""

    __tablename__: ClassVar[str] = "attendance_stale_day"

    person_id: str = Field(primary_key=True, sa_type=ID)
    on: date = Field(primary_key=True, sa_type=Date)


class DayResult(SQLModel, table=True):
    """What a day came to, by the facts known."""

    __tablename__: ClassVar[str] = "attendance_day_result"
    __table_args__ = (
        UniqueConstraint("person_id", "on"),
        Index("ix_attendance_day_result_area", "on", "area_path"),
        Index("ix_attendance_day_result_wait", "state", "until_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date = Field(sa_type=Date)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    state: str = Field(max_length=WORD)
    word: str = Field(max_length=WORD)
    review: bool = Field(default=False)
    until_at: datetime = Field(sa_type=Instant)
    """When the last clock-in of the day could have been made: behind it the day is decided."""
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    digest: str = Field(max_length=SHA256)
    day_version: int = Field(default=1)


class MonthSheet(SQLModel, table=True):
    """A person's month as it was frozen; it never changes."""

    __tablename__: ClassVar[str] = "attendance_month_sheet"
    __table_args__ = (UniqueConstraint("person_id", "month"), Index("ix_attendance_month_sheet_month", "month"))

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    month: str = Field(max_length=7)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    days: str = Field(sa_type=Text)
    """Canonical JSON."""
    digest: str = Field(max_length=SHA256)
    frozen_at: datetime = Field(sa_type=Instant)
    frozen_by: str = Field(sa_type=ID)


class SheetEntry(SQLModel, table=True):
    """What a late fact changed in a frozen month. Only ever added."""

    __tablename__: ClassVar[str] = "attendance_sheet_entry"
    __table_args__ = (Index("ix_attendance_sheet_entry_sheet", "person_id", "month", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    month: str = Field(max_length=7)
    on: date = Field(sa_type=Date)
    before: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    after: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    why: str = Field(max_length=WORD)
    made_at: datetime = Field(sa_type=Instant)


class PunchRequest(SQLModel, table=True):
    """A wish to have a clock-in made good (补卡)."""

    __tablename__: ClassVar[str] = "attendance_punch_request"
    __table_args__ = (
        Index("ix_attendance_punch_request_person", "person_id", "on"),
        Index("ix_attendance_punch_request_state", "state", "id"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date = Field(sa_type=Date)
    part: int
    direction: str = Field(max_length=WORD)
    at: datetime = Field(sa_type=Instant)
    reason: str = Field(sa_type=Text)
    photo: str | None = Field(default=None, max_length=SHA256)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    state: str = Field(max_length=WORD)
    refusal: str | None = Field(default=None, max_length=64)
    asked_at: datetime = Field(sa_type=Instant)
    decided_by: str | None = Field(default=None, sa_type=ID)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decision: str = Field(default="", sa_type=Text)


class Dispute(SQLModel, table=True):
    """A day that somebody does not agree with, and all that was said."""

    __tablename__: ClassVar[str] = "attendance_dispute"
    __table_args__ = (
        Index("ix_attendance_dispute_person", "person_id", "on"),
        Index("ix_attendance_dispute_state", "state", "id"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date = Field(sa_type=Date)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    state: str = Field(max_length=WORD)
    words: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
