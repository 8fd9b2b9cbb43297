"""Forgotten on demand: places and words go, pay and the audit chain stay."""

import pytest
from sqlmodel import col, select

from backend.kernel.audit import AuditEntry, verify
from backend.kernel.clock import SetClock, to_ms
from backend.kernel.http import House
from tests.api.attendance.world import API, TUESDAY, World
from tests.api.people.conftest import Town

HERE = {"longitude": 113.2732, "latitude": 23.1815, "accuracy_m": 8}


@pytest.fixture
def world(town: Town, clock: SetClock, house: House) -> World:
    made = World(town, clock, house)
    made.until(5)
    return made


def test_what_is_erased_is_gone_and_the_chain_and_the_pay_hold(world: World) -> None:
    phone = world.phone()
    world.plan(world.shift(), phone.person_id)
    leave = {"person_id": phone.person_id, "kind": "leave", "note": "看病", "since_at": "2026-09-01T08:00:00+08:00"}
    world.town.ask("POST", f"{API}/absences", world.desk(), 201, **leave, until_at="2026-09-01T09:00:00+08:00")
    world.until(8)
    phone.clocks("in", position=HERE, note="在医院旁")
    point = [to_ms(world.clock.now()), 113.2732, 23.1815, 5]
    phone.does("attendance.report_track", "track_batches", points=[point])
    world.until(12.05)
    phone.clocks("out", position=HERE)
    world.until(13.5)
    phone.pushes()
    world.town.ask("POST", f"{API}/tracks/{phone.person_id}/looks", world.desk(), on=TUESDAY, reason="投诉核实")
    before = world.day(phone.person_id)
    world.until(24 * 3)
    path = f"{API}/persons/{phone.person_id}/erase"
    ask = {"before_on": "2026-09-10", "reason": "本人申请删除"}
    world.town.ask("POST", path, world.desk(), 403, **ask)
    world.town.tokens.clear()
    gone = world.town.ask("POST", path, world.town.admin, **ask)
    assert (gone["punches"], gone["track_days"], gone["absences"]) == (2, 1, 1)
    assert gone["audit_entries"] >= 2
    again = world.town.ask("POST", path, world.town.admin, **ask)
    assert set(again.values()) == {0}
    later = ask | {"before_on": "2026-12-01"}
    assert world.town.ask("POST", path, world.town.admin, 422, **later)["code"] == "attendance.period_invalid"
    punches = world.town.ask("GET", f"{API}/punches", world.desk())["items"]
    assert [(p["longitude"], p["note"], p["place"]) for p in punches] == [(None, "", "no_fence")] * 2
    assert world.day(phone.person_id) == before
    with world.house.db.reading() as session:
        assert verify(session) is None
        looked = select(AuditEntry).where(AuditEntry.deed == "attendance.track_looked_at")
        assert [(entry.actor, entry.facts) for entry in session.exec(looked)] == [(world.boss["id"], None)]
        erased = select(AuditEntry.facts).where(AuditEntry.deed == "attendance.erased").order_by(col(AuditEntry.seq))
        assert "本人申请删除" in str(session.exec(erased).first())


def test_phones_forget_what_was_erased(world: World, clock: SetClock) -> None:
    from tests.api.workorders.crew import handset

    phone = handset(world.town, clock, world.worker())
    phone.does("attendance.clock_in", "punches", direction="in", position=HERE, note="在医院旁")
    for reading in ("wall_ms", "mono_ms"):
        phone.queue[0]["at"][reading] -= 30 * 3_600_000
    phone.pushes()
    phone.pulls()
    assert [(row["note"], row["longitude"] is None) for row in phone.holds("punches")] == [("在医院旁", False)]
    ask = {"before_on": TUESDAY, "reason": "本人申请删除"}
    world.town.ask("POST", f"{API}/persons/{phone.person_id}/erase", world.town.admin, **ask)
    phone.pulls()
    assert [(row["note"], row["longitude"]) for row in phone.holds("punches")] == [("", None)]
