"""The manifest of handsets."""

from backend.handsets.actions.guests import check_device
from backend.handsets.jobs import JOBS
from backend.handsets.kinds import KINDS
from backend.handsets.routes import conflicts, devices, packs, pokes, repair, sync
from backend.kernel.module import Module
from backend.people.events import SigningIn

MODULE = Module(
    name="handsets",
    routers=(devices.router, conflicts.router),
    busy_routers=(sync.swift, sync.router, repair.router, packs.router, pokes.router),
    kinds=KINDS,
    jobs=JOBS,
    listeners=((SigningIn, check_device),),
)
