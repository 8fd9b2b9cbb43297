"""What a repair compares: the marks of a scope's rows, by version."""

from sync.digests import row_hash
from sync.repair import mark_of
from sync.stores.driver import Driver

_TALLY = (
    "SELECT ver / ? AS span, count(*) FROM sync_row_scopes WHERE scope = ? AND seq_out IS NULL AND ver <= ?"
    " GROUP BY span"
)
_MARKED = (
    "SELECT r.t, r.id, r.ver, r.body FROM sync_row_scopes AS s JOIN sync_rows AS r ON r.t = s.t AND r.id = s.id"
    " WHERE s.scope = ? AND s.seq_out IS NULL AND s.ver >= ? AND s.ver < ? ORDER BY s.ver"
)


class SqlMarks:
    """On one connection, inside its transaction or on its snapshot."""

    _d: Driver

    def tally(self, scope: str, width: int, until: int) -> dict[int, int]:
        """How many live rows the scope holds in each span of `width` versions, up to and including `until`."""
        return {int(span): int(held) for span, held in self._d.rows(_TALLY, width, scope, until)}

    def marks(self, scope: str, lower: int, upper: int) -> list[tuple[int, int]]:
        """(version, mark) of the scope's live rows in a range of versions."""
        rows = self._d.rows(_MARKED, scope, lower, upper)
        return [(ver, mark_of(row_hash(t, row_id, ver, bytes(body)))) for t, row_id, ver, body in rows]
