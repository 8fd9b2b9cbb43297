"""Refusals of workorders."""

TEXTS: dict[str, tuple[str, str]] = {}
