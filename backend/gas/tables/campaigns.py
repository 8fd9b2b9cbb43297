"""Campaigns and their sites as they are kept."""

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import PARTY_CHARS_MAX, WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX


class Campaign(SQLModel, table=True):
    """A campaign."""

    __tablename__: ClassVar[str] = "gas_campaign"
    __table_args__ = (Index("ix_gas_campaign_area", "area_path", "id"),)

    id: str = Field(primary_key=True, sa_type=ID)
    title: str = Field(max_length=NAME_CHARS_MAX)
    checklist: str = Field(max_length=WORD)
    first_on: date
    last_on: date
    companions_min: int
    note: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    created_by: str | None = Field(default=None, sa_type=ID)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_by: str | None = Field(default=None, sa_type=ID)
    closed_note: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)


class CampaignSite(SQLModel, table=True):
    """A site of a campaign; from `state` on it is kept from visits and hazards and can be reckoned anew at any time."""

    __tablename__: ClassVar[str] = "gas_campaign_site"
    __table_args__ = (
        UniqueConstraint("campaign", "account_id", name="uq_gas_campaign_site_account"),
        Index("ix_gas_campaign_site_account", "account_id"),
        Index("ix_gas_campaign_site_state", "campaign", "state", "id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    campaign: str = Field(sa_type=ID)
    account: str = Field(max_length=PARTY_CHARS_MAX)
    account_id: str = Field(sa_type=ID)
    name: str = Field(max_length=NAME_CHARS_MAX)
    address: str = Field(max_length=NAME_CHARS_MAX)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    team_ids: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    units: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    state: str = Field(default="todo", max_length=WORD)
    visits: int = Field(default=0)
    last_outcome: str | None = Field(default=None, max_length=WORD)
    last_at: datetime | None = Field(default=None, sa_type=Instant)
    checked_at: datetime | None = Field(default=None, sa_type=Instant)
    hazards_found: int = Field(default=0)
    hazards_open: int = Field(default=0)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
