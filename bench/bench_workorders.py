"""Lists of a district with a million orders on both databases, and a month of a plan's orders."""

import contextlib
import random
import sqlite3
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.rig import postgres

ORDERS = 1_000_000
STREETS, GRIDS, TEAMS, PEOPLE, PLANS = 20, 20, 200, 2_000, 1_000
LOOKS = 40
PAGES_TURNED = 4
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
STEPS = {
    "closed": 590,
    "done": 280,
    "planned": 40,
    "released": 35,
    "missed": 30,
    "cancelled": 10,
    "excused": 8,
    "started": 5,
    "paused": 1,
    "rework": 1,
}
"""Of a thousand orders so many stand so."""
SCENES = ["sanitation"] * 700 + ["greening"] * 200 + ["street_order"] * 99 + ["river"]
WORKS = ("主干道普扫", "人行道保洁", "果皮箱清掏", "行道树修剪", "绿篱修剪", "占道经营巡查", "公厕巡查保洁")
ROADS = ("增槎路", "松洲北路", "机场路", "广园西路", "景泰直街", "三元里大道", "柯子岭路", "大金钟路")
MONTH_ORDERS = 50_000


def _id(kind: int, number: int) -> str:
    return f"0199b3a0-{kind:04x}-7000-8000-{number:012x}"


def _title(number: int) -> str:
    return f"{ROADS[number % len(ROADS)]}{WORKS[number % len(WORKS)]}"


def _orders(count: int) -> Iterator[dict[str, Any]]:
    """Rows as they lie in the table, oldest first: two years of a district."""
    from backend.workorders import rules

    dice = random.Random(440_111)
    steps = [step for step, share in STEPS.items() for _ in range(share)]
    for number in range(count):
        street, grid = number % STREETS, number // STREETS % GRIDS
        area = f"/440111/s{street:02d}/{grid:02d}/"
        step = dice.choice(steps)
        due = NOW - timedelta(days=730) * (1 - number / count) + timedelta(hours=dice.randrange(30))
        person = _id(2, dice.randrange(PEOPLE))
        longitude, latitude = 113.20 + dice.random() * 0.2, 23.10 + dice.random() * 0.2
        yield {
            "id": _id(1, number),
            "code": f"S{street:02d}-{number:08d}",
            "title": _title(number),
            "scene": dice.choice(SCENES),
            "priority": 0,
            "longitude": longitude,
            "latitude": latitude,
            "cell": rules.cell(longitude, latitude),
            "area_path": area,
            **rules.area_levels(area),
            "team_id": _id(3, number % TEAMS),
            "assignee_id": person if number % 2 else None,
            "done_by": person if step in ("done", "closed") else None,
            "step": step,
            "due_at": _told(due),
            "ranked_at": _told(due),
            "evidence": "awaiting" if step == "done" and number % 100 == 0 else "complete",
            "inspection": "due" if step == "done" and number % 100 == 1 else "none",
            "plan_id": _id(4, number % PLANS),
            "place": f"r{number}",
            "created_at": _told(due),
        }


def _told(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


PLAIN: dict[str, Any] = {
    "reach_degrees": 0.0,
    "note": "",
    "crew_note": "",
    "worked_s": 0,
    "evidence_rule": "{}",
    "photos": "[]",
    "lacking": "[]",
    "materials": "[]",
    "rework_count": 0,
    "cancel_reason": "",
    "joint_no": 0,
    "joint_parts": 0,
    "joint_left": 0,
    "halt_reason": "",
    "withdrawn_by": 0,
    "window_no": 0,
    "former": "[]",
}


def _grams(count: int) -> Iterator[tuple[str, str]]:
    """Pairs of characters of the titles, in the order of their index."""
    from backend.workorders.rules import grams

    holders: dict[str, list[int]] = defaultdict(list)
    said = [grams(_title(number)) for number in range(len(ROADS) * len(WORKS))]
    for number in range(count):
        for gram in said[number % len(said)]:
            holders[gram].append(number)
    for gram in sorted(holders):
        yield from ((gram, _id(1, number)) for number in holders[gram])


def seed(url: str, count: int) -> None:
    """Fills the tables of orders past everything else; indexes are built once all rows lie there."""
    from backend.workorders.tables import OrderGram, OrderWords, WorkOrder

    names = [column.name for column in WorkOrder.__table__.columns]  # type: ignore[attr-defined]  # SQLModel
    rows = ([(PLAIN | row).get(name) for name in names] for row in _orders(count))
    words = ((_id(1, number), _title(number)) for number in range(count))
    parts: list[tuple[str, Sequence[str], Iterator[Sequence[Any]]]] = [
        (str(WorkOrder.__tablename__), names, rows),
        (str(OrderGram.__tablename__), ["gram", "order_id"], _grams(count)),
        (str(OrderWords.__tablename__), ["order_id", "words"], words),
    ]
    (_seed_postgres if url.startswith("postgres") else _seed_sqlite)(url, parts)


Parts = Sequence[tuple[str, Sequence[str], Iterator[Sequence[Any]]]]


def _seed_sqlite(url: str, parts: Parts) -> None:
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as bare:
        bare.execute("PRAGMA synchronous = OFF")
        asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
        for table, columns, rows in parts:
            indexes = bare.execute(asked, (table,)).fetchall()
            for name, _ in indexes:
                bare.execute(f"DROP INDEX {name}")
            marks = ", ".join("?" * len(columns))
            bare.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
            for _, statement in indexes:
                bare.execute(statement)
        bare.execute("ANALYZE")
        bare.commit()
        bare.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _seed_postgres(url: str, parts: Parts) -> None:
    import psycopg

    plain = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain, options="-c timezone=UTC -c maintenance_work_mem=256MB") as bare:
        for table, columns, rows in parts:
            asked = (
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
                " (SELECT conname FROM pg_constraint)"
            )
            indexes = bare.execute(asked, [table]).fetchall()
            for name, _ in indexes:
                bare.execute(f"DROP INDEX {name}")
            with bare.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as into:
                for row in rows:
                    into.write_row(row)
            for _, statement in indexes:
                bare.execute(statement)
        bare.commit()
        bare.autocommit = True
        bare.execute("VACUUM ANALYZE")


