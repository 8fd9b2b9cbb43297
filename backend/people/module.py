"""The manifest of people."""

from backend.kernel.module import Module
from backend.people.jobs import JOBS
from backend.people.kinds import KINDS
from backend.people.routes import ROUTERS

MODULE = Module(name="people", routers=ROUTERS, kinds=KINDS, jobs=JOBS)
