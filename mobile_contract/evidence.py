"""What a console knows of evidence that came late: done in time, as far as anybody knows, and heard of much later."""

from enum import StrEnum

from mobile_contract.base import At, Id, Sha256, Wire
from mobile_contract.people import AreaPath

EXPORT_ROWS_MAX = 20_000


class LateWhat(StrEnum):
    """What came late."""

    act = "act"
    """What a phone says was done."""
    photo = "photo"
    """The bytes of a photo that an act had named; the act may have come in time."""


class LateAbout(StrEnum):
    """What it is evidence of."""

    workorders = "workorders"
    cases = "cases"


class LateUpload(Wire):
    """An act or a photo that came after its grace. It counts as any other: whoever supervises looks at it."""

    id: Id
    what: LateWhat
    about: LateAbout
    about_id: Id
    """The order or the case."""
    code: str
    title: str
    area_path: str
    team_id: Id | None
    person_id: Id
    person_name: str
    act: str
    """As the history of the order or the case calls it; `answer` for an item of a checklist."""
    sha256: Sha256 | None
    """The photo, of what is one."""
    done_at: At
    """Trusted estimate of the moment of the act."""
    error_ms: int
    shift_ended_at: At | None
    """The end of the shift in which it was done; null: nobody had a shift then."""
    grace_until_at: At
    arrived_at: At
    late_s: int
    """Seconds after the grace."""


class LateFilter(Wire):
    """What the list may be narrowed to."""

    what: LateWhat | None = None
    about: LateAbout | None = None
    about_id: Id | None = None
    area: AreaPath | None = None
    team_id: Id | None = None
    person_id: Id | None = None
    since_at: At | None = None
    """Came then or later,"""
    until_at: At | None = None
    """and before then."""
