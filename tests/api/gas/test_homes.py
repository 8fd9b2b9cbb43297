"""Homes are visited: offline checks, hazards until somebody has looked, the half-year's plan and coverage."""

from datetime import timedelta
from typing import Any

import pytest

from backend.gas import queries
from backend.gas.actions import escalating, telling
from backend.gas.actions import homes as deeds
from backend.gas.queries import homes as looking
from backend.gas.queries.notices import notice_facts
from backend.gas.rules.notices import notice_of
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from backend.people import queries as people
from mobile_contract import checklist_example
from tests.api.people.conftest import GRID, LIANHE, Town
from tests.api.workorders.crew import Handset, handset

ACCOUNTS, HAZARDS = "/gas/v1/accounts", "/gas/v1/hazards"
PHOTO, OTHER = "a" * 64, "b" * 64
VERSION = checklist_example.VERSION
PLACE = {"longitude": 113.2732, "latitude": 23.1815}
MISSED = {"kind": "periodic", "outcome": "not_met", "photos": [PHOTO], "position": PLACE}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Days pass here while nobody signs in anew."""
    return settings.model_copy(update={"access_token_s": 250 * 86_400})


@pytest.fixture
def team(town: Town) -> str:
    return town.team(name="气站")


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


@pytest.fixture
def phone(town: Town, clock: SetClock, team: str, station: dict[str, str]) -> Handset:
    """A gas worker's, in a street with a checklist and three customers."""
    example = checklist_example.example().model_dump(mode="json")
    town.ask("POST", "/gas/v1/checklists", station, 201, **example)
    homes = [account(1, team), account(2, team), account(3, team, area_path=LIANHE, team_id=None)]
    town.ask("POST", ACCOUNTS, station, 201, accounts=homes)
    return another(town, clock, team)


def another(town: Town, clock: SetClock, team: str) -> Handset:
    made = handset(town, clock, town.person("gas_worker", team=team))
    made.pulls()
    return made


def account(number: int, team: str, **more: Any) -> dict[str, Any]:
    named = {"code": f"BY-{number:07d}", "name": f"用户{number}", "address": f"松洲路 {number} 号"}
    return named | {"area_path": GRID, "team_id": team} | PLACE | more


def checks(phone: Handset, number: int = 1, hazards: dict[str, dict[str, Any]] | None = None, **more: Any) -> str:
    """Queues a whole check with these hazards."""
    (listed,) = phone.holds("gas_checklists")
    answers = [
        {"item": item["code"], "answer": "hazard" if item["code"] in (hazards or {}) else "ok"}
        | (hazards or {}).get(item["code"], {})
        for item in listed["items"]
    ]
    said: dict[str, Any] = {"kind": "periodic", "outcome": "completed", "checklist": VERSION, "signed_by": "customer"}
    return phone.does("gas.visit", "gas_visits", account=f"BY-{number:07d}", answers=answers, **said | more)


def hazard(hazard_id: str, grade: str = "g1", **more: Any) -> dict[str, Any]:
    return {"hazard": hazard_id, "grade": grade, "measure": "更换软管", "photos": [PHOTO]} | more


def results(phone: Handset) -> list[str]:
    outcomes = phone.pushes()
    phone.pulls()
    return [o["r"] if not o.get("why") else o["why"]["code"] for o in outcomes]


def home(phone: Handset, number: int = 1) -> dict[str, Any]:
    return next(row for row in phone.holds("gas_homes") if row["account"] == f"BY-{number:07d}")


