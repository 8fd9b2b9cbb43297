"""Cylinders and accounts from spreadsheets: good lines are taken, every bad one is told, twice changes nothing."""

import csv
import io
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
import xlsxwriter

from backend.gas import queries
from backend.gas.actions import importing
from backend.gas.actions.imports import Report, import_accounts, import_cylinders, read_lines
from backend.kernel.context import Ctx
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.modules import MODULES
from backend.worker import Worker, drain
from mobile_contract.gas import IdentityProof, Place
from tests.api.people.conftest import GRID, Town

CYLINDERS = """气瓶码,钢印号,产权单位,规格,制造日期
1440012260000001,0001,白云燃气,YSP35.5,2024-03-15
1440012260000002,0002,白云燃气,YSP35.5,2024年03月
1440012260000003,0003,白云燃气,YSP99,2024/3/15
144001226000000X,0004,白云燃气,YSP35.5,2024-03-15
1440012260000001,0005,白云燃气,YSP35.5,2024-03-15
1440012260000006,0006,白云燃气,YSP35.5,不详

1440012260000007,0007,白云燃气,YSP35.5,2031-01-01
1440012260000008,0008,白云燃气,YSP118,2024-03-15
"""


@pytest.fixture
def station(town: Town) -> dict[str, str]:
    return town.as_(town.person("station_operator", area="/440111/")["phone"])


def told(report: Report) -> list[tuple[int, str, str]]:
    return sorted((bad.number, bad.column, bad.code) for bad in report.bad)


def test_every_bad_line_is_told_with_its_column_and_the_others_are_taken(town: Town, writing: Ctx) -> None:
    lines = list(read_lines("cylinders", "瓶.csv", CYLINDERS.encode("gb18030")))
    report = Report()
    import_cylinders(writing, lines, report, GRID)
    assert (report.taken, report.unchanged) == (3, 0)
    assert told(report) == [
        (4, "spec", "gas.spec_unknown"),
        (5, "code", "gas.code_invalid"),
        (6, "code", "gas.line_twice"),
        (7, "made_on", "gas.cell_invalid"),
        (9, "made_on", "gas.dates_impossible"),
    ]
    again = Report()
    import_cylinders(writing, lines, again, GRID)
    assert (again.taken, again.unchanged, told(again)) == (0, 3, told(report))
    other = Report()
    import_cylinders(writing, [type(lines[0])(2, {**lines[0].cells, "serial": "9999"})], other, GRID)
    assert told(other) == [(2, "code", "gas.code_taken")]


def test_cylinders_come_with_their_papers_and_their_stamp(town: Town, writing: Ctx) -> None:
    head, first, second, *_ = CYLINDERS.splitlines()
    third, fourth = (f"144001226000001{n},001{n},白云燃气,YSP35.5,2024-03-15" for n in (1, 2))
    content = f"""{head},使用登记证编号,使用登记代码,制造单位代号,皮重
{first},QP02001,132020000001,AG,16.52
{second},QP02001,132020000001,AG,16.5kg
{third},QP02001,132020000003,AG,16500
{fourth},QP02001,{"1" * 65},AG,
"""
    report = Report()
    import_cylinders(writing, list(read_lines("cylinders", "瓶.csv", content.encode())), report, GRID)
    assert (report.taken, told(report)) == (
        1,
        [
            (3, "registration_code", "gas.registration_code_taken"),
            (4, "stamped_tare_g", "gas.cell_invalid"),
            (5, "registration_code", "gas.cell_invalid"),
        ],
    )
    (kept,) = queries.cylinders_by_key(writing, ["1440012260000001"]).values()
    assert (kept.certificate_no, kept.registration_code, kept.maker_code) == ("QP02001", "132020000001", "AG")
    assert kept.stamped_tare_g == 16_520
    again = Report()
    for tare in ("16.52", "16.6"):
        english = f"code,serial,owner,spec,made_on,registration_code,tare_kg\n{first},132020000001,{tare}\n{third},,\n"
        import_cylinders(writing, list(read_lines("cylinders", "瓶.csv", english.encode())), again, GRID)
        again.seen.clear()
    assert (again.taken, again.unchanged, told(again)) == (1, 2, [(2, "code", "gas.code_taken")])
    later = Report()
    fuller = f"{head},使用登记证编号,使用登记代码\n{third},QP02001,132020000003\n{first},,132020000003\n"
    import_cylinders(writing, list(read_lines("cylinders", "瓶.csv", fuller.encode())), later, GRID)
    assert (later.taken, told(later)) == (1, [(3, "code", "gas.code_taken")])
    (kept,) = queries.cylinders_by_key(writing, ["1440012260000011"]).values()
    assert (kept.certificate_no, kept.registration_code) == ("QP02001", "132020000003"), "what was not known is entered"
    (entered,) = queries.chain(writing, kept.id).links
    assert entered.scan.step == "enter_papers"


