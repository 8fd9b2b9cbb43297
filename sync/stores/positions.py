"""Where queues stand, and what a durable backup holds of them: the part of the SQL journal that backups speak to."""

from collections.abc import Sequence

from sync.journal import Position
from sync.stores.driver import Driver

_EPOCHS = "SELECT epoch, acked FROM sync_queues WHERE device = ? AND user_id = ? ORDER BY epoch"
_POSITIONS = "SELECT device, epoch, user_id, acked FROM sync_queues ORDER BY device, epoch, user_id"
_MARK_SAFE = (
    "UPDATE sync_queues SET safe = ? WHERE device = ? AND epoch = ? AND user_id = ? AND safe < ? AND acked >= ?"
)


class SqlPositions:
    """On one connection, inside its transaction."""

    _d: Driver

    def epochs(self, device: str, user: str) -> dict[int, int]:
        """Every queue the person ever had on the device: {epoch: acked}."""
        return dict(self._d.rows(_EPOCHS, device, user))

    def positions(self) -> list[Position]:
        """Where every queue stands."""
        return [Position(*row) for row in self._d.rows(_POSITIONS)]

    def mark_safe(self, positions: Sequence[Position]) -> None:
        """A durable backup holds what each queue had brought up to its position; marks never go back."""
        self._d.many(_MARK_SAFE, [(p.acked, p.device, p.epoch, p.user, p.acked, p.acked) for p in positions])
