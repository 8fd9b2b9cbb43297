"""When recurring work is due."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.kernel.cron import last_due, parse

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = datetime(2026, 9, 1, 10, 7, 30, tzinfo=ZONE)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("* * * * *", datetime(2026, 9, 1, 10, 7, tzinfo=ZONE)),
        ("*/5 * * * *", datetime(2026, 9, 1, 10, 5, tzinfo=ZONE)),
        ("30 2 * * *", datetime(2026, 9, 1, 2, 30, tzinfo=ZONE)),
        ("0 23 * * *", datetime(2026, 8, 31, 23, 0, tzinfo=ZONE)),
        ("7 10 * * *", datetime(2026, 9, 1, 10, 7, tzinfo=ZONE)),
        ("0 6 * * 0", datetime(2026, 8, 30, 6, 0, tzinfo=ZONE)),
        ("0 6 * * 7", datetime(2026, 8, 30, 6, 0, tzinfo=ZONE)),
        ("0 6 * * 1-5", datetime(2026, 9, 1, 6, 0, tzinfo=ZONE)),
        ("0 0 1 * *", datetime(2026, 9, 1, 0, 0, tzinfo=ZONE)),
        ("0 0 28 * 0", datetime(2026, 8, 30, 0, 0, tzinfo=ZONE)),
        ("0,15 8-9/1 * 9 *", datetime(2026, 9, 1, 9, 15, tzinfo=ZONE)),
        ("0 0 29 2 *", None),
        ("0 12 25 * *", datetime(2026, 8, 25, 12, 0, tzinfo=ZONE)),
    ],
)
def test_the_last_due_minute_is_found(expression: str, expected: datetime | None) -> None:
    assert last_due(parse(expression), TUESDAY, WEEK) == expected


def test_what_lies_too_far_back_is_not_due() -> None:
    assert last_due(parse("0 0 25 * *"), TUESDAY, WEEK) is None


@pytest.mark.parametrize(
    "expression", ["", "* * * *", "60 * * * *", "* 24 * * *", "*/0 * * * *", "5-1 * * * *", "a * * * *"]
)
def test_a_bad_schedule_is_refused_at_start_up(expression: str) -> None:
    with pytest.raises(ValueError):
        parse(expression)