def test_accounts_come_from_a_workbook(town: Town, writing: Ctx) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["用户编号", "姓名", "地址", "电话", "经度", "纬度", "用户性质", "区域"])
        sheet.write_row(1, 0, ["BY-0000001", "陈女士", "松洲路 1 号", 13900000001, 113.27, 23.18, "居民", ""])
        sheet.write_row(2, 0, ["BY-0000002", "李记餐馆", "松洲路 2 号", "", "", "", "餐饮", "/440111/nowhere/"])
        sheet.write_row(3, 0, ["by 3", "王", "松洲路 3 号"])
    report = Report()
    import_accounts(writing, list(read_lines("accounts", "户.xlsx", out.getvalue())), report, GRID)
    assert (report.taken, told(report)) == (1, [(3, "area_path", "gas.area_unknown"), (4, "code", "gas.cell_invalid")])
    assert "不" in report.bad[0].zh or "有误" in report.bad[0].zh


def test_customers_come_with_their_proof_and_the_cylinders_they_have(town: Town, writing: Ctx) -> None:
    homes = "用户编号,姓名,地址,实名方式,实名日期\nBY-1,陈女士,松洲路 1 号,身份证,2026-03-01\n".encode()
    import_accounts(writing, list(read_lines("accounts", "户.csv", homes)), Report(), GRID)
    head, *rest = CYLINDERS.splitlines()
    held = f"{head},所在用户\n{rest[0]},BY-1\n{rest[1]},BY-9\n".encode()
    report = Report()
    import_cylinders(writing, list(read_lines("cylinders", "瓶.csv", held)), report, GRID)
    assert (report.taken, told(report)) == (1, [(3, "account", "gas.account_unknown")])
    (account,) = queries.accounts(writing, None, None, None, 10).items
    view = queries.account(writing, account.id)
    assert (view.identity, view.identity_on) == (IdentityProof.id_seen, date(2026, 3, 1))
    assert [(one.place, one.holder_id) for one in view.cylinders] == [(Place.at_customer, "BY-1")]


# -- over HTTP, taken in behind --------------------------------------------------------------------------------------


def sent(town: Town, station: dict[str, str], content: bytes, what: str = "cylinders", name: str = "瓶.csv") -> str:
    """A file sent in two parts, the second first, and one of them twice; gives the import's id."""
    ask = {"id": new_id(), "what": what, "name": name, "area_path": GRID}
    path = f"/gas/v1/imports/{ask['id']}"
    for _ in range(2):
        assert town.ask("POST", "/gas/v1/imports", station, 201, **ask)["state"] == "receiving"
    half = len(content) // 2
    for number, part in ((2, content[half:]), (1, b"noise"), (1, content[:half])):
        put = town.client.put(f"{path}/parts/{number}", content=part, headers=station)
        assert put.status_code == 200, put.text
    return str(ask["id"])


def starts(town: Town, station: dict[str, str], made: str, content: bytes, status: int = 200) -> Any:
    said = {"parts": 2, "sha256": sha256(content).hexdigest()}
    return town.ask("POST", f"/gas/v1/imports/{made}/start", station, status, **said)


def test_a_file_sent_in_parts_is_taken_in_behind_and_every_bad_line_is_a_download(
    town: Town, house: House, station: dict[str, str]
) -> None:
    content = CYLINDERS.encode("gb18030")
    made = sent(town, station, content)
    assert starts(town, station, made, b"another", 409)["params"]["missing"] == "sha256"
    assert starts(town, station, made, content)["state"] == "reading"
    late = town.client.put(f"/gas/v1/imports/{made}/parts/1", content=b"x", headers=station)
    assert late.json()["code"] == "gas.import_started"
    drain(house, MODULES)
    done = town.ask("GET", f"/gas/v1/imports/{made}", station)
    assert [done[name] for name in ("state", "lines", "lines_done", "taken", "bad")] == ["done", 8, 8, 3, 5]
    told = town.client.get(f"/gas/v1/imports/{made}/bad-lines.csv", headers=station).text.removeprefix("\ufeff")
    lines = list(csv.DictReader(told.splitlines()))
    assert [(line["line"], line["column"]) for line in lines] == [
        ("4", "spec"),
        ("5", "code"),
        ("6", "code"),
        ("7", "made_on"),
        ("9", "made_on"),
    ]
    assert starts(town, station, made, content)["state"] == "done", "started once"