def test_a_hazard_is_found_told_mended_and_seen(
    town: Town, clock: SetClock, phone: Handset, station: dict[str, str]
) -> None:
    name = new_id()
    checks(phone, 1, {"P-02": hazard(name)})
    assert results(phone) == ["applied"]
    (row,) = phone.holds("gas_hazards")
    assert (row["state"], row["due_on"], row["notice"]) == (
        "notified",
        "2026-09-08",
        f"BY-0000001-20260901-{name[-6:].upper()}",
    )
    assert (home(phone)["due_on"], home(phone)["worst"]) == ("2027-03-01", "g1")
    clock.pass_time(timedelta(days=2))
    phone.does("gas.act_on_hazard", "gas_hazard_acts", account="BY-0000001", hazard=name, deed="claim_fixed")
    phone.does(
        "gas.act_on_hazard", "gas_hazard_acts", account="BY-0000001", hazard=name, deed="claim_fixed", photos=[OTHER]
    )
    phone.does("gas.act_on_hazard", "gas_hazard_acts", account="BY-0000001", hazard=name, deed="verify", photos=[OTHER])
    assert results(phone) == ["gas.proof_needed", "applied", "gas.deed_not_for_phones"]
    assert phone.holds("gas_hazards")[0]["state"] == "rectified"
    checks(phone, 1, kind="revisit")
    results(phone)
    shown = town.ask("GET", f"{HAZARDS}/{name}", station)
    assert (shown["state"], [act["deed"] for act in shown["acts"]]) == ("verified", ["claim_fixed"])
    path = f"/gas/v1/accounts/{row['account_id']}/checks.epcis"
    found, seen = town.ask("GET", path, station)["epcisBody"]["eventList"]
    assert (found["disposition"], seen["disposition"], "gas:findings" in seen) == (
        "non_conformant",
        "conformant",
        False,
    )
    assert found["gas:findings"] == [
        {
            "gas:item": "P-02",
            "gas:grade": "G1",
            "gas:photoSha256": [PHOTO],
            "gas:noticeNo": row["notice"],
            "gas:deadline": "2026-09-08",
        }
    ], "as the notice said, whatever came of it"
    assert found["gas:noticeNo"] == f"BY-0000001-20260901-{found['eventID'][-6:].upper()}", "of the paper that was left"
    assert "gas:noticeNo" not in seen
    assert (home(phone)["open_hazards"], home(phone)["worst"]) == (0, None)


def test_a_visit_leaves_a_notice_that_is_printed_in_two_languages(
    town: Town, house: House, phone: Handset, station: dict[str, str]
) -> None:
    nobody = {"kind": "periodic", "outcome": "not_met", "photos": [PHOTO]}
    unmet = phone.does("gas.visit", "gas_visits", account="BY-0000001", **nobody)
    found = checks(phone, 2, {"P-02": hazard(new_id()), "B-07": hazard(new_id(), "g0")})
    fine = checks(phone, 1)
    assert results(phone) == ["applied"] * 3
    path = "/gas/v1/visits/{}/notice.pdf?language={}"
    words = {
        (unmet, "zh"): ["到访不遇", "无人应答", "用户1", "松洲路 1 号"],
        (unmet, "en"): ["nobody was met", "name a time"],
        (found, "zh"): ["整改通知书", "整改期限：2026-09-08", "更换软管", "整改前暂停供气"],
        (found, "en"): ["to be mended", "To be mended by 2026-09-08", "No gas is handed over"],
    }
    for (visit, language), told in words.items():
        answer = town.client.get(path.format(visit, language), headers=station)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        with house.db.reading() as session:
            page = notice_of(notice_facts(house.ctx(session, people.operator(house.settings)), visit), language)
        said = "\n".join([page.title, *(value for _, value in page.facts), *page.paragraphs])
        assert [word for word in told if word not in said] == []
        assert f"{page.number}.pdf" in answer.headers["content-disposition"]
        assert page.number.endswith(f"-20260901-{visit[-6:].upper()}")
    assert town.ask("GET", path.format(fine, "zh"), station, 404)["code"] == "gas.no_notice"
    town.ask("GET", path.format(new_id(), "zh"), station, 404)


def test_a_check_that_leaves_an_item_open_is_refused_with_the_item(town: Town, phone: Handset) -> None:
    checks(phone, 1, {"P-02": {}})
    phone.does("gas.visit", "gas_visits", account="BY-0000001", kind="periodic", outcome="completed")
    checks(phone, 1, checklist="nobody-knows")
    outcomes = phone.pushes()
    assert [o["why"]["code"] for o in outcomes] == [
        "gas.answers_faulty",
        "gas.checklist_needed",
        "gas.checklist_unknown",
    ]
    assert outcomes[0]["why"]["params"]["items"] == [
        "P-02: no_id",
        "P-02: no_grade",
        "P-02: no_measure",
        "P-02: no_photo",
    ]
    phone.pulls()
    assert phone.holds("gas_visits") == []


