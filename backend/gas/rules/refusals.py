"""How gas says no."""

from backend.kernel.errors import Clash, Invalid, Unknown


class CodeInvalid(Invalid):
    code = "gas.code_invalid"


class CodeNamesNoCylinder(Invalid):
    code = "gas.code_names_no_cylinder"


class CodeTaken(Clash):
    code = "gas.code_taken"


class SpecUnknown(Invalid):
    code = "gas.spec_unknown"


class DatesImpossible(Invalid):
    code = "gas.dates_impossible"


class CylinderUnknown(Unknown):
    code = "gas.cylinder_unknown"


class AccountUnknown(Unknown):
    code = "gas.account_unknown"


class AccountTaken(Clash):
    code = "gas.account_taken"


class AreaUnknown(Invalid):
    code = "gas.area_unknown"


class TeamUnknown(Invalid):
    code = "gas.team_unknown"


class ScanExists(Clash):
    code = "gas.scan_exists"
