"""Phones lie about time: what is estimated, how well, and that nothing is refused."""

from hypothesis import assume, given
from hypothesis import strategies as st

from sync.clocks import (
    AGE_MAX_MS,
    DRIFT_PPM,
    HAND_SET_MS,
    POOR_ERROR_MS,
    RTT_UNKNOWN_MS,
    Quality,
    in_order,
    proven_after,
    through,
    trusted,
)
from sync.protocol import MS_MAX, DeviceTime, PushClock

walls = st.integers(-MS_MAX, MS_MAX)
monos = st.none() | st.integers(0, MS_MAX)
boots = st.sampled_from([None, "one", "two"])
NOW_MS = 1_800_000_000_000
received = st.just(NOW_MS)
ats = st.builds(DeviceTime, wall_ms=walls, mono_ms=monos, boot=boots)
clocks = st.builds(PushClock, wall_ms=walls, mono_ms=monos, boot=boots, rtt_ms=st.none() | st.integers(0, 600_000))


def anchored(at_mono: int, push_mono: int, wall: int = 0, push_wall: int = 0) -> tuple[DeviceTime, PushClock]:
    return (
        DeviceTime(wall_ms=wall, mono_ms=at_mono, boot="one"),
        PushClock(wall_ms=push_wall, mono_ms=push_mono, boot="one", rtt_ms=100),
    )


@given(at=ats, clock=clocks, received_ms=received)
def test_no_claim_is_refused_and_none_lies_in_the_future_or_before_phones(
    at: DeviceTime, clock: PushClock, received_ms: int
) -> None:
    when = trusted(at, clock, received_ms)
    assert received_ms - AGE_MAX_MS <= when.ms <= received_ms
    assert when.error_ms > 0


