"""What is right in gas: refusals, due dates, custody, and whether a cylinder may be handed over. Pure."""

from collections.abc import Sequence

from backend.gas.rules.refusals import (
    AccountTaken,
    AccountUnknown,
    AreaUnknown,
    CaseEnded,
    CaseNotYours,
    CaseUnknown,
    CodeInvalid,
    CodeNamesNoCylinder,
    CodeTaken,
    CylinderScrapped,
    CylinderUnknown,
    DatesImpossible,
    InspectionNotPassed,
    LabelDisagrees,
    NotRegistered,
    RegistrationCodeTaken,
    ScanExists,
    ScanNotYours,
    SpecUnknown,
    TeamUnknown,
)
from backend.gas.rules.scopes import account_scopes, case_scopes, cylinder_scopes, order_scopes, scan_scopes

__all__ = [
    "AccountTaken",
    "AccountUnknown",
    "AreaUnknown",
    "CaseEnded",
    "CaseNotYours",
    "CaseUnknown",
    "CodeInvalid",
    "CodeNamesNoCylinder",
    "CodeTaken",
    "CylinderScrapped",
    "CylinderUnknown",
    "DatesImpossible",
    "InspectionNotPassed",
    "LabelDisagrees",
    "NotRegistered",
    "RegistrationCodeTaken",
    "ScanExists",
    "ScanNotYours",
    "SpecUnknown",
    "TeamUnknown",
    "account_scopes",
    "case_scopes",
    "cylinder_scopes",
    "known_once",
    "order_scopes",
    "scan_scopes",
]


def known_once(names: Sequence[str]) -> str | None:
    """The first name that comes twice, if any does."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None
