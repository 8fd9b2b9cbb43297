"""Refusals of attendance."""

TEXTS: dict[str, tuple[str, str]] = {}
