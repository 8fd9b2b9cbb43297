"""Keys of filling stations and the signed blocked list over HTTP."""

from fastapi import APIRouter

from backend.gas.actions import keys as actions
from backend.gas.queries import keys as queries
from backend.gas.routes.parts import MANAGE, READ
from backend.gas.rules import delivery_refusals as refusing
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from mobile_contract import station_keys as wire
from mobile_contract.base import Id

router = APIRouter(prefix="/gas/v1", tags=["gas"])


@router.get("/station-keys", dependencies=[READ], responses=refusals(*GUARDED))
def list_station_keys(ctx: Reading) -> list[wire.GasStationKey]:
    """Every key that was ever used."""
    return queries.station_keys(ctx)


@router.post(
    "/station-keys",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.KeyTaken, refusing.KeyImpossible),
)
def add_station_key(ctx: Writing, ask: wire.NewStationKey) -> wire.GasStationKey:
    """Enters a station's public key; its id is never used again."""
    return queries.key_shape(actions.add_station_key(ctx, ask))


@router.post(
    "/station-keys/{station_key_id}/bound",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.KeyUnknown, refusing.KeyImpossible),
)
def bound_station_key(ctx: Writing, station_key_id: Id, ask: wire.BoundStationKey) -> wire.GasStationKey:
    """Ends a key, or says which of its fills are not believed."""
    return queries.key_shape(actions.bound_station_key(ctx, station_key_id, ask))


@router.get("/pack", dependencies=[READ], responses=refusals(*GUARDED))
def show_pack(ctx: Reading) -> wire.GasPack | None:
    """The blocked list as it was last signed; null before the first."""
    row = queries.pack_row(ctx)
    return queries.pack_shape(row) if row else None
