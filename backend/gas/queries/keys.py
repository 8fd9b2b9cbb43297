"""Keys of filling stations, and what the signed blocked list is made of."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import col, select

from backend.gas.rules.delivery_refusals import KeyUnknown
from backend.gas.tables import Cylinder, GasPack, GasStationKey, Scan
from backend.kernel.context import Ctx
from mobile_contract import station_keys as wire
from mobile_contract.gas import Place, ScanStep
from qr.signing import KEYS_PER_RING_MAX, KeyRing


def station_keys(ctx: Ctx) -> list[wire.GasStationKey]:
    """Every key that was ever used, by its id."""
    query = select(GasStationKey).order_by(col(GasStationKey.key_id)).limit(KEYS_PER_RING_MAX)
    return [key_shape(row) for row in ctx.session.exec(query)]


def key_row(ctx: Ctx, station_key_id: str) -> GasStationKey:
    """The row of a key; refuses with gas.key_unknown."""
    row = ctx.session.get(GasStationKey, station_key_id)
    if row is None:
        raise KeyUnknown
    return row


def ring(ctx: Ctx) -> KeyRing:
    """All keys, as seals are verified by them."""
    return wire.ring_of(station_keys(ctx))


def key_shape(row: GasStationKey) -> wire.GasStationKey:
    """A key as it travels."""
    return wire.GasStationKey.model_validate(row, from_attributes=True)


def used_seals(ctx: Ctx, names: Iterable[str]) -> set[str]:
    """Those of some seals that were delivered before."""
    wanted = sorted(set(names))
    if not wanted:
        return set()
    query = select(Scan.seal_name).where(col(Scan.seal_name).in_(wanted), Scan.step == ScanStep.deliver.value)
    return set(ctx.session.exec(query))


def blocked_names(ctx: Ctx) -> list[str]:
    """Names of the cylinders that nobody may hand over: blocked, scrapped, lost. Sees the whole district."""
    gone = (Place.scrapped.value, Place.lost.value)
    query = select(Cylinder.key).where((col(Cylinder.block_count) > 0) | col(Cylinder.place).in_(gone))
    return list(ctx.session.exec(query.order_by(col(Cylinder.key))))


def lately_blocked(ctx: Ctx, since_at: datetime, limit: int) -> list[str]:
    """Names of those that were touched since then, newest first."""
    gone = (Place.scrapped.value, Place.lost.value)
    query = select(Cylinder.key).where(
        (col(Cylinder.block_count) > 0) | col(Cylinder.place).in_(gone), col(Cylinder.last_at) >= since_at
    )
    return list(ctx.session.exec(query.order_by(col(Cylinder.last_at).desc(), col(Cylinder.key)).limit(limit)))


def pack_row(ctx: Ctx) -> GasPack | None:
    """The district's pack as it was last signed."""
    return ctx.session.exec(select(GasPack)).first()


def pack_shape(row: GasPack) -> wire.GasPack:
    """A pack as it travels."""
    return wire.GasPack.model_validate(row, from_attributes=True)
