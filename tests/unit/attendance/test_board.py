"""Colours of the board: red is only what is proven, grey is never a reproach."""

from datetime import date, datetime, timedelta

import pytest

from backend.attendance.rules import Part, Shift
from backend.attendance.rules.board import Known, look, turn_now
from backend.kernel.calendar import minute_ms
from backend.kernel.clock import from_ms
from mobile_contract.attendance import Place
from mobile_contract.days import DayWord

ON = date(2026, 9, 1)
SHIFT = Shift("s", "早班", (Part(480, 720),))


def at(minute: float) -> datetime:
    return from_ms(minute_ms(ON, 0)) + timedelta(minutes=minute)


def seen(now: float, **more: object) -> tuple[str, str]:
    facts: dict[str, object] = {
        "on": ON,
        "shift": SHIFT,
        "word": None,
        "last_at": at(475),
        "place": Place.inside,
        "left": False,
        "through_at": at(now),
        "heard_at": at(now),
        "away": False,
    }
    facts |= more
    shift = facts["shift"]
    assert shift is None or isinstance(shift, Shift)
    found = look(Known(turn=turn_now(shift, ON, at(now)), **facts), at(now))  # type: ignore[arg-type]  # facts by name
    return found.presence.value, found.why


@pytest.mark.parametrize(
    ("now", "more", "colour"),
    [
        (500, {}, ("green", "on_post")),
        (500, {"place": Place.outside}, ("red", "off_post")),
        (500, {"place": Place.unsure}, ("yellow", "unsure")),
        (500, {"place": Place.no_fence}, ("green", "on_post")),
        (500, {"word": DayWord.late}, ("yellow", "late")),
        (500, {"left": True}, ("yellow", "left")),
        (500, {"last_at": None}, ("red", "absent")),
        (483, {"last_at": None}, ("grey", "expected")),
        (500, {"last_at": None, "through_at": at(484)}, ("yellow", "late_data")),
        (500, {"last_at": None, "through_at": None, "heard_at": None}, ("grey", "no_data")),
        (640, {"heard_at": at(500)}, ("yellow", "late_data")),
        (500, {"away": True, "last_at": None}, ("grey", "excused")),
        (900, {}, ("grey", "off_shift")),
        (900, {"word": DayWord.absent}, ("red", "absent")),
        (500, {"shift": None}, ("grey", "off_shift")),
        (500, {"seen_at": at(499), "seen_place": Place.outside}, ("yellow", "outside")),
        (500, {"seen_at": at(499), "seen_place": Place.outside, "off_since_at": at(482)}, ("red", "off_post")),
        (500, {"seen_at": at(499), "seen_place": Place.unsure}, ("green", "on_post")),
        (500, {"place": Place.outside, "seen_at": at(499), "seen_place": Place.inside}, ("green", "on_post")),
        (500, {"place": Place.inside, "seen_at": at(470), "seen_place": Place.outside}, ("green", "on_post")),
    ],
)
def test_a_colour_follows_from_what_is_known(now: float, more: dict[str, object], colour: tuple[str, str]) -> None:
    assert seen(now, **more) == colour
