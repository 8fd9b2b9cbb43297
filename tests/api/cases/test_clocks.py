"""The clocks of cases: frozen at dispatch, told of once, judged by the time of the act."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.cases.actions import enter, recount_provisional, tell_levels, tell_reviews
from backend.cases.events import CaseEscalated
from backend.kernel.calendar import EXAMPLE
from backend.kernel.events import Bus
from backend.people import queries as people
from mobile_contract.cases import NewCase
from tests.api.cases.loop import CASES, SPOT, Loop
from tests.makers import GRID


def _due(loop: Loop, case: str) -> datetime:
    return datetime.fromisoformat(loop.stands(case)["due_at"])


def _tell(loop: Loop) -> list[tuple[str, int]]:
    """Runs the job once; gives what it announced of the handling clock."""
    heard: list[CaseEscalated] = []
    with loop.crews.house.db.transaction() as session:
        session.info["bus"] = Bus([(CaseEscalated, lambda _ctx, event: heard.append(event))])
        tell_levels(loop.crews.house.ctx(session))
    return [(event.timer, event.percent) for event in heard if event.timer == "handle"]


def test_a_limit_is_told_of_by_its_shares_each_once(loop: Loop) -> None:
    case = loop.dispatched()  # Tuesday 08:00: four working hours end at 12:00
    assert _due(loop, case) == datetime(2026, 9, 1, 4, tzinfo=UTC)
    assert _tell(loop) == []
    loop.crews.later(hours=2)
    assert (_tell(loop), _tell(loop)) == ([("handle", 50)], [])
    (head,) = loop.crews.desk("ganger").get("/notifications/v1/notices", expect=200).json()["items"]
    assert head["about_id"] == case, "nobody has taken it in hand: the unit's head is told"
    loop.crews.later(hours=2)
    assert (_tell(loop), _tell(loop)) == ([("handle", 80), ("handle", 100)], [])
    assert loop.stands(case)["supervised"] == "timeout"
    (told,) = loop.crews.desk("dispatcher").get("/notifications/v1/notices", expect=200).json()["items"]
    assert (told["code"], told["about_id"], told["urgent"]) == ("cases.limit_share", case, True)
    loop.crews.later(hours=4)  # 16:00: the noon break does not count
    assert _tell(loop) == [("handle", 150)]
    assert [(one["percent"], one["at"], one["told_at"]) for one in loop.clock(case, "handle")["levels"]] == [
        (50, "2026-09-01T02:00:00Z", "2026-09-01T02:00:00Z"),
        (80, "2026-09-01T03:12:00Z", "2026-09-01T04:00:00Z"),
        (100, "2026-09-01T04:00:00Z", "2026-09-01T04:00:00Z"),
        (150, "2026-09-01T08:00:00Z", "2026-09-01T08:00:00Z"),
    ]
    above = loop.crews.desk("leader").get("/notifications/v1/notices", expect=200).json()["items"]
    assert [(one["about_id"], one["urgent"]) for one in above] == [(case, True)]


def test_a_suspension_is_looked_at_again_and_told_above_when_nobody_does(loop: Loop) -> None:
    def tells() -> int:
        with loop.crews.house.db.transaction() as session:
            return tell_reviews(loop.crews.house.ctx(session))

    def told(name: str) -> list[tuple[str, bool]]:
        items = loop.crews.desk(name).get("/notifications/v1/notices", expect=200).json()["items"]
        return [(one["code"], one["urgent"]) for one in items if one["code"] == "cases.suspension_review"]

    case, phone = loop.dispatched(), loop.crews.phone("crew")
    loop.act(phone, "ask_suspension", case, note="等待断电")
    phone.sync()
    standing = loop.does(case, "requests/suspension", grant=True)
    assert standing["review_at"] == "2026-09-08T00:01:00Z"
    loop.crews.later(days=6)
    assert tells() == 0
    loop.crews.later(days=2)
    assert (tells(), tells()) == (1, 0)
    assert (told("ganger"), told("leader")) == ([("cases.suspension_review", False)], [])
    loop.crews.later(days=3)
    assert (tells(), tells()) == (1, 0)
    assert told("leader") == [("cases.suspension_review", True)]
    loop.does(case, "review-suspension", by="dispatcher", reason="仍在等待", expect=403)
    assert loop.does(case, "review-suspension", reason="仍在等待")["review_at"] == "2026-09-19T00:01:00Z"
    assert tells() == 0
    assert loop.does(case, "resume", reason="已通电")["review_at"] is None
    assert loop.does(case, "review-suspension", reason="?", expect=409)["code"] == "cases.suspension_unfit"


def test_a_late_arrival_of_work_in_time_is_in_time(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    loop.finish(phone, case)
    loop.crews.later(hours=30)
    phone.sync()
    assert loop.stands(case)["in_time"] == "in_time"
    late = loop.dispatched(longitude=113.4)
    phone.sync()
    loop.crews.later(hours=30)
    loop.finish(phone, late, position={"longitude": 113.4, "latitude": 23.1815})
    phone.sync()
    assert loop.stands(late)["in_time"] == "late"
    assert loop.clock(late, "handle")["status"] == "timeout"


def test_work_whose_time_is_in_doubt_at_its_limit_is_in_time_and_listed(loop: Loop) -> None:
    case, sure = loop.dispatched(), loop.dispatched(longitude=113.4)
    phone = loop.crews.phone("crew")
    loop.finish(phone, sure, "sure", position={"longitude": 113.4, "latitude": 23.1815})
    loop.crews.later(hours=3, minutes=56)
    phone.time.reboot()  # of this run of the phone nobody but its wall clock tells
    loop.finish(phone, case)  # 11:58, due at noon
    phone.time.reboot()
    phone.sync()
    assert [loop.stands(one)["in_time"] for one in (case, sure)] == ["in_time_unsure", "in_time"]
    desk = loop.crews.desk("dispatcher")
    listed = {word: desk.get(CASES, expect=200, in_time=word).json()["items"] for word in ("in_time_unsure", "late")}
    assert {word: [row["id"] for row in rows] for word, rows in listed.items()} == {
        "in_time_unsure": [case],
        "late": [],
    }


def test_a_suspended_clock_stands_still_and_goes_on_with_what_was_left(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    due = _due(loop, case)
    loop.act(phone, "ask_suspension", case, note="等待断电")
    phone.sync()
    assert _due(loop, case) == due  # it runs while nobody has decided
    assert loop.does(case, "requests/suspension", grant=True)["due_at"] is None
    loop.crews.later(hours=2)
    assert _tell(loop) == []
    loop.does(case, "resume", reason="已恢复供电")
    # two hours of the morning were left out: one more hour and 59 minutes, after the noon break
    assert _due(loop, case) == due + timedelta(hours=4)
    assert _tell(loop) == []


def test_an_extension_is_granted_once_and_asked_before_the_end(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    due = _due(loop, case)
    loop.act(phone, "ask_extension", case, note="机械未到")
    phone.sync()
    loop.does(case, "requests/extension", grant=True)
    assert _due(loop, case) > due
    phone.sync()
    n = loop.act(phone, "ask_extension", case, note="还要")
    phone.sync()
    assert phone.why(n) == "cases.extended_before"


def test_a_new_dispatch_counts_anew(loop: Loop) -> None:
    case = loop.dispatched()
    first = _due(loop, case)
    loop.crews.later(hours=1)
    loop.give(case, "gardeners")
    assert _due(loop, case) > first


def test_a_clock_that_crossed_an_unpublished_year_is_counted_anew_and_no_other(loop: Loop, tmp_path: Path) -> None:
    settled = loop.dispatched()
    loop.crews.later(days=121, hours=9)  # 2026-12-31 17:00
    case = loop.dispatched(longitude=113.4)
    assert _due(loop, case) == datetime(2027, 1, 1, 3, tzinfo=UTC), "by the day of the week"
    assert loop.clock(case, "handle")["provisional"] is True
    stood = _due(loop, settled)
    known = json.loads(EXAMPLE.read_text("utf-8"))
    days = known["days"] | {"2027-01-01": ["holiday", "元旦"]}
    published = tmp_path / "calendar.json"
    published.write_text(json.dumps(known | {"version": "with 2027", "days": days}), encoding="utf-8")
    settings = loop.crews.house.settings.model_copy(update={"calendar_file": published})
    for expected in (2, 0):  # handling and the whole; then nothing more
        with loop.crews.house.db.transaction() as session:
            ctx = replace(loop.crews.house.ctx(session), settings=settings)
            assert recount_provisional(ctx) == expected
    assert _due(loop, case) == datetime(2027, 1, 4, 3, tzinfo=UTC)
    clock = loop.clock(case, "handle")
    assert (clock["provisional"], clock["due_table"].split("|")[1]) == (False, "with 2027")
    assert _due(loop, settled) == stood


def test_a_district_numbers_and_times_its_cases_by_its_own_file(loop: Loop, tmp_path: Path) -> None:
    file = tmp_path / "ways.json"
    said = {"version": "by-1", "code_pattern": "{street}-{number:04d}", "work_day_mode": "same_clock"}
    said |= {"limits": {"accept": {"amount": 1, "unit": "work_day"}}}
    file.write_text(json.dumps(said), encoding="utf-8")
    settings = loop.crews.house.settings.model_copy(update={"practice_file": file})
    ask = {"source": "hot_line", "kind": "event", "big": "01", "small": "02", "title": "暴露垃圾", "area_path": GRID}
    with loop.crews.house.db.transaction() as session:
        ctx = replace(loop.crews.house.ctx(session), settings=settings)
        desk = replace(ctx, caller=people.principal_of(ctx, loop.crews.id("admin"), None))
        case = enter(desk, NewCase.model_validate(ask | SPOT))
        code, case_id = case.code, case.id
    clock = loop.clock(case_id, "accept")
    assert (code, clock["amount"], clock["unit"]) == ("songzhou-0001", 1.0, "work_day")
    assert (clock["due_table"].split("|")[0], clock["due_table"].split("|")[2]) == ("by-1", "same_clock")
