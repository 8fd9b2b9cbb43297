"""How reports say no."""

from backend.kernel.errors import Invalid


class ReportTooLong(Invalid):
    code = "gas.report_too_long"
