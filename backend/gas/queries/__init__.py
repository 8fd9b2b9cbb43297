"""Reads of gas within the reader's sight, and the rows that its deeds stand on."""

from backend.gas.queries.accounts import (
    account,
    account_codes,
    account_shape,
    accounts,
)
from backend.gas.queries.chains import (
    birth_of,
    chain,
    scan_row,
    scan_shape,
    seen_by_cylinder,
    seen_of,
)
from backend.gas.queries.cylinders import (
    cylinder,
    cylinder_row,
    cylinders,
    cylinders_by_key,
    cylinders_in_sight,
    known,
    shape,
)
from backend.gas.queries.sight import (
    in_sight,
    today,
)

__all__ = [
    "account",
    "account_codes",
    "account_shape",
    "accounts",
    "birth_of",
    "chain",
    "cylinder",
    "cylinder_row",
    "cylinders",
    "cylinders_by_key",
    "cylinders_in_sight",
    "in_sight",
    "known",
    "scan_row",
    "scan_shape",
    "seen_by_cylinder",
    "seen_of",
    "shape",
    "today",
]
