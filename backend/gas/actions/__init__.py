"""What is done in gas: cylinders and accounts are registered, cylinders are scanned."""

from backend.gas.actions.accounts import add_accounts
from backend.gas.actions.register import register_cylinders, set_block
from backend.gas.actions.scans import NewScan, record_scan_online, record_scans

__all__ = [
    "NewScan",
    "add_accounts",
    "record_scan_online",
    "record_scans",
    "register_cylinders",
    "set_block",
]