def test_two_workers_offline_in_one_home_give_one_state_in_any_order(
    town: Town, clock: SetClock, team: str, phone: Handset, station: dict[str, str]
) -> None:
    other, first, second = another(town, clock, team), new_id(), new_id()
    checks(phone, 1, {"P-02": hazard(first), "W-02": hazard(new_id(), "g0")})
    clock.pass_time(timedelta(hours=3))
    checks(other, 1, {"P-02": hazard(second, "g2")})
    assert results(other) == ["applied"]
    assert results(phone) == ["applied"]
    other.pulls()
    rows = {row["id"]: row for row in phone.holds("gas_hazards")}
    assert rows == {row["id"]: row for row in other.holds("gas_hazards")}
    assert (rows[first]["state"], rows[first]["successor"]) == ("carried_over", second)
    assert (rows[second]["predecessor"], home(phone)["open_hazards"]) == (first, 1)
    assert not home(phone)["supply_stopped"]
    desk = town.ask("GET", f"{HAZARDS}?state=notified", station)["items"]
    assert [row["id"] for row in desk] == [second]


def test_danger_now_stops_the_supply_until_the_desk_or_a_check_has_seen_it_mended(
    town: Town, phone: Handset, station: dict[str, str]
) -> None:
    name = new_id()
    checks(phone, 1, {"S-03": hazard(name, "g0")})
    results(phone)
    assert home(phone)["supply_stopped"]
    act = {"id": new_id(), "deed": "verify", "photos": [OTHER]}
    acted = town.ask("POST", f"{HAZARDS}/{name}/acts", station, 201, **act)
    assert town.ask("POST", f"{HAZARDS}/{name}/acts", station, 201, **act) == acted
    town.ask("POST", f"{HAZARDS}/{name}/acts", station, 409, **act | {"deed": "notify"})
    phone.pulls()
    assert not home(phone)["supply_stopped"]


def test_three_proved_misses_book_a_check_and_none_of_them_is_coverage(
    town: Town, clock: SetClock, phone: Handset, station: dict[str, str]
) -> None:
    for hours in (0, 5, 6):
        clock.pass_time(timedelta(hours=hours))
        phone.does("gas.visit", "gas_visits", account="BY-0000001", **MISSED)
    far = {"longitude": 113.3, "latitude": 23.1815}
    phone.does("gas.visit", "gas_visits", account="BY-0000002", **MISSED | {"position": far})
    phone.does("gas.visit", "gas_visits", account="BY-0000009", **MISSED)
    assert results(phone) == ["applied"] * 5
    assert (home(phone)["not_met"], home(phone)["booked_check"], home(phone, 2)["not_met"]) == (3, True, 0)
    assert home(phone)["unmet_notice"].startswith("BY-0000001-20260901-")
    assert (home(phone, 2)["unmet_notice"], told(town, station)) == ("", ["gas.unmet"])
    phone.does("gas.visit", "gas_visits", account="BY-0000001", **MISSED)
    assert (results(phone), told(town, station)) == (["applied"], ["gas.unmet"]), "told once"
    marks = {row["account"]: row["marks"] for row in phone.holds("gas_visits")}
    assert [marks[f"BY-000000{n}"] for n in (2, 9)] == [
        ["far_from_home", "certificate_missing"],
        ["account_unknown", "certificate_missing"],
    ]
    (street,) = town.ask("GET", f"/gas/v1/coverage?area={GRID}", station)["streets"]
    assert (street["accounts"], street["checked"], street["not_met"]) == (2, 0, 4)


def test_the_plan_goes_where_nobody_was_met_then_to_hazards_then_where_it_is_overdue_then_soon(
    town: Town, clock: SetClock, house: House, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 1)
    phone.does("gas.visit", "gas_visits", account="BY-0000002", **MISSED)
    results(phone)
    plan = town.ask("GET", "/gas/v1/plan", station)
    assert [(due["account"][-1], due["overdue"], due["not_met"]) for due in plan] == [
        ("2", True, 1),
        ("3", True, 0),
        ("1", False, 0),
    ]
    assert [due["account"][-1] for due in town.ask("GET", "/gas/v1/plan?after=1&limit=1", station)] == ["3"]
    checks(phone, 3, {"P-02": hazard(mended := new_id())})
    checks(phone, 2)
    clock.pass_time(timedelta(days=1))
    claim = {"account": "BY-0000003", "hazard": mended, "deed": "claim_fixed", "photos": [PHOTO]}
    phone.does("gas.act_on_hazard", "gas_hazard_acts", **claim)
    results(phone)
    assert tiers(town, station) == [("3", False, True), ("1", False, False), ("2", False, False)]
    clock.pass_time(timedelta(days=152))
    assert tiers(town, station)[1:] == [("1", True, False), ("2", True, False)], "five months after the last check"
    with house.db.transaction() as session:
        telling.warn_of_checks(house.ctx(session))
    phone.pulls()
    (notice,) = [row for row in phone.holds("notices") if row["code"] == "gas.checks_due"]
    assert notice["params"] == {"soon": 2, "overdue": 0}
    clock.pass_time(timedelta(days=31))
    assert [due["overdue"] for due in town.ask("GET", "/gas/v1/plan", station)] == [True] * 3


