"""Scenes, versions of templates, and answers to the items of their checklists."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from backend.workorders.tables.orders import WORD
from mobile_contract.base import NAME_CHARS_MAX


class WorkScene(SQLModel, table=True):
    """A trade's routine that a file described."""

    __tablename__: ClassVar[str] = "workorders_scene"

    code: str = Field(primary_key=True, max_length=WORD)
    name: str = Field(max_length=NAME_CHARS_MAX)
    name_en: str = Field(max_length=NAME_CHARS_MAX)
    created_at: datetime = Field(sa_type=Instant)


class WorkTemplate(SQLModel, table=True):
    """A version of a template; only `current` ever changes."""

    __tablename__: ClassVar[str] = "workorders_template"
    __table_args__ = (UniqueConstraint("district", "scene", "code", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    district: str = Field(max_length=6)
    scene: str = Field(max_length=WORD)
    code: str = Field(max_length=WORD)
    version: int = Field(default=1)
    current: bool = Field(default=True)
    name: str = Field(max_length=NAME_CHARS_MAX)
    note: str = Field(default="", sa_type=Text)
    items: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    evidence_rule: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    materials: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    inspection_percent: int = Field(default=0)
    created_at: datetime = Field(sa_type=Instant)


class WorkAnswer(SQLModel, table=True):
    """An item of an order's checklist answered; never changed."""

    __tablename__: ClassVar[str] = "workorders_answer"
    __table_args__ = (Index("ix_workorders_answer_order", "order_id", "item"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    order_id: str = Field(sa_type=ID, foreign_key="workorders_order.id")
    item: str = Field(max_length=WORD)
    value: str = Field(default="", sa_type=Text)
    reading: float | None = Field(default=None)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    note: str = Field(default="", sa_type=Text)
    person_id: str = Field(sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    answered_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    in_range: bool = Field(default=True)
    scopes: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Who holds it on a handset: as the order's when it was given."""
