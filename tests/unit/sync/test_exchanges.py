"""The four-timestamp exchange: the truth lies within the bound for every honest phone, and a hand is seen."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sync.clocks import DRIFT_PPM, HAND_SET_MS, POOR_ERROR_MS, WALL_ERROR_MS, Quality, trusted
from sync.handset.exchanges import exchange_of
from sync.protocol import DeviceTime, Exchange, PushClock

BEGAN_MS = 1_800_000_000_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


@dataclass
class Honest:
    """A phone nobody tampers with: a constant wall error, a drifting oscillator, boots at true moments."""

    ppm: int
    wall_error_ms: int
    booted_ms: int
    boot: str = "one"

    def mono(self, true_ms: int) -> int:
        return (true_ms - self.booted_ms) * (1_000_000 + self.ppm) // 1_000_000

    def shown(self, true_ms: int) -> dict[str, object]:
        return {"wall_ms": true_ms + self.wall_error_ms, "mono_ms": self.mono(true_ms), "boot": self.boot}

    def at(self, true_ms: int) -> DeviceTime:
        return DeviceTime.model_validate(self.shown(true_ms))


phones = st.builds(
    Honest,
    ppm=st.integers(-DRIFT_PPM + 1, DRIFT_PPM - 1),
    wall_error_ms=st.integers(-400 * DAY_MS, 400 * DAY_MS),
    booted_ms=st.integers(BEGAN_MS - 30 * DAY_MS, BEGAN_MS - 1),
)
ways = st.integers(0, 600_000)
waits = st.integers(0, 60_000)


def exchanged(phone: Honest, sent_ms: int, up: int, work: int, down: int) -> Exchange:
    answer = {"received_ms": sent_ms + up, "server_ms": sent_ms + up + work}
    made = exchange_of(phone.shown(sent_ms), answer, phone.shown(sent_ms + up + work + down))
    assert made is not None
    return Exchange.model_validate(made)


def pushed(phone: Honest, true_ms: int, last: Exchange | None, rtt_ms: int | None = None) -> PushClock:
    return PushClock.model_validate(phone.shown(true_ms) | {"last": last, "rtt_ms": rtt_ms})


@given(phone=phones, up=ways, work=waits, down=ways, done=st.integers(-DAY_MS, 10 * DAY_MS), flight=ways)
def test_the_truth_lies_within_the_bound_however_unlike_the_ways(
    phone: Honest, up: int, work: int, down: int, done: int, flight: int
) -> None:
    last = exchanged(phone, BEGAN_MS, up, work, down)
    acted = max(BEGAN_MS + done, phone.booted_ms)
    sent = max(acted, BEGAN_MS + up + work + down) + HOUR_MS
    when = trusted(phone.at(acted), pushed(phone, sent, last), sent + flight)
    assert abs(when.ms - acted) <= when.error_ms + 1
    assert when.quality is Quality.anchored
    span = abs(acted - BEGAN_MS) + up + work + down
    assert when.error_ms <= (up + down) // 2 + 2 * span * DRIFT_PPM // 1_000_000 + 50


@given(phone=phones, up=ways, down=ways, done=st.integers(0, 10 * DAY_MS), off=st.integers(0, DAY_MS), flight=ways)
def test_an_act_before_a_reboot_is_timed_by_the_exchange_of_its_own_boot(
    phone: Honest, up: int, down: int, done: int, off: int, flight: int
) -> None:
    last = exchanged(phone, BEGAN_MS, up, 0, down)
    acted = BEGAN_MS + done
    again = Honest(phone.ppm, phone.wall_error_ms, max(acted, BEGAN_MS + up + down) + off, "two")
    sent = again.booted_ms + HOUR_MS
    when = trusted(phone.at(acted), pushed(again, sent, last), sent + flight)
    assert when.quality is Quality.anchored
    assert abs(when.ms - acted) <= when.error_ms + 1


@given(phone=phones, done=st.integers(0, 10 * DAY_MS), flight=st.integers(0, 3_000))
def test_an_act_of_a_third_boot_falls_back_to_the_wall_clock_with_a_wider_bound(
    phone: Honest, done: int, flight: int
) -> None:
    last = exchanged(phone, BEGAN_MS, 100, 5, 100)
    between = Honest(phone.ppm, phone.wall_error_ms, BEGAN_MS + HOUR_MS, "between")
    acted = BEGAN_MS + 2 * HOUR_MS + done
    sent = acted + HOUR_MS
    now = Honest(phone.ppm, phone.wall_error_ms, sent - 1_000, "now")
    when = trusted(between.at(acted), pushed(now, sent, last), sent + flight)
    assert when.quality is Quality.wall
    assert when.error_ms >= WALL_ERROR_MS
    assert abs(when.ms - acted) <= when.error_ms


@given(phone=phones, set_ms=st.integers(2 * HAND_SET_MS, 300 * DAY_MS), back=st.booleans())
def test_a_wall_clock_set_by_hand_within_a_boot_is_flagged_and_does_no_harm(
    phone: Honest, set_ms: int, back: bool
) -> None:
    last = exchanged(phone, BEGAN_MS, 100, 5, 100)
    acted, sent = BEGAN_MS + HOUR_MS, BEGAN_MS + 2 * HOUR_MS
    lying = Honest(phone.ppm, phone.wall_error_ms + (-set_ms if back else set_ms), phone.booted_ms)
    when = trusted(lying.at(acted), pushed(phone, sent, last), sent + 50)
    assert when.quality is Quality.hand_set
    assert abs(when.ms - acted) <= when.error_ms + 1


@given(phone=phones, set_ms=st.integers(10 * HAND_SET_MS, 300 * DAY_MS), back=st.booleans())
def test_a_wall_clock_that_was_set_over_a_reboot_is_poor(phone: Honest, set_ms: int, back: bool) -> None:
    last = exchanged(phone, BEGAN_MS, 100, 5, 100)
    moved = phone.wall_error_ms + (-set_ms if back else set_ms)
    acted, sent = BEGAN_MS + HOUR_MS, BEGAN_MS + 3 * HOUR_MS
    between = Honest(phone.ppm, moved, BEGAN_MS + 1, "between")
    now = Honest(phone.ppm, moved, sent - 1_000, "now")
    when = trusted(between.at(acted), pushed(now, sent, last), sent + 50)
    assert when.quality is Quality.poor
    assert when.ms <= sent + 50
    assert abs(when.ms - acted) <= when.error_ms or when.error_ms == POOR_ERROR_MS


@given(t1=st.integers(-(2**50), 2**50), t2=st.integers(-(2**50), 2**50), wall=st.integers(-(2**50), 2**50))
def test_a_forged_exchange_is_clamped_never_refused_and_never_lies_in_the_future(t1: int, t2: int, wall: int) -> None:
    last = Exchange(boot="one", t0=(wall, 5), t1=t1, t2=t2, t3=(wall, 9))
    at = DeviceTime(wall_ms=wall, mono_ms=7, boot="one")
    when = trusted(at, PushClock(wall_ms=wall, mono_ms=10, boot="one", last=last), BEGAN_MS)
    assert when.ms <= BEGAN_MS
    assert 0 < when.error_ms <= POOR_ERROR_MS


def test_a_phone_that_shows_1970_or_2100_is_clamped() -> None:
    for wall in (0, 4_102_444_800_000):
        at = DeviceTime(wall_ms=wall, mono_ms=5, boot="old")
        last = exchanged(Honest(0, 0, BEGAN_MS - HOUR_MS), BEGAN_MS, 50, 5, 50)
        clock = PushClock(wall_ms=BEGAN_MS + HOUR_MS, mono_ms=10, boot="new", last=last)
        when = trusted(at, clock, BEGAN_MS + HOUR_MS + 40)
        assert when.quality is Quality.poor
        assert when.ms <= BEGAN_MS + HOUR_MS + 40


def test_an_exchange_that_proves_nothing_is_not_kept() -> None:
    phone = Honest(0, 0, BEGAN_MS - HOUR_MS)
    sent, heard = phone.shown(BEGAN_MS), phone.shown(BEGAN_MS + 100)
    good = {"received_ms": BEGAN_MS + 40, "server_ms": BEGAN_MS + 50}
    assert exchange_of(sent, good, heard) is not None
    assert exchange_of(sent, {"server_ms": BEGAN_MS}, heard) is None
    assert exchange_of(sent, good, heard | {"boot": "other"}) is None
    assert exchange_of(sent | {"mono_ms": None}, good, heard) is None


def test_an_answer_that_took_days_vouches_for_nothing() -> None:
    """Found by the simulator's law Time: the bound was cut to a day, and the estimate called anchored all the same."""
    phone = Honest(0, 0, BEGAN_MS - DAY_MS)
    last = exchanged(phone, BEGAN_MS, 10, 10, 9 * DAY_MS)
    done_ms = BEGAN_MS + 8 * DAY_MS + 23 * HOUR_MS
    made = trusted(phone.at(done_ms), pushed(phone, BEGAN_MS + 30 * DAY_MS, last), BEGAN_MS + 40 * DAY_MS)
    assert (made.error_ms, made.quality) == (POOR_ERROR_MS, Quality.poor)
