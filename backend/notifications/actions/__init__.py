"""Deeds of notifications: telling people, and reaching their phones."""

from backend.notifications.actions.notices import Word, forget_old, notify, read, tell_of_escalation

__all__ = ["Word", "forget_old", "notify", "read", "tell_of_escalation"]
