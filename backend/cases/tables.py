"""What we keep of cases: the cases, their units and clocks, their history, and how far codes are counted."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, NO_ROWID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
CODE = 64
TWO = 2
GRADE = 16


_OPEN = text("ended_at IS NULL")
_TO_AUDIT = text("audit = 'due'")
_UNSURE = text("in_time = 'in_time_unsure'")
_WATCHED = text("supervised <> 'none'")
_REVIEWED = text("review_at IS NOT NULL")
NAMED = text("component <> ''")
"""Cases that name a component: few."""


def _of(hand: str) -> Index:
    """Cases somebody had this hand in. Most have none: counted among all rows, a planner finds the index useless."""
    named = text(f"{hand}_id IS NOT NULL")
    return Index(f"ix_cases_case_{hand}", f"{hand}_id", "id", sqlite_where=named, postgresql_where=named)


class Case(SQLModel, table=True):
    """A case as it stands."""

    __tablename__: ClassVar[str] = "cases_case"
    __table_args__ = (
        Index("ix_cases_case_street", "street", "id"),
        Index("ix_cases_case_grid", "grid", "id"),
        Index("ix_cases_case_state", "state", "id"),
        Index("ix_cases_case_street_state", "street", "state", "id"),
        Index("ix_cases_case_grid_state", "grid", "state", "id"),
        Index("ix_cases_case_due", "due_at", "id"),
        Index("ix_cases_case_street_due", "street", "due_at", "id"),
        Index("ix_cases_case_grid_due", "grid", "due_at", "id"),
        Index("ix_cases_case_open", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_cases_case_team", "team_id", "id"),
        Index("ix_cases_case_code_of", "kind", "big", "small", "id"),
        Index("ix_cases_case_source", "source", "id"),
        _of("handler"),
        _of("reporter"),
        _of("verifier"),
        _of("checker"),
        Index("ix_cases_case_place", "latitude", "longitude"),
        Index("ix_cases_case_near", "latitude", "longitude", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_cases_case_master", "master_id"),
        Index("ix_cases_case_audit", "id", sqlite_where=_TO_AUDIT, postgresql_where=_TO_AUDIT),
        Index("ix_cases_case_unsure", "id", sqlite_where=_UNSURE, postgresql_where=_UNSURE),
        Index("ix_cases_case_supervised", "id", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
        Index("ix_cases_case_review", "review_at", sqlite_where=_REVIEWED, postgresql_where=_REVIEWED),
        Index("ix_cases_case_component", "component", "id", sqlite_where=NAMED, postgresql_where=NAMED),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    code: str = Field(max_length=CODE, unique=True)
    source: str = Field(max_length=WORD)
    kind: str = Field(max_length=WORD)
    big: str = Field(max_length=TWO)
    small: str = Field(max_length=TWO)
    code_id: str | None = Field(default=None, sa_type=ID)
    code_version: str = Field(default="", max_length=200)
    grade: str = Field(default="", max_length=GRADE)
    title: str = Field(max_length=NAME_CHARS_MAX)
    note: str = Field(default="", sa_type=Text)
    component: str = Field(default="", max_length=WORD)
    longitude: float
    latitude: float
    address: str = Field(default="", sa_type=Text)
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    street: str = Field(max_length=AREA_PATH_CHARS_MAX)
    """The first two steps of the area's path: lists are asked for by it."""
    grid: str = Field(max_length=AREA_PATH_CHARS_MAX)
    """The first three."""
    state: str = Field(max_length=WORD)
    team_id: str | None = Field(default=None, sa_type=ID)
    helpers: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    units_done: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    handler_id: str | None = Field(default=None, sa_type=ID)
    reporter_id: str | None = Field(default=None, sa_type=ID)
    verifier_id: str | None = Field(default=None, sa_type=ID)
    checker_id: str | None = Field(default=None, sa_type=ID)
    handled_by: str | None = Field(default=None, sa_type=ID)
    suspended: bool = Field(default=False)
    supervised: str = Field(max_length=WORD)
    pending: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    timer: str | None = Field(default=None, max_length=WORD)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    due_table: str = Field(default="", max_length=200)
    in_time: str | None = Field(default=None, max_length=WORD)
    returns: int = Field(default=0)
    reworks: int = Field(default=0)
    extensions: int = Field(default=0)
    reopens: int = Field(default=0)
    master_id: str | None = Field(default=None, sa_type=ID)
    supporters: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    alarm_id: str | None = Field(default=None, sa_type=ID)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    reported_at: datetime = Field(sa_type=Instant)
    dispatched_at: datetime | None = Field(default=None, sa_type=Instant)
    handled_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str = Field(default="", sa_type=Text)
    reply: str = Field(default="", sa_type=Text)
    deduction: int = Field(default=0)
    audit: str = Field(default="none", max_length=WORD)
    review_at: datetime | None = Field(default=None, sa_type=Instant)
    review_told: int = Field(default=0)
    """How far it was told that a suspension is to be looked at again: 0 to nobody, 1 to who commands, 2 above."""
    checker_of_unit: bool = Field(default=False)
    check_from_min: int | None = Field(default=None)
    check_until_min: int | None = Field(default=None)


class CaseAhead(SQLModel, table=True):
    """That a case is an emergency and open: the few that go ahead of every queue."""

    __tablename__: ClassVar[str] = "cases_ahead"

    case_id: str = Field(primary_key=True, sa_type=ID, foreign_key="cases_case.id")


class CaseUnit(SQLModel, table=True):
    """That a case is, or was, a unit's. Found by the unit: this is what its crew sees."""

    __tablename__: ClassVar[str] = "cases_unit"
    __table_args__ = (Index("ix_cases_unit_team", "team_id", "case_id"),)

    case_id: str = Field(primary_key=True, sa_type=ID, foreign_key="cases_case.id")
    team_id: str = Field(primary_key=True, sa_type=ID)
    withdrawn: bool = Field(default=False)


