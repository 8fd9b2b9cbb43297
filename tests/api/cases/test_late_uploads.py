"""Evidence that came after its grace: listed for whoever supervises, of orders and of cases, and never refused."""

from typing import Any

from tests.api.attachments.conftest import photo, sha256_of
from tests.api.cases.loop import SPOT, Loop
from tests.makers import CODE, GRID
from tests.phones import Phone

LATE = "/evidence/v1/late"
SWEPT = photo(64, 48)


def rostered(loop: Loop, name: str) -> None:
    """Works from eight to four today."""
    desk, part = loop.crews.desk("admin"), {"start_min": 480, "end_min": 960}
    ask: dict[str, Any] = {"name": "早班", "area_path": GRID, "parts": [part]}
    shift = desk.post("/attendance/v1/shift-types", ask, expect=201).json()["id"]
    days = {"first_on": "2026-09-01", "last_on": "2026-09-01"}
    person = loop.crews.id(name)
    desk.post("/attendance/v1/rosters", {"person_ids": [person], "pattern": [shift], **days}, expect=201)


def late(loop: Loop, by: str = "admin", **narrowed: Any) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = loop.crews.desk(by).get(LATE, expect=200, **narrowed).json()["items"]
    return listed


def sends(loop: Loop, phone: Phone, content: bytes) -> None:
    """The bytes of a photo come."""
    phone.sync()
    tus = {**phone.headers, "Tus-Resumable": "1.0.0"}
    begun = loop.crews.client.post("/attachments/v1/uploads", headers={**tus, "Upload-Length": str(len(content))})
    assert begun.status_code == 201, begun.text
    ask = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert loop.crews.client.patch(begun.headers["Location"], headers=ask, content=content).status_code == 204


def test_what_comes_so_long_after_the_shift_is_listed_and_counts_all_the_same(loop: Loop) -> None:
    rostered(loop, "crew")
    swept, pruned = loop.crews.order(), loop.crews.order("gardeners")
    phone, gardener = loop.crews.phone("crew"), loop.crews.phone("gardener")
    for one, order in ((phone, swept), (gardener, pruned)):
        one.hs.do("workorders.start", "workorders", order, {})
    loop.crews.later(hours=30)
    for one in (phone, gardener):
        one.sync()
    assert loop.crews.stands(swept)["step"] == loop.crews.stands(pruned)["step"] == "started"
    (only,) = late(loop)
    assert (only["about_id"], only["what"], only["act"], only["shift_ended_at"]) == (pruned, "act", "start", None)
    assert (only["person_id"], only["late_s"]) == (loop.crews.id("gardener"), 6 * 3600)

    finder = loop.crews.phone("collector")
    found = loop.reports(finder)
    phone.hs.do("workorders.finish", "workorders", swept, {"photos": [sha256_of(SWEPT)]})
    phone.sync()
    loop.crews.later(hours=25)
    finder.sync()
    sends(loop, phone, SWEPT)
    sends(loop, loop.crews.phone("mate"), SWEPT)
    case, shown = late(loop)[1], late(loop)[0]
    assert (case["about"], case["about_id"], case["act"]) == ("cases", found, "report")
    assert (shown["what"], shown["about_id"], shown["sha256"], shown["act"]) == (
        "photo",
        swept,
        sha256_of(SWEPT),
        "finish",
    )
    assert loop.state(found) == "reported"


def test_the_list_of_late_evidence_is_narrowed_paged_and_taken_along(loop: Loop) -> None:
    phone, gardener = loop.crews.phone("crew"), loop.crews.phone("gardener")
    swept, pruned, case = loop.crews.order(), loop.crews.order("gardeners"), loop.dispatched()
    for one in (phone, gardener):
        one.sync()
    phone.hs.do("workorders.start", "workorders", swept, {})
    phone.hs.do("cases.accept", "cases", case, {"position": SPOT})
    gardener.hs.do("workorders.start", "workorders", pruned, {})
    loop.crews.later(hours=30)
    phone.sync()
    loop.crews.later(hours=1)
    gardener.sync()
    assert [one["about_id"] for one in late(loop)] == [pruned, case, swept]
    for narrowed, wanted in (
        ({"about": "cases"}, [case]),
        ({"about_id": swept}, [swept]),
        ({"what": "photo"}, []),
        ({"person_id": loop.crews.id("crew")}, [case, swept]),
        ({"team_id": loop.crews.district.teams["gardeners"]}, [pruned]),
        ({"area": f"/{CODE}/nowhere/"}, []),
        ({"since_at": "2026-09-02T06:30:00Z"}, [pruned]),
        ({"until_at": "2026-09-02T06:30:00Z"}, [case, swept]),
    ):
        assert [one["about_id"] for one in late(loop, **narrowed)] == wanted, narrowed
    first = loop.crews.desk("admin").get(LATE, expect=200, limit=2).json()
    rest = loop.crews.desk("admin").get(LATE, expect=200, limit=2, cursor=first["next"]).json()
    assert ([one["about_id"] for one in first["items"] + rest["items"]], rest["next"]) == ([pruned, case, swept], None)
    sheet = loop.crews.desk("admin").get(f"{LATE}/export", expect=200, form="csv", about="workorders").text.splitlines()
    assert ["开工" in line and "作业工单" in line for line in sheet[1:]] == [True, True]
    assert "收到时间" in sheet[0]
    assert late(loop, by="far_dispatcher") == []
    loop.crews.desk("crew").get(LATE, expect=403)
    loop.crews.desk("admin").get(LATE, expect=422, cursor="x")
