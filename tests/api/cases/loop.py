"""Short words for what tests do to cases, at the desks and on handsets."""

import hashlib
from dataclasses import dataclass
from typing import Any

from backend.kernel.ids import new_id
from tests.api.handsets.conftest import Field
from tests.makers import GRID
from tests.phones import Phone

CASES = "/cases/v1/cases"
SPOT = {"longitude": 113.2732, "latitude": 23.1815}
FAR = {"longitude": 113.2800, "latitude": 23.1815}


def photo(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass
class Loop:
    """The seven steps. Units are teams of makers.TEAMS."""

    crews: Field

    # -- at the desks -------------------------------------------------------------------------------------------------

    def enter(self, **other: Any) -> str:
        """A case from the hot line; gives its id."""
        ask = {"source": "hot_line", "kind": "event", "big": "01", "small": "02", "title": "暴露垃圾"}
        ask |= {"area_path": GRID, **SPOT} | other
        return str(self.crews.desk("admin").post(CASES, ask, expect=201).json()["id"])

    def does(self, case: str, deed: str, by: str = "admin", expect: int = 200, **body: Any) -> Any:
        """A deed of a desk; gives the answer."""
        return self.crews.desk(by).post(f"{CASES}/{case}/{deed}", body, expect=expect).json()

    def registered(self, **other: Any) -> str:
        """A registered case."""
        case = self.enter(**other)
        self.does(case, "register", similar_seen=self.near(case))
        return case

    def near(self, case: str) -> list[str]:
        found = self.crews.desk("admin").get(f"{CASES}/{case}/similar", expect=200).json()
        return [one["case"]["id"] for one in found]

    def dispatched(self, unit: str = "sweepers", helpers: tuple[str, ...] = (), **other: Any) -> str:
        """A case that a unit has."""
        case = self.registered(**other)
        self.give(case, unit, helpers)
        return case

    def give(self, case: str, unit: str, helpers: tuple[str, ...] = (), **other: Any) -> Any:
        teams = self.crews.district.teams
        return self.does(case, "dispatch", team_id=teams[unit], helpers=[teams[h] for h in helpers], **other)

    def stands(self, case: str) -> dict[str, Any]:
        seen: dict[str, Any] = self.crews.desk("admin").get(f"{CASES}/{case}", expect=200).json()
        return seen

    def state(self, case: str) -> str:
        return str(self.stands(case)["state"])

    def history(self, case: str) -> list[tuple[str, str]]:
        lines = self.crews.desk("admin").get(f"{CASES}/{case}/history", expect=200).json()
        return [(line["act"], line["effect"]) for line in lines]

    def clock(self, case: str, timer: str) -> dict[str, Any]:
        clocks = self.crews.desk("admin").get(f"{CASES}/{case}/clocks", expect=200).json()
        (found,) = [one for one in clocks if one["timer"] == timer]
        return dict(found)

    # -- on handsets --------------------------------------------------------------------------------------------------

    def act(self, phone: Phone, act: str, case: str, **params: Any) -> int:
        """An act queued as done now, a minute after the last; gives its number."""
        self.crews.later(minutes=1)
        return phone.hs.do(f"cases.{act}", "cases", case, params)

    def finish(self, phone: Phone, case: str, named: str = "after", **params: Any) -> int:
        return self.act(phone, "finish", case, **({"photos": [photo(named)], "position": SPOT} | params))

    def reports(self, phone: Phone, act: str = "report", **other: Any) -> str:
        """A finding of a phone; gives the case's id."""
        case = other.pop("case", None) or new_id()
        said = {"kind": "event", "big": "01", "small": "02", "title": "积存垃圾", "position": SPOT}
        self.act(phone, act, case, **(said | {"photos": [photo("near"), photo("far")]} | other))
        return case

    def checked(self, case: str, result: str, by: str = "checker") -> None:
        """A handled case is checked by somebody who is sent."""
        self.does(case, "send-check", person_id=self.crews.id(by))
        phone = self.crews.phone(by)
        self.act(phone, "check", case, result=result, photos=[photo(f"{result} {case}")], position=SPOT)
        phone.sync()
