"""Lists of cases in a district with a million of them, beside bare sqlite3 asked for the same page."""

import contextlib
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

CASES = 1_000_000
STREETS, GRIDS = 20, 10
TEAMS = 200
OPEN_SHARE = 0.01
LOOKS = 40
PAGE = 50
NOW = datetime(2026, 9, 8, 2, tzinfo=UTC)
WHAT = ("暴露垃圾", "积存垃圾渣土", "道路不洁", "店外经营", "占道广告牌", "井盖缺失", "路面积水", "非法小广告")
WHERE = ("黄石东路", "远景路", "机场路", "槎龙路", "增槎路", "松洲街", "联和街", "广园西路")


@dataclass(frozen=True)
class _Staged:
    house: Any
    database: Path
    folder: Any


@lru_cache(maxsize=1)
def _staged() -> _Staged:
    """A house with its cases, kept for all repetitions."""
    from backend.app import build_house, migrate
    from backend.kernel.clock import SetClock
    from backend.kernel.settings import Settings

    folder = tempfile.TemporaryDirectory()
    settings = Settings(data_dir=Path(folder.name), testing=True)
    migrate(settings.url())
    database = Path(folder.name) / "gridcrew.db"
    with contextlib.closing(sqlite3.connect(database)) as connection:
        _fill(connection)
    return _Staged(build_house(settings, SetClock(NOW)), database, folder)


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = OFF")
    indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%ON cases_%'")
    kept = indexes.fetchall()
    for name, _ in kept:
        connection.execute(f"DROP INDEX {name}")
    columns = [row[1] for row in connection.execute("PRAGMA table_info(cases_case)")]
    marks = ", ".join("?" * len(columns))
    rows = ([row.get(column) for column in columns] for row in _rows())
    connection.executemany(f"INSERT INTO cases_case VALUES ({marks})", rows)
    _units_and_words(connection)
    for _, sql in kept:
        connection.execute(sql)
    connection.execute("ANALYZE")
    connection.commit()


def _rows() -> Iterator[dict[str, Any]]:
    dice = random.Random(440_111)
    for i in range(CASES):
        street = f"/440111/s{i % STREETS:02d}/"
        area = f"{street}{dice.randrange(GRIDS):02d}/"
        is_open = dice.random() < OPEN_SHARE
        due = NOW + timedelta(minutes=dice.randrange(-3_000, 3_000))
        yield _blank() | {
            "id": f"01990000-{i >> 16:04x}-7{i & 0xFFF:03x}-8{i >> 12 & 0xF:x}00-{i:012x}",
            "code": f"440111-{i:09d}",
            "small": f"{dice.randrange(20):02d}",
            "title": WHAT[dice.randrange(len(WHAT))],
            "address": f"{WHERE[dice.randrange(len(WHERE))]}{dice.randrange(300)}号",
            "longitude": 113.15 + dice.random() / 4,
            "latitude": 23.13 + dice.random() / 4,
            "area_path": area,
            "street": street,
            "grid": area,
            "state": dice.choice(("registered", "dispatched", "handling")) if is_open else "closed",
            "team_id": _team(dice.randrange(TEAMS)),
            "due_at": _instant(due) if is_open else None,
            "ended_at": None if is_open else _instant(NOW),
        }


@lru_cache(maxsize=1)
def _blank() -> dict[str, Any]:
    lists = dict.fromkeys(("helpers", "units_done", "pending", "photos", "supporters"), "[]")
    counts = dict.fromkeys(
        ("returns", "reworks", "extensions", "reopens", "deduction", "suspended", "review_told", "checker_of_unit"), 0
    )
    words = dict.fromkeys(("note", "component", "code_version", "grade", "due_table", "reason", "reply"), "")
    fixed = {
        "source": "collector",
        "kind": "event",
        "big": "01",
        "supervised": "none",
        "audit": "none",
        "reported_at": _instant(NOW),
    }
    return {**lists, **counts, **words, **fixed}


def _team(number: int) -> str:
    return f"01990000-0000-7000-8000-{number:012x}"


def _instant(at: datetime) -> str:
    """As SQLite keeps it: UTC, no zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


def _units_and_words(connection: sqlite3.Connection) -> None:
    from backend.kernel.words import folded_texts, grams

    connection.execute("INSERT INTO cases_unit SELECT id, team_id, 0 FROM cases_case")
    rows = connection.execute("SELECT id, title, address FROM cases_case").fetchall()
    pairs = ((gram, id_) for id_, title, address in rows for gram in grams(title, "", address))
    connection.executemany("INSERT INTO cases_gram VALUES (?, ?)", pairs)
    said = ((id_, folded_texts(title, "", address)) for id_, title, address in rows)
    connection.executemany("INSERT INTO cases_words VALUES (?, ?)", said)


def _principals() -> dict[str, Any]:
    from backend.kernel.authority import Grant, Principal, Role

    def one(role: Role, area: str, *teams: str) -> Any:
        grants = (Grant(role, area),)
        return Principal(_team(999), "x", session_id="", device_id=None, grants=grants, team_ids=frozenset(teams))

    return {
        "district": one(Role.supervisor, "/440111/"),
        "street": one(Role.dispatcher, "/440111/s07/"),
        "crew": one(Role.crew, "/440111/s07/03/", _team(7)),
    }


def _asked() -> list[dict[str, Any]]:
    return [
        {},
        {"open": True},
        {"state": "handling"},
        {"overdue": True},
        {"area": "/440111/s07/"},
        {"area": "/440111/s07/03/", "state": "registered"},
        {"kind": "event", "big": "01", "small": "07"},
        {"q": "积水"},
        {"q": "远景路12"},
        {"ours": True},
    ]


def _p95(times_ms: list[float]) -> float:
    return statistics.quantiles(times_ms, n=20)[-1]


class List:
    """The 95th percentile of a page of 50: ten lists, asked by a district's desk, a street's desk and a crew."""

    name = "cases.list"
    unit = "ms p95 of a page, a million cases"
    reference_unit = "ms p95, bare sqlite3, the newest 50 of a street"

    def run(self) -> tuple[float, float]:
        from backend.cases import queries
        from mobile_contract.caselists import CaseFilter

        staged = _staged()
        times: list[float] = []
        with staged.house.db.reading() as session:
            for principal in _principals().values():
                ctx = staged.house.ctx(session, principal)
                for asked in _asked():
                    wanted = CaseFilter(**asked)
                    for _ in range(LOOKS // 10):
                        started = time.perf_counter()
                        queries.cases(ctx, wanted, None, PAGE)
                        times.append((time.perf_counter() - started) * 1_000)
        return _p95(times), self._bare(staged.database)

    def _bare(self, database: Path) -> float:
        times: list[float] = []
        with contextlib.closing(sqlite3.connect(database)) as connection:
            for i in range(LOOKS):
                started = time.perf_counter()
                asked = (f"/440111/s{i % STREETS:02d}/",)
                connection.execute(
                    f"SELECT * FROM cases_case WHERE street = ? ORDER BY id DESC LIMIT {PAGE + 1}", asked
                ).fetchall()
                times.append((time.perf_counter() - started) * 1_000)
        return _p95(times)


BENCHMARKS = [List()]
