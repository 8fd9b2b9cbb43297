"""Cylinders and their scans as they are kept."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, text
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import KEY_CHARS_MAX, PARTY_CHARS_MAX, WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.gas import RAW_CHARS_MAX
from mobile_contract.gas_papers import PAPER_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

_GIVEN, _SEALED = text("giver <> ''"), text("seal_name <> ''")
_CODED = text("registration_code <> ''")


class Cylinder(SQLModel, table=True):
    """A cylinder. Place, holder and gaps are kept from its scans and can be reckoned anew at any time."""

    __tablename__: ClassVar[str] = "gas_cylinder"
    __table_args__ = (
        Index("ix_gas_cylinder_holder", "holder_kind", "holder_id"),
        Index("ix_gas_cylinder_area", "area_path", "id"),
        Index("ix_gas_cylinder_due", "next_inspection_on"),
        Index(
            "uq_gas_cylinder_registration",
            "registration_code",
            unique=True,
            sqlite_where=_CODED,
            postgresql_where=_CODED,
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    key: str = Field(max_length=KEY_CHARS_MAX, unique=True)
    code: str = Field(max_length=RAW_CHARS_MAX)
    serial: str = Field(default="", max_length=NAME_CHARS_MAX)
    certificate_no: str = Field(default="", max_length=PAPER_CHARS_MAX)
    registration_code: str = Field(default="", max_length=PAPER_CHARS_MAX)
    maker_code: str = Field(default="", max_length=PAPER_CHARS_MAX)
    stamped_tare_g: int | None = Field(default=None)
    owner: str = Field(default="", max_length=NAME_CHARS_MAX)
    spec: str = Field(default="", max_length=WORD)
    made_on: date | None = Field(default=None)
    inspected_on: date | None = Field(default=None)
    next_inspection_on: date | None = Field(default=None)
    life_end_on: date | None = Field(default=None)
    stamped_life_months: int | None = Field(default=None)
    rule_version: str = Field(default="", max_length=WORD)
    registered: bool = Field(default=False)
    born_full: bool | None = Field(default=None)
    """Full or empty when it was registered; null while it is not."""
    born_owner: str = Field(default="", max_length=NAME_CHARS_MAX)
    """Who owned it when it was registered; changes of owner move `owner`."""
    born_rule_version: str = Field(default="", max_length=WORD)
    born_account: str = Field(default="", max_length=PARTY_CHARS_MAX)
    """The customer who had it when it was registered."""
    born_station: str = Field(default="", max_length=PARTY_CHARS_MAX)
    """The station where it was then."""
    born_papers: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    """What its papers said then; acts that enter papers move the columns above."""
    born_due_on: date | None = Field(default=None)
    """The next inspection as it was at registration; passed ones move `next_inspection_on`."""
    born_life_end_on: date | None = Field(default=None)
    place: str = Field(max_length=WORD)
    checked_until_at: datetime | None = Field(default=None, sa_type=Instant)
    holder_kind: str = Field(max_length=WORD)
    holder_id: str = Field(default="", max_length=PARTY_CHARS_MAX)
    last_scan: str | None = Field(default=None, sa_type=ID)
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    gaps: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    gap_count: int = Field(default=0)
    blocked: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    block_count: int = Field(default=0)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
    created_at: datetime = Field(sa_type=Instant)


class Scan(SQLModel, table=True):
    """A scan: a fact. `key` names the cylinder its label leads to; null when nothing could be read."""

    __tablename__: ClassVar[str] = "gas_scan"
    __table_args__ = (
        Index("ix_gas_scan_cylinder", "cylinder_id", "trusted_at"),
        Index("ix_gas_scan_person", "person_id", "trusted_at"),
        Index("ix_gas_scan_giver", "giver", sqlite_where=_GIVEN, postgresql_where=_GIVEN),
        Index("ix_gas_scan_seal", "seal_name", sqlite_where=_SEALED, postgresql_where=_SEALED),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    cylinder_id: str | None = Field(default=None, sa_type=ID)
    key: str | None = Field(default=None, max_length=KEY_CHARS_MAX)
    raw: str = Field(max_length=RAW_CHARS_MAX)
    step: str = Field(max_length=WORD)
    from_kind: str = Field(max_length=WORD)
    from_id: str = Field(default="", max_length=PARTY_CHARS_MAX)
    to_kind: str = Field(max_length=WORD)
    to_id: str = Field(default="", max_length=PARTY_CHARS_MAX)
    account: str = Field(default="", max_length=PARTY_CHARS_MAX)
    station: str = Field(default="", max_length=PARTY_CHARS_MAX)
    bay: str = Field(default="", max_length=PARTY_CHARS_MAX)
    order: str = Field(default="", max_length=PARTY_CHARS_MAX)
    person_id: str | None = Field(default=None, sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    queue_device: str = Field(default="", max_length=36)
    """With epoch and n: the scan's place in its device's own order; empty for one made on line."""
    queue_epoch: int = Field(default=0)
    queue_n: int = Field(default=0)
    trusted_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    quality: str = Field(max_length=WORD)
    received_at: datetime = Field(sa_type=Instant)
    shown: str | None = Field(default=None, max_length=WORD)
    judged: str = Field(max_length=WORD)
    seal: str = Field(default="", max_length=RAW_CHARS_MAX)
    seal_name: str = Field(default="", max_length=WORD)
    """Names the seal where it proved good; else empty."""
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    accuracy_m: float | None = Field(default=None)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    note: str = Field(default="", sa_type=Text)
    giver: str = Field(default="", max_length=PARTY_CHARS_MAX)
    passed: bool = Field(default=True)
    reason: str | None = Field(default=None, max_length=WORD)
    due_on: date | None = Field(default=None)
    items: list[bool] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    net_g: int | None = Field(default=None)
    tare_g: int | None = Field(default=None)
    gross_g: int | None = Field(default=None)
    residual_g: int | None = Field(default=None)
    marks: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    owner_before: str = Field(default="", max_length=NAME_CHARS_MAX)
    owner: str = Field(default="", max_length=NAME_CHARS_MAX)
    paper: str = Field(default="", max_length=NAME_CHARS_MAX)
    papers: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    checks: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    destroy_method: str = Field(default="", max_length=NAME_CHARS_MAX)
    faults: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    life_end_on: date | None = Field(default=None)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
