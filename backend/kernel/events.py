"""Events: what a feature announces to those above it, inside the same transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from backend.kernel.context import Ctx

Listener = Callable[[Ctx, Any], None]


class Bus:
    """Who listens to what; filled once from the modules' manifests."""

    def __init__(self, listeners: Iterable[tuple[type, Listener]] = ()) -> None:
        self._listeners: dict[type, list[Listener]] = defaultdict(list)
        for event_class, listener in listeners:
            self._listeners[event_class].append(listener)

    def tell(self, ctx: Ctx, event: object) -> None:
        """Calls every listener of the event's class, in floor order."""
        for listener in self._listeners[type(event)]:
            listener(ctx, event)


def announce(ctx: Ctx, event: object) -> None:
    """Tells the listeners now, in the announcer's transaction: both happen or neither."""
    bus = ctx.session.info.get("bus")
    if bus is not None:
        bus.tell(ctx, event)
