"""When a cylinder is due: month ends reckoned by a versioned table per spec. Pure.

Tables are a district's setting, not a text of law: sources differ on intervals and lives (brief, gas 3.2 R4, R5), so
each row names how sure it is. The one that comes along is an example.
"""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from backend.gas.rules.refusals import DatesImpossible, SpecUnknown


@dataclass(frozen=True, slots=True)
class SpecRule:
    """A line of the table. `certainty`: S read in a source, K known, A assumed."""

    inspection_months: int
    life_months: int
    volume_ml: int
    max_fill_g: int
    certainty: str
    extension_months: int = 0
    """So far beyond its life a passed inspection may carry a cylinder without a stamp."""
    phase: str = "vapour"
    """What it gives out: vapour or liquid."""


@dataclass(frozen=True, slots=True)
class RuleTable:
    """The rules as they hold from a day on."""

    version: str
    since_on: date
    specs: Mapping[str, SpecRule]


RULE_TABLES: tuple[RuleTable, ...] = (
    RuleTable(
        "example-2026.1",
        date(2000, 1, 1),
        {
            "YSP4.7": SpecRule(48, 96, 4_700, 1_900, "K"),
            "YSP12": SpecRule(48, 96, 12_000, 5_000, "K"),
            "YSP23.8": SpecRule(48, 96, 23_800, 9_900, "K"),
            "YSP26.2": SpecRule(48, 96, 26_200, 11_000, "K"),
            "YSP28.6": SpecRule(48, 96, 28_600, 12_000, "A"),
            "YSP29.1": SpecRule(48, 96, 29_100, 12_200, "A"),
            "YSP35.5": SpecRule(48, 96, 35_500, 14_900, "S"),
            "YSP118": SpecRule(48, 96, 118_000, 49_500, "K"),
            "YSP118-II": SpecRule(48, 96, 118_000, 49_500, "K", phase="liquid"),
        },
    ),
)
"""What comes with the house. A district publishes its own; an old one never changes: cylinders name theirs."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a cylinder may be handed over, and by which table."""

    next_inspection_on: date
    life_end_on: date
    rule_version: str


def table_on(on: date, tables: Sequence[RuleTable] = RULE_TABLES) -> RuleTable:
    """The table that holds on a day; `tables` with the oldest first."""
    return [table for table in tables if table.since_on <= on][-1]


def due_dates(
    spec: str,
    made_on: date,
    today: date,
    inspected_on: date | None = None,
    stamped_life_months: int | None = None,
    tables: Sequence[RuleTable] = RULE_TABLES,
) -> Due:
    """Next inspection and end of life. The end of life comes first; no inspection reaches beyond it.

    Only where the table says so, a passed inspection made before the end of life carries it on, as far as the
    inspection itself reaches. A stamp is never extended. Refuses with gas.spec_unknown and gas.dates_impossible.
    """
    table = table_on(today, tables)
    rule = table.specs.get(spec)
    if rule is None:
        raise SpecUnknown(spec=spec)
    if made_on > today or (inspected_on is not None and not made_on <= inspected_on <= today):
        raise DatesImpossible
    life_end_on = month_end_after(made_on, stamped_life_months or rule.life_months)
    next_on = month_end_after(inspected_on or made_on, rule.inspection_months)
    if inspected_on is not None and stamped_life_months is None and inspected_on <= life_end_on:
        furthest = month_end_after(made_on, rule.life_months + rule.extension_months)
        life_end_on = max(life_end_on, min(next_on, furthest))
    return Due(min(next_on, life_end_on), life_end_on, table.version)


def month_end_after(start: date, months: int) -> date:
    """The last day of the month `months` after the month of `start`; refuses what no calendar holds."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        raise DatesImpossible
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
