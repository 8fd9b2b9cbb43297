"""Reads of gas within the reader's sight, and the rows that its deeds stand on."""

from backend.gas.queries.accounts import (
    account,
    account_codes,
    account_shape,
    accounts,
    accounts_by_code,
)
from backend.gas.queries.cases import (
    case_by_id,
    case_row,
    case_shape,
    cases_of,
    custody_cases,
    scan_error_row,
    scan_error_shape,
)
from backend.gas.queries.chains import (
    chain,
    declared_errors,
    scan_row,
    scan_shape,
    seen_by_cylinder,
    seen_of,
)
from backend.gas.queries.cylinders import (
    cylinder,
    cylinder_row,
    cylinders,
    cylinders_by_id,
    cylinders_by_key,
    cylinders_in_sight,
    keys_by_registration,
    known,
    shape,
)
from backend.gas.queries.outward import (
    epcis_document,
    home_checks_document,
)
from backend.gas.queries.rulings import births
from backend.gas.queries.sight import (
    in_sight,
    today,
)

__all__ = [
    "account",
    "account_codes",
    "account_shape",
    "accounts",
    "accounts_by_code",
    "births",
    "case_by_id",
    "case_row",
    "case_shape",
    "cases_of",
    "chain",
    "custody_cases",
    "cylinder",
    "cylinder_row",
    "cylinders",
    "cylinders_by_id",
    "cylinders_by_key",
    "cylinders_in_sight",
    "declared_errors",
    "epcis_document",
    "home_checks_document",
    "in_sight",
    "keys_by_registration",
    "known",
    "scan_error_row",
    "scan_error_shape",
    "scan_row",
    "scan_shape",
    "seen_by_cylinder",
    "seen_of",
    "shape",
    "today",
]
