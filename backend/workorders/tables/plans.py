"""Plans of routine work."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from backend.workorders.tables.orders import WORD
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX
from mobile_contract.workplans import RULE_CHARS_MAX


class WorkPlan(SQLModel, table=True):
    """What recurs, where, and for whom."""

    __tablename__: ClassVar[str] = "workorders_plan"
    __table_args__ = (Index("ix_workorders_plan_state", "state", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    version: int = Field(default=1)
    title: str = Field(max_length=NAME_CHARS_MAX)
    scene: str = Field(max_length=WORD)
    template: str | None = Field(default=None, max_length=WORD)
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    team_id: str = Field(sa_type=ID)
    starts_on: date
    rule: str = Field(max_length=RULE_CHARS_MAX)
    policy: str = Field(max_length=WORD)
    release_ahead_h: int = Field(default=24)
    places: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    windows: list[dict[str, int]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    parts: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    state: str = Field(max_length=WORD)
    generated_until_on: date | None = Field(default=None)
    created_at: datetime = Field(sa_type=Instant)
