"""What a phone or console knows of routine work orders."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from mobile_contract.base import Ask, At, Day, Id, Label, Latitude, Longitude, Sha256, Text, Wire
from mobile_contract.params import Flag, Number, Params
from mobile_contract.people import AreaPath, SearchText
from mobile_contract.worklines import BufferM, NewWorkLine, WorkLine, check_place
from mobile_contract.worktemplates import MATERIALS_MAX, EvidenceRule, MaterialUsed, SceneCode

PHOTOS_PER_ORDER_MAX = 50
PHOTOS_PER_DEED_MAX = 20
ORDERS_PER_PLAN_MAX = 200
ROUTE_PLACES_MAX = 10_000
SCAN_CHARS_MAX = 500
TITLE_CHARS_MAX = 100
EXPORT_ROWS_MAX = 100_000
NEAR_M_MAX = 5_000
EXCUSE_MAX = timedelta(days=31)
PRIORITY_MAX = 9


class Step(StrEnum):
    """How far an order is."""

    planned = "planned"
    released = "released"
    started = "started"
    paused = "paused"
    done = "done"
    rework = "rework"
    """An inspection failed: the crew does it again."""
    closed = "closed"
    cancelled = "cancelled"
    missed = "missed"
    """The window went by and nobody began; said only once the crew's phones were heard of beyond it."""
    excused = "excused"
    """Weather or an incident made the work needless or impossible."""
    merged = "merged"
    """It is the same work as another order, which stands for both: `master_id`."""


class Inspection(StrEnum):
    """Whether somebody looks at finished work, and what they found."""

    none = "none"
    due = "due"
    """Drawn by lot when the work was finished."""
    passed = "passed"
    failed = "failed"


class Evidence(StrEnum):
    """Whether what the evidence rule asks for has arrived."""

    none = "none"
    """The rule asks for nothing, or the work is not done yet."""
    awaiting = "awaiting"
    """The work is done; something the rule asks for has not arrived: `lacking` says what."""
    complete = "complete"


class Act(StrEnum):
    """What was done to an order; a line of its history names one."""

    plan = "plan"
    release = "release"
    claim = "claim"
    start = "start"
    pause = "pause"
    resume = "resume"
    finish = "finish"
    reassign = "reassign"
    cancel = "cancel"
    close = "close"
    inspected_ok = "inspected_ok"
    inspected_bad = "inspected_bad"
    miss = "miss"
    excuse = "excuse"
    merge = "merge"
    absorb = "absorb"
    """Another order was merged into this one."""
    reopen = "reopen"
    """It had been called missed or was excused, and is to be done after all."""
    extend = "extend"
    """It has more time."""
    halt = "halt"
    """Weather or an incident stopped the work for a while; the step stays."""
    lift = "lift"
    """The halt is over."""
    replan = "replan"
    """A new version of the plan changed an order that nobody had been given yet."""


class Effect(StrEnum):
    """What an act came to."""

    applied = "applied"
    took_over = "took_over"
    """Applied, and the work of the present assignee was withdrawn."""
    kept = "kept"
    """The order stands as it was; what the crew did is kept and counted as theirs."""
    joined = "joined"
    """A mate works on it too: their hours count, the order stands as it was."""


class Lack(StrEnum):
    """What an order's proof lacks."""

    photo_bytes = "photo_bytes"
    """A photo that was cited has not arrived."""
    photos = "photos"
    photos_before = "photos_before"
    photos_after = "photos_after"
    photo_old = "photo_old"
    photo_reused = "photo_reused"
    """A photo proves another order already."""
    item = "item"
    """An item of the checklist is not answered."""
    item_photo = "item_photo"
    place_unknown = "place_unknown"
    """The finish told no position."""
    too_far = "too_far"
    start_too_far = "start_too_far"
    """Somebody began elsewhere; told from the start on. A start that tells no position is not marked."""
    too_short = "too_short"
    signature = "signature"
    scan = "scan"
    """No label was scanned."""
    scan_elsewhere = "scan_elsewhere"
    """A label was scanned, and it is not the one of the plan's place."""
    coverage = "coverage"
    """The crew's tracks passed less of the line than the rule asks for."""
    coverage_unknown = "coverage_unknown"
    """The tracks have holes, so that nobody can tell whether enough of the line was passed."""


