"""What we keep of evidence: that some came late."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, Instant
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
CODE = 64
SHA256 = 64


class LateUpload(SQLModel, table=True):
    """An act or a photo that came after its grace; never changed."""

    __tablename__: ClassVar[str] = "evidence_late"
    __table_args__ = (
        Index("ix_evidence_late_about", "about", "about_id"),
        Index("ix_evidence_late_team", "team_id", "id"),
        Index("ix_evidence_late_person", "person_id", "id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    what: str = Field(max_length=WORD)
    about: str = Field(max_length=WORD)
    about_id: str = Field(sa_type=ID)
    code: str = Field(max_length=CODE)
    title: str = Field(max_length=NAME_CHARS_MAX)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    team_id: str | None = Field(default=None, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    act: str = Field(max_length=WORD)
    sha256: str | None = Field(default=None, max_length=SHA256)
    done_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    shift_ended_at: datetime | None = Field(default=None, sa_type=Instant)
    grace_until_at: datetime = Field(sa_type=Instant)
    arrived_at: datetime = Field(sa_type=Instant)
