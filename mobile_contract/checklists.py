"""What is looked at in a customer's home: checklists as data, with versions. A published version never changes."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from mobile_contract.base import Ask, At, Day, Id, Label, Text, Wire
from mobile_contract.params import Flag

ITEMS_MAX = 200
DEADLINE_DAYS_MAX = 365


class Grade(StrEnum):
    """How grave a hazard is; what a grade entails stands in the checklist."""

    g0 = "g0"
    """Danger now."""
    g1 = "g1"
    """Serious."""
    g2 = "g2"
    """General."""
    g3 = "g3"
    """Advice."""


class Topic(StrEnum):
    """What an item tells of the home beside its hazard."""

    water_heater = "water_heater"
    co_alarm = "co_alarm"
    ventilation = "ventilation"


class Certainty(StrEnum):
    """How sure it is that a rule asks for this."""

    source = "source"
    known = "known"
    assumed = "assumed"


ItemCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}-[0-9]{2}$"), Field(examples=["P-01"])]
ChecklistVersion = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$"), Field(examples=["example-2026.1"])
]
DeadlineDays = Annotated[int, Field(ge=0, le=DEADLINE_DAYS_MAX, strict=True)]


class Item(Ask):
    """One thing that is looked at, and how grave it is when it is not right."""

    code: ItemCode
    group: Label
    zh: Label
    en: Label
    grade: Grade
    """What is proposed; who looks decides."""
    grade_shop: Grade | None = None
    """At customers who are no households, where it differs."""
    deadline_days: DeadlineDays | None = None
    """Where it differs from the grade's."""
    topic: Topic | None = None
    often: Flag = False
    """Found most often: a phone shows it before the others."""
    data_task: Flag = False
    """What is found is a fault of the books, not of the home."""
    certainty: Certainty = Certainty.assumed


class GradeRule(Ask):
    """What a grade entails."""

    grade: Grade
    deadline_days: DeadlineDays | None
    """Calendar days from the notice, ending 23:59:59; null: until the next visit."""
    stops_supply: Flag
    """No full cylinder is handed over while such a hazard is open."""
    notice: Flag
    """It is told in writing and signed for."""
    call_min: Annotated[int, Field(ge=1, le=1_440, strict=True)] | None = None
    """Within how many minutes the dispatcher is called."""
    certainty: Certainty = Certainty.assumed


class NewChecklist(Ask):
    """`POST /gas/v1/checklists`: a version, for ever."""

    version: ChecklistVersion
    since_on: Day
    items: Annotated[list[Item], Field(min_length=1, max_length=ITEMS_MAX)]
    grades: Annotated[list[GradeRule], Field(min_length=1, max_length=len(Grade))]
    """A grade that has no rule here goes by `rule_of`."""
    short_min: Annotated[int, Field(ge=0, le=240, strict=True)] = 10
    """A check with a delivery that took less counts only when it has a photo of every part of the home it found."""
    note: Text = ""

    @model_validator(mode="after")
    def _each_once(self) -> "NewChecklist":
        codes = [item.code for item in self.items]
        if len(set(codes)) != len(codes):
            raise ValueError("an item's code comes twice")
        if len({rule.grade for rule in self.grades}) != len(self.grades):
            raise ValueError("a grade has two rules")
        return self


class Checklist(Wire):
    """A checklist as it travels."""

    id: Id
    version: str
    since_on: Day
    items: list[Item]
    grades: list[GradeRule]
    short_min: int
    note: str
    published_at: At


def as_shown(items: Iterable[Item]) -> list[Item]:
    """The items in the order in which a phone asks for them: what is found most often first, else as listed."""
    return sorted(items, key=lambda item: not item.often)


UNRULED_DAYS = 30


def deadline_days(listed: "Checklist", item: str, grade: Grade) -> int | None:
    """In how many days a hazard is mended, counted from the notice; an item's own number only shortens its grade's."""
    rule = rule_of(listed.grades, grade)
    own = next((one.deadline_days for one in listed.items if one.code == item), None)
    return rule.deadline_days if own is None or not rule.deadline_days else min(own, rule.deadline_days)


def rule_of(grades: list[GradeRule], grade: Grade) -> GradeRule:
    """What a grade entails; one without a rule is told in writing, mended in 30 days, and g0 stops the supply."""
    found = next((rule for rule in grades if rule.grade is grade), None)
    return found or GradeRule(grade=grade, deadline_days=UNRULED_DAYS, stops_supply=grade is Grade.g0, notice=True)
