"""A crew with a plan: shifts, rosters, phones that clock in, and days that pass."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from backend.attendance.module import MODULE
from backend.kernel.clock import SetClock, to_ms
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.worker import drain
from tests.api.people.conftest import GRID, PASSWORD, Town

API = "/attendance/v1"
TUESDAY = "2026-09-08"


@dataclass
class Phone:
    """A worker's handset. It queues clock-ins and says, with each push, until when it delivered all."""

    world: "World"
    person: dict[str, Any]
    device: str
    secret: str
    epoch: int
    n: int = 0
    queue: list[dict[str, Any]] = field(default_factory=list)

    @property
    def person_id(self) -> str:
        return str(self.person["id"])

    def headers(self) -> dict[str, str]:
        names = {"device_id": self.device, "device_secret": self.secret}
        said = self.world.town.ask(
            "POST", "/auth/v1/sign-in", {}, phone=self.person["phone"], password=PASSWORD, **names
        )
        headers = {"Authorization": f"Bearer {said['access_token']}"}
        if said["person"]["consent_due"]:
            self.world.town.ask("POST", "/people/v1/me/consent", headers, version=1)
        return headers

    def does(self, cmd: str, t: str, row_id: str = "", **params: Any) -> str:
        self.n += 1
        row_id = row_id or new_id()
        at = {"wall_ms": to_ms(self.world.clock.now()), "mono_ms": self._mono(), "boot": "b"}
        row = {"t": t, "id": row_id, "base": {}}
        self.queue.append({"n": self.n, "at": at, "cmd": cmd, "row": row, "params": params})
        return row_id

    def clocks(self, direction: str | None = None, **more: Any) -> str:
        return self.does("attendance.clock_in", "punches", **({"direction": direction} if direction else {}), **more)

    def pushes(self) -> list[dict[str, Any]]:
        wall = to_ms(self.world.clock.now())
        clock = {"wall_ms": wall, "mono_ms": self._mono(), "boot": "b", "rtt_ms": 0}
        body = {
            "device": self.device,
            "epoch": self.epoch,
            "user": self.person_id,
            "schema": 1,
            "clock": clock,
            "through_ms": wall,
            "muts": self.queue,
        }
        answer = self.world.town.client.post("/sync/v1/push", json=body, headers=self.headers())
        assert answer.status_code == 200, answer.text
        self.queue = []
        outcomes: list[dict[str, Any]] = answer.json()["results"]
        return outcomes

    def _mono(self) -> int:
        return int(self.world.clock.monotonic_s() * 1000)


@dataclass
class World:
    """The district, its clock and its worker of jobs."""

    town: Town
    clock: SetClock
    house: House
    boss: dict[str, Any] = field(default_factory=dict)

    def desk(self) -> dict[str, str]:
        """The supervisor of the district, signed in anew: days pass between the tests' deeds."""
        if not self.boss:
            self.boss = self.town.person("supervisor", area="/440111/")
        return self.as_(self.boss)

    def as_(self, person: dict[str, Any]) -> dict[str, str]:
        self.town.tokens.clear()
        return self.town.as_(person["phone"])

    def worker(self) -> dict[str, Any]:
        self.town.tokens.clear()
        return self.town.person("crew")

    def phone(self, person: dict[str, Any] | None = None) -> Phone:
        person = person or self.worker()
        self.town.tokens.clear()
        invite = self.town.ask("POST", "/handsets/v1/invites", self.town.admin, 201, person_id=person["id"])
        made = self.town.ask("POST", "/handsets/v1/enrol", {}, 201, token=invite["payload"])
        return Phone(self, person, made["device_id"], made["device_secret"], made["epoch"])

    def shift(self, *parts: tuple[int, int], name: str = "早班", **more: Any) -> str:
        told = [{"start_min": start, "end_min": end} for start, end in parts or ((480, 720),)]
        ask = {"name": name, "area_path": GRID, "parts": told} | more
        return str(self.town.ask("POST", f"{API}/shift-types", self.desk(), 201, **ask)["id"])

    def plan(self, shift: str, *persons: str, first: str = TUESDAY, last: str = TUESDAY, **more: Any) -> Any:
        ask = {"person_ids": list(persons), "first_on": first, "last_on": last, "pattern": [shift]} | more
        return self.town.ask("POST", f"{API}/rosters", self.desk(), 201, **ask)

    def until(self, hours: float) -> None:
        """Lets time pass until so many hours after the midnight that TUESDAY begins with, district time."""
        goal = to_ms(self.clock.now()) - _MIDNIGHT_MS
        self.clock.pass_time(timedelta(milliseconds=hours * 3_600_000 - goal))

    def works(self) -> None:
        """The worker does what is due."""
        drain(self.house, [MODULE], recurring=True)
        drain(self.house, [MODULE])

    def day(self, person_id: str, on: str = TUESDAY) -> dict[str, Any]:
        self.works()
        found = self.town.ask("GET", f"{API}/days/{person_id}/{on}", self.desk())
        day: dict[str, Any] = found["day"]
        return day


_MIDNIGHT_MS = 1_788_192_000_000 + 7 * 86_400_000
