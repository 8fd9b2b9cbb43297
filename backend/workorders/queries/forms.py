"""Templates, scenes, and answers to checklists."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select

from backend.kernel.context import Ctx
from backend.workorders.queries.orders import order_in_sight
from backend.workorders.rules import TemplateUnknown
from backend.workorders.tables import WorkAnswer, WorkOrder, WorkScene, WorkTemplate
from mobile_contract import worktemplates as wire

FORM = ("scene", "code", "name", "note", "items", "evidence_rule", "materials", "inspection_percent")
TEMPLATES_MAX = 1_000


def templates(ctx: Ctx, scene: str | None, every_version: bool) -> list[wire.WorkTemplate]:
    """Templates of the caller's districts, by scene and code, newest version first."""
    districts = sorted({grant.area.split("/")[1] for grant in ctx.principal.grants if grant.area != "/"})
    query = select(WorkTemplate).where(col(WorkTemplate.district).in_(districts))
    if scene is not None:
        query = query.where(WorkTemplate.scene == scene)
    if not every_version:
        query = query.where(col(WorkTemplate.current).is_(True))
    place = (col(WorkTemplate.scene), col(WorkTemplate.code), col(WorkTemplate.version).desc())
    return [template_shape(row) for row in ctx.session.exec(query.order_by(*place).limit(TEMPLATES_MAX))]


def template_shape(row: WorkTemplate) -> wire.WorkTemplate:
    """A version of a template as it travels."""
    return wire.WorkTemplate.model_validate(row, from_attributes=True)


def template_row(ctx: Ctx, template_id: str) -> WorkTemplate:
    """A version of a template; refuses with workorders.template_unknown."""
    row = ctx.session.get(WorkTemplate, template_id)
    if row is None:
        raise TemplateUnknown
    return row


def current_template(ctx: Ctx, district: str, scene: str, code: str) -> WorkTemplate | None:
    """The version that new orders are made of."""
    query = select(WorkTemplate).where(
        WorkTemplate.district == district,
        WorkTemplate.scene == scene,
        WorkTemplate.code == code,
        col(WorkTemplate.current).is_(True),
    )
    return ctx.session.exec(query).first()


def same_form(row: WorkTemplate, said: Mapping[str, Any]) -> bool:
    """Whether a version says what is said."""
    return all(getattr(row, name) == said[name] for name in FORM)


def form_of(ctx: Ctx, order: WorkOrder) -> wire.WorkTemplate | None:
    """The version of the template an order was made with."""
    return template_shape(template_row(ctx, order.template_id)) if order.template_id else None


def scene_row(ctx: Ctx, code: str) -> WorkScene | None:
    """A scene that was imported."""
    return ctx.session.get(WorkScene, code)


def scenes(ctx: Ctx) -> Sequence[WorkScene]:
    """Every scene that a file described, by its code: names that everybody may read."""
    return ctx.session.exec(select(WorkScene).order_by(col(WorkScene.code))).all()


def answers(ctx: Ctx, order_id: str) -> list[wire.WorkAnswer]:
    """Every answer to the checklist of an order in sight, in the order they came."""
    order_in_sight(ctx, order_id)
    query = select(WorkAnswer).where(WorkAnswer.order_id == order_id).order_by(col(WorkAnswer.id))
    rows: Sequence[WorkAnswer] = ctx.session.exec(query).all()
    return [answer_shape(row) for row in rows]


def answer_shape(row: WorkAnswer) -> wire.WorkAnswer:
    """An answer as it travels."""
    return wire.WorkAnswer.model_validate(row, from_attributes=True)
