"""A replica that drifted is mended by what differs, never by fetching all of it anew."""

from typing import Any

import orjson
import pytest

from sync.handset.client import PULL_PATH, REPAIR_PATH
from tests.api.handsets.conftest import Field
from tests.phones import Phone


def rows_of(phone: Phone) -> list[tuple[Any, ...]]:
    found = phone.store.rows(phone.hs.user)
    return sorted((r.t, r.id, r.ver, tuple(sorted(r.scopes)), r.body) for r in found)


def harm(phone: Phone, statement: str, *values: Any) -> None:
    """Changes the replica behind the handset's back, as a broken flash chip would."""
    with phone.store.transaction():
        phone.store._c.execute(statement, values)


def repairs(phone: Phone) -> list[dict[str, Any]]:
    return [orjson.loads(request.body) for request in phone.requests if request.path == REPAIR_PATH]


@pytest.fixture
def filled(crews: Field) -> Phone:
    """A crew's phone with orders on it."""
    for _ in range(6):
        crews.order()
    phone = crews.phone("crew")
    assert phone.hs.standing().synced
    phone.requests.clear()
    return phone


HARMS = {
    "lost": "DELETE FROM rows WHERE id IN (SELECT id FROM rows WHERE t = 'workorders' LIMIT 2)",
    "altered": "UPDATE rows SET body = x'7b7d' WHERE t = 'workorders'",
    "stale": "UPDATE rows SET ver = ver - 1, body = x'7b7d' WHERE t = 'workorders'",
    "surplus": "INSERT INTO rows SELECT user, t, replace(id, '-7', '-8'), ver + 100000, scopes, body FROM rows"
    " WHERE t = 'workorders' LIMIT 3",
    "nameless": "INSERT INTO rows SELECT user, t, 'no id at all', ver, scopes, body FROM rows LIMIT 1",
    "unscoped": "UPDATE rows SET scopes = '[]' WHERE t = 'workorders'",
    "scopes unreadable": "UPDATE rows SET scopes = 'oops' WHERE t = 'workorders'",
    "scopes of no sort": "UPDATE rows SET scopes = '{}' WHERE t = 'workorders'",
    "a row of a scope that is not held": "INSERT INTO rows SELECT user, t, replace(id, '-7', '-8'), ver + 100000,"
    """ '["team:nowhere"]', body FROM rows WHERE t = 'workorders' LIMIT 1""",
    "a row of no scope": "INSERT INTO rows SELECT user, t, replace(id, '-7', '-8'), ver + 100000, '[]', body FROM rows"
    " WHERE t = 'workorders' LIMIT 1",
    "a body of no sort": "UPDATE rows SET body = 7 WHERE t = 'workorders'",
    "no JSON": "UPDATE rows SET body = x'ff00' WHERE t = 'workorders'",
    "a version of no sort": "UPDATE rows SET ver = 'x' WHERE t = 'workorders'",
    "a version below all": "UPDATE rows SET ver = -7 WHERE t = 'workorders' AND id = (SELECT min(id) FROM rows WHERE"
    " t = 'workorders')",
    "empty": "DELETE FROM rows",
}


@pytest.mark.parametrize("harmed", HARMS)
def test_a_harmed_replica_is_mended_without_a_new_fill(filled: Phone, harmed: str) -> None:
    before = rows_of(filled)
    harm(filled, HARMS[harmed])
    written = filled.store._c.total_changes
    assert not filled.hs.standing().synced
    filled.hs.view("workorders")
    assert filled.store._c.total_changes == written, "who asks changes nothing"
    filled.sync()
    assert rows_of(filled) == before
    assert filled.hs.standing().synced
    assert repairs(filled)
    pulls = [orjson.loads(request.body) for request in filled.requests if request.path == PULL_PATH]
    assert all(pull["cookie"] for pull in pulls)


def test_a_replica_that_agrees_is_not_repaired(filled: Phone) -> None:
    filled.sync()
    assert repairs(filled) == []


def test_rows_that_move_during_a_repair_come_with_the_next_pull(crews: Field, filled: Phone) -> None:
    orders = sorted(filled.ids("workorders"))
    harm(filled, "DELETE FROM rows WHERE t = 'workorders'")
    filled.hs.begin()
    while (request := filled.hs.next_request()) is not None:
        if request.path == REPAIR_PATH and orders:
            crews.at_desk(orders.pop(), "cancel", reason="雨天")
            crews.order()
        filled.requests.append(request)
        filled.hs.receive(request, *filled._send(request))
    assert len(repairs(filled)) >= 2
    assert filled.hs.standing().synced
    fresh = crews.phone("crew")
    assert rows_of(fresh) == rows_of(filled)


def test_a_repair_that_is_cut_leaves_the_replica_as_it_was(filled: Phone) -> None:
    before = rows_of(filled)
    harm(filled, HARMS["lost"])
    harmed = rows_of(filled)
    filled.cut = lambda body: body[:-9] if b'"mended"' in body else body
    filled.sync()
    assert rows_of(filled) == harmed
    filled.cut = lambda body: body.replace(b'"r":"', b'"r":"AQE')
    filled.sync()
    filled.cut = None
    filled.sync()
    assert rows_of(filled) == before


def test_a_scope_that_is_not_held_is_not_compared(crews: Field, filled: Phone) -> None:
    cookie = filled.store.get(f"cookie/{filled.hs.user}")
    body = {"device": filled.device_id, "epoch": 1, "schema": 1, "cookie": cookie}

    def refused(**said: Any) -> tuple[int, str]:
        answer = filled.client.post("/sync/v1/repair", json=body | said, headers=filled.headers)
        return answer.status_code, answer.json().get("code")

    other = f"user:{crews.id('dispatcher')}"
    assert refused(ranges={other: "AAM"}) == (403, "sync.scope_not_held")
    assert refused(want={other: [1]}) == (403, "sync.scope_not_held")
    own = f"user:{filled.hs.user}"
    assert refused(ranges={own: "AAk"}) == (422, "sync.ranges_invalid")
    assert refused(ranges={own: "x" * 200_001}) == (422, "request.invalid")
    assert refused(want={own: list(range(501))}) == (422, "request.invalid")
    assert refused(cookie="forged", ranges={own: "AAM"}) == (422, "sync.cookie_invalid")
    assert refused(device=other[-36:]) == (403, "sync.wrong_device")


def test_a_row_out_of_sight_is_gone_whether_it_exists_or_not(crews: Field, filled: Phone) -> None:
    strange = crews.order(team="far")
    cookie = filled.store.get(f"cookie/{filled.hs.user}")
    doubt = [{"t": "workorders", "id": each} for each in (strange, filled.device_id)]
    body = {"device": filled.device_id, "epoch": 1, "schema": 1, "cookie": cookie, "doubt": doubt}
    answer = filled.client.post("/sync/v1/repair", json=body, headers=filled.headers)
    frames = [orjson.loads(line) for line in answer.content.splitlines()]
    assert [frame.get("why") for frame in frames if frame["f"] == "gone"] == ["scope", "scope"]
