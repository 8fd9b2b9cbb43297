"""What we keep of scenes: which plans their files made."""

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from backend.kernel.tables import ID, Instant

WORD = 32
HASH = 64


class ScenePlanMade(SQLModel, table=True):
    """That a plan was made for a team of what a scene file says."""

    __tablename__: ClassVar[str] = "scenes_plan"

    scene: str = Field(primary_key=True, max_length=WORD)
    code: str = Field(primary_key=True, max_length=WORD)
    """The plan's in the file."""
    team_id: str = Field(primary_key=True, sa_type=ID)
    plan_id: str = Field(sa_type=ID)
    digest: str = Field(max_length=HASH)
    """Of what the file said."""
    made_at: datetime = Field(sa_type=Instant)
