"""The four timestamps of an exchange, as a phone keeps them: sent along, they tell the server how its clocks stand."""

from collections.abc import Mapping
from typing import Any


def exchange_of(sent: Mapping[str, Any], answer: Mapping[str, Any], heard: Mapping[str, Any]) -> dict[str, Any] | None:
    """The exchange of a push, from what the phone's clocks showed before and after; None when it proves nothing:
    a phone without a monotonic clock, one that was started anew meanwhile, an answer that tells no times."""
    boot, t1, t2 = sent.get("boot"), answer.get("received_ms"), answer.get("server_ms")
    if boot is None or boot != heard["boot"] or type(t1) is not int or type(t2) is not int:
        return None
    if sent["mono_ms"] is None or heard["mono_ms"] is None:
        return None
    t0, t3 = [sent["wall_ms"], sent["mono_ms"]], [heard["wall_ms"], heard["mono_ms"]]
    return {"boot": boot, "t0": t0, "t1": t1, "t2": t2, "t3": t3} if t1 <= t2 and t0[1] <= t3[1] else None
