"""Templates of routine work: what is to be checked and read on the spot, and what must prove that it was done."""

from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from mobile_contract.base import Ask, At, Id, Label, Sha256, Text, Wire
from mobile_contract.docstrings import Told
from mobile_contract.params import Flag, Number, Params

ITEMS_MAX = 60
CHOICES_MAX = 30
MATERIALS_MAX = 30
PHOTOS_ASKED_MAX = 20
UNIT_CHARS_MAX = 16
KEY = r"^[a-z][a-z0-9_]{0,31}$"
YES, NO = "yes", "no"

Key = Annotated[str, Field(pattern=KEY, examples=["sanitation"])]
"""A name within a scene: lower-case letters, digits and underscores."""
DistrictCode = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["440111"])]
SceneCode = Key
"""Which trade's routine: sanitation, greening and street_order come with the house, others as scene files."""


class ItemKind(StrEnum):
    """How an item of a checklist is answered."""

    tick = "tick"
    """`yes` or `no`."""
    choice = "choice"
    """One of `choices`."""
    reading = "reading"
    """A number, within `low` and `high` where they are given."""
    text = "text"


class _Condition(Told):
    """An item is asked only where an earlier item was answered so."""

    item: Key
    answers: Annotated[list[Text], Field(max_length=CHOICES_MAX)] = Field(default_factory=list)
    """The item's answer is one of these."""
    below: Number | None = None
    """Or its reading lies below this,"""
    above: Number | None = None
    """or above this."""


class Condition(_Condition, Wire):
    """As it travels."""


class NewCondition(_Condition, Ask):
    """As it is written."""

    @model_validator(mode="after")
    def _says_something(self) -> "NewCondition":
        if not self.answers and self.below is None and self.above is None:
            raise ValueError("a condition names answers, below or above")
        return self


_ITEM: JsonDict = {
    "key": "gully",
    "label": "雨水口",
    "kind": "choice",
    "required": True,
    "safety": False,
    "choices": ["畅通", "堵塞"],
    "low": None,
    "high": None,
    "unit": "",
    "photos_min": 0,
    "only_if": None,
}


class _Item(Told):
    """One thing to look at, count or measure."""

    key: Key
    label: Label
    kind: ItemKind = ItemKind.tick
    required: Flag = True
    safety: Flag = False
    """The first answer stands, and a second, different one is kept for a person; otherwise the later one counts."""
    choices: Annotated[list[Label], Field(max_length=CHOICES_MAX)] = Field(default_factory=list)
    low: Number | None = None
    high: Number | None = None
    unit: Annotated[Text, Field(max_length=UNIT_CHARS_MAX)] = ""
    photos_min: Annotated[int, Field(ge=0, le=PHOTOS_ASKED_MAX, strict=True)] = 0


class ChecklistItem(_Item, Wire):
    """As it travels."""

    only_if: Condition | None = None


class NewItem(_Item, Ask):
    """As it is written."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})
    only_if: NewCondition | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "NewItem":
        if (self.kind is ItemKind.choice) != bool(self.choices):
            raise ValueError("choices belong to an item of kind choice, and only to it")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError("a choice is named twice")
        if self.kind is not ItemKind.reading and (self.low is not None or self.high is not None):
            raise ValueError("low and high belong to an item of kind reading")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low lies above high")
        return self


class _Rule(Told):
    """What must prove the work. Unknown parts of a rule are ignored by an old phone and judged by the server."""

    photos_min: Annotated[int, Field(ge=0, le=50, strict=True)] = 0
    before_min: Annotated[int, Field(ge=0, le=PHOTOS_ASKED_MAX, strict=True)] = 0
    """Photos of the place before the work: cited by the start."""
    after_min: Annotated[int, Field(ge=0, le=PHOTOS_ASKED_MAX, strict=True)] = 0
    """Photos of the place after it: cited by the finish."""
    photo_age_max_min: Annotated[int, Field(ge=1, le=1_440, strict=True)] | None = None
    """Minutes between a photo recorded with an item and the finish, by trusted time; null: any."""
    within_m: Annotated[int, Field(ge=10, le=5_000, strict=True)] | None = None
    """Start and finish lie within so many metres of the order's place, of a line's buffer; null: anywhere."""
    coverage_min: Annotated[int, Field(ge=1, le=100, strict=True)] | None = None
    """So many percent of the order's line lie on the tracks of those who worked on it; null, or no line: not asked."""
    dwell_min: Annotated[int, Field(ge=1, le=1_440, strict=True)] | None = None
    """Minutes between start and finish at the least, pauses not counted."""
    signature: Flag = False
    scan: Flag = False
    """The label at the place is scanned: of a plan's place on the map, one that says its code."""


