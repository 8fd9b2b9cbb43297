"""What a server's process holds in memory while thousands of handsets are signed in, listen for pokes and pull.

The same process is measured after each repetition: were it not flat, the figures would rise from one to the next. The
reference is an empty ASGI endpoint's process. `GRIDCREW_BENCH_HANDSETS=200` for a small run.
"""

import asyncio
import contextlib
import json
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.rig import AREA, Office, Phone, Server, request, serving, storm

HANDSETS = int(os.environ.get("GRIDCREW_BENCH_HANDSETS", "5000"))
TEAM_SIZE = 10
AT_ONCE = 50
TAKEN_AT_ONCE = 100
HASH = "$argon2id$v=19$m=64,t=1,p=1$none"
"""Nobody signs in by it: sessions are opened past the door, since hashing is measured elsewhere."""
STREAM = "GET /sync/v1/pokes HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer {token}\r\n\r\n"


def rss_mb(pid: int) -> float:
    """Resident memory of a process, MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def signed_in(server: Server, office: Office, count: int) -> list[Phone]:
    """So many people in teams of TEAM_SIZE, each with an enrolled handset and an open session."""
    from backend.app import build_house
    from backend.kernel.settings import Settings
    from backend.people import queries

    settings = Settings(testing=True, data_dir=server.folder, access_token_s=3_600)
    house = build_house(settings)
    teams = [
        office.ask("POST", "/people/v1/teams", {"name": f"{i}班", "area": AREA, "trade": "sanitation"}, office.admin)[
            "id"
        ]
        for i in range(-(-count // TEAM_SIZE))
    ]
    made: list[Phone] = []
    for first in range(0, count, TAKEN_AT_ONCE):
        with house.db.transaction() as session:
            ctx = house.ctx(session, queries.operator(settings))
            numbers = range(first, min(first + TAKEN_AT_ONCE, count))
            made += [_taken_on(ctx, i, teams[i // TEAM_SIZE]) for i in numbers]
        print(f"    {len(made)} of {count} handsets", file=sys.stderr)
    house.db.close()
    return made


def _taken_on(ctx: Any, i: int, team_id: str) -> Phone:
    from backend.handsets import actions as handsets
    from backend.kernel.authority import Role
    from backend.people import actions, queries

    person, code = actions.take_on(ctx, f"人{i}", f"139{i:08d}", AREA, [Role.crew], team_id)
    actions.set_password(ctx, person.phone, code.code, HASH)
    actions.accept_notice(replace(ctx, caller=queries.principal_of(ctx, person.id, None)), 1)
    device, secret = handsets.enrol(ctx, handsets.invite(ctx, person.id, None).payload, "bench", "bench")
    checked, named = actions.Checked(right=True, kept=HASH), actions.Device(device.id, secret)
    entry = actions.sign_in(ctx, person.phone, checked, named)
    assert isinstance(entry, actions.Entry)
    return Phone(person.id, device.id, secret, person.phone, entry.access_token, team_id)


@dataclass
class Crowd:
    """A server with all its handsets, kept for all repetitions."""

    server: Server
    office: Office
    phones: Sequence[Phone]
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    streams: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    turn: int = 0

    def listen(self) -> None:
        """Every handset opens its stream of pokes and holds it."""
        self.loop.run_until_complete(self._listen())

    async def _listen(self) -> None:
        for first in range(0, len(self.phones), AT_ONCE):
            some = self.phones[first : first + AT_ONCE]
            self.streams += await asyncio.gather(*(self._open(phone) for phone in some))

    async def _open(self, phone: Phone) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(STREAM.format(token=phone.token).encode())
        head = await reader.readuntil(b"retry: 5000\n\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        return reader, writer

    def part(self) -> None:
        """Hangs up, so that the server can end."""
        for _, writer in self.streams:
            writer.transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0.1))
        self.loop.close()

    def work(self) -> None:
        """Orders for a hundred teams wake their phones; every handset pulls twice: what is new, and nothing."""
        self.turn += 1
        self.office.hang_up()
        teams = sorted({phone.team_id for phone in self.phones})[:100]
        ask = {"area_path": AREA, "scene": "sanitation"}
        orders = [{"title": f"清扫 {self.turn}", "note": "x" * 200, "team_id": team, **ask} for team in teams]
        self.office.ask("POST", "/workorders/v1/orders", {"orders": orders}, self.office.admin)
        for _ in range(2):
            for first in range(0, len(self.phones), AT_ONCE):
                self._pull(self.phones[first : first + AT_ONCE])

    def _pull(self, phones: Sequence[Phone]) -> None:
        named = [{"device": p.device_id, "epoch": 1, "schema": 1, "cookie": p.cookie} for p in phones]
        queues = [
            [request("POST", "/sync/v1/pull", p.token, json.dumps(said).encode())]
            for p, said in zip(phones, named, strict=True)
        ]
        _, answers = storm(self.server.port, queues)
        for phone, ((status, body),) in zip(phones, answers, strict=True):
            assert status == 200, body
            end = json.loads(body.splitlines()[-1])
            assert end["f"] == "end"
            phone.cookie = end["cookie"]


_stack = contextlib.ExitStack()


@dataclass
class Memory:
    """MB of the server's process with HANDSETS handsets; an empty server's beside it."""

    name: str = "sync.memory"
    unit: str = "MB"
    reference_unit: str = "MB empty ASGI process"
    crowd: Crowd | None = None
    seen: list[float] = field(default_factory=list)

    def run(self) -> tuple[float, float]:
        if self.crowd is None:
            self.crowd = _crowd()
        self.crowd.work()
        self.seen.append(rss_mb(self.crowd.server.pid))
        print(f"    {len(self.crowd.streams)} streams open; MB so far: {self.seen}", file=sys.stderr)
        with serving("bench.rig:empty") as bare:
            storm(bare.port, [[request("POST", "/", "", b"{}")] * 100] * AT_ONCE)
            reference = rss_mb(bare.pid)
        if len(self.seen) == 3:
            self.crowd.part()
            _stack.close()
        return self.seen[-1], reference


def _allow_files(count: int) -> None:
    """Raises this process's limit of open files, and the server's that it starts, as far as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def _crowd() -> Crowd:
    os.environ["GRIDCREW_ACCESS_TOKEN_S"] = "3600"
    _allow_files(2 * HANDSETS + 1_000)
    server = _stack.enter_context(serving())
    office = Office(server)
    office.found()
    before = rss_mb(server.pid)
    crowd = Crowd(server, office, signed_in(server, office, HANDSETS))
    crowd.listen()
    print(f"    {before:.1f} MB before, {rss_mb(server.pid):.1f} MB with streams", file=sys.stderr)
    return crowd


BENCHMARKS = [Memory()]
