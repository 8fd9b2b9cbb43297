"""Cylinders, their chains and accounts within the reader's sight, and the rows that deeds stand on."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.gas.rules import AccountUnknown, CylinderUnknown
from backend.gas.rules.custody import Birth, Seen, fold, in_order
from backend.gas.tables import Account, Cylinder, Scan
from backend.kernel.authority import Principal
from backend.kernel.clock import DISTRICT_ZONE, to_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from mobile_contract import gas as wire
from mobile_contract.base import Page
from mobile_contract.hand_over import Known, may_hand_over

# -- cylinders -----------------------------------------------------------------------------------------------------


def in_sight(principal: Principal, table: Any) -> ColumnElement[bool]:
    """Rows of one's teams, and from a desk or station all in one's areas."""
    areas = [*desk_areas(principal), *principal.areas("gas.manage")]
    return or_(col(table.team_id).in_(sorted(principal.team_ids)), in_areas(table.area_path, areas))


def cylinders_in_sight(principal: Principal) -> ColumnElement[bool]:
    """As `in_sight`, and what one has in hand."""
    mine = (col(Cylinder.holder_kind) == wire.HolderKind.worker.value) & (
        col(Cylinder.holder_id) == principal.person_id
    )
    return or_(mine, in_sight(principal, Cylinder))


def cylinders(ctx: Ctx, wanted: wire.CylinderFilter, cursor: str | None, limit: int) -> Page[wire.Cylinder]:
    """A page of the cylinders in sight, oldest first."""
    query = select(Cylinder).where(cylinders_in_sight(ctx.principal), *_narrowed(wanted))
    if cursor:
        query = query.where(beyond([col(Cylinder.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(Cylinder.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[shape(row) for row in page], next=following)


def _narrowed(wanted: wire.CylinderFilter) -> Iterable[ColumnElement[bool]]:
    for column, value in (
        (Cylinder.place, wanted.place),
        (Cylinder.holder_kind, wanted.holder_kind),
        (Cylinder.holder_id, wanted.holder_id),
        (Cylinder.spec, wanted.spec),
    ):
        if value is not None:
            yield col(column) == str(value)
    if wanted.area:
        yield in_areas(Cylinder.area_path, [wanted.area])
    if wanted.due_before_on:
        yield col(Cylinder.next_inspection_on) < wanted.due_before_on
    if wanted.blocked is not None:
        yield col(Cylinder.block_count) > 0 if wanted.blocked else col(Cylinder.block_count) == 0
    if wanted.gaps is not None:
        yield col(Cylinder.gap_count) > 0 if wanted.gaps else col(Cylinder.gap_count) == 0
    if wanted.q:
        yield or_(*(col(c).contains(wanted.q, autoescape=True) for c in (Cylinder.key, Cylinder.serial)))


def cylinder_row(ctx: Ctx, cylinder_id: str) -> Cylinder:
    """The row of a cylinder in sight; refuses with gas.cylinder_unknown."""
    query = select(Cylinder).where(Cylinder.id == cylinder_id, cylinders_in_sight(ctx.principal))
    row = ctx.session.exec(query).first()
    if row is None:
        raise CylinderUnknown
    return row


def cylinder(ctx: Ctx, cylinder_id: str) -> wire.CylinderView:
    """A cylinder in sight, and whether it may be handed over today; refuses with gas.cylinder_unknown."""
    row = cylinder_row(ctx, cylinder_id)
    answer = may_hand_over(wire.ScanStep.deliver, known(row, on_manifest=True), today(ctx))
    said = wire.HandOver(light=answer.light, why=list(answer.why))
    return wire.CylinderView(**shape(row).model_dump(), hand_over=said)


def known(row: Cylinder, *, on_manifest: bool) -> Known:
    """What the register knows of a cylinder."""
    blocked = frozenset(wire.Block(reason) for reason in row.blocked)
    return Known(row.next_inspection_on, row.life_end_on, blocked, on_manifest)


def shape(row: Cylinder) -> wire.Cylinder:
    """A cylinder as it travels."""
    return wire.Cylinder.model_validate(row, from_attributes=True)


def scan_shape(row: Scan) -> wire.Scan:
    """A scan as it travels."""
    return wire.Scan.model_validate(row, from_attributes=True)


# -- chains --------------------------------------------------------------------------------------------------------


def chain(ctx: Ctx, cylinder_id: str) -> wire.Chain:
    """Everything that happened to a cylinder in sight, in the order it happened."""
    row = cylinder_row(ctx, cylinder_id)
    scans = {scan.id: scan for scan in _scans_of(ctx, [cylinder_id])}
    seen = [seen_of(scan) for scan in scans.values()]
    custody = fold(birth_of(row), seen)
    gaps = {gap.next_scan: wire.Gap.model_validate(gap, from_attributes=True) for gap in custody.gaps}
    names = people.names(ctx, sorted({scan.person_id for scan in scans.values() if scan.person_id}))
    links = [
        wire.ChainLink(
            scan=scan_shape(scans[one.id]),
            person_name=names.get(scans[one.id].person_id or "", ""),
            merged=one.id in custody.merged,
            gap=gaps.get(one.id),
        )
        for one in in_order(seen)
    ]
    return wire.Chain(cylinder=shape(row), links=links)


def _scans_of(ctx: Ctx, cylinder_ids: Sequence[str]) -> Sequence[Scan]:
    query = select(Scan).where(col(Scan.cylinder_id).in_(cylinder_ids)).order_by(col(Scan.id))
    return ctx.session.exec(query).all()


def seen_of(scan: Scan) -> Seen:
    """A scan as the fold looks at it."""
    return Seen(
        id=scan.id,
        step=wire.ScanStep(scan.step),
        worker=scan.person_id or "",
        customer=scan.account,
        station=scan.station,
        order=scan.order,
        trusted_ms=to_ms(scan.trusted_at),
        device=scan.queue_device,
        epoch=scan.queue_epoch,
        n=scan.queue_n,
    )


def birth_of(row: Cylinder) -> Birth:
    """How the cylinder came to us."""
    return Birth(row.born_full)


# -- for deeds -----------------------------------------------------------------------------------------------------


def cylinders_by_key(ctx: Ctx, keys: Iterable[str]) -> dict[str, Cylinder]:
    """Cylinders by the names their labels lead to."""
    rows = ctx.session.exec(select(Cylinder).where(col(Cylinder.key).in_(sorted(set(keys))))).all()
    return {row.key: row for row in rows}


def seen_by_cylinder(ctx: Ctx, cylinder_ids: Iterable[str]) -> dict[str, list[Seen]]:
    """Every scan of some cylinders."""
    seen: dict[str, list[Seen]] = defaultdict(list)
    for scan in _scans_of(ctx, sorted(set(cylinder_ids))):
        assert scan.cylinder_id is not None
        seen[scan.cylinder_id].append(seen_of(scan))
    return seen


def scan_row(ctx: Ctx, scan_id: str) -> Scan | None:
    """A scan by the id its maker gave it."""
    return ctx.session.get(Scan, scan_id)


# -- accounts ------------------------------------------------------------------------------------------------------


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
    query = select(Account).where(Account.id == account_id, in_sight(ctx.principal, Account))
    row = ctx.session.exec(query).first()
    if row is None:
        raise AccountUnknown
    held = select(Cylinder).where(
        Cylinder.holder_kind == wire.HolderKind.customer.value, Cylinder.holder_id == row.code
    )
    rows = ctx.session.exec(held.order_by(col(Cylinder.id))).all()
    return wire.AccountView(**account_shape(row).model_dump(), cylinders=[shape(one) for one in rows])


def account_shape(row: Account) -> wire.Account:
    """An account as it travels."""
    return wire.Account.model_validate(row, from_attributes=True)


def account_codes(ctx: Ctx, codes: Iterable[str]) -> set[str]:
    """Those of `codes` that are accounts."""
    return set(ctx.session.exec(select(Account.code).where(col(Account.code).in_(sorted(set(codes))))).all())


def today(ctx: Ctx) -> date:
    """The district's calendar day."""
    return ctx.now().astimezone(DISTRICT_ZONE).date()
