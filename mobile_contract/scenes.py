"""Scene files: a trade's routine described as data. Its codes and their limits, who answers for them, forms, plans."""

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from mobile_contract.base import Ask, Day, Id, Label, Text, Wire
from mobile_contract.cases import CONDITIONS_MAX, CodeKind, TwoDigits
from mobile_contract.limits import AMOUNT_MAX, LimitUnit
from mobile_contract.params import Flag, Number
from mobile_contract.people import AreaPath, TradeCode
from mobile_contract.problems import Texts
from mobile_contract.workjoints import PARTS_MAX
from mobile_contract.workplans import (
    PLACES_MAX,
    PLAN_DAYS_MAX,
    RULE_CHARS_MAX,
    WINDOWS_MAX,
    CalendarPolicy,
    NewPlace,
    NewWindow,
)
from mobile_contract.worktemplates import Key, NewTemplate, SceneCode

TEMPLATES_PER_SCENE_MAX = 50
CODES_PER_SCENE_MAX = 500
COMPETENCES_PER_SCENE_MAX = 200
PLANS_PER_SCENE_MAX = 50
LIMITS_MAX = 20
FILE_BYTES_MAX = 1_000_000


class SceneLimit(Ask):
    """How long the handling of a finding may take."""

    grade: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{0,16}$", examples=["A"])] = ""
    """Of which grade of area; empty: wherever no other grade is named."""
    amount: Annotated[Number, Field(gt=0, le=AMOUNT_MAX)]
    unit: LimitUnit


class SceneCaseCode(Ask):
    """What crews of the scene find: a code of cases. It goes before a code table's line of the same number."""

    kind: CodeKind = CodeKind.event
    big: TwoDigits
    small: TwoDigits
    big_name: Label
    name: Label
    since_on: Day | None = None
    until_on: Day | None = None
    self_disposable: Flag = False
    """Whoever finds it may put it right, by cases.self_dispose."""
    same_time_of_day: Flag = False
    """It is checked at the finding's time of day (同时段)."""
    conditions: Annotated[list[Label], Field(max_length=CONDITIONS_MAX)] = Field(default_factory=list)
    """What must hold for a case to be registered (立案条件)."""
    limits: Annotated[list[SceneLimit], Field(max_length=LIMITS_MAX)] = Field(default_factory=list)
    """None: the district's own default."""

    @model_validator(mode="after")
    def _hangs_together(self) -> "SceneCaseCode":
        if self.since_on and self.until_on and self.until_on < self.since_on:
            raise ValueError("until_on lies before since_on")
        if any(mark in condition for condition in self.conditions for mark in ";；"):
            raise ValueError("a condition holds no semicolon: code tables part conditions by it")
        grades = [limit.grade for limit in self.limits]
        if len(set(grades)) != len(grades):
            raise ValueError("a grade has two limits")
        return self


_COMPETENCE: JsonDict = {"kind": "event", "big": "01", "small": "02", "trade": "sanitation"}


class SceneCompetence(Ask):
    """Who answers for a code, or for a whole class of codes (职责): each team that does the trade, in its own area;
    else the team named. A line that a desk gives for the same area and code goes before it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_COMPETENCE]})

    kind: CodeKind = CodeKind.event
    big: TwoDigits
    small: TwoDigits | None = None
    """Null: the whole class."""
    trade: TradeCode | None = None
    """Whose teams; null: those whose trade is the scene."""
    team: Label | None = None
    """Only the team of this name."""
    area_path: AreaPath | None = None
    """Where; null: the team's own area."""

    @model_validator(mode="after")
    def _names_one(self) -> "SceneCompetence":
        if self.team is not None and self.trade is not None:
            raise ValueError("a competence names a team or a trade")
        return self


_PLAN: JsonDict = {
    "code": "sweep",
    "title": "道路普扫",
    "template": "road_sweep",
    "rule": "FREQ=DAILY",
    "lasts_days": 365,
    "policy": "keep",
    "release_ahead_h": 24,
    "windows": [{"from_min": 270, "until_min": 420}],
}


class ScenePart(Ask):
    """Another crew that each of a plan's orders takes: joint work, which the plan's own team leads."""

    team: Label
    note: Text = ""
    """Empty: the plan's."""


