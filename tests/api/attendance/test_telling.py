"""Who is told: the late and their leaders, who must decide, and who waits for a decision. Once a cause."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from backend.attendance import actions
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.ids import new_id
from backend.people.queries import operator
from tests.api.attendance.world import API, TUESDAY, World
from tests.api.people.conftest import GRID, Town


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    return made


def inbox(world: World, person: dict[str, Any]) -> list[tuple[str, str]]:
    """(code, whole text) of somebody's notices, oldest first."""
    found = world.town.ask("GET", "/notifications/v1/notices", world.as_(person))["items"]
    return [(notice["code"], notice["texts"]["zh"]) for notice in reversed(found)]


def test_the_late_and_their_ganger_are_told_once_and_of_an_old_day_nobody(world: World) -> None:
    world.town.tokens.clear()
    ganger = world.town.person("ganger", area=GRID)
    phone = world.phone()
    world.plan(world.shift(), phone.person_id, last="2026-09-09")
    world.until(8.75)
    phone.clocks("in")
    phone.pushes()
    world.works()
    assert inbox(world, phone.person) == [
        (
            "attendance.day_wrong",
            "您 2026-09-08 的考勤结果为“严重迟到”（迟到或早退 45 分钟）。如不属实，请申请补卡或提出异议。",
        )
    ]
    told = inbox(world, ganger)
    assert [code for code, _ in told] == ["attendance.day_wrong_of"]
    assert phone.person["name"] in told[0][1]
    phone.clocks("in")
    phone.pushes()
    world.works()
    assert inbox(world, ganger) == told
    world.until(24 * 9)
    phone.pushes()
    world.works()
    assert inbox(world, ganger) == told


def test_a_correction_and_a_dispute_reach_those_who_decide_and_those_who_wait(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    world.until(13.5)
    phone.pushes()
    world.works()
    world.desk()
    said = {"on": TUESDAY, "part": 0, "direction": "in", "at": f"{TUESDAY}T08:00:00+08:00", "reason": "手机没电"}
    ask = {"id": new_id(), **said}
    world.town.ask("POST", f"{API}/corrections", world.as_(phone.person), 201, **ask)
    assert [code for code, _ in inbox(world, world.boss)][-1] == "attendance.correction_asked"
    world.town.ask("POST", f"{API}/corrections/{ask['id']}/refuse", world.desk(), note="不属实")
    assert inbox(world, phone.person)[-1] == ("attendance.correction_decided", "您的补卡申请：未通过。")
    dispute = {"id": new_id(), "on": TUESDAY, "text": "我八点就到了"}
    world.town.ask("POST", f"{API}/disputes", world.as_(phone.person), 201, **dispute)
    assert [code for code, _ in inbox(world, world.boss)][-1] == "attendance.dispute_said"
    world.town.ask("POST", f"{API}/disputes/{dispute['id']}/answer", world.desk(), note="请提供照片")
    assert [code for code, _ in inbox(world, phone.person)][-1] == "attendance.dispute_said"


def test_a_bad_morning_is_told_with_as_many_statements_as_one_bad_day(world: World, house: House) -> None:
    world.town.tokens.clear()
    ganger = world.town.person("ganger", area=GRID)
    crew = [world.worker()["id"] for _ in range(7)]
    world.plan(world.shift(), *crew)
    world.until(86)
    statements: list[str] = []

    def judged(persons: list[str]) -> int:
        statements.clear()
        with house.db.transaction() as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *told: statements.append(told[2]))
            actions.judge(
                house.ctx(session, operator(house.settings)), {(person, date(2026, 9, 8)) for person in persons}
            )
        return len(statements)

    one, six = judged(crew[:1]), judged(crew[1:])
    assert six == one
    assert len(inbox(world, ganger)) == 7