def tiers(town: Town, station: dict[str, str]) -> list[tuple[str, bool, bool]]:
    """The plan: account, whether it is due soon, whether a hazard is to be looked at again."""
    return [(due["account"][-1], due["soon"], due["revisit"]) for due in town.ask("GET", "/gas/v1/plan", station)]


def test_coverage_is_told_by_street_for_the_accounts_of_the_half_year(
    town: Town, clock: SetClock, team: str, phone: Handset, station: dict[str, str]
) -> None:
    left = [account(4, team, until_on="2026-06-30"), account(5, team, since_on="2027-01-01")]
    town.ask("POST", ACCOUNTS, station, 201, accounts=left)
    checks(phone, 1)
    checks(phone, 1)
    checks(phone, 2, kind="with_delivery", took_s=60)
    results(phone)
    told = town.ask("GET", "/gas/v1/coverage?half=2026H2", station)["streets"]
    assert [(s["area_path"], s["accounts"], s["checked"]) for s in told] == [
        ("/440111/lianhe/", 1, 0),
        ("/440111/songzhou/", 2, 1),
    ]
    assert town.ask("GET", "/gas/v1/coverage?half=2026H1", station)["streets"][1]["checked"] == 0
    planned = {due["account"][-1] for due in town.ask("GET", "/gas/v1/plan", station)}
    assert planned == {"1", "2", "3"}, "who left, and who begins next year, is not gone to"


def test_hazards_past_their_day_are_told_once_a_step(
    town: Town, clock: SetClock, house: House, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 1, {"P-02": hazard(new_id())})
    results(phone)
    told = []
    for days in (7, 1, 0, 6, 7):
        clock.pass_time(timedelta(days=days))
        with house.db.transaction() as session:
            escalating.escalate(house.ctx(session))
        phone.pulls()
        told.append(phone.holds("gas_hazards")[0]["told"])
    assert told == ["nobody", "company", "company", "street", "district"]
    (row,) = town.ask("GET", f"{HAZARDS}?overdue=true", station)["items"]
    assert len(town.ask("GET", f"{HAZARDS}/{row['id']}", station)["acts"]) == 3


def test_danger_an_overdue_hazard_and_a_refusal_reach_whoever_answers_for_them_once(
    town: Town, clock: SetClock, house: House, phone: Handset, station: dict[str, str]
) -> None:
    leader = town.as_(town.person("leader", area="/440111/")["phone"])
    street = town.as_(town.person("supervisor", area="/440111/songzhou/")["phone"])
    danger = new_id()
    checks(phone, 1, {"S-03": hazard(danger, "g0"), "P-02": hazard(new_id())})
    refused = {"kind": "periodic", "outcome": "refused", "photos": [PHOTO]}
    phone.does("gas.visit", "gas_visits", account="BY-0000002", **refused, companions=["物业"])
    phone.does("gas.visit", "gas_visits", account="BY-0000002", **refused)
    results(phone)
    mended = hazard(new_id(), "g0", fixed=True, photos=[PHOTO, OTHER])
    checks(phone, 1, {"S-03": mended, "P-02": hazard(new_id())})
    results(phone)
    assert told(town, station) == ["gas.danger_found"]
    assert told(town, street) == ["gas.check_refused"]
    for days in (8, 0, 14):
        clock.pass_time(timedelta(days=days))
        for _ in range(2):
            with house.db.transaction() as session:
                escalating.escalate(house.ctx(session))
    assert told(town, leader) == ["gas.hazard_overdue"]
    assert told(town, station) == ["gas.danger_found", "gas.hazard_overdue"]


def told(town: Town, by: dict[str, str]) -> list[str]:
    """What the inbox says of gas, oldest first."""
    notices = town.ask("GET", "/notifications/v1/notices", by)["items"]
    notices.sort(key=lambda one: one["id"])
    return [one["code"] for one in notices if one["code"].startswith("gas.")]


