"""Fences, and whose they are."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.attendance import FencePurpose
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32


class Fence(SQLModel, table=True):
    """A place to be at. Its geometry never changes: a new outline is a new fence."""

    __tablename__: ClassVar[str] = "attendance_fence"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    shape: str = Field(max_length=WORD)
    geometry: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    radius_m: float = Field(default=0)
    purpose: str = Field(default=FencePurpose.work.value, max_length=WORD)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    valid_from_at: datetime = Field(sa_type=Instant)
    valid_until_at: datetime | None = Field(default=None, sa_type=Instant)
    team_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Kept from the assignments, so that handsets learn of a change by this row."""
    person_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    shift_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    post_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    holder_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Who is rostered to these shifts or posts, so that their handsets hold the fence before they need it."""
    lineage_id: str = Field(sa_type=ID, index=True)
    """The first version's id: a revision ends one version and draws the next."""
    version: int = Field(default=1)


class FenceAssignment(SQLModel, table=True):
    """For whom a fence was set, and when: late clock-ins are judged by what held then."""

    __tablename__: ClassVar[str] = "attendance_fence_assignment"
    __table_args__ = (Index("ix_attendance_fence_assignment_audience", "audience", "fence_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    fence_id: str = Field(sa_type=ID, foreign_key="attendance_fence.id", index=True)
    audience: str = Field(max_length=64)
    """`team:<id>`, `user:<id>`, `shift:<id>` or `post:<id>`."""
    since_at: datetime = Field(sa_type=Instant)
    until_at: datetime | None = Field(default=None, sa_type=Instant)
