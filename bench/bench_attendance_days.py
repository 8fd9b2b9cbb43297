"""Day results and the board, on a district's worth of rows: 10,000 workers judged, 5,000 people looked at."""

import contextlib
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

WORKERS = 10_000
ON_BOARD = 5_000
PUNCHES = (478, 722, 808, 1_052)
ON = date(2026, 9, 8)
AREA = "/440111/songzhou/07/"
LOOKS = 60


@dataclass(frozen=True)
class _Staged:
    house: Any
    database: Path
    now: Any


@contextlib.contextmanager
def _staged(workers: int, at_min: int) -> Iterator[_Staged]:
    """A house whose clock stands at a minute of the day, with rosters, phones heard of and what was clocked so far."""
    from backend.app import build_house, migrate
    from backend.kernel.calendar import minute_ms
    from backend.kernel.clock import SetClock, from_ms
    from backend.kernel.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), testing=True)
        migrate(settings.url())
        house = build_house(settings, SetClock(from_ms(minute_ms(ON, at_min))))
        try:
            with house.db.transaction() as session:
                _fill(session, workers, at_min)
            yield _Staged(house, Path(folder) / "gridcrew.db", from_ms(minute_ms(ON, at_min)))
        finally:
            house.db.close()


def _fill(session: Any, workers: int, at_min: int) -> None:
    from backend.attendance.rules import Part
    from backend.attendance.tables import Punch, RosterDay, ShiftType, Watermark
    from backend.kernel.calendar import minute_ms
    from backend.kernel.clock import from_ms
    from backend.kernel.ids import new_id

    parts = [asdict(Part(480, 720)), asdict(Part(810, 1_050))]
    shift = ShiftType(
        name="白班", area_path=AREA, parts=parts, serious_from_min=30, absent_from_min=120, overtime_from_min=30
    )
    session.add(shift)
    session.flush()
    people = [new_id() for _ in range(workers)]
    heard = from_ms(minute_ms(ON, at_min))
    connection = session.connection()
    connection.execute(
        insert(RosterDay),
        [
            RosterDay(
                person_id=p,
                on=ON,
                shift_type_id=shift.id,
                shift_name="白班",
                parts=parts,
                area_path=AREA,
                set_by=p,
                set_at=heard,
            ).model_dump()
            for p in people
        ],
    )
    connection.execute(
        insert(Watermark),
        [Watermark(person_id=p, device_id=p, through_at=heard, heard_at=heard).model_dump() for p in people],
    )
    done = [minute for minute in PUNCHES if minute <= at_min]
    connection.execute(insert(Punch), [_punch(p, minute, number) for number, p in enumerate(people) for minute in done])


def _punch(person_id: str, minute: int, number: int) -> dict[str, Any]:
    from backend.attendance.tables import Punch
    from backend.kernel.calendar import minute_ms
    from backend.kernel.clock import from_ms
    from backend.kernel.ids import new_id

    at = from_ms(minute_ms(ON, minute)) + timedelta(seconds=number % 600)
    return Punch(
        id=new_id(),
        person_id=person_id,
        area_path=AREA,
        trusted_at=at,
        quality="anchored",
        received_at=at,
        datum="wgs84",
        place="outside" if number % 50 == 0 else "inside",
        error_ms=500,
    ).model_dump()


class RecomputeDay:
    """Seconds to judge a day of 10,000 workers with 4 clock-ins each anew, in turns of 1,000 as the job does.

    Reference: the bare database reads the same clock-ins and writes as many rows of as many bytes.
    """

    name = "attendance.recompute_day"
    unit = "s"
    reference_unit = "s"

    def run(self) -> tuple[float, float]:
        from backend.attendance import actions, queries
        from backend.people.queries import operator

        with _staged(WORKERS, 1_439) as staged:
            with staged.house.db.reading() as session:
                ctx = staged.house.ctx(session, operator(staged.house.settings))
                days = queries.known_days(ctx, ON, ON)
            started = time.perf_counter()
            for start in range(0, len(days), actions.DAYS_PER_TURN):
                with staged.house.db.transaction() as session:
                    ctx = staged.house.ctx(session, operator(staged.house.settings))
                    actions.judge(ctx, days[start : start + actions.DAYS_PER_TURN])
            took = time.perf_counter() - started
            return took, _bare_day(staged.database)


def _bare_day(database: Path) -> float:
    with sqlite3.connect(database) as bare:
        bodies = [body for (body,) in bare.execute("SELECT body FROM attendance_day_result")]
        assert len(bodies) == WORKERS, len(bodies)
        started = time.perf_counter()
        bare.execute(
            "SELECT person_id, id, trusted_at, place, marks FROM attendance_punch ORDER BY person_id"
        ).fetchall()
        bare.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")
        bare.executemany("INSERT INTO bare (body) VALUES (?)", [(body,) for body in bodies])
        bare.commit()
        return time.perf_counter() - started


class Board:
    """Milliseconds, at the 95th percentile, of the board of 5,000 people in the middle of a shift.

    Reference: the bare database reads the same rosters and clock-ins.
    """

    name = "attendance.board"
    unit = "ms"
    reference_unit = "ms"

    def run(self) -> tuple[float, float]:
        from backend.attendance import actions, queries
        from backend.people.queries import operator

        with _staged(ON_BOARD, 600) as staged:
            with staged.house.db.transaction() as session:
                ctx = staged.house.ctx(session, operator(staged.house.settings))
                actions.judge(ctx, queries.known_days(ctx, ON, ON))
            times = []
            for _ in range(LOOKS):
                started = time.perf_counter()
                with staged.house.db.reading() as session:
                    ctx = staged.house.ctx(session, operator(staged.house.settings))
                    board = queries.board(ctx, None, None, None, 50)
                times.append(time.perf_counter() - started)
            assert board.counts.green > ON_BOARD // 2, board.counts
            return _p95(times) * 1_000, _bare_board(staged.database, staged.now) * 1_000


def _bare_board(database: Path, now: datetime) -> float:
    times = []
    with sqlite3.connect(database) as bare:
        for _ in range(LOOKS):
            started = time.perf_counter()
            bare.execute("SELECT person_id, shift_type_id, area_path FROM attendance_roster_day").fetchall()
            since = (now.astimezone(UTC) - timedelta(days=2)).replace(tzinfo=None).isoformat(" ")
            bare.execute(
                "SELECT person_id, trusted_at, place, direction FROM attendance_punch WHERE trusted_at > ?"
                " ORDER BY trusted_at",
                (since,),
            ).fetchall()
            bare.execute("SELECT person_id, word FROM attendance_day_result").fetchall()
            bare.execute("SELECT person_id, through_at, heard_at FROM attendance_watermark").fetchall()
            times.append(time.perf_counter() - started)
    return _p95(times)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


BENCHMARKS = [RecomputeDay(), Board()]
