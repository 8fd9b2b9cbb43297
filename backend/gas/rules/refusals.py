"""How gas says no."""

from backend.kernel.errors import Clash, Forbidden, Invalid, Unknown


class CodeInvalid(Invalid):
    code = "gas.code_invalid"


class CodeNamesNoCylinder(Invalid):
    code = "gas.code_names_no_cylinder"


class CodeTaken(Clash):
    code = "gas.code_taken"


class RegistrationCodeTaken(Clash):
    code = "gas.registration_code_taken"


class LabelDisagrees(Invalid):
    code = "gas.label_disagrees"


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


class CaseUnknown(Unknown):
    code = "gas.case_unknown"


class CaseEnded(Clash):
    code = "gas.case_ended"


class CaseNotYours(Forbidden):
    code = "gas.case_not_yours"


class ScanNotYours(Forbidden):
    code = "gas.scan_not_yours"


class InspectionNotPassed(Invalid):
    code = "gas.inspection_not_passed"


class CylinderScrapped(Clash):
    code = "gas.cylinder_scrapped"


class NotRegistered(Clash):
    code = "gas.not_registered"


class ColumnMissing(Invalid):
    code = "gas.column_missing"


class CellInvalid(Invalid):
    code = "gas.cell_invalid"


class LineTwice(Clash):
    code = "gas.line_twice"
