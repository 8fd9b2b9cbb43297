"""What happens on the day, hour by hour; the seed decides who, where and exactly when."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.day.clock import DayClock
from backend.day.network import Fault
from backend.day.office import Office, Team
from backend.day.phones import DayPhone

HOUR_MS = 3_600_000
ORDERS_PER_PHONE = 2
SPECIAL_ORDERS = 3
CYLINDERS_PER_PHONE = 4
FOREIGN_LABEL = "自编号 7-031（手写）"
TITLES = ("主干道普扫", "人行道保洁", "果皮箱清掏", "绿篱修剪", "枯枝清理", "乱堆放清理", "占道经营巡查", "路面冲洗")


@dataclass(slots=True)
class Cast:
    """Who has which part."""

    phones: list[DayPhone]
    notes: tuple[DayPhone, DayPhone]
    """Two who edit the note of one order: nobody's text may be lost."""
    crew_notes: tuple[DayPhone, DayPhone]
    """Two who edit the crew's note of one order: the later one stands."""
    wrong_clock: DayPhone
    shared: DayPhone
    mover: DayPhone
    late: DayPhone
    """Off line until the evening; its order was given to another, who did it by noon."""
    revoked: DayPhone
    move_to: Team


@dataclass(slots=True)
class Plan:
    """What the office prepared."""

    orders: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    cylinders: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)

    def every_order(self) -> list[str]:
        """Ids of all orders of the day."""
        return [order["id"] for planned in self.orders.values() for order in planned]


