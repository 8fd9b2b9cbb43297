"""Rule tables and filling stations, and what cylinders are born with by them."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from backend.gas.queries.sight import today
from backend.gas.rules.acts import Birth, Filler, Papers
from backend.gas.rules.dates import RULE_TABLES, RuleTable, SpecRule, table_on
from backend.gas.rules.ruling_refusals import StationUnknown
from backend.gas.tables import Cylinder
from backend.gas.tables.rulings import GasRedating, GasRuleTable, GasStation
from backend.kernel.context import Ctx
from mobile_contract import gas_rules as wire
from mobile_contract import gas_stations as stationed
from mobile_contract.checklists import Certainty
from mobile_contract.gas import Place

STATIONS_MAX = 1_000
Fills = tuple[int | None, tuple[tuple[date, int], ...]]
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
            phase=wire.Phase(rule.phase),
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


def registered_beyond(ctx: Ctx, after: str, limit: int) -> Sequence[Cylinder]:
    """Registered cylinders beyond an id that were not scrapped. For jobs: sees the whole district."""
    query = select(Cylinder).where(*_dated(), col(Cylinder.id) > after)
    return ctx.session.exec(query.order_by(col(Cylinder.id)).limit(limit)).all()


def registered_count(ctx: Ctx) -> int:
    """How many of them there are."""
    return ctx.session.exec(select(func.count()).select_from(Cylinder).where(*_dated())).one()


def _dated() -> tuple[ColumnElement[bool], ...]:
    return col(Cylinder.registered).is_(True), col(Cylinder.place) != Place.scrapped.value


# -- cylinders dated anew ------------------------------------------------------------------------------------------


def redatings(ctx: Ctx) -> list[wire.Redating]:
    """Every one, newest first."""
    newest = (col(GasRedating.since_on).desc(), col(GasRedating.id).desc())
    rows = ctx.session.exec(select(GasRedating).order_by(*newest).limit(TABLES_MAX)).all()
    return [wire.Redating.model_validate(row, from_attributes=True) for row in rows]


def redating_by_id(ctx: Ctx, redating_id: str) -> GasRedating | None:
    """One of them, for its job."""
    return ctx.session.get(GasRedating, redating_id)


# -- what a cylinder is born with ----------------------------------------------------------------------------------


def births(ctx: Ctx, rows: Iterable[Cylinder]) -> dict[str, Birth]:
    """Cylinder -> how it came to us, who may fill it, and how much of it."""
    tables, known = rule_tables(ctx), stations(ctx)
    newest = table_on(today(ctx), tables).version
    held_since_on = min((one.since_on for station in known for one in station.owners), default=None)
    fillers = _fillers(known)
    fills: dict[tuple[str, str], Fills] = {}
    found: dict[str, Birth] = {}
    for row in rows:
        by = (row.born_rule_version or newest, row.spec)
        if by not in fills:
            fills[by] = _fills(tables, *by)
        first_g, later = fills[by]
        found[row.id] = Birth(
            full=row.born_full,
            station=row.born_station,
            next_inspection_on=row.born_due_on,
            life_end_on=row.born_life_end_on,
            owner=row.born_owner,
            fillers=fillers,
            held_since_on=held_since_on,
            max_fill_g=first_g,
            later_fills_g=later,
            customer=row.born_account,
            papers=Papers(**row.born_papers),
        )
    return found


def _fills(tables: Sequence[RuleTable], version: str, spec: str) -> Fills:
    """How much a spec takes by the table of a version, and by every later one from its day on."""
    at = next((at for at, table in enumerate(tables) if table.version == version), len(tables) - 1)
    first = tables[at].specs.get(spec)
    later = ((table.since_on, table.specs.get(spec)) for table in tables[at + 1 :])
    told = tuple((since_on, rule.max_fill_g) for since_on, rule in later if rule is not None)
    return (first.max_fill_g if first else None), told


def _fillers(known: Iterable[stationed.GasStation]) -> tuple[Filler, ...]:
    return tuple(
        Filler(station.code, entrusted.since_on, entrusted.until_on, entrusted.owner)
        for station in known
        for entrusted in station.owners
    )
