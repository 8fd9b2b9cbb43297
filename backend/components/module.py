"""Components, announced to the house."""

from backend.components.kinds import KINDS
from backend.components.routes import ROUTERS
from backend.kernel.module import Module

MODULE = Module(name="components", routers=ROUTERS, kinds=KINDS)