class Script:
    """Events in the order of their hour."""

    def __init__(self, day: DayClock, opens_at: datetime, office: Office, cast: Cast, plan: Plan, seed: int) -> None:
        self._day = day
        self._opens_at = opens_at
        self._office = office
        self._cast = cast
        self._plan = plan
        self._chance = random.Random(seed)  # noqa: S311 - a play, not a secret
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._left = {team: [order["id"] for order in planned] for team, planned in plan.orders.items()}
        self._full = {team: [row["code"] for row in rows] for team, rows in plan.cylinders.items()}
        self.order_of: dict[str, str] = {}
        """What the special orders are: {part: order id}."""

    def at(self, hour: float, event: Callable[[], object]) -> None:
        """Lets `event` happen so many hours after the day has opened, give or take some minutes."""
        self._events.append((hour + self._chance.uniform(0, 0.2), len(self._events), event))

    def play(self, until: float) -> int:
        """Plays what falls before an hour; gives how many events that were."""
        due = sorted(event for event in self._events if event[0] < until)
        self._events = [event for event in self._events if event[0] >= until]
        for hour, _, event in due:
            self._day.go_to(self._opens_at + timedelta(hours=hour))
            event()
        self._day.go_to(self._opens_at + timedelta(hours=until))
        return len(due)

    # -- the parts ------------------------------------------------------------------------------------------------

    def write(self) -> None:
        """Writes the whole day."""
        for phone in self._cast.phones:
            self._clocks_in(phone)
            if phone.team.trade == "gas":
                self._carries(phone)
            else:
                self._works(phone)
        self._two_write_a_note()
        self._two_write_a_crew_note()
        self._two_start_one_order()
        self._desk_cancels()
        self._desk_reassigns()
        self._one_is_moved()
        self._shared_phone()
        self._one_is_revoked()
        self._networks()

    def _take(self, team_id: str) -> str:
        order_id: str = self._left[team_id].pop()
        return order_id

    def _clocks_in(self, phone: DayPhone) -> None:
        far = phone is self._cast.wrong_clock
        self.at(0.6, lambda: phone.clock_in("in", away_m=900 if far else 0))
        self.at(10.2, lambda: phone.clock_in("out", fix=phone is not self._cast.late))

    def _works(self, phone: DayPhone) -> None:
        for hour in (1.5,) if phone is self._cast.mover else (1.5, 7.0):
            order = self._take(phone.team.id)
            self.at(hour, lambda order=order: phone.act(order, "start"))  # type: ignore[misc]  # bound now
            if self._chance.random() < 0.5:
                self.at(hour + 0.5, lambda order=order: phone.act(order, "pause"))  # type: ignore[misc]  # bound now
                self.at(hour + 0.9, lambda order=order: phone.act(order, "resume"))  # type: ignore[misc]  # bound now
            self.at(hour + 1.5, lambda order=order: phone.act(order, "finish", photo=True))  # type: ignore[misc]  # bound now

    def _carries(self, phone: DayPhone) -> None:
        codes = [self._full[phone.team.id].pop() for _ in range(CYLINDERS_PER_PHONE)]
        for place, code in enumerate(codes):
            account = self._chance.choice(self._plan.accounts)
            self.at(1.0, lambda code=code: phone.scan(code, "load"))  # type: ignore[misc]  # bound now
            self.at(2.0 + place, lambda code=code, a=account: phone.scan(code, "deliver", a))  # type: ignore[misc]  # bound now
            if place % 2:
                self.at(7.0 + place / 2, lambda code=code, a=account: phone.scan(code, "collect", a))  # type: ignore[misc]  # bound now
                self.at(9.5, lambda code=code: phone.scan(code, "unload"))  # type: ignore[misc]  # bound now
        if phone is self._cast.phones[-2]:
            self.at(8.0, lambda: phone.scan(FOREIGN_LABEL, "collect"))

    def _two_write_a_note(self) -> None:
        one, other = self._cast.notes
        order = self.order_of["note"] = self._take(one.team.id)
        self.at(2.2, lambda: one.write(order, "note", f"{one.name}：路口堵了，先扫北侧"))
        self.at(2.8, lambda: other.write(order, "note", f"{other.name}：南侧有积水"))

    def _two_write_a_crew_note(self) -> None:
        one, other = self._cast.crew_notes
        order = self.order_of["crew_note"] = self._take(one.team.id)
        self.at(2.3, lambda: one.write(order, "crew_note", f"{one.name}：需要高枝剪"))
        self.at(3.1, lambda: other.write(order, "crew_note", f"{other.name}：高枝剪已借到"))

    def _two_start_one_order(self) -> None:
        one, other = self._cast.notes
        order = self.order_of["both"] = self._take(one.team.id)
        self.at(3.5, lambda: one.act(order, "start"))
        self.at(3.9, lambda: other.act(order, "start"))
        self.at(4.4, lambda: one.act(order, "finish", photo=True))

    def _desk_cancels(self) -> None:
        phone = self._cast.wrong_clock
        order = self.order_of["cancelled"] = self._take(phone.team.id)
        self.at(2.5, lambda: phone.act(order, "start"))
        self.at(3.4, lambda: self._office.cancel(order, "道路封闭"))
        self.at(4.4, lambda: phone.act(order, "finish", photo=True))

    def _desk_reassigns(self) -> None:
        late, other = self._cast.late, self._cast.crew_notes[0]
        order = self.order_of["reassigned"] = self._take(late.team.id)
        person = next(iter(other.people))
        self.at(2.6, lambda: late.act(order, "start"))
        self.at(2.9, lambda: self._office.reassign(order, late.team.id, person))
        self.at(3.6, lambda: other.act(order, "start"))
        self.at(4.5, lambda: other.act(order, "finish", photo=True))
        self.at(8.6, lambda: late.act(order, "finish", photo=True))

    def _one_is_moved(self) -> None:
        mover, home = self._cast.mover, self._cast.mover.team
        person = next(iter(mover.people))
        self.at(5.3, lambda: self._office.move(person, home.id, self._cast.move_to.id))
        order = self.order_of["new_team"] = self._take(self._cast.move_to.id)
        self.at(7.6, lambda: mover.act(order, "start"))
        self.at(8.4, lambda: mover.act(order, "finish"))

    def _shared_phone(self) -> None:
        phone = self._cast.shared
        _, second = phone.people
        order = self.order_of["shared"] = self._take(phone.team.id)
        self.at(9.0, lambda: phone.phone.switch_to(second))
        self.at(9.3, lambda: phone.clock_in("in"))
        self.at(9.4, lambda: phone.act(order, "start"))
        self.at(10.0, lambda: phone.act(order, "finish", photo=True))

    def _one_is_revoked(self) -> None:
        self.at(10.5, lambda: self._office.revoke(self._cast.revoked.device))

    def _networks(self) -> None:
        """Each sort of fault is sure to happen, on a phone that has something to lose by it."""
        workers = [phone for phone in self._cast.phones if phone.team.trade != "gas"]
        for number, fault in enumerate(Fault):
            workers[number % len(workers)].network.sure.append(fault)
        self._cast.wrong_clock.network.sure.append(Fault.cut_upload)

    def noon(self) -> list[DayPhone]:
        """Who comes by a network at noon."""
        cast = self._cast
        away = {id(cast.late), id(cast.notes[1])}
        sure = {id(cast.mover), id(cast.revoked), id(cast.crew_notes[0])}
        return [
            phone
            for number, phone in enumerate(cast.phones)
            if id(phone) in sure or (id(phone) not in away and number % 4 != 1)
        ]


def cast_of(phones: Sequence[DayPhone], teams: Sequence[Team]) -> Cast:
    """Gives out the parts: phones stand in the order of their trades, those of one team together."""
    sweepers = [phone for phone in phones if phone.team.trade == "sanitation"]
    greeners = [phone for phone in phones if phone.team.trade in ("greening", "street_order")]
    move_to = next(t for t in teams if t.trade in ("greening", "street_order") and t.id != greeners[2].team.id)
    return Cast(
        phones=list(phones),
        notes=(sweepers[0], sweepers[1]),
        wrong_clock=sweepers[2],
        shared=sweepers[3],
        crew_notes=(greeners[0], greeners[1]),
        late=greeners[1],
        mover=greeners[2],
        revoked=phones[-1],
        move_to=move_to,
    )
