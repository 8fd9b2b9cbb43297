"""The law of months, through doors, jobs and database: in whatever order, however often and however late the facts of a
month come, payroll is told the same."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
import pytest

from backend.attendance import rules
from backend.kernel.calendar import minute_ms
from backend.kernel.clock import SetClock, to_ms
from backend.kernel.http import House
from backend.kernel.ids import new_id
from mobile_contract.days import MonthDay
from tests.api.attendance.world import API, Phone, World
from tests.api.people.conftest import GRID, Town

FIRST = date(2026, 9, 1)
DAYS = 30
PUSH_MAX = 60
Fact = tuple[int, str | None]
"""When somebody clocked in or out (ms), and which button they pressed."""


def a_month_of_facts(dice: random.Random) -> list[Fact]:
    """Clock-ins as people make them: late, early, forgotten, twice, on days off, at night, by the wrong button."""
    facts: list[Fact] = []
    for number in range(DAYS):
        on = FIRST + timedelta(days=number)
        planned = ((480, 720), (810, 1_050)) if number % 3 == 0 else ((1_320, 1_800),) if number % 3 == 1 else ()
        for start, end in planned:
            for minute, side in ((start, "in"), (end, "out")):
                if dice.random() < 0.12:
                    continue
                off = dice.choice((-20, -3, 0, 4, 17, 45, 50))
                wrong = dice.choice((side, side, side, None, "in", "out"))
                facts.append((minute_ms(on, minute + off), wrong))
                if dice.random() < 0.1:
                    facts.append((minute_ms(on, minute + off) + 20_000, wrong))
        if not planned and dice.random() < 0.3:
            facts += [(minute_ms(on, 600), "in"), (minute_ms(on, 780), "out")]
    return sorted(facts, key=lambda fact: fact[0])


@dataclass
class Sender:
    """A phone without a monotonic clock, whose acts are timed alike whenever they are told."""

    phone: Phone
    sent: list[list[dict[str, Any]]] = field(default_factory=list)

    def tells(self, facts: list[Fact], through_ms: int | None = None) -> None:
        for start in range(0, len(facts), PUSH_MAX):
            self.sent.append([self._mutation(*fact) for fact in facts[start : start + PUSH_MAX]])
            self._push(self.sent[-1], through_ms)

    def repeats(self) -> None:
        """The answer was lost, so all is sent again."""
        for muts in self.sent:
            self._push(muts, None)

    def _mutation(self, at_ms: int, side: str | None) -> dict[str, Any]:
        self.phone.n += 1
        row = {"t": "punches", "id": new_id(), "base": {}}
        params = {"direction": side} if side else {}
        at = {"wall_ms": at_ms, "mono_ms": None, "boot": None}
        return {"n": self.phone.n, "at": at, "cmd": "attendance.clock_in", "row": row, "params": params}

    def _push(self, muts: list[dict[str, Any]], through_ms: int | None) -> None:
        phone, now = self.phone, to_ms(self.phone.world.clock.now())
        body = {
            "device": phone.device,
            "epoch": phone.epoch,
            "user": phone.person_id,
            "schema": 1,
            "clock": {"wall_ms": now, "mono_ms": None, "boot": None, "rtt_ms": 0},
            "through_ms": now if through_ms is None else through_ms,
            "muts": muts,
        }
        answer = phone.world.town.client.post("/sync/v1/push", json=body, headers=phone.headers())
        assert answer.status_code == 200, answer.text
        assert {outcome["r"] for outcome in answer.json()["results"]} <= {"applied"}, answer.text


@dataclass
class Month:
    """Persons with the same plan and the same facts, each told in a way of its own."""

    world: World
    facts: list[Fact]
    dice: random.Random
    senders: dict[str, Sender] = field(default_factory=dict)

    def plans(self, *names: str) -> None:
        day = self.world.shift((480, 720), (810, 1_050), name="两头班")
        night = self.world.shift((1_320, 1_800), name="夜班")
        for name in names:
            self.senders[name] = Sender(self.world.phone())
        persons = [self.senders[name].phone.person_id for name in names]
        self.world.plan(day, *persons, first="2026-09-01", last="2026-09-30", pattern=[day, night, None])

    def on_leave(self, name: str) -> None:
        ask = {"person_id": self.senders[name].phone.person_id, "kind": "leave"}
        spell = {"since_at": "2026-09-10T00:00:00+08:00", "until_at": "2026-09-11T10:00:00+08:00"}
        self.world.town.ask("POST", f"{API}/absences", self.world.desk(), 201, **ask, **spell)

    def sheet(self, name: str) -> dict[str, Any]:
        person = self.senders[name].phone.person_id
        listed = self.world.town.ask("GET", f"{API}/months/2026-09?limit=100", self.world.desk())["items"]
        found: dict[str, Any] = next(sheet for sheet in listed if sheet["person_id"] == person)
        return found

    def closes(self) -> None:
        self.world.works()
        closed = self.world.town.ask("POST", f"{API}/months/2026-09/close?area={GRID}", self.world.desk())
        assert closed["sheets"] == len(self.senders)


def comes_to(sheet: dict[str, Any]) -> bytes:
    """A sheet with its entries, as payroll is told."""
    days = [MonthDay.model_validate(day) for day in sheet["days"]]
    after = [(MonthDay.model_validate(e["after"]) if e["after"] else None) for e in sheet["entries"]]
    return rules.canonical(
        rules.applied(days, [(date.fromisoformat(e["on"]), a) for e, a in zip(sheet["entries"], after, strict=True)])
    )


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in range(2, 8))])
def test_payroll_is_told_the_same_however_the_facts_of_a_month_come(
    town: Town, clock: SetClock, house: House, seed: int
) -> None:
    dice = random.Random(seed)
    world = World(town, clock, house)
    month = Month(world, a_month_of_facts(dice), dice)
    month.plans("in_order", "reversed", "shuffled", "duplicated", "late", "tail")
    before = ("in_order", "reversed", "shuffled", "duplicated")
    for name in ("in_order", "late", "tail"):
        month.on_leave(name)
    _in_order(month)
    cut = minute_ms(date(2026, 9, 28), 0)
    month.senders["tail"].tells([f for f in month.facts if f[0] < cut], through_ms=cut)
    month.senders["reversed"].tells(month.facts[::-1], through_ms=0)
    shuffled = dice.sample(month.facts, len(month.facts))
    for start in range(0, len(shuffled), 25):
        month.senders["shuffled"].tells(shuffled[start : start + 25])
        world.works()
    month.senders["duplicated"].tells(month.facts)
    world.works()
    month.senders["duplicated"].repeats()
    for name in before[1:]:  # the leave is told after the facts
        month.on_leave(name)
    clock.pass_time(timedelta(days=4))
    month.senders["reversed"].tells([])
    month.senders["reversed"].repeats()
    month.closes()

    sheets = {name: month.sheet(name) for name in month.senders}
    expected = orjson.dumps(sheets["in_order"]["days"])
    assert {day["word"] for day in sheets["in_order"]["days"]} >= {"normal", "missing"}
    for name in before:
        assert orjson.dumps(sheets[name]["days"]) == expected, name
        assert (sheets[name]["digest"], sheets[name]["totals"]) == (
            sheets["in_order"]["digest"],
            sheets["in_order"]["totals"],
        )
    assert sheets["late"]["days"] != sheets["in_order"]["days"]
    _three_days_late(month, sheets, cut)


def _in_order(month: Month) -> None:
    """Each evening the day's facts, and what is due is judged."""
    for number in range(1, DAYS + 2):
        evening = minute_ms(FIRST + timedelta(days=number), 660)
        month.world.clock.pass_time(timedelta(milliseconds=evening - to_ms(month.world.clock.now())))
        told = [fact for fact in month.facts if evening - 86_400_000 <= fact[0] < evening]
        if number == 1:
            told = [fact for fact in month.facts if fact[0] < evening]
        month.senders["in_order"].tells(told)
        if number % 5 == 0:
            month.world.works()


def _three_days_late(month: Month, frozen: dict[str, dict[str, Any]], cut: int) -> None:
    month.world.clock.pass_time(timedelta(days=3))
    month.senders["late"].tells(month.dice.sample(month.facts, len(month.facts)))
    month.senders["tail"].tells([f for f in month.facts if f[0] >= cut])
    for _ in range(3):
        month.world.works()
    for name in ("late", "tail"):
        sheet = month.sheet(name)
        assert (sheet["days"], sheet["digest"]) == (frozen[name]["days"], frozen[name]["digest"])
        assert sheet["entries"]
        assert comes_to(sheet) == comes_to(frozen["in_order"])
        assert sheet["totals"] == frozen["in_order"]["totals"]
    entries = month.sheet("late")["entries"]
    month.senders["late"].repeats()
    month.world.works()
    assert month.sheet("late")["entries"] == entries
