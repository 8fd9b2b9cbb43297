"""Sight in SQL: who looks at whole areas, and which rows lie in them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, false, or_

from backend.kernel.authority import OVERSIGHT, Principal, outermost


def desk_areas(principal: Principal) -> tuple[str, ...]:
    """Areas the principal looks at whole, none inside another."""
    return outermost(grant.area for grant in principal.grants if grant.role in OVERSIGHT)


def in_areas(column: Any, areas: Sequence[str]) -> ColumnElement[bool]:
    """Rows whose area path lies in one of `areas`."""
    if not areas:
        return false()
    return or_(*(column.startswith(area, autoescape=True) for area in areas))


def seen_from_desk(principal: Principal, area_path: str) -> bool:
    """Whether the principal looks at the whole of an area that holds this path."""
    return any(area_path.startswith(area) for area in desk_areas(principal))