@given(elapsed=st.integers(0, AGE_MAX_MS - 10**7), wall=walls, push_wall=walls)
def test_a_wall_clock_set_by_hand_changes_nothing_but_is_told(elapsed: int, wall: int, push_wall: int) -> None:
    honest = trusted(*anchored(5, 5 + elapsed, NOW_MS - elapsed, NOW_MS), NOW_MS)
    told = trusted(*anchored(5, 5 + elapsed, wall, push_wall), NOW_MS)
    assert (told.ms, told.error_ms) == (honest.ms, honest.error_ms)
    assert honest.quality is Quality.anchored
    assert honest.ms == NOW_MS - 50 - elapsed
    apart = abs((push_wall - wall) - elapsed)
    assert (told.quality is Quality.hand_set) is (apart > HAND_SET_MS + elapsed * DRIFT_PPM // 1_000_000 + 1)


@given(
    elapsed=st.integers(0, 30 * 86_400_000),
    drift_ppm=st.integers(-DRIFT_PPM, DRIFT_PPM),
    up_ms=st.integers(0, 300),
    down_ms=st.integers(0, 300),
)
def test_the_truth_lies_within_the_error_bound(elapsed: int, drift_ppm: int, up_ms: int, down_ms: int) -> None:
    truly = elapsed * (1_000_000 - drift_ppm) // 1_000_000
    at = DeviceTime(wall_ms=0, mono_ms=0, boot="one")
    clock = PushClock(wall_ms=0, mono_ms=elapsed, boot="one", rtt_ms=up_ms + down_ms)
    when = trusted(at, clock, NOW_MS)
    assert abs(when.ms - (NOW_MS - up_ms - truly)) <= when.error_ms + 1


@given(first=st.integers(0, 10**9), second=st.integers(0, 10**9), wall=walls, other=walls)
def test_acts_of_one_boot_keep_their_order(first: int, second: int, wall: int, other: int) -> None:
    assume(first <= second)
    push = 10**9
    earlier = trusted(*anchored(first, push, wall, 0), NOW_MS)
    later = trusted(*anchored(second, push, other, 0), NOW_MS)
    assert earlier.ms <= later.ms
    assert earlier.error_ms >= later.error_ms


@given(at=ats, clock=clocks)
def test_without_one_boot_it_is_the_wall_clock_or_poor(at: DeviceTime, clock: PushClock) -> None:
    assume(at.boot is None or at.boot != clock.boot or at.mono_ms is None or clock.mono_ms is None)
    assert trusted(at, clock, NOW_MS).quality is not Quality.anchored


def test_a_wall_clock_an_hour_wrong_is_moved_by_its_offset() -> None:
    hour = 3_600_000
    at = DeviceTime(wall_ms=NOW_MS + hour - 600_000)
    when = trusted(at, PushClock(wall_ms=NOW_MS + hour), NOW_MS)
    assert (when.ms, when.quality) == (NOW_MS - 600_000 - RTT_UNKNOWN_MS // 2, Quality.wall)


def test_clocks_of_1970_and_2100_are_clamped_and_marked() -> None:
    clock = PushClock(wall_ms=NOW_MS)
    assert trusted(DeviceTime(wall_ms=0), clock, NOW_MS).quality is Quality.poor
    future = trusted(DeviceTime(wall_ms=4_102_444_800_000), clock, NOW_MS)
    assert (future.ms, future.quality) == (NOW_MS, Quality.poor)


def test_a_monotonic_clock_that_runs_backwards_is_not_believed() -> None:
    at, clock = anchored(50, 40, NOW_MS - 1_000, NOW_MS)
    assert trusted(at, clock, NOW_MS).quality is Quality.poor


@given(said=walls, clock=clocks)
def test_nobody_says_that_the_future_has_been_sent(said: int, clock: PushClock) -> None:
    assert through(said, clock, NOW_MS) <= NOW_MS


def act(true_ms: int, boot: str, wall_ms: int | None = None) -> DeviceTime:
    """An act at a true time, its monotonic clock beginning with time itself."""
    return DeviceTime(wall_ms=true_ms if wall_ms is None else wall_ms, mono_ms=true_ms, boot=boot)


PUSHED = PushClock(wall_ms=NOW_MS, mono_ms=NOW_MS, boot="one", rtt_ms=100)
HOUR_MS = 3_600_000
back = st.integers(0, 20 * HOUR_MS)


@given(ago=st.lists(st.tuples(back, st.sampled_from(["one", "two"]), walls), min_size=1, max_size=8), known=back)
def test_no_act_is_told_outside_what_the_proven_ones_beside_it_allow(
    ago: list[tuple[int, str, int]], known: int
) -> None:
    true = sorted((NOW_MS - ms, boot, wall) for ms, boot, wall in ago)
    acts = [act(ms, boot, None if boot == "one" else wall) for ms, boot, wall in true]
    after_ms = min(true[0][0], NOW_MS - known)
    told = in_order(acts, PUSHED, NOW_MS, after_ms)
    for i, (when, at) in enumerate(zip(told, acts, strict=True)):
        if at.boot == "one":
            assert when == trusted(at, PUSHED, NOW_MS)
            continue
        low = proven_after(told[:i], after_ms)
        highs = [later.ms + later.error_ms for later in told[i + 1 :] if later.proven]
        assert low is not None
        assert low <= when.ms <= min([NOW_MS, *highs])
        contradicted = when.quality is Quality.poor and when.error_ms < POOR_ERROR_MS
        assert not contradicted or abs(when.ms - true[i][0]) <= when.error_ms


def test_a_phone_that_woke_in_1970_between_two_proven_acts_was_used_between_them() -> None:
    morning, lost, noon = (NOW_MS - hours * HOUR_MS for hours in (8, 7, 4))
    told = in_order([act(morning, "one"), act(lost, "two", 90_000), act(noon, "one")], PUSHED, NOW_MS, None)
    assert [when.quality for when in told] == [Quality.anchored, Quality.poor, Quality.anchored]
    assert abs(told[1].ms - (NOW_MS - 6 * HOUR_MS)) < 5_000
    assert abs(told[1].ms - lost) <= told[1].error_ms <= 2 * HOUR_MS + 5_000
    alone = in_order([act(lost, "two", 90_000)], PUSHED, NOW_MS, morning)
    assert morning <= alone[0].ms <= NOW_MS, "what an earlier push has proven also counts"
    unknown = act(lost, "two", 90_000)
    assert in_order([unknown], PUSHED, NOW_MS, None) == [trusted(unknown, PUSHED, NOW_MS)]
