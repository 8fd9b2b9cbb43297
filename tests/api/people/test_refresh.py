"""Refresh tokens: used once, and a stolen one ends the chain for both."""

from datetime import timedelta
from typing import Any

from fastapi.testclient import TestClient

from backend.kernel.clock import SetClock
from backend.kernel.http import House
from tests.api.people.conftest import ADMIN_PHONE, Town


def refresh(client: TestClient, token: str) -> tuple[int, dict[str, Any]]:
    answer = client.post("/auth/v1/refresh", json={"refresh_token": token})
    return answer.status_code, answer.json()


def test_a_refresh_gives_new_tokens_of_the_same_session(town: Town) -> None:
    first = town.sign_in(ADMIN_PHONE)
    status, second = refresh(town.client, first["refresh_token"])
    assert status == 200
    assert second["session_id"] == first["session_id"]
    assert second["refresh_token"] != first["refresh_token"]
    town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {second['access_token']}"})


def test_a_lost_answer_is_asked_for_again_and_is_the_same(town: Town, clock: SetClock) -> None:
    first = town.sign_in(ADMIN_PHONE)
    _, lost = refresh(town.client, first["refresh_token"])
    clock.pass_time(timedelta(seconds=60))
    status, again = refresh(town.client, first["refresh_token"])
    assert status == 200
    assert again["refresh_token"] == lost["refresh_token"]
    status, _ = refresh(town.client, again["refresh_token"])
    assert status == 200


def test_a_token_shown_again_too_late_ends_the_session(town: Town, clock: SetClock) -> None:
    first = town.sign_in(ADMIN_PHONE)
    _, second = refresh(town.client, first["refresh_token"])
    clock.pass_time(timedelta(seconds=61))
    status, refused = refresh(town.client, first["refresh_token"])
    assert (status, refused["code"]) == (401, "people.refresh_reused")
    status, refused = refresh(town.client, second["refresh_token"])
    assert (status, refused["code"]) == (401, "people.refresh_refused")
    answer = town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {second['access_token']}"}, 401)
    assert answer["params"]["why"] == "reuse"


def test_a_thief_who_is_quick_is_found_out_by_the_owner(town: Town) -> None:
    """Both hold the successor after a retry; whoever is second to use it, and not within the retry, ends the chain."""
    first = town.sign_in(ADMIN_PHONE)
    _, owner = refresh(town.client, first["refresh_token"])
    _, thief = refresh(town.client, first["refresh_token"])
    _, thief = refresh(town.client, thief["refresh_token"])
    _, thief = refresh(town.client, thief["refresh_token"])
    status, refused = refresh(town.client, owner["refresh_token"])
    assert (status, refused["code"]) == (401, "people.refresh_reused")
    assert refresh(town.client, thief["refresh_token"])[0] == 401


def test_a_token_of_long_ago_is_still_known_as_used(town: Town, clock: SetClock) -> None:
    first = town.sign_in(ADMIN_PHONE)
    latest = first
    for _ in range(10):
        clock.pass_time(timedelta(minutes=9))
        _, latest = refresh(town.client, latest["refresh_token"])
    assert refresh(town.client, first["refresh_token"])[1]["code"] == "people.refresh_reused"
    assert refresh(town.client, latest["refresh_token"])[0] == 401


def test_a_refresh_token_runs_out_when_it_is_not_used(town: Town, clock: SetClock) -> None:
    first = town.sign_in(ADMIN_PHONE)
    clock.pass_time(timedelta(days=90))
    assert refresh(town.client, first["refresh_token"])[1]["code"] == "people.refresh_refused"


def test_a_forged_refresh_token_opens_nothing_and_ends_nothing(town: Town) -> None:
    first = town.sign_in(ADMIN_PHONE)
    session, turn, mac = first["refresh_token"].split(".")
    for forged in (
        f"{session}.{int(turn) + 1}.{mac}",
        f"{session}.{turn}.{'A' * len(mac)}",
        f"{'0' * 36}.{turn}.{mac}",
        "not-a-token",
        "x" * 200,
    ):
        assert refresh(town.client, forged)[1]["code"] == "people.refresh_refused"
    assert refresh(town.client, first["refresh_token"])[0] == 200


def test_after_sign_out_the_refresh_token_is_dead(town: Town) -> None:
    first = town.sign_in(ADMIN_PHONE)
    town.ask("POST", "/auth/v1/sign-out", {"Authorization": f"Bearer {first['access_token']}"}, 204)
    assert refresh(town.client, first["refresh_token"])[1]["code"] == "people.refresh_refused"


def test_run_out_sessions_are_ended_by_the_nightly_job(town: Town, house: House, clock: SetClock) -> None:
    from backend.people import actions

    first = town.sign_in(ADMIN_PHONE)
    clock.pass_time(timedelta(days=91))
    with house.db.transaction() as session:
        assert actions.end_run_out_sessions(house.ctx(session)) >= 1
        assert actions.end_run_out_sessions(house.ctx(session)) == 0
    assert refresh(town.client, first["refresh_token"])[0] == 401
