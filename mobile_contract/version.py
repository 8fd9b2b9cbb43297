"""The contract's version: what a phone names in every message."""

CONTRACT = 1
"""The version this server speaks."""
CONTRACT_OLDEST = 1
"""The oldest version still served whole; older ones may only drain (push)."""
RELEASED = 0
"""The newest version that phones in the field speak; its wire never changes again (`published/wire.sha256`).

Raise it to CONTRACT with the release that ships it. From then on whoever changes the wire raises CONTRACT first.
"""
HISTORY = {1: "First contract: enrol, sign in, push, pull, attachments; work orders, clock-ins, cylinder scans."}
