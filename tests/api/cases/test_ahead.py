"""Emergencies go ahead of every queue; whoever reported what was merged is carried along and told."""

from typing import Any

from tests.api.cases.loop import CASES, Loop


def titles(loop: Loop, limit: int = 50, **narrowed: Any) -> list[str]:
    """Titles of a list, all its pages."""
    desk, found, cursor = loop.crews.desk("admin"), [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = desk.get(CASES, expect=200, limit=limit, **narrowed, **more).json()
        found += [one["title"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return found


def test_emergencies_go_ahead_of_every_queue_and_pages_go_on(loop: Loop) -> None:
    sunk = loop.enter(big="04", small="01", title="塌陷", longitude=113.31)
    plain = [loop.enter(title=f"垃圾{n}", longitude=113.32 + n / 100) for n in range(3)]
    leak = loop.enter(big="04", small="03", title="燃气", longitude=113.39)
    loop.enter(title="垃圾3", longitude=113.38)
    queue = ["燃气", "塌陷", "垃圾3", "垃圾2", "垃圾1", "垃圾0"]
    for limit in (1, 2, 3, 50):
        assert titles(loop, limit, open="true") == queue
        assert titles(loop, limit, open="true", area="/440111/songzhou/") == queue
    assert titles(loop)[0] == "垃圾3", "a list that is no queue is by its time"
    loop.does(leak, "cancel", reason="误报")
    assert titles(loop, 1, open="true") == queue[1:]
    loop.crews.later(days=3)
    assert titles(loop, 2, overdue="true") == ["塌陷", "垃圾0", "垃圾1", "垃圾2", "垃圾3"]
    loop.does(sunk, "register", code={"kind": "event", "big": "01", "small": "10"})
    assert titles(loop, open="true")[-1] == "塌陷", "it was named anew: no emergency"
    assert plain


def inbox(loop: Loop, name: str) -> list[tuple[str, str | None]]:
    items = loop.crews.desk(name).get("/notifications/v1/notices", expect=200).json()["items"]
    return [(item["code"], item["about_id"]) for item in items]


def test_whoever_reported_a_merged_case_supports_the_other_and_is_told_how_it_ends(loop: Loop) -> None:
    phone, mate = loop.crews.phone("collector"), loop.crews.phone("mate")
    mine = loop.reports(phone, title="一堆垃圾")
    theirs = loop.reports(mate, title="还是那堆垃圾")
    for one in (phone, mate):
        one.sync()
    master = loop.enter(title="垃圾")
    loop.does(mine, "merge", master_id=theirs)
    assert loop.stands(theirs)["supporters"] == [loop.crews.id("collector")]
    loop.does(theirs, "merge", master_id=master)
    both = [loop.crews.id("mate"), loop.crews.id("collector")]
    assert loop.stands(master)["supporters"] == both
    for one in (phone, mate):
        one.sync()
        assert master in {row["id"] for row in one.body("cases")}, "a supporter holds the case on the handset"
    assert loop.crews.desk("mate").get(f"{CASES}/{master}", expect=200).json()["id"] == master
    loop.crews.desk("stranger").get(f"{CASES}/{master}", expect=404)
    loop.does(master, "force-close", reason="已清")
    assert inbox(loop, "mate") == [("cases.supported_ended", master), ("cases.merged", master)]
    told = [("cases.supported_ended", master), ("cases.merged", master), ("cases.merged", theirs)]
    assert inbox(loop, "collector") == told
