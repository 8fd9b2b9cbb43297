"""What happens when two do it at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from backend.kernel.http import House
from tests.api.people.conftest import ADMIN_PHONE, PASSWORD, Town


def test_parallel_guesses_get_no_more_tries_than_one_after_another(town: Town) -> None:
    """Hashes are checked outside the transaction: what counts is looked at again inside it."""
    ming = town.person("crew")

    def guess(n: int) -> str:
        password = PASSWORD if n == 11 else f"guess number {n}"
        answer = town.client.post("/auth/v1/sign-in", json={"phone": ming["phone"], "password": password})
        return str(answer.json().get("code", "in"))

    with ThreadPoolExecutor(6) as pool:
        codes = Counter(pool.map(guess, range(12)))
    assert codes["people.sign_in_refused"] <= 4 + 4 * codes["in"]
    assert codes["people.sign_in_locked"] >= 3


def test_one_refresh_token_used_at_once_by_many_gives_one_chain(town: Town) -> None:
    token = town.sign_in(ADMIN_PHONE)["refresh_token"]

    def refresh(_n: int) -> str:
        answer = town.client.post("/auth/v1/refresh", json={"refresh_token": token})
        assert answer.status_code == 200
        return str(answer.json()["refresh_token"])

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(refresh, range(12)))) == 1


def test_one_phone_is_given_to_one_person_only(town: Town, house: House) -> None:
    ask = {"name": "新", "phone": "13700137000", "area": "/440111/", "roles": ["crew"]}
    by = town.admin

    def take_on(_n: int) -> int:
        return town.client.post("/people/v1/persons", json=ask, headers=by).status_code

    with ThreadPoolExecutor(6) as pool:
        assert Counter(pool.map(take_on, range(6))) == {201: 1, 409: 5}
