"""What a phone or console knows of day results, month sheets, corrections (补卡) and the supervisors' board."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mobile_contract.attendance import Direction, Place, Source
from mobile_contract.base import Ask, At, Day, Id, Label, Sha256, Text, Wire
from mobile_contract.params import Params
from mobile_contract.rosters import DayKind, ShiftPart

PART_MAX = 3
MONTH_PATTERN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
Month = Annotated[str, Field(pattern=MONTH_PATTERN, examples=["2026-09"])]


class DayWord(StrEnum):
    """What a day, or one clock-in that it wants, came to."""

    normal = "normal"
    late = "late"
    serious_late = "serious_late"
    absent_late = "absent_late"
    """So late that it counts as an absence."""
    early = "early"
    missing = "missing"
    absent = "absent"
    excused = "excused"
    not_required = "not_required"
    pending = "pending"
    """The phone has not yet said that it delivered everything."""


class Integrity(StrEnum):
    """How far a clock-in can be believed. A sensor that the phone lacks is no reason for suspicion."""

    ok = "ok"
    suspect = "suspect"
    tampered = "tampered"


class DayState(StrEnum):
    """Whether more may come by itself."""

    provisional = "provisional"
    final = "final"


class RequestState(StrEnum):
    """How far a correction request is."""

    open = "open"
    approved = "approved"
    refused = "refused"
    withdrawn = "withdrawn"
    moot = "moot"
    """The clock-in that was wished for came after all: there is nothing left to decide."""


class DisputeState(StrEnum):
    """How far a dispute is."""

    open = "open"
    answered = "answered"
    settled = "settled"


class Presence(StrEnum):
    """Colour of a person on the board. Grey is never a reproach."""

    red = "red"
    yellow = "yellow"
    green = "green"
    grey = "grey"


class Reason(Wire):
    """Why, in words with the numbers. `code` and `params` for a phone that has its own words."""

    code: str
    params: dict[str, str | int]
    zh: str
    en: str


class Slot(Wire):
    """A clock-in or clock-out that the day wanted, and what met it."""

    part: int
    direction: Direction
    planned_at: At
    """After leave was taken into account."""
    word: DayWord
    punch_id: Id | None
    at: At | None
    error_ms: int | None
    off_min: int
    """Minutes late or early."""
    place: Place | None
    source: Source | None
    integrity: Integrity | None


class DayResult(Wire):
    """What a day came to: a function of facts alone. `day_version` counts how often facts changed it."""

    id: Id
    person_id: Id
    on: Day
    state: DayState
    word: DayWord
    no_contact: bool
    """Decided without word from the phone, which was silent too long."""
    kind: DayKind
    shift_type_id: Id | None
    shift_name: str
    post_name: str = ""
    """Where the roster wanted the person, when it says so."""
    parts: list[ShiftPart]
    slots: list[Slot]
    late_min: int
    early_min: int
    worked_min: int
    """Within the shift."""
    credited_min: int
    """Trips, training and incidents within the shift, which count as work."""
    leave_min: int
    overtime_workday_min: int
    overtime_rest_day_min: int
    overtime_holiday_min: int
    work_on_leave: bool
    review: bool
    """A clock-in of the day was out of place, unproven or suspect: a person should look."""
    reasons: list[Reason]
    day_version: int


class MonthDay(Wire):
    """A day of a month sheet."""

    on: Day
    word: DayWord
    shift_name: str
    kind: DayKind
    times_late: int
    times_early: int
    times_missing: int
    late_min: int
    early_min: int
    worked_min: int
    credited_min: int
    leave_min: int
    overtime_workday_min: int
    overtime_rest_day_min: int
    overtime_holiday_min: int
    work_on_leave: bool


class MonthTotals(Wire):
    """What payroll adds up."""

    days_due: int
    """Days that wanted work: with a shift, days on leave counted."""
    days_excused: int
    """Of these, days wholly on leave, trip, training or incident."""
    days_worked: int
    days_absent: int
    times_late: int
    times_early: int
    times_missing: int
    late_min: int
    early_min: int
    worked_min: int
    credited_min: int
    leave_min: int
    overtime_workday_min: int
    overtime_rest_day_min: int
    overtime_holiday_min: int
    days_work_on_leave: int


class SheetEntry(Wire):
    """A day of a frozen sheet that later facts changed: what it said, what it comes to, and why."""

    id: Id
    on: Day
    before: MonthDay | None
    after: MonthDay | None
    why: str
    made_at: At


class MonthSheet(Wire):
    """A person's month. Once frozen its days stay; `entries` say what came later, `totals` count them in."""

    person_id: Id
    name: str
    month: Month
    frozen_at: At | None
    open_days: int
    """Days that may still change by themselves."""
    days: list[MonthDay]
    entries: list[SheetEntry]
    totals: MonthTotals
    digest: str
    """SHA-256 of the days as they stand, without entries."""


