"""A crew works two days off line on two handsets while the office goes on; nothing is lost, nothing unexplained."""

from dataclasses import dataclass, field
from typing import Any

from tests.api.cases.loop import Loop
from tests.api.cases.loop import photo as case_photo
from tests.api.offline.rounds import Rounds, photo
from tests.makers import GRID
from tests.phones import Phone

FIELD_ACTS = {"start", "pause", "resume", "finish"}


@dataclass
class TwoDays:
    """What was given out, what was done on which phone, and what each was told."""

    rounds: Rounds
    loop: Loop
    phones: dict[str, Phone] = field(default_factory=dict)
    orders: dict[str, str] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    acts: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    """Whose phone and which number -> which order or case and which act."""

    def gives_out(self) -> None:
        """The first morning: both phones fill and go off line."""
        for name in ("plain", "withdrawn later", "withdrawn before", "taken over", "given away", "merged", "closed"):
            self.orders[name] = self.rounds.crews.order(assignee="crew", title=name)
        self.orders["master"] = self.rounds.crews.order(assignee="mate", title="master")
        self.orders["halted"] = self.rounds.crews.order(assignee="crew", scene="greening")
        for name in ("shared", "inspected"):
            self.orders[name] = self.rounds.crews.order(title=name)
        teams = self.rounds.crews.district.teams
        lead = {"title": "联合整治", "scene": "sanitation", "area_path": GRID, "team_id": teams["sweepers"]}
        joint = self.rounds.asks("joints", 201, lead=lead, parts=[{"team_id": teams["gardeners"]}])
        self.orders["our part"], self.orders["their part"] = (order["id"] for order in joint["orders"])
        for name in ("plain", "cancelled", "given away", "merged", "suspended", "closed"):
            self.cases[name] = self.loop.dispatched()
        self.cases["master"] = self.loop.registered()
        self.phones = {name: self.rounds.crews.phone(name) for name in ("crew", "mate")}

    def works(self, who: str, name: str) -> None:
        """Starts, pauses, goes on and finishes an order: twenty minutes of work."""
        phone, order = self.phones[who], self.orders[name]
        for act in ("start", "pause", "resume", "finish"):
            said = {"photos": [photo(f"{who} {name}")]} if act == "finish" else {}
            self.acts[who, self.rounds.act(phone, act, order, **said)] = (order, act)

    def handles(self, who: str, name: str) -> None:
        """Finishes a case."""
        n = self.loop.finish(self.phones[who], self.cases[name], f"case {name}")
        self.acts[who, n] = (self.cases[name], "finish")

    def first_day(self) -> None:
        """The office withdraws and halts while nobody can hear it; the crew works on."""
        self.rounds.does(self.orders["withdrawn before"], "cancel", reason="道路封闭")
        self.rounds.asks("halts", 201, area_path=GRID, scenes=["greening"], reason="大风蓝色预警")
        for name in ("plain", "withdrawn later", "withdrawn before", "taken over", "given away"):
            self.works("crew", name)
        for name in ("cancelled", "plain", "merged"):
            self.handles("crew", name)
        self.works("mate", "shared")
        self.rounds.does(self.orders["withdrawn later"], "cancel", reason="下雨")
        self.loop.does(self.cases["cancelled"], "cancel", reason="重复上报")
        self.rounds.gives(self.orders["taken over"], "mate")

    def second_day(self) -> None:
        """Orders and cases change hands, become one, are closed; the gardeners begin what was given to them."""
        self.rounds.crews.later(hours=22)
        self.rounds.gives(self.orders["given away"], None, team="gardeners")
        gardener = self.rounds.crews.phone("gardener")
        for act, name in (("start", "given away"), ("start", "their part"), ("finish", "their part")):
            self.rounds.act(gardener, act, self.orders[name])
        self.loop.give(self.cases["given away"], "gardeners")
        self.loop.act(gardener, "accept", self.cases["given away"])
        gardener.sync()
        for name in ("merged", "halted", "our part", "shared", "inspected"):
            self.works("crew", name)
        for name in ("given away", "suspended", "closed"):
            self.handles("crew", name)
        self.works("mate", "master")
        self.works("mate", "inspected")
        self.rounds.does(self.orders["merged"], "merge", master_id=self.orders["master"], reason="同一路段")
        self.loop.does(self.cases["merged"], "merge", master_id=self.cases["master"])
        self.loop.does(self.cases["closed"], "force-close", reason="领导批示")

    def comes_back(self) -> None:
        """One phone after the other finds a network; in between the work of the first is inspected, and fails."""
        for name, phone in self.phones.items():
            phone.lose_answers = 1
            phone.sync()
            phone.sync()
            if name == "crew":
                self.rounds.does(self.orders["inspected"], "inspect", passed=False, note="路沿未扫净")
        self.phones["crew"].sync()

    def told(self) -> dict[tuple[str, int], tuple[str, str]]:
        """What each act came to, and by which reason."""
        results = {(who, n): phone.results()[n] for who, phone in self.phones.items() for n in phone.results()}
        return {key: (one["r"], (one.get("why") or {}).get("code", "")) for key, one in results.items() if one}


