"""Gas, announced to the house."""

from backend.gas.actions.campaigns import refold_sites
from backend.gas.actions.telling import tell_of_danger, tell_of_escalation, tell_of_refusals, tell_of_unmet
from backend.gas.events import HazardsEscalated, HazardsFound, HomesReckoned, HomesUnmet, HomesVisited
from backend.gas.jobs import JOBS
from backend.gas.kinds import KINDS
from backend.gas.routes import ROUTERS
from backend.kernel.module import Module

MODULE = Module(
    name="gas",
    routers=ROUTERS,
    kinds=KINDS,
    jobs=JOBS,
    listeners=(
        (HomesReckoned, refold_sites),
        (HazardsFound, tell_of_danger),
        (HazardsEscalated, tell_of_escalation),
        (HomesVisited, tell_of_refusals),
        (HomesUnmet, tell_of_unmet),
    ),
)