# -- lists ---------------------------------------------------------------------------------------------------------


def lists() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every list people use: who asks, and for what."""
    street, grid = "/440111/s03/", "/440111/s03/07/"
    return {
        "all": ("district", {}),
        "of a street": ("district", {"area": street}),
        "of a street, released": ("district", {"area": street, "step": "released"}),
        "of a grid": ("street", {"area": grid}),
        "of a grid, greening": ("street", {"area": grid, "scene": "greening"}),
        "of a state": ("district", {"step": "rework"}),
        "of a type": ("district", {"scene": "greening"}),
        "of a rare type": ("street", {"scene": "river"}),
        "of a person": ("district", {"assignee_id": _id(2, 7)}),
        "of a plan": ("district", {"plan_id": _id(4, 7)}),
        "of a team": ("district", {"team_id": _id(3, 7), "step": "done"}),
        "awaiting evidence": ("street", {"evidence": "awaiting"}),
        "to inspect": ("street", {"inspection": "due"}),
        "open": ("street", {"open": True}),
        "overdue": ("district", {"overdue": True}),
        "overdue in a grid": ("street", {"overdue": True, "area": grid}),
        "a team's day": ("district", {"team_id": _id(3, 7), "on": date(2026, 9, 1)}),
        "the district's day": ("district", {"on": date(2026, 9, 1)}),
        "my tasks": ("crew", {"mine": True, "sort": "due"}),
        "my team's day": ("crew", {"on": date(2026, 9, 1)}),
        "all a crew sees": ("crew", {}),
        "search": ("district", {"q": "机场路"}),
        "search in a grid": ("street", {"q": "机场路人行道", "area": grid}),
        "search of a rare state": ("district", {"q": "清掏", "step": "rework"}),
        "search of one character": ("street", {"q": "树", "step": "released"}),
        "search of what nobody says": ("district", {"q": "月球"}),
        "a crew's search of a long phrase": ("crew", {"q": "大金钟路人行道保洁"}),
        "a crew's search of others' long phrase": ("crew", {"q": "机场路人行道保洁"}),
        "a crew's search of a phrase that nobody says": ("crew", {"q": "机场路人行道保洁巡查修剪"}),
    }


def principals() -> dict[str, Any]:
    """Who looks: the district's desk, a street's desk, somebody of a crew."""
    from backend.kernel.authority import Grant, Principal, Role

    team = frozenset({_id(3, 7)})
    crew = (Grant(Role.crew, "/440111/s03/07/"),)
    return {
        "district": Principal(_id(5, 1), "", "", None, (Grant(Role.dispatcher, "/440111/"),)),
        "street": Principal(_id(5, 2), "", "", None, (Grant(Role.supervisor, "/440111/s03/"),)),
        "crew": Principal(_id(2, 7), "", "", None, crew, team),
    }


_KEPT = ExitStack()


@lru_cache(maxsize=2)
def _house(store: str) -> Any:
    """A house with a million orders, made once a run."""
    from backend.app import build_house, migrate
    from backend.kernel.clock import SetClock
    from backend.kernel.settings import Settings

    folder = Path(_KEPT.enter_context(tempfile.TemporaryDirectory()))
    url = _KEPT.enter_context(postgres()) if store == "postgres" else f"sqlite:///{folder / 'gridcrew.db'}"
    settings = Settings(data_dir=folder, testing=True, database_url=url)
    migrate(url)
    started = time.perf_counter()
    seed(url, ORDERS)
    print(f"    {ORDERS:,} orders laid in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    house = build_house(settings, SetClock(NOW))
    _KEPT.callback(house.db.close)
    return house


def _timed(deed: Callable[[], Any]) -> list[float]:
    times = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        deed()
        times.append(time.perf_counter() - started)
    return times


def _p95_ms(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)] * 1_000


def _turning(house: Any, who: Any, wanted: dict[str, Any]) -> Callable[[], None]:
    """Turns a page of a list, or begins anew after the fourth."""
    from backend.workorders import queries
    from mobile_contract.workorders import OrderFilter

    wish = OrderFilter(**wanted)
    pages: list[Any] = []

    def turn() -> None:
        with house.db.reading() as session:
            page = queries.orders(house.ctx(session, who), wish, pages[-1].next if pages else None, 50)
        pages[:] = [*pages, page] if len(pages) < PAGES_TURNED and page.next else []

    turn()
    return turn


def _slowest_list(house: Any) -> float:
    """The 95th percentile of the slowest list; each is told. Every page and the page after it are asked for."""
    from backend.workorders import queries

    people, slowest = principals(), 0.0
    told = {name: _p95_ms(_timed(_turning(house, people[who], wanted))) for name, (who, wanted) in lists().items()}
    with house.db.reading() as session:
        ctx = house.ctx(session, people["crew"])
        told["near"] = _p95_ms(_timed(lambda: queries.near(ctx, (113.3, 23.2), 1_000, None, 50)))
    for name, took in sorted(told.items(), key=lambda pair: -pair[1]):
        print(f"    {took:7.1f} ms  {name}", file=sys.stderr)
        slowest = max(slowest, took)
    return slowest


def _bare_ms() -> float:
    """A page of a street's orders at a step, by the bare driver and its index."""
    path = str(_house("sqlite").settings.url()).removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path)) as bare:
        asked = (
            "SELECT * FROM workorders_order WHERE street_path = '/440111/s03/' AND step = 'done' AND id < ?"
            " ORDER BY id DESC LIMIT 51"
        )
        return _p95_ms(_timed(lambda: bare.execute(asked, (_id(1, ORDERS // 2),)).fetchall()))


class Lists:
    """Milliseconds, at the 95th percentile, of the slowest of all lists of a district with 1,000,000 orders.

    Reference: the bare driver reads one page along an index.
    """

    unit = "ms"
    reference_unit = "ms"

    def __init__(self, name: str, store: str) -> None:
        self.name, self._store = name, store

    def run(self) -> tuple[float, float]:
        return _slowest_list(_house(self._store)), _bare_ms()


class GenerateMonth:
    """Seconds to make a month of 50,000 orders of a plan, with journal, history and words, in the portions of the job.

    Reference: the bare driver inserts the same rows into the same tables of a database without orders.
    """

    name = "workorders.generate_month"
    unit = "s"
    reference_unit = "s"

    def run(self) -> tuple[float, float]:
        from backend.app import build_house, migrate
        from backend.kernel.clock import SetClock
        from backend.kernel.settings import Settings

        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(data_dir=Path(folder), testing=True)
            migrate(settings.url())
            empty = Path(folder) / "empty.db"
            with contextlib.closing(sqlite3.connect(Path(folder) / "gridcrew.db")) as bare:
                bare.execute("VACUUM INTO ?", (str(empty),))
            house = build_house(settings, SetClock(NOW))
            try:
                took = _generate(house)
            finally:
                house.db.close()
            return took, _inserted_again(Path(folder) / "gridcrew.db", empty)


def _generate(house: Any) -> float:
    from backend.people import queries as people
    from backend.workorders import actions
    from backend.workorders.tables import WorkPlan

    days, windows = 30, [{"from_min": 360, "until_min": 660}, {"from_min": 840, "until_min": 1_020}]
    count = -(-MONTH_ORDERS // (days * len(windows)))
    places = [
        {"code": f"r{n}", "label": _title(n), "longitude": 113.2, "latitude": 23.1, "assignee_id": None}
        for n in range(count)
    ]
    plan = WorkPlan(
        title="普扫",
        scene="sanitation",
        area_path="/440111/s03/07/",
        team_id=_id(3, 7),
        starts_on=date(2026, 9, 2),
        rule=f"FREQ=DAILY;COUNT={days}",
        policy="keep",
        places=places,
        windows=windows,
        state="active",
        created_at=NOW,
    )
    with house.db.transaction() as session:
        session.add(plan)
    started = time.perf_counter()
    more, made = True, 0
    while more:
        with house.db.transaction() as session:
            ctx = house.ctx(session, people.operator(house.settings))
            turn = actions.generate_orders(ctx, session.merge(plan), date(2026, 10, 10))
            more, made = turn.more, made + turn.made
    assert made >= MONTH_ORDERS, made
    return time.perf_counter() - started


def _inserted_again(full: Path, empty: Path) -> float:
    """Seconds that the same rows take in an empty database, table by table."""
    tables = ("workorders_order", "workorders_step", "workorders_gram", "workorders_words", "sync_journal")
    with contextlib.closing(sqlite3.connect(full)) as bare:
        known = {name for (name,) in bare.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        kept = {table: bare.execute(f"SELECT * FROM {table}").fetchall() for table in tables if table in known}
    with contextlib.closing(sqlite3.connect(empty)) as bare:
        started = time.perf_counter()
        for table, rows in kept.items():
            bare.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        bare.commit()
        return time.perf_counter() - started


BENCHMARKS = [Lists("workorders.list", "sqlite"), Lists("workorders.list_postgres", "postgres"), GenerateMonth()]
