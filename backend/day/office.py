"""The office during the day: a supervisor and a dispatcher at their desks, over the same doors as a console."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from shapely.geometry import shape

from backend.drive.network import Network, Problem
from qr.payload import Cylinder, format

PAGE = 200
SOMEWHERE = (113.26, 23.175)
"""Where teams meet whose area was never drawn."""
TRADES = ("sanitation", "greening", "street_order", "gas")


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody of a crew, and the team they begin the day in."""

    id: str
    name: str
    phone: str
    team_id: str
    trade: str


@dataclass(frozen=True, slots=True)
class Team:
    """A team, where it works, and where its people clock in."""

    id: str
    name: str
    trade: str
    area: str
    longitude: float
    latitude: float
    workers: tuple[Worker, ...]


class Desk:
    """One person at a console."""

    def __init__(self, network: Network, phone: str, password: str) -> None:
        self._network = network
        self._who = {"phone": phone, "password": password}
        self._token = ""
        self._sign_in()

    def _sign_in(self) -> None:
        said = self._network.ask("POST", "/auth/v1/sign-in", self._who)
        self._token = said["access_token"]
        if said["person"]["consent_due"]:
            version = self._network.ask("GET", "/people/v1/notice", token=self._token)["version"]
            self._network.ask("POST", "/people/v1/me/consent", {"version": version}, token=self._token)

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        """A question and its answer; signs in again when the hours have run the token out."""
        try:
            return self._network.ask(method, path, said, token=self._token)
        except Problem as problem:
            if problem.status != 401:
                raise
        self._sign_in()
        return self._network.ask(method, path, said, token=self._token)

    def fetch(self, path: str) -> bytes | None:
        """The bytes at a path; None when there are none for this desk."""
        answer = self._network.send("GET", path, token=self._token)
        if answer.status == 401:
            self._sign_in()
            answer = self._network.send("GET", path, token=self._token)
        return answer.body if answer.status == 200 else None

    def pages(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Every item of a list."""
        cursor: str | None = None
        while True:
            asked = query | {"limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            page = self.ask("GET", f"{path}?{urlencode(asked)}")
            yield from page["features" if "features" in page else "items"]
            cursor = page["next"]
            if cursor is None:
                return


class Office:
    """What the desks do on the day, and what they see at its end."""

    def __init__(self, server: str, ca: Path | None, supervisor: str, dispatcher: str, password: str) -> None:
        self.network = Network(server, ca)
        self.network.tries_max = 12  # the desk waits while the server comes up again
        self.supervisor = Desk(self.network, supervisor, password)
        self.dispatcher = Desk(self.network, dispatcher, password)

    # -- before the day -------------------------------------------------------------------------------------------

    def teams(self) -> list[Team]:
        """The teams of the district with their people, those of a trade together."""
        phones = {p["id"]: p["phone"] for p in self.supervisor.pages("/people/v1/persons", status="active")}
        places = self._places()
        found = []
        for team in self.supervisor.pages("/people/v1/teams"):
            workers = tuple(
                Worker(m["person_id"], m["name"], phones[m["person_id"]], team["id"], team["trade"])
                for m in team["members"]
                if m["person_id"] in phones
            )
            place = places.get(team["area"], SOMEWHERE)
            found.append(Team(team["id"], team["name"], team["trade"], team["area"], *place, workers))
        return sorted(found, key=lambda team: TRADES.index(team.trade))

    def _places(self) -> dict[str, tuple[float, float]]:
        """A point within each area that has an outline: longitude, latitude."""
        points = {
            area["properties"]["path"]: shape(area["geometry"]).representative_point()
            for area in self.supervisor.pages("/people/v1/areas")
            if area["geometry"] is not None
        }
        return {path: (round(point.x, 6), round(point.y, 6)) for path, point in points.items()}

    def invite(self, person_id: str | None, label: str) -> str:
        """An invitation for a handset: what its QR code says."""
        asked = {"person_id": person_id, "label": label}
        return str(self.supervisor.ask("POST", "/handsets/v1/invites", asked)["payload"])

    def draw_fence(self, team: Team, since: datetime) -> None:
        """A circle of 120 m where the team clocks in today."""
        self.supervisor.ask(
            "POST",
            "/attendance/v1/fences",
            {
                "name": f"{team.name} 集合点",
                "geometry": {"type": "Point", "coordinates": [team.longitude, team.latitude]},
                "radius_m": 120,
                "area_path": team.area,
                "team_ids": [team.id],
                "valid_from_at": since.isoformat(),
                "valid_until_at": (since + timedelta(days=1)).isoformat(),
            },
        )

    def plan(self, team: Team, titles: Sequence[str], due_at: datetime) -> list[dict[str, Any]]:
        """Orders of the whole team, given out at once."""
        orders = [
            {
                "title": title,
                "scene": team.trade,
                "area_path": team.area,
                "team_id": team.id,
                "note": "按路线作业",
                "due_at": due_at.isoformat(),
                "photos_min": number % 2,
            }
            for number, title in enumerate(titles)
        ]
        planned: list[dict[str, Any]] = self.dispatcher.ask("POST", "/workorders/v1/orders", {"orders": orders})
        return planned

    def register_cylinders(
        self, team: Team, count: int, chance: random.Random, today: datetime
    ) -> list[dict[str, Any]]:
        """Full cylinders of the team, under codes that were never used."""
        cylinders = [
            {
                "code": format(Cylinder(f"14400{chance.randrange(10**11):011d}", self.network.base_url)),
                "serial": f"DAY{number:04d}",
                "owner": "白云示例燃气公司",
                "spec": "YSP35.5",
                "made_on": (today - timedelta(days=400)).date().isoformat(),
                "full": True,
                "area_path": team.area,
                "team_id": team.id,
            }
            for number in range(count)
        ]
        made: list[dict[str, Any]] = self.supervisor.ask("POST", "/gas/v1/cylinders", {"cylinders": cylinders})
        return made

    def accounts(self) -> list[str]:
        """Codes of customers."""
        return [str(account["code"]) for account in self.supervisor.pages("/gas/v1/accounts")]

    # -- during the day -------------------------------------------------------------------------------------------

    def cancel(self, order_id: str, reason: str) -> None:
        """Withdraws an order."""
        self.dispatcher.ask("POST", f"/workorders/v1/orders/{order_id}/cancel", {"reason": reason})

    def reassign(self, order_id: str, team_id: str, person_id: str) -> None:
        """Gives an order to somebody."""
        asked = {"team_id": team_id, "assignee_id": person_id}
        self.dispatcher.ask("POST", f"/workorders/v1/orders/{order_id}/reassign", asked)

    def move(self, person_id: str, from_team: str, to_team: str) -> None:
        """From one team to another, now."""
        asked = {"from_team_id": from_team, "to_team_id": to_team}
        self.supervisor.ask("POST", f"/people/v1/persons/{person_id}/move", asked)

    def revoke(self, device_id: str) -> None:
        """Ends a handset for good."""
        self.supervisor.ask("POST", f"/handsets/v1/devices/{device_id}/revoke")

    # -- at the end -----------------------------------------------------------------------------------------------

    def punches(self, since: datetime) -> list[dict[str, Any]]:
        """Every clock-in that the supervisor sees."""
        return list(self.supervisor.pages("/attendance/v1/punches", since_at=since.isoformat()))

    def history(self, order_id: str) -> list[dict[str, Any]]:
        """Every act on an order."""
        lines: list[dict[str, Any]] = self.supervisor.ask("GET", f"/workorders/v1/orders/{order_id}/history")
        return lines

    def order(self, order_id: str) -> dict[str, Any]:
        """An order as it stands."""
        order: dict[str, Any] = self.supervisor.ask("GET", f"/workorders/v1/orders/{order_id}")
        return order

    def scans(self, cylinder_id: str) -> list[dict[str, Any]]:
        """Every scan of a cylinder."""
        chain = self.supervisor.ask("GET", f"/gas/v1/cylinders/{cylinder_id}/chain")
        return [link["scan"] for link in chain["links"]]

    def conflicts(self) -> list[dict[str, Any]]:
        """Every conflict that the supervisor sees."""
        return list(self.supervisor.pages("/handsets/v1/conflicts"))

    def close(self) -> None:
        """Lets go of the connections."""
        self.network.close()
