"""What the desk knows of the rules by which cylinders are dated and filled: tables as data, with versions."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from mobile_contract.base import Ask, At, Day, Id, Text, Wire
from mobile_contract.checklists import Certainty, ChecklistVersion
from mobile_contract.gas import Spec

SPECS_MAX = 100
MONTHS_MAX = 480
Months = Annotated[int, Field(ge=1, le=MONTHS_MAX, strict=True)]


class Phase(StrEnum):
    """What a cylinder gives out. One that gives both is forbidden, and blocked as `dual_phase`."""

    vapour = "vapour"
    liquid = "liquid"


class SpecRule(Ask):
    """A line of a rule table: all of it is a district's setting, with how sure it is that a rule asks for it."""

    spec: Spec
    inspection_months: Months
    """From the month of manufacture, or of the last passed inspection, to the end of the month so many months later."""
    life_months: Months
    """From manufacture, where no stamp on the cylinder says otherwise."""
    extension_months: Annotated[int, Field(ge=0, le=MONTHS_MAX, strict=True)] = 0
    """So far beyond its life a passed inspection may carry a cylinder that bears no stamp; 0: none does."""
    volume_ml: Annotated[int, Field(ge=1, le=1_000_000, strict=True)]
    max_fill_g: Annotated[int, Field(ge=1, le=655_350, strict=True)]
    phase: Phase = Phase.vapour
    certainty: Certainty = Certainty.assumed


class NewRuleTable(Ask):
    """`POST /gas/v1/rule-tables`: a version, for ever; from its day on every cylinder is dated by it."""

    version: ChecklistVersion
    since_on: Day
    specs: Annotated[list[SpecRule], Field(min_length=1, max_length=SPECS_MAX)]
    note: Text = ""

    @model_validator(mode="after")
    def _each_once(self) -> "NewRuleTable":
        specs = [rule.spec for rule in self.specs]
        if len(set(specs)) != len(specs):
            raise ValueError("a spec comes twice")
        return self


class RuleTable(Wire):
    """A rule table as it travels."""

    version: str
    since_on: date
    specs: list[SpecRule]
    note: str
    published_at: At | None
    """Null: the example that comes with the house."""


class RedatingState(StrEnum):
    """How far it is."""

    waiting = "waiting"
    """The table's day has not come."""
    running = "running"
    done = "done"


class Redating(Wire):
    """All cylinders are dated anew when a rule table comes into force: how far that is, and what came of it."""

    id: Id
    rule_version: str
    since_on: date
    state: RedatingState
    cylinders: int
    """To be looked at; 0 until it begins."""
    cylinders_done: int
    changed: int
    """Of these, with other dates than before."""
    became_due: int
    """Of these, past their day by the new dates: blocked, beside whatever blocked them before."""
    left: int
    """Of a spec that the table does not name: they keep their dates."""
    created_at: At
    started_at: At | None
    ended_at: At | None