class CaseOrder(SQLModel, table=True):
    """A work order by which a case is handled."""

    __tablename__: ClassVar[str] = "cases_order"
    __table_args__ = (Index("ix_cases_order_case", "case_id"),)

    order_id: str = Field(primary_key=True, sa_type=ID)
    case_id: str = Field(sa_type=ID, foreign_key="cases_case.id")
    team_id: str = Field(sa_type=ID)
    state: str = Field(max_length=WORD)


class CaseClock(SQLModel, table=True):
    """One clock of a case: its limit as counted at its start, and which levels of it have been told."""

    __tablename__: ClassVar[str] = "cases_clock"
    __table_args__ = (Index("ix_cases_clock_next", "status", "next_at"),)

    case_id: str = Field(primary_key=True, sa_type=ID, foreign_key="cases_case.id")
    timer: str = Field(primary_key=True, max_length=WORD)
    status: str = Field(max_length=WORD)
    started_at: datetime = Field(sa_type=Instant)
    amount: float
    unit: str = Field(max_length=WORD)
    due_at: datetime = Field(sa_type=Instant)
    due_table: str = Field(max_length=200)
    provisional: bool = Field(default=False)
    levels: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """[{percent, at_ms, told_ms}], rising."""
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    """When the next level is to be told."""
    paused_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)


class CaseStep(SQLModel, table=True):
    """One act on a case; never changed."""

    __tablename__: ClassVar[str] = "cases_step"
    __table_args__ = (
        Index("ix_cases_step_case", "case_id", "id"),
        Index("ix_cases_step_person", "person_id", "done_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    case_id: str = Field(sa_type=ID, foreign_key="cases_case.id")
    act: str = Field(max_length=WORD)
    effect: str = Field(max_length=WORD)
    from_state: str | None = Field(default=None, max_length=WORD)
    to_state: str = Field(max_length=WORD)
    person_id: str | None = Field(default=None, sa_type=ID)
    team_id: str | None = Field(default=None, sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    done_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    quality: str = Field(max_length=WORD)
    received_at: datetime = Field(sa_type=Instant)
    note: str = Field(default="", sa_type=Text)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)


class CaseSeries(SQLModel, table=True):
    """How far the codes of a pattern's day are counted."""

    __tablename__: ClassVar[str] = "cases_series"

    id: str = Field(primary_key=True, max_length=CODE)
    last: int = Field(default=0)


class CodeTable(SQLModel, table=True):
    """A version of a code table; never changed but for whether it is the one in force."""

    __tablename__: ClassVar[str] = "cases_code_table"
    __table_args__ = (UniqueConstraint("district", "standard", "version"),)

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    district: str = Field(max_length=WORD)
    standard: str = Field(max_length=NAME_CHARS_MAX)
    version: str = Field(max_length=NAME_CHARS_MAX)
    jurisdiction: str = Field(max_length=NAME_CHARS_MAX)
    certainty: str = Field(max_length=NAME_CHARS_MAX)
    example: bool
    current: bool
    lines: int
    digest: str = Field(max_length=CODE)
    taken_at: datetime = Field(sa_type=Instant)


class CaseCode(SQLModel, table=True):
    """A code of a version of a table; only those in force are on handsets."""

    __tablename__: ClassVar[str] = "cases_code"
    __table_args__ = (
        Index("ix_cases_code_found", "district", "kind", "big", "small", "current"),
        Index("ix_cases_code_table", "table_id", "kind", "big", "small"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    table_id: str = Field(sa_type=ID, foreign_key="cases_code_table.id")
    district: str = Field(max_length=WORD)
    standard: str = Field(max_length=NAME_CHARS_MAX)
    version: str = Field(max_length=NAME_CHARS_MAX)
    example: bool
    current: bool
    kind: str = Field(max_length=WORD)
    big: str = Field(max_length=TWO)
    small: str = Field(max_length=TWO)
    big_name: str = Field(max_length=NAME_CHARS_MAX)
    name: str = Field(max_length=NAME_CHARS_MAX)
    since_on: date | None = Field(default=None)
    until_on: date | None = Field(default=None)
    self_disposable: bool
    same_time_of_day: bool = Field(default=False)
    conditions: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    limits: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))


class CaseCompetence(SQLModel, table=True):
    """That a unit answers for a code, or for a class of codes (`small` empty), in an area and below it."""

    __tablename__: ClassVar[str] = "cases_competence"

    area_path: str = Field(primary_key=True, max_length=AREA_PATH_CHARS_MAX)
    kind: str = Field(primary_key=True, max_length=WORD)
    big: str = Field(primary_key=True, max_length=TWO)
    small: str = Field(primary_key=True, max_length=TWO)
    team_id: str = Field(primary_key=True, sa_type=ID)
    scene: str = Field(default="", primary_key=True, max_length=WORD)
    """Whose file says so; empty: a desk does."""


class CaseGram(SQLModel, table=True):
    """That two neighbouring characters stand in the words of a case."""

    __tablename__: ClassVar[str] = "cases_gram"
    __table_args__: ClassVar[dict[str, Any]] = NO_ROWID

    gram: str = Field(primary_key=True, max_length=8)
    case_id: str = Field(primary_key=True, sa_type=ID, foreign_key="cases_case.id")


class CaseWords(SQLModel, table=True):
    """The words of a case as they are compared."""

    __tablename__: ClassVar[str] = "cases_words"
    __table_args__: ClassVar[dict[str, Any]] = NO_ROWID

    case_id: str = Field(primary_key=True, sa_type=ID, foreign_key="cases_case.id")
    words: str = Field(sa_type=Text)
