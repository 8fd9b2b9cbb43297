"""What a phone or console knows of attendance: fences, and clock-ins at them."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from mobile_contract.base import Ask, At, Id, Label, Sha256, Text, Wire, no_control
from mobile_contract.params import Flag, Number, Params
from mobile_contract.people import AreaPath

FENCE_RADIUS_M_MAX = 5_000
AUDIENCE_MAX = 200
WKT_CHARS_MAX = 200_000
QR_CHARS_MAX = 500
IMPORT_FENCES_MAX = 1_000


class FenceShape(StrEnum):
    """How a fence is drawn: a Point with its radius, a Polygon, or a LineString with a buffer."""

    circle = "circle"
    polygon = "polygon"
    line = "line"


class DatumName(StrEnum):
    """What longitude and latitude refer to; only WGS-84 is kept."""

    wgs84 = "wgs84"
    cgcs2000 = "cgcs2000"
    gcj02 = "gcj02"
    bd09 = "bd09"


class AxisOrder(StrEnum):
    """Which number of a pair in WKT comes first."""

    longitude_latitude = "longitude_latitude"
    latitude_longitude = "latitude_longitude"


class Place(StrEnum):
    """Where a clock-in was, as far as the fix can prove."""

    inside = "inside"
    outside = "outside"
    unsure = "unsure"
    """The fix is too poor or too old to prove anything."""
    no_fix = "no_fix"
    """The phone gave no position."""
    no_fence = "no_fence"
    """No fence was set for the person at that time."""


class Direction(StrEnum):
    """Which button was pressed: a hint, since people press the wrong one."""

    clock_in = "in"
    clock_out = "out"


class Source(StrEnum):
    """Where a clock-in comes from."""

    user = "user"
    auto = "auto"
    kiosk = "kiosk"
    qr = "qr"
    boss_change = "boss_change"
    """Entered by a supervisor on somebody's behalf; `entered_by` names them."""
    approve = "approve"
    """A correction (补卡) that was approved; `entered_by` names the approver."""
    system = "system"


class Mark(StrEnum):
    """What a person should know when looking at a clock-in. A mark is never a refusal."""

    accuracy_missing = "accuracy_missing"
    accuracy_not_positive = "accuracy_not_positive"
    fix_old = "fix_old"
    position_invalid = "position_invalid"
    mock_location = "mock_location"
    clock_poor = "clock_poor"
    clock_set = "clock_set"
    """The phone's clock was set by hand around the act; its time is known all the same."""
    clock_unsure = "clock_unsure"
    """The error bound of the time is longer than the grace of a shift."""
    wall_far_off = "wall_far_off"
    """The phone's clock stood far from the trusted time."""
    gps_time_far = "gps_time_far"
    """Satellite time and the act are more than two minutes apart."""
    qr_other = "qr_other"
    """The label that was scanned is no punch point of the person's fences at that time."""
    provider_odd = "provider_odd"
    """The position came from no provider that a phone has of itself."""


class FencePurpose(StrEnum):
    """What a fence is for."""

    work = "work"
    """To be at: clock-ins, posts and roads go by it."""
    rest = "rest"
    """To rest in: who stays here for long does nothing amiss. No clock-in goes by it."""


class Fence(Wire):
    """A place to be at. Offline a phone gives its own verdict by it; the server's stands."""

    id: Id
    name: str
    shape: FenceShape
    geometry: dict[str, Any]
    """GeoJSON geometry, WGS-84."""
    radius_m: float
    purpose: FencePurpose = FencePurpose.work
    area_path: str
    valid_from_at: At
    valid_until_at: At | None
    team_ids: list[Id]
    person_ids: list[Id]
    shift_ids: list[Id]
    """For whoever is rostered to one of these shifts, on that day."""
    post_ids: list[Id]
    """For whoever is rostered to one of these posts, on that day."""
    lineage_id: Id
    """The same for all versions of a fence: the id of the first."""
    version: int


