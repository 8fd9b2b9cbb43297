"""Closes of shifts: what a worker took, gave and brought back on a day, cylinder by cylinder."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.gas.queries.chains import declared_errors, seen_by_cylinder
from backend.gas.queries.cylinders import cylinders_by_id
from backend.gas.queries.rulings import births
from backend.gas.queries.sight import in_sight
from backend.gas.rules.acts import Custody, Seen, in_order
from backend.gas.rules.custody import fold
from backend.gas.rules.holdings import Close, close_of
from backend.gas.tables import Cylinder, Scan, ShiftClose
from backend.kernel.calendar import midnight_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from mobile_contract import deliveries as wire
from mobile_contract.base import Page
from mobile_contract.gas import HolderKind


def close(ctx: Ctx, person_id: str, on: date) -> Close:
    """The close of a person's day from the acts themselves; cylinders by their names."""
    first_ms, until_ms = midnight_ms(on), midnight_ms(on + timedelta(days=1))
    rows = cylinders_by_id(ctx, _touched(ctx, person_id, on))
    seen = seen_by_cylinder(ctx, [row.id for row in rows])
    declared = declared_errors(ctx, (act for acts in seen.values() for act in acts))
    born = births(ctx, rows)
    chains: dict[str, tuple[list[Seen], frozenset[str], Custody]] = {}
    carried: set[str] = set()
    for row in rows:
        known = [act for act in in_order(seen[row.id]) if act.trusted_ms < until_ms and act.id not in declared]
        before = fold(born[row.id], [act for act in known if act.trusted_ms < first_ms])
        if _has(before, person_id):
            carried.add(row.key)
        custody = fold(born[row.id], known)
        chains[row.key] = ([act for act in known if act.trusted_ms >= first_ms], custody.merged, custody)
    return close_of(person_id, chains, frozenset(carried))


def _touched(ctx: Ctx, person_id: str, on: date) -> set[str]:
    """Cylinders that somebody scanned or gave away on a day, or has in hand now."""
    mine = or_(col(Scan.person_id) == person_id, col(Scan.giver) == person_id)
    scanned = select(Scan.cylinder_id).where(mine, *_during(on), col(Scan.cylinder_id).is_not(None))
    held = select(Cylinder.id).where(Cylinder.holder_kind == HolderKind.worker.value, Cylinder.holder_id == person_id)
    return {one for one in ctx.session.exec(scanned) if one} | set(ctx.session.exec(held))


def _during(on: date) -> tuple[ColumnElement[bool], ...]:
    first_at, until_at = from_ms(midnight_ms(on)), from_ms(midnight_ms(on + timedelta(days=1)))
    return (col(Scan.trusted_at) >= first_at, col(Scan.trusted_at) < until_at)


def _has(custody: Custody, person_id: str) -> bool:
    return (custody.holder_kind, custody.holder_id) == (HolderKind.worker, person_id)


def workers_of(ctx: Ctx, on: date) -> list[tuple[str, str]]:
    """(person, the widest area of their scans) of everybody who scanned on a day. For jobs: sees the whole district."""
    query = select(Scan.person_id, Scan.area_path).where(*_during(on), col(Scan.person_id).is_not(None)).distinct()
    areas: dict[str, str] = {}
    for person, area in sorted(ctx.session.exec(query), key=lambda pair: len(pair[1])):
        areas.setdefault(person or "", area)
    return sorted(areas.items())


def shift_closes(ctx: Ctx, wanted: wire.ShiftCloseFilter, cursor: str | None, limit: int) -> Page[wire.ShiftClose]:
    """A page of the closes in sight, newest first."""
    query = select(ShiftClose).where(
        or_(col(ShiftClose.person_id) == ctx.principal.person_id, in_sight(ctx.principal, ShiftClose))
    )
    for column, value in (
        (ShiftClose.person_id, wanted.person_id),
        (ShiftClose.on, wanted.on),
        (ShiftClose.balanced, wanted.balanced),
    ):
        if value is not None:
            query = query.where(col(column) == value)
    if cursor:
        query = query.where(beyond([col(ShiftClose.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(ShiftClose.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[close_shape(row) for row in page], next=following)


def close_rows(ctx: Ctx, on: date, person_ids: Iterable[str]) -> dict[str, ShiftClose]:
    """Closes of a day that were reckoned before, by person."""
    wanted = sorted(set(person_ids))
    rows = ctx.session.exec(select(ShiftClose).where(ShiftClose.on == on, col(ShiftClose.person_id).in_(wanted)))
    return {row.person_id: row for row in rows}


def close_shape(row: ShiftClose) -> wire.ShiftClose:
    """A close as it travels."""
    return wire.ShiftClose.model_validate(row, from_attributes=True)
