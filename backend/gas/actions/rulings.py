"""Rule tables are published; stations are entered, and entrusted with others' cylinders."""

from backend.gas.actions.folding import refold
from backend.gas.actions.places import need_places
from backend.gas.actions.redating import plan_redating
from backend.gas.queries import rulings as queries
from backend.gas.queries.sight import today
from backend.gas.rules.ruling_refusals import RuleTableImpossible, RuleTableTaken, StationTaken
from backend.gas.tables.rulings import GasRuleTable, GasStation
from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.jobs import enqueue
from mobile_contract import gas_rules as wire
from mobile_contract import gas_stations as stationed

MANAGE = "gas.manage"
REFOLD_JOB = "gas.refold_cylinders"
CYLINDERS_PER_TURN = 500


def publish_rule_table(ctx: Ctx, ask: wire.NewRuleTable) -> GasRuleTable:
    """Publishes a version for the whole district; on its first day all cylinders are dated anew by it.

    Refuses with gas.rule_table_taken; with gas.rule_table_impossible for a day that has passed: dates that were told
    would change behind people's backs.
    """
    ctx.principal.require(MANAGE, f"/{ctx.settings.district}/")
    if any(table.version == ask.version for table in queries.rule_tables(ctx)):
        raise RuleTableTaken(version=ask.version)
    if ask.since_on < today(ctx):
        raise RuleTableImpossible(since_on=ask.since_on.isoformat())
    specs = [rule.model_dump(mode="json") for rule in ask.specs]
    row = GasRuleTable(
        version=ask.version,
        since_on=ask.since_on,
        specs=specs,
        note=ask.note,
        published_at=ctx.now(),
        published_by=ctx.principal.person_id or None,
    )
    ctx.session.add(row)
    ctx.session.flush()
    plan_redating(ctx, row)
    record(ctx, "gas.rule_table_published", f"gas_rule_table:{row.id}", version=row.version)
    return row


def add_station(ctx: Ctx, ask: stationed.NewGasStation) -> GasStation:
    """Enters a station. Refuses with gas.station_taken and gas.area_unknown."""
    need_places(ctx, [(ask.area_path, None)])
    if any(station.code == ask.code for station in queries.stations(ctx)):
        raise StationTaken(code=ask.code)
    row = GasStation(**ask.model_dump(mode="json"))
    ctx.session.add(row)
    ctx.session.flush()
    _look_again(ctx, row)
    return row


def entrust(ctx: Ctx, station_id: str, ask: stationed.Entrusted) -> GasStation:
    """Says from when until when a station may fill an owner's cylinders, in place of what was said of this owner.

    Refuses with gas.station_unknown.
    """
    row = queries.station_row(ctx, station_id)
    ctx.principal.require(MANAGE, row.area_path)
    kept = [one for one in row.owners if one["owner"] != ask.owner]
    row.owners = [*kept, ask.model_dump(mode="json")][-stationed.OWNERS_MAX :]
    ctx.session.add(row)
    ctx.session.flush()
    _look_again(ctx, row)
    return row


def _look_again(ctx: Ctx, row: GasStation) -> None:
    """What was filled there is judged anew, a portion a job: a district has 200,000 cylinders."""
    record(ctx, "gas.station_entrusted", f"gas_station:{row.id}", code=row.code, owners=len(row.owners))
    enqueue(ctx, REFOLD_JOB, {"after": ""})


def refold_cylinders(ctx: Ctx, after: str) -> None:
    """Reckons a portion of all cylinders anew, and asks for the next one."""
    rows = queries.cylinders_beyond(ctx, after, CYLINDERS_PER_TURN)
    refold(ctx, rows)
    if len(rows) == CYLINDERS_PER_TURN:
        enqueue(ctx, REFOLD_JOB, {"after": rows[-1].id})
