"""Deeds of routine work."""

from backend.workorders.actions.answers import ANSWERS, answer
from backend.workorders.actions.desk import cancel, close, extend, plan_orders, reassign, release_orders, reopen
from backend.workorders.actions.excuses import excuse
from backend.workorders.actions.field import edit, work
from backend.workorders.actions.forms import (
    MANAGE,
    SHIPPED,
    SceneForms,
    add_template,
    take_forms,
)
from backend.workorders.actions.halt_asks import HALT_ASKS, ask_halt, decline_halt, grant_halt, scopes_of_ask
from backend.workorders.actions.halts import SPREAD, halt, lift, lift_due, spread
from backend.workorders.actions.inspections import inspect
from backend.workorders.actions.joints import close_joint, merge, plan_joint
from backend.workorders.actions.lines import DISPATCH, KIND, WORK, Said, scopes_of
from backend.workorders.actions.plans import (
    GENERATE,
    end_plan,
    generate,
    generate_ahead,
    generate_orders,
    generate_plan,
    make_plan,
    revise_plan,
)
from backend.workorders.actions.proofs import photo_arrived, track_kept
from backend.workorders.actions.settling import MISS_ON, RELEASE_ON, miss_due, release_due
from backend.workorders.rules import (
    AreaUnknown,
    AssigneeNotInTeam,
    DateTooFar,
    DueInThePast,
    LineInvalid,
    LineTooLong,
    SceneUnknown,
    TeamUnknown,
    TemplateOfOtherScene,
    TemplateUnknown,
    WindowInvalid,
)

PLAN_REFUSALS = (
    TeamUnknown,
    AssigneeNotInTeam,
    AreaUnknown,
    DueInThePast,
    DateTooFar,
    WindowInvalid,
    LineInvalid,
    LineTooLong,
    SceneUnknown,
    TemplateUnknown,
    TemplateOfOtherScene,
)
"""How `plan_orders` says no, for the doors of features above."""

__all__ = [
    "ANSWERS",
    "DISPATCH",
    "GENERATE",
    "HALT_ASKS",
    "KIND",
    "MANAGE",
    "MISS_ON",
    "PLAN_REFUSALS",
    "RELEASE_ON",
    "SHIPPED",
    "SPREAD",
    "WORK",
    "Said",
    "SceneForms",
    "add_template",
    "answer",
    "ask_halt",
    "cancel",
    "close",
    "close_joint",
    "decline_halt",
    "edit",
    "end_plan",
    "excuse",
    "extend",
    "generate",
    "generate_ahead",
    "generate_orders",
    "generate_plan",
    "grant_halt",
    "halt",
    "inspect",
    "lift",
    "lift_due",
    "make_plan",
    "merge",
    "miss_due",
    "photo_arrived",
    "plan_joint",
    "plan_orders",
    "reassign",
    "release_due",
    "release_orders",
    "reopen",
    "revise_plan",
    "scopes_of",
    "scopes_of_ask",
    "spread",
    "take_forms",
    "track_kept",
    "work",
]
