"""Spans of time in SQL: memberships and roles that are, or will be."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from backend.people.tables import Membership, RoleGrant

Spanned = type[Membership] | type[RoleGrant]


def lasts(table: Spanned, now: datetime) -> ColumnElement[bool]:
    """Begun or to come, and not over."""
    return or_(col(table.until_at).is_(None), col(table.until_at) > now)


def holds_now(table: Spanned, now: datetime) -> ColumnElement[bool]:
    """Begun, and not over."""
    return (col(table.since_at) <= now) & lasts(table, now)