class FenceFacts(Wire):
    """What a GeoJSON feature of a fence says besides its geometry."""

    name: str
    shape: FenceShape
    radius_m: float
    purpose: FencePurpose = FencePurpose.work
    area_path: str
    valid_from_at: At
    valid_until_at: At | None
    team_ids: list[Id]
    person_ids: list[Id]
    shift_ids: list[Id]
    """For whoever is rostered to one of these shifts, on that day."""
    post_ids: list[Id]
    """For whoever is rostered to one of these posts, on that day."""
    lineage_id: Id
    """The same for all versions of a fence: the id of the first."""
    version: int


class FenceFeature(Wire):
    """A fence as a GeoJSON feature."""

    type: Literal["Feature"] = "Feature"
    id: Id
    properties: FenceFacts
    geometry: dict[str, Any]


class FenceCollection(Wire):
    """A page of fences as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[FenceFeature]
    next: str | None = None


class Punch(Wire):
    """A clock-in as it travels: a fact, never changed."""

    id: Id
    person_id: Id
    team_id: Id | None
    device_id: Id | None
    area_path: str
    trusted_at: At
    error_ms: int
    quality: str
    wall_at: At | None
    """What the phone's clock said; null for a clock-in at a desk."""
    received_at: At
    direction: Direction | None
    longitude: float | None
    latitude: float | None
    accuracy_m: float | None
    datum: DatumName
    """The datum the phone named; longitude and latitude here are WGS-84."""
    fix_age_s: float | None
    place: Place
    fence_id: Id | None
    distance_m: float | None
    """Signed metres to the fence's edge, negative inside."""
    photo: Sha256 | None
    note: str
    mock: bool | None
    """Null where the phone cannot tell."""
    marks: list[Mark]
    review: bool
    """Whether a person should look."""
    source: Source = Source.user
    entered_by: Id | None = None
    """Who entered or approved it, when it was not the person's own phone."""
    part: int | None = None
    """With `direction` the very clock-in of the shift that it stands for, when it was entered for that."""


# -- what the desk asks --------------------------------------------------------------------------------------------


class GeometryAsk(Ask):
    """A GeoJSON geometry (RFC 7946): Point, LineString or Polygon."""

    type: Annotated[str, Field(max_length=20)]
    coordinates: Annotated[list[Any], Field(max_length=5_000)]


class Drawing(Ask):
    """How a fence is drawn: GeoJSON, or WKT with its axis order named; one of the two.

    `radius_m`: of a circle, buffer of a line, margin of a polygon.
    """

    geometry: GeometryAsk | None = Field(default=None, examples=[{"type": "Point", "coordinates": [113.2732, 23.1815]}])
    wkt: Annotated[str, Field(max_length=WKT_CHARS_MAX)] | None = None
    axes: AxisOrder | None = None
    """Of the WKT; GeoJSON always has longitude first."""
    radius_m: Annotated[Number, Field(ge=0, le=FENCE_RADIUS_M_MAX)] = 0
    datum: DatumName = DatumName.wgs84
    confirmed: Flag = False
    """The drawer was asked back (attendance.fence_doubtful) and means it as it is."""


class RevisedFence(Drawing):
    """`PUT /attendance/v1/fences/{id}`: the fence's next version, from `since_at` on (now when left out)."""

    name: Label | None = None
    since_at: At | None = None


FeatureNumber = Annotated[int, Field(ge=-(2**53), le=2**53, strict=True)]
BBOX_MAX = 1e8
"""Degrees, metres of a projection and heights all lie within."""


class FenceFeatureAsk(Ask):
    """One feature of an import. Properties that are not known are left aside, as RFC 7946 wants it."""

    type: Literal["Feature"]
    id: Annotated[str, Field(max_length=100), AfterValidator(no_control)] | FeatureNumber | None = None
    bbox: Annotated[list[Annotated[Number, Field(ge=-BBOX_MAX, le=BBOX_MAX)]], Field(max_length=6)] | None = None
    geometry: GeometryAsk | None
    properties: dict[str, Any] | None = None


