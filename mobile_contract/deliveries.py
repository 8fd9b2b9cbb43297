"""What a phone or console knows of deliveries: orders, deeds at the door, closes of shifts, certificates."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Day, Id, Sha256, Text, Wire
from mobile_contract.gas import (
    RAW_CHARS_MAX,
    AccountCode,
    IdentityProof,
    Party,
    Raw,
    ScanPosition,
    Spec,
)
from mobile_contract.homes import TOOK_S_MAX, Named, Photos, SignedBy
from mobile_contract.params import Params

CYLINDERS_PER_DELIVERY_MAX = 20
FEN_MAX = 100_000_000


class Intake(StrEnum):
    """How an order came in."""

    office = "office"
    telephone = "telephone"
    customer_qr = "customer_qr"
    """The customer's own code was read; its check was right."""


class GasOrderState(StrEnum):
    """How far an order is."""

    open = "open"
    assigned = "assigned"
    delivered = "delivered"
    cancelled = "cancelled"


class DeliveryOutcome(StrEnum):
    """What came of it."""

    delivered = "delivered"
    taken_back = "taken_back"
    """A hazard stopped the supply: the full cylinder went back onto the vehicle, the order stays open."""


class LeakTest(StrEnum):
    """What the test with liquid showed after the cylinder was connected."""

    tight = "tight"
    leaking = "leaking"
    not_done = "not_done"


class NoEmpty(StrEnum):
    """Why no empty cylinder came back."""

    first_delivery = "first_delivery"
    customer_keeps = "customer_keeps"
    none_there = "none_there"


class PaidBy(StrEnum):
    """How money was taken; recorded, never reckoned here."""

    nothing = "nothing"
    cash = "cash"
    code = "code"
    transfer = "transfer"
    account = "account"


class DeliveryMark(StrEnum):
    """What a person should know of a delivery. A mark is never a refusal."""

    account_unknown = "account_unknown"
    order_unknown = "order_unknown"
    order_elsewhere = "order_elsewhere"
    """The order is another customer's."""
    order_cancelled = "order_cancelled"
    full_not_scanned = "full_not_scanned"
    empty_not_scanned = "empty_not_scanned"
    not_green = "not_green"
    """A full cylinder was handed over that was not green, by what the server knew."""
    seal_missing = "seal_missing"
    """A full cylinder without a seal that proved good."""
    check_missing = "check_missing"
    check_elsewhere = "check_elsewhere"
    check_refused = "check_refused"
    """The customer refused the safety check: closed, and listed."""
    check_not_done = "check_not_done"
    """The visit says that nobody was met or that it was put off, yet a full cylinder was handed over."""
    supply_stopped = "supply_stopped"
    """An open hazard forbids to hand over a full cylinder."""
    leak_not_tested = "leak_not_tested"
    leaking = "leaking"
    no_photo = "no_photo"
    unsigned = "unsigned"
    customer_code_wrong = "customer_code_wrong"
    identity_never_seen = "identity_never_seen"
    """Nobody has ever seen who this customer is."""
    certificate_missing = "certificate_missing"
    """Who delivered held no certificate on the day."""
    clock_poor = "clock_poor"


Fen = Annotated[int, Field(ge=0, le=FEN_MAX, strict=True)]
"""Money in whole fen."""


# -- what travels --------------------------------------------------------------------------------------------------


class GasOrder(Wire):
    """An order of gas as it travels."""

    id: Id
    account: str
    account_id: Id
    name: str
    phone: str
    address: str
    longitude: float | None
    latitude: float | None
    spec: str
    count: int
    intake: Intake
    state: GasOrderState
    wanted_on: Day | None
    booked_check: bool
    """The order is taken only with a safety check, since nobody was met three times."""
    person_id: Id | None
    """The worker who brings it."""
    deliveries: list[Id]
    """Deliveries that name it, in the order they were done; more than one wants a look."""
    deposit_fen: int | None
    note: str
    placed_at: At
    placed_by: Id | None
    cancelled_why: str
    area_path: str
    team_id: Id | None


class Delivery(Wire):
    """A delivery as it travels: a fact, never changed."""

    id: Id
    account: str
    account_id: Id | None
    order: str
    outcome: DeliveryOutcome
    fulls: list[Id]
    empties: list[Id]
    no_empty: NoEmpty | None
    visit: Id | None
    leak_test: LeakTest
    identity: IdentityProof
    marks: list[DeliveryMark]
    person_id: Id | None
    device_id: Id | None
    trusted_at: At
    error_ms: int
    quality: str
    received_at: At
    took_s: int
    longitude: float | None
    latitude: float | None
    photos: list[Sha256]
    signature: Sha256 | None
    signed_by: SignedBy
    paid_fen: int | None
    paid_by: PaidBy
    deposit_fen: int | None
    note: str
    area_path: str
    team_id: Id | None


