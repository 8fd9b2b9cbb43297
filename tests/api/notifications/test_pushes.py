"""Pushes by Firebase Cloud Messaging, against a server that speaks its HTTP v1 on a real socket."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from backend.app import build_house
from backend.handsets.routes.pokes import PokeStream
from backend.kernel.jobs import JobRow, JobState, list_jobs
from backend.kernel.settings import Settings
from backend.kernel.streams import answer
from backend.modules import MODULES
from backend.notifications.rules import POKE_EVERY
from backend.notifications.tables import PushToken
from backend.worker import drain
from tests.api.handsets.conftest import Field
from tests.api.notifications.test_notices import tell
from tests.fcm import FakeGoogle, fake_google
from tests.phones import Phone

DOOR = "/notifications/v1/push-token"
ON_BOTH_STORES = {
    "test_a_phone_of_which_something_moved_is_poked_once_and_told_nothing",
    "test_a_phone_with_an_open_stream_is_not_poked_by_the_vendor",
    "test_a_token_goes_with_the_sign_in_and_with_the_handset",
}
"""Those of statements of our own; the vendor does not care for the database."""


@pytest.fixture(scope="module")
def _google() -> Iterator[FakeGoogle]:
    with fake_google() as made:
        yield made


@pytest.fixture
def google(_google: FakeGoogle) -> FakeGoogle:
    """The vendor, with nothing sent yet."""
    _google.taken.clear()
    _google.asked.clear()
    _google.retry_after, _google.mended = "90", False
    return _google


@pytest.fixture
def settings(store_url: str, tmp_path: Path, google: FakeGoogle) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=store_url,
        testing=True,
        argon2_memory_kib=64,
        argon2_time_cost=1,
        push_gateway="fcm",
        fcm_credentials=google.key_file(tmp_path),
        fcm_url=google.url,
    )


def ask(phone: Phone, token: str, expect: int = 204, **more: Any) -> Any:
    """The phone says under which token it is pushed."""
    body = {"gateway": "fcm", "token": token, **more}
    answer = phone.client.put(DOOR, json=body, headers=phone.headers)
    assert answer.status_code == expect, answer.text
    return answer


def phone_with(crews: Field, name: str, token: str, **more: Any) -> Phone:
    phone = crews.phone(name)
    ask(phone, token, **more)
    return phone


def registered(crews: Field) -> set[str]:
    with crews.house.db.reading() as session:
        return set(session.exec(select(PushToken.token)).all())


def work(crews: Field) -> None:
    """Runs what is due, pokes too."""
    drain(crews.house, MODULES, recurring=True)


def waits_s(crews: Field, name: str) -> float:
    """How long from now the one waiting job of this name rests."""
    with crews.house.db.reading() as session:
        (job,) = [row for row in list_jobs(session, JobState.waiting) if row.name == name]
        return (job.run_after_at - crews.clock.now()).total_seconds()


# -- notices ----------------------------------------------------------------------------------------------------------


def test_a_notice_is_shown_by_a_title_that_names_nobody(crews: Field, google: FakeGoogle) -> None:
    phone_with(crews, "crew", "token-zh-1")
    phone_with(crews, "mate", "token-en-1", language="en")
    about = "0199b3a0-0000-7000-8000-000000000001"
    (told, _) = tell(crews, "crew", "mate", params={"name": "张三"}, about=("conflicts", about))
    work(crews)
    work(crews)
    shown = {m["token"]: m for m in google.taken if "notification" in m}
    assert {t: m["notification"] for t, m in shown.items()} == {
        "token-zh-1": {"title": "同步冲突待处理"},
        "token-en-1": {"title": "A sync conflict waits for you"},
    }
    ours = next(m for m in shown.values() if m["data"]["id"] == told)
    assert ours["data"] == {"kind": "notice", "id": told, "about_kind": "conflicts", "about_id": about}
    android = ours["android"]
    assert (android["priority"], android["collapse_key"], android["ttl"]) == ("high", told, "86400s")
    assert "张三" not in json.dumps(google.taken, ensure_ascii=False)
    assert len([m for m in google.taken if "notification" in m]) == 2, "each once"


def test_a_notice_that_was_read_meanwhile_is_not_shown(crews: Field, google: FakeGoogle) -> None:
    phone_with(crews, "crew", "token-read")
    (told,) = tell(crews, "crew")
    crews.desk("crew").post(f"/notifications/v1/notices/{told}/read", {}, expect=200)
    work(crews)
    assert not [m for m in google.taken if "notification" in m]


@pytest.mark.parametrize("word", ["gone", "bad", "foreign"])
def test_a_token_that_nobody_has_any_more_is_forgotten(crews: Field, google: FakeGoogle, word: str) -> None:
    phone_with(crews, "crew", f"{word}-token")
    tell(crews, "crew")
    work(crews)
    assert registered(crews) == set()
    assert google.taken == []
    with crews.house.db.reading() as session:
        assert list_jobs(session, JobState.failed) == []


@pytest.mark.parametrize("word", ["busy", "down"])
def test_a_vendor_that_asks_for_rest_is_left_alone_so_long(crews: Field, google: FakeGoogle, word: str) -> None:
    phone_with(crews, "crew", f"{word}-token")
    tell(crews, "crew")
    work(crews)
    asked = len(google.asked)
    assert 80 <= waits_s(crews, "notifications.show") <= 90, "Retry-After was 90"
    crews.later(seconds=45)
    work(crews)
    assert len([t for t in google.asked if t[1] != 200]) == asked
    google.mended = True
    crews.later(seconds=50)
    work(crews)
    assert [m["data"]["kind"] for m in google.taken].count("notice") == 1
    assert registered(crews) == {f"{word}-token"}


def test_a_fault_of_ours_waits_for_a_person(crews: Field, google: FakeGoogle) -> None:
    phone_with(crews, "crew", "odd-token")
    tell(crews, "crew")
    work(crews)
    with crews.house.db.reading() as session:
        row = session.exec(select(JobRow).where(JobRow.name == "notifications.show")).one()
        assert "PushRefused" in (row.last_error or "")
        assert row.done_at is None
    assert registered(crews) == {"odd-token"}


def test_credentials_are_renewed_when_google_forgets_them(crews: Field, google: FakeGoogle) -> None:
    phone_with(crews, "crew", "token-auth")
    tell(crews, "crew")
    work(crews)
    granted = len(google.granted)
    google.good.clear()
    tell(crews, "crew", cause="c2")
    work(crews)
    assert len(google.granted) == granted + 1
    assert len([m for m in google.taken if "notification" in m]) == 2


# -- pokes ------------------------------------------------------------------------------------------------------------


def pokes(google: FakeGoogle) -> list[str]:
    """Which tokens were poked, in order."""
    return [m["token"] for m in google.taken if m["data"] == {"kind": "poke"}]


def test_a_phone_of_which_something_moved_is_poked_once_and_told_nothing(crews: Field, google: FakeGoogle) -> None:
    phone_with(crews, "crew", "token-crew")
    phone_with(crews, "stranger", "token-far")
    work(crews)
    assert pokes(google) == [], "nothing has moved since they registered"
    for _ in range(3):
        crews.order()
    work(crews)
    assert pokes(google) == ["token-crew"]
    (sent,) = google.taken
    assert sent.keys() == {"token", "data", "android", "apns"}, "nothing is shown"
    assert sent["android"]["collapse_key"] == "poke"
    assert sent["apns"]["payload"]["aps"] == {"content-available": 1}
    crews.order()
    crews.later(seconds=20)
    work(crews)
    assert pokes(google) == ["token-crew"], "not twice in a minute"
    crews.clock.pass_time(POKE_EVERY)
    work(crews)
    assert pokes(google) == ["token-crew", "token-crew"]
    crews.clock.pass_time(2 * POKE_EVERY)
    work(crews)
    assert len(pokes(google)) == 2, "nothing moved since"


def test_a_phone_with_an_open_stream_is_not_poked_by_the_vendor(crews: Field, google: FakeGoogle) -> None:
    phone = phone_with(crews, "crew", "token-stream")

    async def listen() -> None:
        stream = PokeStream(crews.house, phone.device_id, crews.id("crew"), frozenset(), 0)
        lines = 0

        async def receive() -> dict[str, Any]:
            await asyncio.sleep(60)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            nonlocal lines
            lines += 1
            if lines == 2:
                await asyncio.to_thread(meanwhile)
                stream.end()

        def meanwhile() -> None:
            crews.order()
            work(crews)
            assert pokes(google) == []

        await stream.open()
        await answer(stream, [], {}, receive, send)

    asyncio.run(listen())
    crews.later(seconds=20)
    work(crews)
    assert pokes(google) == ["token-stream"], "its stream is over"


def test_a_poke_that_was_not_taken_is_tried_again_after_the_rest(crews: Field, google: FakeGoogle) -> None:
    phone_with(crews, "crew", "busy-poke")
    google.retry_after = "600"
    crews.order()
    work(crews)
    assert google.asked == [("busy-poke", 429)]
    google.mended = True
    crews.later(minutes=9)
    work(crews)
    assert pokes(google) == []
    crews.later(minutes=2)
    work(crews)
    assert pokes(google) == ["busy-poke"]


# -- tokens -----------------------------------------------------------------------------------------------------------


def test_a_token_goes_with_the_sign_in_and_with_the_handset(crews: Field, google: FakeGoogle) -> None:
    phone = phone_with(crews, "crew", "token-one")
    ask(phone, "token-two")
    assert registered(crews) == {"token-two"}
    assert phone.client.post("/auth/v1/sign-out", headers=phone.headers).status_code == 204
    assert registered(crews) == set()
    for deed in ("lost", "revoke"):
        other = phone_with(crews, "mate", f"token-{deed}")
        crews.desk("admin").post(f"/handsets/v1/devices/{other.device_id}/{deed}", {}, expect=200)
        assert registered(crews) == set()


def test_a_shared_phone_is_pushed_for_who_holds_it_now(crews: Field, google: FakeGoogle) -> None:
    phone = crews.phone(None)
    crews.sign_in(phone, "crew")
    ask(phone, "token-shared")
    crews.sign_in(phone, "mate")
    ask(phone, "token-shared")
    tell(crews, "crew", "mate")
    work(crews)
    shown = [m for m in google.taken if "notification" in m]
    assert len(shown) == 1
    anew = crews.phone("crew")
    ask(anew, "token-shared")
    assert len(registered(crews)) == 1, "the phone was enrolled anew: its token is not two phones'"
    assert anew.client.delete(DOOR, headers=anew.headers).status_code == 204
    assert registered(crews) == set()
    assert anew.client.delete(DOOR, headers=anew.headers).status_code == 204


def test_bad_tokens_are_refused(crews: Field, google: FakeGoogle) -> None:
    phone = crews.phone("crew")
    for token in ("", "short", "with space in it", "x" * 5_000, "ключ-ключ", 7, None):
        ask(phone, token, expect=422)  # type: ignore[arg-type]
    ask(phone, "long-enough", expect=422, gateway="apns")
    assert ask(phone, "long-enough", expect=409, gateway="none").json()["code"] == "notifications.gateway_off"
    answer = crews.client.put(DOOR, json={"gateway": "fcm", "token": "long-enough"}, headers=crews.desk("crew").headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "notifications.no_handset")


# -- settings ---------------------------------------------------------------------------------------------------------


def test_the_server_does_not_start_half_configured(tmp_path: Path, google: FakeGoogle) -> None:
    key = google.key_file(tmp_path)
    usual: dict[str, Any] = {"data_dir": tmp_path / "data", "testing": True}
    with pytest.raises(ValueError, match="FCM_CREDENTIALS names no key file"):
        Settings(**usual, push_gateway="fcm")
    with pytest.raises(ValueError, match="PUSH_GATEWAY is not fcm"):
        Settings(**usual, fcm_credentials=key)
    with pytest.raises(ValueError, match="for tests"):
        Settings(data_dir=tmp_path, demo=True, push_gateway="fcm", fcm_credentials=key, fcm_url=google.url)
    lame = tmp_path / "lame.json"
    for text, why in (("{}", "missing"), ("[]", "cannot be read"), ("nonsense", "cannot be read")):
        lame.write_text(text)
        with pytest.raises(RuntimeError, match=why):
            build_house(Settings(**usual, push_gateway="fcm", fcm_credentials=lame))
    lame.write_text(json.dumps({**json.loads(key.read_text()), "private_key": "not a key"}))
    with pytest.raises(RuntimeError, match="refused"):
        build_house(Settings(**usual, push_gateway="fcm", fcm_credentials=lame))
    with pytest.raises(RuntimeError, match="cannot be read"):
        build_house(Settings(**usual, push_gateway="fcm", fcm_credentials=tmp_path / "none.json"))
