"""Refusals of attachments."""

TEXTS: dict[str, tuple[str, str]] = {}
