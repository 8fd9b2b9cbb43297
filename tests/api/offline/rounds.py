"""Short words for what tests do to orders, at the desk and on handsets."""

import hashlib
from dataclasses import dataclass
from typing import Any

from tests.api.handsets.conftest import Field
from tests.phones import Phone

ORDERS = "/workorders/v1"
MINUTES = 10
"""From one act on a phone to the next."""


def photo(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass
class Rounds:
    """Routine work. Crews are the teams of makers.TEAMS."""

    crews: Field

    # -- at the desk --------------------------------------------------------------------------------------------------

    def asks(self, path: str, expect: int = 200, by: str = "admin", **body: Any) -> Any:
        """A deed of a desk; gives the answer."""
        return self.crews.desk(by).post(f"{ORDERS}/{path}", body, expect=expect).json()

    def does(self, order: str, deed: str, expect: int = 200, **body: Any) -> Any:
        """A deed on an order."""
        return self.asks(f"orders/{order}/{deed}", expect, **body)

    def gives(self, order: str, person: str | None, team: str = "sweepers") -> None:
        """The desk gives an order to somebody else."""
        assignee = self.crews.id(person) if person else None
        self.does(order, "reassign", team_id=self.crews.district.teams[team], assignee_id=assignee)

    def reads(self, path: str, by: str = "admin") -> Any:
        """What a desk is shown."""
        return self.crews.desk(by).get(f"{ORDERS}/{path}", expect=200).json()

    def stands(self, order: str) -> dict[str, Any]:
        return self.crews.stands(order)

    def step(self, order: str) -> str:
        return str(self.stands(order)["step"])

    def last(self, order: str) -> tuple[str, str]:
        """Act and effect of the last line of an order's history."""
        return self.crews.history(order)[-1]

    def hours(self, order: str) -> dict[str, int]:
        """Minutes that each person gave to an order."""
        given = self.reads(f"orders/{order}/efforts")
        names = {self.crews.id(name): name for name in ("crew", "mate", "gardener")}
        return {names[one["person_id"]]: one["worked_s"] // 60 for one in given}

    # -- on handsets --------------------------------------------------------------------------------------------------

    def holding(self, assignee: str | None = "crew", **other: Any) -> tuple[Phone, str]:
        """A phone that holds a released order and then goes off line."""
        order = self.crews.order(assignee=assignee, **other)
        return self.crews.phone("crew"), order

    def act(self, phone: Phone, act: str, order: str, **params: Any) -> int:
        """An act queued as done now, ten minutes after the last; gives its number."""
        self.crews.later(minutes=MINUTES)
        return phone.hs.do(f"workorders.{act}", "workorders", order, params)

    def works(self, phone: Phone, order: str, named: str = "after") -> tuple[int, int]:
        """Starts and finishes, with a photo."""
        return self.act(phone, "start", order), self.act(phone, "finish", order, photos=[photo(named)])

    def told(self, phone: Phone, n: int) -> tuple[str, str]:
        """What a phone is told of one of its acts."""
        return phone.outcome(n), phone.why(n)
