"""Keys of filling stations and the signed blocked list as they are kept."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant, no_items
from mobile_contract.people import AREA_PATH_CHARS_MAX


class GasStationKey(SQLModel, table=True):
    """A station's public key; bounded in time, never taken away."""

    __tablename__: ClassVar[str] = "gas_station_key"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    key_id: int = Field(unique=True)
    station: int
    public_key: str = Field(max_length=64)
    valid_from_at: datetime = Field(sa_type=Instant)
    valid_until_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)


class GasPack(SQLModel, table=True):
    """The blocked list of a district as it was last signed."""

    __tablename__: ClassVar[str] = "gas_pack"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    issued_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    rule_version: str = Field(max_length=WORD)
    blocked: int
    digest: str = Field(max_length=64)
    """Of the names in the filter: nothing new is signed while they stay the same and the pack is young."""
    filter: str = Field(sa_type=Text)
    recent: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    public_key: str = Field(max_length=64)
    signature: str = Field(max_length=100)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, unique=True)
