"""The real server in a process of its own, on a founded store: started, killed without warning, started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from backend.app import build_house
from backend.drive.network import Network, Problem, Unreachable
from backend.kernel.settings import Settings
from tests.makers import PASSWORD, District, found

SECRET = "a-secret-of-the-fault-tests-alone-0123456789"
READY_WITHIN_S = 90.0
END_WITHIN_S = 20.0
DIES_WITHIN_S = 120.0


class RealServer:
    """`gridcrew serve` over one store. `kill` is SIGKILL: nothing of the process runs again."""

    def __init__(self, store_url: str, folder: Path) -> None:
        self.store_url = store_url
        self.folder = folder
        self.port = free_port()
        self.kills = 0
        self.at_end: list[Callable[[], None]] = []
        """What guests hold open; let go of when the server ends."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> Settings:
        """The settings that the process reads from its variables."""
        return Settings(
            data_dir=self.folder / "data",
            database_url=self.store_url,
            secret=SECRET,  # type: ignore[arg-type]  # read as a secret by pydantic
            argon2_memory_kib=64,
            argon2_time_cost=1,
            sign_ins_per_minute=100_000,
        )

    def found(self) -> District:
        """Founds the district in the store, before the server runs."""
        house = build_house(self.settings())
        try:
            return found(house)
        finally:
            house.db.close()

    def start(self, mortal: str = "") -> None:
        """Starts it and waits until it answers. `mortal`: it will die of itself, see tests/faults/mortal.py."""
        said = self.settings()
        variables = {
            "GRIDCREW_DATA_DIR": str(said.data_dir),
            "GRIDCREW_DATABASE_URL": self.store_url,
            "GRIDCREW_SECRET": SECRET,
            "GRIDCREW_ARGON2_MEMORY_KIB": "64",
            "GRIDCREW_ARGON2_TIME_COST": "1",
            "GRIDCREW_SIGN_INS_PER_MINUTE": "100000",
        }
        variables |= {"MORTAL": mortal} if mortal else {}
        module = "tests.faults.mortal" if mortal else "backend.cli"
        command = [sys.executable, "-m", module, "serve", "--port", str(self.port)]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | variables
            )
        self._wait(may_die=bool(mortal))

    def _wait(self, *, may_die: bool) -> None:
        network, until_s = Network(self.url), time.monotonic() + READY_WITHIN_S
        network.tries_max = 1
        try:
            while time.monotonic() < until_s:
                assert self._process is not None
                if may_die and self._process.poll() == -signal.SIGKILL:
                    return  # phones came sooner than we did
                assert self._process.poll() is None, self.words()
                try:
                    network.ask("GET", "/readyz")
                    return
                except (Unreachable, Problem):
                    time.sleep(0.03)
        finally:
            network.close()
        raise AssertionError(f"the server did not come up: {self.words()}")

    def words(self) -> str:
        """The last it has printed."""
        return (self.folder / "server.log").read_text("utf-8", "replace")[-3_000:]

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self._process is not None
        assert self._process.poll() is None, f"it had ended by itself: {self.words()}"
        self._process.kill()
        self._process.wait()
        self.kills += 1

    def die(self) -> None:
        """Waits until it has died of itself."""
        assert self._process is not None
        assert self._process.wait(DIES_WITHIN_S) == -signal.SIGKILL, self.words()
        self.kills += 1

    def end(self) -> None:
        """Ends it in good order, whatever state it is in, and what its guests hold open."""
        while self.at_end:
            self.at_end.pop()()
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def admin(self, district: District) -> tuple[Network, str]:
        """The founder at a console: the way to the server, and a token."""
        network = Network(self.url)
        hand = district["admin"]
        said = network.ask("POST", "/auth/v1/sign-in", {"phone": f"+86{hand.phone}", "password": PASSWORD})
        return network, str(said["access_token"])


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
