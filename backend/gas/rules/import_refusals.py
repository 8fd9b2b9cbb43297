"""How gas says no to registers from files."""

from backend.kernel.errors import Clash, Invalid, TooLarge, Unknown


class ImportUnknown(Unknown):
    code = "gas.import_unknown"


class ImportExists(Clash):
    code = "gas.import_exists"


class ImportStarted(Clash):
    code = "gas.import_started"


class ImportEnded(Clash):
    code = "gas.import_ended"


class PartInvalid(Invalid):
    code = "gas.part_invalid"


class PartsMissing(Clash):
    code = "gas.parts_missing"


class LinesTooMany(TooLarge):
    code = "gas.lines_too_many"
