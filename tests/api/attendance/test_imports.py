"""Leave and trips from a spreadsheet: good lines are taken, every bad line is told, a second time changes nothing."""

import io
from datetime import datetime
from typing import Any

import pytest
import xlsxwriter

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from tests.api.attendance.world import API, TUESDAY, World
from tests.api.people.conftest import LIANHE, SONGZHOU, Town


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    made.town.tokens.clear()
    made.desk()
    return made


def sends(world: World, by: dict[str, str], content: bytes, name: str, **more: Any) -> Any:
    headers = by | {"Content-Type": "application/octet-stream"}
    path = f"{API}/absences/import?name={name}" + "".join(f"&{key}={value}" for key, value in more.items())
    return world.town.client.post(path, headers=headers, content=content).json()


def test_leave_and_trips_in_excel_are_taken_but_for_the_bad_lines(world: World) -> None:
    one, two, far = world.worker(), world.worker(), world.town.person("crew", area=LIANHE)
    street = world.town.person("supervisor", area=SONGZHOU)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "手机号", "类型", "开始时间", "结束时间", "备注"])
        for row, line in enumerate(
            [
                ("甲", int(one["phone"]), "年假", TUESDAY, TUESDAY, "回乡"),
                ("乙", two["phone"], "公出", datetime(2026, 9, 8, 9, 30), "2026/9/8 11:00", ""),  # noqa: DTZ001
                ("甲", one["phone"], "病假", "2026-09-08 10:00", "2026-09-09", ""),
                ("甲", one["phone"], "旅游", TUESDAY, TUESDAY, ""),
                ("乙", two["phone"], "leave", "8 日", TUESDAY, ""),
                ("乙", two["phone"], "leave", "2026-09-10", "2026-09-09 25:00", ""),
                ("乙", two["phone"], "leave", "2026-09-10", "2026-09-08", ""),
                ("丙", far["phone"], "leave", TUESDAY, TUESDAY, ""),
                ("丁", "", "leave", TUESDAY, TUESDAY, ""),
                ("主管", street["phone"], "leave", TUESDAY, TUESDAY, ""),
            ],
            1,
        ):
            for column, value in enumerate(line):
                sheet.write(row, column, value, dated if isinstance(value, datetime) else None)
    by = world.as_(street)
    tried = sends(world, by, content.getvalue(), "请假.xlsx", dry_run="true")
    assert world.town.ask("GET", f"{API}/absences", by)["items"] == []
    report = sends(world, by, content.getvalue(), "请假.xlsx")
    assert report == tried
    assert (report["added"], [(f["line"], f["column"], f["code"]) for f in report["faults"]]) == (
        2,
        [
            (4, "until", "attendance.absence_clash"),
            (5, "kind", "attendance.line_invalid"),
            (6, "since", "attendance.line_invalid"),
            (7, "until", "attendance.line_invalid"),
            (8, "until", "attendance.period_invalid"),
            (9, "phone", "attendance.person_unknown"),
            (10, "phone", "people.phone_invalid"),
            (11, "until", "attendance.own_request"),
        ],
    )
    kept = {a["person_id"]: a for a in world.town.ask("GET", f"{API}/absences", by)["items"]}
    whole, hours = kept[one["id"]], kept[two["id"]]
    assert (whole["kind"], whole["since_at"], whole["until_at"], whole["note"]) == (
        "leave",
        "2026-09-07T16:00:00Z",
        "2026-09-08T16:00:00Z",
        "年假 回乡",
    )
    assert (hours["kind"], hours["since_at"], hours["until_at"]) == (
        "trip",
        "2026-09-08T01:30:00Z",
        "2026-09-08T03:00:00Z",
    )
    again = sends(world, by, content.getvalue(), "请假.xlsx")
    assert (again["added"], again["unchanged"]) == (0, 2)


def test_imported_leave_excuses_its_day(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    text = f"手机号,类型,开始,结束\n{phone.person['phone']},病假,{TUESDAY},{TUESDAY}\n"
    assert sends(world, world.desk(), text.encode("gb18030"), "leave.csv")["added"] == 1
    world.until(13.5)
    phone.pushes()
    assert (world.day(phone.person_id)["word"], world.day(phone.person_id)["leave_min"]) == ("excused", 240)


def test_what_is_no_list_of_leave_is_refused_as_a_whole(world: World) -> None:
    desk = world.desk()
    assert sends(world, desk, b"phone,kind,since\n1,2,3\n", "a.csv")["code"] == "attendance.column_missing"
    assert sends(world, desk, b"\n\n", "a.csv")["code"] == "attendance.column_missing"
    assert sends(world, desk, b"PK\x03\x04", "a.xlsx")["code"] == "people.file_unreadable"
    long = "phone,kind,since,until\n" + "1,leave,2026-09-01,2026-09-01\n" * 2_001
    assert sends(world, desk, long.encode(), "a.csv")["code"] == "attendance.import_too_long"
    worker = world.as_(world.worker())
    assert sends(world, worker, b"phone,kind,since,until\n", "a.csv")["code"] == "auth.not_allowed"
