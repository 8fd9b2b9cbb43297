"""Customers' accounts as they are kept."""

from datetime import date
from typing import ClassVar

from sqlmodel import Field, SQLModel

from backend.gas.tables.parts import WORD
from backend.kernel.ids import new_id
from backend.kernel.tables import ID
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX


class Account(SQLModel, table=True):
    """A customer who gets bottled gas."""

    __tablename__: ClassVar[str] = "gas_account"

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    code: str = Field(max_length=WORD, unique=True)
    name: str = Field(max_length=NAME_CHARS_MAX)
    phone: str = Field(default="", max_length=WORD)
    address: str = Field(max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX, index=True)
    team_id: str | None = Field(default=None, sa_type=ID, index=True)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    nature: str = Field(max_length=WORD)
    since_on: date | None = Field(default=None)
    until_on: date | None = Field(default=None)
    identity: str = Field(max_length=WORD)
    identity_on: date | None = Field(default=None)
