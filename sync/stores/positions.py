"""Where queues stand, and what a durable backup holds of them: the part of the SQL journal that backups speak to."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from sync.journal import Position

_EPOCHS = text("SELECT epoch, acked FROM sync_queues WHERE device = :d AND user_id = :u ORDER BY epoch")
_POSITIONS = text("SELECT device, epoch, user_id, acked FROM sync_queues ORDER BY device, epoch, user_id")
_MARK_SAFE = text(
    "UPDATE sync_queues SET safe = :n WHERE device = :d AND epoch = :e AND user_id = :u AND safe < :n AND acked >= :n"
)


class SqlPositions:
    """On one connection, inside its transaction."""

    _c: Connection

    def epochs(self, device: str, user: str) -> dict[int, int]:
        """Every queue the person ever had on the device: {epoch: acked}."""
        return {int(r.epoch): int(r.acked) for r in self._c.execute(_EPOCHS, {"d": device, "u": user})}

    def positions(self) -> list[Position]:
        """Where every queue stands."""
        return [Position(r.device, r.epoch, r.user_id, r.acked) for r in self._c.execute(_POSITIONS)]

    def mark_safe(self, positions: Sequence[Position]) -> None:
        """A durable backup holds what each queue had brought up to its position; marks never go back."""
        marks = [{"d": p.device, "e": p.epoch, "u": p.user, "n": p.acked} for p in positions]
        if marks:
            self._c.execute(_MARK_SAFE, marks)
