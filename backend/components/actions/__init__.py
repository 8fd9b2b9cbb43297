"""Deeds on components."""

from backend.components.actions.imports import import_components
from backend.components.actions.proposals import DECIDE, PROPOSE, approve, propose, refuse, withdraw
from backend.components.actions.register import KIND, MANAGE, change, register
from backend.components.actions.standing import PROPOSALS, scopes_of

__all__ = [
    "DECIDE",
    "KIND",
    "MANAGE",
    "PROPOSALS",
    "PROPOSE",
    "approve",
    "change",
    "import_components",
    "propose",
    "refuse",
    "register",
    "scopes_of",
    "withdraw",
]
