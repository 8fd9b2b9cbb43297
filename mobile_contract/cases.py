"""What a phone or console knows of cases: the loop from a finding to its closing.

Source of the steps: CJJ/T 106 and GB/T 30428 as two public systems show them; neither text was read, and no conformity
is claimed.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Id, Label, Latitude, Longitude, Sha256, Text, Wire
from mobile_contract.caselooks import CaseAudit, CaseLevel
from mobile_contract.params import Flag, Number, Params
from mobile_contract.people import AreaPath

PHOTOS_PER_ACT_MAX = 20
PHOTOS_PER_CASE_MAX = 200
HELPERS_MAX = 10
SIMILAR_MAX = 50
CONDITIONS_MAX = 20
SUPPORTERS_MAX = 200
Reason = Annotated[Text, StringConstraints(min_length=1)]
TwoDigits = Annotated[str, Field(pattern=r"^[0-9]{2}$", examples=["02"])]
ComponentCode = Annotated[str, Field(pattern=r"^[0-9]{16}$", examples=["4401110403000123"])]
"""District (6), class (2), kind (2), serial (6)."""


class CaseState(StrEnum):
    """Where a case stands."""

    reported = "reported"
    pending_verify = "pending_verify"
    verified = "verified"
    verify_unable = "verify_unable"
    not_accepted = "not_accepted"
    registered = "registered"
    dispatched = "dispatched"
    handling = "handling"
    returned = "returned"
    handled = "handled"
    checking = "checking"
    check_failed = "check_failed"
    check_passed = "check_passed"
    closed = "closed"
    forced_closed = "forced_closed"
    cancelled = "cancelled"
    transferred = "transferred"
    merged = "merged"


State = CaseState


class CaseAct(StrEnum):
    """What was done to a case; a line of its history names one."""

    report = "report"
    self_dispose = "self_dispose"
    ask_verify = "ask_verify"
    verify_exist = "verify_exist"
    verify_not_exist = "verify_not_exist"
    verify_unable = "verify_unable"
    register = "register"
    reject = "reject"
    merge = "merge"
    transfer = "transfer"
    cancel = "cancel"
    dispatch = "dispatch"
    force_dispatch = "force_dispatch"
    accept = "accept"
    ask_return = "ask_return"
    grant_return = "grant_return"
    deny_return = "deny_return"
    ask_extension = "ask_extension"
    grant_extension = "grant_extension"
    deny_extension = "deny_extension"
    ask_suspension = "ask_suspension"
    grant_suspension = "grant_suspension"
    deny_suspension = "deny_suspension"
    resume = "resume"
    finish = "finish"
    send_check = "send_check"
    check_pass = "check_pass"  # noqa: S105 - a check that was passed
    check_fail = "check_fail"
    check_unable = "check_unable"
    rework = "rework"
    close = "close"
    force_close = "force_close"
    reopen = "reopen"
    supervise = "supervise"
    answer_supervision = "answer_supervision"
    ask_appeal = "ask_appeal"
    grant_appeal = "grant_appeal"
    deny_appeal = "deny_appeal"
    evaluate = "evaluate"
    give_orders = "give_orders"
    orders_done = "orders_done"
    audit_ok = "audit_ok"
    audit_bad = "audit_bad"
    review_suspension = "review_suspension"


Act = CaseAct


class CaseEffect(StrEnum):
    """What an act came to."""

    applied = "applied"
    took_over = "took_over"
    """Applied, and the work of the unit that had the case by then was withdrawn."""
    kept = "kept"
    """The case stands as it was; the work and its photos are kept."""


class CaseSource(StrEnum):
    """Where a case comes from."""

    collector = "collector"
    crew = "crew"
    citizen = "citizen"
    hot_line = "hot_line"
    camera = "camera"
    routine_order = "routine_order"


Source = CaseSource


class CodeKind(StrEnum):
    """Which table a code is of: things of the city, or what happens in it."""

    component = "component"
    event = "event"


class Request(StrEnum):
    """What a handling unit may ask for, and a desk decides."""

    suspension = "suspension"
    extension = "extension"
    appeal = "appeal"
    # `return` as the crews say it; the name is a word of the language here
    return_ = "return"


class Supervision(StrEnum):
    """Why somebody watches a case (督办)."""

    none = "none"
    timeout = "timeout"
    leader = "leader"
    important = "important"


class Timer(StrEnum):
    """A clock of a case."""

    accept = "accept"
    verify = "verify"
    dispatch = "dispatch"
    handle = "handle"
    check = "check"
    close = "close"
    total = "total"


class InTime(StrEnum):
    """Whether the handling was in time, by the trusted time of the act in the field."""

    in_time = "in_time"
    in_time_unsure = "in_time_unsure"
    """The doubt about the phone's clock crosses the limit: counted as in time, and listed."""
    late = "late"


