"""Device time to trusted time, with an error bound. Phones lie about time: their clocks are claims.

What is known of a phone's clocks: what they show as a push is sent, and the four timestamps of its last exchange (sent
at t0 and answered by t3 on the phone's clocks, received at t1 and answered at t2 on the server's). No message arrives
before it was sent, so at t0 the server's clock showed at most t1, and at t3 at least t2: within one run of the phone
the monotonic clock carries these bounds to any act, however unlike the two ways were. A wall clock carries nothing
that a hand could not have moved.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sync.protocol import DeviceTime, Exchange, PushClock

DRIFT_PPM = 100
"""How far a phone's oscillator may run off, parts per million."""
RTT_UNKNOWN_MS = 4_000
"""The longest way to the server assumed of a phone that measured no round trip."""
WALL_ERROR_MS = 300_000
"""The error bound of an act timed by a wall clock alone: nobody saw whether it was set in between."""
HAND_SET_MS = 30_000
"""A wall clock that moved further than this against the monotonic one was set."""
POOR_ERROR_MS = 86_400_000
"""The longest bound ever told: of a clock that is further off nothing is known."""
AGE_MAX_MS = 400 * 86_400_000
"""An act older than this was timed by a broken clock."""


class Quality(StrEnum):
    """How well an act's time is known."""

    anchored = "anchored"
    """By the monotonic clock of one boot: setting the wall clock changes nothing."""
    hand_set = "hand_set"
    """As well known as `anchored`; but the wall clock was set between the act and the push or exchange."""
    wall = "wall"
    """By the wall clock, moved by its offset at the push."""
    poor = "poor"
    """The clocks contradict each other or the present; a person looks at it."""


class Trusted(NamedTuple):
    """The server's estimate of when an act was done; fixed at first receipt and never re-made."""

    ms: int
    error_ms: int
    quality: Quality

    @property
    def proven(self) -> bool:
        """Whether a monotonic clock carried it."""
        return self.quality in (Quality.anchored, Quality.hand_set)


class _Span(NamedTuple):
    """The server's time of an act lies between; `moved` when the wall clock says otherwise."""

    low: int
    high: int
    moved: bool


