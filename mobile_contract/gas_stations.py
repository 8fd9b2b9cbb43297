"""What a phone or console knows of filling stations: whose cylinders a station may fill, and since when.

Source: brief, gas R1 and R11: nobody fills cylinders of others. Where a district has entered no station, nothing is
known of it and nobody is held to it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field

from mobile_contract.base import Ask, Day, Id, Label, Wire
from mobile_contract.gas import AccountCode
from mobile_contract.gas_papers import Paper
from mobile_contract.people import AreaPath

OWNERS_MAX = 200


class Entrusted(Ask):
    """Whose cylinders a station may fill: its own unit's, or another's that entrusted it. Both days are in it."""

    owner: Label
    """As the register names the owner of a cylinder."""
    since_on: Day
    until_on: Day | None = None
    """Null: until it is said otherwise."""


class NewGasStation(Ask):
    """`POST /gas/v1/stations`. `code` is what phones say as `station` at a scan."""

    code: AccountCode
    name: Label
    licence: Annotated[Paper, Field(examples=["TS4244001-2027"])] = ""
    """The number of its filling licence."""
    owners: Annotated[list[Entrusted], Field(min_length=1, max_length=OWNERS_MAX)]
    area_path: AreaPath


class GasStation(Wire):
    """A filling station as it travels."""

    id: Id
    code: str
    name: str
    licence: str = ""
    owners: list[Entrusted]
    area_path: str


def may_fill(stations: Iterable[GasStation], station: str, owner: str, on: date) -> bool:
    """Whether a station may fill an owner's cylinders on a day; yes on days before anything was said of any station."""
    said = [(one.code, entrusted) for one in stations for entrusted in one.owners]
    if on < min((entrusted.since_on for _, entrusted in said), default=date.max):
        return True
    return any(
        (code, entrusted.owner) == (station, owner)
        and entrusted.since_on <= on
        and (entrusted.until_on is None or on <= entrusted.until_on)
        for code, entrusted in said
    )
