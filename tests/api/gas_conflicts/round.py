"""Short words for what two workers do with one cylinder, and for what everybody then sees of it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from backend.kernel.authority import Role
from backend.kernel.ids import new_id
from mobile_contract import checklist_example
from tests.api.handsets.conftest import Field
from tests.makers import SONGZHOU, District, take_on
from tests.phones import Phone

CODE = "1440012260000001"
STRANGE = "1440012260000088"
HERE, FAR = {"longitude": 113.27, "latitude": 23.16}, {"longitude": 113.77, "latitude": 23.16}
MADE = {"owner": "示例燃气", "spec": "YSP35.5", "made_on": "2025-01-15", "area_path": SONGZHOU}


@dataclass
class Round:
    """Ann and Bob each hold a reference handset; the station's operator sits at the desk."""

    crews: Field
    ann: Phone
    bob: Phone

    # -- in the field -------------------------------------------------------------------------------------------------

    def scan(self, phone: Phone, step: str, account: str = "", code: str = CODE, **more: Any) -> str:
        """A scan without a network, a minute after the last act; gives its id."""
        self.crews.later(minutes=1)
        scan = new_id()
        phone.hs.do("gas.scan", "scans", scan, {"code": code, "step": step, "account": account, **more})
        return scan

    def visit(self, phone: Phone, account: str, outcome: str = "completed", **more: Any) -> str:
        """A visit without a network; a completed one answers every item."""
        self.crews.later(minutes=1)
        visit = new_id()
        said: dict[str, Any] = {"account": account, "kind": "with_delivery", "outcome": outcome, "took_s": 900}
        if outcome == "completed":
            (listed,) = phone.body("gas_checklists")
            answers = [{"item": item["code"], "answer": "ok"} for item in listed["items"]]
            said |= {"checklist": checklist_example.VERSION, "answers": answers}
        phone.hs.do("gas.visit", "gas_visits", visit, said | more)
        return visit

    def does(self, phone: Phone, cmd: str, t: str, row: str | None = None, **params: Any) -> str:
        """Any other command; gives the row's id."""
        self.crews.later(minutes=1)
        row = row or new_id()
        phone.hs.do(cmd, t, row, params)
        return row

    def meet(self, *phones: Phone) -> None:
        """The network comes back, to one after the other; then everybody hears what came of it."""
        for phone in (*phones, self.ann, self.bob):
            phone.sync()

    # -- what is seen -------------------------------------------------------------------------------------------------

    def get(self, path: str, **query: Any) -> Any:
        return self.crews.desk("station_operator").get(f"/gas/v1/{path}", expect=200, **query).json()

    def post(self, path: str, body: dict[str, Any], expect: int = 200) -> Any:
        return self.crews.desk("station_operator").post(f"/gas/v1/{path}", body, expect=expect).json()

    def cylinder(self) -> dict[str, Any]:
        """The cylinder as the desk sees it; both phones, and what the customers have, must say the same."""
        listed = self.get("cylinders")["items"]
        (found,) = [one for one in listed if one["key"].endswith(CODE)]
        for phone in (self.ann, self.bob):
            assert phone.row("cylinders", found["id"]) == found
        self._nothing_is_lost(listed)
        return dict(found)

    def _nothing_is_lost(self, cylinders: list[dict[str, Any]]) -> None:
        """Every cylinder has one holder, and every customer exactly those that are there."""
        held = Counter(one["holder_id"] for one in cylinders if one["holder_kind"] == "customer")
        for account in self.get("accounts")["items"]:
            there = self.get(f"accounts/{account['id']}")["cylinders"]
            assert len(there) == held[account["code"]]

    def holder(self) -> tuple[str, str]:
        found = self.cylinder()
        return found["place"], found["holder_id"]

    def cases(self, state: str = "open", **narrowed: str) -> list[dict[str, Any]]:
        """Cases as the desk sees them; whoever is asked holds the same row, ready to be read in two languages."""
        listed: list[dict[str, Any]] = self.get("custody-cases", state=state, **narrowed)["items"]
        for case in listed:
            assert all(case["texts"].values())
            assert case["deadline_at"] > case["opened_at"]
            for phone in (self.ann, self.bob):
                if phone.hs.user in asked(case):
                    assert phone.row("custody_cases", case["id"]) == case
        return listed

    def kinds(self, state: str = "open") -> list[str]:
        return sorted(case["kind"] for case in self.cases(state))

    def chain(self) -> list[dict[str, Any]]:
        links: list[dict[str, Any]] = self.get(f"cylinders/{self.cylinder()['id']}/chain")["links"]
        return links

    def told(self, phone: Phone) -> int:
        """How many cases this phone's worker was told of."""
        return len([notice for notice in phone.body("notices") if notice["code"] == "gas.case_opened"])


def asked(case: dict[str, Any]) -> set[str]:
    return {party["id"] for party in case["asked"]}


def round_of(crews: Field) -> Round:
    """A full cylinder of ours at the station, two customers, a checklist; both phones filled."""
    district = crews.district
    bob = take_on(crews.house, Role.gas_worker, SONGZHOU, district.teams["gas"], phone="13900000001")
    crews.district = District({**district.people, "bob": bob}, district.teams)
    desk = crews.desk("admin")
    desk.post("/gas/v1/checklists", checklist_example.example().model_dump(mode="json"), expect=201)
    placed = {"area_path": SONGZHOU, "team_id": district.teams["gas"]}
    accounts = [{"code": code, "name": code, "address": f"松洲路 {code}", **placed} for code in ("X", "Y")]
    desk.post("/gas/v1/accounts", {"accounts": accounts}, expect=201)
    cylinder = {"code": CODE, "serial": "0001", "full": True} | MADE | placed
    desk.post("/gas/v1/cylinders", {"cylinders": [cylinder]}, expect=201)
    return Round(crews, crews.phone("gas_worker"), crews.phone("bob"))
