"""Rule tables and filling stations, and what cylinders are born with by them."""

from collections.abc import Iterable, Sequence

from sqlmodel import col, select

from backend.gas.queries.sight import today
from backend.gas.rules.acts import Birth, Filler
from backend.gas.rules.dates import RULE_TABLES, RuleTable, SpecRule, table_on
from backend.gas.rules.ruling_refusals import StationUnknown
from backend.gas.tables import Cylinder
from backend.gas.tables.rulings import GasRuleTable, GasStation
from backend.kernel.context import Ctx
from mobile_contract import gas_rules as wire
from mobile_contract import gas_stations as stationed
from mobile_contract.checklists import Certainty

STATIONS_MAX = 1_000
TABLES_MAX = 500
_CERTAINTIES = {"S": Certainty.source, "K": Certainty.known, "A": Certainty.assumed}


# -- rule tables ---------------------------------------------------------------------------------------------------


def rule_tables(ctx: Ctx) -> list[RuleTable]:
    """Every table, the oldest first: the example that comes along, then the district's own."""
    rows = ctx.session.exec(select(GasRuleTable).order_by(col(GasRuleTable.since_on), col(GasRuleTable.id))).all()
    return [*RULE_TABLES, *(RuleTable(row.version, row.since_on, _specs(row)) for row in rows)]


def _specs(row: GasRuleTable) -> dict[str, SpecRule]:
    rules = [wire.SpecRule.model_validate(one) for one in row.specs]
    return {one.spec: SpecRule(**one.model_dump(exclude={"spec", "certainty"}), certainty="A") for one in rules}


def published_tables(ctx: Ctx) -> list[wire.RuleTable]:
    """Every table as it travels, newest first; the last is the example."""
    newest = (col(GasRuleTable.since_on).desc(), col(GasRuleTable.id).desc())
    rows = ctx.session.exec(select(GasRuleTable).order_by(*newest).limit(TABLES_MAX)).all()
    return [*(table_shape(row) for row in rows), *(_example(table) for table in RULE_TABLES)]


def table_shape(row: GasRuleTable) -> wire.RuleTable:
    """A table as it travels."""
    return wire.RuleTable.model_validate(row, from_attributes=True)


def _example(table: RuleTable) -> wire.RuleTable:
    specs = [
        wire.SpecRule(
            spec=spec,
            inspection_months=rule.inspection_months,
            life_months=rule.life_months,
            extension_months=rule.extension_months,
            volume_ml=rule.volume_ml,
            max_fill_g=rule.max_fill_g,
            certainty=_CERTAINTIES[rule.certainty],
        )
        for spec, rule in sorted(table.specs.items())
    ]
    return wire.RuleTable(version=table.version, since_on=table.since_on, specs=specs, note="", published_at=None)


# -- stations ------------------------------------------------------------------------------------------------------


def stations(ctx: Ctx) -> list[stationed.GasStation]:
    """Every station, by code."""
    query = select(GasStation).order_by(col(GasStation.code)).limit(STATIONS_MAX)
    return [station_shape(row) for row in ctx.session.exec(query)]


def station_row(ctx: Ctx, station_id: str) -> GasStation:
    """A station by id; refuses with gas.station_unknown."""
    row = ctx.session.get(GasStation, station_id)
    if row is None:
        raise StationUnknown
    return row


def station_shape(row: GasStation) -> stationed.GasStation:
    """A station as it travels."""
    return stationed.GasStation.model_validate(row, from_attributes=True)


def cylinders_beyond(ctx: Ctx, after: str, limit: int) -> Sequence[Cylinder]:
    """Cylinders beyond an id. For jobs: sees the whole district."""
    query = select(Cylinder).where(col(Cylinder.id) > after)
    return ctx.session.exec(query.order_by(col(Cylinder.id)).limit(limit)).all()


# -- what a cylinder is born with ----------------------------------------------------------------------------------


def births(ctx: Ctx, rows: Iterable[Cylinder]) -> dict[str, Birth]:
    """Cylinder -> how it came to us, who may fill it, and how much of it."""
    tables = {table.version: table for table in rule_tables(ctx)}
    known = stations(ctx)
    newest = table_on(today(ctx), list(tables.values()))
    held_since_on = min((one.since_on for station in known for one in station.owners), default=None)
    found: dict[str, Birth] = {}
    for row in rows:
        rule = tables.get(row.rule_version, newest).specs.get(row.spec)
        found[row.id] = Birth(
            full=row.born_full,
            next_inspection_on=row.born_due_on,
            life_end_on=row.born_life_end_on,
            fillers=_fillers(known, row.owner),
            held_since_on=held_since_on,
            max_fill_g=rule.max_fill_g if rule else None,
            customer=row.born_account,
        )
    return found


def _fillers(known: Iterable[stationed.GasStation], owner: str) -> tuple[Filler, ...]:
    return tuple(
        Filler(station.code, entrusted.since_on, entrusted.until_on)
        for station in known
        for entrusted in station.owners
        if entrusted.owner == owner
    )
