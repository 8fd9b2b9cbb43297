"""Pokes over a real socket: a handset is told that there is something to pull, and nothing else."""

import threading
from pathlib import Path

import httpx2

from backend.day.server import OwnServer
from backend.drive.network import Network
from backend.drive.phone import Phone
from tests.e2e.conftest import Run
from tests.e2e.test_handset_commands import SWEEPER, desk, phone_folder, sign_in

__all__ = ["desk", "phone_folder"]


def test_a_poke_says_that_something_moved_and_nothing_of_it(
    server: OwnServer, gridcrew: Run, phone_folder: str, desk: tuple[Network, str], tmp_path: Path
) -> None:
    sign_in(gridcrew, phone_folder, SWEEPER)
    gridcrew("handset", "sync", "--folder", phone_folder)
    phone = Phone(Path(phone_folder))
    token = phone.people()[phone.user]["access_token"]
    network, supervisor = desk
    order = network.ask("GET", "/workorders/v1/orders?limit=1", token=supervisor)["items"][0]
    with httpx2.stream(
        "GET", f"{server.url}/sync/v1/pokes", headers={"authorization": f"Bearer {token}"}, timeout=20
    ) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == "retry: 5000"
        words = ("handset", "clock-in", "--folder", phone_folder, "--direction", "in")
        gridcrew(*words)
        pushing = threading.Thread(target=lambda: gridcrew("handset", "sync", "--folder", phone_folder))
        pushing.start()
        said = next(line for line in lines if line.startswith("data"))
        pushing.join()
        with httpx2.stream(
            "GET", f"{server.url}/sync/v1/pokes", headers={"authorization": f"Bearer {token}"}, timeout=20
        ) as second:
            assert next(second.iter_lines()) == "retry: 5000"
            assert list(lines)[-1:] in ([], [""]), "a second stream of the handset ends the first, and ends it well"
    phone.close()
    assert said.startswith('data: {"seq":')
    assert order["id"] not in said
    refused = httpx2.get(f"{server.url}/sync/v1/pokes", headers={"authorization": f"Bearer {supervisor}"})
    assert refused.json()["code"] == "sync.wrong_device", "a desk has no handset to poke"
