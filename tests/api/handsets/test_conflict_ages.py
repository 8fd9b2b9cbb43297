"""Conflicts that are looked for, grow old and move up; and who is told what of a row they may no longer see."""

from typing import Any

from sqlmodel import select

from backend.handsets.jobs import JOBS
from backend.kernel.audit import AuditEntry
from backend.people import queries
from tests.api.handsets.conftest import Field, clock_in
from tests.phones import Phone

ON_POSTGRES: set[str] = set()
"""Nothing here asks the store something of its own: it runs there in `make test-full`."""

DESK = "/handsets/v1/conflicts"


def _asked(crews: Field, **order: Any) -> tuple[dict[str, Any], str, Phone]:
    order_id = crews.order(note="原文", **order)
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    for phone, text in ((ours, "我们的"), (theirs, "他们的")):
        phone.hs.edit("workorders", order_id, {"note": text})
        phone.sync()
    (kept,) = crews.conflicts(state="open", t="workorders")
    return kept, order_id, theirs


def _job(crews: Field, name: str = "handsets.escalate") -> None:
    (job,) = (job for job in JOBS if job.name == name)
    with crews.house.db.transaction() as session:
        job.run(crews.house.ctx(session, queries.operator(crews.house.settings)), {})


def test_a_conflict_that_nobody_settles_moves_up_to_the_next_owner(crews: Field) -> None:
    kept, _, theirs = _asked(crews)
    assert (kept["owner"], kept["due_at"] is not None) == ("ganger", True)
    owners = []
    for _ in range(5):
        crews.later(hours=8)
        _job(crews)
        (kept,) = crews.conflicts(state="open")
        owners.append(kept["owner"])
    assert owners == ["dispatcher", "supervisor", "admin", "admin", "admin"]
    assert kept["due_at"] is None, "nobody is above the last"
    with crews.house.db.reading() as session:
        deeds = session.exec(select(AuditEntry).where(AuditEntry.deed == "conflicts.escalate")).all()
    assert [entry.subject for entry in deeds] == [kept["id"]] * 3
    theirs.sync()
    row = theirs.row("conflicts", kept["id"])
    assert row is not None
    assert row["owner"] == "admin"


def test_a_conflict_before_its_time_or_settled_stays_where_it_is(crews: Field) -> None:
    kept, _, _ = _asked(crews)
    crews.later(hours=7)
    _job(crews)
    assert crews.conflicts(state="open")[0]["owner"] == "ganger"
    crews.desk().post(f"{DESK}/{kept['id']}/settle", {"choice": "noted", "note": ""}, expect=200)
    crews.later(hours=9)
    _job(crews)
    (kept,) = crews.conflicts(t="workorders")
    assert (kept["owner"], kept["due_at"]) == ("ganger", None)


def test_the_desk_finds_conflicts_by_what_it_asks(crews: Field) -> None:
    kept, _, _ = _asked(crews)
    phone = crews.phone("crew")
    phone.hs.do("no.such", "nothings", kept["id"], {})
    phone.sync()
    assert {c["severity"] for c in crews.conflicts()} == {"decide", "refused"}
    assert [c["id"] for c in crews.conflicts(severity="decide")] == [kept["id"]]
    assert [c["id"] for c in crews.conflicts(team_id=kept["team_id"])] == [kept["id"]]
    assert kept["team_id"] == crews.district.teams["sweepers"]
    assert len(crews.conflicts(owner="ganger")) == 2
    assert crews.conflicts(owner="admin") == crews.conflicts(older_than_h=1) == crews.conflicts(overdue="true") == []
    crews.later(hours=9)
    assert len(crews.conflicts(older_than_h=8)) == 2
    assert [c["id"] for c in crews.conflicts(overdue="true")] == [kept["id"]]
    crews.desk("admin").get(DESK, expect=422, severity="odd")
    crews.desk("admin").get(DESK, expect=422, older_than_h="-1")


