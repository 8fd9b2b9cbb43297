"""What a phone or console knows of routine work orders."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from mobile_contract.base import Ask, At, Id, Label, Latitude, Longitude, Sha256, Text, Wire
from mobile_contract.params import Flag, Number, Params
from mobile_contract.people import AreaPath, SearchText

PHOTOS_PER_ORDER_MAX = 50
PHOTOS_PER_DEED_MAX = 20
ORDERS_PER_PLAN_MAX = 200
PRIORITY_MAX = 9


class Scene(StrEnum):
    """Which trade's routine an order belongs to."""

    sanitation = "sanitation"
    greening = "greening"
    street_order = "street_order"


class Step(StrEnum):
    """How far an order is."""

    planned = "planned"
    released = "released"
    started = "started"
    paused = "paused"
    done = "done"
    closed = "closed"
    cancelled = "cancelled"
    missed = "missed"


class Evidence(StrEnum):
    """Whether what the evidence rule asks for has arrived."""

    none = "none"
    """The rule asks for nothing, or the work is not done yet."""
    awaiting = "awaiting"
    """The work is done; a photo has not arrived yet."""
    complete = "complete"


class Act(StrEnum):
    """What was done to an order; a line of its history names one."""

    plan = "plan"
    release = "release"
    start = "start"
    pause = "pause"
    resume = "resume"
    finish = "finish"
    reassign = "reassign"
    cancel = "cancel"
    close = "close"


class Effect(StrEnum):
    """What an act came to."""

    applied = "applied"
    took_over = "took_over"
    """Applied, and the work of the present assignee was withdrawn."""
    kept = "kept"
    """The order stands as it was; what the crew did is kept and counted as theirs."""


class EvidenceRule(Wire):
    """What must prove the work. Unknown parts of a rule are ignored by an old phone and judged by the server."""

    photos_min: Annotated[int, Field(ge=0, le=PHOTOS_PER_ORDER_MAX, strict=True)] = 0


class WorkOrder(Wire):
    """A routine work order as it travels to phones and console."""

    id: Id
    code: str
    title: str
    scene: Scene
    note: str
    """From the desk to the crew."""
    crew_note: str
    """From the crew to the desk."""
    priority: int
    longitude: float | None
    latitude: float | None
    area_path: str
    team_id: Id
    assignee_id: Id | None
    """The person; null while the order is the whole team's."""
    step: Step
    due_at: At | None
    released_at: At | None
    started_at: At | None
    started_by: Id | None
    done_at: At | None
    done_by: Id | None
    evidence_rule: EvidenceRule
    evidence: Evidence
    photos: list[Sha256]
    cancel_reason: str


class OrderStep(Wire):
    """One line of an order's history: who did what, when, on which device, and how sure the time is."""

    id: Id
    act: Act
    effect: Effect
    from_step: Step
    to_step: Step
    person_id: Id | None
    person_name: str
    device_id: Id | None
    done_at: At
    """Trusted estimate of the moment of the act."""
    error_ms: int
    """The estimate is right within this many milliseconds; 0 for an act at the desk."""
    quality: str
    received_at: At
    note: str
    photos: list[Sha256]
    longitude: float | None
    latitude: float | None


# -- what the desk asks --------------------------------------------------------------------------------------------

Priority = Annotated[int, Field(ge=0, le=PRIORITY_MAX, strict=True)]


class NewWorkOrder(Ask):
    """One order to plan."""

    title: Label
    scene: Scene
    area_path: AreaPath
    team_id: Id
    assignee_id: Id | None = None
    note: Text = ""
    priority: Priority = 0
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    due_at: At | None = None
    photos_min: Annotated[int, Field(ge=0, le=PHOTOS_PER_DEED_MAX, strict=True)] = 0

    @model_validator(mode="after")
    def _place_is_whole(self) -> "NewWorkOrder":
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("longitude and latitude come together")
        return self


class NewWorkOrders(Ask):
    """`POST /workorders/v1/orders`: all of them, or none."""

    orders: Annotated[list[NewWorkOrder], Field(min_length=1, max_length=ORDERS_PER_PLAN_MAX)]
    release: Flag = True
    """Whether the crews get them at once; otherwise they stay planned."""


class Release(Ask):
    """Gives planned orders to their crews."""

    order_ids: Annotated[list[Id], Field(min_length=1, max_length=ORDERS_PER_PLAN_MAX)]


class Reassign(Ask):
    """Another team, another person, or the whole team (`assignee_id` null)."""

    team_id: Id
    assignee_id: Id | None = None
    note: Text = ""


class Cancel(Ask):
    """Withdraws an order; what a crew did meanwhile is kept."""

    reason: Annotated[Text, StringConstraints(min_length=1)]


class Close(Ask):
    """Accepts what was done; `reason` is needed to close what was not finished or not proved."""

    reason: Text = ""


class OrderFilter(Wire):
    """What a list of orders may be narrowed to."""

    scene: Scene | None = None
    step: Step | None = None
    area: AreaPath | None = None
    team_id: Id | None = None
    assignee_id: Id | None = None
    due_before: At | None = None
    evidence: Evidence | None = None
    q: SearchText | None = None


# -- what a phone says ---------------------------------------------------------------------------------------------


class Where(Params):
    """Where the phone was: WGS-84 degrees."""

    longitude: Annotated[Number, Field(ge=-180, le=180)]
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    accuracy_m: Number | None = None


class DeedParams(Params):
    """Params of workorders.start, .pause and .resume."""

    note: Text = ""
    position: Where | None = None


class FinishParams(DeedParams):
    """Params of workorders.finish. Photos may arrive later: until then the evidence is awaited."""

    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_DEED_MAX)] = Field(default_factory=list)


class OrderEdit(Params):
    """Registers of an order that a phone may edit."""

    note: Text | None = None
    crew_note: Text | None = None
    priority: Priority | None = None
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_ORDER_MAX)] | None = None
