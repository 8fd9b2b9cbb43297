"""The little that is told to who is not known: of a cylinder in their hands, of an order by their own label."""

from datetime import date

from sqlmodel import col, func, select

from backend.gas.queries.cylinders import cylinders_by_key, known
from backend.gas.queries.sight import today
from backend.gas.rules.delivery_refusals import OrderUnknown
from backend.gas.rules.public import genuine
from backend.gas.tables import Cylinder, GasOrder, Scan
from backend.kernel.clock import DISTRICT_ZONE
from backend.kernel.context import Ctx
from mobile_contract import gas_public as wire
from mobile_contract.deliveries import GasOrderState
from mobile_contract.gas import Place, ScanStep
from mobile_contract.gas_public import Genuine
from mobile_contract.problems import Texts
from mobile_contract.texts.gas_public import GENUINE

_OPEN = (GasOrderState.open.value, GasOrderState.assigned.value)


def public_cylinder(ctx: Ctx, key: str | None) -> wire.PublicCylinder:
    """A cylinder as anybody may know it who reads its label; never where it is or who has it."""
    row = cylinders_by_key(ctx, [key]).get(key) if key else None
    if row is None or not row.registered:
        return _told(Genuine.not_ours)
    told = genuine(known(row, on_manifest=True), Place(row.place), today(ctx))
    filled_on, net_g = _last_fill(ctx, row)
    return _told(told, row, filled_on, net_g)


def _told(
    told: Genuine, row: Cylinder | None = None, filled_on: date | None = None, net_g: int | None = None
) -> wire.PublicCylinder:
    zh, en = GENUINE[told.value]
    return wire.PublicCylinder(
        genuine=told,
        texts=Texts(zh=zh, en=en),
        filler=row.owner if row else "",
        spec=row.spec if row else "",
        filled_on=filled_on,
        net_g=net_g,
        inspected_until_on=row.next_inspection_on if row else None,
        life_end_on=row.life_end_on if row else None,
    )


def _last_fill(ctx: Ctx, row: Cylinder) -> tuple[date | None, int | None]:
    query = select(Scan).where(Scan.cylinder_id == row.id, Scan.step == ScanStep.fill.value)
    filled = ctx.session.exec(query.order_by(col(Scan.trusted_at).desc()).limit(1)).first()
    return (filled.trusted_at.astimezone(DISTRICT_ZONE).date(), filled.net_g) if filled else (None, None)


def open_orders(ctx: Ctx, account_id: str) -> int:
    """How many orders of an account were not brought yet."""
    query = select(func.count()).select_from(GasOrder)
    return ctx.session.exec(query.where(GasOrder.account_id == account_id, col(GasOrder.state).in_(_OPEN))).one()


def own_order(ctx: Ctx, account: str, order_id: str) -> wire.PublicOrder:
    """An order of the account whose label was read; refuses with gas.order_unknown."""
    row = ctx.session.exec(select(GasOrder).where(GasOrder.id == order_id, GasOrder.account == account)).first()
    if row is None:
        raise OrderUnknown
    return order_told(row)


def order_told(row: GasOrder) -> wire.PublicOrder:
    """An order as its customer may know it: no name, no address, no worker."""
    return wire.PublicOrder.model_validate(row, from_attributes=True)
