"""Halts of routine work, and who asked for one."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from backend.workorders.tables.orders import WORD
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX


class WorkHalt(SQLModel, table=True):
    """Weather or an incident stops the work of an area for a while."""

    __tablename__: ClassVar[str] = "workorders_halt"
    __table_args__ = (Index("ix_workorders_halt_lifted", "lifted_at", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    scenes: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    reason: str = Field(sa_type=Text)
    from_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    made_by: str | None = Field(default=None, sa_type=ID)


class HaltAsk(SQLModel, table=True):
    """Somebody in the field asked for a halt."""

    __tablename__: ClassVar[str] = "workorders_halt_ask"
    __table_args__ = (Index("ix_workorders_halt_ask_state", "state", "id"),)

    id: str = Field(primary_key=True, sa_type=ID)
    order_id: str | None = Field(default=None, sa_type=ID)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
    """Of the order: its mates read it too."""
    cause: str = Field(max_length=WORD)
    reason: str = Field(sa_type=Text)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    person_id: str = Field(sa_type=ID, index=True)
    person_name: str = Field(max_length=NAME_CHARS_MAX)
    asked_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    state: str = Field(max_length=WORD)
    halt_id: str | None = Field(default=None, sa_type=ID)
    answer: str = Field(default="", sa_type=Text)
    answered_by: str | None = Field(default=None, sa_type=ID)
    answered_by_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
