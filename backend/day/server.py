"""A demo server of the day's own, in its own process: started, killed without warning, started again."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from backend.drive.network import Network, Problem, Unreachable

READY_WITHIN_S = 120.0
END_WITHIN_S = 30.0
SIGN_INS_PER_MINUTE = "10000"
"""All phones of the day come from one address."""


class OwnServer:
    """`gridcrew demo` on a free port with a data folder of its own; its clock is the day's.

    `planted`: a demo's data folder, not in use, whose copy it begins with.
    """

    def __init__(self, database_url: str = "", planted: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gridcrew-day-"))
        if planted is not None:
            shutil.copytree(planted, self.data)
        self.clock_file = self.folder / "clock"
        self._ports = _free_ports(2)
        self._database_url = database_url
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def secure_url(self) -> str:
        """Where it answers over TLS, by the authority in its data folder."""
        return f"https://127.0.0.1:{self._ports[1]}"

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What it has printed."""
        return self.folder / "server.log"

    def start(self) -> float:
        """Starts it and waits until it answers; gives the seconds that took."""
        began_s = time.monotonic()
        http, https = map(str, self._ports)
        options = ["--host", "127.0.0.1", "--port", http, "--tls-port", https, "--exact", "--small"]
        command = [sys.executable, "-m", "backend.cli", "demo", *options]
        command += ["--data-dir", str(self.data), "--clock-file", str(self.clock_file)]
        variables = os.environ | {"GRIDCREW_SIGN_INS_PER_MINUTE": SIGN_INS_PER_MINUTE}
        if self._database_url:
            variables["GRIDCREW_DATABASE_URL"] = self._database_url
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=variables
            )
        self._wait_until_ready(began_s + READY_WITHIN_S)
        return time.monotonic() - began_s

    def _wait_until_ready(self, until_s: float) -> None:
        network = Network(self.url)
        network.tries_max = 1
        try:
            while time.monotonic() < until_s:
                assert self._process is not None
                if self._process.poll() is not None:
                    break
                try:
                    network.ask("GET", "/readyz")
                    return
                except (Unreachable, Problem):
                    time.sleep(0.05)
        finally:
            network.close()
        raise ServerNotReady(self.log.read_text("utf-8", "replace")[-2_000:])

    def kill(self) -> float:
        """Ends it as a power cut would, and starts it again; gives the seconds until it answered."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.kills += 1
        return self.start()

    def end(self, *, keep: bool) -> None:
        """Ends it in good order; its data go, unless they are to be looked at."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class ServerNotReady(Exception):
    """The server did not come up; its last words."""


def _free_ports(count: int) -> list[int]:
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports
