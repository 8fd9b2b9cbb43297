"""What we keep of gas."""

from backend.gas.tables.accounts import Account
from backend.gas.tables.campaigns import Campaign, CampaignSite
from backend.gas.tables.cases import CustodyCase, ScanError
from backend.gas.tables.cylinders import Cylinder, Scan
from backend.gas.tables.deliveries import Certificate, Delivery, GasOrder, ShiftClose
from backend.gas.tables.homes import Checklist, Hazard, HazardAct, Home, Visit
from backend.gas.tables.imports import GasImport, GasImportPart, GasImportTurn
from backend.gas.tables.keys import GasPack, GasStationKey
from backend.gas.tables.parts import PARTY_CHARS_MAX
from backend.gas.tables.rulings import GasRedating, GasRuleTable, GasStation

__all__ = [
    "PARTY_CHARS_MAX",
    "Account",
    "Campaign",
    "CampaignSite",
    "Certificate",
    "Checklist",
    "CustodyCase",
    "Cylinder",
    "Delivery",
    "GasImport",
    "GasImportPart",
    "GasImportTurn",
    "GasOrder",
    "GasPack",
    "GasRedating",
    "GasRuleTable",
    "GasStation",
    "GasStationKey",
    "Hazard",
    "HazardAct",
    "Home",
    "Scan",
    "ScanError",
    "ShiftClose",
    "Visit",
]