def test_a_conflict_is_told_in_the_words_of_the_crew(crews: Field) -> None:
    kept, _, _ = _asked(crews)
    assert "任务说明" in kept["text"]["zh"]
    assert "note" in kept["text"]["en"]
    order = crews.order()
    phone = crews.phone("crew")
    phone.hs.do("workorders.start", "workorders", order, {})
    crews.at_desk(order, "cancel", reason="不用做了")
    phone.sync()
    (moved,) = [c for c in crews.conflicts(t="workorders", person_id=crews.id("crew")) if c["row"] == order]
    assert "已撤销" in moved["text"]["zh"]
    assert "cancelled" in moved["text"]["en"]


def test_a_crew_whose_sight_has_ended_is_not_told_where_the_row_stands(crews: Field) -> None:
    order = crews.order()
    phone, desk = crews.phone("mate"), crews.phone("dispatcher")
    phone.hs.do("workorders.start", "workorders", order, {})
    crews.at_desk(order, "cancel", reason="不用做了")
    crews.move("mate", "sweepers", "gardeners")
    phone.sync()
    result = phone.results()[1]
    assert result["r"] == "merged"
    assert result["why"]["params"] == {"cmd": "workorders.start"}
    row = phone.row("conflicts", result["conflict"])
    assert row is not None
    assert row["why"]["params"].keys() == {"code"}, "the number of the order, which they had seen"
    assert "不用做了" not in str(row["text"])
    assert "已撤销" not in row["text"]["zh"]
    assert not any(b"cancelled" in body for _, body in phone.answers[-3:])
    assert phone.ids("conflict_sides") == set()
    desk.sync()
    side = desk.row("conflict_sides", result["conflict"])
    assert side is not None
    assert side["why"]["params"]["state"] == "cancelled"
    assert side["fields"][0]["server"] == "cancelled"


def test_settling_what_another_desk_settled_meanwhile_makes_no_second_conflict(crews: Field) -> None:
    kept, _, _ = _asked(crews)
    desk = crews.phone("dispatcher")
    desk.hs.do("conflicts.settle", "conflicts", kept["id"], {"choice": "noted", "note": "离线"})
    crews.desk("supervisor").post(f"{DESK}/{kept['id']}/settle", {"choice": "keep_server", "note": ""}, expect=200)
    desk.sync()
    assert desk.outcome(1) == "merged"
    (only,) = crews.conflicts(t="workorders")
    assert only["choice"] == "keep_server"
    assert crews.conflicts(t="conflicts") == []


def test_a_conflict_is_settled_from_a_handset(crews: Field) -> None:
    kept, order, _ = _asked(crews)
    desk = crews.phone("dispatcher")
    desk.hs.do("conflicts.settle", "conflicts", kept["id"], {"choice": "take_device", "note": ""})
    desk.sync()
    assert desk.outcome(1) == "applied"
    assert crews.stands(order)["note"] == "他们的"


def test_confirming_what_stands_counts_as_the_later_word(crews: Field) -> None:
    """Who writes at noon what stood since the morning is not overruled by an older word that arrives later."""
    order = crews.order()
    ours, theirs = crews.phone("crew"), crews.phone("mate")
    ours.hs.edit("workorders", order, {"crew_note": "照旧"})
    ours.sync()
    theirs.sync()
    crews.later(hours=1)
    ours.hs.edit("workorders", order, {"crew_note": "较早的另一句"})
    crews.later(hours=1)
    theirs.hs.edit("workorders", order, {"crew_note": "照旧"})
    theirs.sync()
    ours.sync()
    assert crews.stands(order)["crew_note"] == "照旧"


def test_the_desk_sees_when_a_handset_last_pulled(crews: Field) -> None:
    phone = crews.phone("crew")
    clock_in(phone)
    crews.later(hours=1)
    phone.sync()
    crews.house.db.submit(lambda _: None).result()
    (seen,) = (d for d in crews.desk("admin").get("/handsets/v1/devices").json()["items"] if d["id"] == phone.device_id)
    assert seen["last_pull_at"] is not None
    assert seen["last_push_at"] is not None


def test_who_pulled_long_ago_is_forgotten_by_the_process(crews: Field) -> None:
    crews.phone("crew")
    crews.phone("leader")
    crews.later(hours=1)
    crews.phone("crew")
    assert len(crews.house.noted) == 1
