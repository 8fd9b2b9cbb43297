"""Lists and stories of cases: what they are narrowed to, what is near, how a case is told."""

from enum import StrEnum

from mobile_contract.base import At, Id, Sha256, Wire
from mobile_contract.cases import Case, CodeKind, Source, State, TwoDigits
from mobile_contract.people import AreaPath, SearchText
from mobile_contract.problems import Texts

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


class ListFormat(StrEnum):
    """As what a list is written out."""

    csv = "csv"
    xlsx = "xlsx"


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
    open: bool | None = None
    overdue: bool | None = None
    mine: bool = False
    """Only what oneself is to handle, to verify, to check."""
    ours: bool = False
    """Only what one's units have."""
    q: SearchText | None = None
