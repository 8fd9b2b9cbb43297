"""How inspections of homes say no."""

from backend.kernel.errors import Clash, Invalid, Unknown


class ChecklistUnknown(Unknown):
    code = "gas.checklist_unknown"


class ChecklistTaken(Clash):
    code = "gas.checklist_taken"


class ChecklistNeeded(Invalid):
    code = "gas.checklist_needed"


class AnswersFaulty(Invalid):
    code = "gas.answers_faulty"


class VisitUnknown(Unknown):
    code = "gas.visit_unknown"


class NoNotice(Unknown):
    code = "gas.no_notice"


class HazardUnknown(Unknown):
    code = "gas.hazard_unknown"


class HazardActExists(Clash):
    code = "gas.hazard_act_exists"


class DeedNotForPhones(Invalid):
    code = "gas.deed_not_for_phones"


class ProofNeeded(Invalid):
    code = "gas.proof_needed"


class HazardTaken(Clash):
    code = "gas.hazard_taken"
