"""Campaigns: many sites, joint teams, progress that follows from visits alone."""

from datetime import timedelta
from typing import Any

import pytest

from backend.gas.actions.campaigns import refold_sites
from backend.gas.events import HomesReckoned
from backend.gas.queries import campaigns as queries
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from mobile_contract import checklist_example
from tests.api.gas.test_homes import MISSED, VERSION, account, another, checks, hazard, results
from tests.api.gas.test_reports import taken
from tests.api.people.conftest import GRID, LIANHE, Town
from tests.api.workorders.crew import Handset

CAMPAIGNS = "/gas/v1/campaigns"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access_token_s": 90 * 86_400})


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


@pytest.fixture
def team(town: Town, station: dict[str, str]) -> str:
    made = town.team(name="气站")
    town.ask("POST", "/gas/v1/checklists", station, 201, **checklist_example.example().model_dump(mode="json"))
    homes = [
        account(1, made, nature="shop"),
        account(2, made, nature="shop"),
        account(3, made),
        account(4, made, area_path=LIANHE, nature="shop"),
    ]
    town.ask("POST", "/gas/v1/accounts", station, 201, accounts=homes)
    return made


def campaign(town: Town, station: dict[str, str], status: int = 201, **more: Any) -> Any:
    said = {"id": new_id(), "title": "餐饮场所专项", "checklist": VERSION, "area_path": "/440111/"}
    days = {"first_on": "2026-09-01", "last_on": "2026-09-30"}
    return town.ask("POST", CAMPAIGNS, station, status, **said | days | more)


def test_shops_of_a_street_are_checked_by_joint_teams_and_the_desk_sees_how_far_they_are(
    town: Town, clock: SetClock, house: House, team: str, station: dict[str, str]
) -> None:
    made = campaign(town, station, companions_min=1)["id"]
    path, other = f"{CAMPAIGNS}/{made}", town.team(area=LIANHE, name="联和一班")
    both = {"team_ids": [team, other], "units": ["市监局"]}
    asked = {"wanted": {"area": "/440111/songzhou/", "nature": "shop"}} | both
    assert town.ask("POST", f"{path}/sites", station, 201, **asked) == {"added": 2, "known": 0, "unknown": []}
    listed = {"accounts": ["BY-0000002", "BY-0000004", "BY-0009999"]} | both
    assert town.ask("POST", f"{path}/sites", station, 201, **listed) == {
        "added": 1,
        "known": 1,
        "unknown": ["BY-0009999"],
    }
    near, far = another(town, clock, team), another(town, clock, other)
    assert [len(phone.holds("gas_campaign_sites")) for phone in (near, far)] == [3, 3]
    assert far.holds("gas_campaigns")[0]["companions_min"] == 1
    _, named = far.pulls(), {"campaign": made, "kind": "campaign"}
    name = new_id()
    checks(near, 1, {"P-02": hazard(name)}, companions=["市监局"], **named)
    checks(near, 2, **named)
    assert results(near) == ["applied", "applied"]
    near.does("gas.visit", "gas_visits", account="BY-0000004", **MISSED | named)
    results(near)
    assert states(far) == {"BY-0000001": "checked", "BY-0000002": "tried", "BY-0000004": "tried"}
    clock.pass_time(timedelta(days=1))
    successor = new_id()
    checks(near, 1, {"P-02": hazard(successor)})
    results(near)
    assert states(far)["BY-0000001"] == "checked"
    checks(near, 1)
    results(near)
    view = town.ask("GET", path, station)
    assert (view["sites"], view["hazards_found"], view["hazards_open"]) == (
        {"todo": 0, "tried": 2, "checked": 0, "cleared": 1},
        1,
        0,
    )
    assert [street["area_path"] for street in view["streets"]] == ["/440111/lianhe/", "/440111/songzhou/"]
    forgotten_and_reckoned_anew(town, house, station, made)
    lines = taken(town, station, "campaign", campaign=made)
    assert [(line["account"][-1], line["state"], line["teams"], line["units"]) for line in lines] == [
        ("4", "tried", "气站, 联和一班", "市监局"),
        ("1", "cleared", "气站, 联和一班", "市监局"),
        ("2", "tried", "气站, 联和一班", "市监局"),
    ]


