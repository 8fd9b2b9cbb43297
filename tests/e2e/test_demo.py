"""The demo starts, answers on both doors, is found where it says, and ends when asked."""

import json
import re
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from backend.day.server import OwnServer, _free_ports
from backend.kernel.tls import fingerprint
from qr.decode import decode
from qr.render import png, symbol

READY = "演示区已就绪"
WAIT_S = 120


@pytest.fixture
def demo(tmp_path: Path) -> list[str]:
    http, https = map(str, _free_ports(2))
    ports = ["--small", "--host", "127.0.0.1", "--port", http, "--tls-port", https]
    return [
        sys.executable,
        "-m",
        "backend.cli",
        "--lang",
        "zh",
        "demo",
        "--small",
        *ports,
        "--data-dir",
        str(tmp_path / "demo"),
    ]


def started(command: list[str]) -> tuple["subprocess.Popen[str]", str]:
    """The demo's process, and what it printed up to its last line of welcome."""
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "Ctrl-C" in line:
            return process, said
    raise AssertionError(f"the demo ended: {said}")


def ended(process: "subprocess.Popen[str]") -> int:
    process.send_signal(signal.SIGINT)
    code = process.wait(WAIT_S)
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    return code


def test_the_demo_answers_on_both_doors_and_a_second_start_changes_nothing(demo: list[str], tmp_path: Path) -> None:
    process, said = started(demo)
    http, https = demo[demo.index("--port") + 1], demo[demo.index("--tls-port") + 1]
    authority = tmp_path / "demo" / "certificates" / "authority.crt"
    assert READY in said
    assert fingerprint(authority) in said
    assert httpx2.get(f"http://127.0.0.1:{http}/healthz").json() == {"status": "ok"}
    trusting = ssl.create_default_context(cafile=authority)
    answer = httpx2.get(f"https://127.0.0.1:{https}/readyz", verify=trusting)
    assert answer.json()["status"] == "ready"
    with pytest.raises(httpx2.ConnectError, match=r"(?i)certificate"):
        httpx2.get(f"https://127.0.0.1:{https}/healthz")
    key = {"phone": "13800000003", "password": "baiyun-demo-2026"}
    assert key["phone"] in said
    assert key["password"] in said
    first = httpx2.post(f"http://127.0.0.1:{http}/auth/v1/sign-in", json=key).json()
    by = {"Authorization": f"Bearer {first['access_token']}"}
    work = f"http://127.0.0.1:{http}/workorders/v1/orders"
    assert httpx2.get(work, headers=by).json()["code"] == "auth.consent_needed"
    path, accepted = re.search(r"POST (/\S+) (\{.+\})", said).groups()
    assert httpx2.post(f"http://127.0.0.1:{http}{path}", json=json.loads(accepted), headers=by).status_code == 200
    assert httpx2.get(work, headers=by).status_code == 200
    assert ended(process) == 0
    process, _ = started(demo)
    second = httpx2.post(f"http://127.0.0.1:{http}/auth/v1/sign-in", json=key).json()
    assert second["person"]["id"] == first["person"]["id"]
    assert ended(process) == 0


def test_a_port_that_is_taken_is_left_for_the_next_one(
    server: OwnServer, demo: list[str], planted: Path, tmp_path: Path
) -> None:
    shutil.copytree(planted, tmp_path / "demo")
    taken = server.url.rsplit(":", 1)[1]
    demo[demo.index("--port") + 1] = taken
    process, said = started(demo)
    assert f"http://127.0.0.1:{taken}\n" not in said
    assert ended(process) == 0


def test_the_code_in_the_terminal_can_be_scanned() -> None:
    """The half blocks hold the very modules of the symbol."""
    from backend.cli.welcome import half_blocks

    drawn = symbol("HTTPS://192.0.2.7:8443")
    lines = half_blocks(drawn)
    upper = {"█": 0, "▀": 0, "▄": 1, " ": 1}
    lower = {"█": 0, "▀": 1, "▄": 0, " ": 1}
    rows = [[table[sign] for sign in line] for line in lines for table in (upper, lower)]
    inner = [bytes(row[4:-4]) for row in rows[4 : 4 + drawn.side]]
    assert inner == list(drawn.rows)
    assert [found.text for found in decode(png(drawn))] == ["HTTPS://192.0.2.7:8443"]
