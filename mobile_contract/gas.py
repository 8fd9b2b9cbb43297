"""What a phone or console knows of gas: cylinders, scans, customers' accounts."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from mobile_contract.base import Ask, At, Day, Id, Label, Latitude, Longitude, Sha256, Text, Wire
from mobile_contract.fill_checks import FillChecks, NewFillChecks
from mobile_contract.gas_papers import SaidPapers
from mobile_contract.params import Flag, Number, Params
from mobile_contract.people import AreaPath
from mobile_contract.scan_faults import ScanFault

RAW_CHARS_MAX = 512
CYLINDERS_PER_ASK_MAX = 500
ACCOUNTS_PER_ASK_MAX = 500
PHOTOS_PER_SCAN_MAX = 10


class Place(StrEnum):
    """Where a cylinder is, as far as scans tell."""

    registered = "registered"
    prefill_ok = "prefill_ok"
    """Checked and fit to be filled; half an hour later it is empty_at_station again."""
    full_at_station = "full_at_station"
    on_vehicle_full = "on_vehicle_full"
    at_customer = "at_customer"
    on_vehicle_empty = "on_vehicle_empty"
    empty_at_station = "empty_at_station"
    sent_for_inspection = "sent_for_inspection"
    lost = "lost"
    scrapped = "scrapped"
    """For ever: neither the cylinder nor its code comes back."""
    unseen = "unseen"
    """Never registered, and no scan says where it is."""


class HolderKind(StrEnum):
    """Who has a cylinder in hand."""

    station = "station"
    worker = "worker"
    customer = "customer"
    inspection = "inspection"
    """An inspection station has it."""
    nobody = "nobody"


class ScanStep(StrEnum):
    """What was done with a cylinder."""

    prefill = "prefill"
    """Looked at before it is filled."""
    fill = "fill"
    load = "load"
    hand_over = "hand_over"
    """Taken over from another worker."""
    deliver = "deliver"
    refuse = "refuse"
    """A full cylinder was not handed over, since the light was red: it stays where it is."""
    collect = "collect"
    unload = "unload"
    send_for_inspection = "send_for_inspection"
    inspect = "inspect"
    """Passed its periodic inspection and came back."""
    scrap = "scrap"
    lose = "lose"
    recover = "recover"
    """Found again after it was lost."""
    block = "block"
    unblock = "unblock"
    change_owner = "change_owner"
    """Another unit owns it from now on; where it is stays as it is."""
    redate = "redate"
    """Dated anew by a rule table that came into force."""
    enter_papers = "enter_papers"
    """Its papers were entered after it was registered, or put right."""


FieldStep = Literal[
    ScanStep.prefill,
    ScanStep.fill,
    ScanStep.load,
    ScanStep.hand_over,
    ScanStep.deliver,
    ScanStep.refuse,
    ScanStep.collect,
    ScanStep.unload,
]
"""What is done with a phone in hand; everything else is done at the desk."""


class Block(StrEnum):
    """Why a cylinder must not be handed over, wherever it is; the due dates speak for themselves."""

    inspection_due = "inspection_due"
    life_end = "life_end"
    foreign_owner = "foreign_owner"
    unregistered = "unregistered"
    label_clone = "label_clone"
    damage = "damage"
    recall = "recall"
    dual_phase = "dual_phase"
    overfilled = "overfilled"
    """More was filled in than its spec allows; goes with the next check or fill."""
    postfill_failed = "postfill_failed"
    """Failed its check after it was filled; goes with the next check or fill."""
    residual_missing = "residual_missing"
    """Checked before filling without a word of how much was left in it; goes with the next check."""


class Light(StrEnum):
    """What a handset shows at a scan."""

    green = "green"
    amber = "amber"
    red = "red"
    unknown = "unknown"
    """No data on this handset: neither yes nor no."""


class Why(StrEnum):
    """The reason of a light, beside the reasons of a block."""

    in_order = "in_order"
    not_on_manifest = "not_on_manifest"
    pack_expired = "pack_expired"
    unknown_full = "unknown_full"
    unknown_empty = "unknown_empty"
    manual_id = "manual_id"
    no_data = "no_data"
    dates_unknown = "dates_unknown"
    blocked = "blocked"
    inspection_due = "inspection_due"
    life_end = "life_end"
    probably_blocked = "probably_blocked"
    """The blocked list holds it, as one of 256 others: ask for its row when there is a network."""
    seal_refused = "seal_refused"
    pack_refused = "pack_refused"
    """The blocked list on this handset is forged, cut, or older than one that it had."""


class ScanMark(StrEnum):
    """What a person should know of a scan. A mark is never a refusal."""

    manual_id = "manual_id"
    """No label could be read: the text is kept, and the station looks a second time."""
    not_a_cylinder = "not_a_cylinder"
    foreign_empty = "foreign_empty"
    unknown_full = "unknown_full"
    blocked = "blocked"
    """The cylinder was blocked or out of date when it was handed on."""
    account_unknown = "account_unknown"
    clock_poor = "clock_poor"
    residual_missing = "residual_missing"
    """A check before filling that does not say how much was left in it."""
    weights_missing = "weights_missing"
    """A fill that does not say what was filled in and what it weighed before and after."""
    weights_differ = "weights_differ"
    """What was filled in is not what the weights before and after say."""
    overfilled = "overfilled"
    certificate_missing = "certificate_missing"
    """Who loaded or filled it held no certificate on the day."""
    seal_refused = "seal_refused"
    """Its seal proves nothing: forged, of another cylinder, of a revoked key, or no seal at all."""
    seal_used = "seal_used"
    """Its seal was delivered before."""


class GapKind(StrEnum):
    """A scan that is missing between two others, or two that contradict each other."""

    skipped_check = "skipped_check"
    """Filled without a check in the half hour before."""
    filled_unfit = "filled_unfit"
    """Filled although blocked, overdue, past its life, in no register, another's, or failed at its check."""
    no_fill = "no_fill"
    no_load = "no_load"
    no_handover = "no_handover"
    no_deliver = "no_deliver"
    no_collect = "no_collect"
    no_unload = "no_unload"
    cross_customer = "cross_customer"
    double_delivery = "double_delivery"
    double_collection = "double_collection"
    blocked_delivered = "blocked_delivered"
    """Given to a customer although it was blocked or out of date."""
    after_scrap = "after_scrap"
    """Seen after it was scrapped."""


