"""Refusals of gas."""

TEXTS: dict[str, tuple[str, str]] = {}
