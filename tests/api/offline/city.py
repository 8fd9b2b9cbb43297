"""Short words for what tests do to components, at the desk and on handsets."""

from dataclasses import dataclass
from typing import Any

from backend.kernel.ids import new_id
from tests.api.handsets.conftest import Field
from tests.makers import GRID
from tests.phones import Phone

AT = "/components/v1"
BIN = "4401110305000123"
"""A litter bin of the district."""


def point(longitude: float, latitude: float = 23.18) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [longitude, latitude]}


@dataclass
class City:
    """Components. What stands is read by the admin, decided by the dispatcher."""

    crews: Field

    def registers(self, code: str = BIN, expect: int = 201, by: str = "admin", **other: Any) -> Any:
        """A desk registers a component; gives the answer."""
        ask = {"code": code, "name": "黄石东路垃圾箱", "area_path": GRID, "geometry": point(113.26), **other}
        return self.crews.desk(by).post(f"{AT}/components", ask, expect=expect).json()

    def reads(self, path: str, by: str = "admin", expect: int = 200, **params: Any) -> Any:
        return self.crews.desk(by).get(f"{AT}/{path}", expect=expect, **params).json()

    def asks(self, path: str, expect: int = 200, by: str = "dispatcher", **body: Any) -> Any:
        return self.crews.desk(by).post(f"{AT}/{path}", body, expect=expect).json()

    def approves(self, proposal: str, expect: int = 200, by: str = "dispatcher", **body: Any) -> Any:
        return self.asks(f"proposals/{proposal}/approve", expect, by, **body)

    def sends(self, name: str, content: bytes, expect: int = 200, by: str = "admin", **params: Any) -> Any:
        """A file to be taken in."""
        headers = {"Content-Type": "application/octet-stream"}
        params = {"area": GRID, "name": name, **params}
        answer = self.crews.desk(by).request(
            "POST", f"{AT}/import", expect, params=params, content=content, headers=headers
        )
        return answer.json()

    def proposes(self, phone: Phone, component: str, base_version: int = 1, **said: Any) -> str:
        """A phone queues a proposal; gives its id."""
        proposal = new_id()
        params = {"component_id": component, "base_version": base_version, "reason": "现场看到", **said}
        phone.hs.do("components.propose", "component_proposals", proposal, params)
        return proposal

    def held(self, phone: Phone, proposal: str) -> dict[str, Any]:
        """A proposal as a phone shows it."""
        (row,) = [one for one in phone.body("component_proposals") if one["id"] == proposal]
        return row

    def told(self, phone: Phone) -> list[str]:
        """Codes of the notices about components on a phone."""
        codes = [one["code"] for one in phone.body("notices")]
        return sorted(code for code in codes if code.startswith("components."))
