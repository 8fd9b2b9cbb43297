"""The end of a phone in the simulated town: an order that the server has signed, obeyed once, and its receipt."""

from collections.abc import Mapping
from typing import Any

import orjson

from backend.handsets import seals
from sync.refusal import Refusal

SECRET = "the secret of a simulated town"
ORDER_PATH, WIPED_PATH = "/handsets/v1/devices/wipe-order", "/handsets/v1/wiped"
SAID = ("device_id", "status", "ended_ms")


class NotEnded(Refusal):
    code = "handsets.not_ended"
    status = 409


class OrderForged(Refusal):
    code = "handsets.order_forged"
    status = 422


def wipe_key() -> str:
    """What a phone is given at enrolment."""
    return seals.wipe_key(SECRET)


def order_for(device: str, row: Mapping[str, Any]) -> bytes:
    """The order for a phone that was ended. Raises NotEnded."""
    if row["status"] == "active":
        raise NotEnded
    said = dict(zip(SAID, (device, row["status"], row["ended_ms"]), strict=True))
    return orjson.dumps(said | {"signature": seals.signed_order(SECRET, *said.values())})


def wiped_by(order: Mapping[str, Any]) -> str:
    """Which phone says that it has wiped itself. Raises OrderForged."""
    if not seals.is_ours(SECRET, *(order[name] for name in SAID), order["signature"]):
        raise OrderForged
    return str(order["device_id"])
