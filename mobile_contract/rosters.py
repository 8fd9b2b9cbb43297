"""What a phone or console knows of shifts, rosters, absences and kinds of day."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mobile_contract.base import Ask, At, Day, Id, Label, Text, Wire
from mobile_contract.people import AreaPath

SHIFT_PARTS_MAX = 4
MINUTE_MAX = 2_880
"""A part may end on the day after the one it is named by."""
WINDOW_MIN_MAX = 720
GRACE_MIN_MAX = 60
ROSTER_DAYS_MAX = 366
ROSTER_PERSONS_MAX = 500
PATTERN_DAYS_MAX = 62


class DayKind(StrEnum):
    """What a day is by the district's calendar."""

    workday = "workday"
    rest_day = "rest_day"
    holiday = "holiday"
    """A statutory holiday, not a day off that was moved beside it."""


class AbsenceKind(StrEnum):
    """Why somebody is not at their post, with leave to be away."""

    leave = "leave"
    trip = "trip"
    training = "training"
    incident = "incident"


class ShiftPart(Wire):
    """A stretch of work with a clock-in at its start and a clock-out at its end. Minutes since the day's midnight."""

    start_min: int
    end_min: int
    """Above 1440: on the following day."""
    earliest_min: int
    """So long before the start a clock-in counts."""
    latest_min: int
    """So long after the end a clock-out counts."""
    late_grace_min: int
    early_grace_min: int
    break_min: int
    """Unpaid minutes within the part."""
    photo: bool = False
    """Whether its clock-ins need a photo; one without counts all the same, and the day says so (`photo_missing`)."""


class ShiftType(Wire):
    """A shift. Its times never change: other times are another shift."""

    id: Id
    name: str
    area_path: str
    parts: list[ShiftPart]
    serious_from_min: int
    """More minutes late than this is `serious_late`."""
    absent_from_min: int
    """More minutes late than this is `absent_late`."""
    overtime_from_min: int
    """Overtime shorter than this does not count."""
    ended_at: At | None


class Post(Wire):
    """A named place of work (岗位): a stretch of road, a gate. Fences may be set for it, rosters may name it."""

    id: Id
    name: str
    area_path: str
    ended_at: At | None


class RosterDay(Wire):
    """Which shift a person has on a day; `shift_type_id` null: a day off."""

    id: Id
    person_id: Id
    on: Day
    shift_type_id: Id | None
    shift_name: str
    parts: list[ShiftPart]
    """Of the shift, so that a phone can tell when to clock in."""
    post_id: Id | None = None
    """Where to work, when the roster says so."""
    post_name: str = ""
    area_path: str
    note: str


class Absence(Wire):
    """A time for which somebody may be away."""

    id: Id
    person_id: Id
    kind: AbsenceKind
    since_at: At
    until_at: At
    note: str
    entered_by: Id | None
    """Null when it was taken from a file at the server."""
    withdrawn_at: At | None


class CalendarDay(Wire):
    """A day that the calendar tells apart from its weekday."""

    on: Day
    kind: DayKind
    name: str


class DistrictCalendar(Wire):
    """Holidays, moved days off and working Sundays as the server counts them."""

    version: str
    source: str
    """Whose list it is; an example says so."""
    days: list[CalendarDay]


# -- what the desk asks --------------------------------------------------------------------------------------------

Minute = Annotated[int, Field(ge=0, le=MINUTE_MAX, strict=True)]
Window = Annotated[int, Field(ge=0, le=WINDOW_MIN_MAX, strict=True)]
Grace = Annotated[int, Field(ge=0, le=GRACE_MIN_MAX, strict=True)]


class NewShiftPart(Ask):
    """As `ShiftPart`; what is left out is the district's default."""

    start_min: Minute = Field(examples=[480])
    end_min: Minute = Field(examples=[720])
    earliest_min: Window = 60
    latest_min: Window = 60
    late_grace_min: Grace = 5
    early_grace_min: Grace = 5
    break_min: Window = 0
    photo: Annotated[bool, Field(strict=True)] = False


class NewShiftType(Ask):
    """`POST /attendance/v1/shift-types`."""

    name: Label = Field(examples=["早班"])
    area_path: AreaPath
    parts: Annotated[list[NewShiftPart], Field(min_length=1, max_length=SHIFT_PARTS_MAX)]
    serious_from_min: Window = 30
    absent_from_min: Window = 120
    overtime_from_min: Window = 30


class NewPost(Ask):
    """`POST /attendance/v1/posts`."""

    name: Label = Field(examples=["云城西路"])
    area_path: AreaPath


class NewRoster(Ask):
    """`POST /attendance/v1/rosters`: a pattern of shifts, repeated day by day for each person.

    `pattern` [A, A, null] is two days of A and one off. With `by_calendar` a day off of the calendar is a day off here
    too, and takes no step of the pattern; a working Sunday is a working day.
    """

    person_ids: Annotated[list[Id], Field(min_length=1, max_length=ROSTER_PERSONS_MAX)]
    first_on: Day = Field(examples=["2026-09-01"])
    last_on: Day = Field(examples=["2026-09-30"])
    pattern: Annotated[list[Id | None], Field(min_length=1, max_length=PATTERN_DAYS_MAX)]
    start: Annotated[int, Field(ge=0, lt=PATTERN_DAYS_MAX, strict=True)] = 0
    """With which day of the pattern to begin."""
    step: Annotated[int, Field(ge=0, lt=PATTERN_DAYS_MAX, strict=True)] = 0
    """So many days further in the pattern for each next person."""
    by_calendar: Annotated[bool, Field(strict=True)] = False
    post_id: Id | None = None
    """Of all these days; none when left out."""
    note: Text = ""


class NewSwap(Ask):
    """`POST /attendance/v1/rosters/swap`: two persons change shifts on a day each (or the same)."""

    person_id: Id
    on: Day = Field(examples=["2026-09-01"])
    other_person_id: Id
    other_on: Day = Field(examples=["2026-09-02"])
    note: Text = ""


class NewAbsence(Ask):
    """`POST /attendance/v1/absences`."""

    person_id: Id
    kind: AbsenceKind
    since_at: At = Field(examples=["2026-09-01T08:00:00+08:00"])
    until_at: At = Field(examples=["2026-09-01T18:00:00+08:00"])
    note: Text = ""


class RosterMade(Wire):
    """How many days were set anew and how many stood so already."""

    set_days: int
    unchanged_days: int


class RosterFault(Wire):
    """A line of a spreadsheet that was not taken."""

    line: int
    column: str
    code: str
    zh: str
    en: str


class AbsenceImport(Wire):
    """What came of each line of a spreadsheet of leave and trips."""

    added: int
    unchanged: int
    """Stood already."""
    faults: list[RosterFault]


class RosterImport(Wire):
    """What came of each line of a roster's spreadsheet."""

    set_days: int
    unchanged_days: int
    faults: list[RosterFault]
