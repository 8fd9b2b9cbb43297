"""Templates and answers to checklists on handsets."""

from typing import Any

from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from backend.workorders import actions, queries
from backend.workorders.tables import WorkAnswer, WorkTemplate
from mobile_contract import worktemplates as wire
from sync.kinds import Command, Deed, Kind, Policy


def _template_body(row: WorkTemplate) -> dict[str, Any]:
    return queries.template_shape(row).model_dump(mode="json")


def _template_scopes(row: WorkTemplate) -> list[str]:
    """Reference data of the whole district: every version, since orders are worked by the one they were made with."""
    return [f"district:{row.district}"]


TEMPLATE_KIND = Kind(
    name="work_templates",
    table=WorkTemplate,
    fields=dict.fromkeys(wire.WorkTemplate.model_fields, Policy.server),
    body=_template_body,
    scopes=_template_scopes,
    priority=2,
)


def _answer(ctx: Ctx, deed: Deed) -> None:
    actions.answer(ctx, deed.row_id, deed.params)


def _answer_body(row: WorkAnswer) -> dict[str, Any]:
    return queries.answer_shape(row).model_dump(mode="json")


def _answer_scopes(row: WorkAnswer) -> list[str]:
    return row.scopes


ANSWER = Command(
    name="workorders.answer",
    kind=actions.ANSWERS,
    read=reader(wire.AnswerParams),
    accept=_answer,
    creates=True,
    known=known(wire.AnswerParams),
)
ANSWER_KIND = Kind(
    name=actions.ANSWERS,
    table=WorkAnswer,
    fields=dict.fromkeys(wire.WorkAnswer.model_fields, Policy.server),
    body=_answer_body,
    scopes=_answer_scopes,
    commands=[ANSWER],
    priority=4,
)
