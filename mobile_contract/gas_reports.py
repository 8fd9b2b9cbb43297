"""What the desk asks of gas as a report: whole lists and their sums, as a spreadsheet."""

from enum import StrEnum

from pydantic import model_validator

from mobile_contract.base import Ask, Day, Id, SheetForm, Wire
from mobile_contract.checklists import Grade
from mobile_contract.gas import Place
from mobile_contract.homes import HalfYear
from mobile_contract.people import AreaPath

REPORT_ROWS_MAX = 100_000
"""Over HTTP; the command line writes as many as a sheet has lines."""


class ReportKind(StrEnum):
    """What is reported. All of it is reckoned when it is asked for, from what stands then."""

    coverage = "coverage"
    """Per street: accounts of the half-year, checked ones, visits without anybody met, refusals."""
    overdue = "overdue"
    """Homes whose check is past its day, or that nobody ever looked at: a line a home."""
    hazards = "hazards"
    """Open hazards, the oldest first: a line a hazard."""
    hazard_ages = "hazard_ages"
    """Open hazards by item and grade, counted by how long ago the first of their line was found."""
    cylinders = "cylinders"
    """Cylinders by place and due date: a line a cylinder."""
    cylinder_dues = "cylinder_dues"
    """Cylinders counted by place, spec and how soon they are due."""
    campaign = "campaign"
    """The sites of a campaign and how far each is: a line a site."""


class HazardSum(Wire):
    """Open hazards of one item and grade, by how long ago the first of their line was found."""

    item: str
    grade: Grade
    zh: str
    """What is wrong, as the newest checklist that has the item says; empty where none has it."""
    en: str
    days_7: int
    """Found up to 7 days ago."""
    days_30: int
    """8 to 30 days ago, and so on."""
    days_90: int
    days_180: int
    older: int
    total: int
    overdue: int
    """Of the total: past their day."""


class CylinderSum(Wire):
    """Cylinders of one place and spec, by how soon they are due."""

    place: Place
    spec: str
    past: int
    """Past their day."""
    days_30: int
    """Due within 30 days."""
    days_90: int
    """In 31 to 90 days, and so on."""
    days_365: int
    later: int
    unknown: int
    """Whose date nobody knows."""
    total: int
    blocked: int
    """Of the total: blocked."""


class ReportAsk(Ask):
    """`POST /gas/v1/reports`: it shows customers' names and addresses, so who asked is written down."""

    kind: ReportKind
    form: SheetForm = SheetForm.xlsx
    area: AreaPath | None = None
    half: HalfYear | None = None
    """Of coverage; null: the present one."""
    due_before_on: Day | None = None
    """Of cylinders: only those that are due before."""
    campaign: Id | None = None
    """Which one, for the report of a campaign."""

    @model_validator(mode="after")
    def _names_its_campaign(self) -> "ReportAsk":
        if self.kind is ReportKind.campaign and self.campaign is None:
            raise ValueError("the report of a campaign names it")
        return self
