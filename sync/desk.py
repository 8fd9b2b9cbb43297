"""Desk: what the engine asks of its host while a push is taken."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sync.conflicts import Conflict
from sync.journal import Entries, Journal, Writer
from sync.kinds import Claim, Command, Deed, Kept, Kind


class Desk(Protocol):
    """What the host does for the engine, inside one transaction."""

    journal: Journal

    def savepoint(self) -> AbstractContextManager[Any]:
        """All that happens inside is undone when it raises."""

    def write_as(self, writer: Writer) -> None:
        """Names the cause of the changes that follow."""

    def fetch(self, rows: Entries) -> None:
        """Makes these rows ready for the actions that follow, in one read of each kind. The mapping stays up to date
        until something is written to the journal."""

    def do(self, command: Command, deeds: Sequence[Deed]) -> Kept | None:
        """Calls the command's action; gives what it kept beside the row's state. Raises Refusal."""

    def edit(self, kind: Kind, row_id: str, values: Mapping[str, Any], claim: Claim) -> None:
        """Calls the kind's edit action. Raises Refusal."""

    def settle(self) -> None:
        """What was done so far stands in the journal."""

    def keep(self, conflict: Conflict) -> str:
        """Keeps a conflict as a synced row; gives its id."""

    def hold(self, claim: Claim, payload: dict[str, Any], needs: Sequence[str], rows: Sequence[str]) -> None:
        """Keeps a mutation that waits for rows of another device."""

    def held_behind(self, queue: str, rows: Sequence[str]) -> bool:
        """Whether the queue has a held mutation that touches one of the rows."""

    def late(self, claim: Claim, t: str, row_id: str) -> None:
        """Records that work was let through by what the phone held when it was done, not by what it may hold now."""

    def fault(self, problem: Exception, claim: Claim) -> None:
        """Logs a fault of ours loudly."""
