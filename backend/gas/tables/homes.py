"""Checklists, visits, hazards and homes as they are kept."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import PARTY_CHARS_MAX, WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant
from mobile_contract.people import AREA_PATH_CHARS_MAX


class Checklist(SQLModel, table=True):
    """A checklist as it was published; a version never changes."""

    __tablename__: ClassVar[str] = "gas_checklist"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    version: str = Field(max_length=WORD, unique=True)
    since_on: date
    items: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    grades: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    short_min: int
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    published_at: datetime = Field(sa_type=Instant)
    published_by: str | None = Field(default=None, sa_type=ID)


class Visit(SQLModel, table=True):
    """A visit: a fact. `findings` is what the fold needs of its hazards, as its checklist reads them."""

    __tablename__: ClassVar[str] = "gas_visit"
    __table_args__ = (
        Index("ix_gas_visit_account", "account_id", "trusted_at"),
        Index("ix_gas_visit_code", "account"),
        Index("ix_gas_visit_area", "area_path", "trusted_at"),
        Index("ix_gas_visit_person", "person_id", "trusted_at"),
        Index("ix_gas_visit_trusted", "trusted_at"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    account_id: str | None = Field(default=None, sa_type=ID)
    kind: str = Field(max_length=WORD)
    outcome: str = Field(max_length=WORD)
    checklist: str = Field(default="", max_length=WORD)
    answers: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    counts: bool
    proven: bool
    marks: list[str] = Field(sa_column=Column(JSON, nullable=False))
    person_id: str | None = Field(default=None, sa_type=ID)
    companions: list[str] = Field(sa_column=Column(JSON, nullable=False))
    device_id: str | None = Field(default=None, sa_type=ID)
    queue_device: str = Field(default="", max_length=36)
    queue_epoch: int = Field(default=0)
    queue_n: int = Field(default=0)
    trusted_at: datetime = Field(sa_type=Instant)
    error_ms: int
    quality: str = Field(max_length=WORD)
    received_at: datetime = Field(sa_type=Instant)
    took_s: int
    cylinders_found: int | None = Field(default=None)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    photos: list[str] = Field(sa_column=Column(JSON, nullable=False))
    signature: str | None = Field(default=None, max_length=64)
    signed_by: str = Field(max_length=WORD)
    order: str = Field(default="", max_length=PARTY_CHARS_MAX)
    campaign: str | None = Field(default=None, sa_type=ID)
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)


class HazardAct(SQLModel, table=True):
    """What was done about a hazard: a fact."""

    __tablename__: ClassVar[str] = "gas_hazard_act"
    __table_args__ = (
        Index("ix_gas_hazard_act_account", "account"),
        Index("ix_gas_hazard_act_hazard", "hazard"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    hazard: str = Field(sa_type=ID)
    deed: str = Field(max_length=WORD)
    told: str = Field(max_length=WORD)
    person_id: str | None = Field(default=None, sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    queue_device: str = Field(default="", max_length=36)
    queue_epoch: int = Field(default=0)
    queue_n: int = Field(default=0)
    trusted_at: datetime = Field(sa_type=Instant)
    error_ms: int
    quality: str = Field(max_length=WORD)
    received_at: datetime = Field(sa_type=Instant)
    photos: list[str] = Field(sa_column=Column(JSON, nullable=False))
    signed_by: str = Field(max_length=WORD)
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)


class Hazard(SQLModel, table=True):
    """A hazard as it stands: kept from visits and deeds, and reckoned anew at any time."""

    __tablename__: ClassVar[str] = "gas_hazard"
    __table_args__ = (
        Index("ix_gas_hazard_account", "account_id"),
        Index("ix_gas_hazard_area", "area_path", "state"),
        Index("ix_gas_hazard_due", "state", "due_on"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    account_id: str = Field(sa_type=ID)
    item: str = Field(max_length=WORD)
    grade: str = Field(max_length=WORD)
    state: str = Field(max_length=WORD)
    visit: str = Field(sa_type=ID)
    found_at: datetime = Field(sa_type=Instant)
    first_found_at: datetime = Field(sa_type=Instant)
    notice: str = Field(max_length=2 * PARTY_CHARS_MAX)
    notified_at: datetime | None = Field(default=None, sa_type=Instant)
    due_on: date | None = Field(default=None)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    predecessor: str | None = Field(default=None, sa_type=ID)
    successor: str | None = Field(default=None, sa_type=ID)
    told: str = Field(max_length=WORD)
    stops_supply: bool
    measure: str = Field(default="", sa_type=Text)
    photos: list[str] = Field(sa_column=Column(JSON, nullable=False))
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)


class Home(SQLModel, table=True):
    """How a customer's home stands: kept from visits and deeds. Its id is the account's."""

    __tablename__: ClassVar[str] = "gas_home"
    __table_args__ = (Index("ix_gas_home_area", "area_path", "due_on"),)

    id: str = Field(primary_key=True, sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    due_on: date | None = Field(default=None)
    warn_on: date | None = Field(default=None)
    revisit_on: date | None = Field(default=None)
    unmet_notice: str = Field(default="", max_length=PARTY_CHARS_MAX)
    not_met: int
    booked_check: bool
    refused: bool
    exempt: bool
    winter_first: bool
    open_hazards: int
    worst: str | None = Field(default=None, max_length=WORD)
    supply_stopped: bool
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
