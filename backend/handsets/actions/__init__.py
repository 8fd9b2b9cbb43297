"""Deeds of handsets: enrolling and ending devices, taking a push, settling conflicts."""

from backend.handsets.actions.ageing import escalate
from backend.handsets.actions.conflicts import keep, settle
from backend.handsets.actions.devices import (
    declare_lost,
    enrol,
    invite,
    renew_epoch,
    revoke,
    take_receipt,
    wipe_order,
)
from backend.handsets.actions.packs import PACK_JOB, compact_journal, wish_packs
from backend.handsets.actions.taking import drain, expire_held, note_pull, push

__all__ = [
    "PACK_JOB",
    "compact_journal",
    "declare_lost",
    "drain",
    "enrol",
    "escalate",
    "expire_held",
    "invite",
    "keep",
    "note_pull",
    "push",
    "renew_epoch",
    "revoke",
    "settle",
    "take_receipt",
    "wipe_order",
    "wish_packs",
]
