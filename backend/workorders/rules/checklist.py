"""Checklists: which items are asked, which answer of an item counts, and what an answer may be. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.workorders.rules.refusals import AnswerInvalid
from mobile_contract.worktemplates import NO, YES, ChecklistItem, ItemKind


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was given; `at_ms` by trusted time."""

    id: str
    item: str
    value: str
    reading: float | None
    photos: Sequence[str]
    at_ms: int


def check_answer(item: ChecklistItem, value: str, reading: float | None) -> None:
    """Refuses with workorders.answer_invalid what cannot answer the item."""
    possible = {ItemKind.tick: (YES, NO), ItemKind.choice: tuple(item.choices)}.get(item.kind)
    if possible is not None and (value not in possible or reading is not None):
        raise AnswerInvalid(item=item.key, one_of=", ".join(possible))
    if item.kind is ItemKind.reading and (reading is None or value):
        raise AnswerInvalid(item=item.key, one_of="reading")
    if item.kind is ItemKind.text and (not value.strip() or reading is not None):
        raise AnswerInvalid(item=item.key, one_of="text")


def in_range(item: ChecklistItem, reading: float | None) -> bool:
    """Whether a reading lies within what the template calls right. What lies outside is kept: it is what was read."""
    if reading is None:
        return True
    return (item.low is None or reading >= item.low) and (item.high is None or reading <= item.high)


def standing_answers(items: Sequence[ChecklistItem], answers: Iterable[Answered]) -> dict[str, Answered]:
    """The answer of each item that counts: for safety items the first that came, else the latest by trusted time."""
    safety = {item.key for item in items if item.safety}
    counts: dict[str, Answered] = {}
    for answer in answers:
        known = counts.get(answer.item)
        if known is None or (answer.item not in safety and (answer.at_ms, answer.id) > (known.at_ms, known.id)):
            counts[answer.item] = answer
    return counts


def asked(items: Sequence[ChecklistItem], answers: Mapping[str, Answered]) -> list[ChecklistItem]:
    """The items that are asked, given the answers so far: an item that hangs on one not asked is not asked either."""
    reached: dict[str, ChecklistItem] = {}
    for item in items:
        condition = item.only_if
        if condition is None:
            reached[item.key] = item
            continue
        answer = answers.get(condition.item) if condition.item in reached else None
        if answer is not None and _met(item, answer):
            reached[item.key] = item
    return list(reached.values())


def _met(item: ChecklistItem, answer: Answered) -> bool:
    condition = item.only_if
    assert condition is not None
    if answer.value and answer.value in condition.answers:
        return True
    if answer.reading is None:
        return False
    low = condition.below is not None and answer.reading < condition.below
    return low or (condition.above is not None and answer.reading > condition.above)
