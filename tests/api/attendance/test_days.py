"""Days over HTTP: planned, clocked off line, judged behind the watermark, corrected, frozen, disputed."""

import io
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from tests.api.attendance.world import API, TUESDAY, World
from tests.api.people.conftest import GRID, LIANHE, SONGZHOU, Town

ON_POSTGRES = {
    "test_a_correction_is_asked_off_line_approved_by_another_and_the_original_stays",
    "test_late_facts_change_an_open_month_and_become_entries_of_a_frozen_one",
    "test_two_persons_swap_their_shifts",
    "test_a_roster_file_is_taken_line_by_line_and_every_bad_line_is_told",
    "test_the_board_shows_exceptions_first_and_never_red_without_proof",
    "test_nobody_is_absent_before_the_watermark_or_three_days_of_silence",
}
"""What asks the store something of its own; the rest runs there in `make test-full`."""


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    return made


def words(day: dict[str, Any]) -> list[str]:
    return [slot["word"] for slot in day["slots"]]


def test_a_day_is_pending_until_the_phone_has_delivered_and_then_final(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(8.1)
    phone.clocks("in")
    phone.pushes()
    assert (words(world.day(phone.person_id)), world.day(phone.person_id)["state"]) == (
        ["late", "pending"],
        "provisional",
    )
    world.until(12.02)
    phone.clocks("out")
    world.until(13.5)
    phone.pushes()
    day = world.day(phone.person_id)
    assert (words(day), day["state"], day["late_min"], day["worked_min"]) == (["late", "normal"], "final", 6, 234)
    assert day["reasons"][0]["zh"] == "应在 08:00 上班，08:06 打卡，迟到 6 分钟（宽限 5 分钟）。"


def test_a_phone_holds_its_roster_and_what_its_days_came_to(world: World, clock: SetClock) -> None:
    from tests.api.workorders.crew import handset

    person = world.worker()
    world.plan(world.shift(), person["id"])
    world.town.tokens.clear()
    phone = handset(world.town, clock, person)
    phone.does("attendance.clock_in", "punches", direction="in")
    phone.pushes()
    world.works()
    phone.pulls()
    assert [(r["on"], r["shift_name"], r["parts"][0]["start_min"]) for r in phone.holds("rosters")] == [
        (TUESDAY, "早班", 480)
    ]
    assert [day["person_id"] for day in phone.holds("day_results")] == [person["id"]]


def test_nobody_is_absent_before_the_watermark_or_three_days_of_silence(world: World) -> None:
    phone, silent = world.phone(), world.phone()
    world.plan(world.shift(), phone.person_id, silent.person_id)
    world.until(13.5)
    phone.pushes()
    assert (world.day(phone.person_id)["word"], world.day(silent.person_id)["word"]) == ("absent", "pending")
    world.until(13 + 72.5)
    given_up = world.day(silent.person_id)
    assert (given_up["word"], given_up["state"], given_up["no_contact"]) == ("absent", "final", True)


def test_a_lost_phone_is_not_waited_for_and_a_supervisor_speaks_for_its_worker(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    phone.pushes()
    world.until(13.5)
    assert world.day(phone.person_id)["word"] == "pending"
    world.town.ask("POST", f"/handsets/v1/devices/{phone.device}/lost", world.desk())
    assert world.day(phone.person_id)["word"] == "absent"
    for at, side in (("08:00", "in"), ("12:00", "out")):
        ask = {"id": new_id(), "person_id": phone.person_id, "at": f"{TUESDAY}T{at}:00+08:00", "direction": side}
        entered = world.town.ask(
            "POST", f"{API}/punches/on-behalf", world.desk(), 201, **ask, reason="手机遗失，现场见到"
        )
        assert (entered["source"], entered["entered_by"]) == ("boss_change", world.boss["id"])
    day = world.day(phone.person_id)
    assert (day["word"], {slot["source"] for slot in day["slots"]}) == ("normal", {"boss_change"})


def test_a_fact_on_behalf_is_refused_for_oneself_the_future_and_other_content(world: World) -> None:
    person = world.worker()
    ask = {"id": new_id(), "person_id": person["id"], "at": "2026-09-08T04:00:00+08:00", "reason": "x"}
    path = f"{API}/punches/on-behalf"
    world.town.ask("POST", path, world.desk(), 201, **ask)
    world.town.ask("POST", path, world.desk(), 201, **ask)
    other = world.town.ask("POST", path, world.desk(), 409, **(ask | {"reason": "y"}))
    later = world.town.ask("POST", path, world.desk(), 422, **(ask | {"id": new_id(), "at": "2026-09-19T04:00:00Z"}))
    own = world.town.ask("POST", path, world.desk(), 403, **(ask | {"id": new_id(), "person_id": world.boss["id"]}))
    assert [r["code"] for r in (other, later, own)] == [
        "attendance.punch_exists",
        "attendance.in_the_future",
        "attendance.own_request",
    ]


def test_a_correction_is_asked_off_line_approved_by_another_and_the_original_stays(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(9)
    phone.clocks("in")
    world.until(12.02)
    phone.clocks("out")
    said = {"on": TUESDAY, "part": 0, "direction": "in", "at": f"{TUESDAY}T08:00:00+08:00", "reason": "手机没电"}
    request = phone.does("attendance.ask_correction", "punch_requests", **said)
    world.until(14)
    assert [o["r"] for o in phone.pushes()] == ["applied"] * 3
    assert words(world.day(phone.person_id)) == ["serious_late", "normal"]
    queue = world.town.ask("GET", f"{API}/corrections?state=open", world.desk())["items"]
    assert [row["id"] for row in queue] == [request]
    own = world.town.ask("POST", f"{API}/corrections/{request}/approve", world.as_(phone.person), 403)
    assert own["code"] == "auth.not_allowed"
    done = world.town.ask("POST", f"{API}/corrections/{request}/approve", world.desk(), note="属实")
    assert (done["state"], done["decided_by"]) == ("approved", world.boss["id"])
    facts = world.town.ask("GET", f"{API}/days/{phone.person_id}/{TUESDAY}", world.desk())
    assert words(facts["day"]) == ["normal", "normal"]
    assert [punch["source"] for punch in facts["punches"]] == ["approve", "user", "user"]
    again = world.town.ask("POST", f"{API}/corrections/{request}/refuse", world.desk(), 409)
    assert again["code"] == "attendance.request_decided"


def test_a_wish_is_moot_when_the_clock_in_arrives_late_after_all(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(7.95)
    phone.clocks("in")
    world.until(12.02)
    ask = {"id": new_id(), "on": TUESDAY, "direction": "in", "at": f"{TUESDAY}T08:00:00+08:00", "reason": "手机没信号"}
    out = ask | {"id": new_id(), "direction": "out", "at": f"{TUESDAY}T12:00:00+08:00"}
    me = world.as_(phone.person)
    for one in (ask, out):
        world.town.ask("POST", f"{API}/corrections", me, 201, **one)
    phone.pushes()
    world.works()
    stand = {row["id"]: row["state"] for row in world.town.ask("GET", f"{API}/corrections", me)["items"]}
    assert stand == {ask["id"]: "moot", out["id"]: "open"}
    late = world.town.ask("POST", f"{API}/corrections/{ask['id']}/approve", world.desk(), 409, note="属实")
    assert late["code"] == "attendance.request_decided"
    said = world.town.ask("GET", "/notifications/v1/notices", me)["items"]
    assert [n["code"] for n in said if n["about_id"] == ask["id"]] == ["attendance.correction_decided"]
    assert world.day(phone.person_id)["slots"][0]["source"] == "user"


def test_a_supervisor_who_works_shifts_has_their_correction_and_dispute_decided_by_another(world: World) -> None:
    both = world.town.person("crew", "supervisor") if world.town.tokens.clear() is None else {}
    phone = world.phone(both)
    world.plan(world.shift(), phone.person_id)
    world.until(13.5)
    phone.pushes()
    world.works()
    said = {"on": TUESDAY, "direction": "in", "at": f"{TUESDAY}T08:00:00+08:00", "reason": "手机没电"}
    ask, dispute = {"id": new_id(), **said}, {"id": new_id(), "on": TUESDAY, "text": "我八点就到了"}
    me = world.as_(both)
    world.town.ask("POST", f"{API}/corrections", me, 201, **ask)
    world.town.ask("POST", f"{API}/disputes", me, 201, **dispute)
    for path in (
        f"corrections/{ask['id']}/approve",
        f"corrections/{ask['id']}/refuse",
        f"disputes/{dispute['id']}/settle",
    ):
        refused = world.town.ask("POST", f"{API}/{path}", me, 403, note="自批")
        assert refused["code"] == "attendance.own_request"
    assert (
        world.town.ask("POST", f"{API}/corrections/{ask['id']}/approve", world.desk(), note="属实")["state"]
        == "approved"
    )


def test_a_correction_has_four_refusals(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id, last="2026-09-30")
    world.until(8)
    phone.clocks("in")
    phone.pushes()
    world.until(24 * 6 + 13)
    worker = world.as_(phone.person)

    def ask(status: int, on: str, side: str = "in", part: int = 0) -> Any:
        at = f"{on}T08:00:00+08:00" if side == "in" else f"{on}T12:00:00+08:00"
        body = {"id": new_id(), "on": on, "part": part, "direction": side, "at": at, "reason": "忘记"}
        return world.town.ask("POST", f"{API}/corrections", worker, status, **body)

    assert ask(409, TUESDAY)["code"] == "attendance.no_anomaly"
    assert ask(409, "2026-09-09", part=3)["code"] == "attendance.not_allowed"
    for on in ("2026-09-09", "2026-09-10", "2026-09-11"):
        ask(201, on)
    assert ask(409, "2026-09-12")["code"] == "attendance.count_exceeded"
    world.until(24 * 20)
    worker = world.as_(phone.person)
    assert ask(409, TUESDAY, "out")["code"] == "attendance.out_of_date_limit"


def test_late_facts_change_an_open_month_and_become_entries_of_a_frozen_one(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id, last="2026-09-09")
    world.until(8)
    phone.clocks("in")
    world.until(12)
    phone.clocks("out")
    world.until(24 + 13 + 12)
    close = f"{API}/months/2026-09/close?area={GRID}"
    world.works()
    assert world.town.ask("POST", close, world.desk(), 409)["code"] == "attendance.month_open"
    world.until(24 * 5)
    world.works()
    assert world.town.ask("POST", close, world.desk()) == {"month": "2026-09", "sheets": 1}
    assert world.town.ask("POST", close, world.desk()) == {"month": "2026-09", "sheets": 0}
    frozen = world.town.ask("GET", f"{API}/months/2026-09", world.desk())["items"][0]
    assert ([day["word"] for day in frozen["days"]], frozen["totals"]["days_absent"]) == (["absent", "absent"], 2)
    phone.pushes()
    world.works()
    world.works()
    later = world.town.ask("GET", f"{API}/months/2026-09", world.desk())["items"][0]
    assert (later["days"], later["digest"]) == (frozen["days"], frozen["digest"])
    assert [(e["on"], e["before"]["word"], e["after"]["word"]) for e in later["entries"]] == [
        (TUESDAY, "absent", "normal")
    ]
    assert (later["totals"]["days_absent"], later["totals"]["worked_min"]) == (1, 240)
    mine = world.town.ask("GET", f"{API}/months/2026-09/mine", world.as_(phone.person))
    assert mine == later
    book = world.town.client.get(f"{API}/months/2026-09/xlsx", headers=world.desk())
    pages = CalamineWorkbook.from_filelike(io.BytesIO(book.content))
    wall, later_page = (pages.get_sheet_by_name(name).to_python() for name in ("考勤表", "更正"))
    assert (wall[1][0], wall[1][9:11]) == (phone.person["name"], ["√", "旷"])
    assert later_page[1][1:5] == [TUESDAY, "旷工", "正常", "后到的数据 late_fact"]
    rows = pages.get_sheet_by_index(0).to_python()
    single = pages.get_sheet_by_name("明细").to_python()
    assert (single[0][2], single[1][1:5]) == ("结果 word", [TUESDAY, "正常", "早班", "工作日"])
    line = dict(zip((str(h).split(" ")[-1] for h in rows[0]), rows[1], strict=True))
    assert (line["worked_min"], line["days_absent"], line["entries"]) == (240, 1, 1)
    assert (line["days_due"], line["open_days"], line["phone"]) == (2, 0, phone.person["phone"])


def test_leave_granted_while_its_person_worked_off_line_keeps_both_and_a_supervisor_looks(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(8)
    phone.clocks("in")
    world.until(9)
    day = {"since_at": f"{TUESDAY}T00:00:00+08:00", "until_at": "2026-09-09T00:00:00+08:00"}
    world.town.ask("POST", f"{API}/absences", world.desk(), 201, person_id=phone.person_id, kind="leave", **day)
    world.until(12.02)
    phone.clocks("out")
    world.until(13.5)
    phone.pushes()
    came = world.day(phone.person_id)
    assert (came["word"], came["leave_min"], came["work_on_leave"]) == ("excused", 240, True)
    assert "请假期间有打卡：请核对。" in [why["zh"] for why in came["reasons"]]
    asked = f"{API}/days?first_on={TUESDAY}&last_on={TUESDAY}&review=true"
    assert [row["id"] for row in world.town.ask("GET", asked, world.desk())["items"]] == [came["id"]]
    facts = world.town.ask("GET", f"{API}/days/{phone.person_id}/{TUESDAY}", world.desk())
    assert [punch["direction"] for punch in facts["punches"]] == ["in", "out"]


def test_a_shift_moved_after_the_clock_ins_pairs_them_anew_and_a_frozen_month_gets_an_entry(world: World) -> None:
    phone = world.phone()
    early, late = world.shift(), world.shift((540, 720), name="九点班")
    world.plan(early, phone.person_id)
    world.until(9)
    phone.clocks("in")
    world.until(12.02)
    phone.clocks("out")
    world.until(13.5)
    phone.pushes()
    assert words(world.day(phone.person_id)) == ["serious_late", "normal"]
    world.plan(late, phone.person_id)
    moved = world.day(phone.person_id)
    assert (words(moved), moved["shift_name"], moved["worked_min"]) == (["normal", "normal"], "九点班", 180)

    month = f"{API}/months/2026-09"
    assert world.town.ask("POST", f"{month}/close?area={GRID}", world.desk())["sheets"] == 1
    frozen = world.town.ask("GET", month, world.desk())["items"][0]
    world.plan(early, phone.person_id)
    world.works()
    later = world.town.ask("GET", month, world.desk())["items"][0]
    assert (later["days"], later["digest"]) == (frozen["days"], frozen["digest"])
    assert [(e["before"]["word"], e["after"]["word"]) for e in later["entries"]] == [("normal", "serious_late")]


def test_a_dispute_shows_everything_behind_its_day(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(9)
    phone.clocks("in")
    world.until(13.5)
    phone.pushes()
    world.works()
    ask = {"id": new_id(), "on": TUESDAY, "text": "我八点就到了"}
    world.town.ask("POST", f"{API}/disputes", world.as_(phone.person), 201, **ask)
    world.town.ask("POST", f"{API}/disputes/{ask['id']}/answer", world.desk(), note="请提供照片")
    chain = world.town.ask("GET", f"{API}/disputes/{ask['id']}", world.desk())
    assert [link["what"] for link in chain["links"]] == ["roster", "punch", "word", "word"]
    assert chain["day"]["word"] == "serious_late" or chain["day"]["word"] == "missing"
    world.town.ask("POST", f"{API}/disputes/{ask['id']}/settle", world.desk(), note="维持")
    closed = world.town.ask("POST", f"{API}/disputes/{ask['id']}/answer", world.as_(phone.person), 409, note="?")
    assert closed["code"] == "attendance.dispute_settled"
    stranger = world.worker()
    world.town.ask("GET", f"{API}/disputes/{ask['id']}", world.as_(stranger), 404)


def test_leave_excuses_and_withdrawn_leave_does_not(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    ask = {
        "person_id": phone.person_id,
        "kind": "leave",
        "since_at": f"{TUESDAY}T00:00:00+08:00",
        "until_at": "2026-09-09T00:00:00+08:00",
    }
    made = world.town.ask("POST", f"{API}/absences", world.desk(), 201, **ask)
    assert world.town.ask("POST", f"{API}/absences", world.desk(), 409, **ask)["code"] == "attendance.absence_clash"
    world.until(13.5)
    phone.pushes()
    assert (world.day(phone.person_id)["word"], world.day(phone.person_id)["leave_min"]) == ("excused", 240)
    world.town.ask("POST", f"{API}/absences/{made['id']}/withdraw", world.desk())
    assert world.day(phone.person_id)["word"] == "absent"


def test_rosters_refuse_what_nobody_could_work(world: World) -> None:
    person = world.worker()
    night = world.shift((1320, 1800), name="夜班")
    early = world.shift((300, 600), name="凌晨班")
    world.plan(night, person["id"])
    ask = {"person_ids": [person["id"]], "first_on": "2026-09-09", "last_on": "2026-09-09", "pattern": [early]}
    clash = world.town.ask("POST", f"{API}/rosters", world.desk(), 409, **ask)
    assert (clash["code"], clash["params"]) == (
        "attendance.shift_clash",
        {"on": "2026-09-09", "other_on": TUESDAY},
    )
    nobody = world.town.ask("POST", f"{API}/rosters", world.desk(), 422, **(ask | {"person_ids": [new_id()]}))
    none = world.town.ask("POST", f"{API}/rosters", world.desk(), 404, **(ask | {"pattern": [new_id()]}))
    back = world.town.ask("POST", f"{API}/rosters", world.desk(), 422, **(ask | {"last_on": "2026-08-01"}))
    assert [r["code"] for r in (nobody, none, back)] == [
        "attendance.person_unknown",
        "attendance.shift_unknown",
        "attendance.period_invalid",
    ]
    overlapping = {"name": "x", "area_path": GRID, "parts": [{"start_min": 480, "end_min": 720}] * 2}
    refused = world.town.ask("POST", f"{API}/shift-types", world.desk(), 422, **overlapping)
    assert refused["params"] == {"part": 2, "fault": "overlaps"}


def test_a_rotation_follows_its_pattern_and_the_calendar(world: World) -> None:
    one, two = world.worker(), world.worker()
    early, late = world.shift(), world.shift((840, 1080), name="中班")
    persons = [one["id"], two["id"]]
    world.plan(early, *persons, last="2026-09-11", pattern=[early, late, None], step=1)
    listed = world.town.ask("GET", f"{API}/rosters?first_on=2026-09-08&last_on=2026-09-11", world.desk())["items"]
    names = {p: [r["shift_name"] for r in listed if r["person_id"] == p] for p in persons}
    assert names == {one["id"]: ["早班", "中班", "", "早班"], two["id"]: ["中班", "", "早班", "中班"]}
    world.plan(early, one["id"], first="2026-09-18", last="2026-09-21", by_calendar=True)
    week = world.town.ask("GET", f"{API}/rosters?first_on=2026-09-18&last_on=2026-09-21", world.desk())["items"]
    assert [r["shift_name"] for r in week] == ["早班", "", "早班", "早班"]  # Sunday the 20th is worked


def test_two_persons_swap_their_shifts(world: World) -> None:
    one, two = world.worker(), world.worker()
    early, late = world.shift(), world.shift((840, 1080), name="中班")
    world.plan(early, one["id"])
    world.plan(late, two["id"])
    ask = {"person_id": one["id"], "on": TUESDAY, "other_person_id": two["id"], "other_on": TUESDAY}
    world.town.ask("POST", f"{API}/rosters/swap", world.desk(), **ask)
    listed = world.town.ask("GET", f"{API}/rosters?first_on={TUESDAY}&last_on={TUESDAY}", world.desk())["items"]
    assert {r["person_id"]: r["shift_name"] for r in listed} == {one["id"]: "中班", two["id"]: "早班"}


def test_a_roster_file_is_taken_line_by_line_and_every_bad_line_is_told(world: World) -> None:
    one, two = world.worker(), world.worker()
    world.shift()
    text = (
        f"姓名,手机号,1,2,3\n甲,{one['phone']},早班,休,早班\n乙,{two['phone']},早班,没有的班,\n丙,13900009999,早班,,\n"
    )
    path = f"{API}/rosters/import?name=roster.csv&month=2026-09"
    headers = world.desk() | {"Content-Type": "application/octet-stream"}
    report = world.town.client.post(path, headers=headers, content=text.encode()).json()
    assert (report["set_days"], [(f["line"], f["column"], f["code"]) for f in report["faults"]]) == (
        3,
        [(3, "2", "attendance.line_invalid"), (4, "phone", "attendance.person_unknown")],
    )
    again = world.town.client.post(path, headers=headers, content=text.encode()).json()
    assert (again["set_days"], again["unchanged_days"]) == (0, 3)
    refused = world.town.client.post(path, headers=headers, content=b"a,b\n1,2\n")
    assert refused.json()["code"] == "attendance.column_missing"


def test_a_roster_in_excel_is_taken_but_for_the_lines_that_clash(world: World) -> None:
    one, two, far = world.worker(), world.worker(), world.town.person("crew", area=LIANHE)
    night = world.shift((1320, 1800), name="夜班")
    world.shift((300, 600), name="凌晨班")
    world.plan(night, two["id"])
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["班次", "日期", "手机号"])
        for row, (shift, on, phone) in enumerate(
            [
                ("凌晨班", "2026-09-09", one["phone"]),
                ("凌晨班", "2026/9/9", two["phone"]),
                ("夜班", "2026-09-30 00:00:00", int(two["phone"])),
                ("夜班", "2026-02-30", one["phone"]),
                ("夜班", "2026-09-10", far["phone"]),
            ],
            1,
        ):
            sheet.write_row(row, 0, [shift, on, phone])
    world.town.tokens.clear()
    street = world.as_(world.town.person("supervisor", area=SONGZHOU))
    headers = street | {"Content-Type": "application/octet-stream"}
    report = world.town.client.post(f"{API}/rosters/import?name=r.xlsx", headers=headers, content=content.getvalue())
    told = [(f["line"], f["column"], f["code"]) for f in report.json()["faults"]]
    assert (report.json()["set_days"], told) == (
        2,
        [
            (3, "日期", "attendance.shift_clash"),
            (5, "日期", "attendance.line_invalid"),
            (6, "phone", "attendance.person_unknown"),
        ],
    )
    broken = world.town.client.post(f"{API}/rosters/import?name=r.xlsx", headers=headers, content=b"PK\x03\x04")
    assert broken.json()["code"] == "people.file_unreadable"


def test_the_board_shows_exceptions_first_and_never_red_without_proof(world: World) -> None:
    here, absent, silent, off = world.phone(), world.phone(), world.phone(), world.worker()
    shift = world.shift()
    world.plan(shift, here.person_id, absent.person_id, silent.person_id)
    world.plan(world.shift((840, 1080), name="中班"), off["id"])
    silent.pushes()
    world.until(7.9)
    here.clocks("in", position={"longitude": 113.2732, "latitude": 23.1815, "accuracy_m": 10})
    here.pushes()
    world.until(8.5)
    here.pushes()
    absent.pushes()
    world.works()
    board = world.town.ask("GET", f"{API}/board", world.desk())
    seen = {row["person_id"]: (row["presence"], row["why"]) for row in board["items"]}
    assert seen == {
        absent.person_id: ("red", "absent"),
        silent.person_id: ("yellow", "late_data"),
        here.person_id: ("green", "on_post"),
        off["id"]: ("grey", "off_shift"),
    }
    assert [row["presence"] for row in board["items"]] == ["red", "yellow", "green", "grey"]
    assert board["counts"] == {"red": 1, "yellow": 1, "green": 1, "grey": 1}
    page = world.town.ask("GET", f"{API}/board?limit=1", world.desk())
    following = world.town.ask("GET", f"{API}/board?limit=1&cursor={page['next']}", world.desk())
    assert following["items"] == board["items"][1:2]
    world.town.ask("GET", f"{API}/board", world.as_(here.person), 403)
    elsewhere = world.town.person("supervisor", area="/440111/lianhe/") if world.town.tokens.clear() is None else {}
    assert world.town.ask("GET", f"{API}/board", world.as_(elsewhere))["items"] == []


def test_the_drill_down_of_a_day_shows_its_own_clock_ins_and_not_the_next_days(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id, last="2026-09-09")
    shown = []
    for hours in (7.5, 13.5, 24 + 7.5):
        world.until(hours)
        shown.append(phone.clocks("in"))
    world.until(24 + 14)
    phone.pushes()
    world.works()
    facts = world.town.ask("GET", f"{API}/days/{phone.person_id}/{TUESDAY}", world.desk())
    assert [punch["id"] for punch in facts["punches"]] == shown[:2]
    facts = world.town.ask("GET", f"{API}/days/{phone.person_id}/2026-09-09", world.desk())
    assert [punch["id"] for punch in facts["punches"]] == shown[2:]