def test_an_unsigned_hazard_is_told_upwards_too(
    town: Town, clock: SetClock, house: House, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 1, {"P-02": hazard(new_id())}, signed_by="nobody")
    results(phone)
    assert (phone.holds("gas_hazards")[0]["state"], phone.holds("gas_hazards")[0]["due_on"]) == ("open", "2026-09-02")
    clock.pass_time(timedelta(days=2))
    with house.db.transaction() as session:
        escalating.escalate(house.ctx(session))
    phone.pulls()
    assert phone.holds("gas_hazards")[0]["told"] == "company"


def test_homes_and_hazards_are_reckoned_from_events_alone(
    town: Town, clock: SetClock, house: House, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 1, {"P-02": hazard(new_id()), "A-03": hazard(new_id(), "g3")})
    clock.pass_time(timedelta(days=9))
    checks(phone, 1, {"P-02": hazard(new_id())})
    phone.does("gas.visit", "gas_visits", account="BY-0000002", **MISSED)
    results(phone)
    kept = (phone.holds("gas_hazards"), phone.holds("gas_homes"))
    with house.db.transaction() as session:
        ctx = house.ctx(session)
        known = queries.accounts_by_code(ctx, [f"BY-{n:07d}" for n in range(4)])
        ids = [one.id for one in known.values()]
        for row in (*looking.hazards_of(ctx, ids).values(), *looking.homes_by_id(ctx, ids).values()):
            session.delete(row)
        session.flush()
        deeds.refold(ctx, known.values())
    phone.pulls()
    now = (phone.holds("gas_hazards"), phone.holds("gas_homes"))
    assert [sorted(rows, key=lambda r: r["id"]) for rows in now] == [
        sorted(rows, key=lambda r: r["id"]) for rows in kept
    ]


def test_a_visit_at_a_door_that_is_not_in_the_books_counts_once_it_is(
    town: Town, team: str, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 8, {"P-02": hazard(new_id())})
    assert (results(phone), phone.holds("gas_hazards")) == (["applied"], [])
    town.ask("POST", ACCOUNTS, station, 201, accounts=[account(8, team)])
    phone.pulls()
    assert (len(phone.holds("gas_hazards")), home(phone, 8)["due_on"]) == (1, "2027-03-01")


def test_a_version_is_published_once_and_an_older_one_is_marked(
    town: Town, phone: Handset, station: dict[str, str]
) -> None:
    example = checklist_example.example().model_dump(mode="json")
    assert town.ask("GET", "/gas/v1/checklists/example", station) == example
    town.ask("POST", "/gas/v1/checklists", station, 409, **example)
    newer = example | {"version": "2026.2", "since_on": "2026-09-01"}
    town.ask("POST", "/gas/v1/checklists", station, 201, **newer)
    checks(phone, 1)
    assert results(phone) == ["applied"]
    assert phone.holds("gas_visits")[0]["marks"] == ["checklist_old", "certificate_missing"]


def test_a_worker_sees_the_homes_of_the_team_and_none_beside(
    town: Town, clock: SetClock, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 3, {"P-02": hazard(new_id())})
    results(phone)
    stranger = another(town, clock, town.team(area=LIANHE, name="联和"))
    stranger.pulls()
    assert (stranger.holds("gas_visits"), stranger.holds("gas_hazards"), stranger.holds("gas_homes")) == ([], [], [])
    mine = town.ask("GET", "/gas/v1/visits", phone.headers)["items"]
    assert (len(mine), town.ask("GET", "/gas/v1/visits", stranger.headers)["items"]) == (1, [])
    (row,) = town.ask("GET", HAZARDS, station)["items"]
    town.ask("GET", f"{HAZARDS}/{row['id']}", phone.headers, 404)


def test_a_hazard_id_of_another_account_is_refused_and_nothing_else_is_lost(
    town: Town, phone: Handset, station: dict[str, str]
) -> None:
    name = new_id()
    checks(phone, 1, {"P-02": hazard(name)})
    checks(phone, 2, {"P-02": hazard(name)})
    checks(phone, 2, {"P-02": hazard(new_id())})
    assert results(phone) == ["applied", "gas.hazard_taken", "applied"]
    other = new_id()
    checks(phone, 9, {"P-03": hazard(other)})
    checks(phone, 2, {"P-03": hazard(other)})
    assert results(phone) == ["applied", "applied"]
    town.ask("POST", ACCOUNTS, station, 201, accounts=[account(9, town.team(name="另一气站"))])
    found = [row["account"] for row in phone.holds("gas_hazards") if row["id"] == other]
    assert found == ["BY-0000002"], "who was known first keeps the id"
