"""Clock-ins that a person should look at, and what was decided."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32


class PunchReview(SQLModel, table=True):
    """A clock-in in the queue; its id is the clock-in's."""

    __tablename__: ClassVar[str] = "attendance_punch_review"
    __table_args__ = (Index("ix_attendance_punch_review_queue", "state", "id"),)

    id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    done_at: datetime = Field(sa_type=Instant)
    signals: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    score: int = Field(default=0)
    state: str = Field(default="open", max_length=WORD)
    reason: str = Field(default="", max_length=500)
    decided_by: str | None = Field(default=None, sa_type=ID)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
