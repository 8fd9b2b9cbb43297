"""Plans: recurrences that end, the calendar's say, and the orders that a plan wants. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.rrule import rrulestr

from backend.kernel.calendar import Calendar
from backend.workorders.rules.refusals import PlanEmpty, PlanEndless, RuleInvalid
from mobile_contract.rosters import DayKind
from mobile_contract.workplans import PLAN_DAYS_MAX, CalendarPolicy, PlanDay

OCCURRENCES_MAX = 2_000
SHIFT_DAYS_MAX = 31
_PARTS = {
    "FREQ": re.compile("DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile("[1-9][0-9]{0,2}"),
    "COUNT": re.compile("[1-9][0-9]{0,4}"),
    "UNTIL": re.compile("[0-9]{8}"),
    "BYDAY": re.compile("(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:MO|TU|WE|TH|FR|SA|SU))*"),
    "BYMONTHDAY": re.compile("(?:-1|[1-9]|1[0-9]|2[0-8])(?:,(?:-1|[1-9]|1[0-9]|2[0-8]))*"),
    "BYMONTH": re.compile("(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*"),
    "BYSETPOS": re.compile("-?[1-4]"),
}
"""What may be said, and how. Days that not every month has are left out: the last day is -1."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that was read: it ends, and looks for no day that never comes."""

    text: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order that a plan wants: day by the rule, window and place name it."""

    on: date
    window_no: int
    place_no: int
    place: str
    from_at: datetime
    until_at: datetime
    joint_no: int = 0
    """Which part of joint work, 1 leading; 0: one crew does it alone."""

    @property
    def key(self) -> tuple[date, str, int, int]:
        """What makes it this order and no other."""
        return self.on, self.place, self.window_no, self.joint_no


def read_rule(text: str, starts_on: date) -> Recurrence:
    """Refuses with workorders.rule_invalid, workorders.plan_endless."""
    parts: dict[str, str] = {}
    for part in text.removeprefix("RRULE:").split(";"):
        name, _, value = part.partition("=")
        if name not in _PARTS or name in parts or not _PARTS[name].fullmatch(value):
            raise RuleInvalid(part=part[:50])
        parts[name] = value
    if "FREQ" not in parts:
        raise RuleInvalid(part="FREQ")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise PlanEndless
    _check_end(parts, starts_on)
    _check_meets(parts)
    return Recurrence(";".join(f"{name}={value}" for name, value in parts.items()), starts_on)


def _check_end(parts: dict[str, str], starts_on: date) -> None:
    if int(parts.get("COUNT", 1)) > OCCURRENCES_MAX:
        raise RuleInvalid(part=f"COUNT={parts['COUNT']}")
    if "UNTIL" not in parts:
        return
    try:
        until = datetime.strptime(parts["UNTIL"], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise RuleInvalid(part=f"UNTIL={parts['UNTIL']}") from None
    if not timedelta(0) <= until - starts_on <= timedelta(days=PLAN_DAYS_MAX):
        raise RuleInvalid(part=f"UNTIL={parts['UNTIL']}")


def _check_meets(parts: dict[str, str]) -> None:
    """A step of several days or months may pass the named ones by for ever; so may a position in a short list."""
    named = parts.keys() & {"BYDAY", "BYMONTHDAY", "BYMONTH"}
    stepped = int(parts.get("INTERVAL", 1)) > 1
    if stepped and named - ({"BYDAY"} if parts["FREQ"] == "WEEKLY" else {"BYMONTHDAY", "BYDAY"}):
        raise RuleInvalid(part=f"INTERVAL={parts['INTERVAL']}")
    if stepped and parts["FREQ"] == "DAILY" and named:
        raise RuleInvalid(part=f"INTERVAL={parts['INTERVAL']}")
    if "BYSETPOS" in parts and (parts["FREQ"] != "MONTHLY" or named != {"BYDAY"}):
        raise RuleInvalid(part=f"BYSETPOS={parts['BYSETPOS']}")


def days_of(rule: Recurrence, policy: CalendarPolicy, calendar: Calendar) -> list[PlanDay]:
    """Every day of a plan, in order; a day on which work stands already takes no other's. Refuses with
    workorders.plan_empty."""
    start = datetime(rule.starts_on.year, rule.starts_on.month, rule.starts_on.day)  # noqa: DTZ001 - a day has no zone
    last_on = rule.starts_on + timedelta(days=PLAN_DAYS_MAX)
    by_rule: list[date] = []
    for at in rrulestr(rule.text, dtstart=start):
        if at.date() > last_on or len(by_rule) == OCCURRENCES_MAX:
            break
        by_rule.append(at.date())
    taken: set[date] = {on for on in by_rule if _worked(on, calendar)}
    days = list(_placed(by_rule, policy, calendar, taken))
    if not days:
        raise PlanEmpty
    return sorted(days, key=lambda day: (day.worked_on, day.on))


def _placed(by_rule: Sequence[date], policy: CalendarPolicy, calendar: Calendar, taken: set[date]) -> Iterator[PlanDay]:
    for on in by_rule:
        if policy is CalendarPolicy.keep or _worked(on, calendar):
            yield PlanDay(on=on, worked_on=on)
        elif policy is not CalendarPolicy.skip:
            step = timedelta(days=1 if policy is CalendarPolicy.shift_next else -1)
            moved = next((d for n in range(1, SHIFT_DAYS_MAX) if _worked(d := on + step * n, calendar)), None)
            if moved is not None and moved not in taken:
                taken.add(moved)
                yield PlanDay(on=on, worked_on=moved)


def _worked(on: date, calendar: Calendar) -> bool:
    return calendar.kind(on) is DayKind.workday
