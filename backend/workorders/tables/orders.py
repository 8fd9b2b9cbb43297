"""What we keep of work orders: the orders, their history, the photos they cite, and how far codes are counted."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from backend.kernel.ids import new_id
from backend.kernel.tables import ID, NO_ROWID, Instant, no_items
from mobile_contract.base import NAME_CHARS_MAX
from mobile_contract.people import AREA_PATH_CHARS_MAX

WORD = 32
SHA256 = 64
AT_WORK = text("step IN ('released', 'started', 'paused', 'rework')")
"""Given out and not ended: few at any time, so that indexes of these rows alone stay small."""
AWAITING = text("evidence = 'awaiting'")
TO_INSPECT = text("inspection = 'due'")
JOINT = text("joint_id IS NOT NULL")
MERGED = text("master_id IS NOT NULL")
HALTED = text("halt_id IS NOT NULL")


def _along(name: str, *columns: str) -> Index:
    return Index(f"ix_workorders_order_{name}", *columns)


def _few(name: str, only: Any, *columns: str) -> Index:
    return Index(f"ix_workorders_order_{name}", *columns, sqlite_where=only, postgresql_where=only)


class WorkOrder(SQLModel, table=True):
    """A routine work order as it stands."""

    __tablename__: ClassVar[str] = "workorders_order"
    __table_args__ = (
        _along("district", "district_path", "step", "id"),
        _along("street", "street_path", "step", "id"),
        _along("grid", "grid_path", "step", "id"),
        _along("team", "team_id", "step", "id"),
        _along("assignee", "assignee_id", "step", "id"),
        _along("doer", "done_by", "step", "id"),
        _along("plan", "plan_id", "step", "id"),
        _along("scene", "scene", "step", "id"),
        _along("district_day", "district_path", "ranked_at", "id"),
        _along("team_day", "team_id", "ranked_at", "id"),
        _few("evidence", AWAITING, "evidence", "step", "id"),
        _few("inspection", TO_INSPECT, "inspection", "step", "id"),
        _few("district_due", AT_WORK, "district_path", "ranked_at", "id"),
        _few("street_due", AT_WORK, "street_path", "ranked_at", "id"),
        _few("grid_due", AT_WORK, "grid_path", "ranked_at", "id"),
        _few("team_due", AT_WORK, "team_id", "ranked_at", "id"),
        _few("assignee_due", AT_WORK, "assignee_id", "ranked_at", "id"),
        _few("cell", AT_WORK, "cell", "id"),
        _along("step", "step", "due_at", "id"),
        _along("release", "step", "release_at", "id"),
        _few("joint", JOINT, "joint_id", "joint_no"),
        _few("master", MERGED, "master_id"),
        _few("halt", HALTED, "halt_id", "id"),
        UniqueConstraint(
            "plan_id",
            "occurrence_on",
            "place",
            "window_no",
            "joint_no",
            "withdrawn_by",
            name="uq_workorders_order_occurrence",
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    code: str = Field(max_length=WORD, unique=True)
    title: str = Field(max_length=NAME_CHARS_MAX)
    scene: str = Field(max_length=WORD)
    template_id: str | None = Field(default=None, sa_type=ID)
    note: str = Field(default="", sa_type=Text)
    crew_note: str = Field(default="", sa_type=Text)
    priority: int = Field(default=0)
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    line: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    buffer_m: float | None = Field(default=None)
    reach_degrees: float = Field(default=0)
    """Of a line: so far, east or north, any of it lies from its middle."""
    area_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    district_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    street_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    grid_path: str = Field(max_length=AREA_PATH_CHARS_MAX)
    """The area's first, first two and first three levels: lists are read along them."""
    cell: int | None = Field(default=None)
    """The square it lies in: of a hundredth of a degree for a point, a larger one for the middle of a line."""
    team_id: str = Field(sa_type=ID)
    assignee_id: str | None = Field(default=None, sa_type=ID)
    step: str = Field(max_length=WORD)
    window_from_at: datetime | None = Field(default=None, sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    ranked_at: datetime = Field(sa_type=Instant)
    """Where it comes among others by its due time; without one, after all that have one."""
    released_at: datetime | None = Field(default=None, sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    started_by: str | None = Field(default=None, sa_type=ID)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: str | None = Field(default=None, sa_type=ID)
    worked_s: int = Field(default=0)
    working_since_at: datetime | None = Field(default=None, sa_type=Instant)
    """Since when a stretch of work goes on."""
    evidence_rule: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    evidence: str = Field(max_length=WORD)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """SHA-256 of each, in the order they were cited."""
    lacking: list[dict[str, str]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    covered_percent: float | None = Field(default=None)
    signature: str | None = Field(default=None, max_length=SHA256)
    materials: list[dict[str, Any]] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    inspection: str = Field(default="none", max_length=WORD)
    inspected_at: datetime | None = Field(default=None, sa_type=Instant)
    inspected_by: str | None = Field(default=None, sa_type=ID)
    rework_count: int = Field(default=0)
    cancel_reason: str = Field(default="", sa_type=Text)
    master_id: str | None = Field(default=None, sa_type=ID)
    joint_id: str | None = Field(default=None, sa_type=ID)
    joint_no: int = Field(default=0)
    joint_parts: int = Field(default=0)
    joint_left: int = Field(default=0)
    halt_id: str | None = Field(default=None, sa_type=ID)
    halted_at: datetime | None = Field(default=None, sa_type=Instant)
    halt_reason: str = Field(default="", sa_type=Text)
    plan_id: str | None = Field(default=None, sa_type=ID)
    plan_version: int | None = Field(default=None)
    withdrawn_by: int = Field(default=0)
    """The version of the plan that no longer wants it; 0: it stands for its day."""
    occurrence_on: date | None = Field(default=None)
    place: str = Field(default="", max_length=64)
    route_place: int | None = Field(default=None)
    window_no: int = Field(default=0)
    """Which window of the plan's day it stands for."""
    release_at: datetime | None = Field(default=None, sa_type=Instant)
    """When it is given out by itself; None: by the desk."""
    former: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    """Scopes of teams and people it was taken from: their late facts are still taken."""
    created_at: datetime = Field(sa_type=Instant)


class WorkOrderStep(SQLModel, table=True):
    """One act on an order; never changed."""

    __tablename__: ClassVar[str] = "workorders_step"
    __table_args__ = (
        Index("ix_workorders_step_order", "order_id", "id"),
        Index("ix_workorders_step_person", "person_id", "done_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, sa_type=ID)
    order_id: str = Field(sa_type=ID, foreign_key="workorders_order.id")
    act: str = Field(max_length=WORD)
    effect: str = Field(max_length=WORD)
    from_step: str = Field(max_length=WORD)
    to_step: str = Field(max_length=WORD)
    person_id: str | None = Field(default=None, sa_type=ID)
    device_id: str | None = Field(default=None, sa_type=ID)
    done_at: datetime = Field(sa_type=Instant)
    error_ms: int = Field(default=0)
    quality: str = Field(max_length=WORD)
    received_at: datetime = Field(sa_type=Instant)
    note: str = Field(default="", sa_type=Text)
    photos: list[str] = Field(default_factory=no_items, sa_column=Column(JSON, nullable=False))
    longitude: float | None = Field(default=None)
    latitude: float | None = Field(default=None)
    accuracy_m: float | None = Field(default=None)
    scan: str = Field(default="", sa_type=Text)


class OrderPhoto(SQLModel, table=True):
    """That an order cites a photo: found by the photo when its bytes arrive."""

    __tablename__: ClassVar[str] = "workorders_photo"
    __table_args__ = (Index("ix_workorders_photo_sha256", "sha256"),)

    order_id: str = Field(primary_key=True, sa_type=ID, foreign_key="workorders_order.id")
    sha256: str = Field(primary_key=True, max_length=SHA256)
    cited_at: datetime = Field(sa_type=Instant)


class OrderGram(SQLModel, table=True):
    """That two neighbouring characters stand in an order's title, code or notes."""

    __tablename__: ClassVar[str] = "workorders_gram"
    __table_args__: ClassVar[dict[str, Any]] = NO_ROWID

    gram: str = Field(primary_key=True, max_length=8)
    order_id: str = Field(primary_key=True, sa_type=ID, foreign_key="workorders_order.id")


class OrderWords(SQLModel, table=True):
    """What an order says, folded: its pairs say where to look, its words whether it is meant."""

    __tablename__: ClassVar[str] = "workorders_words"
    __table_args__: ClassVar[dict[str, Any]] = NO_ROWID

    order_id: str = Field(primary_key=True, sa_type=ID, foreign_key="workorders_order.id")
    words: str = Field(sa_type=Text)


class CodeSeries(SQLModel, table=True):
    """How far the codes of a street's day are counted."""

    __tablename__: ClassVar[str] = "workorders_code_series"

    id: str = Field(primary_key=True, max_length=WORD)
    last: int = Field(default=0)
