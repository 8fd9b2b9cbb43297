"""What a phone or console knows of chains and where they break: cases, the answers of who is asked, declared errors."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mobile_contract.base import Ask, At, Id, Text, Wire
from mobile_contract.gas import Cylinder, Gap, HolderKind, Scan
from mobile_contract.params import Flag, Params
from mobile_contract.problems import Texts


class InferredMove(Wire):
    """Nobody scanned that the cylinder went from one party to another; a later act proves it."""

    from_kind: HolderKind
    from_id: str
    to_kind: HolderKind
    to_id: str


class ChainLink(Wire):
    """A scan of a cylinder's chain, in the order it happened."""

    scan: Scan
    person_name: str
    merged: bool
    """A double tap: counted once."""
    declared_error: bool
    """Left out of the chain: somebody declared that it did not happen so."""
    gaps: list[Gap]
    """What is missing before it, or contradicts it."""
    inferred: list[InferredMove]
    """What must have happened before it: balances are corrected by these, never silently."""


class Chain(Wire):
    """A cylinder and everything that happened to it."""

    cylinder: Cylinder
    links: list[ChainLink]


class CaseKind(StrEnum):
    """What is asked about a cylinder: every kind of gap, and what no gap tells."""

    skipped_check = "skipped_check"
    filled_unfit = "filled_unfit"
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
    after_scrap = "after_scrap"
    label_clone = "label_clone"
    """One code was delivered at two places that nobody reaches in the time between."""
    foreign_cylinder = "foreign_cylinder"
    """In no register: it is kept apart and not filled until its owner is known."""
    manual_id = "manual_id"
    """Of a scan: no label could be read; the station looks at what was typed in, and at the cylinder, a second time."""
    not_met_delivered = "not_met_delivered"
    """Of a home: nobody was met there, says a visit, in which a full cylinder was handed over."""
    checked_twice = "checked_twice"
    """Of a home: two whole checks on one day; the later one counts."""
    shift_open = "shift_open"
    """Of a shift: its close has cylinders that are missing, too many, or still on the vehicle."""


class CaseState(StrEnum):
    """How a case stands."""

    open = "open"
    confirmed = "confirmed"
    """Somebody looked into it and says that the chain is right as it stands."""
    corrected = "corrected"
    """A later act or a declared error mended the chain."""


class Party(Wire):
    """Somebody who can have a cylinder. A station without an id is whichever serves the area."""

    kind: HolderKind
    id: str


class CaseAnswer(Wire):
    """What somebody who was asked said."""

    person_id: Id
    agrees: bool
    """It was so, as the question supposes."""
    note: str
    answered_at: At


class CustodyCase(Wire):
    """A question about a cylinder's chain, a home's checks or a shift's close, with an owner and a deadline."""

    id: Id
    kind: CaseKind
    texts: Texts
    """The question in both languages, ready to be shown."""
    cylinder_id: Id | None
    cylinder_key: str
    """Empty where it is about a home or a shift; of `manual_id` what was typed in."""
    account: str
    """The home's account; empty where it is about a cylinder or a shift."""
    shift_close_id: Id | None
    act_id: Id | None
    """The act that showed it: a scan; about a home a visit."""
    last_act_id: Id | None
    """The act before the break, or the one that contradicts."""
    asked: list[Party]
    answers: list[CaseAnswer]
    """Oldest first. Where all workers who are asked agree, most kinds end with it."""
    owner_id: Id | None
    """The worker who answers for it; null: the desk."""
    state: CaseState
    opened_at: At
    deadline_at: At
    ended_at: At | None
    ended_by: Id | None
    note: str
    area_path: str
    team_id: Id | None


class AnswerCaseParams(Params):
    """Params of gas.answer_case, on the row of a case in which one is asked."""

    agrees: Flag
    """Whether it was so, as the question supposes."""
    note: Text = ""


class ErrorReason(StrEnum):
    """Why an act is declared an error (the words of EPCIS)."""

    did_not_occur = "did_not_occur"
    incorrect_data = "incorrect_data"


class DeclareErrorParams(Params):
    """Params of gas.declare_error: an act of one's own did not happen, or happened otherwise."""

    scan_id: Id
    reason: ErrorReason
    corrective_ids: Annotated[list[Id], Field(max_length=10)] = Field(default_factory=list)
    """The acts that say how it was, where the data were wrong."""
    note: Text = ""


class ScanError(Wire):
    """An act that was declared an error: it is kept, and left out of the chain."""

    id: Id
    scan_id: Id
    cylinder_id: Id | None
    reason: ErrorReason
    corrective_ids: list[Id]
    note: str
    person_id: Id | None
    declared_at: At
    area_path: str


class DeclareError(Ask):
    """`POST /gas/v1/scan-errors`: at the desk, also of somebody else's act."""

    id: Id
    """Minted by the caller: the same id twice is one declaration."""
    scan_id: Id
    reason: ErrorReason
    corrective_ids: Annotated[list[Id], Field(max_length=10)] = Field(default_factory=list)
    note: Text = ""


class ConfirmCase(Ask):
    """Ends a case: somebody looked into it and the chain is right as it stands."""

    note: Annotated[Text, Field(min_length=1)]
