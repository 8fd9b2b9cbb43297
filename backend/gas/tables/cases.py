"""Acts declared errors and cases about chains, as they are kept."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import KEY_CHARS_MAX, PARTY_CHARS_MAX, WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.people import AREA_PATH_CHARS_MAX


class ScanError(SQLModel, table=True):
    """An act that was declared an error: a fact. The act may arrive later than its declaration."""

    __tablename__: ClassVar[str] = "gas_scan_error"

    id: str = Field(primary_key=True, sa_type=ID)
    scan_id: str = Field(sa_type=ID, index=True)
    cylinder_id: str | None = Field(default=None, sa_type=ID)
    reason: str = Field(max_length=WORD)
    corrective_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    note: str = Field(default="", sa_type=Text)
    person_id: str | None = Field(default=None, sa_type=ID)
    at_desk: bool = Field(default=False)
    """Somebody who manages gas may declare others' acts; a worker only their own."""
    declared_at: datetime = Field(sa_type=Instant)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)


class CustodyCase(SQLModel, table=True):
    """A question about a chain, a home or a shift. Opened and ended by the fold, or ended by a confirmation."""

    __tablename__: ClassVar[str] = "gas_custody_case"
    __table_args__ = (
        UniqueConstraint("subject_id", "kind", "act_id", name="uq_gas_custody_case_act"),
        Index("ix_gas_custody_case_state", "state", "deadline_at"),
        Index("ix_gas_custody_case_area", "area_path", "id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    kind: str = Field(max_length=WORD)
    subject_id: str = Field(sa_type=ID)
    """What it is about: a cylinder, an account, the close of a shift, or a scan without a cylinder."""
    cylinder_id: str | None = Field(default=None, sa_type=ID)
    cylinder_key: str = Field(default="", max_length=KEY_CHARS_MAX)
    account: str = Field(default="", max_length=PARTY_CHARS_MAX)
    shift_close_id: str | None = Field(default=None, sa_type=ID)
    act_id: str = Field(default="", max_length=36)
    last_act_id: str | None = Field(default=None, sa_type=ID)
    asked: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    answers: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    owner_id: str | None = Field(default=None, sa_type=ID, index=True)
    state: str = Field(max_length=WORD)
    opened_at: datetime = Field(sa_type=Instant)
    deadline_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_by: str | None = Field(default=None, sa_type=ID)
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