def test_sites_come_from_a_file_and_every_bad_line_is_told(town: Town, team: str, station: dict[str, str]) -> None:
    made, other = campaign(town, station)["id"], town.team(area=LIANHE, name="联和一班")
    content = f"""用户编号,户名,班组,联合单位
BY-0000001,陈记,气站、{other},市监局；消防
BY-0009999,无,气站,
BY-0000002,李记,不存在的班组,
BY-0000003,王,,
by 3,王,气站,
BY-0000001,陈记,气站,
BY-0000004,联和餐馆,联和一班,
"""

    def sent(campaign_id: str = made, text: str = content, **more: Any) -> Any:
        path = f"{CAMPAIGNS}/{campaign_id}/sites/import"
        return town.client.post(path, content=text.encode("gb18030"), headers=station, params={"name": "a.csv"} | more)

    told = [
        (3, "account", "gas.account_unknown"),
        (4, "teams", "gas.team_unknown"),
        (5, "teams", "gas.cell_invalid"),
        (6, "account", "gas.cell_invalid"),
        (7, "account", "gas.line_twice"),
    ]
    for counts, more in (((2, 0), {"dry_run": True}), ((2, 0), {}), ((0, 2), {})):
        came = sent(**more).json()
        assert (came["added"], came["known"]) == counts
        assert [(bad["line"], bad["column"], bad["code"]) for bad in came["faults"]] == told
    sites = town.ask("GET", f"{CAMPAIGNS}/{made}/sites", station)["items"]
    assert sorted((site["account"], site["team_ids"], site["units"]) for site in sites) == [
        ("BY-0000001", [team, other], ["市监局", "消防"]),
        ("BY-0000004", [other], []),
    ]
    assert sent(text="户名\n陈记\n").json()["code"] == "gas.column_missing"
    assert sent(new_id()).json()["code"] == "gas.campaign_unknown"


def states(phone: Handset) -> dict[str, str]:
    phone.pulls()
    return {row["account"]: row["state"] for row in phone.holds("gas_campaign_sites")}


def forgotten_and_reckoned_anew(town: Town, house: House, station: dict[str, str], made: str) -> None:
    """Every site follows from its visits and hazards alone."""
    before = town.ask("GET", f"{CAMPAIGNS}/{made}/sites", station)["items"]
    with house.db.transaction() as session:
        ctx = house.ctx(session)
        ids = [site["account_id"] for site in before]
        for site, _ in queries.sites_at(ctx, ids):
            site.state, site.visits, site.last_outcome, site.last_at = "todo", 0, None, None
            site.checked_at, site.hazards_found, site.hazards_open = None, 7, 7
        session.flush()
        refold_sites(ctx, HomesReckoned(tuple(ids)))
    assert town.ask("GET", f"{CAMPAIGNS}/{made}/sites", station)["items"] == before


def test_a_site_is_given_to_another_team_and_leaves_the_phones_of_the_first(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    made = campaign(town, station)["id"]
    path, other = f"{CAMPAIGNS}/{made}", town.team(name="二班")
    town.ask("POST", f"{path}/sites", station, 201, accounts=["BY-0000003"], team_ids=[team])
    first, second = another(town, clock, team), another(town, clock, other)
    (site,) = first.holds("gas_campaign_sites")
    town.ask("POST", f"{path}/assign", station, 200, site_ids=[site["id"]], team_ids=[other])
    first.pulls()
    second.pulls()
    assert (first.holds("gas_campaign_sites"), len(second.holds("gas_campaign_sites"))) == ([], 1)
    unknown = town.ask("POST", f"{path}/assign", station, 422, site_ids=[site["id"]], team_ids=[new_id()])
    assert unknown["code"] == "gas.team_unknown"


def test_visits_that_come_before_the_desk_or_after_the_close_are_reckoned(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    phone, name = another(town, clock, team), new_id()
    checks(phone, 1, campaign=name, kind="campaign")
    results(phone)
    campaign(town, station, id=name)
    assert campaign(town, station, id=name)["id"] == name
    assert campaign(town, station, 409, id=name, title="其他")["code"] == "gas.campaign_exists"
    town.ask("POST", f"{CAMPAIGNS}/{name}/sites", station, 201, accounts=["BY-0000001", "BY-0000002"], team_ids=[team])
    assert town.ask("GET", f"{CAMPAIGNS}/{name}/sites?state=cleared", station)["items"][0]["account"] == "BY-0000001"
    checks(phone, 2, campaign=name, kind="campaign")
    closed = town.ask("POST", f"{CAMPAIGNS}/{name}/close", station, 200, note="已完成")
    assert (closed["closed_note"], closed["closed_at"] is not None) == ("已完成", True)
    results(phone)
    assert town.ask("GET", f"{CAMPAIGNS}/{name}", station)["sites"]["cleared"] == 2
    again = town.ask("POST", f"{CAMPAIGNS}/{name}/close", station, 409)
    added = town.ask("POST", f"{CAMPAIGNS}/{name}/sites", station, 409, accounts=["BY-0000003"], team_ids=[team])
    assert (again["code"], added["code"]) == ("gas.campaign_closed", "gas.campaign_closed")


def test_a_campaign_needs_a_checklist_and_days_in_order_and_whoever_manages_gas(
    town: Town, clock: SetClock, team: str, station: dict[str, str]
) -> None:
    assert campaign(town, station, 404, checklist="nobody-knows")["code"] == "gas.checklist_unknown"
    assert campaign(town, station, 422, last_on="2026-08-31")["code"] == "gas.campaign_impossible"
    assert campaign(town, another(town, clock, team).headers, 403)["code"] == "auth.not_allowed"
    elsewhere = town.as_(town.person("station_operator", area=LIANHE)["phone"])
    made = campaign(town, station, area_path=GRID)["id"]
    town.ask("GET", f"{CAMPAIGNS}/{made}", elsewhere, 404)
