"""Lists of orders: each is read along an index on both databases, page by page, and shows neither more nor less."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from backend.app import build_house
from backend.kernel.clock import SetClock
from backend.kernel.http import House
from backend.kernel.settings import Settings
from backend.workorders import queries
from backend.workorders.queries import lists as listing
from backend.workorders.queries import walks
from backend.workorders.tables import WorkOrder
from bench.bench_workorders import NOW, lists, principals, seed
from mobile_contract.workorders import OrderFilter
from tests.api.people.conftest import GRID, LIANHE, Town
from tests.api.workorders.test_orders import ORDERS, plan, worker

SEEDED = 2_000
INDEXED_ONLY = ("enable_seqscan", "enable_sort", "enable_bitmapscan")
"""What PostgreSQL prefers in a small table, whatever indexes there are."""


@pytest.fixture
def filled(store_url: str, tmp_path: Path) -> Iterator[House]:
    """A house with some thousand orders."""
    seed(store_url, SEEDED)
    house = build_house(Settings(data_dir=tmp_path, testing=True, database_url=store_url), SetClock(NOW))
    yield house
    house.db.close()


def asked_by(house: House, who: str, deed: Any) -> list[tuple[str, str]]:
    """Every statement of a deed, and how the database would go about it."""
    with house.db.reading() as session:
        connection = session.connection()
        asked: list[tuple[str, Any]] = []

        @event.listens_for(connection, "before_cursor_execute")
        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
            asked.append((statement, parameters))

        deed(house.ctx(session, principals()[who]))
        event.remove(connection, "before_cursor_execute", note)
        postgres = house.db.dialect == "postgresql"
        for setting in INDEXED_ONLY if postgres else ():
            connection.execute(text(f"SET LOCAL {setting} = off"))
        explain = "EXPLAIN " if postgres else "EXPLAIN QUERY PLAN "
        plans = []
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(explain + statement, parameters).all()
            plans.append((statement, "\n".join(str(row[-1]) for row in rows)))
        return plans


def _first_page(ctx: Any, wish: OrderFilter) -> None:
    queries.orders(ctx, wish, None, 50)


def test_every_list_is_read_along_an_index_and_nothing_is_sorted(filled: House) -> None:
    deeds: dict[str, tuple[str, Any]] = {
        name: (who, partial(_first_page, wish=OrderFilter(**wanted))) for name, (who, wanted) in lists().items()
    }
    deeds["near"] = ("crew", lambda ctx: queries.near(ctx, (113.3, 23.2), 500, None, 50))
    for name, (who, deed) in deeds.items():
        plans = asked_by(filled, who, deed)
        assert plans, name
        for statement, planned in plans:
            told = f"{name}\n{statement}\n{planned}"
            assert "SCAN workorders_" not in planned, told
            assert "Seq Scan" not in planned, told
            assert "TEMP B-TREE" not in planned, told
            assert "Sort" not in planned, told


def test_every_list_shows_all_that_is_in_it_once_and_in_order(filled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, (name, (who, wanted)) in enumerate(lists().items()):
        # Every other list as if it were so long that a page may look at a part of it only.
        monkeypatch.setattr(walks, "LOOKED_AT_MAX", 40 if number % 2 else 20_000)
        wish = OrderFilter(**wanted)
        with filled.db.reading() as session:
            ctx = filled.ctx(session, principals()[who])
            seen, cursor = [], None
            while True:
                page = queries.orders(ctx, wish, cursor, 17)
                seen += [order.id for order in page.items]
                cursor = page.next
                if cursor is None:
                    break
            assert seen == _plainly(ctx, wish), name


def _plainly(ctx: Any, wish: OrderFilter) -> list[str]:
    """The same list by one statement that reads all rows."""
    walk = listing.listing(ctx, wish).walk
    rows = ctx.session.exec(select(WorkOrder).where(*listing._looks(ctx, wish).values())).all()
    steps = walk.steps if walk.sorting is not walks.DUE else [s for s in walk.steps if s in walks._AT_WORK]
    rows = [row for row in rows if row.step in steps]
    if walk.between is not None:
        rows = [row for row in rows if walk.between[0] <= row.ranked_at < walk.between[1]]
    rows.sort(key=lambda row: [getattr(row, name) for name in walk.sorting.columns], reverse=walk.sorting.falling)
    return [row.id for row in rows]


# -- over HTTP -----------------------------------------------------------------------------------------------------


@pytest.fixture
def team(town: Town) -> str:
    return town.team()


@pytest.fixture
def desk(town: Town) -> dict[str, str]:
    return town.as_(town.person("dispatcher", area="/440111/")["phone"])


def titles(town: Town, headers: dict[str, str], query: str) -> list[str]:
    return [order["title"] for order in town.ask("GET", f"{ORDERS}?{query}", headers)["items"]]


def test_a_crew_sees_its_tasks_its_day_and_what_is_overdue(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    phone = worker(town, clock, team)
    mate = worker(town, clock, team)
    due = {"window_from_at": "2026-09-01T00:00:00Z", "due_at": "2026-09-01T00:05:00Z"}
    plan(town, desk, team, title="没有期限")
    plan(town, desk, team, title="明天到期", due_at="2026-09-02T01:00:00Z")
    plan(town, desk, team, title="今天到期", **due)
    plan(town, desk, team, title="同伴的", assignee_id=mate.person_id, **due)
    plan(town, desk, town.team(name="二班"), title="别组的", **due)
    assert titles(town, phone.headers, "mine=true&sort=due") == ["今天到期", "明天到期", "没有期限"]
    assert sorted(titles(town, phone.headers, "on=2026-09-01")) == ["今天到期", "同伴的"]
    clock.pass_time(timedelta(minutes=6))
    assert sorted(titles(town, phone.headers, "overdue=true")) == ["今天到期", "同伴的"]
    assert len(titles(town, desk, "overdue=true")) == 3
    assert len(titles(town, desk, f"overdue=true&team_id={team}&q=同伴")) == 1
    far = town.as_(town.person("supervisor", area=LIANHE)["phone"])
    assert titles(town, far, "overdue=true") == []
    assert titles(town, desk, "open=false") == []


def test_the_nearest_comes_first_and_nothing_beyond_is_shown(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    for metres in (900, 30, 400, 0, 1_200):
        place = {"longitude": 113.27, "latitude": round(23.18 + metres / 111_320, 7)}
        plan(town, desk, team, title=f"{metres}", **place)
    plan(town, desk, team, title="无坐标")
    road = {"type": "LineString", "coordinates": [[113.2711, 23.18], [113.31, 23.18]]}
    made = plan(town, desk, team, title="路", line=road, buffer_m=20)
    assert (made["line"], made["buffer_m"]) == (road, 20.0)
    assert (made["longitude"], made["latitude"]) == (pytest.approx(113.29055), 23.18)
    phone = worker(town, clock, team)
    phone.pulls()
    assert [one["line"] for one in phone.holds("workorders") if one["title"] == "路"] == [road]
    here = f"{ORDERS}/near?longitude=113.27&latitude=23.18&limit=3"
    first = town.ask("GET", here, phone.headers)
    rest = town.ask("GET", f"{here}&cursor={first['next']}", phone.headers)
    assert [one["order"]["title"] for one in [*first["items"], *rest["items"]]] == ["0", "30", "路", "400", "900"]
    assert rest["next"] is None
    assert abs(first["items"][1]["distance_m"] - 30) < 1
    stranger = worker(town, clock, town.team(name="二班"))
    assert town.ask("GET", here, stranger.headers)["items"] == []
    town.ask("GET", f"{ORDERS}/near?longitude=213&latitude=23", phone.headers, 422)


def test_filters_go_together_and_a_cursor_of_another_list_is_refused(
    town: Town, team: str, desk: dict[str, str]
) -> None:
    for number in range(4):
        due = {"due_at": f"2026-09-0{number + 2}T01:00:00Z"}
        plan(town, desk, team, title=f"扫{number}号路", scene="greening" if number % 2 else "sanitation", **due)
    assert titles(town, desk, f"scene=greening&area={GRID}&q=号路&step=released") == ["扫3号路", "扫1号路"]
    page = town.ask("GET", f"{ORDERS}?sort=due&scene=sanitation&limit=1", desk)
    following = town.ask("GET", f"{ORDERS}?sort=due&scene=sanitation&limit=1&cursor={page['next']}", desk)
    assert [o["title"] for o in [*page["items"], *following["items"]]] == ["扫0号路", "扫2号路"]
    town.ask("GET", f"{ORDERS}?cursor={page['next']}", desk, 422)
    town.ask("GET", f"{ORDERS}?on=2026-13-01", desk, 422)


def test_a_crew_finds_what_it_searches_for_to_the_letter(
    town: Town, clock: SetClock, team: str, desk: dict[str, str]
) -> None:
    phone = worker(town, clock, team)
    for title in ("洒水100%/天_北段", "洒水1000次/天 北段"):
        plan(town, desk, team, title=title)
    expected = {
        "洒水100": ["洒水1000次/天 北段", "洒水100%/天_北段"],
        "水100%/天_": ["洒水100%/天_北段"],
        "水100_": [],
        "天_北": ["洒水100%/天_北段"],
        "天北段": ["洒水1000次/天 北段"],
    }
    assert {q: titles(town, phone.headers, f"q={quote(q)}") for q in expected} == expected
