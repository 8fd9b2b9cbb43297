"""Whose rows of gas a reader sees, which day it is, and whose accounts last on a day."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col

from backend.gas.tables import Account
from backend.kernel.authority import Principal
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from backend.kernel.sight import desk_areas, in_areas


def in_sight(principal: Principal, table: Any) -> ColumnElement[bool]:
    """Rows of one's teams, and from a desk or station all in one's areas."""
    areas = [*desk_areas(principal), *principal.areas("gas.manage")]
    return or_(col(table.team_id).in_(sorted(principal.team_ids)), in_areas(table.area_path, areas))


def may_see(principal: Principal, area_path: str, team_id: str | None) -> bool:
    """As `in_sight`, of one row in hand."""
    areas = [*desk_areas(principal), *principal.areas("gas.manage")]
    return team_id in principal.team_ids or any(area_path.startswith(area) for area in areas)


def today(ctx: Ctx) -> date:
    """The district's calendar day."""
    return ctx.now().astimezone(DISTRICT_ZONE).date()


def lasts(first_on: date, last_on: date) -> ColumnElement[bool]:
    """Accounts that last on any day of a span, its ends included."""
    return and_(
        or_(col(Account.since_on).is_(None), col(Account.since_on) <= last_on),
        or_(col(Account.until_on).is_(None), col(Account.until_on) >= first_on),
    )