class CloseCorrection(Wire):
    """A line that says what late scans changed in a close after its day was over."""

    at: At
    added: dict[str, list[str]]
    """Side of the equation -> cylinders that are there now."""
    removed: dict[str, list[str]]


class ShiftClose(Wire):
    """The close of a worker's day: carried + loaded + collected + received = delivered + unloaded + given + still.

    Each side lists the names of its cylinders. `missing`: taken, and neither given nor brought back. `surplus`: given
    or brought back, and never taken.
    """

    id: Id
    person_id: Id
    on: Day
    balanced: bool
    carried: list[str]
    """On the vehicle before the day began."""
    loaded: list[str]
    collected: list[str]
    received: list[str]
    delivered: list[str]
    unloaded: list[str]
    given: list[str]
    still: list[str]
    missing: list[str]
    surplus: list[str]
    corrections: list[CloseCorrection]
    """What late scans changed after the day was over, oldest first."""
    reckoned_at: At
    area_path: str
    team_id: Id | None


class Certificate(Wire):
    """A worker's certificate, or a training that has an end."""

    id: Id
    person_id: Id
    kind: str
    number: str
    valid_from_on: Day
    valid_until_on: Day | None
    entered_at: At


# -- what a phone says ---------------------------------------------------------------------------------------------


class DeliveryParams(Params):
    """Params of gas.deliver: what was done at the door, naming the scans and the visit that were made there."""

    account: Named
    """The account's code."""
    order: Party = ""
    """The order's id; empty where nobody ordered."""
    outcome: DeliveryOutcome = DeliveryOutcome.delivered
    fulls: Annotated[list[Id], Field(max_length=CYLINDERS_PER_DELIVERY_MAX)] = Field(default_factory=list)
    """Ids of the scans by which full cylinders were handed over."""
    empties: Annotated[list[Id], Field(max_length=CYLINDERS_PER_DELIVERY_MAX)] = Field(default_factory=list)
    no_empty: NoEmpty | None = None
    visit: Id | None = None
    """The safety check that was made, or the customer's refusal of it."""
    leak_test: LeakTest = LeakTest.not_done
    identity: IdentityProof = IdentityProof.none
    customer_code: Annotated[str, StringConstraints(max_length=RAW_CHARS_MAX)] = ""
    """What the label at the door says."""
    position: ScanPosition | None = None
    photos: Photos = Field(default_factory=list)
    """The installed cylinder."""
    signature: Sha256 | None = None
    signed_by: SignedBy = SignedBy.nobody
    took_s: Annotated[int, Field(ge=0, le=TOOK_S_MAX, strict=True)] = 0
    paid_fen: Fen | None = None
    paid_by: PaidBy = PaidBy.nothing
    deposit_fen: Fen | None = None
    note: Text = ""


# -- what the desk asks --------------------------------------------------------------------------------------------


class NewGasOrder(Ask):
    """`POST /gas/v1/orders`: by the account's code, or by the customer's own label as it was read."""

    id: Id
    """Minted by the caller: the same id twice is one order."""
    account: AccountCode | None = None
    customer_code: Raw | None = None
    intake: Intake = Intake.office
    spec: Spec
    count: Annotated[int, Field(ge=1, le=CYLINDERS_PER_DELIVERY_MAX, strict=True)] = 1
    wanted_on: Day | None = None
    booked_check: Annotated[bool, Field(strict=True)] = False
    deposit_fen: Fen | None = None
    note: Text = ""


class AssignGasOrder(Ask):
    """Gives an order to a worker, who must hold a certificate on the day; null takes it back."""

    person_id: Id | None


class CancelGasOrder(Ask):
    """Cancels an order, saying why."""

    why: Annotated[Text, Field(min_length=1)]


class GasOrderFilter(Wire):
    """What a list of orders may be narrowed to."""

    account: AccountCode | None = None
    state: GasOrderState | None = None
    person_id: Id | None = None
    wanted_on: Day | None = None


class ShiftCloseFilter(Wire):
    """What a list of closes may be narrowed to."""

    person_id: Id | None = None
    on: Day | None = None
    balanced: bool | None = None


class DeliveryFilter(Wire):
    """What a list of deliveries may be narrowed to."""

    account: AccountCode | None = None
    person_id: Id | None = None
    mark: DeliveryMark | None = None
    since_at: At | None = None
    until_at: At | None = None


CertificateWord = Annotated[
    str,
    StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z0-9._/-]+$"),
    Field(examples=["GZ-SQ-001207"]),
]


class NewCertificate(Ask):
    """`POST /gas/v1/certificates`."""

    person_id: Id
    kind: CertificateWord
    number: CertificateWord
    valid_from_on: Day
    valid_until_on: Day | None = None