class Case(Wire):
    """A case as it travels to phones and console."""

    id: Id
    code: str
    source: Source
    kind: CodeKind
    big: TwoDigits
    small: TwoDigits
    code_version: str
    """Standard and version of the table its code is of; empty while no table knows the code."""
    grade: str
    """Grade of the place, by which the limit is chosen; empty: none was said."""
    title: str
    note: str
    component: str
    """Code of the component it is about; empty when it is about none, or nobody knew."""
    longitude: float
    latitude: float
    address: str
    area_path: str
    state: State
    team_id: Id | None
    """The unit that handles it."""
    helpers: list[Id]
    """Units that must do their part too."""
    units_done: list[Id]
    handler_id: Id | None
    reporter_id: Id | None
    verifier_id: Id | None
    checker_id: Id | None
    handled_by: Id | None
    suspended: bool
    supervised: Supervision
    pending: list[Request]
    """What was asked for and is not decided yet."""
    timer: Timer | None
    """The clock that runs; null in an end state."""
    due_at: At | None
    """When the running clock ends; null while it is paused."""
    due_table: str
    """Which table of limits and which calendar counted it; a later table moves nothing."""
    in_time: InTime | None
    returns: int
    reworks: int
    extensions: int
    reopens: int
    master_id: Id | None
    """The case this one was merged into."""
    supporters: list[Id]
    """Who reported cases that were merged into this one: they see it, and are told when it ends."""
    alarm_id: Id | None
    """The danger report it was opened for."""
    photos: list[Sha256]
    reported_at: At
    dispatched_at: At | None
    handled_at: At | None
    ended_at: At | None
    reason: str
    """Why it ended or came back, in the words of whoever decided."""
    reply: str
    """What the citizen is told."""
    deduction: int
    """Points taken away in evaluation."""
    audit: CaseAudit
    review_at: At | None
    """When its suspension is to be looked at again; null: it is not suspended."""
    checker_of_unit: bool
    """The checker belongs to a unit that found or handled it: nobody else was sent."""
    check_from_min: int | None
    """A check is passed only at the finding's time of day (同时段): from here, minutes since midnight; null: at any."""
    check_until_min: int | None
    """Until here; less than `check_from_min`: over midnight."""


class CaseLine(Wire):
    """One line of a case's history: who did what, when, on which device, and how sure the time is."""

    id: Id
    act: Act
    effect: CaseEffect
    from_state: State | None
    to_state: State
    person_id: Id | None
    person_name: str
    device_id: Id | None
    done_at: At
    error_ms: int
    quality: str
    received_at: At
    note: str
    photos: list[Sha256]
    longitude: float | None
    latitude: float | None


# -- what a phone says ---------------------------------------------------------------------------------------------


class Place(Params):
    """Where the phone was: WGS-84 degrees."""

    longitude: Annotated[Number, Field(ge=-180, le=180)]
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    accuracy_m: Annotated[Number, Field(ge=0)] | None = None


Photos = Annotated[list[Sha256], Field(max_length=PHOTOS_PER_ACT_MAX)]


class CaseActParams(Params):
    """Params of cases.rework; the ground of all others. Photos may arrive later."""

    note: Text = ""
    photos: Photos = Field(default_factory=list)
    position: Place | None = None


class ReportParams(CaseActParams):
    """Params of cases.report and cases.self_dispose; `row.id` is the new case's id, made by the phone."""

    kind: CodeKind
    big: TwoDigits
    small: TwoDigits
    title: Label
    position: Place
    """Where the thing is."""
    component: ComponentCode | None = None
    address: Text = ""
    area_path: AreaPath | None = None
    """The grid; when it is left out or unknown, the reporter's own."""