class Closed(Wire):
    """What closing a month came to."""

    month: Month
    sheets: int


# -- corrections (补卡) ----------------------------------------------------------------------------------------------


class PunchRequest(Wire):
    """A wish to have a missing or wrong clock-in made good."""

    id: Id
    person_id: Id
    on: Day
    part: int
    direction: Direction
    at: At
    """When the person says that they came or went."""
    reason: str
    photo: Sha256 | None
    state: RequestState
    refusal: str | None
    """Code of the rule that refused it."""
    asked_at: At
    decided_by: Id | None
    decided_at: At | None
    decision: str


class CorrectionParams(Params):
    """Params of attendance.ask_correction: `row.id` is the request's id."""

    on: Day = Field(examples=["2026-09-01"])
    part: Annotated[int, Field(ge=0, le=PART_MAX, strict=True)] = 0
    direction: Direction
    at: At = Field(examples=["2026-09-01T08:00:00+08:00"])
    reason: Text
    photo: Sha256 | None = None


class NewCorrection(Ask):
    """`POST /attendance/v1/corrections`: as `CorrectionParams`, on line."""

    id: Id
    on: Day = Field(examples=["2026-09-01"])
    part: Annotated[int, Field(ge=0, le=PART_MAX, strict=True)] = 0
    direction: Direction
    at: At = Field(examples=["2026-09-01T08:00:00+08:00"])
    reason: Text
    photo: Sha256 | None = None


class Decision(Ask):
    """A word on a request or dispute."""

    note: Text = ""


class EnteredPunch(Ask):
    """`POST /attendance/v1/punches/on-behalf`: a clock-in that a supervisor saw, for a phone that cannot say it."""

    id: Id
    person_id: Id
    at: At = Field(examples=["2026-09-01T08:00:00+08:00"])
    direction: Direction | None = None
    reason: Label


# -- disputes ------------------------------------------------------------------------------------------------------


class NewDispute(Ask):
    """`POST /attendance/v1/disputes`: a person does not agree with a day."""

    id: Id
    on: Day = Field(examples=["2026-09-01"])
    text: Text


class DisputeWord(Wire):
    """Something said in a dispute."""

    at: At
    by: Id
    deed: str
    text: str


class Dispute(Wire):
    """A day that somebody does not agree with, and all that was said."""

    id: Id
    person_id: Id
    on: Day
    state: DisputeState
    words: list[DisputeWord]


class ChainLink(Wire):
    """One thing that made a day what it is."""

    at: At
    what: str
    """`roster`, `absence`, `punch`, `request`, `result`, `entry` or `word`."""
    by: Id | None
    id: str
    text: str


class DisputeChain(Wire):
    """A dispute with everything behind it, oldest first."""

    dispute: Dispute
    day: DayResult | None
    links: list[ChainLink]


# -- the board -----------------------------------------------------------------------------------------------------


class BoardPerson(Wire):
    """Somebody on the board."""

    person_id: Id
    name: str
    area_path: str
    presence: Presence
    why: str
    """`absent`, `off_post`, `late`, `left`, `late_data`, `unsure`, `outside` (by the track, not yet for 15 minutes),
    `on_post`, `excused`, `expected`, `off_shift` or `no_data`."""
    word: DayWord | None
    shift_name: str
    post_name: str = ""
    last_at: At | None
    """Of the last clock-in known."""
    place: Place | None
    """Of that clock-in."""
    seen_at: At | None
    """Of the last point of their track, and where it was."""
    seen_place: Place | None
    off_since_at: At | None
    """Since when they are off their post, once their track proved it."""
    data_age_s: int | None
    """How old what is known of the phone is; null when nothing was ever heard."""


class BoardCounts(Wire):
    """How many of each colour."""

    red: int
    yellow: int
    green: int
    grey: int


class Board(Wire):
    """Who is where they should be, exceptions first."""

    at: At
    counts: BoardCounts
    items: list[BoardPerson]
    next: str | None = None


class DayFacts(Wire):
    """A day with the facts behind it."""

    day: DayResult
    punches: list["DayPunch"]


class DayPunch(Wire):
    """A clock-in as the drill-down shows it."""

    id: Id
    trusted_at: At
    error_ms: int
    quality: str
    direction: Direction | None
    place: Place
    distance_m: float | None
    marks: list[str]
    source: Source
    entered_by: Id | None
    note: str
    photo: Sha256 | None
    received_at: At