def trusted(at: DeviceTime, clock: PushClock, received_ms: int) -> Trusted:
    """The estimate for an act at `at`, pushed when the phone's clocks showed `clock`, received at `received_ms`."""
    sent = _by_push(at, clock, received_ms)
    met = _by_exchange(at, clock.last)
    if met is not None:
        low, high = met.low, min(met.high, sent.high if sent else received_ms)
        moved = met.moved or (sent is not None and sent.moved)
    elif sent is not None:
        low, high, moved = sent.low, sent.high, sent.moved
    else:
        return _by_wall(at, clock, received_ms)
    if low > high:  # no honest clock does this
        return _bounded(high, low - high, Quality.poor, received_ms)
    quality = Quality.hand_set if moved else Quality.anchored
    return _bounded((low + high) // 2, (high - low) // 2 + 1, quality, received_ms)


def in_order(acts: Sequence[DeviceTime], clock: PushClock, received_ms: int, after_ms: int | None) -> list[Trusted]:
    """As `trusted`, for acts that were done one after another, all of them after `after_ms`.

    A wall clock is believed no further than the proven acts on both sides of it allow.
    """
    alone = [trusted(at, clock, received_ms) for at in acts]
    if all(when.proven for when in alone):
        return alone
    lows, low, until = [], after_ms, received_ms
    for when in alone:
        lows.append(low)
        low = proven_after([when], low)
    told: list[Trusted] = []
    for when, low in zip(reversed(alone), reversed(lows), strict=True):
        told.append(when if when.proven else _between(when, low, until))
        if when.proven:
            until = min(until, when.ms + when.error_ms)
    return told[::-1]


def proven_after(told: Iterable[Trusted], after_ms: int | None) -> int | None:
    """The moment after which everything is done that follows these acts, and `after_ms`; None: nothing is proven."""
    least = [when.ms - when.error_ms for when in told if when.proven]
    return max([*least, *([] if after_ms is None else [after_ms])], default=None)


def _between(when: Trusted, low: int | None, high: int) -> Trusted:
    """What a wall clock says, where it can be so; where it cannot, the middle of when the act must have been done."""
    if low is None or low > high:  # nothing was proven before it, or honest clocks would not say so
        return when
    if when.ms + when.error_ms < low or when.ms - when.error_ms > high:
        return Trusted((low + high) // 2, min((high - low) // 2 + 1, POOR_ERROR_MS), Quality.poor)
    return when._replace(ms=min(max(when.ms, low), high))


def _by_push(at: DeviceTime, clock: PushClock, received_ms: int) -> _Span | None:
    """By the push itself, in whose boot the act was done. How long the push was under way is assumed."""
    if at.boot is None or at.boot != clock.boot or at.mono_ms is None or clock.mono_ms is None:
        return None
    elapsed = clock.mono_ms - at.mono_ms
    if elapsed < 0:
        return None
    way = clock.rtt_ms if clock.rtt_ms is not None else RTT_UNKNOWN_MS
    done = received_ms - elapsed
    return _Span(done - way - _drift(elapsed), done + _drift(elapsed), _moved(clock.wall_ms - at.wall_ms, elapsed))


def _by_exchange(at: DeviceTime, last: Exchange | None) -> _Span | None:
    """By the last exchange, in whose boot the act was done: nothing is assumed but the drift."""
    if last is None or at.boot is None or at.boot != last.boot or at.mono_ms is None:
        return None
    (_, sent), (wall, heard) = last.t0, last.t3
    low = last.t2 + (at.mono_ms - heard) - _drift(at.mono_ms - heard)
    high = last.t1 + (at.mono_ms - sent) + _drift(at.mono_ms - sent)
    return _Span(low, high, _moved(wall - at.wall_ms, heard - at.mono_ms))


def _drift(elapsed: int) -> int:
    return abs(elapsed) * DRIFT_PPM // 1_000_000 + 1


def _moved(wall: int, mono: int) -> bool:
    """Whether the two clocks disagree on how long it was, beyond what oscillators do."""
    return abs(wall - mono) > HAND_SET_MS + _drift(mono)


def _by_wall(at: DeviceTime, clock: PushClock, received_ms: int) -> Trusted:
    """By the wall clock's offset now; where it was another at the last exchange, the act may lie by either."""
    way = clock.rtt_ms if clock.rtt_ms is not None else RTT_UNKNOWN_MS
    now = received_ms - way // 2 - clock.wall_ms
    then = now
    if clock.last is not None:
        last = clock.last
        then = ((last.t1 - last.t0[0]) + (last.t2 - last.t3[0])) // 2
    apart = abs(now - then)
    if apart <= HAND_SET_MS + way:
        backwards = at.boot is not None and at.boot == clock.boot and None not in (at.mono_ms, clock.mono_ms)
        quality = Quality.poor if backwards else Quality.wall  # an act after the push that tells of it
        return _bounded(at.wall_ms + now, WALL_ERROR_MS + way // 2, quality, received_ms)
    error = min(apart // 2 + WALL_ERROR_MS, POOR_ERROR_MS)
    return _bounded(at.wall_ms + (now + then) // 2, error, Quality.poor, received_ms)


def _bounded(ms: int, error_ms: int, quality: Quality, received_ms: int) -> Trusted:
    """No act is done after it was received, nor before phones were made: clamped and marked, never refused."""
    if error_ms > POOR_ERROR_MS:  # the act may lie further off than is ever told: nobody vouches for it
        error_ms, quality = POOR_ERROR_MS, Quality.poor
    if ms > received_ms:
        late = ms - received_ms
        poor = late > error_ms
        return Trusted(received_ms, min(max(error_ms, late), POOR_ERROR_MS), Quality.poor if poor else quality)
    if ms < received_ms - AGE_MAX_MS:
        return Trusted(received_ms - AGE_MAX_MS, POOR_ERROR_MS, Quality.poor)
    return Trusted(ms, error_ms, quality)


def through(through_ms: int, clock: PushClock, received_ms: int) -> int:
    """Until when, in trusted time, the phone says that everything was sent."""
    return min(received_ms, received_ms - (clock.wall_ms - through_ms))
