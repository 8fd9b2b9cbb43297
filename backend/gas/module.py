"""Gas, announced to the house."""

from backend.gas.actions.campaigns import refold_sites
from backend.gas.events import HomesReckoned
from backend.gas.jobs import JOBS
from backend.gas.kinds import KINDS
from backend.gas.routes import ROUTERS
from backend.kernel.module import Module

MODULE = Module(name="gas", routers=ROUTERS, kinds=KINDS, jobs=JOBS, listeners=((HomesReckoned, refold_sites),))
