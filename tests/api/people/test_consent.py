"""The privacy notice: nothing goes on before it is accepted, and a new one is asked for anew."""

from tests.api.people.conftest import ADMIN_PHONE, Town


def test_before_consent_only_the_notice_consent_and_sign_out_answer(town: Town) -> None:
    ming = town.person("dispatcher")
    signed = town.sign_in(ming["phone"])
    by = {"Authorization": f"Bearer {signed['access_token']}"}
    assert signed["person"]["consent_due"] is True
    assert signed["person"]["notice_version"] == 1
    assert town.ask("GET", "/people/v1/persons", by, 403)["code"] == "auth.consent_needed"
    notice = town.ask("GET", "/people/v1/notice", by)
    assert notice["version"] == 1
    assert notice["zh"] != notice["en"]
    stale = town.ask("POST", "/people/v1/me/consent", by, 409, version=2)
    assert stale["code"] == "people.notice_not_in_force"
    for _ in range(2):
        assert town.ask("POST", "/people/v1/me/consent", by, version=1)["consent_due"] is False
    town.ask("GET", "/people/v1/persons", by)


def test_a_new_notice_is_asked_for_at_once(town: Town) -> None:
    ming = town.person("dispatcher")
    by = town.as_(ming["phone"])
    town.ask("GET", "/people/v1/persons", by)
    town.ask("POST", "/people/v1/notice", town.admin, 201, version=2, zh="新版", en="new")
    assert town.ask("GET", "/people/v1/persons", by, 403)["code"] == "auth.consent_needed"
    town.ask("POST", "/people/v1/me/consent", by, 409, version=1)
    town.ask("POST", "/people/v1/me/consent", by, version=2)
    town.ask("GET", "/people/v1/persons", by)
    town.ask("POST", "/people/v1/me/consent", town.admin, version=2)
    answer = town.ask("POST", "/people/v1/notice", town.admin, 409, version=2, zh="新版", en="new")
    assert answer["code"] == "people.notice_exists"
    town.ask("POST", "/people/v1/notice", by, 403, version=3, zh="x", en="x")


def test_signing_out_needs_no_consent(town: Town) -> None:
    signed = town.sign_in(ADMIN_PHONE)
    town.ask("POST", "/auth/v1/sign-out", {"Authorization": f"Bearer {signed['access_token']}"}, 204)
