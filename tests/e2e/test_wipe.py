"""A handset that was revoked: its queue goes to the desk, it wipes itself by a signed order, the desk hears of it."""

from pathlib import Path

import pytest

from backend.day.server import OwnServer
from backend.drive.network import Network, Problem
from backend.drive.phone import Phone
from backend.drive.wiping import is_genuine
from tests.e2e.conftest import Run
from tests.e2e.test_handset_commands import SWEEPER, desk, phone_folder, sign_in

__all__ = ["desk", "phone_folder"]


def test_a_revoked_handset_wipes_itself_by_a_signed_order_and_the_desk_sees_the_receipt(
    server: OwnServer, gridcrew: Run, phone_folder: str, desk: tuple[Network, str]
) -> None:
    network, token = desk
    sign_in(gridcrew, phone_folder, SWEEPER)
    gridcrew("handset", "sync", "--folder", phone_folder)
    gridcrew("handset", "clock-in", "--folder", phone_folder, "--direction", "in", "--note", "撤销前")
    phone = Phone(Path(phone_folder))
    device, key = str(phone.store.get("device_id")), str(phone.store.get("wipe_key"))
    secret = {"device_secret": phone.store.get("device_secret")}
    path = f"/handsets/v1/devices/{device}/wipe-order"
    with pytest.raises(Problem, match=r"handsets.not_ended|in use|仍在使用"):
        network.ask("POST", path, secret)
    network.ask("POST", f"/handsets/v1/devices/{device}/revoke", token=token)
    order = network.ask("POST", path, secret)
    assert is_genuine(order, key, device)
    assert not is_genuine(order | {"ended_ms": order["ended_ms"] + 1}, key, device)
    assert not is_genuine(order, key, "another")
    with pytest.raises(Problem):
        network.ask("POST", "/handsets/v1/wiped", order | {"status": "lost"})
    own_key = phone.store.get("wipe_key")
    phone.store.put("wipe_key", "A" * 43)  # as if another server gave the order
    phone.close()
    gridcrew("handset", "sync", "--folder", phone_folder, code=4)
    phone = Phone(Path(phone_folder))
    assert phone.store.get("device_id") == device, "an order that is not genuine wipes nothing"
    phone.store.put("wipe_key", own_key)
    phone.close()
    gridcrew("handset", "sync", "--folder", phone_folder, code=4)
    phone = Phone(Path(phone_folder))
    assert (phone.enrolled, phone.store.rows("x"), phone.store.get("receipt")) == (False, [], None)
    phone.close()
    seen = network.ask("GET", "/handsets/v1/devices?status=revoked&limit=200", token=token)["items"]
    (mine,) = (row for row in seen if row["id"] == device)
    assert mine["wiped_at"] is not None
    kept = network.ask("GET", "/handsets/v1/conflicts?state=open&limit=200", token=token)["items"]
    assert any(conflict["payload"]["params"].get("note") == "撤销前" for conflict in kept)