class EvidenceRule(_Rule, Wire):
    """As it travels."""


class NewEvidenceRule(_Rule, Ask):
    """As it is written."""


class _Material(Told):
    code: Key
    name: Label
    unit: Annotated[Text, Field(max_length=UNIT_CHARS_MAX)] = ""


class Material(_Material, Wire):
    """What a crew may use up: as it travels."""


class NewMaterial(_Material, Ask):
    """As it is written."""


class _Form(Told):
    scene: SceneCode
    code: Key
    name: Label
    note: Text = ""
    inspection_percent: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    """So many of a hundred finished orders are inspected; which, nobody chooses."""


class WorkTemplate(_Form, Wire):
    """A version of a template. It never changes: orders are worked by the version they were released with."""

    id: Id
    version: int
    current: bool
    """New orders are made of it."""
    items: list[ChecklistItem]
    evidence_rule: EvidenceRule
    materials: list[Material]
    created_at: At


class NewTemplate(_Form, Ask):
    """`POST /workorders/v1/templates`: the first version of a code, or its next."""

    items: Annotated[list[NewItem], Field(max_length=ITEMS_MAX)] = Field(default_factory=list)
    evidence_rule: NewEvidenceRule = Field(default_factory=NewEvidenceRule)
    materials: Annotated[list[NewMaterial], Field(max_length=MATERIALS_MAX)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _hangs_together(self) -> "NewTemplate":
        seen: dict[str, NewItem] = {}
        for item in self.items:
            if item.key in seen:
                raise ValueError(f"item {item.key} is there twice")
            if item.only_if is not None:
                _check_condition(item, seen.get(item.only_if.item))
            seen[item.key] = item
        codes = [material.code for material in self.materials]
        if len(set(codes)) != len(codes):
            raise ValueError("a material is there twice")
        return self


def _check_condition(item: NewItem, on: NewItem | None) -> None:
    condition = item.only_if
    assert condition is not None
    if on is None:
        raise ValueError(f"item {item.key} asks for {condition.item}, which is no earlier item")
    possible = [YES, NO] if on.kind is ItemKind.tick else on.choices if on.kind is ItemKind.choice else None
    if possible is not None and not set(condition.answers) <= set(possible):
        raise ValueError(f"item {item.key} waits for an answer that {on.key} never has")
    if on.kind is not ItemKind.reading and (condition.below is not None or condition.above is not None):
        raise ValueError(f"item {item.key} waits for a reading, and {on.key} has none")


# -- what a phone says ---------------------------------------------------------------------------------------------


class MaterialUsed(Params):
    """So much of a material was used up."""

    code: Key
    quantity: Annotated[Number, Field(gt=0, le=1_000_000)]


class AnswerParams(Params):
    """Params of workorders.answer: an item of an order's checklist. `row.id` is the answer's own, a new UUID."""

    order_id: Id
    item: Key
    value: Text = ""
    """`yes`, `no`, a choice or a text."""
    reading: Number | None = None
    photos: Annotated[list[Sha256], Field(max_length=PHOTOS_ASKED_MAX)] = Field(default_factory=list)
    note: Text = ""


class WorkAnswer(Wire):
    """An item answered on the spot; an answer never changes, a later one may count instead."""

    id: Id
    order_id: Id
    item: str
    value: str
    reading: float | None
    photos: list[Sha256]
    note: str
    person_id: Id
    answered_at: At
    """Trusted estimate."""
    error_ms: int
    in_range: bool
    """The reading lies within the template's range, or there is none."""
