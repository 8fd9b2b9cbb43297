"""Reports as spreadsheets: what stands, nothing that people wrote becomes a formula, who took one is written down."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from backend.gas.actions import escalating
from backend.gas.queries.reports import ROWS_A_STEP
from backend.kernel.audit import AuditEntry
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.kernel.settings import Settings
from backend.people.spreadsheets import sheet_rows
from mobile_contract import checklist_example
from mobile_contract.gas_reports import ReportKind
from tests.api.gas.test_homes import MISSED, account, another, checks, hazard, results
from tests.api.people.conftest import GRID, LIANHE, Town
from tests.api.workorders.crew import Handset
from tests.shell import typed

REPORTS = "/gas/v1/reports"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access_token_s": 90 * 86_400})


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


@pytest.fixture
def phone(town: Town, clock: SetClock, station: dict[str, str]) -> Handset:
    team = town.team(name="气站")
    town.ask("POST", "/gas/v1/checklists", station, 201, **checklist_example.example().model_dump(mode="json"))
    homes = [
        account(1, team, name="=HYPERLINK(1)"),
        account(2, team),
        account(3, team, area_path=LIANHE, until_on="2026-08-31"),
    ]
    town.ask("POST", "/gas/v1/accounts", station, 201, accounts=homes)
    return another(town, clock, team)


def taken(town: Town, by: dict[str, str], kind: str, language: str = "en", **more: Any) -> list[dict[str, str]]:
    """The lines of a report as CSV, by heading."""
    headers = by | {"accept-language": language}
    answer = town.client.post(REPORTS, headers=headers, json={"kind": kind, "form": "csv", **more})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def pages(town: Town, by: dict[str, str], what: str) -> list[dict[str, Any]]:
    """All lines of a sum, a line a page."""
    found, following = [], ""
    while following is not None:
        page = town.ask("GET", f"/gas/v1/sums/{what}?limit=1" + (f"&cursor={following}" if following else ""), by)
        found += page["items"]
        following = page["next"]
    return found


def cylinder(number: int, **more: Any) -> dict[str, Any]:
    named = {"code": f"144001226000{number:04d}", "serial": f"{number:04d}", "owner": "白云燃气", "spec": "YSP35.5"}
    return named | {"made_on": "2024-03-15", "area_path": GRID} | more


def test_homes_past_their_day_and_the_coverage_of_their_streets(
    town: Town, house: House, phone: Handset, station: dict[str, str]
) -> None:
    checks(phone, 2)
    phone.does("gas.visit", "gas_visits", account="BY-0000001", **MISSED)
    results(phone)
    (street,) = taken(town, station, "coverage", area=GRID)
    told = [street[name] for name in ("accounts", "checked", "coverage (%)", "nobody met")]
    assert told == ["2", "1", "50.0", "1"]
    many = [account(number, "", team_id=None, area_path=LIANHE) for number in range(1_000, 1_500)]
    town.ask("POST", "/gas/v1/accounts", station, 201, accounts=many)
    assert len(taken(town, station, "overdue", area="/440111/")) > ROWS_A_STEP
    (line,) = taken(town, station, "overdue", "zh", area=GRID)
    told = [line[name] for name in ("用户编号", "户名", "逾期天数", "到访不遇次数")]
    assert told == ["BY-0000001", "'=HYPERLINK(1)", "", "1"]
    with house.db.reading() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.deed == "gas.report_taken")).all()
    assert [entry.subject for entry in entries][1:] == ["gas_report:overdue"] * 2, "who took which, each time"


def test_hazards_are_told_by_line_and_by_age(
    town: Town, clock: SetClock, house: House, phone: Handset, station: dict[str, str]
) -> None:
    old, young = new_id(), new_id()
    checks(phone, 1, {"P-02": hazard(old)})
    results(phone)
    clock.pass_time(timedelta(days=12))
    checks(phone, 2, {"P-02": hazard(young), "A-03": hazard(new_id(), "g3")})
    results(phone)
    with house.db.transaction() as session:
        escalating.escalate(house.ctx(session))
    first, *_ = taken(town, station, "hazards")
    told = [first[name] for name in ("item", "grade", "state", "age in days", "days overdue", "told to", "deadline")]
    assert told == ["P-02", "g1", "notified", "12", "5", "company", "2026-09-08"]
    serious, advice = taken(town, station, "hazard_ages")
    assert [serious[name] for name in ("item", "grade", "up to 7 days", "8 to 30 days", "all", "of these overdue")] == [
        "P-02", "g1", "1", "1", "2", "1",
    ]  # fmt: skip
    assert (advice["item"], advice["all"], advice["of these overdue"]) == ("A-03", "1", "0")
    summed = pages(town, station, "hazards")
    assert [
        (one["item"], one["grade"], one["days_7"], one["days_30"], one["total"], one["overdue"]) for one in summed
    ] == [
        ("P-02", "g1", 1, 1, 2, 1),
        ("A-03", "g3", 1, 0, 1, 0),
    ]
    assert summed[0]["en"] == "Hose aged, cracked or gnawed"
    town.ask("GET", "/gas/v1/sums/hazards", phone.headers, 403)


def test_cylinders_are_told_by_place_and_due_date(town: Town, station: dict[str, str]) -> None:
    stock = [
        cylinder(1, full=True),
        cylinder(2),
        cylinder(3, made_on="2022-09-15"),
        cylinder(4, made_on="2022-08-15", certificate_no="QP02001", maker_code="AG", stamped_tare_g=16_500),
        cylinder(5, made_on="2022-11-15", full=True),
    ]
    town.ask("POST", "/gas/v1/cylinders", station, 201, cylinders=stock)
    full, empty = taken(town, station, "cylinder_dues")
    bands = ("past", "due within 30 days", "31 to 90 days", "91 to 365 days", "over a year", "all")
    assert [full[name] for name in ("place", *bands)] == ["full at station", "0", "0", "1", "0", "1", "2"]
    assert [empty[name] for name in bands] == ["1", "1", "0", "0", "1", "3"]
    summed = pages(town, station, "cylinders")
    told = [
        [one[name] for name in ("place", "past", "days_30", "days_90", "later", "unknown", "total")] for one in summed
    ]
    assert told == [["full_at_station", 0, 0, 1, 1, 0, 2], ["registered", 1, 1, 0, 1, 0, 3]]
    due = taken(town, station, "cylinders", due_before_on="2026-10-01")
    told = [(line["serial"], line["next inspection"]) for line in due]
    assert told == [("0004", "2026-08-31"), ("0003", "2026-09-30")]
    papers = [[line[name] for name in ("certificate", "registration code", "maker", "tare (kg)")] for line in due]
    assert papers == [["QP02001", "", "AG", "16.5"], ["", "", "", ""]]


@pytest.mark.parametrize("kind", [kind for kind in ReportKind if kind is not ReportKind.campaign])
def test_every_report_is_also_a_workbook(town: Town, phone: Handset, station: dict[str, str], kind: ReportKind) -> None:
    answer = town.client.post(REPORTS, headers=station, json={"kind": kind})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert zipfile.is_zipfile(io.BytesIO(answer.content))
    assert len(next(iter(sheet_rows("a.xlsx", answer.content)))[1]) > 5


def test_only_who_manages_gas_takes_a_report_and_only_of_what_is_in_sight(
    town: Town, phone: Handset, station: dict[str, str]
) -> None:
    assert town.ask("POST", REPORTS, phone.headers, 403, kind="overdue")["code"] == "auth.not_allowed"
    elsewhere = town.as_(town.person("station_operator", area=LIANHE)["phone"])
    assert (len(taken(town, station, "overdue")), taken(town, elsewhere, "overdue")) == (2, [])
    town.ask("POST", REPORTS, station, 422, kind="nobody")


def test_the_shell_writes_a_report(tmp_path: Path, migrated_sqlite: Path) -> None:
    (tmp_path / "gridcrew.db").write_bytes(migrated_sqlite.read_bytes())
    typed(tmp_path, "gas", "report", "cylinder_dues", str(tmp_path / "dues.csv"))
    assert (tmp_path / "dues.csv").read_text("utf-8-sig").startswith(("place,spec,past", "位置,规格,已超期"))
    assert not list(tmp_path.glob("*.part"))
    typed(tmp_path, "gas", "report", "nothing", str(tmp_path / "dues.csv"), code=2)
