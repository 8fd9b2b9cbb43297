"""The contract's version: what a phone names in every message."""

CONTRACT = 1
"""The version this server speaks."""
CONTRACT_OLDEST = 1
"""The oldest version still served whole; older ones may only drain (push)."""
HISTORY = {1: "First contract: enrol, sign in, push, pull, attachments; work orders, clock-ins, cylinder scans."}