class ScenePlan(Ask):
    """What recurs. A plan is made of it for each team: the one named, else every team that does the trade."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PLAN]})

    code: Key
    title: Label
    template: Key
    note: Text = ""
    trade: TradeCode | None = None
    """Whose teams; null: those whose trade is the scene."""
    team: Label | None = None
    """Only the team of this name."""
    starts_on: Day | None = None
    """Null: the day on which the file is first taken in."""
    rule: Annotated[str, Field(min_length=1, max_length=RULE_CHARS_MAX, examples=["FREQ=WEEKLY;BYDAY=MO,TH"])]
    """As a plan's. With `lasts_days` it names neither COUNT nor UNTIL."""
    lasts_days: Annotated[int, Field(ge=1, le=PLAN_DAYS_MAX, strict=True)] | None = None
    policy: CalendarPolicy = CalendarPolicy.keep
    release_ahead_h: Annotated[int, Field(ge=0, le=168, strict=True)] = 24
    windows: Annotated[list[NewWindow], Field(min_length=1, max_length=WINDOWS_MAX)]
    places: Annotated[list[NewPlace], Field(max_length=PLACES_MAX)] = Field(default_factory=list)
    """The round; none: the team's whole area, as one place."""
    parts: Annotated[list[ScenePart], Field(max_length=PARTS_MAX - 1)] = Field(default_factory=list)
    """Crews that work with the plan's team, which leads."""

    @model_validator(mode="after")
    def _hangs_together(self) -> "ScenePlan":
        if self.team is not None and self.trade is not None:
            raise ValueError("a plan names a team or a trade")
        if self.places and self.team is None:
            raise ValueError("places belong to one team: name it")
        if self.parts and self.team is None:
            raise ValueError("joint work has one team that leads: name it")
        crews = [self.team, *(part.team for part in self.parts)]
        if len(set(crews)) != len(crews):
            raise ValueError("a crew is there twice")
        codes = [place.code for place in self.places]
        if len(set(codes)) != len(codes):
            raise ValueError("a place is there twice")
        parts = {part.partition("=")[0] for part in self.rule.removeprefix("RRULE:").split(";")}
        if (self.lasts_days is not None) == bool(parts & {"COUNT", "UNTIL"}):
            raise ValueError("a plan ends by lasts_days, or by COUNT or UNTIL in its rule")
        return self


class NewScene(Ask):
    """A scene file: everything a trade's routine needs, without code."""

    scene: SceneCode
    name: Label
    name_en: Label
    certainty: Label = "a district's own"
    """Where its codes and limits are from, and how sure that is."""
    example: Flag = False
    """Shipped to try things out: its codes have no authority."""
    codes: Annotated[list[SceneCaseCode], Field(max_length=CODES_PER_SCENE_MAX)] = Field(default_factory=list)
    competences: Annotated[list[SceneCompetence], Field(max_length=COMPETENCES_PER_SCENE_MAX)] = Field(
        default_factory=list
    )
    templates: Annotated[list[NewTemplate], Field(min_length=1, max_length=TEMPLATES_PER_SCENE_MAX)]
    plans: Annotated[list[ScenePlan], Field(max_length=PLANS_PER_SCENE_MAX)] = Field(default_factory=list)


class SceneFault(Wire):
    """What is wrong in a scene file: on which line, and in which field, `templates.0.items.3.choices`."""

    line: int
    field: str
    why: Texts


class SceneMade(Wire):
    """What a file came to: what is as it was is left alone."""

    scene: SceneCode
    new_versions: list[str]
    """Templates that got a version."""
    unchanged: list[str]
    """Templates that are as they were."""
    codes_version: str | None
    """The version of its codes that is in force; null: it has none."""
    codes_new: bool
    competences: int
    """How many lines of who answers for what are in force by it."""
    competences_waiting: list[str]
    """Codes (`event.0102`, or a class `event.01`) for which no team is there yet."""
    plans_made: list[Id]
    plans_revised: list[Id]
    """Plans that the file has otherwise, or whose template it has otherwise: they have a new version, what crews were
    given stays as it is."""
    plans_ended: list[Id]
    """Plans of an earlier file that this one has no more."""
    plans_unchanged: int
    plans_waiting: list[str]
    """Plans for which no team is there yet: take the file in again when there is one."""


class Scene(Wire):
    """A scene that was taken in."""

    scene: SceneCode
    name: str
    name_en: str
