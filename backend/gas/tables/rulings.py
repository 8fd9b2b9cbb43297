"""Rule tables, what came of them, and filling stations as they are kept."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import PARTY_CHARS_MAX, WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.gas_papers import PAPER_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX


class GasRuleTable(SQLModel, table=True):
    """A rule table as it was published; a version never changes."""

    __tablename__: ClassVar[str] = "gas_rule_table"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    version: str = Field(max_length=WORD, unique=True)
    since_on: date
    specs: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    note: str = Field(default="", sa_type=Text)
    published_at: datetime = Field(sa_type=Instant)
    published_by: str | None = Field(default=None, sa_type=ID)


class GasRedating(SQLModel, table=True):
    """How far the cylinders are dated anew by a rule table."""

    __tablename__: ClassVar[str] = "gas_redating"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    rule_version: str = Field(max_length=WORD, unique=True)
    since_on: date
    state: str = Field(max_length=WORD)
    after: str = Field(default="", max_length=36)
    """The last cylinder that was looked at."""
    cylinders: int = Field(default=0)
    cylinders_done: int = Field(default=0)
    changed: int = Field(default=0)
    became_due: int = Field(default=0)
    left: int = Field(default=0)
    created_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class GasStation(SQLModel, table=True):
    """A filling station and whose cylinders it may fill."""

    __tablename__: ClassVar[str] = "gas_station"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    code: str = Field(max_length=PARTY_CHARS_MAX, unique=True)
    name: str = Field(max_length=NAME_CHARS_MAX)
    licence: str = Field(default="", max_length=PAPER_CHARS_MAX)
    owners: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