class Lacking(Wire):
    """One thing that is lacking; `item` names the item of the checklist it is about."""

    what: Lack
    item: str = ""


class WorkOrder(Wire):
    """A routine work order as it travels to phones and console."""

    id: Id
    code: str
    title: str
    scene: SceneCode
    template_id: Id | None
    """The version of the template it is worked by; null for an order without a checklist."""
    note: str
    """From the desk to the crew."""
    crew_note: str
    """From the crew to the desk."""
    priority: int
    longitude: float | None
    latitude: float | None
    """Its place; of a line its middle, to navigate to."""
    line: WorkLine | None
    """The stretch that is worked, where the place is one."""
    buffer_m: float | None
    """Metres to either side of the line that belong to it; null: no line."""
    area_path: str
    team_id: Id
    assignee_id: Id | None
    """The person; null while the order is the whole team's."""
    step: Step
    window_from_at: At | None
    """Work before it does not count as this order's."""
    due_at: At | None
    released_at: At | None
    started_at: At | None
    started_by: Id | None
    done_at: At | None
    done_by: Id | None
    worked_s: int
    """Seconds of work, pauses not counted; of a stretch that goes on, only what came before it."""
    evidence_rule: EvidenceRule
    evidence: Evidence
    lacking: list[Lacking]
    """Of work that is not done yet only `start_too_far`."""
    covered_percent: float | None
    """So much of the line the crew's tracks covered; null: no line, not done, or nobody asked."""
    photos: list[Sha256]
    signature: Sha256 | None
    materials: list[MaterialUsed]
    inspection: Inspection
    inspected_at: At | None
    inspected_by: Id | None
    rework_count: int
    cancel_reason: str
    master_id: Id | None
    """The order it was merged into."""
    joint_id: Id | None
    """Several crews have a part each: their orders name the same joint work."""
    joint_no: int
    """Which part it is; 1 leads. 0: no joint work."""
    joint_parts: int
    joint_left: int
    """So many parts of the joint work are still to be done."""
    halt_id: Id | None
    halted_at: At | None
    """Since when weather or an incident halts it; work done nevertheless counts."""
    halt_reason: str
    plan_id: Id | None
    plan_version: int | None
    """The version of the plan it was made by."""
    occurrence_on: Day | None
    """The day of the plan it stands for."""
    place: str
    """The place of the plan it is about."""
    route_place: int | None
    """Where it comes in the crew's round, 1 first; null: anywhere."""


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
    scene: SceneCode
    template_id: Id | None = None
    area_path: AreaPath
    team_id: Id
    assignee_id: Id | None = None
    note: Text = ""
    priority: Priority = 0
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    window_from_at: At | None = None
    due_at: At | None = None
    route_place: Annotated[int, Field(ge=1, le=ROUTE_PLACES_MAX, strict=True)] | None = None
    line: Annotated[NewWorkLine | None, Field(examples=[None])] = None
    """Instead of longitude and latitude: the stretch to work."""
    buffer_m: Annotated[BufferM | None, Field(examples=[None])] = None
    """Of the line; 15 when left out."""
    photos_min: Annotated[int, Field(ge=0, le=PHOTOS_PER_DEED_MAX, strict=True)] = 0

    @model_validator(mode="after")
    def _place_is_whole(self) -> "NewWorkOrder":
        check_place(self.longitude, self.latitude, self.line, self.buffer_m)
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


class Reopen(Ask):
    """A missed or excused order is to be done after all, by a new time."""

    due_at: Annotated[At, Field(examples=["2026-09-02T10:00:00Z"])]
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Extend(Ask):
    """More time for an order that is open; the time it had is in its history."""

    due_at: Annotated[At, Field(examples=["2026-09-02T10:00:00Z"])]
    reason: Annotated[Text, StringConstraints(min_length=1)]