class FenceImport(Ask):
    """`POST /attendance/v1/fences/import`: a GeoJSON feature collection.

    A feature's properties may say `name`, `radius_m`, `area_path`, `team_ids`, `person_ids`, `shift_ids`, `post_ids`;
    what they leave out is taken from here.
    """

    type: Literal["FeatureCollection"]
    features: Annotated[list[FenceFeatureAsk], Field(max_length=IMPORT_FENCES_MAX)]
    datum: DatumName = DatumName.wgs84
    area_path: AreaPath
    radius_m: Annotated[Number, Field(ge=0, le=FENCE_RADIUS_M_MAX)] = 0
    team_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    confirmed: Flag = False
    dry_run: Flag = False
    """Only report; nothing is kept."""


class FenceImported(Wire):
    """What became of one feature."""

    index: int
    name: str
    fence_id: Id | None
    """Null when it was refused, or when nothing was to be kept."""
    code: str | None
    """Why it was refused."""
    texts: dict[str, str]
    """The refusal in both languages; empty when there is none."""


class FenceImportReport(Wire):
    """What became of an import, feature by feature, in order."""

    drawn: int
    refused: int
    features: list[FenceImported]


class NewFence(Drawing):
    """`POST /attendance/v1/fences`."""

    name: Label
    area_path: AreaPath
    purpose: FencePurpose = FencePurpose.work
    valid_from_at: At | None = None
    valid_until_at: At | None = None
    team_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    person_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    shift_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    post_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)


class FenceAudience(Ask):
    """Whose fence it is, from now on."""

    team_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    person_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    shift_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)
    post_ids: Annotated[list[Id], Field(max_length=AUDIENCE_MAX)] = Field(default_factory=list)


class EndFence(Ask):
    """Until when the fence counts; now when left out. Clock-ins already judged by it stay as they are."""

    until_at: At | None = None


class FenceFilter(Wire):
    """What a list of fences may be narrowed to."""

    area: str | None = None
    at: At | None = None
    lineage_id: Id | None = None
    team_id: Id | None = None
    person_id: Id | None = None
    q: str | None = None


class PunchFilter(Wire):
    """What a list of clock-ins may be narrowed to."""

    since_at: At | None = None
    until_at: At | None = None
    person_id: Id | None = None
    team_id: Id | None = None
    place: Place | None = None
    review: bool | None = None


# -- what a phone says ---------------------------------------------------------------------------------------------


class Fix(Params):
    """Where the phone thinks it is. Numbers that make no sense are marked, not refused."""

    longitude: Number | None = None
    latitude: Number | None = None
    accuracy_m: Number | None = None
    """Radius of 68 % confidence, metres."""
    datum: DatumName = DatumName.wgs84
    age_s: Number | None = None
    """How old the fix was at the clock-in."""
    gps_ms: Annotated[int, Field(ge=0, strict=True)] | None = None
    """Satellite time of the fix, ms since 1970; null where the phone cannot tell."""
    providers: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=10)] | None = None
    """Where the position came from, as the phone names it: gps, network, fused, ...; null where it cannot tell."""


class ClockInParams(Params):
    """Params of attendance.clock_in, and the body of a clock-in over HTTP."""

    direction: Direction | None = None
    position: Fix | None = None
    photo: Sha256 | None = None
    note: Text = ""
    mock: Flag | None = None
    """Whether the phone reports a mock location; null where it cannot tell."""
    qr: Annotated[str, Field(max_length=QR_CHARS_MAX)] | None = None
    """What the label of a punch point said, as it was scanned."""


class FixAsk(Ask):
    """As `Fix`, over HTTP."""

    longitude: Number | None = None
    latitude: Number | None = None
    accuracy_m: Number | None = None
    datum: DatumName = DatumName.wgs84
    age_s: Number | None = None
    gps_ms: Annotated[int, Field(ge=0, strict=True)] | None = None
    providers: Annotated[list[Annotated[str, Field(max_length=32)]], Field(max_length=10)] | None = None


class ClockInAsk(Ask):
    """`POST /attendance/v1/punches`: a clock-in of one's own, on line."""

    id: Id
    """Minted by the caller: the same id twice is one clock-in."""
    direction: Direction | None = None
    position: FixAsk | None = None
    photo: Sha256 | None = None
    note: Text = ""
    mock: Flag | None = None
    qr: Annotated[str, Field(max_length=QR_CHARS_MAX)] | None = None
