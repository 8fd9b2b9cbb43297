"""Day results and the board, on a district's worth of rows: 10,000 workers judged, 5,000 people looked at."""

import asyncio
import contextlib
import gc
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from bench.rig import FOUNDER, PASSWORD

WORKERS = 10_000
TRACKED = 1_000
TRACK_POINTS = 2_000
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


def _lay_tracks(session: Any) -> None:
    """For the first of the workers a road to sweep, a post, and a track along them."""
    from sqlmodel import select

    from backend.attendance.queries import shift_of
    from backend.attendance.rules import planned
    from backend.attendance.rules.tracks import encode
    from backend.attendance.tables import Fence, FenceAssignment, RosterDay, ShiftType, TrackDay, TrackPoints
    from backend.kernel.clock import from_ms
    from backend.kernel.ids import new_id

    since_ms, until_ms = planned(shift_of(session.exec(select(ShiftType)).one()), ON)
    since, until = from_ms(since_ms), from_ms(until_ms)
    people = sorted(session.exec(select(RosterDay.person_id)))[:TRACKED]
    fences, set_for, days, points = [], [], [], []
    for number, person_id in enumerate(people):
        road, walked = _walked(random.Random(number), since_ms, (until_ms - since_ms) // TRACK_POINTS)
        for geometry, shape, radius_m in (
            ({"type": "LineString", "coordinates": road}, "line", 20.0),
            ({"type": "Point", "coordinates": road[3]}, "circle", 400.0),
        ):
            fence_id = new_id()
            fences.append(
                Fence(
                    id=fence_id,
                    lineage_id=fence_id,
                    name="责任路段",
                    shape=shape,
                    geometry=geometry,
                    radius_m=radius_m,
                    area_path=AREA,
                    valid_from_at=since,
                ).model_dump()
            )
            set_for.append(
                FenceAssignment(fence_id=fence_id, audience=f"user:{person_id}", since_at=since).model_dump()
            )
        whole = {"person_id": person_id, "on": ON}
        days.append(TrackDay(**whole, area_path=AREA, since_at=since, until_at=until, kept=TRACK_POINTS).model_dump())
        points.append(TrackPoints(**whole, source="phone", count=TRACK_POINTS, points=encode(walked)).model_dump())
    for table, rows in ((Fence, fences), (FenceAssignment, set_for), (TrackDay, days), (TrackPoints, points)):
        session.connection().execute(insert(table), rows)


def _walked(dice: random.Random, since_ms: int, step_ms: int) -> tuple[list[list[float]], list[Any]]:
    """A road of a kilometre and somebody who sweeps it to and fro, resting now and then."""
    from backend.attendance.rules.tracks import TrackPoint, rounded

    west, south = dice.uniform(113.1, 113.4), dice.uniform(23.1, 23.4)
    road = [[west + n * 0.0019545, south] for n in range(6)]
    found, east, way, resting = [], 0.0, 1, 0
    for number in range(TRACK_POINTS):
        resting = resting - 1 if resting else 40 * (dice.random() < 0.005)
        east += 0 if resting else way * dice.uniform(4, 9)
        way = -1 if east > 1_000 else 1 if east < 0 else way
        x, y = west + (east + dice.gauss(0, 3)) / 102_330, south + dice.gauss(0, 3) / 110_770
        found.append(rounded(TrackPoint(since_ms + number * step_ms, x, y, dice.choice((5.0, 8.0, 12.0, 45.0)))))
    return road, found


class RecomputeDay:
    """Seconds to judge a day of 10,000 workers with 4 clock-ins each anew, in turns of 1,000 as the job does, and to
    work out the tracks of 1,000 of them, 2,000 points each against a road and a post.

    Reference: the bare database reads the same clock-ins and points and writes as many rows of as many bytes.
    """

    name = "attendance.recompute_day"
    unit = "s"
    reference_unit = "s"

    def run(self) -> tuple[float, float]:
        from backend.attendance import actions, queries
        from backend.people.queries import operator

        with _staged(WORKERS, 1_439) as staged:
            with staged.house.db.transaction() as session:
                _lay_tracks(session)
            with staged.house.db.reading() as session:
                ctx = staged.house.ctx(session, operator(staged.house.settings))
                days = queries.known_days(ctx, ON, ON)
            started = time.perf_counter()
            for start in range(0, len(days), actions.DAYS_PER_TURN):
                with staged.house.db.transaction() as session:
                    ctx = staged.house.ctx(session, operator(staged.house.settings))
                    actions.judge(ctx, days[start : start + actions.DAYS_PER_TURN])
            judged = time.perf_counter() - started
            staged.house.clock.pass_time(timedelta(days=1))
            worked_out = 0
            while worked_out < TRACKED:
                with staged.house.db.transaction() as session:
                    ctx = staged.house.ctx(session, operator(staged.house.settings))
                    worked_out += actions.work_out_tracks(ctx)
            took = time.perf_counter() - started
            print(f"    days {judged:.1f} s, tracks {took - judged:.1f} s", file=sys.stderr)
            return took, _bare_day(staged.database)


def _bare_day(database: Path) -> float:
    with sqlite3.connect(database) as bare:
        bodies = [body for (body,) in bare.execute("SELECT body FROM attendance_day_result")]
        assert len(bodies) == WORKERS, len(bodies)
        started = time.perf_counter()
        bare.execute(
            "SELECT person_id, id, trusted_at, place, marks FROM attendance_punch ORDER BY person_id"
        ).fetchall()
        assert bare.execute("SELECT count(*) FROM attendance_track_day WHERE results IS NULL").fetchone() == (0,)
        bodies += [body for (body,) in bare.execute("SELECT results FROM attendance_track_day")]
        bare.execute("SELECT points FROM attendance_track_points").fetchall()
        bare.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")
        bare.executemany("INSERT INTO bare (body) VALUES (?)", [(body,) for body in bodies])
        bare.commit()
        return time.perf_counter() - started


class Board:
    """Milliseconds, at the 95th percentile, until a supervisor has the board of 5,000 people in the middle of a shift:
    a GET through the whole app, the caller looked up, all 5,000 coloured, the 50 of the first page answered as JSON.

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
            times = asyncio.run(_looks(staged.house))
            return _p95(times) * 1_000, _bare_board(staged.database, staged.now) * 1_000


async def _looks(house: Any) -> list[float]:
    import httpx

    from backend.app import create_app
    from backend.people import actions, queries

    founder = actions.Founder("管理员", FOUNDER, actions.Passwords(house.settings).hash(PASSWORD))
    with house.db.transaction() as session:
        actions.found_district(house.ctx(session, queries.operator(house.settings)), "440111", "白云区", founder)
    app = httpx.ASGITransport(create_app(house.settings, house=house))
    times = []
    async with httpx.AsyncClient(transport=app, base_url="http://bench") as desk:
        said = (await desk.post("/auth/v1/sign-in", json={"phone": FOUNDER, "password": PASSWORD})).json()
        desk.headers["Authorization"] = f"Bearer {said['access_token']}"
        await desk.post("/people/v1/me/consent", json={"version": 1})
        await desk.get("/attendance/v1/board")
        gc.freeze()  # as a server does once it answers
        for _ in range(LOOKS):
            started = time.perf_counter()
            answer = await desk.get("/attendance/v1/board")
            times.append(time.perf_counter() - started)
            assert answer.json()["counts"]["green"] > ON_BOARD // 2, answer.text
    gc.unfreeze()
    return times


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