class Inspect(Ask):
    """What an inspection of finished work found."""

    passed: Flag
    note: Text = ""
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_DEED_MAX)] = Field(default_factory=list)


class NewExcuse(Ask):
    """Weather or an incident: open orders of an area whose window meets the time are excused."""

    area_path: AreaPath
    scenes: Annotated[list[SceneCode], Field(max_length=20)] = Field(default_factory=list)
    """Empty: every scene."""
    from_at: Annotated[At, Field(examples=["2026-09-01T00:00:00Z"])]
    until_at: Annotated[At, Field(examples=["2026-09-01T10:00:00Z"])]
    reason: Annotated[Text, StringConstraints(min_length=1)]

    @model_validator(mode="after")
    def _lasts(self) -> "NewExcuse":
        if not timedelta(0) < self.until_at - self.from_at <= EXCUSE_MAX:
            raise ValueError("until_at lies after from_at, by 31 days at most")
        return self


class Excused(Wire):
    """Which orders an excuse reached, a thousand at a time."""

    order_ids: list[Id]
    more: bool
    """There are more of them: ask again."""


class Sort(StrEnum):
    """How a list is read."""

    newest = "newest"
    due = "due"
    """What is given out and not ended, the earliest due first; without a due time last."""


class OrderFilter(Wire):
    """What a list of orders may be narrowed to."""

    sort: Sort = Sort.newest
    scene: SceneCode | None = None
    step: Step | None = None
    open: bool | None = None
    """True: not done and not ended; false: done or ended."""
    overdue: bool = False
    """Given out, not done, and due before now."""
    on: Day | None = None
    """Due on that day of the district, whatever its step."""
    mine: bool = False
    """One's own, and what is free in one's teams."""
    area: AreaPath | None = None
    team_id: Id | None = None
    assignee_id: Id | None = None
    plan_id: Id | None = None
    due_before: At | None = None
    evidence: Evidence | None = None
    inspection: Inspection | None = None
    q: SearchText | None = None


class NearOrder(Wire):
    """An order and how far it lies."""

    order: WorkOrder
    distance_m: float


class StoryPhoto(Wire):
    """A photo of a line; `arrived` False: its bytes are still on a phone."""

    sha256: Sha256
    arrived: bool


class StoryLine(Wire):
    """One act or answer as a sentence, in the time of the district."""

    at: At
    act: Act | None
    """Null for an answer to the checklist: `item` names it."""
    item: str
    zh: str
    en: str
    photos: list[StoryPhoto]


class Story(Wire):
    """An order told from the beginning, by when each thing was done."""

    order: WorkOrder
    lines: list[StoryLine]
    other_photos: list[StoryPhoto]
    """Photos that came with no act: added to the order by an edit."""


# -- what a phone says ---------------------------------------------------------------------------------------------


class Where(Params):
    """Where the phone was: WGS-84 degrees."""

    longitude: Annotated[Number, Field(ge=-180, le=180)]
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    accuracy_m: Number | None = None


class DeedParams(Params):
    """Params of workorders.claim, .pause and .resume."""

    note: Text = ""
    position: Where | None = None


class StartParams(DeedParams):
    """Params of workorders.start: its photos show the place before the work, `scan` what the label there says."""

    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_DEED_MAX)] = Field(default_factory=list)
    scan: Annotated[Text, Field(max_length=SCAN_CHARS_MAX)] = ""


class FinishParams(StartParams):
    """Params of workorders.finish. Photos may arrive later: until then the evidence is awaited."""

    signature: Sha256 | None = None
    """The picture of a signature, uploaded like a photo."""
    materials: Annotated[list[MaterialUsed], Field(max_length=MATERIALS_MAX)] = Field(default_factory=list)


class OrderEdit(Params):
    """Registers of an order that a phone may edit."""

    note: Text | None = None
    crew_note: Text | None = None
    priority: Priority | None = None
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_ORDER_MAX)] | None = None
