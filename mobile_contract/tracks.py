"""What a phone or console knows of tracks: reported only around a shift, looked at only by name."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from mobile_contract.attendance import DatumName
from mobile_contract.base import Ask, At, Day, Id, Label, Text, Wire
from mobile_contract.docstrings import Told
from mobile_contract.params import Number, Params

TRACK_POINTS_MAX = 2_000
MS_MAX = 4_102_444_800_000


class TrackSource(StrEnum):
    """How points came."""

    phone = "phone"
    owntracks = "owntracks"


AtMs = Annotated[int, Field(ge=0, le=MS_MAX, strict=True)]
ReportedPoint = tuple[AtMs, Number, Number, Number | None]
"""[ms since 1970 of the fix itself (GNSS time), longitude, latitude, 68 % accuracy in metres or null]."""


class ReportTrackParams(Params):
    """Params of attendance.report_track: a batch of points, in any order; the same point may come again."""

    points: Annotated[list[ReportedPoint], Field(max_length=TRACK_POINTS_MAX)]
    datum: DatumName = DatumName.wgs84


class TrackBatch(Wire):
    """What became of a batch: a fact. Points outside the shift are forgotten at once and only counted."""

    id: Id
    person_id: Id
    received_at: At
    kept: int
    outside: int
    """Farther than 15 minutes from any shift of the person."""
    invalid: int
    """Not on this earth, or not yet."""
    known: int
    """Reported before."""


class TrackLook(Wire):
    """That somebody looked at a person's track; the person's own phone holds it."""

    id: Id
    person_id: Id
    looker_id: Id
    looker_name: str
    at: At
    on: date
    """The day of the shift that was looked at."""
    reason: str


class LookAsk(Ask):
    """`POST /attendance/v1/tracks/{person_id}/looks`: why one wants to see the track of a shift."""

    on: Day
    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class RoadCoverage(Wire):
    """How much of a responsible road was covered; percentages together are 100."""

    fence_id: Id
    name: str
    length_m: float
    covered_percent: float
    uncovered_percent: float
    unknown_percent: float
    """Where the track is silent or poor: not proved, and not held against anybody."""
    passes: int
    uncovered: list[dict[str, Any]]
    """GeoJSON LineStrings."""
    unknown: list[dict[str, Any]]


class LongStay(Wire):
    """The longest time in one place of 50 m."""

    proof: str
    """`over` the limit of 30 minutes, `within`, or `unknown`."""
    since_at: At
    until_at: At
    known_s: int
    unknown_s: int
    longitude: float
    latitude: float


class OffPostTime(Wire):
    """A time surely away from the post for more than 15 minutes."""

    since_at: At
    until_at: At
    ended: bool
    confirmed_s: int
    unknown_s: int


class FenceCrossing(Wire):
    """A fence crossed at some time between two instants."""

    fence_id: Id
    how: str
    since_at: At
    until_at: At
    certain: bool


class TrackResults(Wire):
    """What a shift's track comes to; kept when the points are gone."""

    roads: list[RoadCoverage]
    stay: LongStay | None
    off_post: list[OffPostTime]
    inside_s: int
    outside_s: int
    unknown_s: int
    crossings: list[FenceCrossing]


class Track(Wire):
    """A person's track of a shift. Points are kept for 30 days, then only the results."""

    person_id: Id
    on: date
    kept: int
    outside: int
    invalid: int
    points: list[ReportedPoint]
    """WGS-84, in order of time; empty once they are past their days."""
    raw: bool
    results: TrackResults | None


class NewTrackKey(Ask):
    """`POST /attendance/v1/owntracks/keys`: lets an OwnTracks app report for the caller."""

    name: Label = "OwnTracks"


class TrackKey(Wire):
    """What to type into the OwnTracks app (mode HTTP). The password is shown once."""

    id: Id
    url: str
    user: str
    password: str


class OwnTracksMessage(Told):
    """A message of an OwnTracks app in HTTP mode, as its documentation names the fields; others are left aside."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    kind: Annotated[str, Field(alias="_type", max_length=40)]
    lat: Annotated[Number, Field(ge=-90, le=90)] | None = None
    lon: Annotated[Number, Field(ge=-180, le=180)] | None = None
    tst: Annotated[int, Field(ge=0, le=MS_MAX // 1_000, strict=True)] | None = None
    """Seconds since 1970 of the fix."""
    acc: Number | None = None


class ErasureAsk(Ask):
    """`POST /attendance/v1/persons/{id}/erase`: what is known of where somebody was, up to a day, is forgotten."""

    before_on: Day = Field(examples=["2026-06-01"])
    """Everything of earlier days; this day stays."""
    reason: Label


class Erased(Wire):
    """What was forgotten. Days, months and pay stay, and so does the audit chain, without the facts."""

    punches: int
    """Clock-ins that have no place, note and photo any more."""
    track_days: int
    requests: int
    absences: int
    audit_entries: int
