"""What a console knows of registers taken in from files: sent in parts, taken in behind, every bad line told."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from mobile_contract.base import Ask, At, Id, Label, Sha256, Wire
from mobile_contract.people import AreaPath

PART_BYTES_MAX = 900_000
PARTS_MAX = 120
LINES_MAX = 300_000


class ImportWhat(StrEnum):
    """What the file lists."""

    cylinders = "cylinders"
    accounts = "accounts"


class ImportState(StrEnum):
    """How far it is."""

    receiving = "receiving"
    """Parts are sent, in any order, each as often as needed."""
    reading = "reading"
    taking = "taking"
    done = "done"
    failed = "failed"
    """The file as a whole is not readable: `why` tells."""
    cancelled = "cancelled"
    """Stopped by somebody: what was taken until then stays taken, the other lines were not looked at."""


class GasImport(Wire):
    """A file that is taken in behind: what was taken stays taken, whatever happens to the server meanwhile."""

    id: Id
    what: ImportWhat
    name: str
    area_path: str
    """Of lines that name none."""
    team_id: Id | None
    state: ImportState
    parts: int
    lines: int
    """Of the whole file; 0 until it was read."""
    lines_done: int
    taken: int
    unchanged: int
    """Said what is registered already: an import may be sent again."""
    bad: int
    why: dict[str, Any] | None
    """The refusal's code and params, where the file was not readable."""
    person_id: Id | None
    created_at: At
    started_at: At | None
    ended_at: At | None


class NewImport(Ask):
    """`POST /gas/v1/imports`: says what comes; then the parts, then the start."""

    id: Id
    """Minted by the caller: the same id twice is one import."""
    what: ImportWhat
    name: Label
    """Of the file; by its end it is .csv or .xlsx."""
    area_path: AreaPath
    team_id: Id | None = None


class StartImport(Ask):
    """All parts were sent: how many, and what they are together."""

    parts: Annotated[int, Field(ge=1, le=PARTS_MAX, strict=True)]
    sha256: Sha256