class VerifyResult(StrEnum):
    """What was found on the spot."""

    exist = "exist"
    not_exist = "not_exist"
    unable = "unable"


class VerifyParams(CaseActParams):
    """Params of cases.verify."""

    result: VerifyResult


class AcceptParams(CaseActParams):
    """Params of cases.accept: by oneself, or for somebody of one's unit."""

    person_id: Id | None = None


class FinishCaseParams(CaseActParams):
    """Params of cases.finish. `moved` says why the photo was taken elsewhere."""

    moved: Text = ""


class CheckResult(StrEnum):
    """What the checker found."""

    passed = "pass"
    failed = "not_pass"
    unable = "unable"


class CheckParams(CaseActParams):
    """Params of cases.check."""

    result: CheckResult


class RequestParams(CaseActParams):
    """Params of cases.ask_return, .ask_extension, .ask_suspension and .ask_appeal: a desk decides."""

    note: Reason


# -- what the desk asks --------------------------------------------------------------------------------------------


HeardFrom = Literal[Source.hot_line, Source.citizen, Source.camera, Source.routine_order]
"""Sources of what a desk enters; what the field finds is reported by cases.report."""


class NewCase(Ask):
    """`POST /cases/v1/cases`: what a desk heard of, by a call, a camera, a citizen."""

    source: HeardFrom
    kind: CodeKind
    big: TwoDigits
    small: TwoDigits
    title: Label
    area_path: AreaPath
    longitude: Longitude
    latitude: Latitude
    note: Text = ""
    address: Text = ""
    component: ComponentCode | None = None


class ToPerson(Ask):
    """Sends somebody to the spot: to verify, or to check."""

    person_id: Id
    note: Text = ""


class CodeRef(Ask):
    """A code of the table in force."""

    kind: CodeKind
    big: TwoDigits
    small: TwoDigits


class Register(Ask):
    """Registers a case (立案). Every condition of its code is ticked, and every similar case was looked at.

    `code` says what it really is, where whoever reported it was wrong; `grade` chooses the limit.
    """

    code: CodeRef | None = None
    grade: Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z0-9]*$", examples=["A"])] = ""
    conditions: Annotated[list[Label], Field(max_length=CONDITIONS_MAX)] = Field(default_factory=list)
    similar_seen: Annotated[list[Id], Field(max_length=SIMILAR_MAX)] = Field(default_factory=list)
    note: Text = ""


class Because(Ask):
    """An act that is nothing without its reason."""

    reason: Reason


class Merge(Ask):
    """Merges a case into another that is open (并案)."""

    master_id: Id
    reason: Text = ""


class Dispatch(Ask):
    """Gives a case to a unit (派遣), with others that help. `force`: though the unit returned it before."""

    team_id: Id
    helpers: Annotated[list[Id], Field(max_length=HELPERS_MAX)] = Field(default_factory=list)
    force: Flag = False
    note: Text = ""


class Decide(Ask):
    """Grants or denies what a unit asked for."""

    grant: Flag
    reason: Text = ""


class CloseCase(Ask):
    """Closes a case; a citizen is told `reply`."""

    reply: Text = ""
    note: Text = ""


class Supervise(Ask):
    """Watches a case; its unit owes an answer."""

    why: Supervision
    reason: Reason


class Evaluate(Ask):
    """What a closed case is worth: points taken away, 0 for none."""

    deduction: Annotated[int, Field(ge=0, le=100, strict=True)]
    reason: Text = ""


# -- what the desk reads -------------------------------------------------------------------------------------------


class ClockStatus(StrEnum):
    """How a clock stands."""

    running = "running"
    paused = "paused"
    finished = "finished"
    timeout = "timeout"
    """It was stopped after its end."""


class CaseClock(Wire):
    """One clock of a case."""

    timer: Timer
    status: ClockStatus
    started_at: At
    amount: float
    unit: str
    """urgent_hour, work_hour, work_day, natural_day."""
    due_at: At
    due_table: str
    provisional: bool
    """It crosses into a year whose calendar was not published when it was counted."""
    paused_at: At | None
    finished_at: At | None
    levels: list[CaseLevel]
    """Who is told and when: 50, 80, 100 and 150 % of the limit, as the district has it; rising."""


class SimilarCase(Wire):
    """A case near another in place and time."""

    case: Case
    distance_m: float
    same_code: bool
