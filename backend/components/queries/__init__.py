"""Reads of components and of what was proposed."""

from backend.components.queries.components import (
    by_codes,
    cases_naming,
    component,
    component_row,
    component_shape,
    components,
    held_by_crews,
    history,
    near,
    past,
    values,
)
from backend.components.queries.exports import export, feature
from backend.components.queries.proposals import (
    beside,
    open_proposals,
    proposal_in_sight,
    proposal_shape,
    proposals,
)

__all__ = [
    "beside",
    "by_codes",
    "cases_naming",
    "component",
    "component_row",
    "component_shape",
    "components",
    "export",
    "feature",
    "held_by_crews",
    "history",
    "near",
    "open_proposals",
    "past",
    "proposal_in_sight",
    "proposal_shape",
    "proposals",
    "values",
]
