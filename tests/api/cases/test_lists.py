"""Lists of cases: narrowed, searched by two characters, near a place, written out, told as stories; along indexes."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlmodel import Session

from backend.cases import queries
from backend.cases.rules.numbers import grid_of, street_of
from backend.cases.tables import Case, CaseGram, CaseUnit, CaseWords
from backend.kernel.ids import new_id
from backend.kernel.words import folded_texts, grams
from mobile_contract import caselists as lists
from mobile_contract import cases as wire
from tests.api.cases.loop import CASES, SPOT, Loop, photo
from tests.makers import GRID, LIANHE, NEXT_GRID, SONGZHOU

MANY = 1_200


def titles(loop: Loop, by: str = "dispatcher", **narrowed: Any) -> list[str]:
    page = loop.crews.desk(by).get(CASES, expect=200, **narrowed).json()
    return [one["title"] for one in page["items"]]


def test_words_of_two_characters_are_found_in_title_note_and_address(loop: Loop) -> None:
    loop.enter(title="路面积水", address="黄石东路12号")
    loop.enter(title="井盖缺失", note="路 面 下沉")
    code = loop.stands(loop.enter(title="乱堆物料"))["code"]
    assert titles(loop, q="路面") == ["井盖缺失", "路面积水"]
    assert titles(loop, q="黄石东") == ["路面积水"]
    assert titles(loop, q="东黄") == [], "the pairs must stand together"
    assert titles(loop, q="堆") == ["乱堆物料"]
    assert titles(loop, q=code) == ["乱堆物料"]
    assert titles(loop, q="路面", state="registered") == []
    assert titles(loop, by="far_dispatcher", q="路面") == []
    first = loop.crews.desk("dispatcher").get(CASES, expect=200, q="路面", limit=1).json()
    assert titles(loop, q="路面", cursor=first["next"]) == ["路面积水"]


def test_lists_are_of_a_person_of_a_team_of_a_place(loop: Loop) -> None:
    ours = loop.dispatched(title="ours")
    theirs = loop.registered(title="theirs", area_path=NEXT_GRID, longitude=113.4)
    loop.give(theirs, "gardeners")
    loop.registered(title="far", area_path=LIANHE, longitude=113.5)
    phone = loop.crews.phone("crew")
    loop.act(phone, "accept", ours)
    phone.sync()
    assert (titles(loop, by="crew"), titles(loop, by="gardener")) == (["ours"], ["theirs"])
    assert (titles(loop, by="crew", mine=True), titles(loop, by="mate", mine=True)) == (["ours"], [])
    assert (titles(loop, by="mate", ours=True), titles(loop, by="dispatcher", ours=True)) == (["ours"], [])
    assert titles(loop, area=GRID) == ["ours"]
    assert titles(loop, area=SONGZHOU) == ["theirs", "ours"]
    assert titles(loop, area=LIANHE) == [], "outside one's areas"
    assert titles(loop, by="admin", area="/440111/") == ["far", "theirs", "ours"]
    assert titles(loop, team_id=loop.crews.district.teams["gardeners"]) == ["theirs"]


def test_the_longest_overdue_comes_first_and_pages_go_on(loop: Loop) -> None:
    made = []
    for i in range(3):
        made.append(loop.enter(title=f"t{i}", longitude=113.2 + i / 10))
        loop.crews.later(minutes=30)
    loop.crews.later(days=2)
    desk = loop.crews.desk("dispatcher")
    page = desk.get(CASES, expect=200, overdue=True, limit=2).json()
    rest = desk.get(CASES, expect=200, overdue=True, limit=2, cursor=page["next"]).json()
    assert [one["id"] for one in page["items"] + rest["items"]] == made
    assert rest["next"] is None
    assert desk.get(CASES, expect=200, overdue=False).json()["items"] == []
    desk.get(CASES, expect=422, overdue=True, cursor="WyJ4Il0")


def test_open_cases_near_me_are_nearest_first(loop: Loop) -> None:
    near, middle = loop.enter(longitude=113.2742), loop.enter(longitude=113.2762)
    loop.enter(longitude=113.2900)
    loop.does(loop.enter(), "reject", reason="重复")
    found = loop.crews.desk("dispatcher").get("/cases/v1/near", expect=200, within_m=500, **SPOT).json()
    assert [one["case"]["id"] for one in found] == [near, middle]
    assert 90 < found[0]["distance_m"] < 115
    assert loop.crews.desk("far_dispatcher").get("/cases/v1/near", expect=200, **SPOT).json() == []
    loop.crews.desk("dispatcher").get("/cases/v1/near", expect=422, longitude=181, latitude=23)


def test_a_list_goes_out_as_a_spreadsheet_that_runs_no_formula(loop: Loop) -> None:
    case = loop.dispatched(title="=1+1", note="第一行\n第二行")
    loop.enter(title="别的", area_path=LIANHE, longitude=113.5)
    desk = loop.crews.desk("dispatcher")
    out = desk.get("/cases/v1/export", expect=200, form="csv").content.decode("utf-8-sig")
    heading, *rows = list(csv.reader(io.StringIO(out, newline="")))
    (row,) = [dict(zip(heading, cells, strict=True)) for cells in rows]
    assert (row["案卷号"], row["标题"], row["状态"]) == (loop.stands(case)["code"], "'=1+1", "已派遣")
    assert (row["处置单位"], row["上报时间"], row["说明"]) == ("七网格一班", "2026-09-01 08:00:00", "第一行\n第二行")
    sheet = desk.get("/cases/v1/export", expect=200, state="dispatched")
    assert sheet.content[:2] == b"PK"
    assert "cases.xlsx" in sheet.headers["content-disposition"]


def test_a_case_is_told_as_a_story_with_its_photos(loop: Loop) -> None:
    case = loop.dispatched()
    phone = loop.crews.phone("crew")
    loop.finish(phone, case, note="已清运")
    loop.crews.later(minutes=1)
    loop.does(case, "force-close", reason="领导批示")
    phone.sync()
    told = loop.crews.desk("dispatcher").get(f"{CASES}/{case}/story", expect=200).json()
    assert [line["texts"]["zh"] for line in told] == [
        "管理员上报案卷。",
        "管理员立案。",
        "管理员派遣。",
        "crew处置完毕并反馈（案卷已另有结论，工作与照片予以保留）：已清运",
        "管理员强制结案：领导批示",
    ]
    assert [photo("after")] in [line["photos"] for line in told]
    assert any(line["texts"]["en"] == "管理员 registered it." for line in told)
    loop.crews.desk("far_dispatcher").get(f"{CASES}/{case}/story", expect=404)


# -- along indexes ----------------------------------------------------------------------------------------------------


def fill(session: Session, loop: Loop, many: int = MANY) -> None:
    """Cases of three grids, one in a hundred of them open and overdue."""
    now, teams = loop.crews.clock.now(), list(loop.crews.district.teams.values())
    rows, pairs, said, units = [], [], [], []
    for i in range(many):
        area = (GRID, NEXT_GRID, LIANHE)[i % 3]
        is_open = i % 100 == 0
        row = Case(
            id=new_id(),
            code=f"440111-{i}",
            source="hot_line",
            kind="event",
            big="01",
            small=f"{i % 20:02d}",
            title=("暴露垃圾", "路面积水", "井盖缺失", "占道经营")[i % 4],
            longitude=113.2 + i % 97 / 1000,
            latitude=23.1 + i % 89 / 1000,
            area_path=area,
            street=street_of(area),
            grid=grid_of(area),
            state="registered" if is_open else "closed",
            supervised="none",
            team_id=teams[i % 4],
            due_at=now - timedelta(minutes=i) if is_open else None,
            reported_at=now,
            ended_at=None if is_open else now,
        )
        rows.append({k: v for k, v in row.model_dump().items() if v is not None or k in ("due_at", "ended_at")})
        pairs += [{"gram": gram, "case_id": row.id} for gram in grams(row.title)]
        said.append({"case_id": row.id, "words": folded_texts(row.title)})
        units.append({"case_id": row.id, "team_id": teams[i % 4], "withdrawn": False})
    connection = session.connection()
    for table, values in ((Case, rows), (CaseGram, pairs), (CaseWords, said), (CaseUnit, units)):
        connection.execute(insert(table), values)
    connection.execute(text("ANALYZE"))


def plan(loop: Loop, session: Session, by: str, wanted: lists.CaseFilter) -> str:
    """How the store would read a page."""
    hand = loop.crews.district[by]
    from backend.people import queries as people

    ctx = loop.crews.house.ctx(session, people.principal_of(loop.crews.house.ctx(session), hand.id, None))
    order = queries.Order(by_due=wanted.overdue is True and wanted.q is None)
    query = queries.page_query(ctx, wanted, order, None, 51)
    if loop.crews.house.db.dialect == "sqlite":
        compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
        lines = session.connection().execute(text(f"EXPLAIN QUERY PLAN {compiled}".replace(":", "\\:"))).all()
        return "\n".join(str(line[3]) for line in lines)
    compiled = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
    session.connection().execute(text("SET LOCAL enable_seqscan = off"))
    raw = str(compiled).replace("%%", "%").replace(":", "\\:").replace("\\:\\:", "::")
    return "\n".join(line[0] for line in session.connection().execute(text(f"EXPLAIN {raw}")).all())


ASKED = {
    "all": lists.CaseFilter(),
    "state": lists.CaseFilter(state=wire.State.registered),
    "grid": lists.CaseFilter(area=GRID),
    "street and state": lists.CaseFilter(area=SONGZHOU, state=wire.State.registered),
    "open": lists.CaseFilter(open=True),
    "overdue": lists.CaseFilter(overdue=True),
    "overdue of a grid": lists.CaseFilter(overdue=True, area=GRID),
    "code": lists.CaseFilter(kind=wire.CodeKind.event, big="01", small="02"),
    "words": lists.CaseFilter(q="积水"),
    "in doubt": lists.CaseFilter(in_time=wire.InTime.in_time_unsure),
    "watched": lists.CaseFilter(supervised=True),
    "my team's": lists.CaseFilter(ours=True),
    "mine": lists.CaseFilter(mine=True),
}


def test_no_list_reads_all_cases(loop: Loop) -> None:
    with loop.crews.house.db.transaction() as session:
        fill(session, loop)
    with loop.crews.house.db.transaction() as session:
        for by in ("admin", "dispatcher", "crew"):
            for name, wanted in ASKED.items():
                told = plan(loop, session, by, wanted)
                whole = re.search(r"SCAN cases_case(?! USING)|Seq Scan on cases_case\b", told)
                assert whole is None, f"{by}, {name}:\n{told}"


@pytest.mark.parametrize("by", ["admin", "dispatcher", "crew"])
def test_every_list_gives_what_a_plain_reading_gives(loop: Loop, by: str) -> None:
    with loop.crews.house.db.transaction() as session:
        fill(session, loop, 600)
    everything = _all(loop, by)
    assert len(everything) == {"admin": 600, "dispatcher": 400, "crew": 150}[by]
    opened = [one for one in everything if one["ended_at"] is None]
    assert _all(loop, by, open=True) == opened
    assert _all(loop, by, state="closed") == [one for one in everything if one["state"] == "closed"]
    assert _all(loop, by, q="积水") == [one for one in everything if "积水" in one["title"]]
    now = loop.crews.clock.now().isoformat().replace("+00:00", "Z")
    late = sorted(opened, key=lambda one: (one["due_at"], one["id"]))
    assert _all(loop, by, overdue=True) == [one for one in late if one["due_at"] < now]


def _all(loop: Loop, by: str, **narrowed: Any) -> list[dict[str, Any]]:
    desk, found, cursor = loop.crews.desk(by), [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = desk.get(CASES, expect=200, limit=70, **narrowed, **more).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found
