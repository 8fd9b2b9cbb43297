"""What we keep of attachments: uploads, contents, and which rows cite them."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from backend.kernel.tables import ID, Instant
from mobile_contract.attachments import FILENAME_CHARS_MAX

HASH = 64
WORD = 64
_OPEN = text("state = 'open'")


class Upload(SQLModel, table=True):
    """One sending of one file by one person; where it stands is the size of its part file."""

    __tablename__: ClassVar[str] = "attachments_upload"
    __table_args__ = (
        Index("ix_attachments_upload_open", "person_id", "expires_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_attachments_upload_sent", "sha256", "person_id"),
    )

    id: str = Field(primary_key=True, sa_type=ID)
    person_id: str = Field(sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    state: str = Field(max_length=WORD)
    length_bytes: int
    filename: str = Field(default="", max_length=FILENAME_CHARS_MAX)
    filetype: str = Field(default="", max_length=WORD)
    """As the phone calls it; what it is, the bytes decide."""
    claimed_sha256: str | None = Field(default=None, max_length=HASH)
    mutation: str | None = Field(default=None, max_length=WORD * 2)
    row: str | None = Field(default=None, max_length=WORD * 2)
    metadata_sent: str = Field(default="")
    """Upload-Metadata as it came; HEAD gives it back."""
    sha256: str | None = Field(default=None, max_length=HASH)
    """Of the bytes that arrived: who has this sent them all."""
    refused: str | None = Field(default=None, max_length=WORD)
    """Code of the refusal that ended it."""
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Content(SQLModel, table=True):
    """Bytes that have fully arrived and are kept under their SHA-256."""

    __tablename__: ClassVar[str] = "attachments_content"

    sha256: str = Field(primary_key=True, max_length=HASH)
    size_bytes: int
    media_type: str = Field(max_length=WORD)
    arrived_at: datetime = Field(sa_type=Instant)
    width: int | None = None
    height: int | None = None
    thumbnailed_at: datetime | None = Field(default=None, sa_type=Instant)


class AttachmentUse(SQLModel, table=True):
    """A row cites a content, so the holders of one of the row's scopes may see it."""

    __tablename__: ClassVar[str] = "attachments_use"

    sha256: str = Field(primary_key=True, max_length=HASH)
    t: str = Field(primary_key=True, max_length=WORD)
    row_id: str = Field(primary_key=True, sa_type=ID)
    scope: str = Field(primary_key=True, max_length=200, index=True)
    cited_by: str | None = Field(default=None, sa_type=ID)
    vouched: bool = False
    """The citer saw the content when citing it, or the house itself cites. Otherwise the use opens nobody's eyes until
    the citer has sent the bytes: knowing a hash must not be enough to look at a photo."""
