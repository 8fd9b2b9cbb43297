"""Registers that are taken in from files, as they are kept while it lasts."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import WORD
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX


class GasImport(SQLModel, table=True):
    """A file that is taken in, and how far it is."""

    __tablename__: ClassVar[str] = "gas_import"
    __table_args__ = (Index("ix_gas_import_area", "area_path", "id"),)

    id: str = Field(primary_key=True, sa_type=ID)
    what: str = Field(max_length=WORD)
    name: str = Field(max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
    state: str = Field(max_length=WORD)
    parts: int = Field(default=0)
    lines: int = Field(default=0)
    lines_done: int = Field(default=0)
    taken: int = Field(default=0)
    unchanged: int = Field(default=0)
    bad: int = Field(default=0)
    why: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    person_id: str | None = Field(default=None, sa_type=ID)
    created_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class GasImportPart(SQLModel, table=True):
    """A piece of the file, until it was read."""

    __tablename__: ClassVar[str] = "gas_import_part"

    import_id: str = Field(primary_key=True, sa_type=ID)
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class GasImportTurn(SQLModel, table=True):
    """Lines that one transaction takes; afterwards only those that were bad, and why."""

    __tablename__: ClassVar[str] = "gas_import_turn"

    import_id: str = Field(primary_key=True, sa_type=ID)
    number: int = Field(primary_key=True)
    lines: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    """JSON; empty once they were taken."""
    bad: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
