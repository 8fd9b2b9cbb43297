"""What makes a clock-in doubtful, in words; and the queue in which a person decides."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mobile_contract.attendance import Punch
from mobile_contract.base import Ask, At, Id, Text, Wire


class Signal(StrEnum):
    """Something odd about a clock-in. Never a refusal; what a phone cannot tell is unavailable, not odd."""

    outside_fence = "outside_fence"
    place_unproved = "place_unproved"
    mock_location = "mock_location"
    provider_odd = "provider_odd"
    accuracy_not_positive = "accuracy_not_positive"
    position_invalid = "position_invalid"
    gps_time_far = "gps_time_far"
    wall_far_off = "wall_far_off"
    clock_poor = "clock_poor"
    clock_set = "clock_set"
    wall_backwards = "wall_backwards"
    same_place = "same_place"
    too_fast = "too_fast"
    device_shared = "device_shared"
    two_devices = "two_devices"
    device_unusual = "device_unusual"
    photo_reused = "photo_reused"
    id_reused = "id_reused"


class Level(StrEnum):
    """How far a clock-in can be believed."""

    ok = "ok"
    suspect = "suspect"
    tampered = "tampered"


class Capability(StrEnum):
    """What a phone may be unable to tell: a browser knows no mock flag."""

    mock_flag = "mock_flag"
    providers = "providers"
    accuracy = "accuracy"
    gps_time = "gps_time"
    device = "device"


SIGNAL_TEXTS: dict[Signal, tuple[str, str]] = {
    Signal.outside_fence: ("打卡位置在围栏外。", "The clock-in was made outside the fence."),
    Signal.place_unproved: ("定位太差或太旧，无法证明位置。", "The fix was too poor or too old to prove the place."),
    Signal.mock_location: ("手机报告使用了模拟定位。", "The phone reported a mock location."),
    Signal.provider_odd: (
        "定位来源不是手机自身的定位服务。",
        "The position came from no provider a phone has of itself.",
    ),
    Signal.accuracy_not_positive: (
        "定位精度为 0 或负数，真实接收机不会如此。",
        "The accuracy was 0 or below, which no receiver gives.",
    ),
    Signal.position_invalid: ("坐标不在地球范围内。", "The position is not on this earth."),
    Signal.gps_time_far: (
        "卫星时间与打卡时间相差超过 2 分钟。",
        "Satellite time and the act are over 2 minutes apart.",
    ),
    Signal.wall_far_off: ("手机时钟与可信时间相差过大。", "The phone's clock stood far from the trusted time."),
    Signal.clock_poor: ("打卡时间不可靠。", "The time of the act is poorly known."),
    Signal.clock_set: ("打卡前后手机时钟被人为调整。", "The phone's clock was set by hand around the act."),
    Signal.wall_backwards: (
        "同一手机的时钟在两次打卡之间倒退。",
        "The clock of the phone went backwards between two clock-ins.",
    ),
    Signal.same_place: ("多次打卡的坐标完全相同。", "Many clock-ins have exactly the same coordinates."),
    Signal.too_fast: (
        "与相邻打卡之间的移动速度超过每秒 40 米。",
        "From the clock-in before or after somebody would have moved at over 40 m/s.",
    ),
    Signal.device_shared: ("10 分钟内同一手机为两人打卡。", "One phone clocked in two persons within 10 minutes."),
    Signal.two_devices: ("10 分钟内同一人用两部手机打卡。", "One person used two phones within 10 minutes."),
    Signal.device_unusual: ("使用了非常用手机。", "The phone is not one the person commonly uses."),
    Signal.photo_reused: ("照片与另一次打卡相同。", "The photo is the same as of another clock-in."),
    Signal.id_reused: ("同一编号曾携带不同内容。", "The same id came with other content."),
}
"""Each signal as a person reads it: (zh, en)."""


class SignalTold(Wire):
    """A signal with its weight and words."""

    signal: Signal
    weight: int
    zh: str
    en: str


class ReviewState(StrEnum):
    """Where a clock-in stands in the queue."""

    open = "open"
    accepted = "accepted"
    rejected = "rejected"
    """It counts no more; the fact stays."""


class PunchReview(Wire):
    """A clock-in that a person should look at. Its id is the clock-in's."""

    id: Id
    person_id: Id
    area_path: str
    done_at: At
    score: int
    level: Level
    signals: list[SignalTold]
    state: ReviewState
    reason: str
    decided_by: Id | None
    decided_at: At | None


class ReviewItem(Wire):
    """An entry of the queue with its clock-in, and what the phone could not tell."""

    review: PunchReview
    punch: Punch
    unavailable: list[Capability]


class ReviewDecision(Ask):
    """`POST /attendance/v1/reviews/{id}/decision`. The decider is never the person."""

    accept: Annotated[bool, Field(strict=True)]
    reason: Annotated[Text, Field(min_length=2, max_length=500)]
