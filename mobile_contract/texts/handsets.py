"""Refusals of handsets."""

TEXTS: dict[str, tuple[str, str]] = {}
