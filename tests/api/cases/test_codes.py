"""Code tables: taken in whole from a file, referred to by version, and what they decide: conditions, limits, units."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.cases.actions import EXAMPLE, EXAMPLE_FILE
from tests.api.cases.loop import CASES, SPOT, Loop, photo
from tests.makers import GRID, SONGZHOU

IMPORT = "/cases/v1/code-tables/import"
TABLES = "/cases/v1/code-tables"
LINES = [
    {"kind": "事件", "big": "1", "small": "02", "big_name": "市容环境", "name": "暴露垃圾"}
    | {"self_disposable": "是", "conditions": "垃圾未入箱；位于公共区域", "limits": "A: 2 工作时; 8 工作时"},
    {
        "kind": "event",
        "big": "04",
        "small": "03",
        "big_name": "突发事件",
        "name": "燃气管道破裂",
        "limits": "2 紧急工作时",
    },
    {"kind": "event", "big": "05", "small": "04", "big_name": "街面秩序", "name": "店外经营", "same_time_of_day": "是"},
]
TICKED = ["垃圾未入箱", "位于公共区域"]


def take(
    loop: Loop, lines: Any = LINES, name: str = "c.json", by: str = "admin", expect: int = 200, **more: Any
) -> Any:
    """A file is taken in; gives the answer."""
    content = lines if isinstance(lines, bytes) else json.dumps(lines).encode()
    named = {
        "standard": "local",
        "version": "1",
        "jurisdiction": "440111",
        "certainty": "invented",
        "name": name,
    } | more
    desk = loop.crews.desk(by)
    headers = {**desk.headers, "Content-Type": "application/octet-stream"}
    answer = loop.crews.client.post(IMPORT, params=named, content=content, headers=headers)
    assert answer.status_code == expect, answer.text
    return answer.json()


def test_a_case_refers_to_the_version_of_its_code_and_keeps_to_it(loop: Loop) -> None:
    table = take(loop)
    assert (table["taken"], table["table"]["current"], table["faults"]) == (3, True, [])
    case = loop.enter()
    assert loop.stands(case)["code_version"] == "local@1"
    missing = loop.does(case, "register", conditions=TICKED[:1], expect=409)
    assert (missing["code"], missing["params"]["conditions"]) == ("cases.conditions_unticked", TICKED[1:])
    loop.does(case, "register", conditions=TICKED, grade="A")
    take(loop, [LINES[0] | {"limits": "1 工作时", "conditions": ""}, *LINES[1:]], version="2")
    loop.give(case, "sweepers")
    clock = loop.clock(case, "handle")
    assert (clock["amount"], clock["unit"], clock["due_table"].split("|")[0]) == (2.0, "work_hour", "local@1")
    assert clock["due_at"] == "2026-09-01T02:00:00Z"  # two hours after eight
    later = loop.enter(longitude=113.4)
    assert loop.stands(later)["code_version"] == "local@2"
    tables = loop.crews.desk("crew").get(TABLES, expect=200).json()
    assert [(one["version"], one["current"]) for one in tables] == [("2", True), ("1", False)]


def test_a_limit_follows_the_grade_and_urgent_hours_run_through_the_night(loop: Loop) -> None:
    take(loop)
    loop.crews.later(hours=9)  # 17:00
    plain = loop.enter()
    loop.does(plain, "register", conditions=TICKED)
    loop.give(plain, "sweepers")
    assert loop.clock(plain, "handle")["amount"] == 8.0
    urgent = loop.enter(big="04", small="03", longitude=113.4)
    loop.does(urgent, "register")
    loop.give(urgent, "sweepers")
    due = datetime.fromisoformat(loop.stands(urgent)["due_at"])
    assert due == datetime(2026, 9, 1, 11, tzinfo=UTC)  # 19:00, after the sessions
    bare = loop.enter(big="05", small="04", longitude=113.5)
    loop.does(bare, "register")
    loop.give(bare, "sweepers")
    assert loop.clock(bare, "handle")["due_table"].startswith("default-1|")


def test_what_may_be_put_right_at_once_is_said_by_the_table(loop: Loop) -> None:
    phone = loop.crews.phone("collector")
    loop.reports(phone, "self_dispose", big="05", small="04")
    take(loop)
    loop.reports(phone, "self_dispose")
    loop.reports(phone, "self_dispose", big="05", small="04")
    loop.reports(phone, "self_dispose", big="09", small="09")
    phone.sync()
    phone.sync()
    assert [phone.outcome(n) for n in (2, 3, 4)] == ["applied", "rejected", "rejected"]
    assert phone.why(3) == "cases.not_self_disposable"
    known = {(row["big"], row["small"]) for row in phone.body("case_codes")}
    assert known == {("01", "02"), ("04", "03"), ("05", "04")}, "a phone holds the table in force"
    take(loop, LINES[:2], version="2")
    phone.sync()
    assert {row["version"] for row in phone.body("case_codes")} == {"2"}


def test_an_unknown_code_is_taken_from_a_phone_and_named_anew_at_the_desk(loop: Loop) -> None:
    take(loop)
    ask = {
        "source": "hot_line",
        "kind": "event",
        "big": "09",
        "small": "09",
        "title": "不明",
        "area_path": GRID,
        **SPOT,
    }
    assert loop.crews.desk("admin").post(CASES, ask, expect=422).json()["code"] == "cases.code_unknown"
    phone = loop.crews.phone("collector")
    case = loop.reports(phone, big="09", small="09")
    phone.sync()
    assert loop.stands(case)["code_version"] == ""
    assert loop.does(case, "register", expect=422)["code"] == "cases.code_unknown"
    named = {"kind": "event", "big": "05", "small": "04"}
    done = loop.does(case, "register", code=named)
    assert (done["big"], done["small"], done["code_version"]) == ("05", "04", "local@1")


def test_a_file_with_bad_lines_is_told_line_by_line_and_changes_nothing(loop: Loop) -> None:
    csv = (
        "类别,大类代码,小类代码,大类名称,小类名称,处置时限,启用日期,停用日期,可自行处置,同时段核查\n"
        "事件,01,02,市容环境,暴露垃圾,4 工作时,,,是\n"
        "大事,01,03,市容环境,积存,,,,\n"
        "事件,x1,03,市容环境,积存,,,,\n"
        "事件,01,04,市容环境,,,,,\n"
        "事件,01,05,市容环境,水域,4 小时,,,\n"
        "事件,01,06,市容环境,绿地,,2026-02-30,,\n"
        "事件,01,07,市容环境,车辆,,2026-05-01,2026-04-01,\n"
        "事件,01,08,市容环境,家具,,,,也许\n"
        "事件,01,02,市容环境,暴露垃圾,,,,\n"
        "事件,01,09,市容环境,树挂,,,,,夜间\n"
    )
    told = take(loop, csv.encode("gb18030"), name="c.csv")
    assert [(one["line"], one["column"]) for one in told["faults"]] == [
        (3, "kind"),
        (4, "big"),
        (5, "name"),
        (6, "limits"),
        (7, "since_on"),
        (8, "until_on"),
        (9, "self_disposable"),
        (10, "small"),
        (11, "same_time_of_day"),
    ]
    assert (told["table"], told["taken"]) == (None, 0)
    assert all(one["why"]["zh"] and one["why"]["en"] for one in told["faults"])
    assert loop.crews.desk("admin").get(TABLES, expect=200).json() == []
    assert take(loop, csv[: csv.index("大事")].encode(), name="c.csv", dry_run=True)["taken"] == 1
    assert loop.crews.desk("admin").get(TABLES, expect=200).json() == []


@pytest.mark.parametrize("bad", [b"[]", b"{}", b"[1]", b"not json", b'[{"kind": {}}]', b"[" * 100_000])
def test_what_is_no_table_is_told(loop: Loop, bad: bytes) -> None:
    assert take(loop, bad)["faults"]
    assert take(loop, b"a,b\n1,2\n", name="c.csv")["faults"][0]["column"] == "kind"


def test_a_version_never_changes_and_the_same_again_is_nothing(loop: Loop) -> None:
    take(loop)
    assert take(loop, LINES[::-1])["unchanged"] is True
    assert take(loop, LINES[:1], expect=409)["code"] == "cases.code_version_taken"
    take(loop, by="dispatcher", expect=403)


def test_what_is_seen_in_the_evening_is_not_passed_in_the_morning(loop: Loop) -> None:
    take(loop)
    loop.crews.later(hours=13, minutes=30)  # 21:30
    case = loop.dispatched(big="05", small="04")
    stands = loop.stands(case)
    assert (stands["check_from_min"], stands["check_until_min"]) == (20 * 60 + 30, 22 * 60 + 30)
    loop.crews.later(hours=12)
    phone = loop.crews.phone("crew")
    loop.finish(phone, case)
    phone.sync()
    assert loop.clock(case, "check")["due_at"] == "2026-09-03T02:00:00Z"  # two hours of work after that evening began
    loop.does(case, "send-check", person_id=loop.crews.id("checker"))
    checker = loop.crews.phone("checker")
    early = loop.act(checker, "check", case, result="pass", photos=[photo("morning")], position=SPOT)
    loop.crews.later(hours=11)
    right = loop.act(checker, "check", case, result="pass", photos=[photo("evening")], position=SPOT)
    checker.sync()
    assert (checker.outcome(early), checker.why(early)) == ("rejected", "cases.other_time_of_day")
    assert checker.results()[early]["why"]["params"] == {"since": "20:30", "until": "22:30"}
    assert (checker.outcome(right), loop.state(case)) == ("applied", "check_passed")


def test_a_table_goes_out_as_a_file_and_comes_in_again_as_it_was(loop: Loop) -> None:
    table = take(loop)["table"]["id"]
    desk = loop.crews.desk("admin")
    for form in ("csv", "xlsx", "json"):
        out = desk.get(f"{TABLES}/{table}/file", expect=200, format=form)
        assert take(loop, out.content, name=f"c.{form}")["unchanged"] is True
    desk.get(f"{TABLES}/{table[:-4]}0000/file", expect=404)


def test_the_example_that_comes_along_is_marked_as_one_and_reads_without_a_fault(loop: Loop) -> None:
    named = {name: getattr(EXAMPLE, name) for name in ("standard", "version", "jurisdiction", "certainty", "example")}
    came = take(loop, EXAMPLE_FILE.read_bytes(), name=EXAMPLE_FILE.name, **named)
    assert (came["faults"], came["table"]["example"]) == ([], True)
    assert came["taken"] > 100
    assert "compared with no standard" in came["table"]["certainty"]
    case = loop.enter(big="04", small="03")
    loop.does(case, "register")
    loop.give(case, "sweepers")
    assert loop.clock(case, "handle")["unit"] == "urgent_hour"


def test_a_case_goes_to_a_unit_that_answers_for_it(loop: Loop) -> None:
    teams = loop.crews.district.teams
    desk = loop.crews.desk("admin")
    street = [{"kind": "event", "big": "01", "team_id": teams["gardeners"]}]
    desk.put("/cases/v1/competences", {"area_path": SONGZHOU, "lines": street}, expect=200)
    case = loop.registered()
    refused = loop.does(case, "dispatch", team_id=teams["sweepers"], expect=409)
    assert (refused["code"], refused["params"]["teams"]) == ("cases.unit_incompetent", [teams["gardeners"]])
    grid = [*street, {"kind": "event", "big": "01", "small": "02", "team_id": teams["sweepers"]}]
    desk.put("/cases/v1/competences", {"area_path": GRID, "lines": grid}, expect=200)
    loop.give(case, "sweepers")
    other = loop.registered(small="04", longitude=113.4)
    loop.give(other, "gardeners")
    assert len(desk.get("/cases/v1/competences", expect=200).json()) == 3
    far = [{"kind": "event", "big": "01", "team_id": case}]
    assert desk.put("/cases/v1/competences", {"area_path": GRID, "lines": far}, expect=422).json()["code"] == (
        "cases.unit_unknown"
    )
