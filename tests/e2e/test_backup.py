"""A district that is lost and comes back from yesterday's backup, with real servers and real handsets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.day.server import OwnServer
from backend.drive.network import Network
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
