"""What a phone or console knows of customers' homes: visits, hazards and what is done about them, how a home stands."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from mobile_contract.base import Ask, At, Day, Id, Sha256, Text, Wire
from mobile_contract.checklists import ITEMS_MAX, ChecklistVersion, Grade, ItemCode
from mobile_contract.gas import AccountCode, Party, ScanPosition
from mobile_contract.params import Flag, Params
from mobile_contract.people import AreaPath

PHOTOS_PER_ANSWER_MAX = 6
PHOTOS_PER_VISIT_MAX = 20
COMPANIONS_MAX = 5
TOOK_S_MAX = 86_400


class VisitKind(StrEnum):
    """Why somebody came."""

    periodic = "periodic"
    with_delivery = "with_delivery"
    revisit = "revisit"
    campaign = "campaign"


class VisitOutcome(StrEnum):
    """What came of a visit. Only `completed` can count as a check."""

    completed = "completed"
    not_met = "not_met"
    refused = "refused"
    wrong_address = "wrong_address"
    nature_mismatch = "nature_mismatch"
    vacant = "vacant"
    no_longer_lpg = "no_longer_lpg"
    postponed = "postponed"


class AnswerKind(StrEnum):
    """What was found of an item."""

    ok = "ok"
    hazard = "hazard"
    na = "na"


class SignedBy(StrEnum):
    """How the customer confirmed what they were told."""

    customer = "customer"
    one_time_code = "one_time_code"
    nobody = "nobody"


class VisitMark(StrEnum):
    """What a person should know of a visit. A mark is never a refusal."""

    short = "short"
    """A check with a delivery that was too quick and has too few photos: it does not count."""
    no_photo = "no_photo"
    no_position = "no_position"
    far_from_home = "far_from_home"
    alone = "alone"
    """A refusal without a second person."""
    account_unknown = "account_unknown"
    checklist_old = "checklist_old"
    """A newer version held on the day."""
    certificate_missing = "certificate_missing"
    """Who looked held no certificate on the day."""
    clock_poor = "clock_poor"


class HazardState(StrEnum):
    """How far a hazard is."""

    open = "open"
    """Found; the customer has not been told in writing."""
    notified = "notified"
    rectified = "rectified"
    """Somebody says that it is mended; nobody has looked."""
    verified = "verified"
    carried_over = "carried_over"
    """Found again at a later visit: the successor goes on."""


class HazardDeed(StrEnum):
    """What is done about a hazard between visits."""

    notify = "notify"
    claim_fixed = "claim_fixed"
    verify = "verify"
    """Somebody of the desk has seen that it is mended."""
    escalate = "escalate"
    """By the house itself, when its day has passed."""


class EscalatedTo(StrEnum):
    """Who has been told that a hazard is past its day."""

    nobody = "nobody"
    company = "company"
    street = "street"
    district = "district"


# -- what a phone says ---------------------------------------------------------------------------------------------


def _storable(text: str) -> str:
    return "".join("\ufffd" if ord(c) < 32 or ord(c) == 0x7F or 0xD800 <= ord(c) <= 0xDFFF else c for c in text)


Named = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_storable)]
Photos = Annotated[list[Sha256], Field(max_length=PHOTOS_PER_VISIT_MAX)]


class Answer(Params):
    """What was found of one item. A hazard has an id of its own, minted by the phone, a measure and a photo."""

    item: ItemCode
    answer: AnswerKind
    hazard: Id | None = None
    grade: Grade | None = None
    measure: Text = ""
    """What the customer was told to do."""
    fixed: Flag = False
    """Mended during the visit: a photo before and a photo after."""
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_ANSWER_MAX)] = Field(default_factory=list)


class VisitParams(Params):
    """Params of gas.visit. A completed one answers every item of the checklist it names."""

    account: Named
    """The account's code, as the door's label says."""
    kind: VisitKind
    outcome: VisitOutcome
    checklist: ChecklistVersion | None = None
    answers: Annotated[list[Answer], Field(max_length=ITEMS_MAX)] = Field(default_factory=list)
    took_s: Annotated[int, Field(ge=0, le=TOOK_S_MAX, strict=True)] = 0
    """How long it took, by the phone's steady clock."""
    cylinders_found: Annotated[int, Field(ge=0, le=1_000, strict=True)] | None = None
    position: ScanPosition | None = None
    photos: Photos = Field(default_factory=list)
    """The door's number, the notice, the home."""
    signature: Sha256 | None = None
    signed_by: SignedBy = SignedBy.nobody
    companions: Annotated[list[Named], Field(max_length=COMPANIONS_MAX)] = Field(default_factory=list)
    """Who came along: colleagues, the property's or the street's staff."""
    order: Party = ""
    campaign: Id | None = None
    note: Text = ""


class HazardDeedParams(Params):
    """Params of gas.act_on_hazard: the customer was told, or says that it is mended."""

    account: Named
    hazard: Id
    deed: HazardDeed
    photos: Photos = Field(default_factory=list)
    signed_by: SignedBy = SignedBy.nobody
    note: Text = ""


# -- what travels --------------------------------------------------------------------------------------------------


