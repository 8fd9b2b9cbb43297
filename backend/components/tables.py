"""What is kept of components: each as it is, every version it had, and what was proposed."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
CODE = 16
TWO = 2


class Component(SQLModel, table=True):
    """A component in its present version."""

    __tablename__: ClassVar[str] = "components_component"
    __table_args__ = (
        Index("ix_components_component_code", "code", unique=True),
        Index("ix_components_component_area", "area_path", "code"),
        Index("ix_components_component_east", "west", "east"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    code: str = Field(max_length=CODE)
    big: str = Field(max_length=TWO)
    small: str = Field(max_length=TWO)
    class_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    name: str = Field(max_length=NAME_CHARS_MAX)
    state: str = Field(max_length=WORD)
    geometry: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    longitude: float
    latitude: float
    west: float
    south: float
    east: float
    north: float
    authority: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    owner: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    upkeep: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    note: str = Field(default="", sa_type=Text)
    surveyed_on: date | None = Field(default=None)
    version: int = Field(default=1)
    since_at: datetime = Field(sa_type=Instant)


class ComponentVersion(SQLModel, table=True):
    """A component as it stood, and who made it so."""

    __tablename__: ClassVar[str] = "components_version"
    __table_args__ = (UniqueConstraint("component_id", "version", name="uq_components_version_component"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    component_id: str = Field(sa_type=ID, foreign_key="components_component.id")
    version: int
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The value of every field that may change."""
    changed: list[str] = Field(sa_column=Column(JSON, nullable=False))
    since_at: datetime = Field(sa_type=Instant)
    reason: str = Field(default="", sa_type=Text)
    by_id: str | None = Field(default=None, sa_type=ID)
    by_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    proposal_id: str | None = Field(default=None, sa_type=ID)
    proposed_by_name: str = Field(default="", max_length=NAME_CHARS_MAX)


class ComponentProposal(SQLModel, table=True):
    """What somebody proposed, based on the version their phone showed."""

    __tablename__: ClassVar[str] = "components_proposal"
    __table_args__ = (
        Index("ix_components_proposal_component", "component_id", "state", "id"),
        Index("ix_components_proposal_state", "state", "id"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    component_id: str = Field(sa_type=ID, foreign_key="components_component.id")
    component_code: str = Field(max_length=CODE)
    component_name: str = Field(max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    base_version: int
    changes: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """Only what is proposed."""
    reason: str = Field(sa_type=Text)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    person_id: str = Field(sa_type=ID, index=True)
    person_name: str = Field(max_length=NAME_CHARS_MAX)
    proposed_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    state: str = Field(max_length=WORD)
    outdated: bool = Field(default=False)
    overtaken: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    taken: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    became_version: int | None = Field(default=None)
    answer: str = Field(default="", sa_type=Text)
    answered_by: str | None = Field(default=None, sa_type=ID)
    answered_by_name: str = Field(default="", max_length=NAME_CHARS_MAX)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