def test_a_killed_import_goes_on_where_it_stood_and_takes_nothing_twice(
    town: Town, house: House, station: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies in a turn leaves nothing of that turn; its job is due again when its lease has lapsed."""
    monkeypatch.setattr(importing, "LINES_PER_TURN", 2)
    rows = "".join(f"BY-{n:03d},用户{n},松洲路{n}号\n" for n in range(7))
    content = f"用户编号,姓名,地址\n{rows}BY-001,再来,一遍\n".encode()
    made = sent(town, station, content, "accounts", "户.csv")
    starts(town, station, made, content)
    worker = Worker(house, MODULES)
    with worker.named():
        for _ in range(3):
            for job in worker.claim():
                worker.work(job)
        half = town.ask("GET", f"/gas/v1/imports/{made}", station)
        assert (half["state"], half["lines_done"]) == ("taking", 4)
        (held,) = worker.claim()
        with house.db.transaction() as session:
            importing.take_turn(house.ctx(session), made, held.args["turn"])
            session.rollback()
    assert town.ask("GET", f"/gas/v1/imports/{made}", station)["lines_done"] == 4
    drain(house, MODULES)
    done = town.ask("GET", f"/gas/v1/imports/{made}", station)
    assert [done[name] for name in ("state", "lines_done", "taken", "bad")] == ["done", 8, 7, 1]
    told = town.client.get(f"/gas/v1/imports/{made}/bad-lines.csv", headers=station).text
    assert "gas.line_twice" in told, "also across turns"
    assert len(town.ask("GET", "/gas/v1/accounts", station)["items"]) == 7


def test_a_running_import_is_cancelled_and_keeps_what_it_took(
    town: Town, house: House, station: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "LINES_PER_TURN", 2)
    rows = "".join(f"BY-{n:03d},用户{n},松洲路{n}号\n" for n in range(7))
    content = f"用户编号,姓名,地址\n{rows}".encode()
    made = sent(town, station, content, "accounts", "户.csv")
    starts(town, station, made, content)
    worker, path = Worker(house, MODULES), f"/gas/v1/imports/{made}"
    with worker.named():
        for _ in range(2):
            for job in worker.claim():
                worker.work(job)
    for _ in range(2):
        stopped = town.ask("POST", f"{path}/cancel", station)
        assert [stopped[name] for name in ("state", "lines_done", "taken")] == ["cancelled", 2, 2]
    drain(house, MODULES)
    assert town.ask("GET", path, station) == stopped, "the turn that was wished already takes nothing"
    assert len(town.ask("GET", "/gas/v1/accounts", station)["items"]) == 2
    again = sent(town, station, content, "accounts", "户.csv")
    starts(town, station, again, content)
    drain(house, MODULES)
    done = town.ask("GET", f"/gas/v1/imports/{again}", station)
    assert [done[name] for name in ("state", "taken", "unchanged")] == ["done", 5, 2]
    late = town.ask("POST", f"/gas/v1/imports/{again}/cancel", station, 409)
    assert late["code"] == "gas.import_ended"
    town.ask("POST", f"/gas/v1/imports/{new_id()}/cancel", station, 404)


def test_a_file_that_is_none_fails_with_its_reason(town: Town, house: House, station: dict[str, str]) -> None:
    content = "甲,乙\n1,2\n".encode()
    made = sent(town, station, content)
    starts(town, station, made, content)
    drain(house, MODULES)
    failed = town.ask("GET", f"/gas/v1/imports/{made}", station)
    assert (failed["state"], failed["why"]) == (
        "failed",
        {"code": "gas.column_missing", "params": {"column": "code", "column_zh": "气瓶码"}},
    )
    assert [one["id"] for one in town.ask("GET", "/gas/v1/imports", station)["items"]] == [made]
