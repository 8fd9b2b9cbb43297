"""Lists and stories of cases: what they are narrowed to, what is near, how a case is told."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mobile_contract.base import Ask, At, Id, Label, Sha256, Text, Wire
from mobile_contract.caselooks import CaseAudit
from mobile_contract.cases import Case, CodeKind, InTime, Source, State, TwoDigits
from mobile_contract.people import AreaPath, SearchText
from mobile_contract.problems import Texts
from mobile_contract.worktemplates import SceneCode

ORDERS_PER_CASE_MAX = 20
NEAR_M_MAX = 2_000
EXPORT_ROWS_MAX = 20_000


class NearCase(Wire):
    """An open case near a place."""

    case: Case
    distance_m: float


class StoryLine(Wire):
    """A sentence of a case's story, with the photos that belong to it."""

    at: At
    texts: Texts
    photos: list[Sha256]


class CaseOrderState(StrEnum):
    """How a work order of a case stands, as far as the case cares."""

    open = "open"
    done = "done"
    withdrawn = "withdrawn"


class NewCaseOrder(Ask):
    """One work order of a case; it lies where the case lies, and is due when the case is."""

    team_id: Id
    scene: SceneCode
    title: Label | None = None
    """The case's own when it is left out."""
    template_id: Id | None = None
    assignee_id: Id | None = None
    note: Text = ""


class GiveOrders(Ask):
    """`POST /cases/v1/cases/{case_id}/orders`: handles a case by work orders. When the last is done the case is."""

    orders: Annotated[list[NewCaseOrder], Field(min_length=1, max_length=ORDERS_PER_CASE_MAX)]


class CaseFilter(Wire):
    """What a list of cases may be narrowed to."""

    state: State | None = None
    source: Source | None = None
    kind: CodeKind | None = None
    big: TwoDigits | None = None
    small: TwoDigits | None = None
    area: AreaPath | None = None
    team_id: Id | None = None
    handler_id: Id | None = None
    reporter_id: Id | None = None
    audit: CaseAudit | None = None
    in_time: InTime | None = None
    """`in_time_unsure`: the doubt about a phone's clock crosses the limit, for somebody to look at."""
    supervised: bool = False
    """Only what somebody watches (督办): it is overdue, or a leader said so; its unit owes an answer."""
    open: bool | None = None
    overdue: bool | None = None
    mine: bool = False
    """Only what oneself is to handle, to verify, to check."""
    ours: bool = False
    """Only what one's units have."""
    q: SearchText | None = None


class CaseOrder(Wire):
    """A work order by which a case is handled."""

    order_id: Id
    team_id: Id
    state: CaseOrderState
