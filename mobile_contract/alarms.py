"""What a phone or console knows of alarms: a call for help of somebody in the field, and dangers that cannot wait."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Id, Latitude, Longitude, Sha256, Text, Wire
from mobile_contract.params import Number, Params
from mobile_contract.people import AreaPath

PHOTOS_PER_ALARM_MAX = 10
Said = Annotated[Text, StringConstraints(min_length=1)]


class AlarmKind(StrEnum):
    """What is asked for."""

    sos = "sos"
    """Somebody of the crew needs help (一键求助)."""
    danger = "danger"
    """A danger to others was seen (险情报告); a case is opened for it by itself."""


class Danger(StrEnum):
    """What sort of danger."""

    gas_leak = "gas_leak"
    road_collapse = "road_collapse"
    water_main = "water_main"
    heat_main = "heat_main"
    drain = "drain"
    flooding = "flooding"
    fallen_cable = "fallen_cable"
    fire = "fire"
    fallen_tree = "fallen_tree"
    crowd = "crowd"
    other = "other"


class AlarmState(StrEnum):
    """Where an alarm stands."""

    raised = "raised"
    """Nobody has said that they saw it; it is told to more and more people."""
    acknowledged = "acknowledged"
    withdrawn = "withdrawn"
    """Taken back by whoever raised it: a false alarm. It stays on record."""
    settled = "settled"


class AlarmAct(StrEnum):
    """A line of an alarm's history."""

    raised = "raised"
    told = "told"
    acknowledged = "acknowledged"
    withdrawn = "withdrawn"
    settled = "settled"


class Alarm(Wire):
    """An alarm as it travels. Its sender waits to read: seen by `acknowledged_by_name` at `acknowledged_at`."""

    id: Id
    kind: AlarmKind
    danger: Danger | None
    state: AlarmState
    person_id: Id | None
    """Who raised it; null: somebody who is not of the house, a customer who smells gas."""
    person_name: str
    area_path: str
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    note: str
    photos: list[Sha256]
    raised_at: At
    """By trusted time, as soon as the queue has brought it."""
    received_at: At
    told_step: int
    """How far it was told: 0 for the first circle of people."""
    acknowledged_by: Id | None
    acknowledged_by_name: str
    acknowledged_at: At | None
    withdrawn_at: At | None
    settled_by: Id | None
    settled_at: At | None
    outcome: str
    """What came of it, in the words of whoever settled it."""


class AlarmLine(Wire):
    """One line of an alarm's history."""

    id: Id
    act: AlarmAct
    person_id: Id | None
    person_name: str
    done_at: At
    received_at: At
    note: str
    step: int | None
    """With `told`: which circle of people."""
    told: int
    """With `told`: how many persons."""


# -- what a phone says ---------------------------------------------------------------------------------------------


class AlarmPlace(Params):
    """Where the phone was: WGS-84 degrees."""

    longitude: Annotated[Number, Field(ge=-180, le=180)]
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    accuracy_m: Annotated[Number, Field(ge=0)] | None = None


AlarmPhotos = Annotated[list[Sha256], Field(max_length=PHOTOS_PER_ALARM_MAX)]


class RaiseParams(Params):
    """Params of alarms.raise; `row.id` is the alarm's id, made by the phone. Nothing but `kind` is needed."""

    kind: AlarmKind
    danger: Danger | None = None
    note: Text = ""
    photos: AlarmPhotos = Field(default_factory=list)
    position: AlarmPlace | None = None
    area_path: AreaPath | None = None
    """The grid; when it is left out or unknown, the sender's own."""


class AlarmNoteParams(Params):
    """Params of alarms.withdraw and alarms.acknowledge."""

    note: Text = ""


class PlaceAsk(Ask):
    """Where the phone is: WGS-84 degrees."""

    longitude: Longitude
    latitude: Latitude
    accuracy_m: Annotated[float, Field(ge=0, le=100_000, strict=True, allow_inf_nan=False)] | None = None


class RaiseAsk(Ask):
    """`POST /alarms/v1/alarms`: an alarm that lies in the queue too, by the same id, ahead of all that waits there."""

    id: Id
    kind: AlarmKind
    danger: Danger | None = None
    note: Text = ""
    photos: AlarmPhotos = Field(default_factory=list)
    position: PlaceAsk | None = None
    area_path: AreaPath | None = None


class AlarmNote(Ask):
    """Says that one has seen it, or takes it back."""

    note: Text = ""


class Settle(Ask):
    """Ends an alarm: what came of it."""

    outcome: Said
