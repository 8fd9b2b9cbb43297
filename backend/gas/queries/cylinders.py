"""Cylinders within the reader's sight, and the rows that deeds stand on."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, func, select

from backend.gas.queries.sight import in_sight, today
from backend.gas.rules import CylinderUnknown
from backend.gas.rules.acts import Custody
from backend.gas.rules.half_years import midnight
from backend.gas.tables import Cylinder
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from mobile_contract import gas as wire
from mobile_contract.base import Page
from mobile_contract.gas_lists import CylinderFilter
from mobile_contract.hand_over import Known, may_hand_over


def cylinders_in_sight(principal: Principal) -> ColumnElement[bool]:
    """As `in_sight`, and what one has in hand."""
    mine = (col(Cylinder.holder_kind) == wire.HolderKind.worker.value) & (
        col(Cylinder.holder_id) == principal.person_id
    )
    return or_(mine, in_sight(principal, Cylinder))


def cylinders(ctx: Ctx, wanted: CylinderFilter, cursor: str | None, limit: int) -> Page[wire.Cylinder]:
    """A page of the cylinders in sight, oldest first."""
    query = select(Cylinder).where(cylinders_in_sight(ctx.principal), *_narrowed(wanted))
    if cursor:
        query = query.where(beyond([col(Cylinder.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(Cylinder.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[shape(row) for row in page], next=following)


def _narrowed(wanted: CylinderFilter) -> Iterable[ColumnElement[bool]]:
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
    if wanted.seen_before_on:
        yield func.coalesce(col(Cylinder.last_at), col(Cylinder.created_at)) < midnight(wanted.seen_before_on)
    if wanted.blocked is not None:
        yield col(Cylinder.block_count) > 0 if wanted.blocked else col(Cylinder.block_count) == 0
    if wanted.gaps is not None:
        yield col(Cylinder.gap_count) > 0 if wanted.gaps else col(Cylinder.gap_count) == 0
    if wanted.q:
        named = (Cylinder.key, Cylinder.serial, Cylinder.registration_code)
        yield or_(*(col(c).contains(wanted.q, autoescape=True) for c in named))


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


def known(row: Cylinder, *, on_manifest: bool, own: bool = True, then: Custody | None = None) -> Known:
    """What the register knows of a cylinder, or knew when it had come to `then`."""
    if then is not None:
        return Known(then.next_inspection_on, then.life_end_on, then.blocked, on_manifest, own)
    blocked = frozenset(wire.Block(reason) for reason in row.blocked)
    return Known(row.next_inspection_on, row.life_end_on, blocked, on_manifest, own)


def shape(row: Cylinder) -> wire.Cylinder:
    """A cylinder as it travels."""
    return wire.Cylinder.model_validate(row, from_attributes=True)


def cylinders_by_key(ctx: Ctx, keys: Iterable[str]) -> dict[str, Cylinder]:
    """Cylinders by the names their labels lead to."""
    rows = ctx.session.exec(select(Cylinder).where(col(Cylinder.key).in_(sorted(set(keys))))).all()
    return {row.key: row for row in rows}


def keys_by_registration(ctx: Ctx, codes: Iterable[str]) -> dict[str, str]:
    """Use-registration code -> the cylinder that has it, of those codes that one has."""
    query = select(Cylinder.registration_code, Cylinder.key)
    return dict(ctx.session.exec(query.where(col(Cylinder.registration_code).in_(sorted(set(codes) - {""})))).all())


def cylinders_by_id(ctx: Ctx, ids: Iterable[str]) -> list[Cylinder]:
    """Cylinders by id, for a deed that was allowed already."""
    return list(ctx.session.exec(select(Cylinder).where(col(Cylinder.id).in_(sorted(set(ids))))).all())
