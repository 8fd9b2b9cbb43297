"""What a phone or console knows of the code tables of cases: components and events, each version as it was taken in.

No table that comes with the house claims conformity to a standard; `certainty` says where its lines are from.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mobile_contract.base import Ask, At, Day, Id, Label, Wire
from mobile_contract.cases import CodeKind, TwoDigits
from mobile_contract.params import Flag
from mobile_contract.people import AreaPath
from mobile_contract.problems import Texts

COMPETENCES_MAX = 2_000


class CodeLimit(Wire):
    """How long the handling of a code may take; `grade` empty: wherever no other grade is named."""

    grade: str
    amount: float
    unit: str
    """urgent_hour (through nights and holidays), work_hour, work_day, natural_day."""


class CaseCode(Wire):
    """One code of the table in force: which thing of the city, or what happens in it."""

    id: Id
    table_id: Id
    standard: str
    version: str
    example: bool
    """Shipped to try things out: it has no authority."""
    kind: CodeKind
    big: TwoDigits
    small: TwoDigits
    big_name: str
    name: str
    since_on: Day | None
    until_on: Day | None
    self_disposable: bool
    """Whoever finds it may put it right, by cases.self_dispose."""
    same_time_of_day: bool
    """It is checked at the finding's time of day (同时段)."""
    conditions: list[str]
    """What must hold for a case to be registered (立案条件)."""
    limits: list[CodeLimit]


class CodeTable(Wire):
    """A version of a code table; it never changes."""

    id: Id
    standard: str
    version: str
    jurisdiction: str
    certainty: str
    """Where its lines are from, and how sure that is."""
    example: bool
    current: bool
    lines: int
    taken_at: At


class CodeFault(Wire):
    """What is wrong in a line of a file, and in which column."""

    line: int
    column: str
    why: Texts


class CodeImport(Wire):
    """What came of a file. With a single fault nothing is taken: a table with holes misleads."""

    table: CodeTable | None
    taken: int
    unchanged: bool
    """The same version with the same lines was there already."""
    faults: list[CodeFault]


class CodeFormat(StrEnum):
    """As what a table is written out."""

    csv = "csv"
    xlsx = "xlsx"
    json = "json"


class Competence(Wire):
    """That a unit answers for a code, or for a whole class of codes, in an area and all below it."""

    kind: CodeKind
    big: TwoDigits
    small: TwoDigits | None
    area_path: str
    team_id: Id
    scene: str
    """Whose file says so; empty: a desk does. Of the same area and code a desk's word goes before a file's."""


class NewCompetence(Ask):
    """One line of who answers for what."""

    kind: CodeKind
    big: TwoDigits
    small: TwoDigits | None = None
    team_id: Id


class PutCompetences(Ask):
    """`PUT /cases/v1/competences`: all that a desk says of an area; what a desk said of it before is
    replaced, what scene files say of it stays beside."""

    area_path: AreaPath
    lines: Annotated[list[NewCompetence], Field(max_length=COMPETENCES_MAX)]


class CodeTableNamed(Ask):
    """What a table is called: given beside its file."""

    standard: Label
    version: Annotated[Label, StringConstraints(max_length=32)]
    jurisdiction: Label
    certainty: Label
    example: Flag = False
