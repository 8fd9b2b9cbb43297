"""What we keep of alarms: the alarms, and every act on one."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32


class Alarm(SQLModel, table=True):
    """An alarm as it stands."""

    __tablename__: ClassVar[str] = "alarms_alarm"
    __table_args__ = (
        Index("ix_alarms_alarm_first", "rank", "id"),
        Index("ix_alarms_alarm_person", "person_id", "id"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    rank: int = Field(default=0)
    """Its place in lists: 0 for what nobody has seen."""
    kind: str = Field(max_length=WORD)
    danger: str | None = Field(default=None, max_length=WORD)
    state: str = Field(max_length=WORD)
    person_id: str | None = Field(default=None, sa_type=ID)
    """Null: somebody who is not of the house."""
    person_name: str = Field(max_length=NAME_CHARS_MAX)
    team_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """The sender's teams as they were: they hold it too."""
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    accuracy_m: float | None = Field(default=None)
    note: str = Field(default="", sa_type=Text)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    raised_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    told_step: int = Field(default=0)
    acknowledged_by: str | None = Field(default=None, sa_type=ID)
    acknowledged_by_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Instant)
    settled_by: str | None = Field(default=None, sa_type=ID)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    outcome: str = Field(default="", sa_type=Text)


class AlarmDeed(SQLModel, table=True):
    """One act on an alarm; never changed."""

    __tablename__: ClassVar[str] = "alarms_deed"
    __table_args__ = (Index("ix_alarms_deed_alarm", "alarm_id", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    alarm_id: str = Field(sa_type=ID, foreign_key="alarms_alarm.id")
    act: str = Field(max_length=WORD)
    person_id: str | None = Field(default=None, sa_type=ID)
    done_at: datetime = Field(sa_type=Instant)
    received_at: datetime = Field(sa_type=Instant)
    note: str = Field(default="", sa_type=Text)
    step: int | None = Field(default=None)
    told: int = Field(default=0)
