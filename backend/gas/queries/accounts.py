"""Customers' accounts within the reader's sight."""

from collections.abc import Iterable

from sqlalchemy import or_
from sqlmodel import col, select

from backend.gas.queries.cylinders import shape
from backend.gas.queries.sight import in_sight
from backend.gas.rules import AccountUnknown
from backend.gas.tables import Account, Cylinder
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from mobile_contract import gas as wire
from mobile_contract.base import Page


def accounts(ctx: Ctx, area: str | None, q: str | None, cursor: str | None, limit: int) -> Page[wire.Account]:
    """A page of the accounts in sight, by code."""
    query = select(Account).where(in_sight(ctx.principal, Account))
    if area:
        query = query.where(in_areas(Account.area_path, [area]))
    if q:
        columns = (Account.code, Account.name, Account.address, Account.phone)
        query = query.where(or_(*(col(c).contains(q, autoescape=True) for c in columns)))
    if cursor:
        query = query.where(beyond([col(Account.code)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(Account.code)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.code))
    return Page(items=[account_shape(row) for row in page], next=following)


def account(ctx: Ctx, account_id: str) -> wire.AccountView:
    """An account in sight and the cylinders there; refuses with gas.account_unknown."""
    row = account_row(ctx, account_id)
    held = select(Cylinder).where(
        Cylinder.holder_kind == wire.HolderKind.customer.value, Cylinder.holder_id == row.code
    )
    rows = ctx.session.exec(held.order_by(col(Cylinder.id))).all()
    return wire.AccountView(**account_shape(row).model_dump(), cylinders=[shape(one) for one in rows])


def account_row(ctx: Ctx, account_id: str) -> Account:
    """The row of an account in sight; refuses with gas.account_unknown."""
    query = select(Account).where(Account.id == account_id, in_sight(ctx.principal, Account))
    row = ctx.session.exec(query).first()
    if row is None:
        raise AccountUnknown
    return row


def account_shape(row: Account) -> wire.Account:
    """An account as it travels."""
    return wire.Account.model_validate(row, from_attributes=True)


def account_codes(ctx: Ctx, codes: Iterable[str]) -> set[str]:
    """Those of `codes` that are accounts."""
    return set(ctx.session.exec(select(Account.code).where(col(Account.code).in_(sorted(set(codes))))).all())


def accounts_by_code(ctx: Ctx, codes: Iterable[str]) -> dict[str, Account]:
    """Accounts by their codes, whoever asks: what was done at a door is judged by what is known of it."""
    rows = ctx.session.exec(select(Account).where(col(Account.code).in_(sorted(set(codes))))).all()
    return {row.code: row for row in rows}
