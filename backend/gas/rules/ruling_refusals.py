"""How rule tables and stations say no."""

from backend.kernel.errors import Clash, Invalid, Unknown


class RuleTableTaken(Clash):
    code = "gas.rule_table_taken"


class RuleTableImpossible(Invalid):
    code = "gas.rule_table_impossible"


class StationTaken(Clash):
    code = "gas.station_taken"


class StationUnknown(Unknown):
    code = "gas.station_unknown"


class OwnerUnchanged(Clash):
    code = "gas.owner_unchanged"
