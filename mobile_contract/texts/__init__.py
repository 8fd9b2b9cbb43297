"""The texts of all refusal codes, one file a feature: {code: (zh, en)}."""

from mobile_contract.texts import (
    alarms,
    attachments,
    attendance,
    cases,
    components,
    evidence,
    gas,
    gas_deliveries,
    gas_homes,
    gas_imports,
    gas_public,
    handsets,
    kernel,
    notifications,
    people,
    scenes,
    sync,
    workorders,
)

TEXTS: dict[str, tuple[str, str]] = {}
for _part in (
    kernel,
    sync,
    people,
    handsets,
    notifications,
    alarms,
    attachments,
    attendance,
    workorders,
    cases,
    components,
    scenes,
    evidence,
    gas,
    gas_deliveries,
    gas_homes,
    gas_imports,
    gas_public,
):
    _twice = TEXTS.keys() & _part.TEXTS.keys()
    assert not _twice, f"refusal codes with two texts: {_twice}"
    TEXTS.update(_part.TEXTS)
