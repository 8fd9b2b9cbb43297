"""Module: what a feature announces of itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter

from sync.kinds import Kind


@dataclass(frozen=True, slots=True)
class Module:
    """A feature's manifest; `backend/modules.py` lists them in floor order."""

    name: str
    routers: Sequence[APIRouter] = ()
    busy_routers: Sequence[APIRouter] = ()
    """Matched before all others: routes are tried one by one, and handsets ask all day."""
    kinds: Sequence[Kind] = ()
    jobs: Sequence["Job"] = ()
    listeners: Sequence[tuple[type, Callable[[Any, Any], None]]] = field(default_factory=tuple)
    """(event class, action(ctx, event)): run inside the transaction that announced the event."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work for later. `run(ctx, args)` calls one action; it must be safe to run twice."""

    name: str
    run: Callable[[Any, dict[str, Any]], None]
    schedule: str | None = None
    """Cron expression in the district's zone, for work that recurs."""
    due: Callable[[Any], bool] | None = None
    """Asked (ctx, reading) every quarter of a minute: whether there is something to do now. For work that follows what
    others write, and must not cost them a job each time."""
