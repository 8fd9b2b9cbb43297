"""Rule tables, what came of them, and filling stations over HTTP."""

from fastapi import APIRouter

from backend.gas import rules
from backend.gas.actions import rulings as actions
from backend.gas.queries import rulings as queries
from backend.gas.routes.parts import MANAGE, READ
from backend.gas.rules import ruling_refusals as refusing
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from mobile_contract import gas_rules as wire
from mobile_contract import gas_stations as stationed
from mobile_contract.base import Id

router = APIRouter(prefix="/gas/v1", tags=["gas"])


@router.get("/rule-tables", dependencies=[READ], responses=refusals(*GUARDED))
def list_rule_tables(ctx: Reading) -> list[wire.RuleTable]:
    """Every version, newest first; the last is the example that comes along."""
    return queries.published_tables(ctx)


@router.post(
    "/rule-tables",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.RuleTableTaken, refusing.RuleTableImpossible),
)
def publish_rule_table(ctx: Writing, ask: wire.NewRuleTable) -> wire.RuleTable:
    """Publishes a version for the whole district; it never changes again."""
    return queries.table_shape(actions.publish_rule_table(ctx, ask))


@router.get("/redatings", dependencies=[READ], responses=refusals(*GUARDED))
def list_redatings(ctx: Reading) -> list[wire.Redating]:
    """How far the cylinders are dated anew by each table, newest first: `cylinders_done` of `cylinders`."""
    return queries.redatings(ctx)


@router.get("/stations", dependencies=[READ], responses=refusals(*GUARDED))
def list_gas_stations(ctx: Reading) -> list[stationed.GasStation]:
    """Every filling station, and whose cylinders it may fill."""
    return queries.stations(ctx)


@router.post(
    "/stations",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.StationTaken, rules.AreaUnknown),
)
def add_gas_station(ctx: Writing, ask: stationed.NewGasStation) -> stationed.GasStation:
    """Enters a filling station. From the first one on, every fill is held to whose cylinders its station may fill."""
    return queries.station_shape(actions.add_station(ctx, ask))


@router.post(
    "/stations/{gas_station_id}/entrust",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.StationUnknown),
)
def entrust_gas_station(ctx: Writing, gas_station_id: Id, ask: stationed.Entrusted) -> stationed.GasStation:
    """Says from when until when a station may fill an owner's cylinders; what was filled is judged anew."""
    return queries.station_shape(actions.entrust(ctx, gas_station_id, ask))
