"""Customers' accounts on handsets."""

from typing import Any

from backend.gas import queries, rules
from backend.gas.tables import Account
from mobile_contract import gas as wire
from sync.kinds import Kind, Policy


def _account_body(row: Account) -> dict[str, Any]:
    return queries.account_shape(row).model_dump(mode="json")


def _account_scopes(row: Account) -> list[str]:
    return rules.account_scopes(row.area_path, row.team_id)


ACCOUNT_KIND = Kind(
    name="gas_accounts",
    table=Account,
    fields=dict.fromkeys(wire.Account.model_fields, Policy.server),
    body=_account_body,
    scopes=_account_scopes,
    priority=4,
)