class Gap(Wire):
    """Between which two scans the chain is broken, and who had the cylinder."""

    kind: GapKind
    last_scan: Id | None
    next_scan: Id
    holder_kind: HolderKind
    holder_id: str
    from_kind: HolderKind
    from_id: str
    unsure: bool
    """The clocks do not prove which of the two came first: nobody is blamed."""


class Cylinder(Wire):
    """A cylinder as it travels."""

    id: Id
    key: str
    """The name that every label of this cylinder leads to."""
    code: str
    """What its label says."""
    serial: str
    certificate_no: str = ""
    """The use-registration certificate of the unit that owns it: one for many cylinders."""
    registration_code: str = ""
    """The use-registration code: of this cylinder only."""
    maker_code: str = ""
    stamped_tare_g: int | None = None
    owner: str
    spec: str
    made_on: date | None
    next_inspection_on: date | None
    life_end_on: date | None
    rule_version: str
    """The table of due dates by which the dates were reckoned."""
    place: Place
    checked_until_at: At | None
    """Until when prefill_ok holds; after that it is empty_at_station."""
    holder_kind: HolderKind
    holder_id: str
    last_scan: Id | None
    last_at: At | None
    gaps: list[Gap]
    blocked: list[Block]
    area_path: str
    team_id: Id | None


class HandOver(Wire):
    """Whether a full cylinder may be handed over."""

    light: Light
    why: list[str]


class CylinderView(Cylinder):
    """A cylinder, and whether it may be handed over today."""

    hand_over: HandOver


class Scan(Wire):
    """A scan as it travels: a fact, never changed."""

    id: Id
    cylinder_id: Id | None
    key: str | None
    raw: str
    step: ScanStep
    from_kind: HolderKind
    from_id: str
    to_kind: HolderKind
    to_id: str
    account: str
    order: str
    person_id: Id | None
    device_id: Id | None
    trusted_at: At
    error_ms: int
    quality: str
    received_at: At
    shown: Light | None
    """What the handset showed."""
    judged: Light
    """What the server says of it, by what it knew when the scan arrived."""
    seal: str
    longitude: float | None
    latitude: float | None
    photos: list[Sha256]
    note: str
    giver: str
    """Who gave it, at a hand-over between workers."""
    passed: bool
    reason: Block | None
    """Of a block, or of one taken away; why it was scrapped."""
    due_on: date | None
    """The next inspection, after one was passed."""
    items: list[bool]
    """What an inspection found, JCX0 to JCX6: appearance, weld, valve seat, wall, volume, hydraulic, air tightness."""
    net_g: int | None
    tare_g: int | None
    gross_g: int | None
    residual_g: int | None
    marks: list[ScanMark]
    area_path: str
    owner_before: str = ""
    """Of a change of owner: who owned it until then."""
    owner: str = ""
    """Of a change of owner: who owns it from then on."""
    paper: str = ""
    """What it stands on: the document of a change of owner or of its papers, the rule table that dated it."""
    life_end_on: date | None = None
    """The end of life, after it was dated anew."""
    papers: SaidPapers | None = None
    """What was entered of its papers."""
    checks: FillChecks = Field(default_factory=list)
    """What was looked at before or after it was filled."""
    destroy_method: str = ""
    """Of a scrapped one: how it was destroyed."""
    accuracy_m: float | None = None
    """How far the position may be wrong."""
    bay: str = ""
    """Of a check or a fill: the bay of the station."""
    faults: list[ScanFault] = Field(default_factory=list)
    """Why its code or its seal was not understood or not believed; the texts themselves are kept."""


