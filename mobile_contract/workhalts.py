"""Halts: weather or an incident stops the work of an area for a while."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Id, Sha256, Text, Wire
from mobile_contract.params import Params
from mobile_contract.people import AreaPath
from mobile_contract.workorders import PHOTOS_PER_DEED_MAX, Where
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


# -- asked for from the field --------------------------------------------------------------------------------------


class HaltCause(StrEnum):
    """Why somebody in the field wants the work to stop."""

    weather = "weather"
    incident = "incident"


class HaltAskState(StrEnum):
    """What the desk made of it."""

    open = "open"
    granted = "granted"
    """The work is halted: `halt_id`."""
    declined = "declined"


class HaltAskParams(Params):
    """Params of workorders.ask_halt. `row.id` is a new UUID. Who is in danger stops first, and asks then."""

    order_id: Id | None = None
    """The order it is about: its area is meant; null: the area where the asker is employed."""
    cause: HaltCause
    reason: Annotated[Text, StringConstraints(min_length=1)]
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_DEED_MAX)] = Field(default_factory=list)
    position: Where | None = None


class HaltAsk(Wire):
    """That somebody in the field asked for a halt, and the desk's answer."""

    id: Id
    order_id: Id | None
    area_path: str
    cause: HaltCause
    reason: str
    photos: list[Sha256]
    person_id: Id
    person_name: str
    asked_at: At
    """Trusted estimate."""
    error_ms: int
    longitude: float | None
    latitude: float | None
    state: HaltAskState
    halt_id: Id | None
    answer: str
    answered_by_name: str
    answered_at: At | None


class GrantHalt(Ask):
    """Halts the work as was asked; what is left out is as the asker said it."""

    area_path: AreaPath | None = None
    scenes: Annotated[list[SceneCode], Field(max_length=SCENES_MAX)] = Field(default_factory=list)
    until_at: At | None = None
    reason: Text = ""


class DeclineHalt(Ask):
    """The work goes on, and why."""

    reason: Annotated[Text, StringConstraints(min_length=1)]
