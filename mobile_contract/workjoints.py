"""Work that several do: joint work of crews, what each person gave to it, and orders that are the same work."""

from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Id, Label, Sha256, Text, Wire
from mobile_contract.params import Flag
from mobile_contract.workorders import NewWorkOrder, WorkOrder

PARTS_MAX = 12


class NewPart(Ask):
    """The part of another crew or person; what it does not say is as in the leading order."""

    team_id: Id
    assignee_id: Id | None = None
    title: Label | None = None
    note: Text = ""


class NewJointWork(Ask):
    """`POST /workorders/v1/joints`: an order for each crew, of which the first leads."""

    lead: NewWorkOrder
    parts: Annotated[list[NewPart], Field(min_length=1, max_length=PARTS_MAX - 1)]
    release: Flag = True


class CloseJoint(Ask):
    """Ends joint work; `reason` is needed while a part is not done or not proved."""

    reason: Text = ""


class Merge(Ask):
    """The order is the same work as `master_id`, which stands for both."""

    master_id: Id
    reason: Annotated[Text, StringConstraints(min_length=1)]


class WorkEffort(Wire):
    """What one person gave to an order: hours by their own starts, pauses and finishes."""

    order_id: Id
    person_id: Id
    person_name: str
    worked_s: int
    since_at: At | None
    """They are at it since then."""
    photos: list[Sha256]
    kept: bool
    """Some of it was done after the order had moved on without them knowing; it counts as theirs."""


class JointWork(Wire):
    """Joint work as the reader sees it: it is done when `left` is 0."""

    id: Id
    left: int
    orders: list[WorkOrder]
    efforts: list[WorkEffort]
