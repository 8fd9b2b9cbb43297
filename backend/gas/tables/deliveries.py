"""Orders, deliveries, closes of shifts and certificates as they are kept."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import PARTY_CHARS_MAX, WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX


def _listed() -> Any:
    return Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))


class GasOrder(SQLModel, table=True):
    """An order of gas. State and deliveries follow from the deliveries that name it."""

    __tablename__: ClassVar[str] = "gas_order"
    __table_args__ = (
        Index("ix_gas_order_area", "area_path", "state", "id"),
        Index("ix_gas_order_person", "person_id", "wanted_on"),
        Index("ix_gas_order_account", "account_id", "placed_at"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    account_id: str = Field(sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    phone: str = Field(default="", max_length=WORD)
    address: str = Field(max_length=NAME_CHARS_MAX)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    spec: str = Field(max_length=WORD)
    count: int
    intake: str = Field(max_length=WORD)
    state: str = Field(max_length=WORD)
    wanted_on: date | None = Field(default=None)
    booked_check: bool = Field(default=False)
    person_id: str | None = Field(default=None, sa_type=ID)
    deliveries: list[str] = _listed()
    deposit_fen: int | None = Field(default=None)
    note: str = Field(default="", sa_type=Text)
    placed_at: datetime = Field(sa_type=Instant)
    placed_by: str | None = Field(default=None, sa_type=ID)
    cancelled_why: str = Field(default="", sa_type=Text)
    cancelled_at: datetime | None = Field(default=None, sa_type=Instant)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)


class Delivery(SQLModel, table=True):
    """A delivery: a fact."""

    __tablename__: ClassVar[str] = "gas_delivery"
    __table_args__ = (
        Index("ix_gas_delivery_account", "account_id", "trusted_at"),
        Index("ix_gas_delivery_area", "area_path", "trusted_at"),
        Index("ix_gas_delivery_person", "person_id", "trusted_at"),
        Index("ix_gas_delivery_code", "account"),
        Index("ix_gas_delivery_order", "order"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    account_id: str | None = Field(default=None, sa_type=ID)
    order: str = Field(default="", max_length=PARTY_CHARS_MAX)
    outcome: str = Field(max_length=WORD)
    fulls: list[str] = _listed()
    empties: list[str] = _listed()
    no_empty: str | None = Field(default=None, max_length=WORD)
    visit: str | None = Field(default=None, sa_type=ID)
    leak_test: str = Field(max_length=WORD)
    identity: str = Field(max_length=WORD)
    marks: list[str] = _listed()
    person_id: str | None = Field(default=None, sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    trusted_at: datetime = Field(sa_type=Instant)
    error_ms: int
    quality: str = Field(max_length=WORD)
    received_at: datetime = Field(sa_type=Instant)
    took_s: int
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    photos: list[str] = _listed()
    signature: str | None = Field(default=None, max_length=64)
    signed_by: str = Field(max_length=WORD)
    paid_fen: int | None = Field(default=None)
    paid_by: str = Field(max_length=WORD)
    deposit_fen: int | None = Field(default=None)
    note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)


class ShiftClose(SQLModel, table=True):
    """The close of a worker's day as it was last reckoned."""

    __tablename__: ClassVar[str] = "gas_shift_close"
    __table_args__ = (
        UniqueConstraint("person_id", "on", name="uq_gas_shift_close_day"),
        Index("ix_gas_shift_close_area", "area_path", "on"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    on: date
    balanced: bool
    carried: list[str] = _listed()
    loaded: list[str] = _listed()
    collected: list[str] = _listed()
    received: list[str] = _listed()
    delivered: list[str] = _listed()
    unloaded: list[str] = _listed()
    given: list[str] = _listed()
    still: list[str] = _listed()
    missing: list[str] = _listed()
    surplus: list[str] = _listed()
    corrections: list[dict[str, Any]] = _listed()
    """What late scans changed after the day was over."""
    reckoned_at: datetime = Field(sa_type=Instant)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)


class Certificate(SQLModel, table=True):
    """A worker's certificate or training; what has run out is kept."""

    __tablename__: ClassVar[str] = "gas_certificate"
    __table_args__ = (UniqueConstraint("person_id", "kind", "number", name="uq_gas_certificate_number"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    kind: str = Field(max_length=WORD)
    number: str = Field(max_length=WORD)
    valid_from_on: date
    valid_until_on: date | None = Field(default=None)
    entered_at: datetime = Field(sa_type=Instant)
    entered_by: str | None = Field(default=None, sa_type=ID)
