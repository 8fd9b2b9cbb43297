"""The contract's version: what a phone names in every message."""

from datetime import date, timedelta

CONTRACT = 1
"""The version this server speaks."""
CONTRACT_OLDEST = 1
"""The oldest version still served whole; older ones may only drain (push)."""
RETIRED: dict[int, date] = {}
"""When a version ceased to be served whole."""
DRAINS_DAYS = 180
"""How long after that its pushes are still taken; what is left then goes by `drain`."""
RELEASED = 0
"""The newest version that phones in the field speak; its wire never changes again (`published/wire.sha256`).

Raise it to CONTRACT with the release that ships it. From then on whoever changes the wire raises CONTRACT first.
"""
HISTORY = {1: "First contract: enrol, sign in, push, pull, attachments; work orders, clock-ins, cylinder scans."}


def may_push(contract: int, today: date) -> bool:
    """Whether pushes of this version are taken: it is served, or was retired no longer than DRAINS_DAYS ago."""
    retired = RETIRED.get(contract)
    return contract >= CONTRACT_OLDEST or (retired is not None and today <= retired + timedelta(days=DRAINS_DAYS))
