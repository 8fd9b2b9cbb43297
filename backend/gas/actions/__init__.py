"""What is done in gas: cylinders and accounts are registered, cylinders are scanned."""

from backend.gas.actions.accounts import add_accounts
from backend.gas.actions.desk import act_at_desk, set_block
from backend.gas.actions.errors import NewError, answer_case, confirm_case, declare_error
from backend.gas.actions.register import register_cylinders
from backend.gas.actions.scans import NewScan, record_scan_online, record_scans

__all__ = [
    "NewError",
    "NewScan",
    "act_at_desk",
    "add_accounts",
    "answer_case",
    "confirm_case",
    "declare_error",
    "record_scan_online",
    "record_scans",
    "register_cylinders",
    "set_block",
]
