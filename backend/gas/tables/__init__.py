"""What we keep of gas."""

from backend.gas.tables.accounts import Account
from backend.gas.tables.cases import CustodyCase, ScanError
from backend.gas.tables.cylinders import Cylinder, Scan
from backend.gas.tables.homes import Checklist, Hazard, HazardAct, Home, Visit
from backend.gas.tables.parts import PARTY_CHARS_MAX

__all__ = [
    "PARTY_CHARS_MAX",
    "Account",
    "Checklist",
    "CustodyCase",
    "Cylinder",
    "Hazard",
    "HazardAct",
    "Home",
    "Scan",
    "ScanError",
    "Visit",
]
