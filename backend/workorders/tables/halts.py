"""Halts of routine work."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant
from mobile_contract.people import AREA_PATH_CHARS_MAX


class WorkHalt(SQLModel, table=True):
    """Weather or an incident stops the work of an area for a while."""

    __tablename__: ClassVar[str] = "workorders_halt"
    __table_args__ = (Index("ix_workorders_halt_lifted", "lifted_at", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    scenes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reason: str = Field(sa_type=Text)
    from_at: datetime = Field(sa_type=Instant)
    until_at: datetime = Field(sa_type=Instant)
    lifted_at: datetime | None = Field(default=None, sa_type=Instant)
    made_by: str | None = Field(default=None, sa_type=ID)
