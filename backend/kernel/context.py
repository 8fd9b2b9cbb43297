"""Ctx: what every action and query is given first."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from backend.kernel.authority import Principal
from backend.kernel.clock import Clock, from_ms
from backend.kernel.settings import Settings
from sync.kinds import Claim, Registry


@dataclass(frozen=True, slots=True)
class Ctx:
    """A transaction, who acts in it, and the clock it goes by."""

    session: Session
    clock: Clock
    settings: Settings
    registry: Registry
    caller: Principal | None = None
    request_id: str = ""
    claim: Claim | None = None
    """Set while a phone's mutation is being taken: when and on which device the act was done."""

    @property
    def principal(self) -> Principal:
        """Who acts; only for doors that let nobody in unknown."""
        assert self.caller is not None, "an action that needs a principal was called without one"
        return self.caller

    def now(self) -> datetime:
        """The server's present instant, UTC."""
        return self.clock.now()

    def done_at(self) -> datetime:
        """When the act was done: the trusted estimate for a phone's mutation, else now."""
        return from_ms(self.claim.trusted_ms) if self.claim else self.clock.now()

    def within(self, claim: Claim, caller: Principal) -> "Ctx":
        """The same transaction, for one mutation of a phone."""
        return Ctx(self.session, self.clock, self.settings, self.registry, caller, self.request_id, claim)