class AccountNature(StrEnum):
    """What sort of customer it is."""

    household = "household"
    shop = "shop"


class IdentityProof(StrEnum):
    """How it was seen who the customer is; the strongest that was ever given is kept."""

    none = "none"
    customer_qr = "customer_qr"
    app_login = "app_login"
    phone_code = "phone_code"
    id_seen = "id_seen"


class Account(Wire):
    """A customer who gets bottled gas."""

    id: Id
    code: str
    name: str
    phone: str
    address: str
    area_path: str
    team_id: Id | None
    longitude: float | None
    latitude: float | None
    nature: AccountNature
    since_on: date | None
    """First day as a customer; null: since before anybody wrote it down."""
    until_on: date | None
    """Last day; null while it lasts."""
    identity: IdentityProof
    identity_on: date | None


class AccountView(Account):
    """An account and the cylinders that are there."""

    cylinders: list[Cylinder]


# -- what the desk asks --------------------------------------------------------------------------------------------


def _storable(text: str) -> str:
    return "".join("\ufffd" if ord(c) < 32 or ord(c) == 0x7F or 0xD800 <= ord(c) <= 0xDFFF else c for c in text)


Raw = Annotated[str, StringConstraints(min_length=1, max_length=RAW_CHARS_MAX), AfterValidator(_storable)]
"""What a label says, as it was read; a character that no store keeps becomes U+FFFD, since a scan is never lost."""
Party = Annotated[str, StringConstraints(max_length=64), AfterValidator(_storable)]
Spec = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9.-]{1,20}$"), Field(examples=["YSP35.5"])]
AccountCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{1,24}$"), Field(examples=["BY-0388172"])]
AccountName = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{0,24}$")]


PartyName = Annotated[
    str,
    StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9-]*$"),
    Field(examples=["0199b3a0-0000-7000-8000-000000000001"]),
]
"""A person's id, an account's code or a station's."""


Grams = Annotated[int, Field(ge=0, le=655_350, strict=True)]


class SetBlock(Ask):
    """Blocks a cylinder, or takes a block away."""

    reason: Block
    blocked: Flag
    note: Text = ""


class NewAccount(Ask):
    """A customer's account."""

    code: AccountCode
    name: Label
    phone: Annotated[str, StringConstraints(max_length=32, pattern=r"^[0-9+ -]*$")] = ""
    address: Label
    area_path: AreaPath
    team_id: Id | None = None
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    nature: AccountNature = AccountNature.household
    since_on: Day | None = None
    until_on: Day | None = None
    identity: IdentityProof = IdentityProof.none
    identity_on: Day | None = None


class NewAccounts(Ask):
    """`POST /gas/v1/accounts`: all of them, or none."""

    accounts: Annotated[list[NewAccount], Field(min_length=1, max_length=ACCOUNTS_PER_ASK_MAX)]


class ScanAsk(Ask):
    """`POST /gas/v1/scans`: a scan of one's own, on line, as at a station's gate."""

    id: Id
    """Minted by the caller: the same id twice is one scan."""
    code: Raw
    step: FieldStep
    account: AccountName = ""
    order: AccountName = ""
    station: AccountName = ""
    bay: AccountName = ""
    giver: PartyName = ""
    passed: Flag = True
    checks: NewFillChecks = Field(default_factory=list)
    net_g: Grams | None = None
    tare_g: Grams | None = None
    gross_g: Grams | None = None
    residual_g: Grams | None = None
    seal: Annotated[str, StringConstraints(max_length=RAW_CHARS_MAX), AfterValidator(_storable)] = ""
    note: Text = ""
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_SCAN_MAX)] = Field(default_factory=list)


# -- what a phone says ---------------------------------------------------------------------------------------------


class ScanPosition(Params):
    """Where the phone was, WGS-84 degrees."""

    longitude: Annotated[Number, Field(ge=-180, le=180)]
    latitude: Annotated[Number, Field(ge=-90, le=90)]
    accuracy_m: Number | None = None


class ScanParams(Params):
    """Params of gas.scan. Whatever text the camera or a person gave as `code` is taken; an unreadable one is marked."""

    code: Raw
    step: FieldStep
    account: Party = ""
    order: Party = ""
    station: Party = ""
    bay: Party = ""
    """Of a check or a fill: at which bay of the station."""
    giver: Party = ""
    """At a hand-over: the person who gave it."""
    passed: Flag = True
    """Of a check before filling, or after it."""
    checks: FillChecks = Field(default_factory=list)
    net_g: Grams | None = None
    tare_g: Grams | None = None
    gross_g: Grams | None = None
    residual_g: Grams | None = None
    shown: Light | None = None
    seal: Annotated[str, StringConstraints(max_length=RAW_CHARS_MAX), AfterValidator(_storable)] = ""
    position: ScanPosition | None = None
    note: Text = ""
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_PER_SCAN_MAX)] = Field(default_factory=list)
