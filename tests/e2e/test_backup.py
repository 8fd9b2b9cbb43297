"""A district that is lost and comes back: from yesterday's backup, from a power cut, with real servers and handsets."""

import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from backend.day.server import OwnServer
from backend.drive.network import Network
from backend.kernel.ids import new_id
from tests.e2e.conftest import Run
from tests.e2e.test_handset_commands import PASSWORD, SUPERVISOR, SWEEPER, sign_in


@pytest.fixture
def own(planted: Path) -> Iterator[OwnServer]:
    """A server of this test's own, that it may end."""
    made = OwnServer(planted=planted)
    try:
        made.start()
        yield made
    finally:
        made.end(keep=False)


def enrolled(server: OwnServer, gridcrew: Run, folder: str) -> None:
    network = Network(server.url)
    token = network.ask("POST", "/auth/v1/sign-in", {"phone": SUPERVISOR, "password": PASSWORD})["access_token"]
    network.ask("POST", "/people/v1/me/consent", {"version": 1}, token=token)
    invite = network.ask("POST", "/handsets/v1/invites", {}, token=token)
    network.close()
    gridcrew("handset", "enrol", "--folder", folder, "--token", invite["payload"], "--server", server.url)
    sign_in(gridcrew, folder, SWEEPER)


def punches(server: OwnServer) -> int:
    """How many clock-ins the server knows of the sweeper."""
    network = Network(server.url)
    said = network.ask("POST", "/auth/v1/sign-in", {"phone": SUPERVISOR, "password": PASSWORD})
    found = network.ask("GET", "/attendance/v1/punches?limit=200", token=said["access_token"])["items"]
    network.close()
    return sum(punch["note"].startswith("backup-test") for punch in found)


def test_everything_acknowledged_is_there_once_after_a_restore(gridcrew: Run, own: OwnServer, tmp_path: Path) -> None:
    folder, copy = str(tmp_path / "phone"), str(tmp_path / "backup.db")
    house = {"GRIDCREW_DATA_DIR": str(own.folder / "data"), "GRIDCREW_DEMO": "true", "GRIDCREW_LOG_JSON": "false"}
    enrolled(own, gridcrew, folder)
    at = ("--folder", folder)

    def clock_in(number: int) -> None:
        gridcrew("handset", "clock-in", *at, "--direction", "in", "--note", f"backup-test {number}")

    clock_in(1)
    gridcrew("handset", "sync", *at)
    gridcrew("backup", copy, env=house)
    gridcrew("handset", "sync", *at)
    for number in (2, 3):
        clock_in(number)
        gridcrew("handset", "sync", *at)
    assert punches(own) == 3
    assert "backup.in_use" in gridcrew("restore", copy, env=house, code=4).output
    own.end(keep=True)
    gridcrew("restore", copy, env=house)
    clock_in(4)
    own.start()
    assert punches(own) == 1
    gridcrew("handset", "sync", *at)
    gridcrew("handset", "standing", *at)
    assert punches(own) == 4
    assert "backup.damaged" in gridcrew("restore", __file__, env=house, code=4).output


@pytest.mark.full
def test_an_import_whose_server_is_killed_is_finished_once_after_the_restart(own: OwnServer) -> None:
    lines, made = 20_000, new_id()
    rows = "".join(f"KX-{n:06d},用户{n},石井街 {n} 号\n" for n in range(lines))
    content = f"用户编号,姓名,地址\n{rows}".encode()
    network = Network(own.url)
    said = network.ask("POST", "/auth/v1/sign-in", {"phone": SUPERVISOR, "password": PASSWORD})
    token, area = said["access_token"], said["person"]["area"]
    network.ask("POST", "/people/v1/me/consent", {"version": 1}, token=token)
    ask = {"id": made, "what": "accounts", "name": "户.csv", "area_path": area}
    path = f"/gas/v1/imports/{made}"
    network.ask("POST", "/gas/v1/imports", ask, token=token)
    portions = [content[at : at + 500_000] for at in range(0, len(content), 500_000)]
    for number, portion in enumerate(portions, 1):
        sent = httpx2.put(
            f"{own.url}{path}/parts/{number}", content=portion, headers={"Authorization": f"Bearer {token}"}
        )
        assert sent.status_code == 200, sent.text
    said = {"parts": len(portions), "sha256": sha256(content).hexdigest()}
    network.ask("POST", f"{path}/start", said, token=token)
    seen: list[int] = []
    for _ in range(3):
        seen.append(reaches(network, path, token, (seen[-1] if seen else 0) + 1)["lines_done"])
        own.kill()
    done = reaches(network, path, token, lines)
    assert seen[-1] < lines, "it was killed while it ran"
    assert [done[name] for name in ("state", "lines_done", "taken", "unchanged", "bad")] == ["done", lines, lines, 0, 0]
    network.close()


def reaches(network: Network, path: str, token: str, lines: int) -> Any:
    """The import once it has done so many lines."""
    until_s = time.monotonic() + 300
    while time.monotonic() < until_s:
        shown = network.ask("GET", path, token=token)
        if shown["lines_done"] >= lines:
            return shown
        time.sleep(0.1)
    raise AssertionError(f"stands still: {shown}")
