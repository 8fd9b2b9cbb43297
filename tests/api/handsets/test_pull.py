"""Pulling: pages, restarts, answers cut on their way, contract versions, and what it costs when nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from mobile_contract import version
from sync.stores.driver import Driver
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import Handset

NOOP_STATEMENTS_MAX = 12
NOOP_BYTES_MAX = 300


def _rows(frames: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, Any]]:
    return {(f["t"], f["id"]): (f["ver"], f["d"]) for f in frames if f["f"] == "row"}


def test_many_small_pages_say_the_same_as_one_big_one(handset: Handset, crews: Field) -> None:
    for _ in range(12):
        crews.order(note="长" * 100)
    small = handset.pull(max_bytes=1_000)
    handset.cookie = None
    big = handset.pull(max_bytes=1_000_000)
    assert [f["f"] for f in small].count("more") > 10
    assert [f["f"] for f in big].count("more") == 0
    assert _rows(small) == _rows(big)
    assert small[-1]["digests"] == big[-1]["digests"]


def test_a_page_keeps_to_the_size_that_was_asked_for(handset: Handset, crews: Field) -> None:
    for _ in range(8):
        crews.order(note="长" * 300)
    answer = handset.post("/sync/v1/pull", handset.pull_body(max_bytes=4_000), expect=200)
    assert len(answer.content) < 4_000 + 4_000
    handset.post("/sync/v1/pull", handset.pull_body(max_bytes=999), expect=422)
    handset.post("/sync/v1/pull", handset.pull_body(max_bytes=1_000_001), expect=422)


def test_a_row_that_changes_between_two_pages_is_not_torn(handset: Handset, crews: Field) -> None:
    orders = [crews.order(note="长" * 300) for _ in range(6)]
    frames = _frames(handset, max_bytes=1_000)
    page = frames[-1]["page"]
    crews.at_desk(orders[0], "cancel", reason="不用了")
    crews.at_desk(orders[5], "reassign", team_id=crews.district.teams["gardeners"])
    while frames[-1]["f"] == "more":
        frames += _frames(handset, page=page, max_bytes=1_000)
        page = frames[-1].get("page")
    held = {f["id"]: f["d"]["step"] for f in frames if f["f"] == "row" and f["t"] == "workorders"}
    gone = {f["id"] for f in frames if f["f"] == "gone"}
    assert held[orders[0]] == "cancelled"
    assert orders[5] not in held or orders[5] in gone


def _frames(handset: Handset, **other: Any) -> list[dict[str, Any]]:
    answer = handset.post("/sync/v1/pull", handset.pull_body(**other), expect=200)
    return [orjson.loads(line) for line in answer.content.splitlines()]


def test_a_pull_starts_again_when_the_scopes_change_between_two_pages(crews: Field, handset: Handset) -> None:
    for _ in range(6):
        crews.order(note="长" * 300)
    page = _frames(handset, max_bytes=1_000)[-1]["page"]
    crews.move("crew", "sweepers", "gardeners")
    assert _frames(handset, page=page, max_bytes=1_000) == [{"f": "restart"}]
    frames = handset.pull(max_bytes=1_000)
    assert {f["id"] for f in frames if f.get("t") == "workorders" and f["f"] == "row"} == set()


RIGHTS_ENDED: dict[str, tuple[str, int]] = {
    "/handsets/v1/devices/{device}/revoke": ("sync.device_revoked", 403),
    "/handsets/v1/devices/{device}/lost": ("sync.device_revoked", 403),
    "/people/v1/persons/{person}/leave": ("auth.session_ended", 401),
    "/people/v1/notice": ("auth.consent_needed", 403),
}


@pytest.mark.parametrize("how", RIGHTS_ENDED)
def test_a_page_token_outlives_no_right(crews: Field, handset: Handset, how: str) -> None:
    """Half a pull was answered; then the right to the other half ended."""
    for _ in range(6):
        crews.order(note="长" * 300)
    page = _frames(handset, max_bytes=1_000)[-1]["page"]
    door = how.format(device=handset.device_id, person=handset.id)
    told = {"version": 2, "zh": "新的告知", "en": "A new notice"} if how.endswith("notice") else {}
    answer = crews.desk("admin").post(door, told)
    assert answer.status_code in (200, 201, 204), answer.text
    code, status = RIGHTS_ENDED[how]
    refused = handset.post("/sync/v1/pull", handset.pull_body(page=page, max_bytes=1_000), expect=status)
    assert refused.json()["code"] == code


def test_a_phone_told_to_start_again_does_so_in_the_same_run(crews: Field) -> None:
    for _ in range(3):
        crews.order(note="长" * 250)
    phone = crews.phone("crew")
    phone.store.put(f"cookie/{phone.hs.user}", None)
    phone.hs.begin()
    moved = False
    while (request := phone.hs.next_request()) is not None:
        body = orjson.loads(request.body) | ({"max_bytes": 1_000} if request.path.endswith("pull") else {})
        answer = crews.client.post(request.path, json=body, headers=phone.headers)
        phone.hs.receive(request, answer.status_code, answer.content)
        if request.path.endswith("pull") and not moved:
            crews.move("crew", "sweepers", "gardeners")
            moved = True
    assert phone.hs.standing().synced
    assert phone.ids("workorders") == set()


def test_anothers_page_token_is_refused(handset: Handset, enrolled: Any, crews: Field) -> None:
    for _ in range(6):
        crews.order(note="长" * 300)
    page = _frames(handset, max_bytes=1_000)[-1]["page"]
    mate = enrolled("mate")
    for wrong in (page, page[:-2] + "AA", "", "x", "é", "A" * 4_000):
        assert mate.pull(page=wrong, expect=422)[0]["code"] == "sync.page_invalid"
    assert handset.pull(page=handset.cookie or "x", expect=422)[0]["code"] == "sync.page_invalid"


def test_an_answer_cut_on_its_way_is_as_if_it_never_came(crews: Field) -> None:
    phone = crews.phone("crew")
    for keep in (0.0, 0.01, 0.3, 0.9, 0.999):
        order = crews.order(note="长" * 50)
        before = phone.store.rows(phone.hs.user)
        cookie = phone.store.get(f"cookie/{phone.hs.user}")
        phone.cut = lambda body, part=keep: body[: int(len(body) * part)]
        phone.sync()
        assert phone.store.rows(phone.hs.user) == before
        assert phone.store.get(f"cookie/{phone.hs.user}") == cookie
        phone.cut = None
        phone.sync()
        assert order in phone.ids("workorders")
        assert phone.hs.standing().synced


def test_a_push_answer_cut_on_its_way_acts_once_all_the_same(crews: Field) -> None:
    phone = crews.phone("crew")
    punch = clock_in(phone)
    phone.cut = lambda body: body[:-1]
    phone.sync()
    assert phone.hs.acked == 0
    phone.cut = None
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert phone.ids("punches") == {punch}


def test_a_stuck_upload_never_stops_the_downloads(crews: Field) -> None:
    phone = crews.phone("crew")
    order = crews.order()
    clock_in(phone)
    phone.lose_answers = 1
    phone.sync()
    assert phone.hs.acked == 0
    assert order in phone.ids("workorders")


def test_an_old_contract_may_push_but_is_told_to_upgrade_before_it_pulls(
    crews: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(version.RETIRED, 0, crews.clock.now().date())
    phone = crews.phone("crew")
    phone.hs._contract = 0
    punch = clock_in(phone)
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert phone.hs.needs == "upgrade"
    phone.hs._contract = 1
    phone.sync()
    assert phone.ids("punches") == {punch}
    assert phone.hs.needs is None
    assert phone.hs.standing().needs is None


def test_a_contract_newer_than_the_server_is_refused(handset: Handset) -> None:
    assert handset.push(schema=2, expect=422)["code"] == "sync.contract_too_new"
    assert handset.pull(schema=2, expect=422)[0]["code"] == "sync.contract_too_new"


def test_who_has_not_consented_may_send_but_gets_nothing(crews: Field) -> None:
    phone = crews.phone("crew")
    notice = {"version": 2, "zh": "新的告知书", "en": "A new notice"}
    assert crews.desk("admin").post("/people/v1/notice", notice).is_success
    punch = clock_in(phone)
    phone.sync()
    assert phone.outcome(1) == "applied"
    assert phone.hs.needs == "consent"
    crews.client.post("/people/v1/me/consent", json={"version": 2}, headers=phone.headers)
    phone.sync()
    assert phone.ids("punches") == {punch}
    assert phone.hs.needs is None


def test_when_nothing_changed_the_answer_is_small_and_asks_little_of_the_database(
    handset: Handset, crews: Field
) -> None:
    for _ in range(30):
        crews.order()
    handset.pull()
    with _statements() as asked:
        answer = handset.post("/sync/v1/pull", handset.pull_body(), expect=200)
    print(f"nothing changed: {len(answer.content)} bytes, {len(asked)} statements")
    assert [orjson.loads(line)["f"] for line in answer.content.splitlines()] == ["begin", "ack", "end"]
    assert len(answer.content) < NOOP_BYTES_MAX
    assert len(asked) <= NOOP_STATEMENTS_MAX, asked


def test_what_a_pull_asks_does_not_grow_with_what_is_there(handset: Handset, crews: Field) -> None:
    handset.pull()  # the server knows its keys from now on
    counts = []
    for orders in (1, 20):
        for _ in range(orders):
            crews.order()
        handset.cookie = None
        with _statements() as asked:
            handset.pull()
        counts.append(len(asked))
    print(f"first fill: {counts} statements")
    assert counts[0] == counts[1]


@contextmanager
def _statements() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    def noted(speak: Any) -> Any:
        return lambda driver, sql, *values: asked.append(sql) or speak(driver, sql, *values)

    spoken = {name: getattr(Driver, name) for name in ("rows", "do", "many")}
    event.listen(Engine, "before_cursor_execute", note)
    try:
        for name, speak in spoken.items():
            setattr(Driver, name, noted(speak))
        yield asked
    finally:
        for name, speak in spoken.items():
            setattr(Driver, name, speak)
        event.remove(Engine, "before_cursor_execute", note)


def test_a_pull_is_compressed_for_who_can_read_it(handset: Handset, crews: Field) -> None:
    for _ in range(10):
        crews.order()
    ask = {"json": handset.pull_body(), "headers": {"Accept-Encoding": "zstd"}}
    answer = handset.request("POST", "/sync/v1/pull", 200, **ask)
    assert answer.headers["content-encoding"] == "zstd"
    assert answer.headers["cache-control"] == "no-store"
    plain = handset.request("POST", "/sync/v1/pull", 200, json=handset.pull_body(), headers={"Accept-Encoding": ""})
    assert "content-encoding" not in plain.headers
    assert len(plain.content) > 3 * int(answer.headers["content-length"])


def test_a_phone_away_for_a_season_reconciles(crews: Field) -> None:
    phone = crews.phone("crew")
    stays, goes = crews.order(), crews.order()
    phone.sync()
    crews.at_desk(goes, "reassign", team_id=crews.district.teams["gardeners"])
    crews.later(days=91)
    phone.sync()
    assert phone.ids("workorders") == {stays}
    assert phone.hs.standing().synced
    assert any(b'"reconcile":"horizon"' in body for _, body in phone.answers)
