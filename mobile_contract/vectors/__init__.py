"""Worked examples that any server or client can be held against: always the same, no dice and no clock of their own."""

from typing import Any

Case = dict[str, Any]
MORNING_MS = 1_788_220_800_000
"""2026-09-01 00:00 UTC: when all examples happen."""


def row_id(number: int) -> str:
    """The id of a row in an example."""
    return f"0199b3a0-0000-7000-8000-{number:012x}"
