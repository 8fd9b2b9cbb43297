"""Deeds of notifications: telling people, and reaching their phones."""

from backend.notifications.actions.notices import (
    Telling,
    Word,
    forget_old,
    notify,
    notify_all,
    read,
    tell_of_escalation,
)
from backend.notifications.actions.pushing import SHOW, poke_all, settle_pokes, settle_shown, show
from backend.notifications.actions.tokens import (
    forget_ended_device,
    forget_ended_sessions,
    register,
    stream_closed,
    stream_opened,
    withdraw,
)
from backend.notifications.fcm import refuse_half_configured

__all__ = [
    "SHOW",
    "Telling",
    "Word",
    "forget_ended_device",
    "forget_ended_sessions",
    "forget_old",
    "notify",
    "notify_all",
    "poke_all",
    "read",
    "refuse_half_configured",
    "register",
    "settle_pokes",
    "settle_shown",
    "show",
    "stream_closed",
    "stream_opened",
    "tell_of_escalation",
    "withdraw",
]
