"""Days of the calendar are taken as people write them."""

import pytest

from tests.makers import Signed


@pytest.mark.parametrize("day", ["0", "7", "1e9", "2026-13-01", "2026-9-1", "20260901", ""])
def test_a_number_is_no_day(admin: Signed, day: str) -> None:
    assert admin.get("/gas/v1/cylinders", 422, due_before_on=day).json()["code"] == "request.invalid"


def test_a_day_is_a_day(admin: Signed) -> None:
    assert admin.get("/gas/v1/cylinders", 200, due_before_on="2026-09-01").json()["items"] == []
