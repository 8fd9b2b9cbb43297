"""What we keep of notifications: notices, and the tokens by which phones are pushed."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant
from mobile_contract.notices import PUSH_TOKEN_CHARS_MAX

CODE = 64
HASH = 64
CAUSE = 200
WORD = 16


class Notice(SQLModel, table=True):
    """One thing told to one person."""

    __tablename__: ClassVar[str] = "notifications_notice"
    __table_args__ = (
        UniqueConstraint("person_id", "cause"),
        Index("ix_notifications_notice_inbox", "person_id", "id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    cause: str = Field(max_length=CAUSE)
    """Why it was raised: the same cause is told to a person once."""
    code: str = Field(max_length=CODE)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    urgent: bool = Field(default=False)
    about_kind: str | None = Field(default=None, max_length=CODE)
    about_id: str | None = Field(default=None, sa_type=ID)
    created_at: datetime = Field(sa_type=Instant, index=True)
    read_at: datetime | None = Field(default=None, sa_type=Instant)


class PushToken(SQLModel, table=True):
    """Under which token a vendor's service reaches a handset, and for whom; one a handset."""

    __tablename__: ClassVar[str] = "notifications_push_token"

    device_id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID, index=True)
    session_id: str = Field(sa_type=ID, index=True)
    """The sign-in by which it was registered; it goes with it."""
    gateway: str = Field(max_length=WORD)
    token: str = Field(max_length=PUSH_TOKEN_CHARS_MAX)
    token_hash: str = Field(max_length=HASH, unique=True)
    language: str = Field(max_length=WORD)
    registered_at: datetime = Field(sa_type=Instant)
    streaming_until_at: datetime | None = Field(default=None, sa_type=Instant)
    """So long the handset is poked by its own stream, and not by the vendor."""
    poked_seq: int = Field(default=0, sa_type=BigInteger)
    """It was told of everything up to this number."""
    poked_at: datetime | None = Field(default=None, sa_type=Instant)
