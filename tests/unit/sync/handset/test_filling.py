"""A first fill by packs, where the offer that began it is good no longer."""

from pathlib import Path
from typing import Any

import orjson

from sync.handset.client import PULL_PATH, PUSH_PATH, SNAPSHOTS_PATH, Handset, Request
from sync.handset.replica import Policies
from sync.handset.store import SqliteStore
from tests.unit.sync.handset.test_drain import ANN, ROW, StoppedClock

PACK = {"scope": "team:1", "contract": 1, "generation": "g", "seq": 9, "rows": 8, "digest": "0" * 64}
OFFER: dict[str, Any] = {
    "packs": [PACK | {"sha256": "0" * 64, "bytes": 100, "url": "/sync/v1/packs/0?ticket=t"}],
    "cookie": "of an offer whose packs were never applied",
}


def answered(machine: Handset, path: str, status: int, said: Any) -> Request:
    request = machine.next_request()
    assert request is not None
    assert request.path == path
    machine.receive(request, status, orjson.dumps(said))
    return request


def test_the_cookie_of_an_offer_goes_with_its_packs(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "handset.db")
    store.put("device_id", ROW)
    store.put("epoch", 1)
    machine = Handset(store, StoppedClock(), Policies({}), 1, ANN, packs=True)
    machine.begin()
    answered(machine, PUSH_PATH, 200, {"acked": 0, "results": []})
    answered(machine, SNAPSHOTS_PATH, 200, OFFER)
    answered(machine, OFFER["packs"][0]["url"], 403, {"code": "sync.ticket_invalid"})
    answered(machine, SNAPSHOTS_PATH, 200, {"packs": [], "cookie": None})
    pull = machine.next_request()
    assert pull is not None
    assert (pull.path, orjson.loads(pull.body)["cookie"]) == (PULL_PATH, None)
