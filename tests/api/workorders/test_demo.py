"""The demo district: planted once, worked in like any other."""

import pytest
from fastapi.testclient import TestClient

from backend.demo.planting import PASSWORD, plant
from backend.kernel.http import House

ON_POSTGRES: set[str] = set()
"""A planting goes through the same actions as everybody; on PostgreSQL it is played by `make test-full`."""


def sign_in(client: TestClient, phone: str) -> dict[str, str]:
    answer = client.post("/auth/v1/sign-in", json={"phone": phone, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert client.post("/people/v1/me/consent", json={"version": 1}, headers=headers).status_code == 200
    return headers


def test_the_demo_is_planted_once_and_can_be_worked_in(client: TestClient, house: House) -> None:
    facts = plant(house)
    assert facts.planted
    assert facts.counts["work orders"] == 120
    assert facts.counts["cylinders"] == 200
    assert len(facts.people) >= 37
    again = plant(house)
    assert (again.planted, again.counts) == (False, {})

    desk = sign_in(client, "13800000002")
    found = client.get("/workorders/v1/orders?q=松洲北路&limit=200", headers=desk).json()["items"]
    assert found
    swept = client.get("/workorders/v1/orders?q=主干道普扫&limit=200", headers=desk).json()["items"]
    assert swept
    assert all(order["line"]["type"] == "LineString" and order["longitude"] for order in swept)
    crew = next(person for person in facts.people if person.role == "crew")
    mine = client.get("/workorders/v1/orders?limit=200", headers=sign_in(client, crew.phone)).json()["items"]
    assert len(mine) > 3
    assert all(order["step"] != "planned" for order in mine)
    worker = next(person for person in facts.people if person.role == "gas_worker")
    held = client.get("/gas/v1/cylinders?place=on_vehicle_full", headers=sign_in(client, worker.phone)).json()["items"]
    assert held
    assert all(cylinder["gaps"] == [] for cylinder in held)
    listed = client.get("/cases/v1/cases?limit=200", headers=desk).json()["items"]
    assert len(listed) == facts.counts["cases"]
    assert {case["state"] for case in listed} >= {
        "reported",
        "registered",
        "dispatched",
        "handling",
        "handled",
        "closed",
    }
    assert all(case["code_version"].startswith("example-") for case in listed)


@pytest.mark.full
def test_the_whole_demo_has_twenty_teams_a_month_of_plans_and_days_that_are_over(
    client: TestClient, house: House
) -> None:
    facts = plant(house, whole=True)
    assert (facts.counts["teams"], facts.counts["grids"]) == (20, 12)
    assert facts.counts["plans"] > 40
    assert facts.counts["orders done"] > 200
    desk = sign_in(client, "13800000002")
    for step in ("planned", "released", "done"):
        assert client.get(f"/workorders/v1/orders?step={step}", headers=desk).json()["items"], step
    assert facts.counts["orders proved"] > 50
    proved = client.get("/workorders/v1/orders?step=done&limit=200&area=/440111/sanyuan-li/", headers=desk).json()[
        "items"
    ]
    order = next(one for one in proved if one["evidence"] == "complete" and one["scene"] == "sanitation")
    told = client.get(f"/workorders/v1/orders/{order['id']}/story", headers=desk).json()["lines"]
    shown = [photo for line in told for photo in line["photos"]]
    assert shown
    assert all(photo["arrived"] for photo in shown)
    assert any(line["item"] for line in told)
    picture = client.get(f"/attachments/v1/{shown[0]['sha256']}", headers=desk)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    plans = client.get("/workorders/v1/plans?limit=200", headers=desk).json()["items"]
    assert {plan["scene"] for plan in plans} == {"sanitation", "greening", "street_order"}
    assert plant(house, whole=True).planted is False
