"""A first fill by packs: resumed after a cut, refused when hostile, never another's, and the same as by a pull."""

import hashlib
from typing import Any

import orjson
import pytest

from backend.kernel.ids import new_id
from sync import offering
from sync.cursor import TICKET_LASTS_S
from sync.handset import filling
from sync.handset.client import PACKS_PATH, SNAPSHOTS_PATH, Request
from tests.api.handsets.conftest import Field
from tests.phones import Phone

PIECE = 400


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs of a few rows, in pieces of a few bytes."""
    monkeypatch.setattr(offering, "PACK_ROWS_MIN", 2)
    monkeypatch.setattr(filling, "PACK_CHUNK_BYTES", PIECE)


def rows_of(phone: Phone) -> list[tuple[Any, ...]]:
    found = phone.store.rows(phone.hs.user)
    return sorted((r.t, r.id, r.ver, tuple(sorted(r.scopes)), r.body) for r in found)


def empty(phone: Phone) -> None:
    """As after a reinstall: the replica is gone, the sign-in is not."""
    with phone.store.transaction():
        phone.store._c.execute("DELETE FROM rows")
        phone.store.put(f"cookie/{phone.hs.user}", None)
    phone.requests.clear()


def paths(phone: Phone) -> list[str]:
    return [request.path.split("?")[0] for request in phone.requests]


@pytest.fixture
def filled(crews: Field) -> Phone:
    for _ in range(5):
        crews.order()
    return crews.phone("crew")


def offered(phone: Phone) -> dict[str, Any]:
    body = {"device": phone.device_id, "epoch": 1, "schema": 1}
    answer = phone.client.post(SNAPSHOTS_PATH, json=body, headers=phone.headers)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def test_a_first_fill_comes_by_packs_in_pieces(crews: Field, filled: Phone) -> None:
    before = rows_of(filled)
    assert filled.hs.standing().synced
    empty(filled)
    order = crews.order()
    filled.sync()
    assert SNAPSHOTS_PATH in paths(filled)
    pieces = [r for r in filled.requests if r.path.startswith(PACKS_PATH)]
    assert len(pieces) > 2
    assert all(r.method == "GET" for r in pieces)
    assert [row for row in rows_of(filled) if row[1] != order] == before
    assert order in filled.ids("workorders")
    assert filled.hs.standing().synced
    assert filled.store._c.execute("SELECT count(*) FROM packs").fetchone() == (0,)


def test_a_fill_goes_on_where_it_was_cut(filled: Phone) -> None:
    before = rows_of(filled)
    empty(filled)
    fetched: list[Request] = []
    for _ in range(60):  # the app dies after every single piece
        filled.hs.begin()
        while (request := filled.hs.next_request()) is not None:
            piece = request.path.startswith(PACKS_PATH)
            filled.hs.receive(request, *filled._send(request))
            if piece:
                fetched.append(request)
                break
        else:
            break
        assert rows_of(filled) == []
    ranges = [(r.path.split("?")[0], r.headers["Range"]) for r in fetched]
    assert len(ranges) == len(set(ranges)) > 3
    assert rows_of(filled) == before
    assert filled.hs.standing().synced


@pytest.mark.parametrize(
    "harm",
    [
        lambda body: b"x" * len(body),
        lambda body: body[:-1] + bytes([body[-1] ^ 1]),
        lambda body: body + b"longer",
        lambda body: b"",
    ],
)
def test_a_hostile_pack_is_thrown_away_and_the_replica_filled_by_the_pull(filled: Phone, harm: Any) -> None:
    before = rows_of(filled)
    empty(filled)
    filled.hs.begin()
    while (request := filled.hs.next_request()) is not None:
        status, body = filled._send(request)
        filled.hs.receive(request, status, harm(body) if request.path.startswith(PACKS_PATH) else body)
    assert rows_of(filled) in ([], before)
    filled.sync()
    assert rows_of(filled) == before
    assert filled.hs.standing().synced


def test_a_pack_that_was_replaced_meanwhile_is_asked_for_anew(crews: Field, filled: Phone) -> None:
    before = rows_of(filled)
    empty(filled)
    filled.hs.begin()
    while (request := filled.hs.next_request()) is not None:
        if request.path.startswith(PACKS_PATH):
            for path in crews.house.settings.packs_dir().glob("*.pack"):
                path.unlink()
        filled.hs.receive(request, *filled._send(request))
    assert rows_of(filled) == before


def test_a_fill_that_outlasts_its_addresses_asks_anew_and_keeps_what_it_fetched(crews: Field, filled: Phone) -> None:
    before = rows_of(filled)
    empty(filled)
    filled.hs.begin()
    fetched: list[str] = []
    while (request := filled.hs.next_request()) is not None:
        filled.requests.append(request)
        if len(fetched) == 2 and paths(filled).count(SNAPSHOTS_PATH) == 1:
            crews.later(seconds=TICKET_LASTS_S + 1)
            filled._fresh_token()
        status, body = filled._send(request)
        fetched += [request.path.split("?")[0] + request.headers["Range"]] if status == 206 else []
        filled.hs.receive(request, status, body)
    assert paths(filled).count(SNAPSHOTS_PATH) == 2
    assert len(fetched) == len(set(fetched))
    assert rows_of(filled) == before


def test_a_box_on_the_way_that_knows_no_ranges_jams_no_fill(filled: Phone) -> None:
    before = rows_of(filled)
    empty(filled)
    for ranges in (True, False):  # cut after a piece, and then on by another network
        filled.hs.begin()
        while (request := filled.hs.next_request()) is not None:
            piece = request.path.startswith(PACKS_PATH)
            if piece and not ranges:
                answer = filled.client.get(request.path, headers=filled.headers)
                filled.hs.receive(request, answer.status_code, answer.content)
                continue
            filled.hs.receive(request, *filled._send(request))
            if piece:
                break
    assert rows_of(filled) == before


def test_a_pack_is_served_by_ranges_under_a_strong_etag(filled: Phone) -> None:
    pack = offered(filled)["packs"][0]
    whole = filled.client.get(pack["url"], headers=filled.headers)
    assert (whole.status_code, whole.headers["etag"]) == (200, f'"{pack["sha256"]}"')
    assert hashlib.sha256(whole.content).hexdigest() == pack["sha256"]
    assert len(whole.content) == pack["bytes"]

    def asked(**headers: str) -> Any:
        return filled.client.get(pack["url"], headers=filled.headers | headers)

    part = asked(Range="bytes=10-29")
    assert (part.status_code, part.content) == (206, whole.content[10:30])
    assert part.headers["content-range"] == f"bytes 10-29/{pack['bytes']}"
    assert asked(**{"Range": "bytes=10-29", "If-Range": f'"{pack["sha256"]}"'}).status_code == 206
    assert asked(**{"Range": "bytes=10-29", "If-Range": '"another"'}).status_code == 200
    assert asked(**{"If-None-Match": f'"{pack["sha256"]}"'}).status_code == 304


def test_a_range_that_means_nothing_here_is_ignored(filled: Phone) -> None:
    pack = offered(filled)["packs"][0]
    for asked in ("lines=1", "bytes=0-1,4-5", f"bytes={pack['bytes']}-", "bytes=9-3", "bytes=-0", "bytes=٣-"):
        whole = filled.client.get(pack["url"], headers=filled.headers | {"Range": asked.encode()})
        assert (whole.status_code, len(whole.content)) == (200, pack["bytes"]), asked


def test_a_browser_gets_the_same_rows_as_lines(filled: Phone) -> None:
    for pack in offered(filled)["packs"]:
        answer = filled.client.get(pack["url"], headers=filled.headers | {"Accept": "application/x-ndjson"})
        about, *rows = answer.content.splitlines()
        assert orjson.loads(about)["digest"] == pack["digest"]
        held = {(r[1], r[2], r[4]) for r in rows_of(filled) if pack["scope"] in r[3]}
        assert {
            (o["id"], o["ver"], line[line.index(b',"d":') + 5 : -1]) for line in rows if (o := orjson.loads(line))
        } == held


def test_an_address_is_of_use_to_nobody_else(crews: Field, filled: Phone) -> None:
    other = crews.phone("mate")
    pack = offered(filled)["packs"][0]

    def asked(url: str, phone: Phone = filled) -> tuple[int, str]:
        answer = phone.client.get(url, headers=phone.headers)
        return answer.status_code, answer.json().get("code", "")

    refused = (403, "sync.ticket_invalid")
    assert asked(pack["url"], other) == refused
    assert asked(pack["url"].replace("epoch=1", "epoch=2")) == refused
    assert asked(pack["url"].replace(pack["sha256"], "ab" * 32)) == refused
    assert asked(pack["url"][:-4]) == refused
    assert filled.client.get(pack["url"]).status_code == 401
    assert filled.client.get(pack["url"], headers=crews.desk("admin").headers).status_code == 403
    crews.later(seconds=TICKET_LASTS_S + 1)
    filled._fresh_token()
    assert asked(pack["url"]) == refused


def test_a_scope_that_was_left_gives_no_pack(crews: Field, filled: Phone) -> None:
    team = f"team:{crews.district.teams['sweepers']}"
    pack = next(p for p in offered(filled)["packs"] if p["scope"] == team)
    assert filled.client.get(pack["url"], headers=filled.headers).status_code == 200
    crews.move("crew", "sweepers", "far")
    answer = filled.client.get(pack["url"], headers=filled.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.ticket_invalid")


def test_another_device_is_offered_nothing(filled: Phone) -> None:
    body = {"device": new_id(), "epoch": 1, "schema": 1}
    answer = filled.client.post(SNAPSHOTS_PATH, json=body, headers=filled.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "sync.wrong_device")


def test_a_scope_that_moves_during_a_fill_is_filled_as_it_is_then(crews: Field, filled: Phone) -> None:
    empty(filled)
    filled.hs.begin()
    moved = False
    while (request := filled.hs.next_request()) is not None:
        if request.path.startswith(PACKS_PATH) and not moved:
            crews.move("crew", "sweepers", "far")
            moved = True
        status, body = filled._send(request)
        filled.hs.receive(request, status, body)
    fresh = crews.phone("crew")
    assert rows_of(filled) == rows_of(fresh)
    assert filled.hs.standing().synced
