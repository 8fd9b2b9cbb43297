"""Phones lie about time: what the server makes of it."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

from backend.kernel.clock import to_ms
from backend.kernel.journaling import journal_of
from tests.api.conftest import MORNING
from tests.api.handsets.conftest import Field, clock_in
from tests.makers import Handset
from tests.phones import Phone

ON_POSTGRES: set[str] = set()
"""Nothing here asks the store something of its own: it runs there in `make test-full`."""

HOUR_MS = 3_600_000


def _punch(phone: Phone, punch: str) -> tuple[datetime, timedelta, str]:
    """(trusted time, its bound, quality) of a clock-in as it came back."""
    row = phone.row("punches", punch)
    assert row is not None
    return datetime.fromisoformat(row["trusted_at"]), timedelta(milliseconds=row["error_ms"]), row["quality"]


def test_a_clock_an_hour_wrong_gives_the_right_time_within_its_bound(crews: Field) -> None:
    for hours, rebooted in product((-1, 1), (False, True)):
        phone = crews.phone("crew", error_ms=hours * HOUR_MS)
        crews.later(minutes=10)
        done = crews.clock.now()
        punch = clock_in(phone)
        if rebooted:
            phone.time.reboot()
        crews.later(hours=3)
        phone.sync()
        trusted, bound, quality = _punch(phone, punch)
        assert abs(trusted - done) <= bound
        assert bound <= (timedelta(minutes=6) if rebooted else timedelta(seconds=5))
        assert quality == "anchored", "after a reboot by the exchange of the boot before"


def test_setting_the_clock_between_act_and_push_changes_nothing(crews: Field) -> None:
    phone = crews.phone("crew")
    done = crews.clock.now()
    punch = clock_in(phone)
    crews.later(hours=2)
    phone.time.error_ms = -7 * 24 * HOUR_MS
    phone.sync()
    trusted, bound, quality = _punch(phone, punch)
    assert quality == "hand_set"
    assert abs(trusted - done) <= bound <= timedelta(seconds=5)


def test_a_clock_decades_wrong_is_taken(crews: Field) -> None:
    """Wrong at act and push alike: the offset puts it right. Set in between: nobody knows, a person looks."""
    for year in (1970, 2100):
        off = to_ms(datetime(year, 1, 1, tzinfo=MORNING.tzinfo)) - to_ms(MORNING)
        phone = crews.phone("crew", error_ms=off)
        done = crews.clock.now()
        steady = clock_in(phone)
        phone.time.reboot()
        crews.later(hours=1)
        phone.sync()
        trusted, bound, _ = _punch(phone, steady)
        assert abs(trusted - done) <= bound <= timedelta(minutes=6)
        phone.time.reboot()
        set_right = clock_in(phone)
        phone.time.error_ms = 0
        phone.time.reboot()
        phone.sync()
        trusted, _, quality = _punch(phone, set_right)
        assert quality == "poor"
        assert trusted <= crews.clock.now()
        row = phone.row("punches", set_right)
        assert row is not None
        assert row["review"] is True
        assert [phone.outcome(n) for n in (1, 2)] == ["applied", "applied"]


def test_a_phone_that_woke_in_1970_is_timed_by_what_it_did_before_and_after(crews: Field) -> None:
    phone = crews.phone("crew")
    for pushed_between in (False, True):
        began = crews.clock.now()
        clock_in(phone)
        if pushed_between:
            phone.sync()
        phone.time.reboot()
        phone.time.error_ms = -to_ms(crews.clock.now())
        crews.later(hours=1)
        lost, done = clock_in(phone), crews.clock.now()
        phone.time.reboot()
        phone.time.error_ms = 0
        crews.later(hours=1)
        clock_in(phone)
        crews.later(hours=2)
        phone.sync()
        trusted, bound, quality = _punch(phone, lost)
        assert quality == "poor"
        assert began <= trusted <= began + timedelta(hours=2, seconds=10)
        assert abs(trusted - done) <= bound <= timedelta(hours=1, seconds=10)


def test_no_clock_is_too_strange_to_be_taken(handset: Handset) -> None:
    for wall in (0, -1, -(2**53) + 1, 2**53 - 1, 253_402_300_800_000):
        for mono in (None, 0, 2**53 - 1):
            deed = handset.deed("attendance.clock_in", "punches")
            deed["at"] |= {"wall_ms": wall, "mono_ms": mono}
            (result,) = handset.push(deed, clock=handset.at() | {"wall_ms": -wall})["results"]
            assert result["r"] == "applied", (wall, mono, result)
    handset.pull()


def test_the_estimate_is_fixed_at_first_receipt(crews: Field) -> None:
    phone = crews.phone("crew")
    punch = clock_in(phone)
    phone.lose_answers = 1
    phone.sync()
    crews.later(hours=5)
    phone.time.reboot()
    phone.time.error_ms = HOUR_MS
    phone.sync()
    trusted, _, _ = _punch(phone, punch)
    assert abs(trusted - MORNING) <= timedelta(seconds=5)


def test_the_word_that_all_was_sent_is_told_in_the_servers_time(crews: Field) -> None:
    phone = crews.phone("crew", error_ms=HOUR_MS)
    clock_in(phone)
    crews.later(minutes=1)
    phone.sync()
    assert _through(crews, phone) == to_ms(crews.clock.now())


def test_a_phone_cannot_promise_the_future(handset: Handset, crews: Field) -> None:
    handset.push(through_ms=handset.at()["wall_ms"] + HOUR_MS)
    assert _through(crews, handset) == to_ms(crews.clock.now())
    handset.push(through_ms=handset.at()["wall_ms"] - HOUR_MS)
    assert _through(crews, handset) == to_ms(crews.clock.now()), "a word once given stands"


def _through(crews: Field, phone: Any) -> int | None:
    user = phone.hs.user if isinstance(phone, Phone) else phone.id
    with crews.house.db.reading() as session:
        return journal_of(session).queue(phone.device_id, 1, user).through_ms
