"""The day from beginning to end: prepared, played under a bad network and a server that dies, and proved."""

import contextlib
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from backend.day.check import Proof
from backend.day.clock import DayClock
from backend.day.network import Traffic
from backend.day.office import Office, Team, Worker
from backend.day.phones import DayPhone
from backend.day.script import CYLINDERS_PER_PHONE, TITLES, Cast, Plan, Script, cast_of
from backend.day.server import OwnServer
from backend.kernel.clock import DISTRICT_ZONE, SystemClock

SUPERVISOR, DISPATCHER, PASSWORD = "13800000003", "13800000002", "baiyun-demo-2026"
OPENS_AT_HOUR, DAY_HOURS = 6.5, 11.5
NOON, EVENING = 5.5, 11.0
BAD_RATE = 0.12
KILL_WAIT_S = 10.0
WRONG_CLOCK_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asked for."""

    server: str | None = None
    seed: int = 1
    people: int = 12
    kills: int = 0
    ca: Path | None = None
    supervisor: str | None = None
    dispatcher: str | None = None
    password: str | None = None


class Watcher:
    """Hears how the day goes on; the command line shows it."""

    def stage(self, zh: str, en: str) -> None:
        """A part of the day begins."""

    def event(self, zh: str, en: str) -> None:
        """Something worth a line."""


@dataclass(slots=True)
class Outcome:
    """The day as it was, and its proof."""

    phones: list[DayPhone]
    proof: Proof
    seconds: float
    kills: int
    restarts_s: list[float] = field(default_factory=list)


class NotEnoughPeople(Exception):
    """The district has fewer crew than the day wants."""


def play(wanted: Wanted, watcher: Watcher) -> Outcome:
    """Plays the day and gives its proof. Raises Problem, Unreachable, ServerNotReady, NotEnoughPeople, TimeoutError."""
    began_s = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="gridcrew-phones-"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        own = stack.enter_context(_own_server(watcher)) if wanted.server is None else None
        day, opens_at = _open_day(own)
        if own is not None:
            watcher.stage("启动服务器", "starting a server")
            seconds = own.start()
            watcher.event(f"服务器就绪，{seconds:.1f} 秒", f"server ready in {seconds:.1f} s")
        outcome = _Day(wanted, watcher, own, day, opens_at, folder).play()
        outcome.seconds = time.monotonic() - began_s
        return outcome


@contextlib.contextmanager
def _own_server(watcher: Watcher) -> Iterator[OwnServer]:
    own = OwnServer(os.environ.get("GRIDCREW_DATABASE_URL", ""))
    keep = True
    try:
        yield own
        keep = False
    finally:
        own.end(keep=keep)
        if keep:
            watcher.event(f"服务器日志：{own.log}", f"the server's log: {own.log}")


def _open_day(own: OwnServer | None) -> tuple[DayClock, datetime]:
    now = SystemClock().now().astimezone(DISTRICT_ZONE)
    if own is None:
        opens_at = now - timedelta(hours=DAY_HOURS)
        return DayClock(opens_at), opens_at
    opens_at = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=OPENS_AT_HOUR)
    return DayClock(opens_at, own.clock_file), opens_at


class _Day:
    """One day."""

    def __init__(
        self, wanted: Wanted, watcher: Watcher, own: OwnServer | None, day: DayClock, opens_at: datetime, folder: Path
    ) -> None:
        self._wanted = wanted
        self._watcher = watcher
        self._own = own
        self._day = day
        self._opens_at = opens_at
        self._folder = folder
        self._chance = random.Random(wanted.seed)  # noqa: S311 - a play, not a secret
        self._traffic = Traffic()
        self._server = own.url if own is not None else str(wanted.server)
        self._password = wanted.password or PASSWORD
        self._kills_left = wanted.kills if own is not None else 0
        self._restarts_s: list[float] = []

    def play(self) -> Outcome:
        watcher, wanted = self._watcher, self._wanted
        watcher.stage("清晨：办公室准备", "early: the office prepares")
        supervisor, dispatcher = wanted.supervisor or SUPERVISOR, wanted.dispatcher or DISPATCHER
        office = Office(self._server, wanted.ca, supervisor, dispatcher, self._password)
        with contextlib.closing(office):
            teams = office.teams()
            phones = self._hand_out(office, teams)
            cast = cast_of(phones, teams)
            cast.wrong_clock.clock.error_ms = WRONG_CLOCK_MS
            plan = self._prepare(office, cast)
            script = Script(self._day, self._opens_at, office, cast, plan, wanted.seed)
            script.write()
            self._first_fill(phones)
            self._hours(script, phones)
            watcher.stage("核对", "the proof")
            proof = Proof(office, cast, plan, self._opens_at, steered=self._day.steers_server)
            proof.look()
        for phone in phones:
            phone.phone.close()
        return Outcome(phones, proof, 0.0, len(self._restarts_s), self._restarts_s)

    # -- before the day -------------------------------------------------------------------------------------------

    def _hand_out(self, office: Office, teams: Sequence[Team]) -> list[DayPhone]:
        """Phones for a third each of sanitation, green and street, gas; one of them shared by two."""
        each = -(-self._wanted.people // 3)
        trades = (("sanitation",), ("greening", "street_order"), ("gas",))
        chosen = [_workers(teams, trade, each) for trade in trades]
        phones = [self._enrol(office, team, worker, n) for group in chosen for n, (team, worker) in enumerate(group)]
        shared = phones[3]
        on_phones = {user for phone in phones for user in phone.people}
        spare = next((w for w in shared.team.workers if w.id not in on_phones), None)
        if spare is None:
            raise NotEnoughPeople
        first = next(iter(shared.people))
        shared.sign_in(spare, self._password)
        shared.phone.switch_to(first)
        return phones

    def _enrol(self, office: Office, team: Team, worker: Worker, number: int) -> DayPhone:
        chance = random.Random(self._chance.random())  # noqa: S311 - a play, not a secret
        made = DayPhone(self._folder / worker.id, self._day, self._traffic, team, chance, self._wanted.ca)
        self._watcher.event(f"绑定 {worker.name}（{team.name}）", f"enrolling {worker.name} ({team.name})")
        payload = office.invite(worker.id if number != 3 else None, worker.name)
        made.enrol(self._server, payload, self._wanted.ca, by_picture=number % 2 == 0)
        made.sign_in(worker, self._password)
        return made

    def _prepare(self, office: Office, cast: Cast) -> Plan:
        plan = Plan(accounts=office.accounts())
        now = SystemClock().now()
        due_at = max(self._opens_at + timedelta(hours=14), now + timedelta(hours=2))
        teams = {phone.team.id: phone.team for phone in cast.phones} | {cast.move_to.id: cast.move_to}
        for team in teams.values():
            office.draw_fence(team, self._opens_at - timedelta(hours=1))
            here = sum(phone.team.id == team.id for phone in cast.phones)
            if team.trade == "gas":
                count = here * CYLINDERS_PER_PHONE
                plan.cylinders[team.id] = office.register_cylinders(team, count, self._chance, self._opens_at)
            else:
                titles = [f"{TITLES[n % len(TITLES)]}（{n + 1}）" for n in range(2 * here + 6)]
                plan.orders[team.id] = office.plan(team, titles, due_at)
        return plan

    def _first_fill(self, phones: list[DayPhone]) -> None:
        self._watcher.stage("七点：手机首次下载", "seven: the phones fill")
        self._together(phones, lambda phone: phone.sync_until_settled())

    # -- the hours ------------------------------------------------------------------------------------------------

    def _hours(self, script: Script, phones: list[DayPhone]) -> None:
        watcher = self._watcher
        watcher.stage("上午：离线作业", "morning: off line")
        events = script.play(NOON)
        watcher.event(f"{events} 件事", f"{events} things were done")
        watcher.stage("中午：坏网络下同步", "noon: a bad network")
        self._under_load(script.noon(), self._kills_left // 2)
        watcher.stage("下午：离线作业", "afternoon: off line")
        events = script.play(EVENING)
        watcher.event(f"{events} 件事", f"{events} things were done")
        watcher.stage("傍晚：全部同步", "evening: all sync")
        self._under_load(phones, self._kills_left)
        watcher.stage("网络恢复", "the network heals")
        for phone in phones:
            phone.network.rate, phone.network.sure = 0.0, []
        for _ in range(2):  # what one brought the others fetch, whoever came first
            self._together([phone for phone in phones if not phone.wiped], lambda phone: phone.sync_until_settled())

    def _under_load(self, phones: list[DayPhone], kills: int) -> None:
        """All at once, the network bad, the server killed so often while they talk."""
        for phone in phones:
            phone.network.rate = BAD_RATE
        killer = threading.Thread(target=self._kill, args=(kills, len(phones)), name="day-killer")
        killer.start()
        try:
            self._together(phones, lambda phone: phone.sync_until_settled())
        finally:
            killer.join()

    def _kill(self, kills: int, load: int) -> None:
        for _ in range(kills):
            moment = self._traffic.requests + self._chance.randrange(3, 3 + 2 * load)
            self._traffic.wait_for(moment, KILL_WAIT_S)
            assert self._own is not None
            self._watcher.event("kill -9", "kill -9")
            seconds = self._own.kill()
            self._kills_left -= 1
            self._restarts_s.append(seconds)
            self._watcher.event(f"服务器重启，{seconds:.1f} 秒", f"the server is back after {seconds:.1f} s")

    def _together(self, phones: Sequence[DayPhone], deed: Callable[[DayPhone], None]) -> None:
        with ThreadPoolExecutor(max(1, len(phones)), thread_name_prefix="phone") as pool:
            for done in [pool.submit(deed, phone) for phone in phones]:
                done.result()


def _workers(teams: Sequence[Team], trades: tuple[str, ...], count: int) -> list[tuple[Team, Worker]]:
    found = [(team, worker) for team in teams if team.trade in trades for worker in team.workers]
    if len(found) < count:
        raise NotEnoughPeople
    return found[:count]