def test_two_days_off_line_and_every_act_is_accounted_for(rounds: Rounds, loop: Loop) -> None:
    days = TwoDays(rounds, loop)
    days.gives_out()
    rounds.act(days.phones["crew"], "start", days.orders["closed"])
    loop.act(days.phones["crew"], "ask_suspension", days.cases["suspended"], note="等待断电")
    days.phones["crew"].sync()
    loop.does(days.cases["suspended"], "requests/suspension", grant=True)
    days.first_day()
    rounds.does(days.orders["closed"], "close", by="ganger", reason="现场看过")
    days.acts["crew", rounds.act(days.phones["crew"], "finish", days.orders["closed"])] = (
        days.orders["closed"],
        "finish",
    )
    days.second_day()
    days.comes_back()
    _every_act_has_one_end(days)
    _every_act_is_on_record(days)
    _each_stands_as_the_table_says(days)
    _both_sides_read_the_same_words(days)
    _phones_hold_what_the_desk_sees(days)


def _every_act_has_one_end(days: TwoDays) -> None:
    told = days.told()
    assert days.acts.keys() <= told.keys()
    assert {told[key][0] for key in days.acts} == {"applied", "merged", "conflict"}
    assert all(told[key][1] for key in days.acts if told[key][0] != "applied")
    assert not any(phone.hs.waiting() for phone in days.phones.values())


def _every_act_is_on_record(days: TwoDays) -> None:
    """Each act is a line of its order's or case's history, with photos, once; hours are those that were worked."""
    for who in days.phones:
        me = days.rounds.crews.id(who)
        for order in set(days.orders.values()):
            done = [act for (name, _), (row, act) in days.acts.items() if name == who and row == order]
            lines = [line for line in days.rounds.reads(f"orders/{order}/history") if line["person_id"] == me]
            on_record = [line["act"] for line in lines if line["act"] in FIELD_ACTS]
            if order == days.orders["master"]:
                on_record = on_record[: len(done)]
            assert sorted(on_record) == sorted(["start", *done] if order == days.orders["closed"] and done else done)
            given = [one for one in days.rounds.reads(f"orders/{order}/efforts") if one["person_id"] == me]
            if len(done) == 4:
                assert given[0]["worked_s"] == 1_200
    for name, case in days.cases.items():
        finishes = [act for act, _ in days.loop.history(case) if act == "finish"]
        assert len(finishes) == 1
        assert case_photo("case merged" if name == "master" else f"case {name}") in days.loop.stands(case)["photos"]


def _each_stands_as_the_table_says(days: TwoDays) -> None:
    stands = {name: days.rounds.step(order) for name, order in days.orders.items()}
    assert stands == {
        "plain": "done",
        "withdrawn later": "cancelled",
        "withdrawn before": "cancelled",
        "taken over": "done",
        "given away": "started",
        "merged": "merged",
        "master": "done",
        "closed": "closed",
        "halted": "done",
        "shared": "done",
        "inspected": "rework",
        "our part": "done",
        "their part": "done",
    }
    assert days.rounds.stands(days.orders["their part"])["joint_left"] == 0
    assert photo("crew merged") in days.rounds.stands(days.orders["master"])["photos"]
    cases = {name: days.loop.state(case) for name, case in days.cases.items()}
    assert cases == {
        "plain": "handled",
        "cancelled": "cancelled",
        "given away": "handling",
        "merged": "merged",
        "master": "registered",
        "suspended": "handled",
        "closed": "forced_closed",
    }
    open_ = {conflict["why"]["code"] for conflict in days.rounds.crews.conflicts(state="open")}
    assert open_ == {
        "workorders.done_before_cancel",
        "workorders.other_at_work",
        "workorders.merged_meanwhile",
        "cases.done_before_cancel",
        "cases.other_at_work",
        "cases.merged_meanwhile",
    }


def _both_sides_read_the_same_words(days: TwoDays) -> None:
    """Each conflict is on the crew's phone and at the desk, in the same words, which name the order or case."""
    at_desk = {one["id"]: one for one in days.rounds.crews.conflicts(limit=100)}
    named = {row: days.rounds.stands(row)["code"] for row in days.orders.values()}
    named |= {case: days.loop.stands(case)["code"] for case in days.cases.values()}
    told = days.told()
    for who, phone in days.phones.items():
        mine: dict[str, Any] = {one["id"]: one for one in phone.body("conflicts")}
        for (_, n), (row, _) in ((key, act) for key, act in days.acts.items() if key[0] == who):
            found = [one for one in mine.values() if one["n"] == n]
            assert len(found) == (told[who, n][0] != "applied")
            for one in found:
                assert one["text"] == at_desk[one["id"]]["text"]
                assert all(named[row] in text and "{" not in text for text in one["text"].values())


def _phones_hold_what_the_desk_sees(days: TwoDays) -> None:
    for phone in days.phones.values():
        for row in phone.body("workorders"):
            assert row == days.rounds.stands(row["id"])
        for row in phone.body("cases"):
            assert row == days.loop.stands(row["id"])
