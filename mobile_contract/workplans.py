"""Plans of routine work: what recurs, where, on which days, in which windows."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from mobile_contract.base import Ask, At, Code, Day, Id, Label, Latitude, Longitude, Text, Wire
from mobile_contract.docstrings import Told
from mobile_contract.people import AreaPath
from mobile_contract.workjoints import PARTS_MAX
from mobile_contract.worklines import BufferM, NewWorkLine, WorkLine, check_place
from mobile_contract.worktemplates import Key, SceneCode

PLACES_MAX = 500
WINDOWS_MAX = 12
RULE_CHARS_MAX = 200
DAY_MIN = 1_440
GENERATE_DAYS_MAX = 62
PLAN_DAYS_MAX = 1_100


class CalendarPolicy(StrEnum):
    """What happens to a day of the plan on which the district does not work."""

    keep = "keep"
    """Streets are swept on holidays too."""
    skip = "skip"
    shift_next = "shift_next"
    """The next working day; where the plan has work on it already, nothing is added."""
    shift_prev = "shift_prev"


class PlanState(StrEnum):
    """Whether a plan still makes orders."""

    active = "active"
    ended = "ended"


class _Place(Told):
    """A place of the plan: a point, a line, or a name alone."""

    code: Code
    label: Label
    longitude: Longitude | None = None
    latitude: Latitude | None = None
    assignee_id: Id | None = None
    """Whose it is; null: the team's."""


class PlanPlace(_Place, Wire):
    """As it travels. Its position in the list is its place in the round."""

    line: WorkLine | None = None
    """A stretch to work; longitude and latitude are its middle."""
    buffer_m: float | None = None


class NewPlace(_Place, Ask):
    """As it is written. The order of the list is the order of the round."""

    line: Annotated[NewWorkLine | None, Field(examples=[None])] = None
    """Instead of longitude and latitude: the stretch to work."""
    buffer_m: Annotated[BufferM | None, Field(examples=[None])] = None
    """Of the line; 15 when left out."""

    @model_validator(mode="after")
    def _place_is_whole(self) -> "NewPlace":
        check_place(self.longitude, self.latitude, self.line, self.buffer_m)
        return self


class _Window(Told):
    """When on the day the work is to be done: minutes since midnight, the end up to a day later."""

    from_min: Annotated[int, Field(ge=0, lt=DAY_MIN, strict=True)]
    until_min: Annotated[int, Field(gt=0, le=2 * DAY_MIN, strict=True)]


class Window(_Window, Wire):
    """As it travels."""


class NewWindow(_Window, Ask):
    """As it is written."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"from_min": 360, "until_min": 660}]})

    @model_validator(mode="after")
    def _lasts(self) -> "NewWindow":
        if not 0 < self.until_min - self.from_min <= DAY_MIN:
            raise ValueError("until_min lies after from_min, by a day at most")
        return self


class _Part(Told):
    """Another crew that each of the plan's orders takes: joint work, which the plan's own team leads."""

    team_id: Id
    assignee_id: Id | None = None
    note: Text = ""
    """Empty: the plan's."""


class PlanPart(_Part, Wire):
    """As it travels."""


class NewPlanPart(_Part, Ask):
    """As it is written."""


class _Plan(Told):
    title: Label
    scene: SceneCode
    template: Key | None = None
    """The template's code; orders are made of the version that is current then. Null: no checklist."""
    note: Text = ""
    area_path: AreaPath
    team_id: Id
    starts_on: Day
    rule: Annotated[
        str, Field(min_length=1, max_length=RULE_CHARS_MAX, examples=["FREQ=WEEKLY;BYDAY=MO,TH;UNTIL=20270331"])
    ]
    """RFC 5545 in days: FREQ, INTERVAL, COUNT or UNTIL, BYDAY, BYMONTHDAY, BYMONTH, BYSETPOS. It must end."""
    policy: CalendarPolicy = CalendarPolicy.keep
    release_ahead_h: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    """So long before their window crews get the orders."""


class WorkPlan(_Plan, Wire):
    """A plan as it stands."""

    id: Id
    version: int
    """Counted up by every change."""
    state: PlanState
    places: list[PlanPlace]
    windows: list[Window]
    parts: list[PlanPart]
    """With parts every day, place and window is joint work: an order for the plan's team, and one for each of these."""
    generated_until_on: Day | None
    """Up to which day orders are made."""
    created_at: At


class NewPlan(_Plan, Ask):
    """`POST /workorders/v1/plans`."""

    places: Annotated[list[NewPlace], Field(min_length=1, max_length=PLACES_MAX)]
    windows: Annotated[list[NewWindow], Field(min_length=1, max_length=WINDOWS_MAX)]
    parts: Annotated[list[NewPlanPart], Field(max_length=PARTS_MAX - 1)] = Field(default_factory=list)
    """Crews that work with the plan's own, which leads."""

    @model_validator(mode="after")
    def _each_place_once(self) -> "NewPlan":
        codes = [place.code for place in self.places]
        if len(set(codes)) != len(codes):
            raise ValueError("a place is there twice")
        return self


class RevisedPlan(NewPlan):
    """`PUT /workorders/v1/plans/{plan_id}`: the whole plan anew; `version` is the one that was looked at."""

    version: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]


class PlanDay(Wire):
    """A day of a plan: `on` by the rule, `worked_on` after the calendar."""

    on: Day
    worked_on: Day


class Generate(Ask):
    """Makes the orders of a plan up to a day; asked again, only what is missing."""

    until_on: Day


class Generated(Wire):
    """How many orders were made, and how many stood already."""

    made: int
    stood: int
    more: bool
    """There are more to make than fit one transaction: ask again."""
