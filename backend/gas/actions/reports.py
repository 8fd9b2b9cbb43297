"""Reports leave the house, and who took them is written down: they show where people live."""

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from mobile_contract.gas_reports import ReportAsk


def note_report(ctx: Ctx, ask: ReportAsk, lines: int) -> None:
    """Writes down who took which report, and how much of it there was."""
    record(ctx, "gas.report_taken", f"gas_report:{ask.kind.value}", area=ask.area or "", lines=lines)
