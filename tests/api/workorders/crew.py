"""Handsets for the tests of the trades: enrolled, signed in, pushing and pulling over HTTP."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from backend.kernel.clock import SetClock, to_ms
from backend.kernel.ids import new_id
from tests.api.people.conftest import PASSWORD, Town


@dataclass
class Handset:
    """A phone in somebody's hand. Its clock goes right unless told otherwise."""

    town: Town
    clock: SetClock
    person_id: str
    device: str
    epoch: int
    token: str
    n: int = 0
    rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    versions: dict[tuple[str, str], int] = field(default_factory=dict)
    cookie: str | None = None
    queue: list[dict[str, Any]] = field(default_factory=list)

    def does(self, cmd: str, t: str, row_id: str | None = None, base: int | None = None, **params: Any) -> str:
        """Queues a command as done now; gives the row's id."""
        row_id = row_id or new_id()
        seen = self.versions.get((t, row_id), 0) if base is None else base
        row = {"t": t, "id": row_id, "base": {"step": seen}}
        self._queue(cmd=cmd, row=row, params=params)
        return row_id

    def edits(self, t: str, row_id: str, **values: Any) -> None:
        """Queues an edit of plain registers as done now."""
        base = dict.fromkeys(values, self.versions.get((t, row_id), 0))
        self._queue(cmd="edit", ops=[{"t": t, "id": row_id, "base": base, "set": values}])

    def _queue(self, **mutation: Any) -> None:
        self.n += 1
        now = to_ms(self.clock.now())
        self.queue.append({"n": self.n, "at": {"wall_ms": now, "mono_ms": self._mono(), "boot": "b"}, **mutation})

    def _mono(self) -> int:
        return int(self.clock.monotonic_s() * 1000)

    def pushes(self) -> list[dict[str, Any]]:
        """Sends what is queued; gives the outcomes."""
        clock = {"wall_ms": to_ms(self.clock.now()), "mono_ms": self._mono(), "boot": "b", "rtt_ms": 0}
        body = {
            "device": self.device,
            "epoch": self.epoch,
            "user": self.person_id,
            "schema": 1,
            "clock": clock,
            "muts": self.queue,
        }
        answer = self.town.client.post("/sync/v1/push", json=body, headers=self.headers)
        assert answer.status_code == 200, answer.text
        self.queue = []
        outcomes: list[dict[str, Any]] = answer.json()["results"]
        return outcomes

    def pulls(self) -> None:
        """Holds what the server says it should."""
        body: dict[str, Any] = {"device": self.device, "epoch": self.epoch, "schema": 1, "cookie": self.cookie}
        while True:
            answer = self.town.client.post("/sync/v1/pull", json=body, headers=self.headers)
            assert answer.status_code == 200, answer.text
            for line in answer.content.splitlines():
                frame = orjson.loads(line)
                self._take(frame)
            if frame["f"] != "more":
                return
            body["page"] = frame["page"]

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["f"] == "row":
            self.rows[frame["t"], frame["id"]] = frame["d"]
            self.versions[frame["t"], frame["id"]] = frame["ver"]
        elif frame["f"] == "gone":
            self.rows.pop((frame["t"], frame["id"]), None)
        elif frame["f"] == "end":
            self.cookie = frame["cookie"]

    def holds(self, t: str) -> list[dict[str, Any]]:
        """The rows of a kind on this phone."""
        return [row for (kind, _), row in self.rows.items() if kind == t]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def handset(town: Town, clock: SetClock, person: dict[str, Any]) -> Handset:
    """A new phone, enrolled for a person and signed in."""
    invite = town.ask("POST", "/handsets/v1/invites", town.admin, 201, person_id=person["id"])
    made = town.ask("POST", "/handsets/v1/enrol", {}, 201, token=invite["payload"])
    names = {"device_id": made["device_id"], "device_secret": made["device_secret"]}
    entry = town.ask("POST", "/auth/v1/sign-in", {}, 200, phone=person["phone"], password=PASSWORD, **names)
    phone = Handset(town, clock, person["id"], made["device_id"], made["epoch"], entry["access_token"])
    town.ask("POST", "/people/v1/me/consent", phone.headers, version=1)
    return phone
