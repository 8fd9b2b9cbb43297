"""Gas, announced to the house."""

from backend.gas.kinds import ACCOUNT_KIND, CYLINDER_KIND, SCAN_KIND
from backend.gas.routes import router
from backend.kernel.module import Module

MODULE = Module(name="gas", routers=[router], kinds=[CYLINDER_KIND, SCAN_KIND, ACCOUNT_KIND])
