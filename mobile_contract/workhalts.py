"""Halts: weather or an incident stops the work of an area for a while."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Id, Text, Wire
from mobile_contract.people import AreaPath
from mobile_contract.worktemplates import SceneCode

HALT_MAX = timedelta(days=31)
SCENES_MAX = 20


class NewHalt(Ask):
    """`POST /workorders/v1/halts`: what is open in the area stands still from now on; crews are told why.

    What begins in the area meanwhile is halted too. With `until_at` it is lifted by itself, at the latest after 31
    days.
    """

    area_path: AreaPath
    scenes: Annotated[list[SceneCode], Field(max_length=SCENES_MAX)] = Field(default_factory=list)
    """Empty: every scene."""
    until_at: At | None = None
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Lift(Ask):
    """Ends a halt."""

    note: Text = ""


class WorkHalt(Wire):
    """A halt as it stands."""

    id: Id
    area_path: str
    scenes: list[SceneCode]
    reason: str
    from_at: At
    until_at: At
    lifted_at: At | None