class Visit(Wire):
    """A visit as it travels: a fact, never changed."""

    id: Id
    account: str
    account_id: Id | None
    kind: VisitKind
    outcome: VisitOutcome
    checklist: str
    answers: list[Answer]
    counts: bool
    """Whether it is the half-year's check."""
    proven: bool
    """Whether an outcome other than completed has the proof that is asked of it."""
    marks: list[VisitMark]
    person_id: Id | None
    companions: list[str]
    device_id: Id | None
    trusted_at: At
    error_ms: int
    quality: str
    received_at: At
    took_s: int
    cylinders_found: int | None
    longitude: float | None
    latitude: float | None
    photos: list[Sha256]
    signature: Sha256 | None
    signed_by: SignedBy
    order: str
    campaign: Id | None
    note: str
    area_path: str
    team_id: Id | None


class HazardAct(Wire):
    """A deed about a hazard as it travels: a fact, never changed."""

    id: Id
    account: str
    hazard: Id
    deed: HazardDeed
    told: EscalatedTo
    """To whom it was escalated."""
    person_id: Id | None
    device_id: Id | None
    trusted_at: At
    error_ms: int
    quality: str
    received_at: At
    photos: list[Sha256]
    signed_by: SignedBy
    note: str
    area_path: str


class Hazard(Wire):
    """A hazard as it stands; reckoned from visits and deeds, and reckoned anew when one comes late."""

    id: Id
    account: str
    account_id: Id
    item: str
    grade: Grade
    state: HazardState
    visit: Id
    """The visit that found it."""
    found_at: At
    first_found_at: At
    """When the first of its line was found."""
    notice: str
    """The number of the written notice: account, day, and the end of the hazard's id."""
    notified_at: At | None
    due_on: Day | None
    """The last day: of an `open` one to tell the customer in writing, of a `notified` one to mend it, of a `rectified`
    one to look whether it is. Null where the next visit is the deadline."""
    closed_at: At | None
    predecessor: Id | None
    successor: Id | None
    told: EscalatedTo
    stops_supply: bool
    measure: str
    photos: list[Sha256]
    area_path: str
    team_id: Id | None


class Home(Wire):
    """How a customer's home stands; its id is the account's. A home that nobody ever came to has no row."""

    id: Id
    account: str
    checked_at: At | None
    """The last visit that counts."""
    due_on: Day | None
    """Six calendar months later; null: now, since nobody ever looked."""
    warn_on: Day | None
    """From this day on it is due soon: five calendar months after the last check, or as the district says."""
    revisit_on: Day | None
    """From this day on somebody looks at a hazard again, since it is said to be mended or its day has passed."""
    unmet_notice: str
    """The number of the notice that is left at the door and sent, once nobody was met too often; else empty."""
    not_met: int
    """Times that nobody was met since the last check, each proved and at another part of the day."""
    booked_check: bool
    """The next order is taken only together with a booked check."""
    refused: bool
    exempt: bool
    """No gas is used there any more, as a photo and no cylinder show."""
    winter_first: bool
    """A water heater and no CO alarm."""
    open_hazards: int
    worst: Grade | None
    supply_stopped: bool
    area_path: str
    team_id: Id | None


class HazardView(Hazard):
    """A hazard and what was done about it."""

    acts: list[HazardAct]


# -- what the desk asks --------------------------------------------------------------------------------------------


class HazardDeedAsk(Ask):
    """`POST /gas/v1/hazards/{id}/acts`: the desk saw the notice, or that it is mended."""

    id: Id
    deed: HazardDeed
    photos: Photos = Field(default_factory=list)
    signed_by: SignedBy = SignedBy.nobody
    note: Text = ""


class VisitFilter(Wire):
    """What a list of visits may be narrowed to."""

    account: AccountCode | None = None
    outcome: VisitOutcome | None = None
    area: AreaPath | None = None
    since_at: At | None = None
    until_at: At | None = None


class HazardFilter(Wire):
    """What a list of hazards may be narrowed to."""

    account: AccountCode | None = None
    state: HazardState | None = None
    grade: Grade | None = None
    item: ItemCode | None = None
    area: AreaPath | None = None
    overdue: bool | None = None


HalfYear = Annotated[
    str,
    StringConstraints(pattern=r"^(19[7-9][0-9]|20[0-9]{2}|21[0-8][0-9])H[12]$"),
    Field(examples=["2026H2"]),
]
"""`2026H1` is January to June, `2026H2` July to December."""


class StreetCoverage(Wire):
    """How much of a street was looked at in a half-year."""

    area_path: str
    accounts: int
    """Active on any day of the half-year."""
    checked: int
    """Of these, with a visit that counts."""
    not_met: int
    """Visits at which nobody was met."""
    refused: int


class Coverage(Wire):
    """`GET /gas/v1/coverage`: reckoned from the visits themselves."""

    half: str
    first_on: Day
    last_on: Day
    streets: list[StreetCoverage]


class Due(Wire):
    """A home of the plan: where to go next, and why."""

    account_id: Id
    account: str
    name: str
    address: str
    area_path: str
    checked_at: At | None
    due_on: Day | None
    overdue: bool
    soon: bool
    """Five months have passed since the last check."""
    revisit: bool
    """A hazard there is to be looked at again."""
    not_met: int
    winter_first: bool
    worst: Grade | None
