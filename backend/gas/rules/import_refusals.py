"""How imports of spreadsheets say no."""

from backend.kernel.errors import Clash, Invalid


class ColumnMissing(Invalid):
    code = "gas.column_missing"


class CellInvalid(Invalid):
    code = "gas.cell_invalid"


class LineTwice(Clash):
    code = "gas.line_twice"
