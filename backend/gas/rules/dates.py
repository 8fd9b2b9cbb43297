"""When a cylinder is due: month ends reckoned by a versioned table per spec. Pure.

The tables are examples of a district's setting, not a text of law: sources differ on intervals and lives (brief, gas
3.2 R4, R5), so each row names how sure it is.
"""

import calendar
from collections.abc import Mapping
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
            "YSP35.5": SpecRule(48, 96, 35_500, 14_900, "S"),
            "YSP118": SpecRule(48, 96, 118_000, 49_500, "K"),
            "YSP118-II": SpecRule(48, 96, 118_000, 49_500, "K"),
        },
    ),
)
"""Oldest first. A new table is appended; an old one never changes: cylinders name the one they were reckoned by."""


@dataclass(frozen=True, slots=True)
class Due:
    """Until when a cylinder may be handed over, and by which table."""

    next_inspection_on: date
    life_end_on: date
    rule_version: str


def table_on(on: date) -> RuleTable:
    """The table that holds on a day."""
    return [table for table in RULE_TABLES if table.since_on <= on][-1]


def due_dates(
    spec: str, made_on: date, today: date, inspected_on: date | None = None, stamped_life_months: int | None = None
) -> Due:
    """Next inspection and end of life. The end of life comes first; no inspection reaches beyond it.

    Refuses with gas.spec_unknown and gas.dates_impossible.
    """
    table = table_on(today)
    rule = table.specs.get(spec)
    if rule is None:
        raise SpecUnknown(spec=spec)
    if made_on > today or (inspected_on is not None and not made_on <= inspected_on <= today):
        raise DatesImpossible
    life_end_on = month_end_after(made_on, stamped_life_months or rule.life_months)
    next_on = month_end_after(inspected_on or made_on, rule.inspection_months)
    return Due(min(next_on, life_end_on), life_end_on, table.version)


def month_end_after(start: date, months: int) -> date:
    """The last day of the month `months` after the month of `start`; refuses what no calendar holds."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        raise DatesImpossible
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])
