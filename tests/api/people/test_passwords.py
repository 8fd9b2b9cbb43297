"""Passwords: changed by oneself, reset by those above, set by a code that works once."""

from datetime import timedelta

from backend.kernel.clock import SetClock
from tests.api.people.conftest import ADMIN_PHONE, GRID, LIANHE, PASSWORD, ROOT, SONGZHOU, Town

NEW = "别人猜不到的新密码"


def test_a_new_person_sets_their_password_by_the_first_code_and_only_once(town: Town) -> None:
    ming = town.person("crew", ready=False)
    code = ming["first_code"]["code"]
    spoken = f" {code[:4].lower()}-{code[4:].lower()} "
    ask = {"phone": ming["phone"], "new_password": NEW}
    town.ask("POST", "/auth/v1/password", {}, 204, code=spoken, **ask)
    assert town.sign_in(ming["phone"], NEW)["person"]["password_change_due"] is False
    assert town.ask("POST", "/auth/v1/password", {}, 401, code=code, **ask)["code"] == "people.code_refused"


def test_a_wrong_code_counts_as_a_wrong_password(town: Town) -> None:
    ming = town.person("crew", ready=False)
    ask = {"phone": ming["phone"], "new_password": NEW}
    codes = [town.client.post("/auth/v1/password", json={**ask, "code": "AAAAAAAA"}).json()["code"] for _ in range(5)]
    assert codes == ["people.code_refused"] * 4 + ["people.sign_in_locked"]
    right = town.client.post("/auth/v1/password", json={**ask, "code": ming["first_code"]["code"]})
    assert right.status_code == 429


def test_a_stranger_is_told_the_same_as_a_wrong_code(town: Town) -> None:
    ask = {"phone": "13700000000", "new_password": NEW, "code": "AAAAAAAA"}
    codes = [town.client.post("/auth/v1/password", json=ask).json()["code"] for _ in range(5)]
    assert codes == ["people.code_refused"] * 4 + ["people.sign_in_locked"]


def test_a_code_runs_out(town: Town, clock: SetClock) -> None:
    ming = town.person("crew", ready=False)
    clock.pass_time(timedelta(days=30))
    ask = {"phone": ming["phone"], "new_password": NEW, "code": ming["first_code"]["code"]}
    town.ask("POST", "/auth/v1/password", {}, 401, **ask)


def test_a_weak_password_is_refused_with_its_reason(town: Town) -> None:
    ming = town.person("crew", ready=False)
    for password, code in [
        ("short", "people.password_too_short"),
        ("aaaaaaaaaa", "people.password_guessable"),
        ("12345678", "people.password_guessable"),
        (ming["phone"], "people.password_guessable"),
        ("🔑" * 128, "people.password_guessable"),
        ("好密码" * 43, "request.invalid"),
    ]:
        ask = {"phone": ming["phone"], "new_password": password, "code": ming["first_code"]["code"]}
        assert town.ask("POST", "/auth/v1/password", {}, 422, **ask)["code"] == code


def test_changing_ones_password_ends_every_other_session(town: Town) -> None:
    ming = town.person("crew")
    one, two = town.sign_in(ming["phone"]), town.sign_in(ming["phone"])
    by = {"Authorization": f"Bearer {one['access_token']}"}
    wrong = town.ask("POST", "/people/v1/me/password", by, 403, password="wrong word", new_password=NEW)
    assert wrong["code"] == "people.password_wrong"
    town.ask("POST", "/people/v1/me/password", by, 204, password=PASSWORD, new_password=NEW)
    town.ask("GET", "/people/v1/me", by)
    other = town.ask("GET", "/people/v1/me", {"Authorization": f"Bearer {two['access_token']}"}, 401)
    assert other["params"]["why"] == "password_reset"
    town.sign_in(ming["phone"], NEW)


def test_a_supervisor_resets_the_password_of_their_crew(town: Town) -> None:
    boss, ming = town.person("supervisor", area=SONGZHOU), town.person("crew", area=GRID)
    headers = town.as_(ming["phone"])
    code = town.ask("POST", f"/people/v1/persons/{ming['id']}/reset-password", town.as_(boss["phone"]))["code"]
    town.ask("GET", "/people/v1/me", headers, 401)
    refused = town.client.post("/auth/v1/sign-in", json={"phone": ming["phone"], "password": PASSWORD})
    assert refused.status_code == 401
    town.ask("POST", "/auth/v1/password", {}, 204, phone=ming["phone"], code=code, new_password=NEW)
    town.sign_in(ming["phone"], NEW)


def test_a_supervisor_resets_nobody_elsewhere_and_nobody_above(town: Town) -> None:
    boss = town.person("supervisor", area=SONGZHOU)
    for role, area, status, code in [
        ("crew", LIANHE, 404, "request.not_found"),
        ("leader", GRID, 403, "people.above_own_role"),
        ("admin", GRID, 403, "people.above_own_role"),
        ("supervisor", ROOT, 404, "request.not_found"),
    ]:
        other = town.person(role, area=area, ready=False)
        answer = town.ask("POST", f"/people/v1/persons/{other['id']}/reset-password", town.as_(boss["phone"]), status)
        assert answer["code"] == code
    peer = town.person("supervisor", area=GRID, ready=False)
    town.ask("POST", f"/people/v1/persons/{peer['id']}/reset-password", town.as_(boss["phone"]))


def test_a_role_held_elsewhere_protects_from_a_reset(town: Town) -> None:
    """Whoever resets a password could act as that person: so they must stand over every role of theirs."""
    boss, other = town.person("supervisor", area=SONGZHOU), town.person("crew", area=GRID)
    town.ask("POST", f"/people/v1/persons/{other['id']}/grants", town.admin, 201, role="dispatcher", area=LIANHE)
    answer = town.ask("POST", f"/people/v1/persons/{other['id']}/reset-password", town.as_(boss["phone"]), 403)
    assert answer["code"] == "people.outside_area"


def test_crew_reset_nobody(town: Town) -> None:
    ming, hong = town.person("crew"), town.person("crew")
    town.ask("POST", f"/people/v1/persons/{hong['id']}/reset-password", town.as_(ming["phone"]), 403)


def test_a_reset_lifts_a_lock_out(town: Town) -> None:
    ming = town.person("crew")
    for _ in range(5):
        town.client.post("/auth/v1/sign-in", json={"phone": ming["phone"], "password": "wrong"})
    code = town.ask("POST", f"/people/v1/persons/{ming['id']}/reset-password", town.admin)["code"]
    town.ask("POST", "/auth/v1/password", {}, 204, phone=ming["phone"], code=code, new_password=NEW)
    town.sign_in(ming["phone"], NEW)
    assert town.sign_in(ADMIN_PHONE)
